"""Date and time functions (DMN 1.4, tables 74, 75 and 77)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from engine.feel.comparison import equal
from engine.feel.errors import FeelEvaluationError
from engine.feel.functions.registry import builtin
from engine.feel.temporal import temporal_text
from engine.feel.values import Runtime, YearsMonths, kind

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


@builtin("now")
def now(runtime: Runtime) -> datetime:
    """The present moment in the organisation's zone; an error where an expression has no clock."""
    if runtime.context.now is None:
        raise FeelEvaluationError(reason="the present moment is not available here", reason_zh="此处不能使用当前时间")
    return runtime.context.now.astimezone(runtime.context.zone)


@builtin("today")
def today(runtime: Runtime) -> date:
    """The present day in the organisation's zone."""
    return now(runtime).date()


@builtin("day of year", "date: date|datetime")
def day_of_year(day: date) -> int:
    """From 1 to 366."""
    return day.timetuple().tm_yday


@builtin("day of week", "date: date|datetime")
def day_of_week(day: date) -> str:
    """In English: Monday to Sunday."""
    return _DAYS[day.weekday()]


@builtin("month of year", "date: date|datetime")
def month_of_year(day: date) -> str:
    """In English: January to December."""
    return _MONTHS[day.month - 1]


@builtin("week of year", "date: date|datetime")
def week_of_year(day: date) -> int:
    """The ISO week, from 1 to 53."""
    return day.isocalendar().week


@builtin("is", "value1: any", "value2: any")
def is_same(runtime: Runtime, first: Any, second: Any) -> bool:
    """Whether both are the same element of one kind: unlike ``=``, times must agree in their zone too."""
    name = kind(first)
    if name != kind(second):
        return False
    if name in ("date and time", "time"):
        return temporal_text(first) == temporal_text(second)
    return equal(first, second, runtime) is True


@builtin("years and months duration", "from: date|datetime", "to: date|datetime")
def years_and_months_duration(start: date, end: date) -> YearsMonths:
    """The whole months between two days."""
    if _parts(end) < _parts(start):
        return YearsMonths(-years_and_months_duration(end, start).months)
    months = 12 * (end.year - start.year) + end.month - start.month
    return YearsMonths(months - (_parts(end)[2:] < _parts(start)[2:]))


def _parts(day: date) -> tuple[int, ...]:
    clock = (day.hour, day.minute, day.second, day.microsecond) if isinstance(day, datetime) else (0, 0, 0, 0)
    return (day.year, day.month, day.day, *clock)
