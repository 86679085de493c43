"""Recurring starts: each timer start event of a published process is a schedule with its next occurrence.

An occurrence is claimed by a row with a unique (schedule, nominal time) key, so that it starts once whatever the number
of nodes, and an hour that comes twice in autumn counts once. The next occurrence never waits for the last case to end.
After a standstill the missed occurrences of one schedule become one start, noted as late.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import Connection, bindparam, insert, select, update

from engine import calendars
from engine.runtime.step import Runtime
from engine.store.prepared import Prepared
from engine.store.tables import schedule, schedule_run

_due = Prepared(
    select(schedule.c.id)
    .where(schedule.c.is_enabled, schedule.c.next_due_at <= bindparam("b_now"))
    .order_by(schedule.c.next_due_at)
    .limit(bindparam("b_limit"))
)


def refresh(connection: Connection, runtime: Runtime, keys: Iterable[str], *, now: datetime) -> None:
    """After a publication: bring the schedules of ``keys`` in line with their timer start events."""
    for key in keys:
        model = runtime.library.latest(connection, key).model
        wanted = {e.id: e.timer_term for e in model.start_events() if e.event == "timer"}
        known = {
            row.element_id: row for row in connection.execute(select(schedule).where(schedule.c.definition_key == key))
        }
        for element_id, term in wanted.items():
            if element_id not in known:
                nominal, due_at = _first_occurrence(term, runtime, now)
                connection.execute(
                    insert(schedule).values(
                        definition_key=key,
                        element_id=element_id,
                        term=term,
                        next_nominal=nominal,
                        next_due_at=due_at,
                        is_enabled=True,
                    )
                )
            elif known[element_id].term != term or not known[element_id].is_enabled:
                nominal, due_at = _first_occurrence(term, runtime, now)
                connection.execute(
                    update(schedule)
                    .where(schedule.c.id == known[element_id].id)
                    .values(term=term, next_nominal=nominal, next_due_at=due_at, is_enabled=True)
                )
        for element_id, row in known.items():
            if element_id not in wanted:
                connection.execute(
                    update(schedule).where(schedule.c.id == row.id).values(is_enabled=False, next_due_at=None)
                )


def next_occurrence(term: str, runtime: Runtime, after: datetime) -> tuple[str | None, datetime | None]:
    """The nominal local time and the moment of the first occurrence after ``after``, or (None, None)."""
    known = calendars.parse_term(term)
    if known.kind == "duration":  # it comes once, so long after the publication
        return None, None
    return calendars.next_occurrence(known, runtime.zone, after) or (None, None)


def _first_occurrence(term: str, runtime: Runtime, now: datetime) -> tuple[str | None, datetime | None]:
    known = calendars.parse_term(term)
    if known.kind != "duration":
        return next_occurrence(term, runtime, now)
    due_at = calendars.due_at(known, runtime.zone, now)
    return due_at.astimezone(runtime.zone).replace(tzinfo=None).isoformat(), due_at


def due(connection: Connection, now: datetime, limit: int = 50) -> list[int]:
    """Ids of the schedules with an occurrence due."""
    return [row.id for row in _due.all(connection, {"b_now": now, "b_limit": limit})]


def claim(connection: Connection, runtime: Runtime, schedule_id: int, *, now: datetime) -> tuple[str, str, str] | None:
    """Claim the due occurrence of a schedule: its process key, start event and nominal time; None if taken already.

    Occurrences missed before ``now`` are claimed together with the latest of them.
    """
    query = select(schedule).where(schedule.c.id == schedule_id, schedule.c.is_enabled)
    row = connection.execute(query.with_for_update()).one_or_none()
    if row is None or row.next_due_at is None or row.next_due_at > now:
        return None
    nominal, due_at = row.next_nominal, row.next_due_at
    following = next_occurrence(row.term, runtime, due_at)
    while following[1] is not None and following[1] <= now:
        nominal, due_at = following[0], following[1]
        following = next_occurrence(row.term, runtime, due_at)
    advanced = connection.execute(
        update(schedule)
        .where(schedule.c.id == schedule_id, schedule.c.next_nominal == row.next_nominal)
        .values(next_nominal=following[0], next_due_at=following[1])
    )
    taken = connection.execute(
        select(schedule_run.c.nominal).where(
            schedule_run.c.schedule_id == schedule_id, schedule_run.c.nominal == nominal
        )
    ).first()
    if advanced.rowcount != 1 or taken is not None:
        return None
    connection.execute(
        insert(schedule_run).values(schedule_id=schedule_id, nominal=nominal, due_at=due_at, started_at=now)
    )
    return row.definition_key, row.element_id, nominal


def link(connection: Connection, schedule_id: int, nominal: str, instance_id: str) -> None:
    """Note which instance an occurrence started: the evidence that the duty began."""
    connection.execute(
        update(schedule_run)
        .where(schedule_run.c.schedule_id == schedule_id, schedule_run.c.nominal == nominal)
        .values(instance_id=instance_id)
    )


def postpone(connection: Connection, schedule_id: int, by: timedelta, *, now: datetime) -> None:
    """Try a schedule again later: its start failed."""
    connection.execute(update(schedule).where(schedule.c.id == schedule_id).values(next_due_at=now + by))
