"""What is known of an internal audit: its coverage, and what it found."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, select

from engine.registers.audit_checklist import AREAS
from engine.registers.audit_wording import AREA_WORDS, RESULTS
from engine.store.tables import audit_coverage, audit_item, group, user


def coverage(connection: Connection, audit_id: int) -> list[dict[str, str]]:
    """The matrix of departments and areas of one audit: in each cell the name of the auditor."""
    query = (
        select(group.c.key, group.c.name_zh, group.c.name_en, audit_coverage.c.area, user.c.name)
        .join(group, group.c.id == audit_coverage.c.department_id)
        .outerjoin(user, user.c.id == audit_coverage.c.auditor_id)
        .where(audit_coverage.c.audit_id == audit_id)
        .order_by(group.c.id)
    )
    rows: dict[str, dict[str, str]] = {}
    for cell in connection.execute(query):
        empty = {"department": cell.name_zh, "department_en": cell.name_en, **dict.fromkeys(AREAS, "")}
        rows.setdefault(cell.key, empty)[cell.area] = cell.name or ""
    return list(rows.values())


def findings(connection: Connection, audit_id: int) -> dict[str, Any]:
    """What the fieldwork found besides conformity (``findings``), and how often each result occurs (``tally``)."""
    items = connection.execute(
        select(audit_item, group.c.name_zh)
        .join(group, group.c.id == audit_item.c.department_id)
        .where(audit_item.c.audit_id == audit_id)
        .order_by(group.c.id, audit_item.c.ordinal)
    ).all()
    noted = [
        {
            "department": item.name_zh,
            "area": AREA_WORDS[item.area].zh if item.area in AREA_WORDS else item.area,
            "clause": item.clause,
            "question": item.question_zh,
            "result": RESULTS[item.result].zh,
            "evidence": item.evidence,
        }
        for item in items
        if item.result not in (None, "conform", "not_applicable")
    ]
    tally = {code: sum(item.result == code for item in items) for code in RESULTS}
    return {"findings": noted, "tally": tally}
