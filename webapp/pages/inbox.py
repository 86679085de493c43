"""待办任务: what the person signed in may do next; 已办: what they have done."""

from __future__ import annotations

import base64
import json
from datetime import datetime, time, timedelta
from typing import Any, get_args

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext, lazy_gettext, ngettext
from sqlalchemy import Connection
from werkzeug.wrappers import Response

from engine import inbox, inbox_queries, work_items
from engine.actors import Actor
from engine.errors import EngineError
from engine.inbox_queries import Filter, InboxQuery, Sort
from webapp.context import current_actor, current_language, current_platform, current_time, reading, writing
from webapp.navigation import NavigationItem
from webapp.processes import process_names

blueprint = Blueprint("inbox", __name__)

PAGE_SIZE = 30


def waiting(connection: Connection, actor: Actor, now: datetime) -> int:
    """The number in the menu: open work items, counted up to a limit."""
    return inbox_queries.count(connection, actor, "all", now=now, today_ends_at=today_ends_at(now))


NAVIGATION = (
    NavigationItem(
        "inbox.todo",
        lazy_gettext("To do"),
        "inbox",
        order=10,
        on_phone=lazy_gettext("To do"),
        includes=("work_item",),
        count=waiting,
    ),
    NavigationItem("inbox.done", lazy_gettext("Done"), "done", order=20),
)


def today_ends_at(now: datetime) -> datetime:
    """Midnight in the organisation's zone."""
    zone = current_platform().settings.zone
    return datetime.combine(now.astimezone(zone).date() + timedelta(days=1), time(), zone)


@blueprint.get("/")
def todo() -> str:
    """The open work items, filtered and in order."""
    wanted, actor, now = _wanted(), current_actor(), current_time()
    with reading() as connection:
        page = inbox_queries.page(connection, actor, wanted, now=now, today_ends_at=today_ends_at(now))
        counters = inbox_queries.counters(connection, actor, now=now, today_ends_at=today_ends_at(now))
        keys = inbox_queries.processes(connection, actor)
        names = process_names(connection, current_language())
    following = None
    if page.following is not None:
        following = url_for(".todo", **{**request.args.to_dict(), "after": _write_cursor(page.following)})
    return render_template(
        "inbox/todo.html",
        items=[(item, work_items.permissions(item, actor)) for item in page.items],
        counters=counters,
        wanted=wanted,
        processes=[(key, names.get(key, key)) for key in keys],
        names=names,
        following=following,
    )


@blueprint.post("/claim")
def claim() -> Response:
    """Claim the chosen work items; those somebody else was faster with are named."""
    claimed, problems = 0, []
    for work_item_id in request.form.getlist("work_item"):
        try:
            with writing() as connection:
                inbox.claim(connection, actor=current_actor(), work_item_id=work_item_id, now=current_time())
            claimed += 1
        except EngineError as error:
            problems.append(error.message(current_language()))
    if claimed:
        flash(ngettext("%(num)d task claimed", "%(num)d tasks claimed", claimed), "success")
    for problem in dict.fromkeys(problems):
        flash(problem, "warning")
    if not claimed and not problems:
        flash(gettext("Choose the tasks to claim first"), "info")
    return redirect(url_for(".todo", **request.args.to_dict()))


@blueprint.get("/done")
def done() -> str:
    """What the person has completed, latest first."""
    after = _read_cursor(request.args.get("after", ""), moment=True)
    with reading() as connection:
        page = inbox_queries.done(connection, current_actor(), size=PAGE_SIZE, after=after)
        names = process_names(connection, current_language())
    following = None if page.following is None else url_for(".done", after=_write_cursor(page.following))
    return render_template("inbox/done.html", items=page.items, names=names, following=following)


def _wanted() -> InboxQuery:
    """The query of the address; what it does not know falls back to the default instead of failing."""
    chosen, sort = request.args.get("filter", "all"), request.args.get("sort", "due")
    known_filter: Filter = chosen if chosen in get_args(Filter) else "all"  # type: ignore[assignment]
    known_sort: Sort = sort if sort in get_args(Sort) else "due"  # type: ignore[assignment]
    return InboxQuery(
        sort=known_sort,
        filter=known_filter,
        definition_key=request.args.get("process") or None,
        search=request.args.get("q", "").strip()[:100],
        after=_read_cursor(request.args.get("after", ""), moment=known_sort != "priority"),
        size=PAGE_SIZE,
    )


def _write_cursor(position: tuple[Any, str]) -> str:
    where, identifier = position
    text = json.dumps([where.isoformat() if isinstance(where, datetime) else where, identifier])
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _read_cursor(text: str, *, moment: bool) -> tuple[Any, str] | None:
    """The position in an address; a damaged one means the first page."""
    try:
        where, identifier = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        position = datetime.fromisoformat(where) if moment else int(where)
        if isinstance(position, datetime) and position.tzinfo is None:
            return None
        return position, str(identifier)
    except (ValueError, TypeError):
        return None
