"""管理评审报告: who met, what was laid before them, how they judge the system, and what they decided."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, select

from engine.documents.kind import Collected, DocumentKind, RecordMissing, day, linked, moment
from engine.documents.nonconformity_report import spoken
from engine.registers.nonconformity_wording import ACTION_STATUSES
from engine.registers.review_wording import ATTENDEES, INPUT_STATUSES, VERDICTS
from engine.store.tables import corrective_action, group, management_review, review_attendance, review_input, user
from engine.store.types import Record

REVIEW = "management_review"
JUDGED = (
    ("suitability", "适宜性", "Suitability"),
    ("adequacy", "充分性", "Adequacy"),
    ("effectiveness", "有效性", "Effectiveness"),
)


def collect(connection: Connection, record_id: int, zone: ZoneInfo) -> Collected:
    """The data of the report on one review. Raises ``RecordMissing``."""
    row = connection.execute(
        select(management_review, user.c.name.label("approver"))
        .outerjoin(user, user.c.id == management_review.c.approved_by_id)
        .where(management_review.c.id == record_id)
    ).one_or_none()
    if row is None:
        raise RecordMissing()
    inputs, actions = _inputs(connection, record_id), _actions(connection, record_id)
    data = {
        "review": _facts(row, zone),
        "attendance": [_attendance(one) for one in _attendees(connection, record_id)],
        "inputs_count": linked(len(inputs), REVIEW, row.id),
        "received_count": linked(sum(1 for one in inputs if one.status == "received"), REVIEW, row.id),
        "inputs": [_input(one, zone) for one in inputs],
        "verdicts": [
            {
                "zh": zh,
                "en": en,
                "verdict": spoken(VERDICTS, getattr(row, key)),
                "note": getattr(row, f"{key}_note") or "",
            }
            for key, zh, en in JUDGED
        ],
        "actions_count": linked(len(actions), REVIEW, row.id),
        "actions": [_action(one, zone) for one in actions],
    }
    return Collected(f"管理评审报告 {row.number} {row.title}", data, row.instance_id)


def _facts(row: Record, zone: ZoneInfo) -> dict[str, Any]:
    return {
        "number": linked(row.number, REVIEW, row.id),
        "title": row.title,
        "year": row.year,
        "purpose": row.purpose,
        "agenda": row.agenda,
        "place": row.place,
        "meets_at": moment(row.meets_at, zone),
        "held_at": moment(row.held_at, zone),
        "approved_by": row.approver or "",
        "approved_on": day(row.approved_at, zone),
        "minutes": row.minutes or "",
    }


def _attendees(connection: Connection, record_id: int) -> list[Record]:
    query = select(review_attendance).where(review_attendance.c.review_id == record_id)
    return list(connection.execute(query.order_by(review_attendance.c.kind, review_attendance.c.person)))


def _attendance(row: Record) -> dict[str, str]:
    return {
        "kind": spoken(ATTENDEES, row.kind),
        "person": row.person,
        "present": "出席" if row.is_present else "缺席",
        "waiver": row.waiver_reason,
    }


def _inputs(connection: Connection, record_id: int) -> list[Record]:
    query = (
        select(review_input, group.c.name_zh.label("owner"), user.c.name.label("provider"))
        .join(group, group.c.id == review_input.c.owner_group_id)
        .outerjoin(user, user.c.id == review_input.c.provided_by_id)
        .where(review_input.c.review_id == record_id)
        .order_by(review_input.c.ordinal)
    )
    return list(connection.execute(query))


def _input(row: Record, zone: ZoneInfo) -> dict[str, Any]:
    return {
        "number": row.ordinal,
        "title": row.title_zh,
        "title_en": row.title_en,
        "owner": row.owner,
        "status": linked(spoken(INPUT_STATUSES, row.status), REVIEW, row.review_id),
        "summary": row.summary or row.waiver_reason or "",
        "by": row.provider or "",
        "on": day(row.provided_at, zone),
    }


def _actions(connection: Connection, record_id: int) -> list[Record]:
    query = (
        select(corrective_action, user.c.name.label("owner"))
        .join(user, user.c.id == corrective_action.c.owner_id)
        .where(corrective_action.c.management_review_id == record_id)
        .order_by(corrective_action.c.id)
    )
    return list(connection.execute(query))


def _action(row: Record, zone: ZoneInfo) -> dict[str, Any]:
    return {
        "number": linked(row.number, "corrective_action", row.id),
        "description": row.description,
        "owner": row.owner,
        "due_on": day(row.due_on, zone),
        "status": linked(spoken(ACTION_STATUSES, row.status), REVIEW, row.management_review_id),
    }


MANAGEMENT_REVIEW_REPORT = DocumentKind(
    key="management_review_report",
    zh="管理评审报告",
    en="Management review report",
    record_type=REVIEW,
    collect=collect,
    example={
        "review": {
            "number": linked("MR-20260110-001", REVIEW, 1),
            "title": "2026 年度管理评审",
            "year": 2026,
            "purpose": "评价服务质量管理体系的适宜性、充分性和有效性。",
            "agenda": "一、各部门汇报\n二、评审结论\n三、改进决定",
            "place": "一号会议室",
            "meets_at": "2026-01-28 14:00",
            "held_at": "2026-01-28 14:05",
            "approved_by": "马建国",
            "approved_on": "2026-01-12",
            "minutes": "各部门汇报后逐项讨论。",
        },
        "attendance": [{"kind": "最高管理者", "person": "马建国", "present": "出席", "waiver": ""}],
        "inputs_count": linked(7, REVIEW, 1),
        "received_count": linked(7, REVIEW, 1),
        "inputs": [
            {
                "number": 1,
                "title": "内部审核结果",
                "title_en": "Results of internal audits",
                "owner": "质量管理部",
                "status": linked("已提交", REVIEW, 1),
                "summary": "全年两次内部审核，3 项不符合均已关闭。",
                "by": "徐梅",
                "on": "2026-01-20",
            }
        ],
        "verdicts": [{"zh": zh, "en": en, "verdict": "满足", "note": "与业务发展一致。"} for _key, zh, en in JUDGED],
        "actions_count": linked(1, REVIEW, 1),
        "actions": [
            {
                "number": linked("CA-20260128-001", "corrective_action", 1),
                "description": "建立备件扫码管理",
                "owner": "王强",
                "due_on": "2026-06-30",
                "status": linked("未完成", REVIEW, 1),
            }
        ],
    },
)
