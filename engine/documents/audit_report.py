"""内部审核报告: what was audited by whom, what was found in each department, and the conclusion."""

from __future__ import annotations

from collections import Counter
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, select

from engine.documents.kind import Collected, DocumentKind, RecordMissing, day, linked, listed
from engine.documents.nonconformity_report import spoken
from engine.registers.audit_wording import RESULTS
from engine.registers.nonconformity_wording import AREAS, GRADES, STATUSES
from engine.store.tables import audit_coverage, audit_item, audit_programme, group, internal_audit, nonconformity, user
from engine.store.types import Record

AUDIT = "internal_audit"


def collect(connection: Connection, record_id: int, zone: ZoneInfo) -> Collected:
    """The data of the report on one audit. Raises ``RecordMissing``."""
    row = _audit(connection, record_id)
    items = _items(connection, record_id)
    found = _nonconformities(connection, row)
    counts = Counter(one.result for one in items)
    departments = list(
        dict.fromkeys([*_covered(connection, record_id, "department"), *(one.department for one in items)])
    )
    auditors = [row.lead, *_covered(connection, record_id, "auditor"), *(one.auditor for one in items)]
    data = {
        "audit": _facts(row, zone),
        "departments": "、".join(departments),
        "auditors": "、".join(dict.fromkeys(name for name in auditors if name)),
        "items_count": linked(len(items), AUDIT, row.id),
        "open_count": linked(counts[None], AUDIT, row.id),
        "counts": {code: linked(counts[code], AUDIT, row.id) for code in RESULTS},
        "nonconformities_count": listed(len(found), "nonconformity", q=row.number),
        "by_department": [_totals(name, items, row.id) for name in departments],
        "nonconformities": [_nonconformity(one) for one in found],
        "remarks": [_item(one, row.id) for one in items if one.result in ("observation", "opportunity")],
        "items": [_item(one, row.id) for one in items],
    }
    return Collected(f"内部审核报告 {row.number} {row.title}", data, row.instance_id)


def _audit(connection: Connection, record_id: int) -> Record:
    lead, approver = user.alias("lead"), user.alias("approver")
    query = (
        select(
            internal_audit,
            lead.c.name.label("lead"),
            approver.c.name.label("approver"),
            audit_programme.c.number.label("programme"),
        )
        .outerjoin(lead, lead.c.id == internal_audit.c.lead_auditor_id)
        .outerjoin(approver, approver.c.id == internal_audit.c.approved_by_id)
        .outerjoin(audit_programme, audit_programme.c.id == internal_audit.c.programme_id)
        .where(internal_audit.c.id == record_id)
    )
    row = connection.execute(query).one_or_none()
    if row is None:
        raise RecordMissing()
    return row


def _facts(row: Record, zone: ZoneInfo) -> dict[str, Any]:
    begins, ends = day(row.begins_on, zone), day(row.ends_on, zone)
    return {
        "number": linked(row.number, AUDIT, row.id),
        "title": row.title,
        "year": row.year,
        "programme": row.programme or "",
        "criteria": row.criteria,
        "scope": row.scope,
        "period": f"{begins} 至 {ends}" if ends and ends != begins else begins,
        "lead": row.lead or "",
        "approved_by": row.approver or "",
        "approved_on": day(row.approved_at, zone),
        "conclusion": row.conclusion or "",
    }


def _covered(connection: Connection, record_id: int, what: str) -> list[str]:
    """The departments or the auditors of the plan, in its order."""
    named, column = (
        (group.c.name_zh, audit_coverage.c.department_id == group.c.id)
        if what == "department"
        else (user.c.name, audit_coverage.c.auditor_id == user.c.id)
    )
    query = select(named).select_from(audit_coverage).join(named.table, column)
    rows = connection.scalars(
        query.where(audit_coverage.c.audit_id == record_id).order_by(audit_coverage.c.department_id)
    )
    return list(dict.fromkeys(rows))


def _items(connection: Connection, record_id: int) -> list[Record]:
    query = (
        select(audit_item, group.c.name_zh.label("department"), user.c.name.label("auditor"))
        .join(group, group.c.id == audit_item.c.department_id)
        .outerjoin(user, user.c.id == audit_item.c.auditor_id)
        .where(audit_item.c.audit_id == record_id)
        .order_by(audit_item.c.department_id, audit_item.c.ordinal)
    )
    return list(connection.execute(query))


def _nonconformities(connection: Connection, row: Record) -> list[Record]:
    query = (
        select(nonconformity, group.c.name_zh.label("department"))
        .join(group, group.c.id == nonconformity.c.department_id)
        .where(nonconformity.c.source_type == AUDIT, nonconformity.c.source_id.in_([str(row.id), row.number]))
        .order_by(nonconformity.c.id)
    )
    return list(connection.execute(query))


def _nonconformity(row: Record) -> dict[str, Any]:
    return {
        "number": linked(row.number, "nonconformity", row.id),
        "department": row.department,
        "clause": row.clause,
        "area": spoken(AREAS, row.area),
        "grade": spoken(GRADES, row.grade),
        "title": row.title,
        "status": spoken(STATUSES, row.status),
    }


def _totals(name: str, items: list[Record], audit_id: int) -> dict[str, Any]:
    counts = Counter(one.result for one in items if one.department == name)
    figures = {code: linked(counts[code], AUDIT, audit_id) for code in RESULTS}
    return {"department": name, "total": linked(counts.total(), AUDIT, audit_id), **figures}


def _item(row: Record, audit_id: int) -> dict[str, Any]:
    return {
        "department": row.department,
        "clause": row.clause,
        "question": row.question_zh,
        "question_en": row.question_en,
        "result": linked(spoken(RESULTS, row.result) or "未检查", AUDIT, audit_id),
        "evidence": "\n".join(text for text in (row.evidence, row.samples) if text),
        "auditor": row.auditor or "",
        "nonconformity": (
            linked(row.nonconformity_number, "nonconformity", row.nonconformity_number)
            if row.nonconformity_number
            else ""
        ),
    }


_ITEM = {
    "department": "运维服务部",
    "clause": "7.3",
    "question": "备件台账与库存是否一致？",
    "question_en": "Do the records of spare parts match the stock?",
    "result": linked("一般不符合", AUDIT, 1),
    "evidence": "抽查 20 项，3 项账实不符",
    "auditor": "何欣",
    "nonconformity": linked("N-20260302-001", "nonconformity", 1),
}

INTERNAL_AUDIT_REPORT = DocumentKind(
    key="internal_audit_report",
    zh="内部审核报告",
    en="Internal audit report",
    record_type=AUDIT,
    collect=collect,
    example={
        "audit": {
            "number": linked("IA-20260302-001", AUDIT, 1),
            "title": "2026 年上半年内部审核",
            "year": 2026,
            "programme": "AP-20260105-001",
            "criteria": "GB/T 28827.1-2012、公司服务质量方针",
            "scope": "运行维护服务的人员、资源、技术和过程",
            "period": "2026-03-02 至 2026-03-06",
            "lead": "徐梅",
            "approved_by": "林芳",
            "approved_on": "2026-02-20",
            "conclusion": "体系总体符合要求，备件管理需要改进。",
        },
        "departments": "服务台、运维服务部",
        "auditors": "徐梅、何欣、孙丽",
        "items_count": linked(37, AUDIT, 1),
        "open_count": linked(0, AUDIT, 1),
        "counts": {code: linked(number, AUDIT, 1) for code, number in zip(RESULTS, (32, 1, 0, 2, 1, 1), strict=True)},
        "nonconformities_count": listed(1, "nonconformity", q="IA-20260302-001"),
        "by_department": [
            {
                "department": "运维服务部",
                "total": linked(20, AUDIT, 1),
                **{code: linked(number, AUDIT, 1) for code, number in zip(RESULTS, (17, 1, 0, 1, 1, 0), strict=True)},
            }
        ],
        "nonconformities": [
            {
                "number": linked("N-20260302-001", "nonconformity", 1),
                "department": "运维服务部",
                "clause": "7.3",
                "area": "资源",
                "grade": "一般不符合",
                "title": "备件台账与库存不一致",
                "status": "整改中",
            }
        ],
        "remarks": [{**_ITEM, "result": linked("观察项", AUDIT, 1), "nonconformity": ""}],
        "items": [_ITEM],
    },
)
