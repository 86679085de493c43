"""Topics of an internal audit: plan, checklists, findings, nonconformities, report (policy 5.3.1)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import delete, insert, select, update

from engine import instances
from engine.handlers import HandlerRegistry, ServiceCall
from engine.registers import internal_audits, keeping, notices
from engine.registers.audit_checklist import draw
from engine.store.tables import audit_coverage, audit_item, group, internal_audit, user
from engine.store.types import Record

NONCONFORMING = ("minor", "major")
_TITLE_LENGTH = 100


def serve(handlers: HandlerRegistry, zone: ZoneInfo) -> None:
    """Serve the topics of this module; nonconformities are numbered by days of ``zone``."""

    def raise_them(call: ServiceCall) -> dict[str, Any]:
        return raise_nonconformities(call, zone)

    raise_them.__doc__ = raise_nonconformities.__doc__
    plan = ("title", "begins_on", "ends_on", "lead_auditor", "assignments")
    handlers.serve("internal_audit.submit", submit, required=plan, optional=("criteria", "scope"))
    handlers.serve("internal_audit.send_back", send_back)
    handlers.serve("internal_audit.approve", approve)
    handlers.serve("internal_audit.begin", begin)
    handlers.serve("internal_audit.keep_checklist", keep_checklist, required=("department", "items"))
    handlers.serve("internal_audit.record_findings", record_findings, required=("department", "items"))
    handlers.serve("internal_audit.gather", gather)
    handlers.serve("internal_audit.raise_nonconformities", raise_them)
    handlers.serve("internal_audit.record_conclusion", record_conclusion, required=("conclusion",))
    handlers.serve("internal_audit.close", close)


def submit(call: ServiceCall) -> dict[str, Any]:
    """Keep the plan of an audit, in place of an earlier draft.

    Inputs: title, begins_on, ends_on, lead_auditor (a login), assignments (a list of department, areas, auditor),
    criteria, scope. Result: coverage, a row per department with the areas and who audits it.
    """
    inputs, connection = call.inputs, call.connection
    begins_on = keeping.day(inputs["begins_on"], "begins_on")
    values = {
        "instance_id": call.instance_id,
        "year": begins_on.year,
        "title": str(inputs["title"]),
        "criteria": str(inputs.get("criteria") or ""),
        "scope": str(inputs.get("scope") or ""),
        "begins_on": begins_on,
        "ends_on": keeping.day(inputs["ends_on"], "ends_on"),
        "lead_auditor_id": keeping.person_id(connection, inputs["lead_auditor"]),
        "status": "submitted",
    }
    known = connection.execute(select(internal_audit).where(internal_audit.c.number == call.business_key)).one_or_none()
    if known is None:
        audit_id = keeping.add(call, internal_audit, {"number": call.business_key, **values}, "internal_audit.submit")
    else:
        audit_id, statuses = known.id, ("planned", "submitted", "returned")
        action = "internal_audit.submit"
        keeping.move(call, internal_audit, known, statuses=statuses, values=values, action=action)
        connection.execute(delete(audit_coverage).where(audit_coverage.c.audit_id == audit_id))
    connection.execute(insert(audit_coverage), _cells(call, audit_id, inputs["assignments"]))
    return {"coverage": internal_audits.coverage(connection, audit_id)}


def _cells(call: ServiceCall, audit_id: int, assignments: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    cells = {}
    for one in assignments:
        department_id = keeping.department(call.connection, one["department"]).id
        auditor_id = keeping.person_id(call.connection, one["auditor"])
        for area in one["areas"]:
            cells[department_id, area] = {
                "audit_id": audit_id,
                "department_id": department_id,
                "area": area,
                "auditor_id": auditor_id,
            }
    return list(cells.values())


def send_back(call: ServiceCall) -> None:
    """Note that the management representative returned the plan."""
    keeping.advance(call, internal_audit, "return", ("submitted",), status="returned")


def approve(call: ServiceCall) -> dict[str, Any]:
    """Note the approval of the plan, without which no fieldwork begins, and draw the checklists.

    Result: departments (keys) and checklists, one per department and auditor: department, department_name, auditor and
    items (ordinal, area, clause, question, expected).
    """
    values = {"status": "approved", "approved_at": call.now, "approved_by_id": call.actor.user_id}
    found = keeping.advance(call, internal_audit, "approve", ("submitted",), **values)
    query = (
        select(group.c.key, group.c.name_zh, user.c.login, audit_coverage.c.area)
        .join(group, group.c.id == audit_coverage.c.department_id)
        .join(user, user.c.id == audit_coverage.c.auditor_id)
        .where(audit_coverage.c.audit_id == found.id)
        .order_by(group.c.id)
    )
    areas: dict[tuple[str, str, str], list[str]] = {}
    for cell in call.connection.execute(query):
        areas.setdefault((cell.key, cell.name_zh, cell.login), []).append(cell.area)
    checklists = [
        {"department": key, "department_name": name, "auditor": login, "items": _drawn(key, covered)}
        for (key, name, login), covered in areas.items()
    ]
    return {"departments": list(dict.fromkeys(one["department"] for one in checklists)), "checklists": checklists}


def _drawn(department: str, areas: Sequence[str]) -> list[dict[str, Any]]:
    return [
        {"area": one.area, "clause": one.clause, "question": one.zh, "expected": one.evidence_zh}
        for one in draw(department, areas)
    ]


def begin(call: ServiceCall) -> None:
    """Note that the opening meeting was held and the fieldwork begins."""
    keeping.advance(call, internal_audit, "begin", ("approved",), status="fieldwork")


def keep_checklist(call: ServiceCall) -> dict[str, Any]:
    """Keep a department's checklist as its auditor settled it.

    Inputs: department (key), items. Result: items with their ordinals and clause and question in one text, ready for
    the fieldwork.
    """
    found = keeping.required(call, internal_audit)
    department = keeping.department(call.connection, call.inputs["department"])
    auditor_id = call.actor.user_id
    mine = (audit_item.c.audit_id == found.id, audit_item.c.department_id == department.id)
    others = call.connection.execute(
        select(audit_item.c.ordinal).where(*mine).order_by(audit_item.c.ordinal.desc()).limit(1)
    ).scalar()
    rows = [
        {
            "audit_id": found.id,
            "department_id": department.id,
            "ordinal": ordinal,
            "area": str(one["area"]),
            "clause": str(one["clause"]),
            "question_zh": str(one["question"])[:300],
            "files": [],
            "auditor_id": auditor_id,
        }
        for ordinal, one in enumerate(call.inputs["items"], start=(others or 0) + 1)
    ]
    call.connection.execute(insert(audit_item), rows)
    details = {"department": department.key, "items": len(rows)}
    keeping.note(call, "internal_audit.keep_checklist", internal_audit, found.id, details)
    items = [
        {
            "ordinal": row["ordinal"],
            "question": f"{row['clause']} {row['question_zh']}",
            "expected": one.get("expected"),
        }
        for row, one in zip(rows, call.inputs["items"], strict=True)
    ]
    return {"items": items}


def record_findings(call: ServiceCall) -> None:
    """Keep what the fieldwork in a department found, item by item (policy 5.3.1(3)).

    Inputs: department (key), items (a list of ordinal, result, evidence, samples, interviewee, files).
    """
    found = keeping.required(call, internal_audit)
    department = keeping.department(call.connection, call.inputs["department"])
    for one in call.inputs["items"]:
        recorded = call.connection.execute(
            update(audit_item)
            .where(
                audit_item.c.audit_id == found.id,
                audit_item.c.department_id == department.id,
                audit_item.c.ordinal == int(one["ordinal"]),
                audit_item.c.recorded_at.is_(None),
            )
            .values(
                result=str(one["result"]),
                evidence=str(one.get("evidence") or ""),
                samples=str(one.get("samples") or ""),
                interviewee=str(one.get("interviewee") or ""),
                files=list(one.get("files") or ()),
                auditor_id=call.actor.user_id,
                recorded_at=call.now,
            )
        )
        if recorded.rowcount != 1:
            raise keeping.RecordMoved(number=f"{found.number}/{one['ordinal']}", status=found.status)
    details = {"department": department.key, "items": len(call.inputs["items"])}
    keeping.note(call, "internal_audit.record_findings", internal_audit, found.id, details)


def gather(call: ServiceCall) -> dict[str, Any]:
    """The findings of all departments for the one who writes the report.

    Result: findings (a list of department, clause, question, result, evidence) and tally (numbers by result).
    """
    found = keeping.advance(call, internal_audit, "gather", ("fieldwork", "reporting"), status="reporting")
    return internal_audits.findings(call.connection, found.id)


def raise_nonconformities(call: ServiceCall, zone: ZoneInfo) -> dict[str, Any]:
    """Raise a nonconformity for every item found minor or major; each starts its own process, once.

    Result: nonconformities, their numbers.
    """
    found = keeping.required(call, internal_audit)
    items = call.connection.execute(
        select(audit_item, group.c.key, user.c.login)
        .join(group, group.c.id == audit_item.c.department_id)
        .outerjoin(user, user.c.id == audit_item.c.auditor_id)
        .where(audit_item.c.audit_id == found.id, audit_item.c.result.in_(NONCONFORMING))
        .order_by(audit_item.c.department_id, audit_item.c.ordinal)
    ).all()
    numbers = []
    for item in items:
        if item.nonconformity_number is None:
            number = instances.next_number(call.connection, "nonconformity", zone, call.now)
            _raise(call, found, item, number)
        numbers.append(item.nonconformity_number or number)
    return {"nonconformities": numbers}


def _raise(call: ServiceCall, found: Record, item: Record, number: str) -> None:
    taken = call.connection.execute(
        update(audit_item)
        .where(audit_item.c.id == item.id, audit_item.c.nonconformity_number.is_(None))
        .values(nonconformity_number=number)
    )
    if taken.rowcount == 1:
        variables = {
            "title": item.evidence.strip().splitlines()[0][:_TITLE_LENGTH],
            "description": f"{item.question_zh}\n{item.evidence}",
            "grade": item.result,
            "clause": item.clause,
            "area": item.area,
            "department": item.key,
            "evidence": item.samples,
            "source_type": "internal_audit",
            "source_id": str(found.id),
            "source_label": f"{found.number} {found.title}",
            "raised_by": item.login,
        }
        notices.send_message(call, "nonconformity.raised", number, variables)


def record_conclusion(call: ServiceCall) -> None:
    """Keep the conclusion of the report. Inputs: conclusion."""
    keeping.advance(call, internal_audit, "conclude", ("reporting",), conclusion=str(call.inputs["conclusion"]))


def close(call: ServiceCall) -> None:
    """Close the audit: its report is issued."""
    keeping.advance(call, internal_audit, "close", ("reporting",), status="closed", closed_at=call.now)
