"""Moments as people read them: in the organisation's zone, and relative to now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from flask import Flask
from flask_babel import gettext, ngettext

from engine.errors import Invalid
from webapp.context import current_platform, current_time

SOON = timedelta(hours=4)
NO_DEADLINE_YEAR = 9999
State = Literal["overdue", "soon", "later", "none"]


class DayInvalid(Invalid):
    """No day that a calendar has."""

    code = "day_invalid"
    zh = "日期无法识别"
    en = "This is no date"


@dataclass(frozen=True)
class Due:
    """A deadline as a badge: ``state`` decides the colour, ``text`` is relative, ``at`` absolute."""

    state: State
    text: str
    at: str
    machine: str


def install(app: Flask) -> None:
    """The filters of this module, under the names of their functions."""
    filters = (local_time, local_date, local_clock, machine_time, due, duration, hours_minutes)
    app.jinja_env.filters.update({one.__name__: one for one in filters})


def local_time(at: datetime | None) -> str:
    """``2026-03-02 09:00`` in the organisation's zone; nothing for None."""
    return at.astimezone(current_platform().settings.zone).strftime("%Y-%m-%d %H:%M") if at else ""


def local_date(at: datetime | date | None) -> str:
    """``2026-03-02`` in the organisation's zone."""
    if isinstance(at, datetime):
        at = at.astimezone(current_platform().settings.zone)
    return at.strftime("%Y-%m-%d") if at else ""


def local_clock(at: datetime) -> str:
    """``09:00`` in the organisation's zone; the midnight that ends a day is 24:00."""
    text = at.astimezone(current_platform().settings.zone).strftime("%H:%M")
    return "24:00" if text == "00:00" else text


def machine_time(at: datetime) -> str:
    """For the ``datetime`` attribute of ``<time>``."""
    return at.isoformat(timespec="seconds")


def due(at: datetime | None) -> Due:
    """How a deadline stands now. The moment in the year 9999 stands for "no deadline"."""
    if at is None or at.year == NO_DEADLINE_YEAR:
        return Due("none", gettext("No deadline"), "", "")
    left = at - current_time()
    if left < timedelta(0):
        return Due("overdue", gettext("Overdue %(time)s", time=duration(-left)), local_time(at), machine_time(at))
    state: State = "soon" if left <= SOON else "later"
    return Due(state, gettext("Due in %(time)s", time=duration(left)), local_time(at), machine_time(at))


def duration(length: timedelta) -> str:
    """Minutes below an hour, hours below two days, days above."""
    minutes = max(int(length.total_seconds() // 60), 1)
    if minutes < 60:
        return ngettext("%(num)d min", "%(num)d min", minutes)
    if minutes < 48 * 60:
        return ngettext("%(num)d h", "%(num)d h", minutes // 60)
    return ngettext("%(num)d day", "%(num)d days", minutes // (24 * 60))


def hours_minutes(length: timedelta) -> str:
    """An exact length to be added up by hand: ``3:05``, with seconds where there are any."""
    minutes, seconds = divmod(int(length.total_seconds()), 60)
    return f"{minutes // 60}:{minutes % 60:02d}" + (f":{seconds:02d}" if seconds else "")
