"""A working calendar as plain data, and which days it works."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time
from functools import lru_cache
from typing import Any, Literal
from zoneinfo import ZoneInfo

import chinese_calendar

from engine.calendars.errors import CalendarInvalid, CalendarYearUnknown

Hours = tuple[tuple[time, time], ...]
_MIDNIGHT = time()


@dataclass(frozen=True)
class Calendar:
    """Office hours in a zone, and the days that are exceptions.

    ``office_hours`` maps ISO weekdays (1 is Monday) to rising, separate spans of local time; an end of 00:00 is
    midnight at the end of the day. ``holidays`` "CN" closes China's statutory holidays and opens its make-up
    working days (调休), which take the hours of the first weekday that has any. ``closed_on`` and ``working_on``
    overrule all that; a day in ``working_on`` has the hours of its weekday or, if none, make-up hours.
    ``provisional_years`` are years whose arrangement is not published yet and that count meanwhile as ordinary weeks
    with the fixed holidays (1 January, 1 and 2 May, 1 to 3 October); an arrangement that is known goes before.
    Raises :class:`CalendarInvalid` if this contradicts itself.
    """

    key: str
    name_zh: str
    name_en: str
    zone: ZoneInfo
    office_hours: Mapping[int, Hours] = field(hash=False)
    holidays: Literal["CN"] | None = None
    closed_on: frozenset[date] = frozenset()
    working_on: frozenset[date] = frozenset()
    provisional_years: frozenset[int] = frozenset()

    def __post_init__(self) -> None:
        if not self.office_hours.keys() <= set(range(1, 8)):
            self._refuse("weekdays are numbers from 1 (Monday) to 7", "星期应为 1（周一）到 7")
        if not any(self.office_hours.values()):
            self._refuse("it has no office hours", "没有工作时间")
        for spans in self.office_hours.values():
            previous = -1
            for start, end in spans:
                if not previous <= _minutes(start) < (_minutes(end) or 24 * 60):
                    self._refuse("office hours must rise and not overlap", "工作时间必须递增且不重叠")
                previous = _minutes(end) or 24 * 60
        if self.closed_on & self.working_on:
            self._refuse("a day is both closed and working", "同一天既休息又上班")

    def _refuse(self, reason: str, reason_zh: str) -> None:
        raise CalendarInvalid(calendar=self.key, reason=reason, reason_zh=reason_zh)

    def hours_on(self, day: date) -> Hours:
        """The spans of local time in which the calendar is open on ``day``; raises CalendarYearUnknown."""
        if day in self.closed_on:
            return ()
        usual = self.office_hours.get(day.isoweekday(), ())
        if day in self.working_on:
            return usual or self._make_up_hours()
        if self.holidays == "CN":
            if not is_year_known(day.year):
                if day.year not in self.provisional_years:
                    raise CalendarYearUnknown(calendar=self.key, year=day.year)
                return () if (day.month, day.day) in _FIXED_HOLIDAYS else usual
            if day in chinese_calendar.workdays:
                return usual or self._make_up_hours()
            if day in chinese_calendar.holidays:
                return ()
        return usual

    def _make_up_hours(self) -> Hours:
        return next(hours for _, hours in sorted(self.office_hours.items()) if hours)


def _minutes(clock: time) -> int:
    return clock.hour * 60 + clock.minute


# The days that do not hang on the moon (State Council, Measures on Holidays for National Festivals, 2025).
_FIXED_HOLIDAYS = frozenset({(1, 1), (5, 1), (5, 2), (10, 1), (10, 2), (10, 3)})


def is_year_known(year: int) -> bool:
    """Whether China's arrangement of holidays of that year is known."""
    first, last = _years_known()
    return first <= year <= last


@lru_cache(1)
def _years_known() -> tuple[int, int]:
    return min(chinese_calendar.holidays).year, max(chinese_calendar.holidays).year


def is_working_day(calendar: Calendar, day: date) -> bool:
    """Whether the calendar is open at all on the local ``day``; raises :class:`CalendarYearUnknown`."""
    return bool(calendar.hours_on(day))


_WORKING_DAY: Hours = ((time(9), time(12)), (time(13), time(18)))
STANDARD = Calendar(
    key="standard",
    name_zh="标准工作日历",
    name_en="Standard working calendar",
    zone=ZoneInfo("Asia/Shanghai"),
    office_hours=dict.fromkeys(range(1, 6), _WORKING_DAY),
    holidays="CN",
)
ALWAYS = Calendar(
    key="always",
    name_zh="全天候",
    name_en="Around the clock",
    zone=ZoneInfo("Asia/Shanghai"),
    office_hours=dict.fromkeys(range(1, 8), ((_MIDNIGHT, _MIDNIGHT),)),
)
DEFAULT_CALENDARS: Mapping[str, Calendar] = {STANDARD.key: STANDARD, ALWAYS.key: ALWAYS}


def calendar_to_json(calendar: Calendar) -> dict[str, Any]:
    """The calendar without its key as JSON: dates ``2026-01-31``, hours ``{"1": [["09:00", "12:00"]]}``."""
    return {
        "name_zh": calendar.name_zh,
        "name_en": calendar.name_en,
        "zone": calendar.zone.key,
        "office_hours": {
            str(weekday): [[start.isoformat("minutes"), end.isoformat("minutes")] for start, end in spans]
            for weekday, spans in sorted(calendar.office_hours.items())
        },
        "holidays": calendar.holidays,
        "closed_on": sorted(day.isoformat() for day in calendar.closed_on),
        "working_on": sorted(day.isoformat() for day in calendar.working_on),
        "provisional_years": sorted(calendar.provisional_years),
    }


def calendar_from_json(key: str, data: Mapping[str, Any]) -> Calendar:
    """The calendar ``key`` from :func:`calendar_to_json`'s form; raises :class:`CalendarInvalid`."""
    if data.get("holidays") not in ("CN", None):
        raise CalendarInvalid(calendar=key, reason="holidays are CN or none", reason_zh="节假日只能是 CN 或无")
    try:
        return Calendar(
            key=key,
            name_zh=str(data["name_zh"]),
            name_en=str(data["name_en"]),
            zone=ZoneInfo(data["zone"]),
            office_hours={
                int(weekday): tuple((time.fromisoformat(start), _end_of_span(end)) for start, end in spans)
                for weekday, spans in data["office_hours"].items()
            },
            holidays=data.get("holidays"),
            closed_on=frozenset(map(date.fromisoformat, data.get("closed_on", ()))),
            working_on=frozenset(map(date.fromisoformat, data.get("working_on", ()))),
            provisional_years=frozenset(map(int, data.get("provisional_years", ()))),
        )
    except (KeyError, ValueError, TypeError, AttributeError, OSError) as error:
        reason = f"cannot be read ({type(error).__name__}: {error})"
        raise CalendarInvalid(calendar=key, reason=reason, reason_zh=f"无法读取（{error}）") from error


def _end_of_span(text: str) -> time:
    return _MIDNIGHT if text == "24:00" else time.fromisoformat(text)
