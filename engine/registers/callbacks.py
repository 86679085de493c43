"""The register of callbacks: which calls are open, late or done, and the figures I06 to I09 over a period."""

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
HIGH_SCORE = 4

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


@dataclass(frozen=True)
class Indicator:
    """A share with both its parts; ``value`` (0 to 1) is None when there is nothing to count."""

    code: str
    numerator: int
    denominator: int

    @property
    def value(self) -> float | None:
        """The share, or None without data."""
        return self.numerator / self.denominator if self.denominator else None


@dataclass(frozen=True)
class Figures:
    """I06 on time, I07 reached, I08 confirmed solved, I09 satisfied; ``mean_score`` is None without a score."""

    on_time: Indicator
    reached: Indicator
    confirmed: Indicator
    satisfied: Indicator
    mean_score: float | None

    @property
    def indicators(self) -> tuple[Indicator, ...]:
        """All four shares."""
        return self.on_time, self.reached, self.confirmed, self.satisfied


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


def figures(connection: Connection, start: datetime, end: datetime, *, now: datetime) -> Figures:
    """The figures of the callbacks whose 24 hours ended in the period; what is not due yet does not count."""
    due = (callback.c.due_at >= start, callback.c.due_at < min(end, now))
    is_reached, scored = callback.c.status == "reached", callback.c.score.is_not(None)
    row = connection.execute(
        select(
            func.count().label("due"),
            func.count().filter(callback.c.first_attempt_at <= callback.c.due_at).label("on_time"),
            func.count().filter(is_reached).label("reached"),
            func.count().filter(is_reached, callback.c.solved).label("solved"),
            func.count().filter(scored).label("scored"),
            func.count().filter(callback.c.score >= HIGH_SCORE).label("satisfied"),
            func.sum(callback.c.score).label("points"),
        ).where(*due)
    ).one()
    return Figures(
        on_time=Indicator("I06", row.on_time, row.due),
        reached=Indicator("I07", row.reached, row.due),
        confirmed=Indicator("I08", row.solved, row.reached),
        satisfied=Indicator("I09", row.satisfied, row.scored),
        mean_score=int(row.points) / row.scored if row.scored else None,
    )


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
