"""Where the work of a process waits: visits, waiting and working time, and what was late, for each task of its diagram.

Times are working time of the default calendar: a task that lies over a weekend does not wait longer for it.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import accumulate

from sqlalchemy import Connection, select

from engine import working_calendars
from engine.calendars import Calendar, openings_between
from engine.store.tables import process_definition, work_item
from engine.store.tables.instances import OPEN_STATES
from engine.store.types import Record

LIMIT_VISITS = 100_000


@dataclass(frozen=True)
class Spread:
    """How long something took: half of the visits no longer than ``median``, nine in ten no longer than ``most``."""

    median: timedelta
    most: timedelta


@dataclass(frozen=True)
class Heat:
    """What happened at one task; a spread is None where no visit got so far.

    ``waiting`` is from the arrival of a task until somebody took it (or did it without taking it), ``working`` from
    then until it was done. ``late`` of ``with_due`` visits were done after their due time, or are open and past it.
    """

    element_id: str
    name_zh: str
    name_en: str
    visits: int
    open_now: int
    waiting: Spread | None
    working: Spread | None
    with_due: int
    late: int

    @property
    def late_percent(self) -> int | None:
        """How many of the visits with a due time were late."""
        return round(100 * self.late / self.with_due) if self.with_due else None


def heat_of(
    connection: Connection, key: str, *, since: datetime | None, version: int | None, now: datetime
) -> list[Heat]:
    """Every task of a process that was visited, the most visited first.

    ``since`` leaves out tasks that arrived earlier, ``version`` all cases but those on that version; at most the latest
    ``LIMIT_VISITS`` visits are counted.
    """
    rows = _visits(connection, key, since, version)
    known, default = working_calendars.load_calendars(connection)
    clock = WorkingClock(known[default], rows, now)
    visits: dict[str, list[Record]] = defaultdict(list)
    for row in rows:
        visits[row.element_id].append(row)
    return sorted(
        (_heat(found, clock, now) for found in visits.values()), key=lambda one: (-one.visits, one.element_id)
    )


class WorkingClock:
    """Working time between moments of one stretch of time, its openings worked out once."""

    def __init__(self, calendar: Calendar, rows: Sequence[Record], now: datetime) -> None:
        """Cover everything that happened in ``rows``, until ``now``."""
        begun_at = min((row.created_at for row in rows), default=now)
        spans = list(openings_between(calendar, begun_at, now))
        self._starts = [start for start, _ in spans]
        self._ends = [end for _, end in spans]
        self._before = [timedelta(), *accumulate(end - start for start, end in spans)]

    def between(self, start_at: datetime, end_at: datetime) -> timedelta:
        """The working time from one moment to another, not negative."""
        return max(self._elapsed(end_at) - self._elapsed(start_at), timedelta())

    def _elapsed(self, at: datetime) -> timedelta:
        place = bisect_right(self._starts, at)
        if place == 0:
            return timedelta()
        return self._before[place - 1] + min(at, self._ends[place - 1]) - self._starts[place - 1]


def _visits(connection: Connection, key: str, since: datetime | None, version: int | None) -> Sequence[Record]:
    one = work_item.c
    query = (
        select(
            *(one.element_id, one.name_zh, one.name_en, one.state),
            *(one.due_at, one.created_at, one.claimed_at, one.completed_at),
        )
        .where(one.definition_key == key)
        .order_by(one.created_at.desc(), one.id)
        .limit(LIMIT_VISITS)
    )
    if since is not None:
        query = query.where(one.created_at >= since)
    if version is not None:
        query = query.join(process_definition, process_definition.c.id == one.definition_id)
        query = query.where(process_definition.c.version == version)
    return connection.execute(query).all()


def _heat(rows: Sequence[Record], clock: WorkingClock, now: datetime) -> Heat:
    """The visits of one element, the latest first: it is called what it was called last."""
    begun = [(row, row.claimed_at or row.completed_at) for row in rows]
    due = [row for row in rows if row.due_at is not None and (row.completed_at or row.state in OPEN_STATES)]
    return Heat(
        element_id=rows[0].element_id,
        name_zh=rows[0].name_zh,
        name_en=rows[0].name_en,
        visits=len(rows),
        open_now=sum(row.state in OPEN_STATES for row in rows),
        waiting=_spread(clock.between(row.created_at, at) for row, at in begun if at is not None),
        working=_spread(
            clock.between(row.claimed_at, row.completed_at) for row in rows if row.claimed_at and row.completed_at
        ),
        with_due=len(due),
        late=sum((row.completed_at or now) > row.due_at for row in due),
    )


def _spread(lengths: Iterable[timedelta]) -> Spread | None:
    ordered = sorted(lengths)
    if not ordered:
        return None
    middle = (ordered[(len(ordered) - 1) // 2] + ordered[len(ordered) // 2]) / 2
    return Spread(_to_minutes(middle), _to_minutes(ordered[-(-len(ordered) * 9 // 10) - 1]))


def _to_minutes(length: timedelta) -> timedelta:
    return timedelta(minutes=round(length / timedelta(minutes=1)))
