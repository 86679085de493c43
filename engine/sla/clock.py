"""What a clock of a service level agreement says, as a pure function of what happened and of a calendar.

The rules, each of which another product has broken:

* Counted is the calendar's open time between the report and the stop, without the *open time* of the pauses. A pause
  over a weekend takes nothing out of a clock that does not run on weekends.
* A change of the target keeps everything that was counted and paused before; the ledger says when it changed.
* The time from a resolution to its reopening is no pause: nobody waited for the customer. It is left out, on a line
  of its own, and its sum is told apart.
* A day is as long as the calendar's working day. A clock that starts outside office hours starts at the next opening.
* The target is missed when more than the target was counted; nothing is missed while the office is closed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Literal

from engine.calendars import Calendar, add_working_time, next_opening, working_time_between

Metric = Literal["response", "resolution"]
Kind = Literal["closed", "run", "pause", "resolved", "target_changed", "stop"]
Status = Literal["running", "paused", "met", "missed", "cancelled"]

WARN_AT_PERCENT = 75
_NONE = timedelta()
_NEVER = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Wait:
    """A time in which the incident waited for the customer; without an end it still does."""

    began_at: datetime
    ended_at: datetime | None
    reason: str


@dataclass(frozen=True)
class Resolution:
    """A moment it was resolved, and when it proved not to be."""

    resolved_at: datetime
    reopened_at: datetime | None = None


@dataclass(frozen=True)
class TargetChange:
    """When the target became another one, because the priority or the agreement changed."""

    at: datetime
    reason: str


@dataclass(frozen=True)
class History:
    """What happened to an incident."""

    opened_at: datetime
    responded_at: datetime | None = None
    waits: Sequence[Wait] = ()
    resolutions: Sequence[Resolution] = ()
    cancelled_at: datetime | None = None
    changes: Sequence[TargetChange] = ()

    def stopped_at(self, metric: Metric) -> datetime | None:
        """When the clock of ``metric`` stopped for good, as far as is known."""
        if metric == "response":
            return self.responded_at or (self.resolutions[0].resolved_at if self.resolutions else None)
        if not self.resolutions or self.resolutions[-1].reopened_at is not None:
            return None
        return self.resolutions[-1].resolved_at


@dataclass(frozen=True)
class Entry:
    """A line of the ledger: from, to (None goes on), what it adds to the time taken and what it leaves out."""

    kind: Kind
    from_at: datetime
    to_at: datetime | None
    counted: timedelta = _NONE
    excluded: timedelta = _NONE
    reason: str = ""


@dataclass(frozen=True)
class Reading:
    """What the clock says.

    ``due_at`` is None while it pauses: how long is the customer's to say. After ``late_from`` it is missed, the first
    open moment from then on.
    """

    status: Status
    started_at: datetime
    stopped_at: datetime | None
    due_at: datetime | None
    late_from: datetime | None
    breached_at: datetime | None
    warn_at: datetime | None
    counted: timedelta
    paused: timedelta
    entries: tuple[Entry, ...] = field(repr=False)


def read(history: History, metric: Metric, target: timedelta, calendar: Calendar, *, until: datetime) -> Reading:
    """The clock as it stands at ``until``; the ledger ends with what is known to have happened by then."""
    stop = history.cancelled_at or history.stopped_at(metric)
    end = stop if stop is not None else max(until, history.opened_at)
    lines = list(_lines(history, end, is_open=stop is None, calendar=calendar))
    walk = _Walk(calendar, target)
    for line in lines:
        walk.take(line)
    is_paused = stop is None and lines[-1].kind == "pause"
    counted = sum((one.counted for one in lines), _NONE)
    if history.cancelled_at is not None:
        status: Status = "cancelled"
    elif counted > target:
        status = "missed"
    else:
        status = "met" if stop is not None else "paused" if is_paused else "running"
    due_at = walk.due_at if walk.due_at is not None else None if is_paused else walk.extrapolated(end, target)
    late_from = None if due_at is None else next_opening(calendar, due_at)
    warned_from = target * WARN_AT_PERCENT / 100
    warn_at = walk.warn_at if walk.warn_at is not None else None if is_paused else walk.extrapolated(end, warned_from)
    return Reading(
        status=status,
        started_at=next_opening(calendar, history.opened_at),
        stopped_at=stop,
        due_at=due_at,
        late_from=late_from,
        breached_at=late_from if status == "missed" else None,
        warn_at=warn_at,
        counted=counted,
        paused=sum((one.excluded for one in lines if one.kind == "pause"), _NONE),
        entries=tuple(_with_marks(lines, history, stop)),
    )


@dataclass
class _Walk:
    """Adds up the lines, and remembers when 75 % and when all of the target had passed."""

    calendar: Calendar
    target: timedelta
    counted: timedelta = _NONE
    due_at: datetime | None = None
    warn_at: datetime | None = None

    def take(self, line: Entry) -> None:
        if line.kind == "run":
            self.due_at = self.due_at or self._passed(line, self.target)
            self.warn_at = self.warn_at or self._passed(line, self.target * WARN_AT_PERCENT / 100)
        self.counted += line.counted

    def extrapolated(self, end: datetime, target: timedelta) -> datetime:
        """When the target would have passed, had the clock run on from ``end``."""
        return add_working_time(self.calendar, end, target - self.counted)

    def _passed(self, line: Entry, target: timedelta) -> datetime | None:
        left = target - self.counted
        return add_working_time(self.calendar, line.from_at, left) if left <= line.counted else None


def _lines(history: History, end: datetime, *, is_open: bool, calendar: Calendar) -> Iterator[Entry]:
    """The time from the report to ``end`` in lines of one kind each; the last of an open clock has no end."""
    start = min(next_opening(calendar, history.opened_at), end)
    if start > history.opened_at:
        yield Entry("closed", history.opened_at, start)
    resolved = [(one.resolved_at, one.reopened_at or _NEVER) for one in history.resolutions if one.resolved_at < end]
    waits = [(one.began_at, one.ended_at or _NEVER, one.reason) for one in history.waits]
    marks = {moment for span in resolved for moment in span} | {moment for span in waits for moment in span[:2]}
    cuts = [start, *sorted(moment for moment in marks if start < moment < end), end]
    pieces: list[Entry] = []
    for since, to in pairwise(cuts):
        kind, reason = _what_was(since, resolved, waits)
        if pieces and (pieces[-1].kind, pieces[-1].reason) == (kind, reason):
            pieces[-1] = replace(pieces[-1], to_at=to)
        else:
            pieces.append(Entry(kind, since, to, reason=reason))
    at_end = _what_was(end, resolved, waits)
    if is_open and (pieces[-1].kind, pieces[-1].reason) != at_end:
        pieces.append(Entry(at_end[0], end, end, reason=at_end[1]))
    for piece in pieces:
        passed = working_time_between(calendar, piece.from_at, piece.to_at or end)
        line = replace(piece, counted=passed) if piece.kind == "run" else replace(piece, excluded=passed)
        yield replace(line, to_at=None) if is_open and piece is pieces[-1] else line


def _what_was(
    at: datetime, resolved: list[tuple[datetime, datetime]], waits: list[tuple[datetime, datetime, str]]
) -> tuple[Kind, str]:
    if any(since <= at < to for since, to in resolved):
        return "resolved", ""
    return next((("pause", reason) for since, to, reason in waits if since <= at < to), ("run", ""))


def _with_marks(lines: list[Entry], history: History, stop: datetime | None) -> Iterator[Entry]:
    """The lines, with the changes of the target and the stop among them."""
    changes = sorted(history.changes, key=lambda one: one.at)
    for line in lines:
        while changes and changes[0].at < line.from_at:
            yield _changed(changes.pop(0))
        yield line
    for change in changes:
        yield _changed(change)
    if stop is not None:
        yield Entry("stop", stop, stop, reason="cancelled" if history.cancelled_at is not None else "")


def _changed(change: TargetChange) -> Entry:
    return Entry("target_changed", change.at, change.at, reason=change.reason)


def length_of_day(calendar: Calendar) -> timedelta:
    """How long a working day of the calendar is: that of its first weekday with office hours."""
    hours = next(spans for _, spans in sorted(calendar.office_hours.items()) if spans)
    minutes = sum(((end.hour * 60 + end.minute) or 24 * 60) - (start.hour * 60 + start.minute) for start, end in hours)
    return timedelta(minutes=minutes)
