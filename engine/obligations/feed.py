"""The duties of a year as an iCalendar feed (RFC 5545): what is due when, and what became of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from icalendar import Calendar, Event

from engine.errors import Language
from engine.obligations.matrix import Cell, Row, Status

_SHOWN: tuple[Status, ...] = ("upcoming", "overdue", "missed", "done", "late")
WORDS: Mapping[Status, tuple[str, str]] = {
    "upcoming": ("待履行", "Due"),
    "done": ("已履行", "Done"),
    "late": ("迟履行", "Done late"),
    "overdue": ("逾期", "Overdue"),
    "missed": ("未履行", "Missed"),
    "waived": ("已豁免", "Waived"),
    "none": ("无此情形", "No occasion"),
    "before": ("启用前", "Before the start"),
}


def feed(rows: Iterable[Row], *, language: Language, now: datetime, groups: Iterable[str] = ()) -> bytes:
    """Every duty that is owed once in a period as an all-day event on its last day.

    ``groups`` limits it to duties of these owners; duties on every occasion have their own deadlines as tasks.
    """
    wanted = set(groups)
    calendar = Calendar()
    calendar.add("prodid", "-//Yunzhi//Obligations//EN")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", "义务日历" if language == "zh" else "Obligation calendar")
    for row in rows:
        if row.obligation.kind == "period" and (not wanted or row.obligation.owner in wanted):
            for cell in row.cells:
                if cell.status in _SHOWN:
                    calendar.add_component(_event(cell, language, now))
    return bytes(calendar.to_ical())


def _event(cell: Cell, language: Language, now: datetime) -> Event:
    one, word = cell.obligation, WORDS[cell.status][0 if language == "zh" else 1]
    due_on = (cell.due_at - timedelta(seconds=1)).date()
    event = Event()
    event.add("uid", f"{one.id}-{cell.period.key}@yunzhi")
    event.add("dtstamp", now)
    event.add("dtstart", due_on)
    event.add("dtend", due_on + timedelta(days=1))
    event.add("summary", f"[{word}] {one.id} {one.text(language)}")
    event.add("description", f"{one.clause} · {cell.period.name(language)}")
    event.add("transp", "TRANSPARENT")
    return event
