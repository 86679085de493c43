"""I06 to I09: whether customers were called back, reached and content."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, exists, func, select

from engine.indicators.counting import Counting, Span, counted_columns, yes
from engine.store.tables import callback, incident, incident_resolution, process_instance
from engine.surveys.estimates import SATISFIED_FROM, wilson

# Somebody ended the case before its time; nobody calls any more.
_IS_CANCELLED = and_(
    callback.c.status == "open",
    exists().where(process_instance.c.id == callback.c.instance_id, process_instance.c.status == "cancelled"),
)


def _counted(at: ColumnElement[Any], numerator: ColumnElement[Any], *conditions: ColumnElement[bool]) -> Select[Any]:
    columns = counted_columns(
        "callback",
        callback.c.id,
        number=incident.c.number,
        title=incident.c.summary,
        at=at,
        numerator=numerator,
        excluded=_IS_CANCELLED,
        project_id=incident.c.project_id,
        priority=incident.c.priority,
    )
    return (
        select(*columns)
        .join(incident_resolution, incident_resolution.c.id == callback.c.resolution_id)
        .join(incident, incident.c.id == incident_resolution.c.incident_id)
        .where(*conditions)
    )


def in_time(_connection: Connection, span: Span) -> Counting:
    """I06: callbacks whose 24 hours end in the period, and which were attempted within them."""
    is_in_time = callback.c.first_attempt_at <= callback.c.due_at
    return _counted(callback.c.due_at, yes(is_in_time), span.within(callback.c.due_at), callback.c.due_at <= span.now)


def reached(_connection: Connection, span: Span) -> Counting:
    """I07: callbacks due in the period, and whose customer was reached."""
    is_reached = callback.c.status == "reached"
    return _counted(callback.c.due_at, yes(is_reached), span.within(callback.c.due_at), callback.c.due_at <= span.now)


def confirmed(_connection: Connection, span: Span) -> Counting:
    """I08: customers reached, and who confirmed the solution."""
    return _counted(
        callback.c.finished_at,
        yes(callback.c.solved),
        span.within(callback.c.finished_at),
        callback.c.status == "reached",
    )


def satisfaction(_connection: Connection, span: Span) -> Counting:
    """I09: callbacks with a score, and those of 4 or 5."""
    return _counted(
        callback.c.finished_at,
        yes(callback.c.score >= SATISFIED_FROM),
        span.within(callback.c.finished_at),
        callback.c.score.is_not(None),
    )


def scores(connection: Connection, counted: Counting, _span: Span, _project_id: int | None) -> dict[str, Any]:
    """The mean score in hundredths, how often each score was given, and the interval in hundredths of a percent."""
    assert isinstance(counted, Select)
    found = counted.subquery()
    query = (
        select(callback.c.score, func.count())
        .join(found, found.c.record_id == callback.c.id)
        .where(found.c.denominator == 1)
        .group_by(callback.c.score)
    )
    given = {int(row[0]): int(row[1]) for row in connection.execute(query)}
    answered = sum(given.values())
    if not answered:
        return {}
    interval = wilson(sum(number for score, number in given.items() if score >= SATISFIED_FROM), answered)
    assert interval is not None
    mean = sum(score * number for score, number in given.items()) / answered
    return {
        "mean": round(100 * mean),
        "scores": {str(score): given.get(score, 0) for score in range(1, 6)},
        "interval": [round(10_000 * interval.low), round(10_000 * interval.high)],
    }
