"""热力图: where the work of a process waits, on its diagram and as a table."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from flask import Blueprint, render_template, request
from flask_babel import gettext, lazy_gettext

from engine import process_library
from engine.process_library.heat import Heat, heat_of
from webapp.context import current_language, current_time, reading
from webapp.moments import hours_minutes

blueprint = Blueprint("process_heat", __name__, url_prefix="/processes/<key>/heat")

# How far back to look, in days; the first is taken where nothing is asked for.
PERIODS = {
    "90": lazy_gettext("Last 90 days"),
    "30": lazy_gettext("Last 30 days"),
    "365": lazy_gettext("Last year"),
    "all": lazy_gettext("From the beginning"),
}
METRICS = {
    "visits": lazy_gettext("Visits"),
    "waiting": lazy_gettext("Waiting time (median)"),
    "working": lazy_gettext("Working time (median)"),
    "late": lazy_gettext("Overdue rate"),
    "open": lazy_gettext("Open now"),
}
_STEPS = 5


@blueprint.get("")
def show(key: str) -> str:
    """The diagram coloured by one measure, and all measures as a table."""
    days, metric = request.args.get("period", ""), request.args.get("metric", "")
    days = days if days in PERIODS else next(iter(PERIODS))
    metric = metric if metric in METRICS else next(iter(METRICS))
    number = request.args.get("version", type=int)
    since = None if days == "all" else current_time() - timedelta(days=int(days))
    with reading() as connection:
        version = process_library.version_of(connection, key, number)
        versions = process_library.versions(connection, key)
        rows = heat_of(connection, key, since=since, version=number, now=current_time())
    return render_template(
        "process_heat/show.html",
        row=version.row,
        versions=[("", gettext("All versions")), *((one.row.version, f"v{one.row.version}") for one in versions)],
        number=number,
        rows=rows,
        marks=_marks(rows, metric),
        metric=metric,
        metrics=METRICS,
        days=days,
        periods=PERIODS,
        name=lambda one: one.name_zh if current_language() == "zh" else one.name_en or one.name_zh,
    )


def _marks(rows: list[Heat], metric: str) -> list[dict[str, object]]:
    """What stands on each task of the diagram: its figure, and how strongly it is coloured, from 1 to 5."""
    measure, written = _MEASURES[metric]
    figures = [(one, measure(one)) for one in rows]
    highest = max((figure for _, figure in figures if figure), default=0.0)
    return [
        {
            "element": one.element_id,
            "text": written(one),
            "step": max(1, round(_STEPS * figure / highest)) if figure else 0,
        }
        for one, figure in figures
        if figure is not None
    ]


def _hours(one: timedelta | None) -> float | None:
    return None if one is None else one.total_seconds()


_MEASURES: dict[str, tuple[Callable[[Heat], float | None], Callable[[Heat], str]]] = {
    "visits": (lambda one: one.visits, lambda one: str(one.visits)),
    "waiting": (
        lambda one: _hours(one.waiting.median if one.waiting else None),
        lambda one: hours_minutes(one.waiting.median) if one.waiting else "",
    ),
    "working": (
        lambda one: _hours(one.working.median if one.working else None),
        lambda one: hours_minutes(one.working.median) if one.working else "",
    ),
    "late": (lambda one: one.late_percent, lambda one: f"{one.late_percent}%"),
    "open": (lambda one: one.open_now, lambda one: str(one.open_now)),
}
