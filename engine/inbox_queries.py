"""Reading the inbox: ordered index reads, whatever the number of open work items.

Each recipient a person answers to (themselves, their groups) has its own ordered list of entries; a page is the merge
of the first few entries of each.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from heapq import merge
from itertools import islice
from typing import Any, Literal, get_args

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Connection,
    Select,
    Tuple,
    bindparam,
    literal,
    literal_column,
    or_,
    select,
    tuple_,
)

from engine.actors import Actor
from engine.runtime.people import ADMINISTRATORS
from engine.store.prepared import Prepared
from engine.store.tables import inbox_entry, process_instance, user, work_item
from engine.store.types import Record
from engine.work_items import permissions

Sort = Literal["due", "created", "priority"]
Filter = Literal["all", "overdue", "today", "claimable"]
Moment = datetime | BindParameter[datetime]
COUNT_LIMIT = 99
SEARCH_LIMIT = 200

_SORT_COLUMNS: dict[Sort, ColumnElement[Any]] = {
    "due": inbox_entry.c.due_at,
    "created": inbox_entry.c.created_at,
    "priority": inbox_entry.c.priority,
}


@dataclass(frozen=True)
class Page:
    """One page of work items; ``following`` is the cursor of the next page, or None."""

    items: list[Record]
    following: tuple[Any, str] | None


@dataclass(frozen=True)
class InboxQuery:
    """What a person wants to see. ``today_ends_at`` bounds "due today" in the organisation's zone."""

    sort: Sort = "due"
    filter: Filter = "all"
    definition_key: str | None = None
    search: str = ""
    after: tuple[Any, str] | None = None
    size: int = 30


def page(connection: Connection, actor: Actor, wanted: InboxQuery, *, now: datetime, today_ends_at: datetime) -> Page:
    """One page of the open work items shown to ``actor``, in the order asked for."""
    conditions = _conditions(wanted, now, today_ends_at)
    limit = SEARCH_LIMIT if wanted.search else wanted.size + 1
    lists = [
        connection.execute(_entries(recipient, wanted, conditions, limit)).all() for recipient in _recipients(actor)
    ]
    ids: dict[str, Any] = {}
    descending = wanted.sort == "priority"
    for position, identifier in merge(*lists, key=lambda row: (row[0], row[1]), reverse=descending):
        ids.setdefault(identifier, position)
    chosen = list(islice(ids.items(), limit))
    items = _items(connection, [identifier for identifier, _ in chosen], wanted.search)
    has_more = len(items) > wanted.size
    items = items[: wanted.size]
    last = items[-1].id if items and has_more else None
    return Page(items, None if last is None else (ids[last], last))


def counters(connection: Connection, actor: Actor, *, now: datetime, today_ends_at: datetime) -> dict[Filter, int]:
    """How many work items each filter holds, counted up to ``COUNT_LIMIT`` + 1."""
    return {name: count(connection, actor, name, now=now, today_ends_at=today_ends_at) for name in get_args(Filter)}


def count(connection: Connection, actor: Actor, chosen: Filter, *, now: datetime, today_ends_at: datetime) -> int:
    """How many work items one filter holds, counted up to ``COUNT_LIMIT`` + 1: beyond it nobody counts."""
    found: set[str] = set()
    for recipient in _recipients(actor):
        query = _counted(chosen, chosen == "claimable" and _is_personal(recipient))
        parameters = {"b_recipient": recipient, "b_now": now, "b_today_ends_at": today_ends_at}
        found.update(row.work_item_id for row in query.all(connection, parameters))
    return min(len(found), COUNT_LIMIT + 1)


@cache
def _counted(chosen: Filter, only_unclaimed: bool) -> Prepared:
    """The entries of one recipient that a filter holds; every page asks for all filters."""
    conditions = _conditions(InboxQuery(filter=chosen), bindparam("b_now"), bindparam("b_today_ends_at"))
    query = select(inbox_entry.c.work_item_id).where(inbox_entry.c.recipient == bindparam("b_recipient"), *conditions)
    return Prepared((_unclaimed(query) if only_unclaimed else query).limit(COUNT_LIMIT + 1))


_following_process = Prepared(
    select(inbox_entry.c.definition_key)
    .where(inbox_entry.c.recipient == bindparam("b_recipient"), inbox_entry.c.definition_key > bindparam("b_last"))
    .order_by(inbox_entry.c.definition_key)
    .limit(literal_column("1"))
)


def processes(connection: Connection, actor: Actor) -> list[str]:
    """The keys of the processes that have an open work item for ``actor`` (a skip scan over the index)."""
    keys: set[str] = set()
    for recipient in _recipients(actor):
        last = ""
        while True:
            following = _following_process.first(connection, {"b_recipient": recipient, "b_last": last})
            if following is None:
                break
            last = following.definition_key
            keys.add(last)
    return sorted(keys)


def done(connection: Connection, actor: Actor, *, size: int, after: tuple[datetime, str] | None = None) -> Page:
    """The work items ``actor`` completed, latest first."""
    query = (
        select(work_item, process_instance.c.title, process_instance.c.status.label("instance_status"))
        .join(process_instance, process_instance.c.id == work_item.c.instance_id)
        .where(work_item.c.completed_by_id == actor.user_id)
    )
    if after is not None:
        query = query.where(tuple_(work_item.c.completed_at, work_item.c.id) < _cursor(after, work_item.c.completed_at))
    rows = connection.execute(
        query.order_by(work_item.c.completed_at.desc(), work_item.c.id.desc()).limit(size + 1)
    ).all()
    items = list(rows[:size])
    return Page(items, (items[-1].completed_at, items[-1].id) if len(rows) > size else None)


def next_for(connection: Connection, actor: Actor, *, now: datetime, today_ends_at: datetime) -> Record | None:
    """The work item to offer after a submission: the one with the nearest deadline that the person may do."""
    found = page(connection, actor, InboxQuery(), now=now, today_ends_at=today_ends_at).items
    return next((item for item in found if permissions(item, actor).complete), None)


def _recipients(actor: Actor) -> Sequence[str]:
    return (*actor.recipients, ADMINISTRATORS) if actor.is_administrator else actor.recipients


def _is_personal(recipient: str) -> bool:
    """What is shown to one person may be claimed by them, or by others, already; a group's entries never are."""
    return recipient.startswith("user:")


def _unclaimed(query: Select[Any]) -> Select[Any]:
    ready = select(work_item.c.id).where(work_item.c.id == inbox_entry.c.work_item_id, work_item.c.state == "ready")
    return query.where(ready.correlate(inbox_entry).exists())  # a search joins work_item too


def _conditions(wanted: InboxQuery, now: Moment, today_ends_at: Moment) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if wanted.filter == "overdue":
        conditions.append(inbox_entry.c.due_at < now)
    elif wanted.filter == "today":
        conditions += [inbox_entry.c.due_at >= now, inbox_entry.c.due_at < today_ends_at]
    if wanted.definition_key:
        conditions.append(inbox_entry.c.definition_key == wanted.definition_key)
    return conditions


def _entries(recipient: str, wanted: InboxQuery, conditions: list[ColumnElement[bool]], limit: int) -> Select[Any]:
    column = _SORT_COLUMNS[wanted.sort]
    query = select(column, inbox_entry.c.work_item_id).where(inbox_entry.c.recipient == recipient, *conditions)
    if wanted.search:
        query = query.join(work_item, work_item.c.id == inbox_entry.c.work_item_id).where(_matches(wanted.search))
    if wanted.filter == "claimable" and _is_personal(recipient):
        query = _unclaimed(query)
    position = tuple_(column, inbox_entry.c.work_item_id)
    if wanted.sort == "priority":
        if wanted.after is not None:
            query = query.where(position < _cursor(wanted.after, column))
        return query.order_by(column.desc(), inbox_entry.c.work_item_id.desc()).limit(limit)
    if wanted.after is not None:
        query = query.where(position > _cursor(wanted.after, column))
    return query.order_by(column, inbox_entry.c.work_item_id).limit(limit)


def _cursor(after: tuple[Any, str], column: ColumnElement[Any]) -> Tuple:
    """The position after which a page goes on, its value written as ``column`` writes its own."""
    return tuple_(literal(after[0], column.type), after[1])


def _matches(search: str) -> ColumnElement[bool]:
    pattern = "%" + search.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
    columns = (work_item.c.summary, work_item.c.business_key, work_item.c.name_zh, work_item.c.name_en)
    return or_(*(column.ilike(pattern, escape="\\") for column in columns))


def _items(connection: Connection, ids: list[str], search: str) -> list[Record]:
    if not ids:
        return []
    rows = connection.execute(
        select(work_item, process_instance.c.title, user.c.name.label("assignee_name"))
        .join(process_instance, process_instance.c.id == work_item.c.instance_id)
        .join(user, user.c.id == work_item.c.assignee_id, isouter=True)
        .where(work_item.c.id.in_(ids))
    )
    by_id = {row.id: row for row in rows}
    return [by_id[identifier] for identifier in ids if identifier in by_id]
