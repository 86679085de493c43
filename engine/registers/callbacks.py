"""The register of callbacks: which calls are open, late or done."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import ColumnElement, Connection, Select, and_, func, or_, select

from engine.actors import Actor
from engine.registers.incidents import IncidentUnknown, before, contains, require_reader
from engine.store.tables import callback, incident, incident_resolution
from engine.store.types import Record

Standing = Literal["", "open", "overdue", "reached", "unreachable", "dissatisfied", "not_solved"]
STANDINGS: tuple[Standing, ...] = ("open", "overdue", "reached", "unreachable", "dissatisfied", "not_solved")
LOW_SCORE = 2

Position = tuple[datetime, int]


@dataclass(frozen=True)
class CallbackQuery:
    """What a person wants to see. The period is that of the 24-hour limit: ``due_from`` ≤ due < ``due_before``.

    ``overdue`` are the calls nobody has tried within their 24 hours and that are still open.
    """

    standing: Standing = ""
    search: str = ""
    due_from: datetime | None = None
    due_before: datetime | None = None
    after: Position | None = None
    size: int = 50


@dataclass(frozen=True)
class CallbackPage:
    """One page, latest due first; ``following`` is the position of the next, or None."""

    items: list[Record]
    following: Position | None


def page(connection: Connection, actor: Actor, wanted: CallbackQuery, *, now: datetime) -> CallbackPage:
    """One page of the register. Raises ``Forbidden``."""
    require_reader(actor)
    query = _query().where(*_conditions(wanted, now))
    if wanted.after is not None:
        query = query.where(before(callback.c.due_at, callback.c.id, wanted.after))
    rows = connection.execute(
        query.order_by(callback.c.due_at.desc(), callback.c.id.desc()).limit(wanted.size + 1)
    ).all()
    items = list(rows[: wanted.size])
    return CallbackPage(items, (items[-1].due_at, items[-1].id) if len(rows) > wanted.size else None)


def every(connection: Connection, actor: Actor, wanted: CallbackQuery, *, now: datetime) -> Iterator[Record]:
    """All callbacks of a query, latest due first, streamed for an export. Raises ``Forbidden``."""
    require_reader(actor)
    query = _query().where(*_conditions(wanted, now)).order_by(callback.c.due_at.desc(), callback.c.id.desc())
    return iter(connection.execution_options(yield_per=500).execute(query))


def standing_counts(connection: Connection, actor: Actor, *, now: datetime) -> dict[str, int]:
    """How many callbacks each filter holds. Raises ``Forbidden``."""
    require_reader(actor)
    columns = [
        func.count().filter(and_(*_conditions(CallbackQuery(standing=name), now))).label(name) for name in STANDINGS
    ]
    return dict(connection.execute(select(*columns)).one()._mapping)


def incident_of(connection: Connection, actor: Actor, callback_id: int) -> int:
    """The id of the incident a callback belongs to. Raises ``IncidentUnknown`` and ``Forbidden``."""
    require_reader(actor)
    query = select(incident_resolution.c.incident_id).join(callback).where(callback.c.id == callback_id)
    found = connection.execute(query).scalar()
    if found is None:
        raise IncidentUnknown()
    return int(found)


def _query() -> Select[Any]:
    joined = callback.join(incident_resolution, incident_resolution.c.id == callback.c.resolution_id).join(
        incident, incident.c.id == incident_resolution.c.incident_id
    )
    return select(
        callback,
        incident_resolution.c.resolved_at,
        incident_resolution.c.ordinal,
        incident.c.id.label("incident_id"),
        incident.c.number,
        incident.c.summary,
        incident.c.customer,
        incident.c.caller,
        incident.c.priority,
        incident.c.assignment_group,
    ).select_from(joined)


def _conditions(wanted: CallbackQuery, now: datetime) -> list[ColumnElement[bool]]:
    conditions = _standing(wanted.standing, now)
    if wanted.due_from is not None:
        conditions.append(callback.c.due_at >= wanted.due_from)
    if wanted.due_before is not None:
        conditions.append(callback.c.due_at < wanted.due_before)
    if wanted.search.strip():
        columns = (incident.c.number, incident.c.summary, incident.c.customer, incident.c.caller)
        conditions.append(contains(wanted.search.strip(), *columns))
    return conditions


def _standing(standing: Standing, now: datetime) -> list[ColumnElement[bool]]:
    if standing in ("open", "reached", "unreachable"):
        return [callback.c.status == standing]
    if standing == "overdue":
        return [callback.c.status == "open", callback.c.due_at < now, callback.c.first_attempt_at.is_(None)]
    if standing == "dissatisfied":
        return [or_(callback.c.score <= LOW_SCORE, callback.c.complaint)]
    if standing == "not_solved":
        return [callback.c.solved.is_(False)]
    return []
