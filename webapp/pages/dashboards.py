"""看板: what is going on now and in a period; every number opens the list it counts, every chart has its table."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import gettext, lazy_gettext
from sqlalchemy import Connection
from werkzeug.wrappers import Response

from engine.dashboards import load
from engine.dashboards.catalogue import DASHBOARDS, Dashboard, DashboardUnknown, dashboard_of, first_for, groups_of
from engine.dashboards.panels import Group, Item, Panel, View
from engine.indicators import readings
from engine.indicators.readings import Reading, figure
from webapp.charts import TONES, bar_chart
from webapp.context import current_actor, current_language, current_platform, current_time, reading
from webapp.navigation import NavigationItem
from webapp.pages.indicators import CADENCE_NAMES, STATUSES
from webapp.period_choice import CADENCES, Choice, read_choice
from webapp.records import record_link

blueprint = Blueprint("dashboard", __name__, url_prefix="/dashboards")

NAVIGATION = (
    NavigationItem(
        "dashboard.first",
        lazy_gettext("Dashboards"),
        "dashboard",
        order=45,
        includes=("dashboard",),
        shown_to=readings.may_read,
    ),
)
PAGE_SIZE = 50
_INTERVALS = {"I09", "I10"}  # whose details tell how sure the figure is


@blueprint.get("")
def first() -> Response:
    """The dashboard of the reader's own department."""
    readings.require_reader(current_actor())
    return redirect(url_for(".show", key=first_for(current_actor()).key))


@blueprint.get("/<key>")
def show(key: str) -> str:
    """One dashboard."""
    actor, dashboard = current_actor(), dashboard_of(key)
    readings.require_reader(actor)
    with reading() as connection:
        choice = read_choice(connection)
        view = _view(choice)
        today = groups_of(connection, actor, load.TODAY, view)
        trends = _trends(connection, dashboard, view)
        panels = [(panel, groups_of(connection, actor, panel, view)) for panel in dashboard.panels]
        told = readings.compute(connection, choice.period, view.zone, view.now, keys=_INTERVALS & set(trends))
    return render_template(
        "dashboards/show.html",
        dashboard=dashboard,
        dashboards=DASHBOARDS.values(),
        choice=choice,
        today=today,
        headline=[trends[one] for one in dashboard.headline],
        intervals={one.indicator.key: one.details["interval"] for one in told if "interval" in one.details},
        trends=[_trend_panel(names, [trends[one] for one in keys]) for *names, keys in dashboard.trends],
        panels=[_panel(dashboard, panel, groups, choice) for panel, groups in panels],
        small_chart=bar_chart,
        figure=figure,
        tones=TONES,
        statuses=STATUSES,
        cadences=CADENCES,
        cadence_names=CADENCE_NAMES,
    )


@blueprint.get("/<key>/<panel>/<group>")
def records(key: str, panel: str, group: str) -> str:
    """The records that one number counts."""
    dashboard = dashboard_of(key)
    found = dashboard.panel(panel)
    with reading() as connection:
        choice = read_choice(connection)
        groups = groups_of(connection, current_actor(), found, _view(choice))
    chosen = next((one for one in groups if one.key == group), None)
    if chosen is None:
        raise DashboardUnknown()
    page = max(request.args.get("page", 1, type=int), 1)
    shown = chosen.items[(page - 1) * PAGE_SIZE : page * PAGE_SIZE]
    return render_template(
        "dashboards/records.html",
        dashboard=dashboard,
        panel=found,
        group=chosen,
        choice=choice,
        items=[(one, _link(one)) for one in shown],
        page=page,
        pages=-(-len(chosen.items) // PAGE_SIZE),
    )


def _view(choice: Choice) -> View:
    platform = current_platform()
    return View(choice.period, platform.settings.zone, current_time(), platform.runtime.library)


def _trends(connection: Connection, dashboard: Dashboard, view: View) -> dict[str, list[Reading]]:
    keys = {*dashboard.headline, *(key for *_names, keys in dashboard.trends for key in keys)}
    return readings.trend(connection, view.period, view.zone, view.now, keys=keys, library=view.library)


def _link(item: Item) -> str:
    if item.record_id is not None or item.record_type == "obligation":
        return record_link(item.record_type, item.record_id or item.number)
    if item.instance_id is not None:
        return url_for("process_instance.show", instance_id=item.instance_id)
    return ""


def _trend_panel(names: list[str], trends: list[list[Reading]]) -> dict[str, Any]:
    """Several indicators over the same periods: one line each, and a table of the same figures."""
    language = current_language()
    periods = [one.period for one in trends[0]]
    return {
        "name": names[0] if language == "zh" else names[1],
        "periods": periods,
        "rows": trends,
        "chart": {
            "kind": "line",
            "unit": trends[0][0].indicator.sign(language),
            "labels": [one.key for one in periods],
            "series": [
                {
                    "name": trend[0].indicator.name(language),
                    "values": [None if one.value is None else one.value / 100 for one in trend],
                }
                for trend in trends
            ],
        },
    }


def _panel(dashboard: Dashboard, panel: Panel, groups: list[Group], choice: Choice) -> dict[str, Any]:
    """Groups of records: a bar each, and a table whose numbers open the lists."""
    language = current_language()
    links = [
        url_for(".records", key=dashboard.key, panel=panel.key, group=one.key, **choice.arguments()) for one in groups
    ]
    return {
        "panel": panel,
        "groups": list(zip(groups, links, strict=True)),
        "total": sum(len(one.items) for one in groups),
        "chart": {
            "kind": "bar",
            "unit": "",
            "labels": [one.name(language) for one in groups],
            "series": [{"name": gettext("How many"), "values": [len(one.items) for one in groups]}],
            "tones": [one.tone for one in groups],
            "links": links,
        },
    }
