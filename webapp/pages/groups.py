"""Groups: whom work is offered to, and who answers for it (administrators)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext, lazy_gettext
from werkzeug.wrappers import Response

from engine import groups, users
from engine.errors import Conflict, EngineError, Invalid
from webapp.context import current_actor, current_time, reading, writing
from webapp.errors import message_of, status_of
from webapp.navigation import NavigationItem, administrators

blueprint = Blueprint("groups", __name__, url_prefix="/admin/groups")

NAVIGATION = (
    NavigationItem(
        "groups.index",
        lazy_gettext("Groups"),
        "groups",
        section="administration",
        order=20,
        shown_to=administrators,
        includes=("groups",),
    ),
)


@blueprint.get("")
def index() -> str:
    """All groups."""
    users.require_administrator(current_actor())
    with reading() as connection:
        return render_template("groups/index.html", rows=groups.listed(connection))


@blueprint.get("/new")
def new() -> str:
    """An empty form."""
    users.require_administrator(current_actor())
    return render_template("groups/new.html", given={"is_department": True}, problems={})


@blueprint.post("/new")
def create() -> Response | tuple[str, int]:
    """Create a group."""
    given = request.form
    try:
        with writing() as connection:
            group_id = groups.create(
                connection,
                actor=current_actor(),
                now=current_time(),
                key=given.get("key", ""),
                name_zh=given.get("name_zh", ""),
                name_en=given.get("name_en", ""),
                is_department="is_department" in given,
            )
    except (Invalid, Conflict) as error:
        return render_template("groups/new.html", given=given, problems=_problems(error)), status_of(error)
    return redirect(url_for("groups.show", group_id=group_id))


@blueprint.get("/<int:group_id>")
def show(group_id: int) -> str:
    """One group with its members."""
    return _page(group_id, None, {})


@blueprint.post("/<int:group_id>")
def change(group_id: int) -> Response | tuple[str, int]:
    """Names and manager."""
    given = request.form
    try:
        with writing() as connection:
            groups.change(
                connection,
                actor=current_actor(),
                group_id=group_id,
                now=current_time(),
                name_zh=given.get("name_zh", ""),
                name_en=given.get("name_en", ""),
                manager_id=given.get("manager_id", type=int),
                is_department="is_department" in given,
            )
    except Invalid as error:
        return _page(group_id, given, _problems(error)), status_of(error)
    flash(gettext("Saved."), "success")
    return redirect(url_for("groups.show", group_id=group_id))


@blueprint.post("/<int:group_id>/members")
def add_member(group_id: int) -> Response:
    """Put a user into the group."""
    user_id = request.form.get("user_id", 0, type=int)
    with writing() as connection:
        groups.add_member(connection, actor=current_actor(), group_id=group_id, user_id=user_id, now=current_time())
    return redirect(url_for("groups.show", group_id=group_id))


@blueprint.post("/<int:group_id>/members/<int:user_id>/remove")
def remove_member(group_id: int, user_id: int) -> Response:
    """Take a user out of the group."""
    with writing() as connection:
        groups.remove_member(connection, actor=current_actor(), group_id=group_id, user_id=user_id, now=current_time())
    return redirect(url_for("groups.show", group_id=group_id))


def _page(group_id: int, given: Mapping[str, Any] | None, problems: dict[str, str]) -> str:
    users.require_administrator(current_actor())
    with reading() as connection:
        group = groups.get(connection, group_id)
        members = groups.members(connection, group_id)
        active = users.active(connection)
    inside = {row.id for row in members}
    return render_template(
        "groups/show.html",
        group=group,
        given=given or group._mapping,
        members=members,
        active=active,
        others=[row for row in active if row.id not in inside],
        problems=problems,
    )


def _problems(error: EngineError) -> dict[str, str]:
    return dict.fromkeys(error.details.get("fields", ["form"]), message_of(error))
