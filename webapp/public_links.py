"""What the pages behind links for customers share: who asks, and the answer to a link that cannot be used."""

from __future__ import annotations

from flask import render_template, request

from engine import link_attempts
from engine.errors import EngineError
from webapp.context import current_language, current_time, writing
from webapp.errors import status_of


def address() -> str:
    """Where the request comes from: guesses are counted by it."""
    return request.remote_addr or ""


def refuse(error: EngineError, title: str) -> tuple[str, int]:
    """Note the failure, and say kindly that the link cannot be used."""
    with writing() as connection:
        link_attempts.note_failure(connection, address(), now=current_time())
    message = error.message(current_language())
    return render_template("unusable_link.html", title=title, message=message), status_of(error)
