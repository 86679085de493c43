"""The page behind a complaint link: for customers, without an account, once per link."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from engine import public_links
from engine.link_attempts import LinkUnusable
from engine.public_links import ComplaintIncomplete
from engine.registers.complaint_wording import KINDS
from webapp.auth import public
from webapp.context import current_language, current_platform, current_time, reading, writing
from webapp.errors import status_of
from webapp.public_links import address, refuse

blueprint = Blueprint("public_complaint", __name__, url_prefix="/complaint")

Page = str | tuple[str, int]


@blueprint.get("/<token>")
@public
def show(token: str) -> Page:
    """The form, or the number once it has been sent."""
    try:
        with reading() as connection:
            link = public_links.look_up(connection, token, address(), now=current_time())
    except LinkUnusable as error:
        return refuse(error, gettext("Complaint"))
    if link.is_used:
        return render_template("public_complaint/sent.html", number=link.number)
    return _form(token, link.customer)


@blueprint.post("/<token>")
@public
def send(token: str) -> Response | Page:
    """Take the complaint; the page then shows its number."""
    try:
        with writing() as connection:
            public_links.complain(
                current_platform().runtime,
                connection,
                token=token,
                address=address(),
                given=request.form,
                now=current_time(),
            )
    except LinkUnusable as error:
        return refuse(error, gettext("Complaint"))
    except ComplaintIncomplete as error:
        with reading() as connection:
            link = public_links.look_up(connection, token, address(), now=current_time())
        return _form(token, link.customer, error.details["fields"]), status_of(error)
    return redirect(url_for(".show", token=token), 303)


def _form(token: str, customer: str, wrong: list[str] | None = None) -> str:
    language = current_language()
    return render_template(
        "public_complaint/form.html",
        token=token,
        customer=customer,
        given=request.form,
        wrong=wrong or [],
        limits=public_links.LIMITS,
        kinds=[(code, word.name(language)) for code, word in KINDS.items()],
    )
