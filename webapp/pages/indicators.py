"""Indicators: all of a period, one with its trend and records, what was frozen, and the targets."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext, lazy_gettext
from sqlalchemy import Connection
from werkzeug.wrappers import Response as Answer

from engine.indicators import readings, snapshots, targets
from engine.indicators.catalogue import INDICATORS, TOPICS, Indicator, indicator_of
from engine.indicators.formulas import FORMULAS, OF_PROJECTS
from engine.indicators.readings import figure
from engine.obligations.catalogue import OBLIGATIONS
from engine.registers.exports import Column
from engine.runtime.library import Library
from webapp.charts import TONES, bar_chart
from webapp.context import current_actor, current_platform, current_time, reading, writing
from webapp.downloads import download
from webapp.navigation import NavigationItem
from webapp.period_choice import CADENCES, Choice, read_choice

blueprint = Blueprint("indicator", __name__, url_prefix="/indicators")

NAVIGATION = (
    NavigationItem(
        "indicator.index",
        lazy_gettext("Indicators"),
        "chart",
        order=46,
        includes=("indicator", "indicator_target"),
        shown_to=readings.may_read,
    ),
)
PAGE_SIZE = 25
STATUSES = {
    "met": lazy_gettext("On target"),
    "warning": lazy_gettext("Close to target"),
    "missed": lazy_gettext("Off target"),
    "no_data": lazy_gettext("No data"),
    "no_source": lazy_gettext("No source"),
}
CADENCE_NAMES = {"month": lazy_gettext("Month"), "quarter": lazy_gettext("Quarter"), "year": lazy_gettext("Year")}
SHARES = {
    "missed": lazy_gettext("Missed"),
    "counted": lazy_gettext("Counted"),
    "excluded": lazy_gettext("Left out"),
}
WORDS: dict[str, Any] = {
    "tones": TONES,
    "statuses": STATUSES,
    "figure": figure,
    "cadences": CADENCES,
    "cadence_names": CADENCE_NAMES,
}


@blueprint.get("")
def index() -> str:
    """Every indicator of the period: figure, target, colour, cases and the last six periods."""
    actor, zone, now = current_actor(), current_platform().settings.zone, current_time()
    readings.require_reader(actor)
    with reading() as connection:
        choice = read_choice(connection)
        trends = readings.trend(connection, choice.period, zone, now, project_id=choice.project_id, library=_library())
    by_topic = [
        (names, [trends[key] for key, one in INDICATORS.items() if one.topic == topic and key in trends])
        for topic, names in TOPICS.items()
    ]
    counted = [one[-1].status for one in trends.values()]
    return render_template(
        "indicators/index.html",
        choice=choice,
        topics=[(names, found) for names, found in by_topic if found],
        counts={status: counted.count(status) for status in STATUSES},
        chart=bar_chart,
        may_set=targets.may_set(actor),
        **WORDS,
    )


@blueprint.get("/<key>")
def show(key: str) -> str:
    """One indicator: how it is computed, its trend, its records, what was frozen."""
    actor, zone, now = current_actor(), current_platform().settings.zone, current_time()
    readings.require_reader(actor)
    indicator = indicator_of(key)
    with reading() as connection:
        choice = read_choice(connection, indicator.cadence)
        if choice.project is not None and key not in OF_PROJECTS:
            abort(404)
        (now_read,) = readings.compute(
            connection, choice.period, zone, now, choice.project_id, (key,), _library(), with_records=True
        )
        trend = readings.trend(
            connection,
            choice.period,
            zone,
            now,
            count=12,
            project_id=choice.project_id,
            keys=(key,),
            library=_library(),
        )[key]
        by_project = readings.by_project(connection, key, choice.period, zone, now) if key in OF_PROJECTS else {}
        frozen = _frozen(connection, key, choice)
    return render_template(
        "indicators/show.html",
        choice=choice,
        indicator=indicator,
        reading=now_read,
        trend=trend,
        chart=bar_chart(trend, width=600, height=150),
        by_project=_matrix(indicator, choice, by_project),
        may_revise=snapshots.may_revise(actor),
        is_of_projects=key in OF_PROJECTS and bool(choice.projects),
        has_formula=key in FORMULAS,
        duties=OBLIGATIONS,
        **_page_of(readings.in_order(indicator, now_read.records or (), zone)),
        **frozen,
        **WORDS,
    )


def _page_of(records: list[readings.Counted]) -> dict[str, Any]:
    """A page of the records, of all or of one share of them, and how many there are of each."""
    wanted, page = request.args.get("share", ""), max(request.args.get("page", 1, type=int), 1)
    share = wanted if wanted in SHARES else ""
    shown = [one for one in records if share in ("", _share_of(one))]
    return {
        "records": shown[(page - 1) * PAGE_SIZE : page * PAGE_SIZE],
        "shares": {"": len(records), **{name: sum(_share_of(one) == name for one in records) for name in SHARES}},
        "share_names": SHARES,
        "share": share,
        "page": page,
        "pages": -(-len(shown) // PAGE_SIZE),
    }


def _frozen(connection: Connection, key: str, choice: Choice) -> dict[str, Any]:
    """What was frozen, what each revision changed, and what the data say otherwise now."""
    zone, now = current_platform().settings.zone, current_time()
    rows = snapshots.history(connection, key, choice.period, _scope(choice))
    drift = snapshots.drift(connection, rows[0], zone=zone, now=now, library=_library()) if rows else None
    changes = [snapshots.difference(before, after) for after, before in pairwise(rows)]
    return {"frozen": rows, "changes": changes, "drift": drift}


def _library() -> Library:
    return current_platform().runtime.library


def _share_of(one: readings.Counted) -> str:
    if one.excluded:
        return "excluded"
    return "counted" if one.numerator >= max(one.denominator, 1) else "missed"


def _scope(choice: Choice) -> str:
    return "" if choice.project is None else f"project:{choice.project.code}"


def _matrix(
    indicator: Indicator, choice: Choice, sums: dict[tuple[int | None, str], readings.Totals]
) -> list[tuple[Any, list[tuple[str, readings.Totals, int | None]]]]:
    """By project: the project (None: of none) and its priorities, with their figures."""
    names = {one.id: one for one in choice.projects}
    found: dict[int | None, list[tuple[str, readings.Totals, int | None]]] = {}
    for (project_id, priority), one in sorted(sums.items(), key=lambda item: (item[0][0] or 0, item[0][1])):
        if choice.project_id in (None, project_id):
            value = indicator.value(one.numerator, one.denominator)
            found.setdefault(project_id, []).append((priority, one, value))
    return [(names.get(project_id) if project_id else None, rows) for project_id, rows in found.items()]


@blueprint.post("/<key>/revisions")
def revise(key: str) -> Answer:
    """Write down what the data say now of a frozen figure."""
    with reading() as connection:
        choice = read_choice(connection)
    with writing() as connection:
        snapshots.revise(
            connection,
            current_actor(),
            key,
            choice.period,
            _scope(choice),
            request.form.get("reason", "").strip()[:500],
            zone=current_platform().settings.zone,
            now=current_time(),
            library=_library(),
        )
    flash(gettext("The revision was written."), "success")
    return redirect(url_for(".show", key=key, **choice.arguments()))


@blueprint.get("/export.<file_format>")
def export(file_format: str) -> Response:
    """Every indicator of the period as a table."""
    readings.require_reader(current_actor())
    with reading() as connection:
        choice = read_choice(connection)
    zone, now, library = current_platform().settings.zone, current_time(), _library()

    def rows(connection: Connection) -> Iterator[Any]:
        return iter(readings.compute(connection, choice.period, zone, now, choice.project_id, library=library))

    return _download(f"{gettext('Indicators')}-{choice.period.key}", _READING_COLUMNS, rows, file_format)


@blueprint.get("/<key>/export.<file_format>")
def export_records(key: str, file_format: str) -> Response:
    """The records behind one indicator as a table."""
    actor, zone, now = current_actor(), current_platform().settings.zone, current_time()
    readings.require_reader(actor)
    indicator_of(key)
    library = _library()
    with reading() as connection:
        choice = read_choice(connection)

    def rows(connection: Connection) -> Iterator[Any]:
        return iter(readings.records(connection, actor, key, choice.period, zone, now, choice.project_id, library))

    return _download(f"{key}-{choice.period.key}", _RECORD_COLUMNS, rows, file_format)


def _download(name: str, columns: tuple[Column, ...], rows: Any, file_format: str) -> Response:
    if file_format not in ("csv", "xlsx"):
        abort(404)
    return download(name, columns, rows, "xlsx" if file_format == "xlsx" else "csv")


def _hundredth(value: int | None) -> float | None:
    return None if value is None else value / 100


_READING_COLUMNS = (
    Column("编号", "Key", lambda one: one.indicator.key, 8),
    Column("指标", "Indicator (zh)", lambda one: one.indicator.zh, 24),
    Column("英文名称", "Indicator", lambda one: one.indicator.en, 28),
    Column("周期", "Period", lambda one: one.period.key, 12),
    Column("数值", "Figure", lambda one: _hundredth(one.value), 12),
    Column("单位", "Unit", lambda one: one.indicator.sign("en"), 8),
    Column("分子", "Numerator", lambda one: one.totals.numerator, 12),
    Column("分母", "Denominator", lambda one: one.totals.denominator, 12),
    Column("不计入", "Left out", lambda one: one.totals.excluded, 10),
    Column("目标值", "Target", lambda one: _hundredth(one.target.target) if one.target else None, 10),
    Column("状态", "Status", lambda one: one.status, 12),
)
_RECORD_COLUMNS = (
    Column("编号", "Number", lambda one: one.number, 20),
    Column("标题", "Title", lambda one: one.title, 48),
    Column("时间", "Moment", lambda one: one.at, 18),
    Column("分子", "Numerator", lambda one: one.numerator, 12),
    Column("分母", "Denominator", lambda one: one.denominator, 12),
    Column("不计入", "Left out", lambda one: one.excluded, 10),
    Column("优先级", "Priority", lambda one: one.priority, 16),
)
