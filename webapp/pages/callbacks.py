"""The register of callbacks: open, late and done calls, the figures of a month, exports."""

from __future__ import annotations

from typing import get_args

from flask import Blueprint, Response, abort, redirect, render_template, request, url_for
from flask_babel import gettext, lazy_gettext
from werkzeug.wrappers import Response as Answer

from engine.indicators import readings
from engine.periods import of_day
from engine.registers import callbacks, incidents, wording
from engine.registers.callbacks import CallbackQuery, Standing
from webapp.context import current_actor, current_language, current_platform, current_time, reading
from webapp.downloads import download
from webapp.navigation import NavigationItem
from webapp.paging import day_begins_at, month_bounds, read_position, write_position

blueprint = Blueprint("callback", __name__, url_prefix="/callbacks")

NAVIGATION = (
    NavigationItem(
        "callback.index",
        lazy_gettext("Callbacks"),
        "phone",
        section="registers",
        order=20,
        shown_to=incidents.may_read,
    ),
)
INDICATORS = ("I06", "I07", "I08", "I09")
TONES = {
    "open": "blue",
    "overdue": "red",
    "reached": "green",
    "unreachable": "grey",
    "dissatisfied": "orange",
    "not_solved": "red",
}


@blueprint.get("")
def index() -> str:
    """The list, latest due first, and the figures of the month."""
    wanted, actor, now, language = _wanted(), current_actor(), current_time(), current_language()
    zone = current_platform().settings.zone
    today = now.astimezone(zone).date()
    first, _next_month = month_bounds(request.args.get("month", ""), today)
    with reading() as connection:
        page = callbacks.page(connection, actor, wanted, now=now)
        counts = callbacks.standing_counts(connection, actor, now=now)
        figures = readings.compute(connection, of_day("month", first), zone, now, keys=INDICATORS)
    given = {name: value for name, value in request.args.to_dict().items() if name != "after" and value}
    following = None if page.following is None else url_for(".index", **given, after=write_position(page.following))
    return render_template(
        "callbacks/index.html",
        items=page.items,
        wanted=wanted,
        given=given,
        counts=counts,
        figures=figures,
        month=first,
        following=following,
        names={code: wording.word(wording.CALLBACK_STATUSES, code, language) for code in wording.CALLBACK_STATUSES},
        tones=TONES,
        low=callbacks.LOW_SCORE,
    )


@blueprint.get("/<int:callback_id>")
def show(callback_id: int) -> Answer:
    """A callback stands on the page of its incident."""
    with reading() as connection:
        incident_id = callbacks.incident_of(connection, current_actor(), callback_id)
    return redirect(url_for("incident.show", incident_id=incident_id))


@blueprint.get("/export.<file_format>")
def export(file_format: str) -> Response:
    """What the filters show, as CSV or XLSX."""
    if file_format not in ("csv", "xlsx"):
        abort(404)
    actor, wanted, now = current_actor(), _wanted(), current_time()
    incidents.require_reader(actor)
    return download(
        gettext("Callbacks"),
        wording.callback_columns(current_language()),
        lambda connection: callbacks.every(connection, actor, wanted, now=now),
        "xlsx" if file_format == "xlsx" else "csv",
    )


def _wanted() -> CallbackQuery:
    """The query of the address; a month limits the list only when it is given."""
    standing, month = request.args.get("standing", ""), request.args.get("month", "")
    bounds = month_bounds(month, current_time().date()) if month else None
    known: Standing = standing if standing in get_args(Standing) else ""  # type: ignore[assignment]
    return CallbackQuery(
        standing=known,
        search=request.args.get("q", "").strip()[:100],
        due_from=day_begins_at(bounds[0]) if bounds else None,
        due_before=day_begins_at(bounds[1]) if bounds else None,
        after=read_position(request.args.get("after", "")),
    )
