"""The register of incidents: the list with its filters, one incident with all that followed, exports."""

from __future__ import annotations

from datetime import datetime, timedelta

from flask import Blueprint, Response, abort, render_template, request, url_for
from flask_babel import gettext, lazy_gettext

from engine import instances
from engine.registers import incidents, wording
from engine.registers.importing import load_mapping, may_import, sources
from engine.registers.service_wording import CLOCK_STATUSES, METRICS
from engine.sla.ledger import ledgers
from engine.store.types import Record
from webapp.context import current_actor, current_language, current_platform, current_time, reading
from webapp.downloads import download
from webapp.navigation import NavigationItem
from webapp.paging import day_begins_at, read_day, read_position, write_position
from webapp.processes import may_be_started

blueprint = Blueprint("incident", __name__, url_prefix="/incidents")

NAVIGATION = (
    NavigationItem(
        "incident.index",
        lazy_gettext("Incidents"),
        "flag",
        section="registers",
        order=10,
        includes=("incident",),
        shown_to=incidents.may_read,
    ),
)
TONES = {"open": "blue", "reopened": "red", "resolved": "green", "closed": "grey", "cancelled": "grey"}


@blueprint.get("")
def index() -> str:
    """The list, latest opened first."""
    wanted, actor, language = _wanted(), current_actor(), current_language()
    with reading() as connection:
        page = incidents.page(connection, actor, wanted)
        counts = incidents.state_counts(connection, actor)
        choices = incidents.choices(connection, actor)
    given = {name: value for name, value in request.args.to_dict().items() if name != "after" and value}
    following = None if page.following is None else url_for(".index", **given, after=write_position(page.following))
    return render_template(
        "incidents/index.html",
        items=page.items,
        wanted=wanted,
        given=given,
        counts=counts,
        choices=choices,
        following=following,
        names={state: wording.word(wording.INCIDENT_STATES, state, language) for state in incidents.STATES},
        tones=TONES,
        may_import=may_import(actor),
    )


@blueprint.get("/<int:incident_id>")
def show(incident_id: int) -> str:
    """One incident: what the ticket system says, every resolution with its callback, every attempt."""
    actor, language = current_actor(), current_language()
    with reading() as connection:
        detail = incidents.get(connection, actor, incident_id)
        visible = {
            one.instance_id
            for one in detail.resolutions
            if one.instance_id and instances.may_see(connection, instances.get(connection, one.instance_id), actor)
        }
        may_raise = may_be_started(connection, actor, "nonconformity")
        clocks = ledgers(connection, incident_id, now=current_time())
    source = detail.incident.source
    return render_template(
        "incidents/show.html",
        incident=detail.incident,
        resolutions=detail.resolutions,
        attempts=detail.attempts,
        visible=visible,
        may_raise=may_raise,
        state=wording.word(wording.INCIDENT_STATES, detail.incident.state, language),
        tone=TONES[detail.incident.state],
        source=load_mapping(source).name(language) if source in sources() else source,
        statuses={code: names[0 if language == "zh" else 1] for code, names in wording.CALLBACK_STATUSES.items()},
        channels={code: names[0 if language == "zh" else 1] for code, names in wording.CHANNELS.items()},
        timeline=_timeline(detail),
        ledgers=clocks,
        ledger_names={
            "metrics": METRICS,
            "statuses": CLOCK_STATUSES,
            "calendars": {
                one.clock.id: one.term.calendar.name_zh if language == "zh" else one.term.calendar.name_en
                for one in clocks
            },
        },
        project_name=next((one.clock.project_name for one in clocks), None),
    )


@blueprint.get("/export.<file_format>")
def export(file_format: str) -> Response:
    """What the filters show, as CSV or XLSX."""
    if file_format not in ("csv", "xlsx"):
        abort(404)
    actor, wanted = current_actor(), _wanted()
    incidents.require_reader(actor)
    columns = wording.incident_columns(current_language())
    return download(
        gettext("Incidents"),
        columns,
        lambda connection: incidents.every(connection, actor, wanted),
        "xlsx" if file_format == "xlsx" else "csv",
    )


def _wanted() -> incidents.IncidentQuery:
    """The query of the address; what it does not know falls back to "all"."""
    state = request.args.get("state", "")
    opened_from, opened_to = read_day(request.args.get("from", "")), read_day(request.args.get("to", ""))
    return incidents.IncidentQuery(
        state=state if state in incidents.STATES else "",
        priority=request.args.get("priority", ""),
        assignment_group=request.args.get("group", ""),
        search=request.args.get("q", "").strip()[:100],
        opened_from=day_begins_at(opened_from) if opened_from else None,
        opened_before=day_begins_at(opened_to + timedelta(days=1)) if opened_to else None,
        after=read_position(request.args.get("after", "")),
    )


def _timeline(detail: incidents.IncidentDetail) -> list[dict[str, object]]:
    """Everything dated about an incident, latest first."""
    row = detail.incident
    entries: list[tuple[datetime | None, str, str, str, str, str]] = [
        (row.opened_at, gettext("Reported by the customer"), row.caller, "", "blue", "flag"),
        (row.closed_at, gettext("Closed by the ticket system"), "", "", "grey", "check"),
        (row.reopened_at, gettext("Reopened: the callback found it not solved"), "", "", "red", "refresh"),
    ]
    for one in detail.resolutions:
        who = row.assigned_to or row.assignment_group
        entries.append((one.resolved_at, gettext("Resolved"), who, "", "green", "done"))
        if one.callback_id is None:
            continue
        overdue = gettext("24 hours passed without a call")
        entries.append((one.overdue_at, overdue, "", "", "orange", "clock"))
        entries += [_attempt(attempt) for attempt in detail.attempts[one.callback_id]]
    zone = current_platform().settings.zone
    dated = sorted((e for e in entries if e[0] is not None), key=lambda e: e[0].astimezone(zone), reverse=True)  # type: ignore[union-attr]
    return [
        {"at": at, "title": title, "who": who, "text": text, "tone": tone, "symbol": symbol}
        for at, title, who, text, tone, symbol in dated
    ]


def _attempt(attempt: Record) -> tuple[datetime | None, str, str, str, str, str]:
    if attempt.reached:
        return attempt.attempted_at, gettext("Customer reached"), attempt.called_by or "", "", "green", "phone"
    title = gettext("Customer not reached")
    return attempt.attempted_at, title, attempt.called_by or "", attempt.note, "orange", "phone"
