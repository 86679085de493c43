"""不符合项报告: what was found, why it happened, what was done, and whether it helped."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, select

from engine.documents.kind import Collected, DocumentKind, RecordMissing, day, linked
from engine.registers.nonconformity_wording import ACTION_STATUSES, AREAS, CAUSES, GRADES, STATUSES
from engine.registers.register import Words
from engine.store.tables import corrective_action, group, nonconformity, user
from engine.store.types import Record


def collect(connection: Connection, record_id: int, zone: ZoneInfo) -> Collected:
    """The data of the report on one nonconformity. Raises ``RecordMissing``."""
    row = connection.execute(
        select(nonconformity, group.c.name_zh.label("department"), user.c.name.label("raised_by"))
        .join(group, group.c.id == nonconformity.c.department_id)
        .outerjoin(user, user.c.id == nonconformity.c.raised_by_id)
        .where(nonconformity.c.id == record_id)
    ).one_or_none()
    if row is None:
        raise RecordMissing()
    data = {
        "nonconformity": _facts(row, zone),
        "whys": [{"number": number, "text": str(why)} for number, why in enumerate(row.whys or [], 1)],
        "actions": [_action(one, zone) for one in _actions(connection, record_id)],
    }
    return Collected(f"不符合项报告 {row.number} {row.title}", data, row.instance_id)


def spoken(words: Words, code: str | None) -> str:
    """A code by its Chinese name."""
    word = words.get(code or "")
    return code or "" if word is None else word.zh


def _facts(row: Record, zone: ZoneInfo) -> dict[str, Any]:
    source: Any = row.source_label
    if row.source_type and row.source_id:
        source = linked(row.source_label or row.source_id, row.source_type, row.source_id)
    return {
        "number": linked(row.number, "nonconformity", row.id),
        "title": row.title,
        "source": source,
        "department": row.department,
        "grade": spoken(GRADES, row.grade),
        "area": spoken(AREAS, row.area),
        "clause": row.clause,
        "description": row.description,
        "evidence": row.evidence,
        "raised_on": day(row.raised_at, zone),
        "raised_by": row.raised_by or "",
        "status": spoken(STATUSES, row.status),
        "containment": row.containment or "",
        "root_cause": row.root_cause or "",
        "cause": spoken(CAUSES, row.cause_category),
        "similar_cases": row.similar_cases or "",
        "effectiveness_due_on": day(row.effectiveness_due_on, zone),
        "effective": {None: "", True: "有效", False: "无效"}[row.effective],
        "effectiveness_note": row.effectiveness_note or "",
        "rounds": linked(row.reopen_count + 1, "nonconformity", row.id),
        "closed_on": day(row.closed_at, zone),
    }


def _actions(connection: Connection, record_id: int) -> list[Record]:
    owner, verifier = user.alias("owner"), user.alias("verifier")
    query = (
        select(corrective_action, owner.c.name.label("owner"), verifier.c.name.label("verifier"))
        .join(owner, owner.c.id == corrective_action.c.owner_id)
        .outerjoin(verifier, verifier.c.id == corrective_action.c.verified_by_id)
        .where(corrective_action.c.nonconformity_id == record_id)
        .order_by(corrective_action.c.id)
    )
    return list(connection.execute(query))


def _action(row: Record, zone: ZoneInfo) -> dict[str, Any]:
    return {
        "number": linked(row.number, "corrective_action", row.id),
        "description": row.description,
        "owner": row.owner,
        "due_on": day(row.due_on, zone),
        "status": spoken(ACTION_STATUSES, row.status),
        "result": row.result or "",
        "done_on": day(row.done_at, zone),
        "verification": row.verification or "",
        "verified_by": row.verifier or "",
        "verified_on": day(row.verified_at, zone),
    }


NONCONFORMITY_REPORT = DocumentKind(
    key="nonconformity_report",
    zh="不符合项报告",
    en="Nonconformity report",
    record_type="nonconformity",
    collect=collect,
    example={
        "nonconformity": {
            "number": linked("N-20260302-001", "nonconformity", 1),
            "title": "备件台账与库存不一致",
            "source": linked("IA-2026-01 上半年内部审核", "internal_audit", 1),
            "department": "运维服务部",
            "grade": "一般不符合",
            "area": "资源",
            "clause": "7.3",
            "description": "抽查 20 项备件，3 项账实不符。",
            "evidence": "盘点表 2026-02-27",
            "raised_on": "2026-03-02",
            "raised_by": "何欣",
            "status": "已关闭",
            "containment": "当日完成全部备件盘点。",
            "root_cause": "领用后没有当场登记的要求。",
            "cause": "过程",
            "similar_cases": "其他两个库房未发现同类问题。",
            "effectiveness_due_on": "2026-04-20",
            "effective": "有效",
            "effectiveness_note": "连续两次抽查账实一致。",
            "rounds": linked(1, "nonconformity", 1),
            "closed_on": "2026-04-20",
        },
        "whys": [
            {"number": 1, "text": "领用后没有登记。"},
            {"number": 2, "text": "登记在每周末统一补录。"},
            {"number": 3, "text": "制度没有要求当场登记。"},
        ],
        "actions": [
            {
                "number": linked("N-20260302-001-01", "corrective_action", 1),
                "description": "修订备件管理制度，要求领用时扫码登记",
                "owner": "李浩",
                "due_on": "2026-03-20",
                "status": "已验证",
                "result": "制度 V2.1 已发布并培训。",
                "done_on": "2026-03-18",
                "verification": "抽查 10 笔领用，均已登记。",
                "verified_by": "徐梅",
                "verified_on": "2026-03-21",
            }
        ],
    },
)
