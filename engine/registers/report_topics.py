"""Topics of the reports: opened for a period, written, returned, issued, sent to the customer (policy 3 to 5.2)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import delete, insert, select, update

from engine import documents, periods
from engine.feel.temporal import parse_datetime
from engine.handlers import HandlerRegistry, ServiceCall
from engine.registers import keeping, notices
from engine.reports import keeping as reports
from engine.reports.figures import figures_of, freeze
from engine.reports.kinds import kind_of
from engine.runtime.library import Library
from engine.store.tables import contact, group, membership, project, report, staff_assessment, user
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
    handlers.serve("assessment.propose", propose, required=("report", "assessments"))
    handlers.serve("assessment.answer", answer, required=("report", "person", "answer"), optional=("dispute",))
    handlers.serve("assessment.settle", settle, required=("report", "person", "decision"), optional=("score",))


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
            due_at=self._moment(inputs.get("due")),
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
            call.connection, actor=call.actor, document_id=made, user_ids=_addressed(call), now=call.now
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

    def _moment(self, value: Any) -> datetime | None:
        if isinstance(value, datetime):
            return value if value.tzinfo else value.replace(tzinfo=self._zone)
        parsed = parse_datetime(str(value)) if value else None
        if not isinstance(parsed, datetime):
            return None
        return parsed if parsed.tzinfo else parsed.replace(tzinfo=self._zone)


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


def propose(call: ServiceCall) -> dict[str, Any]:
    """Keep the results of the people assessed at a meeting, in place of an earlier draft (policy 5.2(4)).

    Inputs: report (id of the minutes), assessments (a list of person, indicator, weight, target, actual, score).
    Result: ``assessed``, one per person: person (login), results.
    """
    report_id = int(call.inputs["report"])
    call.connection.execute(delete(staff_assessment).where(staff_assessment.c.report_id == report_id))
    given: Sequence[Mapping[str, Any]] = call.inputs["assessments"] or ()
    rows = [
        {
            "report_id": report_id,
            "person_id": keeping.person_id(call.connection, one["person"]),
            "indicator": str(one["indicator"])[:200],
            "weight_percent": int(one["weight"]),
            "target": str(one.get("target") or ""),
            "actual": str(one.get("actual") or ""),
            "score": Decimal(str(one["score"])),
            "status": "proposed",
        }
        for one in given
    ]
    if rows:
        call.connection.execute(insert(staff_assessment), rows)
    keeping.note(call, "assessment.propose", staff_assessment, report_id, {"count": len(rows)})
    people = list(dict.fromkeys(str(one["person"]) for one in given))
    return {
        "assessed": [
            {"person": login, "results": [one for one in given if str(one["person"]) == login]} for login in people
        ]
    }


def answer(call: ServiceCall) -> None:
    """What an assessed person says. Inputs: report (id), person (login), answer (``confirm``, ``dispute``), dispute."""
    disputed = call.inputs["answer"] == "dispute"
    _change_assessment(
        call,
        ("proposed",),
        {
            "status": "disputed" if disputed else "confirmed",
            "dispute": str(call.inputs.get("dispute") or "") if disputed else "",
        },
        "answer",
    )


def settle(call: ServiceCall) -> None:
    """The manager's decision on a disputed assessment. Inputs: report (id), person (login), decision, score (new)."""
    values: dict[str, Any] = {
        "status": "settled",
        "decision": str(call.inputs["decision"]),
        "decided_by_id": call.actor.user_id,
    }
    if call.inputs.get("score") not in (None, ""):
        values["score"] = Decimal(str(call.inputs["score"]))
    _change_assessment(call, ("disputed",), values, "settle")


def _change_assessment(call: ServiceCall, statuses: tuple[str, ...], values: Mapping[str, Any], action: str) -> None:
    report_id, person = int(call.inputs["report"]), keeping.person_id(call.connection, call.inputs["person"])
    changed = call.connection.execute(
        update(staff_assessment)
        .where(
            staff_assessment.c.report_id == report_id,
            staff_assessment.c.person_id == person,
            staff_assessment.c.status.in_(statuses),
        )
        .values(**values)
    )
    if changed.rowcount == 0:
        raise reports.ReportMoved(number=str(call.inputs["person"]), status=action)
    keeping.note(call, f"assessment.{action}", staff_assessment, report_id, {"person": str(call.inputs["person"])})


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


def _addressed(call: ServiceCall) -> list[int]:
    groups, logins = keeping.listed(call.inputs.get("groups")), keeping.listed(call.inputs.get("people"))
    members = (
        select(membership.c.user_id).join(group, group.c.id == membership.c.group_id).where(group.c.key.in_(groups))
    )
    return list(call.connection.scalars(select(user.c.id).where(user.c.id.in_(members) | user.c.login.in_(logins))))
