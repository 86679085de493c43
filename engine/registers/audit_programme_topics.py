"""Topics of the annual audit programme: its audits and its coverage become records (policy 5.3.1(1), (2))."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import delete, insert, select

from engine.handlers import HandlerRegistry, ServiceCall
from engine.registers import keeping
from engine.registers.audit_checklist import AREAS
from engine.store.tables import audit_coverage, audit_programme, group, internal_audit
from engine.store.types import Record


def serve(handlers: HandlerRegistry) -> None:
    """Serve the topics of this module."""
    handlers.serve("audit_programme.submit", submit, required=("year", "audits"), optional=("objectives",))
    handlers.serve("audit_programme.send_back", send_back)
    handlers.serve("audit_programme.approve", approve)
    handlers.serve("audit_programme.close", close)


def submit(call: ServiceCall) -> dict[str, Any]:
    """Keep a drafted programme with the audits it plans, in place of an earlier draft.

    Inputs: year, audits (a list of title, begins_on, departments, areas), objectives. Result: coverage, a row per
    department with the audits that look at each area.
    """
    inputs, year = call.inputs, int(call.inputs["year"])
    values = {
        "year": year,
        "objectives": str(inputs.get("objectives") or ""),
        "status": "submitted",
    }
    found = keeping.of_case(call, audit_programme)
    if found is None:
        given = {"number": call.business_key, "instance_id": call.instance_id, **values}
        programme_id = keeping.add(call, audit_programme, given, "audit_programme.submit")
    else:
        programme_id = found.id
        action = "audit_programme.submit"
        keeping.move(call, audit_programme, found, statuses=("submitted", "returned"), values=values, action=action)
        _forget_audits(call, programme_id)
    for ordinal, one in enumerate(inputs["audits"], start=1):
        _plan_audit(call, programme_id, year, ordinal, one)
    return {"coverage": coverage(call, inputs["audits"])}


def coverage(call: ServiceCall, audits: Sequence[Mapping[str, Any]]) -> list[dict[str, str]]:
    """The matrix of departments and areas: in each cell the months (1 to 12) of the audits that cover it."""
    rows = call.connection.execute(select(group).where(group.c.is_department).order_by(group.c.id))
    return [
        {
            "department": row.name_zh,
            "department_en": row.name_en,
            **{area: "、".join(_months(audits, row.key, area)) for area in AREAS},
        }
        for row in rows
    ]


def _months(audits: Sequence[Mapping[str, Any]], department: str, area: str) -> list[str]:
    return [
        str(int(str(one["begins_on"])[5:7]))
        for one in audits
        if department in (one.get("departments") or ()) and area in (one.get("areas") or ())
    ]


def _forget_audits(call: ServiceCall, programme_id: int) -> None:
    planned = select(internal_audit.c.id).where(
        internal_audit.c.programme_id == programme_id, internal_audit.c.instance_id.is_(None)
    )
    call.connection.execute(delete(audit_coverage).where(audit_coverage.c.audit_id.in_(planned)))
    call.connection.execute(
        delete(internal_audit).where(
            internal_audit.c.programme_id == programme_id, internal_audit.c.instance_id.is_(None)
        )
    )


def _plan_audit(call: ServiceCall, programme_id: int, year: int, ordinal: int, one: Mapping[str, Any]) -> None:
    values = {
        "number": f"{call.business_key}-{ordinal}",
        "programme_id": programme_id,
        "year": year,
        "title": str(one["title"]),
        "status": "planned",
        "begins_on": keeping.day(one["begins_on"], "begins_on"),
    }
    audit_id = keeping.add(call, internal_audit, values, "internal_audit.plan")
    cells = [
        {"audit_id": audit_id, "department_id": keeping.department(call.connection, key).id, "area": area}
        for key in one["departments"]
        for area in one["areas"]
    ]
    call.connection.execute(insert(audit_coverage), cells)


def send_back(call: ServiceCall) -> None:
    """Note that the management representative returned the programme."""
    keeping.advance(call, audit_programme, "return", ("submitted",), status="returned")


def approve(call: ServiceCall) -> dict[str, Any]:
    """Note the approval (policy 5.3.1(1)).

    Result: planned_audits, what each audit is to be started with: number, title, begins_on, departments, areas.
    """
    values = {"status": "approved", "approved_at": call.now, "approved_by_id": call.actor.user_id}
    found = keeping.advance(call, audit_programme, "approve", ("submitted",), **values)
    audits = call.connection.execute(
        select(internal_audit).where(internal_audit.c.programme_id == found.id).order_by(internal_audit.c.begins_on)
    )
    return {"planned_audits": [_planned(call, one) for one in audits.all()]}


def _planned(call: ServiceCall, one: Record) -> dict[str, Any]:
    cells = call.connection.execute(
        select(group.c.key, audit_coverage.c.area)
        .join(group, group.c.id == audit_coverage.c.department_id)
        .where(audit_coverage.c.audit_id == one.id)
        .order_by(group.c.id)
    ).all()
    return {
        "number": one.number,
        "title": one.title,
        "begins_on": one.begins_on.isoformat(),
        "departments": list(dict.fromkeys(cell.key for cell in cells)),
        "areas": [area for area in AREAS if any(cell.area == area for cell in cells)],
    }


def close(call: ServiceCall) -> None:
    """Note that every audit of the programme has been begun."""
    keeping.advance(call, audit_programme, "close", ("approved",), status="closed")
