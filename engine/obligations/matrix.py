"""The compliance matrix: every duty in every period of a year, computed from what happened at the tagged steps."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, func, select

from engine.obligations.catalogue import OBLIGATIONS, Obligation
from engine.obligations.occasions import Occasion, Step, occasions
from engine.obligations.tags import Tag, tags
from engine.periods import Period, of_day
from engine.runtime.library import Library
from engine.store.tables import deployment, obligation_waiver
from engine.store.types import Record

# upcoming: not due yet; overdue: due, its period still runs; missed: its period ended without it; none: no occasion
# arose; before: the company did not work with the system yet, or came to it in the second half of the term.
Status = Literal["upcoming", "done", "late", "overdue", "missed", "waived", "none", "before"]
SETTLED: tuple[Status, ...] = ("done", "late", "waived")


@dataclass(frozen=True)
class Cell:
    """A duty in one period; of a duty on every occasion the counts of those that arose in it."""

    obligation: Obligation
    period: Period
    status: Status
    due_at: datetime
    on_time: int = 0
    late: int = 0
    open: int = 0
    overdue: int = 0
    instance_id: str | None = None  # where the evidence, or what is open, can be seen
    done_at: datetime | None = None
    waiver: Record | None = None


@dataclass(frozen=True)
class Row:
    """One duty with its cells in order of time, and the steps that are its evidence."""

    obligation: Obligation
    tags: Sequence[Tag]
    cells: Sequence[Cell]


def matrix(connection: Connection, library: Library, *, year: int, zone: ZoneInfo, now: datetime) -> list[Row]:
    """The duties of a calendar year in the zone of the organisation, as they stand at ``now``."""
    whole = of_day("year", date(year, 1, 1))
    tagged = tags(connection, library)
    known = [tag for found in tagged.values() for tag in found]
    happened = occasions(connection, known, whole.starts_at(zone), whole.ends_at(zone))
    since_at = connection.execute(select(func.min(deployment.c.deployed_at))).scalar()
    waivers = {(row.obligation, row.period): row for row in connection.execute(select(obligation_waiver))}
    view = _View(zone, now, since_at, waivers)
    periods = {
        cadence: _bounded(of_day(cadence, whole.first_on), of_day(cadence, whole.last_on), zone)
        for cadence in {one.cadence for one in OBLIGATIONS.values()}
    }
    return [
        Row(one, mine, view.cells(one, periods[one.cadence], _merged(happened, mine)))
        for one in OBLIGATIONS.values()
        for mine in (tagged.get(one.id, ()),)
    ]


def overdue(connection: Connection, library: Library, *, zone: ZoneInfo, now: datetime, since: datetime) -> list[Cell]:
    """The duties that should have been done between ``since`` and ``now``, at most a year, and were not."""
    tagged = tags(connection, library)
    since_at = connection.execute(select(func.min(deployment.c.deployed_at))).scalar()
    waivers = {(row.obligation, row.period): row for row in connection.execute(select(obligation_waiver))}
    view, found = _View(zone, now, since_at, waivers), []
    for cadence in {one.cadence for one in OBLIGATIONS.values()}:
        owed = [one for one in OBLIGATIONS.values() if one.cadence == cadence]
        first, last = (of_day(cadence, at.astimezone(zone).date()) for at in (since, now))
        known = [tag for one in owed for tag in tagged.get(one.id, ())]
        happened, periods = occasions(connection, known, first.starts_at(zone), now), _bounded(first, last, zone)
        for one in owed:
            mine = _merged(happened, tagged.get(one.id, ()))
            found += [cell for cell in view.cells(one, periods, mine) if cell.status in ("overdue", "missed")]
    return [cell for cell in found if since <= cell.due_at or cell.overdue]


def _merged(happened: Mapping[Step, Sequence[Occasion]], tagged: Sequence[Tag]) -> list[Occasion]:
    steps = {(tag.definition_key, tag.element.id) for tag in tagged}
    return sorted((one for step in steps for one in happened.get(step, ())), key=lambda one: one.since_at)


def _moment(dated: tuple[datetime, Occasion]) -> datetime:
    return dated[0]


@dataclass(frozen=True)
class _Bounded:
    """A period with its edges, worked out once for all duties that are owed in it."""

    period: Period
    starts_at: datetime
    ends_at: datetime


def _bounded(period: Period, last: Period, zone: ZoneInfo) -> list[_Bounded]:
    """The periods from one to another, in order of time."""
    found = []
    while period.first_on <= last.first_on:
        found.append(_Bounded(period, period.starts_at(zone), period.ends_at(zone)))
        period = period.next
    return found


@dataclass(frozen=True)
class _View:
    """The moment the matrix is looked at."""

    zone: ZoneInfo
    now: datetime
    since_at: datetime | None
    waivers: Mapping[tuple[str, str], Record]

    def cells(self, obligation: Obligation, periods: Sequence[_Bounded], happened: Sequence[Occasion]) -> list[Cell]:
        """The cells of adjoining periods."""
        dated = sorted(((self._counted_at(obligation, one), one) for one in happened), key=_moment)
        found, first = [], bisect_left(dated, periods[0].starts_at, key=_moment)
        for bounded in periods:
            after = bisect_left(dated, bounded.ends_at, first, key=_moment)
            found.append(self._cell(obligation, bounded, [one for _, one in dated[first:after]]))
            first = after
        return found

    def _counted_at(self, obligation: Obligation, occasion: Occasion) -> datetime:
        """When an occasion counts: of a duty on every occasion when it is due, of a yearly one when it is done, of
        the others when it arose, so that what is done after its month still belongs to it."""
        if obligation.kind == "each":
            return occasion.due_at or occasion.since_at
        return (occasion.done_at if obligation.cadence == "year" else None) or occasion.since_at

    def _cell(self, obligation: Obligation, bounded: _Bounded, mine: Sequence[Occasion]) -> Cell:
        period, due_at = bounded.period, obligation.due_within(bounded.starts_at, bounded.ends_at)
        waiver = self.waivers.get((obligation.id, period.key))
        if waiver is not None:
            return Cell(obligation, period, "waived", due_at, waiver=waiver)
        if obligation.kind == "each":
            return self._each(obligation, bounded, due_at, mine)
        return self._once(obligation, bounded, due_at, mine)

    def _once(self, obligation: Obligation, bounded: _Bounded, due_at: datetime, mine: Sequence[Occasion]) -> Cell:
        done = [(one.done_at, one) for one in mine if one.done_at is not None]
        if done:
            done_at, first = min(done, key=lambda pair: pair[0])
            status: Status = "done" if done_at <= due_at else "late"
            return Cell(obligation, bounded.period, status, due_at, len(done), 0, 0, 0, first.instance_id, done_at)
        waiting = mine[0].instance_id if mine else None
        status = self._undone(bounded, due_at)
        return Cell(obligation, bounded.period, status, due_at, open=len(mine), instance_id=waiting)

    def _undone(self, bounded: _Bounded, due_at: datetime) -> Status:
        if self.since_at is None or due_at <= self.since_at:
            return "before"
        if bounded.period.cadence != "year" and self.since_at > bounded.starts_at + (due_at - bounded.starts_at) / 2:
            return "before"
        if self.now < due_at:
            return "upcoming"
        return "overdue" if self.now < bounded.ends_at else "missed"

    def _each(self, obligation: Obligation, bounded: _Bounded, due_at: datetime, mine: Sequence[Occasion]) -> Cell:
        on_time = [one for one in mine if one.is_on_time()]
        late = [one for one in mine if one.done_at is not None and not one.is_on_time()]
        waiting = [one for one in mine if one.done_at is None]
        overdue = [one for one in waiting if one.due_at is not None and one.due_at <= self.now]
        shown = overdue or late or waiting or on_time
        worst = shown[0] if shown else None
        status: Status = "none"
        if overdue:
            status = "missed" if self.now >= bounded.ends_at else "overdue"
        elif late:
            status = "late"
        elif waiting:
            status = "upcoming"
        elif on_time:
            status = "done"
        elif self.now < bounded.ends_at:
            status = "upcoming"
        return Cell(
            obligation,
            bounded.period,
            status,
            due_at,
            len(on_time),
            len(late),
            len(waiting) - len(overdue),
            len(overdue),
            None if worst is None else worst.instance_id,
            None if worst is None else worst.done_at,
        )
