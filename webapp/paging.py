"""Keyset paging of registers: the position after which the next page begins, as it stands in an address."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from webapp.context import current_platform

Position = tuple[datetime, int]


def write_position(position: Position) -> str:
    """A position for an address."""
    return f"{position[0].isoformat()}_{position[1]}"


def read_position(text: str) -> Position | None:
    """The position in an address; a damaged one means the first page."""
    moment, _, identifier = text.rpartition("_")
    try:
        at = datetime.fromisoformat(moment)
        return (at, int(identifier)) if at.tzinfo is not None else None
    except ValueError:
        return None


def read_day(text: str) -> date | None:
    """A day in an address, or None for nothing or nonsense."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def day_begins_at(day: date) -> datetime:
    """Midnight of a day in the organisation's zone."""
    return datetime.combine(day, time(), current_platform().settings.zone)


def month_bounds(text: str, today: date) -> tuple[date, date]:
    """The first day of a month (``2026-03``; nonsense means this month) and of the month after it."""
    first = read_day(f"{text}-01") or today.replace(day=1)
    return first, (first + timedelta(days=32)).replace(day=1)
