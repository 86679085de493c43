"""Conversion functions (DMN 1.4, table 69) and ``not`` (table 70)."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta, timezone
from typing import Any

from engine.feel.functions.registry import builtin
from engine.feel.numbers import CONTEXT, Number
from engine.feel.temporal import Temporal, parse_date, parse_datetime, parse_duration, parse_time
from engine.feel.text import feel_text
from engine.feel.values import Runtime

_NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,4})?")


@builtin("date", "from: string|date|datetime")
def to_date(value: Any) -> date | None:
    """A date from text, or the day of a date and time in its own zone."""
    if type(value) is str:
        return parse_date(value) or ((moment := parse_datetime(value)) and moment.date())
    return value.date() if type(value) is datetime else value


@builtin("date", "year: number", "month: number", "day: number")
def to_date_from_parts(year: Number, month: Number, day: Number) -> date:
    """A date from its three numbers."""
    return date(int(year), int(month), int(day))


@builtin("date and time", "from: string|datetime|date")
def to_datetime(value: Any) -> datetime | None:
    """A date and time from text; a date means its midnight."""
    if type(value) is str:
        return parse_datetime(value)
    return value if type(value) is datetime else datetime.combine(value, time())


@builtin("date and time", "date: date|datetime", "time: time")
def to_datetime_from_parts(day: date, clock: time) -> datetime:
    """The day of the first at the time of the second."""
    return datetime.combine(date(day.year, day.month, day.day), clock)


@builtin("time", "from: string|time|datetime|date")
def to_time(value: Any) -> time | None:
    """A time from text, or of a date and time; a date means midnight UTC."""
    if type(value) is str:
        return parse_time(value)
    if type(value) is datetime:
        return value.timetz()
    return value if type(value) is time else time(tzinfo=UTC)


@builtin("time", "hour: number", "minute: number", "second: number", "offset: days?")
def to_time_from_parts(hour: Number, minute: Number, second: Number, offset: timedelta | None) -> time:
    """A time from its numbers, with an offset from UTC if one is given."""
    zone = None if offset is None else timezone(offset)
    whole = int(second)
    micros = int((CONTEXT.create_decimal(str(second)) - whole) * 1_000_000)
    return time(int(hour), int(minute), whole, micros, tzinfo=zone)


@builtin("duration", "from: string|days|months")
def to_duration(value: Any) -> Temporal | None:
    """A duration from text."""
    return parse_duration(value) if type(value) is str else value


@builtin("number", "from: string", "grouping separator: string?", "decimal separator: string?")
def to_number(text: str, grouping: str | None, decimal: str | None) -> Number | None:
    """A number from text; the separators are a blank, a comma or a full stop, and differ."""
    if grouping not in (None, " ", ",", ".") or decimal not in (None, ",", ".") or grouping == (decimal or "."):
        return None
    plain = text.replace(grouping, "") if grouping else text
    plain = plain.replace(decimal, ".") if decimal else plain
    if len(plain) > 100 or not _NUMBER.fullmatch(plain):
        return None
    number = CONTEXT.create_decimal(plain)
    return int(plain) if plain.lstrip("+-").isdigit() and len(plain) <= 34 else number


@builtin("string", "from: any")
def to_string(runtime: Runtime, value: Any) -> str | None:
    """Anything as text; null stays null."""
    return None if value is None else feel_text(value, runtime)


@builtin("not", "negand: any")
def negation(value: Any) -> bool | None:
    """The other boolean; null for anything else."""
    return not value if type(value) is bool else None
