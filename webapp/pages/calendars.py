"""Working calendars: office hours, holidays and exceptions (administrators)."""

from __future__ import annotations

import calendar as months
import re
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext, lazy_gettext
from werkzeug.wrappers import Response

from engine import working_calendars
from engine.calendars import Calendar, CalendarInvalid, CalendarYearUnknown, calendar_to_json, is_working_day
from engine.errors import Forbidden, Invalid, NotFound
from webapp.context import current_actor, current_language, current_platform, current_time, reading, writing
from webapp.navigation import NavigationItem, administrators

blueprint = Blueprint("calendar", __name__, url_prefix="/admin/calendars")

NAVIGATION = (
    NavigationItem(
        "calendar.index",
        lazy_gettext("Calendars"),
        "calendar",
        section="administration",
        order=30,
        shown_to=administrators,
    ),
)

WEEKDAYS = tuple(range(1, 8))
_SPAN = re.compile(r"^\s*(\d{1,2}:\d{2})\s*[-–—~～至]\s*(\d{1,2}:\d{2})\s*$")


class HoursUnreadable(Invalid):
    """Office hours that are not written as spans."""

    code = "hours_unreadable"
    zh = "“{text}”无法识别，请写成 09:00-12:00, 13:00-18:00"
    en = "“{text}” cannot be read; write 09:00-12:00, 13:00-18:00"


class YearUnreadable(Invalid):
    """A year that is none."""

    code = "year_unreadable"
    zh = "无法识别年份“{text}”，请写成 2027"
    en = "“{text}” is no year; write 2027"


class DayUnreadable(Invalid):
    """A day that is no date."""

    code = "day_unreadable"
    zh = "“{text}”不是日期，请写成 2026-05-01"
    en = "“{text}” is no date; write 2026-05-01"


class CalendarUnknown(NotFound):
    """No such calendar."""

    code = "calendar_unknown"
    zh = "没有找到该日历"
    en = "There is no such calendar"


@blueprint.before_request
def only_administrators() -> None:
    """Every page here is for administrators."""
    if not current_actor().is_administrator:
        raise Forbidden()


@blueprint.get("")
def index() -> str:
    """All calendars, with the month at hand."""
    with reading() as connection:
        kept, default = working_calendars.load_calendars(connection)
    today = _today()
    shown = [(one, _month(one, today), _month(one, _next_month(today))) for one in kept.values()]
    return render_template("calendars/index.html", shown=shown, default=default, today=today)


@blueprint.get("/new")
def new() -> str:
    """The form for one more calendar."""
    with reading() as connection:
        kept, _ = working_calendars.load_calendars(connection)
    values = _values(next(iter(kept.values())), is_default=False) | {"key": "", "name_zh": "", "name_en": ""}
    return render_template("calendars/edit.html", values=values, error=None, is_new=True)


@blueprint.get("/<key>")
def edit(key: str) -> str:
    """The form of one calendar."""
    with reading() as connection:
        kept, default = working_calendars.load_calendars(connection)
    if key not in kept:
        raise CalendarUnknown()
    return render_template(
        "calendars/edit.html", values=_values(kept[key], is_default=key == default), error=None, is_new=False
    )


@blueprint.post("")
def save() -> Response | tuple[str, int]:
    """Create or change a calendar; what was typed comes back with what is wrong."""
    given = request.form
    try:
        data = _data(given)
        with writing() as connection:
            working_calendars.save(
                connection,
                actor=current_actor(),
                key=given.get("key", "").strip(),
                data=data,
                is_default="is_default" in given,
                now=current_time(),
            )
    except (Invalid, CalendarInvalid) as error:
        values = given.to_dict() | {"holidays": "holidays" in given, "is_default": "is_default" in given}
        page = render_template(
            "calendars/edit.html",
            values=values,
            error=error.message(current_language()),
            is_new="is_new" in given,
        )
        return page, 422
    flash(gettext("Calendar saved"), "success")
    return redirect(url_for(".index"))


def _data(given: Mapping[str, str]) -> dict[str, Any]:
    return {
        "name_zh": given.get("name_zh", "").strip(),
        "name_en": given.get("name_en", "").strip(),
        "zone": str(current_platform().settings.zone),
        "office_hours": {str(day): _spans(given.get(f"hours_{day}", "")) for day in WEEKDAYS},
        "holidays": "CN" if "holidays" in given else None,
        "closed_on": _days(given.get("closed_on", "")),
        "working_on": _days(given.get("working_on", "")),
        "provisional_years": _years(given.get("provisional_years", "")),
    }


def _spans(text: str) -> list[list[str]]:
    spans = []
    for part in re.split(r"[,，;；]", text):
        if part.strip():
            found = _SPAN.match(part)
            if found is None:
                raise HoursUnreadable(text=part.strip())
            spans.append([found[1].zfill(5), found[2].zfill(5)])
    return spans


def _days(text: str) -> list[str]:
    days = []
    for part in text.replace(",", " ").replace("，", " ").split():
        try:
            days.append(date.fromisoformat(part).isoformat())
        except ValueError:
            raise DayUnreadable(text=part) from None
    return sorted(set(days))


def _years(text: str) -> list[int]:
    years = []
    for part in text.replace(",", " ").replace("，", " ").split():
        if not (part.isdecimal() and len(part) == 4):
            raise YearUnreadable(text=part)
        years.append(int(part))
    return sorted(set(years))


def _values(one: Calendar, *, is_default: bool) -> dict[str, Any]:
    kept = calendar_to_json(one)
    values: dict[str, Any] = {"key": one.key, "name_zh": one.name_zh, "name_en": one.name_en}
    for day in WEEKDAYS:
        values[f"hours_{day}"] = ", ".join("-".join(span) for span in kept["office_hours"].get(str(day), []))
    values["holidays"] = one.holidays == "CN"
    values["closed_on"] = "\n".join(sorted(kept.get("closed_on", [])))
    values["working_on"] = "\n".join(sorted(kept.get("working_on", [])))
    values["provisional_years"] = ", ".join(map(str, kept["provisional_years"]))
    values["is_default"] = is_default
    return values


def _today() -> date:
    return current_time().astimezone(current_platform().settings.zone).date()


def _next_month(day: date) -> date:
    return (day.replace(day=28) + timedelta(days=7)).replace(day=1)


def _month(one: Calendar, day: date) -> tuple[date, list[list[tuple[date, str]]]]:
    """Weeks of (day, state); the state is open, closed, other (another month) or unknown (year without data)."""
    weeks = []
    for week in months.Calendar().monthdatescalendar(day.year, day.month):
        weeks.append([(each, "other" if each.month != day.month else _state(one, each)) for each in week])
    return day.replace(day=1), weeks


def _state(one: Calendar, day: date) -> str:
    try:
        return "open" if is_working_day(one, day) else "closed"
    except CalendarYearUnknown:
        return "unknown"
