"""Dates, times and durations as text (ISO 8601, as XML Schema and DMN 1.4 chapter 10.3.2.3 narrow it).

Parsers answer ``None`` for text that is no such value, as FEEL's conversion functions must. Years reach from
1 to 9999 and fractions of a second to microseconds, the limits of :mod:`datetime`.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from engine.feel.values import YearsMonths

Temporal = date | time | datetime | timedelta | YearsMonths

_DATE = re.compile(r"(\d{4})-(\d{2})-(\d{2})")
_TIME = re.compile(
    r"(\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?(?P<zone>Z|[+-]\d{2}:\d{2}(?::\d{2})?|@[A-Za-z0-9_+/-]{1,64})?"
)
_DURATION = re.compile(
    r"(?P<sign>-?)P(?=.)(?:(?P<years>\d{1,9})Y)?(?:(?P<months>\d{1,9})M)?(?:(?P<weeks>\d{1,9})W)?(?:(?P<days>\d{1,9})D)?"
    r"(?P<clock>T(?=.)(?:(?P<hours>\d{1,12})H)?(?:(?P<minutes>\d{1,12})M)?"
    r"(?:(?P<seconds>\d{1,15})(?:\.(?P<fraction>\d{1,9}))?S)?)?",
    re.ASCII,
)


def parse_date(text: str) -> date | None:
    """A date ``2026-01-31``."""
    match = _DATE.fullmatch(text)
    try:
        return date(*map(int, match.groups())) if match else None
    except ValueError:
        return None


def parse_time(text: str) -> time | None:
    """A time ``08:30:00``, seconds optional, with ``Z``, an offset, ``@Europe/Berlin`` or nothing."""
    match = _TIME.fullmatch(text)
    if not match:
        return None
    try:
        zone = _parse_zone(match["zone"]) if match["zone"] else None
        return time(int(match[1]), int(match[2]), int(match[3] or 0), _micros(match[4]), tzinfo=zone)
    except (ValueError, ZoneInfoNotFoundError, OSError):
        return None


def parse_datetime(text: str) -> datetime | None:
    """A date and time ``2026-01-31T08:30:00+08:00``; a date alone means its midnight."""
    day_text, separator, time_text = text.partition("T")
    day = parse_date(day_text)
    clock = parse_time(time_text) if separator else time()
    return None if day is None or clock is None else datetime.combine(day, clock)


def parse_duration(text: str) -> timedelta | YearsMonths | None:
    """A duration ``P1DT2H`` or ``P1Y2M``; years or months together with days are not one FEEL duration."""
    match = _DURATION.fullmatch(text)
    if not match:
        return None
    parts = {name: int(value) for name, value in match.groupdict().items() if value and value.isdigit()}
    fraction = _micros(match["fraction"])
    parts.pop("fraction", None)
    sign = -1 if match["sign"] else 1
    if "years" in parts or "months" in parts:
        if parts.keys() - {"years", "months"}:
            return None
        return YearsMonths(sign * (12 * parts.get("years", 0) + parts.get("months", 0)))
    try:
        return sign * timedelta(**parts, microseconds=fraction)
    except OverflowError:
        return None


def parse_temporal(text: str) -> Temporal | None:
    """What ``@"…"`` holds: a date, a time, a date and time or a duration."""
    if "P" in text[:2]:
        return parse_duration(text)
    return parse_time(text) or parse_date(text) or parse_datetime(text)


def _micros(fraction: str | None) -> int:
    return int(fraction[:6].ljust(6, "0")) if fraction else 0


def _parse_zone(text: str) -> tzinfo:
    if text == "Z":
        return UTC
    if text[0] == "@":
        return ZoneInfo(text[1:])
    sign = -1 if text[0] == "-" else 1
    hours, minutes, *seconds = map(int, text[1:].split(":"))
    offset = timedelta(hours=hours, minutes=minutes, seconds=seconds[0] if seconds else 0)
    if hours > 18 or minutes > 59:
        raise ValueError(text)
    return timezone(sign * offset)


def zone_text(zone: tzinfo | None, offset: timedelta | None, *, name_zones: bool) -> str:
    """How a zone is written after a time: ``Z``, ``+08:00`` or, if ``name_zones``, ``@Asia/Shanghai``."""
    if zone is None:
        return ""
    if name_zones and isinstance(zone, ZoneInfo):
        return f"@{zone.key}"
    if offset is None:
        return ""
    if not offset:
        return "Z"
    minutes, seconds = divmod(abs(int(offset.total_seconds())), 60)
    text = f"{'-' if offset < timedelta() else '+'}{minutes // 60:02}:{minutes % 60:02}"
    return f"{text}:{seconds:02}" if seconds else text


def _clock_text(value: time | datetime) -> str:
    text = f"{value.hour:02}:{value.minute:02}:{value.second:02}"
    return f"{text}.{value.microsecond:06}".rstrip("0") if value.microsecond else text


def temporal_text(value: Temporal, *, name_zones: bool = True) -> str:
    """``value`` as FEEL writes it; without ``name_zones`` as plain ISO 8601."""
    if isinstance(value, YearsMonths):
        return _months_text(value.months)
    if isinstance(value, timedelta):
        return _duration_text(value)
    if isinstance(value, datetime):
        zone = zone_text(value.tzinfo, value.utcoffset(), name_zones=name_zones)
        return f"{value.year:04}-{value.month:02}-{value.day:02}T{_clock_text(value)}{zone}"
    if isinstance(value, time):
        return _clock_text(value) + zone_text(value.tzinfo, value.utcoffset(), name_zones=name_zones)
    return value.isoformat()


def _months_text(months: int) -> str:
    years, rest = divmod(abs(months), 12)
    text = (f"{years}Y" if years else "") + (f"{rest}M" if rest else "")
    return f"{'-' if months < 0 else ''}P{text or '0M'}"


def _duration_text(value: timedelta) -> str:
    length = abs(value)
    minutes, seconds = divmod(length.seconds, 60)
    hours, minutes = divmod(minutes, 60)
    clock = (f"{hours}H" if hours else "") + (f"{minutes}M" if minutes else "")
    if length.microseconds:
        clock += f"{seconds}.{length.microseconds:06}".rstrip("0") + "S"
    elif seconds:
        clock += f"{seconds}S"
    text = (f"{length.days}D" if length.days else "") + (f"T{clock}" if clock else "")
    return f"{'-' if value < timedelta() else ''}P{text or 'T0S'}"
