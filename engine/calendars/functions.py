"""The calendars as FEEL functions, for due dates, timers and conditions; each has an English and a Chinese name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from engine.calendars.errors import CalendarUnknown
from engine.calendars.model import Calendar, is_working_day
from engine.calendars.terms import LONGEST
from engine.calendars.working_time import add_working_days, add_working_time, next_opening, working_time_between
from engine.feel.numbers import CONTEXT, is_number, to_decimal, to_integer
from engine.feel.temporal import parse_date, parse_datetime

_MICROSECOND = timedelta(microseconds=1)
_MICROSECONDS_PER_HOUR = Decimal(3_600_000_000)
_LONGEST_HOURS = 100_000
_LONGEST_DAYS = 4_000
_ALIASES = {
    "working days after": "工作日后",
    "working hours after": "工作小时后",
    "working hours between": "工作小时数",
    "is working day": "是工作日",
    "next opening": "下次开门",
}


def _moment(value: Any, calendar: Calendar) -> datetime | None:
    """A moment from a date and time or ISO text; without an offset, and for dates, in the calendar's zone."""
    parsed = parse_datetime(value) if isinstance(value, str) else value
    if isinstance(parsed, date) and not isinstance(parsed, datetime):
        parsed = datetime(parsed.year, parsed.month, parsed.day)  # noqa: DTZ001 - the zone follows
    if not isinstance(parsed, datetime):
        return None
    return parsed if parsed.tzinfo is not None else parsed.replace(tzinfo=calendar.zone)


def _day(value: Any, calendar: Calendar) -> date | None:
    parsed = parse_date(value) if isinstance(value, str) else value
    if isinstance(parsed, date) and not isinstance(parsed, datetime):
        return parsed
    moment = _moment(value, calendar)
    return None if moment is None else moment.astimezone(calendar.zone).date()


def _length(hours: Any) -> timedelta | None:
    if isinstance(hours, timedelta):
        return hours
    exact = to_decimal(hours) if is_number(hours) else None
    if exact is None or abs(exact) > _LONGEST_HOURS:
        return None
    return timedelta(microseconds=int(exact * _MICROSECONDS_PER_HOUR))


class _CalendarFunctions:
    """The functions over one set of calendars; like FEEL's own they answer null for what is no date or number."""

    def __init__(self, calendars: Mapping[str, Calendar], default_key: str) -> None:
        self._calendars = calendars
        self._default_key = default_key

    def _calendar(self, key: Any) -> Calendar:
        wanted = self._default_key if key is None else key
        found = self._calendars.get(wanted) if isinstance(wanted, str) else None
        if found is None:
            raise CalendarUnknown(calendar=str(wanted))
        return found

    def working_days_after(self, start: Any, days: Any, calendar: Any = None) -> date | None:
        """See :func:`add_working_days`; a date gives a date, a moment a moment in the calendar's zone."""
        known, count = self._calendar(calendar), to_integer(days)
        if count is None or abs(count) > _LONGEST_DAYS:
            return None
        day = parse_date(start) if isinstance(start, str) else start
        if isinstance(day, date) and not isinstance(day, datetime):
            return add_working_days(known, day, count)
        moment = _moment(start, known)
        result = None if moment is None else add_working_days(known, moment, count)
        return result.astimezone(known.zone) if isinstance(result, datetime) else result

    def working_hours_after(self, start: Any, hours: Any, calendar: Any = None) -> datetime | None:
        """See :func:`add_working_time`."""
        known = self._calendar(calendar)
        moment, length = _moment(start, known), _length(hours)
        if moment is None or length is None:
            return None
        return add_working_time(known, moment, length).astimezone(known.zone)

    def working_hours_between(self, start: Any, end: Any, calendar: Any = None) -> Decimal | None:
        """See :func:`working_time_between`; in hours, null for more than ten years."""
        known = self._calendar(calendar)
        first, last = _moment(start, known), _moment(end, known)
        if first is None or last is None or abs(last - first) > LONGEST:
            return None
        return CONTEXT.divide(Decimal(working_time_between(known, first, last) // _MICROSECOND), _MICROSECONDS_PER_HOUR)

    def is_working_day(self, day: Any, calendar: Any = None) -> bool | None:
        """Whether the day (of a moment, the local day) is a working day."""
        known = self._calendar(calendar)
        wanted = _day(day, known)
        return None if wanted is None else is_working_day(known, wanted)

    def next_opening(self, start: Any, calendar: Any = None) -> datetime | None:
        """See :func:`next_opening`."""
        known = self._calendar(calendar)
        moment = _moment(start, known)
        return None if moment is None else next_opening(known, moment).astimezone(known.zone)


def calendar_functions(calendars: Mapping[str, Calendar], default_key: str) -> Mapping[str, Callable[..., Any]]:
    """Host functions for :class:`engine.feel.EvaluationContext`, by FEEL name and Chinese alias.

    ``working days after(start, days[, calendar])``, ``working hours after(start, hours[, calendar])``,
    ``working hours between(start, end[, calendar])``, ``is working day(day[, calendar])``,
    ``next opening(start[, calendar])``. ``calendar`` is a key of ``calendars``, ``default_key`` without it; an
    unknown key raises :class:`CalendarUnknown`, a year without published holidays :class:`CalendarYearUnknown`.
    """
    room = _CalendarFunctions(calendars, default_key)
    functions: dict[str, Callable[..., Any]] = {
        "working days after": room.working_days_after,
        "working hours after": room.working_hours_after,
        "working hours between": room.working_hours_between,
        "is working day": room.is_working_day,
        "next opening": room.next_opening,
    }
    return functions | {alias: functions[name] for name, alias in _ALIASES.items()}
