"""Topics of the reports: opened for a period, written, returned, issued, sent to the customer (policy 3 to 5.2)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select, update

from engine import documents, periods
from engine.handlers import HandlerRegistry, ServiceCall
from engine.registers import keeping, notices
from engine.reports import keeping as reports
from engine.reports.figures import figures_of, freeze
from engine.reports.kinds import kind_of
from engine.runtime.library import Library
from engine.store.tables import contact, project, report
from engine.store.types import Record


def serve(handlers: HandlerRegistry, zone: ZoneInfo, library: Library) -> None:
    """Serve the topics of this module; periods and days are those of ``zone``."""
    topics = _Topics(zone, library)
    handlers.serve(
        "report.open",
        topics.open,
        required=("kind",),
        optional=("period", "project", "department", "due", "occasion", "reason"),
    )
    handlers.serve("report.submit", topics.submit, required=("report", "content"), optional=("held_on",))
    handlers.serve("report.collect", collect, required=("report", "section", "key", "row"))
    handlers.serve("report.find_persistent_misses", topics.find_persistent_misses, required=("kind",))
    handlers.serve("report.send_back", send_back, required=("report",))
    handlers.serve("report.issue", topics.issue, required=("report",), optional=("groups", "people"))
    handlers.serve("report.send_to_customer", send_to_customer, required=("report",))
    handlers.serve("report.acknowledge", acknowledge, required=("report",), optional=("note",))
    handlers.serve("report.cancel", cancel, required=("report",), optional=("reason",))


class _Topics:
    """The topics that speak of days."""

    def __init__(self, zone: ZoneInfo, library: Library) -> None:
        self._zone, self._library = zone, library

    def open(self, call: ServiceCall) -> dict[str, Any]:
        """Open the report of a period: the regular one, or a special issue that does not use it up.

        Inputs: kind, period (else the one a report made today is about), project (code), department (key), due,
        occasion (what a special issue is about), reason. Result: ``report`` with id, number, title, period, figures.
        """
        inputs = call.inputs
        kind = kind_of(str(inputs["kind"]))
        given = str(inputs.get("period") or "")
        today = call.now.astimezone(self._zone).date()
        department = inputs.get("department")
        row = reports.open_report(
            call.connection,
            actor=call.actor,
            kind=kind,
            period=periods.parse(given) if given else kind.period(today),
            instance_id=call.instance_id,
            case_number=call.business_key,
            zone=self._zone,
            now=call.now,
            project_code=str(inputs.get("project") or ""),
            department_id=keeping.department(call.connection, department).id if department else None,
            occasion=str(inputs.get("occasion") or "")[:80],
            reason=str(inputs.get("reason") or ""),
            due_at=keeping.moment(inputs.get("due"), self._zone),
        )
        figures = figures_of(call.connection, row, self._zone, call.now, self._library)
        call.connection.execute(update(report).where(report.c.id == row.id).values(figures=figures))
        return {
            "report": {
                "id": row.id,
                "number": row.number,
                "title": row.title,
                "period": row.period,
                "figures": figures,
                "missed": [one for one in figures if one["status"] == "missed"],
                "content": row.content,
            }
        }

    def submit(self, call: ServiceCall) -> None:
        """Keep what was written; ready for review.

        Inputs: report (id), content (a context: each section of its kind, texts or rows), held_on (of a meeting).
        """
        row = reports.get(call.connection, int(call.inputs["report"]))
        given = call.inputs["content"] or {}
        content = {one.key: given[one.key] for one in kind_of(row.kind).sections if given.get(one.key) is not None}
        values: dict[str, Any] = {
            "status": "reviewing",
            "content": {**row.content, **content},
        }
        if row.author_id is None:
            values["author_id"] = call.actor.user_id
        if call.inputs.get("held_on"):
            values["held_on"] = reports.held(call.inputs["held_on"])
        _move(call, (*reports.WRITABLE, "reviewing"), values, "submit")

    def issue(self, call: ServiceCall) -> dict[str, Any]:
        """Issue a report: its figures are frozen in a numbered document, which goes to people and asks to be read.

        Inputs: report (id), groups (keys: all members), people (logins). Result: ``document`` with id, number, version.
        """
        standing = reports.get(call.connection, int(call.inputs["report"]))
        values = {
            "status": "issued",
            "issued_at": call.now,
            "approved_by_id": call.actor.user_id,
            "figures": freeze(call.connection, call.actor, standing, self._zone, call.now, self._library),
        }
        row = _move(call, ("reviewing",), values, "issue")
        made = documents.issue(
            call.connection, actor=call.actor, kind=row.kind, record_id=row.id, zone=self._zone, now=call.now
        )
        documents.distribute(
            call.connection, actor=call.actor, document_id=made, user_ids=keeping.addressed(call), now=call.now
        )
        return {"document": documents.summary(call.connection, made)}

    def find_persistent_misses(self, call: ServiceCall) -> dict[str, Any]:
        """The indicators missed in this period and the one before, of the reports this case issued.

        Inputs: kind. Result: ``persistent``, a list of texts like ``I02 A01`` (indicator, project), and for a special
        issue of the quality report ``persistent_period``, ``occasion`` and ``reason``.
        """
        kind = kind_of(str(call.inputs["kind"]))
        period = kind.period(call.now.astimezone(self._zone).date())
        now_missed, before = (_missed(call, kind.key, one.key) for one in (period, period.previous))
        both = sorted(now_missed & before)
        texts = [f"{indicator} {scope.removeprefix('project:')}".strip() for scope, indicator in both]
        return {
            "persistent": texts,
            "persistent_period": period.key,
            "occasion": f"{period.key} 指标连续两期未达标" if texts else "",
            "reason": "、".join(texts),
        }


def collect(call: ServiceCall) -> None:
    """Put one row into a section of a report, in place of the earlier one with the same key.

    Inputs: report (id), section (its key), key (the column that tells rows apart), row (a context).
    """
    row = reports.get(call.connection, int(call.inputs["report"]))
    section, key, given = str(call.inputs["section"]), str(call.inputs["key"]), dict(call.inputs["row"])
    others = [one for one in row.content.get(section, []) if one.get(key) != given.get(key)]
    content = {**row.content, section: [*others, given]}
    _move(call, (*reports.WRITABLE, "reviewing"), {"content": content}, "collect")


def send_back(call: ServiceCall) -> None:
    """Return a report to its author. Inputs: report (id)."""
    _move(call, ("reviewing",), {"status": "returned"}, "send_back")


def cancel(call: ServiceCall) -> None:
    """Give up a report that is not needed. Inputs: report (id), reason."""
    values = {"status": "cancelled", "reason": str(call.inputs.get("reason") or "")}
    _move(call, (*reports.WRITABLE, "reviewing"), values, "cancel")


def send_to_customer(call: ServiceCall) -> dict[str, Any]:
    """Send an issued report to the customer's contacts by mail, once.

    Inputs: report (id). Result: ``sent_to``, how many contacts got it.
    """
    row = reports.get(call.connection, int(call.inputs["report"]))
    customers = select(project.c.customer_id).where(project.c.id == row.project_id).scalar_subquery()
    query = select(contact.c.id, contact.c.email, contact.c.language).where(
        contact.c.customer_id == customers, contact.c.is_active, contact.c.email != ""
    )
    found = list(call.connection.execute(query.order_by(contact.c.id).limit(5)))
    notices.mail(call, found, subject_zh=row.title, subject_en=row.title, text=f"{row.number}\n{row.title}")
    if row.sent_at is None:
        _move(call, ("issued",), {"sent_at": call.now}, "send")
    return {"sent_to": len(found)}


def acknowledge(call: ServiceCall) -> None:
    """Note that the customer has received and acknowledged a report. Inputs: report (id), note."""
    values = {"acknowledged_at": call.now, "acknowledgement": str(call.inputs.get("note") or "")}
    _move(call, ("issued",), values, "acknowledge")


def _missed(call: ServiceCall, kind: str, period: str) -> set[tuple[str, str]]:
    """Scope and indicator of every target the issued reports of a period missed."""
    query = select(report.c.scope, report.c.figures).where(
        report.c.kind == kind, report.c.period == period, report.c.occasion == "", report.c.status == "issued"
    )
    return {
        (row.scope, str(one["key"]))
        for row in call.connection.execute(query)
        for one in row.figures
        if one["status"] == "missed"
    }


def _move(call: ServiceCall, statuses: tuple[str, ...], values: Mapping[str, Any], action: str) -> Record:
    return reports.move(
        call.connection,
        actor=call.actor,
        report_id=int(call.inputs["report"]),
        statuses=statuses,
        values=values,
        action=action,
        now=call.now,
    )
