"""Users: who may sign in (administrators)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext, lazy_gettext
from werkzeug.wrappers import Response

from engine import groups, users
from engine.errors import Conflict, EngineError, Invalid, Language
from webapp.context import current_actor, current_time, reading, writing
from webapp.errors import message_of, status_of
from webapp.navigation import NavigationItem, administrators

blueprint = Blueprint("users", __name__, url_prefix="/admin/users")
PAGE_SIZE = 50

NAVIGATION = (
    NavigationItem(
        "users.index",
        lazy_gettext("Users"),
        "users",
        section="administration",
        order=10,
        shown_to=administrators,
        includes=("users",),
    ),
)


@blueprint.get("")
def index() -> str:
    """All users, searched and paged."""
    search, only_active = request.args.get("q", ""), request.args.get("active") == "1"
    with reading() as connection:
        rows = users.listed(
            connection,
            actor=current_actor(),
            search=search,
            only_active=only_active,
            after=request.args.get("after", ""),
            limit=PAGE_SIZE + 1,
        )
        memberships = groups.of_users(connection, [row.id for row in rows])
    following = rows[PAGE_SIZE - 1].login if len(rows) > PAGE_SIZE else None
    return render_template(
        "users/index.html",
        rows=rows[:PAGE_SIZE],
        memberships=memberships,
        search=search,
        only_active=only_active,
        following=following,
    )


@blueprint.get("/new")
def new() -> str:
    """An empty form."""
    users.require_administrator(current_actor())
    return _form(None, {"language": "zh", "is_active": "1"}, {})


@blueprint.post("/new")
def create() -> Response | tuple[str, int]:
    """Create a user."""
    given = request.form
    try:
        with writing() as connection:
            user_id = users.create(
                connection,
                actor=current_actor(),
                now=current_time(),
                login=given.get("login", ""),
                name=given.get("name", ""),
                password=given.get("password", ""),
                email=given.get("email", ""),
                language=_language(given),
                is_administrator="is_administrator" in given,
            )
            groups.set_groups(
                connection, actor=current_actor(), user_id=user_id, group_ids=_group_ids(), now=current_time()
            )
    except (Invalid, Conflict) as error:
        return _form(None, given, _problems(error)), status_of(error)
    flash(gettext("%(name)s can sign in now.", name=given.get("name", "")), "success")
    return redirect(url_for("users.index"))


@blueprint.get("/<int:user_id>")
def show(user_id: int) -> str:
    """One user, to be changed."""
    users.require_administrator(current_actor())
    return _form(user_id, None, {})


@blueprint.post("/<int:user_id>")
def change(user_id: int) -> Response | tuple[str, int]:
    """Change a user and the groups they work in."""
    given = request.form
    try:
        with writing() as connection:
            users.change(
                connection,
                actor=current_actor(),
                user_id=user_id,
                now=current_time(),
                name=given.get("name", ""),
                email=given.get("email", ""),
                language=_language(given),
                is_administrator="is_administrator" in given,
                is_active="is_active" in given,
            )
            groups.set_groups(
                connection, actor=current_actor(), user_id=user_id, group_ids=_group_ids(), now=current_time()
            )
    except (Invalid, Conflict) as error:
        return _form(user_id, given, _problems(error)), status_of(error)
    flash(gettext("Saved."), "success")
    return redirect(url_for("users.index"))


@blueprint.post("/<int:user_id>/password")
def set_password(user_id: int) -> Response | tuple[str, int]:
    """A new password for somebody who lost theirs."""
    try:
        with writing() as connection:
            users.set_password(
                connection,
                actor=current_actor(),
                user_id=user_id,
                password=request.form.get("password", ""),
                now=current_time(),
            )
    except Invalid as error:
        return _form(user_id, None, {"new_password": message_of(error)}), status_of(error)
    flash(gettext("The password was set; all sessions of this user have ended."), "success")
    return redirect(url_for("users.show", user_id=user_id))


def _form(user_id: int | None, given: Mapping[str, Any] | None, problems: dict[str, str]) -> str:
    """The form of a user: with what was given, else with what is stored."""
    with reading() as connection:
        user = users.get(connection, user_id) if user_id is not None else None
        if given is None and user is not None:
            given = {key: value for key, value in user._mapping.items() if value}
            chosen = {row.id for row in groups.of_users(connection, [user.id])[user.id]}
        else:
            chosen = set(_group_ids())
        all_groups = groups.listed(connection)
    return render_template(
        "users/form.html", user=user, given=given or {}, chosen=chosen, groups=all_groups, problems=problems
    )


def _problems(error: EngineError) -> dict[str, str]:
    return dict.fromkeys(error.details.get("fields", ["form"]), message_of(error))


def _language(given: Mapping[str, str]) -> Language:
    return "en" if given.get("language") == "en" else "zh"


def _group_ids() -> list[int]:
    return request.form.getlist("group", type=int)
