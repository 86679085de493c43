"""Who is asking: the session, views that need nobody signed in, and the way to the sign-in page."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar
from urllib.parse import urlsplit

from flask import Flask, current_app, g, redirect, request, session, url_for
from sqlalchemy import Connection
from werkzeug.wrappers import Response

from engine import users
from engine.actors import Actor

View = TypeVar("View", bound=Callable[..., Any])


def public(view: View) -> View:
    """Mark a view that needs nobody signed in."""
    view.is_public = True  # type: ignore[attr-defined]
    return view


def identify(open_reader: Callable[[], Connection]) -> Actor | None:
    """The actor of the session, or None if nobody is signed in, is deactivated or has a new password since."""
    user_id, changed_at = session.get("user_id"), session.get("password_changed_at")
    if user_id is None or changed_at is None:
        return None
    return users.load_actor(open_reader(), user_id, password_changed_at=datetime.fromisoformat(changed_at))


def open_session(user_id: int, password_changed_at: datetime) -> None:
    """Start a new session for a user: nothing of the old one is kept."""
    session.clear()
    session.permanent = True
    session["user_id"] = user_id
    session["password_changed_at"] = password_changed_at.isoformat()
    g.pop("actor", None)


def close_session() -> None:
    """Sign out."""
    session.clear()
    g.pop("actor", None)


def safe_target(target: str) -> str:
    """A path on this host to go to after signing in; the first page for anything else."""
    parts = urlsplit(target)
    is_local = target.startswith("/") and not target.startswith(("//", "/\\")) and not parts.netloc and not parts.scheme
    return target if is_local and "\\" not in target and target.isprintable() else "/"


def require_sign_in(app: Flask, find_actor: Callable[[], Actor | None]) -> None:
    """Let nobody past who is not signed in, except to public views."""

    @app.before_request
    def check() -> Response | tuple[dict[str, Any], int] | None:
        view = current_app.view_functions.get(request.endpoint or "")
        if view is None or getattr(view, "is_public", False) or find_actor() is not None:
            return None
        if request.path.startswith("/api/"):
            return {"code": "sign_in_required", "message": "Sign in first", "details": {}}, 401
        wanted = request.full_path.rstrip("?") if request.method == "GET" else "/"
        answer = redirect(url_for("session.sign_in", next=wanted))
        if request.headers.get("HX-Request"):
            answer = Response(status=204, headers={"HX-Redirect": url_for("session.sign_in")})
        return answer
