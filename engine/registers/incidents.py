"""The register of incidents: who may look, filtered pages in opening order, and one incident with all that followed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Integer, func, or_, select, tuple_

from engine.actors import Actor
from engine.errors import Forbidden, NotFound
from engine.store.tables import (
    callback,
    callback_attempt,
    incident,
    incident_resolution,
    user,
)
from engine.store.types import Record, UtcDateTime

STATES = ("open", "reopened", "resolved", "closed", "cancelled")
READERS = frozenset({"service_desk", "operations", "quality", "technical_center", "management"})

Position = tuple[datetime, int]


class IncidentUnknown(NotFound):
    """No such incident."""

    code = "incident_unknown"
    zh = "没有找到该事件"
    en = "There is no such incident"


@dataclass(frozen=True)
class IncidentQuery:
    """What a person wants to see. Periods are half open: ``opened_from`` ≤ opened < ``opened_before``."""

    state: str = ""
    priority: str = ""
    assignment_group: str = ""
    search: str = ""
    opened_from: datetime | None = None
    opened_before: datetime | None = None
    after: Position | None = None
    size: int = 50


@dataclass(frozen=True)
class IncidentPage:
    """One page, latest opened first; ``following`` is the position of the next, or None."""

    items: list[Record]
    following: Position | None


@dataclass(frozen=True)
class IncidentDetail:
    """One incident with its resolutions, the callback of each and the attempts made."""

    incident: Record
    resolutions: list[Record]
    attempts: dict[int, list[Record]]


def may_read(actor: Actor) -> bool:
    """Whether ``actor`` works with the registers."""
    return actor.is_administrator or bool(READERS & set(actor.groups.values()))


def require_reader(actor: Actor) -> None:
    """Raise ``Forbidden`` to somebody who does not work with the registers."""
    if not may_read(actor):
        raise Forbidden()


def page(connection: Connection, actor: Actor, wanted: IncidentQuery) -> IncidentPage:
    """One page of the register. Raises ``Forbidden``."""
    require_reader(actor)
    query = select(incident).where(*_conditions(wanted))
    if wanted.after is not None:
        query = query.where(before(incident.c.opened_at, incident.c.id, wanted.after))
    rows = connection.execute(
        query.order_by(incident.c.opened_at.desc(), incident.c.id.desc()).limit(wanted.size + 1)
    ).all()
    items = list(rows[: wanted.size])
    return IncidentPage(items, (items[-1].opened_at, items[-1].id) if len(rows) > wanted.size else None)


def every(connection: Connection, actor: Actor, wanted: IncidentQuery) -> Iterator[Record]:
    """All incidents of a query, latest opened first, streamed for an export. Raises ``Forbidden``."""
    require_reader(actor)
    query = select(incident).where(*_conditions(wanted)).order_by(incident.c.opened_at.desc(), incident.c.id.desc())
    return iter(connection.execution_options(yield_per=500).execute(query))


def state_counts(connection: Connection, actor: Actor) -> dict[str, int]:
    """How many incidents are in each state. Raises ``Forbidden``."""
    require_reader(actor)
    rows = connection.execute(select(incident.c.state, func.count()).group_by(incident.c.state))
    counted = {row[0]: row[1] for row in rows}
    return {state: counted.get(state, 0) for state in STATES}


def choices(connection: Connection, actor: Actor) -> dict[str, list[str]]:
    """The priorities and assignment groups that occur, for the filters. Raises ``Forbidden``."""
    require_reader(actor)
    return {
        name: sorted(value for value in connection.execute(select(column).distinct()).scalars() if value)
        for name, column in (("priority", incident.c.priority), ("assignment_group", incident.c.assignment_group))
    }


def get(connection: Connection, actor: Actor, incident_id: int) -> IncidentDetail:
    """One incident with its history. Raises ``IncidentUnknown`` and ``Forbidden``."""
    require_reader(actor)
    row = connection.execute(select(incident).where(incident.c.id == incident_id)).one_or_none()
    if row is None:
        raise IncidentUnknown()
    resolutions = connection.execute(
        select(
            incident_resolution.c.ordinal,
            incident_resolution.c.resolved_at,
            callback.c.id.label("callback_id"),
            *[column for column in callback.c if column.name not in ("id", "resolution_id")],
        )
        .join(callback, callback.c.resolution_id == incident_resolution.c.id, isouter=True)
        .where(incident_resolution.c.incident_id == incident_id)
        .order_by(incident_resolution.c.resolved_at)
    ).all()
    attempts: dict[int, list[Record]] = {one.callback_id: [] for one in resolutions if one.callback_id is not None}
    for attempt in connection.execute(
        select(callback_attempt, user.c.name.label("called_by"))
        .join(user, user.c.id == callback_attempt.c.caller_id, isouter=True)
        .where(callback_attempt.c.callback_id.in_(attempts))
        .order_by(callback_attempt.c.ordinal)
    ):
        attempts[attempt.callback_id].append(attempt)
    return IncidentDetail(row, list(resolutions), attempts)


def before(at: ColumnElement[Any], identifier: ColumnElement[Any], position: Position) -> ColumnElement[bool]:
    """Whether a row comes before ``position`` in a list ordered by moment and id."""
    return tuple_(at, identifier) < tuple_(*position, types=[UtcDateTime(), Integer()])


def contains(search: str, *columns: ColumnElement[Any]) -> ColumnElement[bool]:
    """Whether one of ``columns`` contains the text, its wildcards taken literally."""
    pattern = "%" + search.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
    return or_(*(column.ilike(pattern, escape="\\") for column in columns))


def _conditions(wanted: IncidentQuery) -> list[ColumnElement[bool]]:
    exact = (
        (incident.c.state, wanted.state),
        (incident.c.priority, wanted.priority),
        (incident.c.assignment_group, wanted.assignment_group),
    )
    conditions: list[ColumnElement[bool]] = [column == value for column, value in exact if value]
    if wanted.opened_from is not None:
        conditions.append(incident.c.opened_at >= wanted.opened_from)
    if wanted.opened_before is not None:
        conditions.append(incident.c.opened_at < wanted.opened_before)
    if wanted.search.strip():
        columns = (incident.c.number, incident.c.summary, incident.c.customer, incident.c.caller)
        conditions.append(contains(wanted.search.strip(), *columns))
    return conditions
