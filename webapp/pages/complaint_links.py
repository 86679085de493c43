"""Links that let a customer complain without an account: the service desk issues them here."""

from __future__ import annotations

from flask import Blueprint, render_template, request, url_for
from flask_babel import lazy_gettext

from engine import public_links
from engine.errors import Invalid
from webapp.context import current_actor, current_time, reading, writing
from webapp.errors import message_of, status_of
from webapp.navigation import NavigationItem

blueprint = Blueprint("complaint_links", __name__, url_prefix="/complaint-links")

NAVIGATION = (
    NavigationItem(
        "complaint_links.index",
        lazy_gettext("Complaint links"),
        "transfer",
        section="registers",
        order=31,
        shown_to=public_links.may_issue,
    ),
)


@blueprint.get("")
def index() -> str:
    """The links issued so far, and the form for another."""
    return _page()


@blueprint.post("")
def issue() -> str | tuple[str, int]:
    """A new link; its address is shown this once."""
    try:
        with writing() as connection:
            issued = public_links.issue(
                connection,
                actor=current_actor(),
                customer=request.form.get("customer", ""),
                days=request.form.get("days", 0, type=int),
                now=current_time(),
            )
    except Invalid as error:
        problem = message_of(error)
        return _page(problems=dict.fromkeys(error.details["fields"], problem)), status_of(error)
    address = url_for("public_complaint.show", token=issued.token, _external=True)
    return _page(address=address, expires_at=issued.expires_at)


def _page(problems: dict[str, str] | None = None, **issued: object) -> str:
    with reading() as connection:
        return render_template(
            "complaint_links/index.html",
            rows=public_links.listed(connection, current_actor()),
            days=request.form.get("days") or public_links.default_days(connection),
            customer=request.form.get("customer", "") if problems else "",
            problems=problems or {},
            longest=public_links.LONGEST_DAYS,
            now=current_time(),
            **issued,
        )
