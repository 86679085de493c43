"""Arithmetic in working time. Moments go in and come out aware; results are in UTC.

Time is counted as it elapses: on the day the clocks change, an office open from 00:00 to 24:00 works 23 or 25 hours.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta

from engine.calendars.errors import CalendarNeverOpens, TermInvalid
from engine.calendars.model import Calendar, is_working_day
from engine.calendars.terms import LONGEST

_DAY = timedelta(days=1)
_LONGEST_CLOSURE_DAYS = 366
_MIDNIGHT = time()


def _spans(calendar: Calendar, day: date) -> list[tuple[datetime, datetime]]:
    """The openings of a local ``day`` in UTC; a span that the change of the clocks swallows is left out."""
    spans = []
    for start, end in calendar.hours_on(day):
        closes_on = day if end != _MIDNIGHT else day + _DAY
        opens_at = datetime.combine(day, start, calendar.zone).astimezone(UTC)
        closes_at = datetime.combine(closes_on, end, calendar.zone).astimezone(UTC)
        if opens_at < closes_at:
            spans.append((opens_at, closes_at))
    return spans


def _spans_from(calendar: Calendar, at: datetime) -> Iterator[tuple[datetime, datetime]]:
    """Every opening that ends after ``at``, in order; raises :class:`CalendarNeverOpens` after a year of none."""
    day = at.astimezone(calendar.zone).date()
    closed_days = 0
    while closed_days <= _LONGEST_CLOSURE_DAYS:
        spans = [span for span in _spans(calendar, day) if span[1] > at]
        closed_days = 0 if spans else closed_days + 1
        yield from spans
        day += _DAY
    raise CalendarNeverOpens(calendar=calendar.key, day=at.date().isoformat())


def is_open(calendar: Calendar, at: datetime) -> bool:
    """Whether office hours are on at the aware moment ``at``; the closing moment itself is closed."""
    day, moment = at.astimezone(calendar.zone).date(), at.astimezone(UTC)
    return any(start <= moment < end for start, end in _spans(calendar, day))


def next_opening(calendar: Calendar, at: datetime) -> datetime:
    """``at`` itself if the calendar is open then, else the next moment it opens."""
    at = at.astimezone(UTC)
    return max(next(_spans_from(calendar, at))[0], at)


def add_working_time(calendar: Calendar, start_at: datetime, length: timedelta) -> datetime:
    """The moment when ``length`` (not negative) of working time has passed since ``start_at``.

    Outside office hours the clock starts at the next opening; a length that ends with the day ends at its closing.
    Raises :class:`TermInvalid` for a negative length or one of more than ten years.
    """
    if not timedelta() <= length <= LONGEST:
        raise TermInvalid(term=str(length), reason="negative or longer than ten years", reason_zh="为负或长于十年")
    start_at = start_at.astimezone(UTC)
    left = length
    for span_start, span_end in _spans_from(calendar, start_at):
        opens_at = max(span_start, start_at)
        if left <= span_end - opens_at:
            return opens_at + left
        left -= span_end - opens_at
    raise AssertionError("openings never end")


def working_time_between(calendar: Calendar, start_at: datetime, end_at: datetime) -> timedelta:
    """The working time from ``start_at`` to ``end_at``; negative if the end comes first."""
    if end_at < start_at:
        return -working_time_between(calendar, end_at, start_at)
    return sum((end - start for start, end in openings_between(calendar, start_at, end_at)), timedelta())


def openings_between(calendar: Calendar, start_at: datetime, end_at: datetime) -> Iterator[tuple[datetime, datetime]]:
    """The parts of ``start_at`` to ``end_at`` in which the calendar is open, in order."""
    start_at, end_at = start_at.astimezone(UTC), end_at.astimezone(UTC)
    day, last_day = (moment.astimezone(calendar.zone).date() for moment in (start_at, end_at))
    while day <= last_day:
        for span_start, span_end in _spans(calendar, day):
            opens_at, closes_at = max(span_start, start_at), min(span_end, end_at)
            if opens_at < closes_at:
                yield opens_at, closes_at
        day += _DAY


def add_working_days(calendar: Calendar, start: datetime | date, days: int) -> datetime | date:
    """The ``days``-th working day after ``start`` (before it, if negative), whose own day does not count.

    Zero means the start's own day if it works, else the next working day. A date gives a date. A moment gives the
    same local time on that day, moved into its office hours: to the opening if it is earlier or falls in a break,
    to the closing if it is later.
    """
    day = start.astimezone(calendar.zone).date() if isinstance(start, datetime) else start
    target = _working_day(calendar, day, days)
    if not isinstance(start, datetime):
        return target
    clock = start.astimezone(calendar.zone).time()
    wanted = datetime.combine(target, clock, calendar.zone).astimezone(UTC)
    spans = _spans(calendar, target)
    return next((max(wanted, opens_at) for opens_at, closes_at in spans if wanted <= closes_at), spans[-1][1])


def _working_day(calendar: Calendar, day: date, days: int) -> date:
    step = -_DAY if days < 0 else _DAY
    left, closed_days, current = abs(days), 0, day
    if days == 0 and is_working_day(calendar, day):
        return day
    left = left or 1
    while left:
        current += step
        works = is_working_day(calendar, current)
        closed_days = 0 if works else closed_days + 1
        if closed_days > _LONGEST_CLOSURE_DAYS:
            raise CalendarNeverOpens(calendar=calendar.key, day=day.isoformat())
        left -= works
    return current
