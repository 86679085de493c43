"""The operators + - * / ** and the properties of values, by kind (DMN 1.4, tables 50 to 53 and 65).

Every function answers ``None`` (FEEL's null) for kinds the operator is not defined for. Moments with a zone are
added in elapsed time (24 hours later is 24 hours later, across a change of the clocks too), months on the calendar.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from engine.feel import numbers
from engine.feel.comparison import ordered
from engine.feel.values import TRANSCENDENTAL_STEPS, Runtime, YearsMonths, kind

_MICROSECOND = timedelta(microseconds=1)
_CONCAT_FREE = 64


def add_months(day: date, months: int) -> date:
    """``day`` (a date or a date and time) so many calendar months later; the 31st becomes the month's last day."""
    year, month_index = divmod(day.year * 12 + day.month - 1 + months, 12)
    if not 1 <= year <= 9999:
        raise OverflowError("year out of range")
    month = month_index + 1
    return day.replace(year=year, month=month, day=min(day.day, monthrange(year, month)[1]))


def _shift(moment: datetime, by: timedelta) -> datetime:
    zone = moment.tzinfo
    return moment + by if zone is None or zone is UTC else (moment.astimezone(UTC) + by).astimezone(zone)


def _shift_time(value: time, by: timedelta) -> time:
    moment = datetime.combine(date(2000, 1, 1), value.replace(tzinfo=None)) + timedelta(
        seconds=by.seconds, microseconds=by.microseconds
    )
    return moment.time().replace(tzinfo=value.tzinfo)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time())


def _add_strings(left: str, right: str, runtime: Runtime) -> str:
    size = len(left) + len(right)
    if size > _CONCAT_FREE:
        runtime.tick_size(size)
    return left + right


def _moment_difference(left: Any, right: Any, runtime: Runtime) -> timedelta | None:
    left = left if isinstance(left, datetime) else _midnight(left)
    right = right if isinstance(right, datetime) else _midnight(right)
    pair = ordered(left, right, runtime)
    return None if pair is None else pair[0] - pair[1]


def _time_difference(left: time, right: time, runtime: Runtime) -> timedelta | None:
    pair = ordered(left, right, runtime)
    return None if pair is None else pair[0] - pair[1]


def _scale(duration: timedelta, factor: numbers.Number) -> timedelta | None:
    exact = numbers.multiply(Decimal(duration // _MICROSECOND), factor)
    return None if exact is None else timedelta(microseconds=int(Decimal(exact)))


def _scale_months(duration: YearsMonths, factor: numbers.Number) -> YearsMonths | None:
    exact = numbers.multiply(duration.months, factor)
    return None if exact is None or abs(Decimal(exact)) > 10**12 else YearsMonths(int(exact))


def _divide_duration(duration: timedelta, divisor: numbers.Number) -> timedelta | None:
    exact = numbers.divide(Decimal(duration // _MICROSECOND), divisor)
    return None if exact is None else timedelta(microseconds=int(Decimal(exact)))


def _divide_months(duration: YearsMonths, divisor: numbers.Number) -> YearsMonths | None:
    exact = numbers.divide(duration.months, divisor)
    return None if exact is None or abs(Decimal(exact)) > 10**12 else YearsMonths(int(exact))


def _power(base: numbers.Number, exponent: numbers.Number, runtime: Runtime) -> numbers.Number | None:
    runtime.tick(TRANSCENDENTAL_STEPS)
    return numbers.power(base, exponent)


Operator = Callable[[Any, Any, Runtime], Any]
_N, _S, _D, _T, _DT = "number", "string", "date", "time", "date and time"
_DAYS, _MONTHS = "days and time duration", "years and months duration"

ADDITION: dict[tuple[str, str], Operator] = {
    (_N, _N): lambda a, b, _r: numbers.add(a, b),
    (_S, _S): _add_strings,
    (_D, _DAYS): lambda a, b, _r: (_midnight(a) + b).date(),
    (_D, _MONTHS): lambda a, b, _r: add_months(a, b.months),
    (_DT, _DAYS): lambda a, b, _r: _shift(a, b),
    (_DT, _MONTHS): lambda a, b, _r: add_months(a, b.months),
    (_T, _DAYS): lambda a, b, _r: _shift_time(a, b),
    (_DAYS, _DAYS): lambda a, b, _r: a + b,
    (_MONTHS, _MONTHS): lambda a, b, _r: YearsMonths(a.months + b.months),
}
for _left, _right in [(_D, _DAYS), (_D, _MONTHS), (_DT, _DAYS), (_DT, _MONTHS), (_T, _DAYS)]:
    ADDITION[_right, _left] = lambda a, b, r, add=ADDITION[_left, _right]: add(b, a, r)  # type: ignore[misc]

SUBTRACTION: dict[tuple[str, str], Operator] = {
    (_N, _N): lambda a, b, _r: numbers.subtract(a, b),
    (_D, _D): _moment_difference,
    (_D, _DT): _moment_difference,
    (_DT, _D): _moment_difference,
    (_DT, _DT): _moment_difference,
    (_T, _T): _time_difference,
    (_D, _DAYS): lambda a, b, _r: (_midnight(a) - b).date(),
    (_D, _MONTHS): lambda a, b, _r: add_months(a, -b.months),
    (_DT, _DAYS): lambda a, b, _r: _shift(a, -b),
    (_DT, _MONTHS): lambda a, b, _r: add_months(a, -b.months),
    (_T, _DAYS): lambda a, b, _r: _shift_time(a, -b),
    (_DAYS, _DAYS): lambda a, b, _r: a - b,
    (_MONTHS, _MONTHS): lambda a, b, _r: YearsMonths(a.months - b.months),
}
MULTIPLICATION: dict[tuple[str, str], Operator] = {
    (_N, _N): lambda a, b, _r: numbers.multiply(a, b),
    (_DAYS, _N): lambda a, b, _r: _scale(a, b),
    (_N, _DAYS): lambda a, b, _r: _scale(b, a),
    (_MONTHS, _N): lambda a, b, _r: _scale_months(a, b),
    (_N, _MONTHS): lambda a, b, _r: _scale_months(b, a),
}
DIVISION: dict[tuple[str, str], Operator] = {
    (_N, _N): lambda a, b, _r: numbers.divide(a, b),
    (_DAYS, _N): lambda a, b, _r: _divide_duration(a, b),
    (_MONTHS, _N): lambda a, b, _r: _divide_months(a, b),
    (_DAYS, _DAYS): lambda a, b, _r: numbers.divide(a // _MICROSECOND, b // _MICROSECOND),
    (_MONTHS, _MONTHS): lambda a, b, _r: numbers.divide(a.months, b.months),
}
OPERATORS: dict[str, dict[tuple[str, str], Operator]] = {
    "+": ADDITION,
    "-": SUBTRACTION,
    "*": MULTIPLICATION,
    "/": DIVISION,
    "**": {(_N, _N): _power},
}


def negate(value: Any) -> Any:
    """-value for numbers and durations."""
    if numbers.is_number(value):
        return numbers.negate(value)
    if type(value) is timedelta:
        return -value
    return YearsMonths(-value.months) if type(value) is YearsMonths else None


def _seconds(second: int, microsecond: int) -> int | Decimal:
    return second if not microsecond else Decimal(second) + Decimal(microsecond) / 1_000_000


def _zone_name(value: time | datetime) -> str | None:
    return value.tzinfo.key if isinstance(value.tzinfo, ZoneInfo) else None


_DAY_PARTS: dict[str, Callable[[Any], Any]] = {
    "year": lambda v: v.year,
    "month": lambda v: v.month,
    "day": lambda v: v.day,
    "weekday": lambda v: v.isoweekday(),
}
_CLOCK_PARTS: dict[str, Callable[[Any], Any]] = {
    "hour": lambda v: v.hour,
    "minute": lambda v: v.minute,
    "second": lambda v: _seconds(v.second, v.microsecond),
    "time offset": lambda v: v.utcoffset(),
    "timezone": _zone_name,
}


def _days_part(name: str) -> Callable[[timedelta], Any]:
    def part(value: timedelta) -> Any:
        length, sign = abs(value), -1 if value < timedelta() else 1
        seconds = _seconds(length.seconds % 60, length.microseconds)
        parts = {
            "days": length.days,
            "hours": length.seconds // 3600,
            "minutes": length.seconds // 60 % 60,
            "seconds": seconds,
        }
        return sign * parts[name]

    return part


PROPERTIES: dict[str, dict[str, Callable[[Any], Any]]] = {
    _D: dict(_DAY_PARTS),
    _DT: {**_DAY_PARTS, **_CLOCK_PARTS},
    _T: dict(_CLOCK_PARTS),
    _DAYS: {name: _days_part(name) for name in ("days", "hours", "minutes", "seconds")},
    _MONTHS: {
        "years": lambda v: abs(v.months) // 12 * (-1 if v.months < 0 else 1),
        "months": lambda v: abs(v.months) % 12 * (-1 if v.months < 0 else 1),
    },
    "range": {
        "start": lambda v: v.start,
        "end": lambda v: v.end,
        "start included": lambda v: v.start_included,
        "end included": lambda v: v.end_included,
    },
}


def read_property(value: Any, name: str, runtime: Runtime) -> Any:
    """``value.name``: a context's entry, a property of a temporal value or range, or that of each element."""
    if type(value) is dict:
        return value.get(name)
    if type(value) is list:
        runtime.tick(1 + len(value))
        return [read_property(element, name, runtime) for element in value]
    parts = PROPERTIES.get(kind(value))
    part = parts.get(name) if parts else None
    return part(value) if part else None
