"""重大投诉分析报告: what the customer complained about, how it was handled in time, why it happened, what follows."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, func, select

from engine.documents.kind import Collected, DocumentKind, RecordMissing, day, linked, listed, moment
from engine.documents.nonconformity_report import spoken
from engine.registers import complaint_wording, nonconformity_wording
from engine.store.tables import complaint, nonconformity
from engine.store.types import Record

YEAR = timedelta(days=365)


def collect(connection: Connection, record_id: int, zone: ZoneInfo) -> Collected:
    """The data of the report on one complaint. Raises ``RecordMissing``."""
    row = connection.execute(select(complaint).where(complaint.c.id == record_id)).one_or_none()
    if row is None:
        raise RecordMissing()
    earlier = _earlier(connection, row)
    data = {
        "complaint": _facts(row, zone),
        "times": [
            _time("受理", "Acknowledged", row.acknowledged_at, row.acknowledge_due_at, zone),
            _time("答复", "Answered", row.answered_at, row.resolve_due_at, zone),
            _time("关闭", "Closed", row.closed_at, None, zone),
        ],
        "whys": [{"number": number, "text": str(why)} for number, why in enumerate(row.whys or [], 1)],
        "earlier_count": listed(len(earlier), "complaint", q=row.customer) if row.customer else str(len(earlier)),
        "earlier": [
            {
                "number": linked(one.number, "complaint", one.id),
                "received_on": day(one.received_at, zone),
                "subject": one.subject,
                "grade": spoken(complaint_wording.GRADES, one.grade),
                "status": spoken(complaint_wording.STATUSES, one.status),
            }
            for one in earlier
        ],
        "nonconformities": [
            {
                "number": linked(one.number, "nonconformity", one.id),
                "title": one.title,
                "status": spoken(nonconformity_wording.STATUSES, one.status),
            }
            for one in _nonconformities(connection, row)
        ],
    }
    return Collected(f"重大投诉分析报告 {row.number} {row.customer}".strip(), data, row.instance_id)


def _facts(row: Record, zone: ZoneInfo) -> dict[str, Any]:
    return {
        "number": linked(row.number, "complaint", row.id),
        "subject": row.subject,
        "customer": row.customer,
        "complainant": row.complainant,
        "project": row.project,
        "received_at": moment(row.received_at, zone),
        "through": spoken(complaint_wording.CHANNELS, row.received_through),
        "kind": spoken(complaint_wording.KINDS, row.kind),
        "severity": spoken(complaint_wording.SEVERITIES, row.severity),
        "grade": spoken(complaint_wording.GRADES, row.grade),
        "flags": "、".join(spoken(complaint_wording.FLAGS, flag) for flag in row.flags or ()),
        "status": spoken(complaint_wording.STATUSES, row.status),
        "content": row.content,
        "remedy_sought": row.remedy_sought,
        "handling": row.handling or "",
        "answer": row.answer or "",
        "accepted": {None: "", True: "接受", False: "不接受"}[row.accepted],
        "disputes": linked(row.disputes, "complaint", row.id),
        "cause": spoken(complaint_wording.CAUSES, row.cause_category),
        "root_cause": row.root_cause or "",
        "measures": row.measures or "",
        "verification": row.verification or "",
        "visit_score": "" if row.visit_score is None else linked(f"{row.visit_score} / 5", "complaint", row.id),
        "visit_note": row.visit_note or "",
        "recurred": {None: "", True: "有", False: "无"}[row.recurred],
    }


def _time(zh: str, en: str, done_at: Any, due_at: Any, zone: ZoneInfo) -> dict[str, str]:
    in_time = "" if due_at is None or done_at is None else "是" if done_at <= due_at else "否"
    return {"zh": zh, "en": en, "at": moment(done_at, zone), "due": moment(due_at, zone), "in_time": in_time}


def _earlier(connection: Connection, row: Record) -> list[Record]:
    """The customer's other complaints of the year before."""
    if not row.customer:
        return []
    query = select(complaint).where(
        func.lower(complaint.c.customer) == row.customer.lower(),
        complaint.c.id != row.id,
        complaint.c.received_at <= row.received_at,
        complaint.c.received_at >= row.received_at - YEAR,
    )
    return list(connection.execute(query.order_by(complaint.c.received_at)))


def _nonconformities(connection: Connection, row: Record) -> list[Record]:
    query = select(nonconformity).where(
        nonconformity.c.source_type == "complaint", nonconformity.c.source_id.in_([str(row.id), row.number])
    )
    return list(connection.execute(query.order_by(nonconformity.c.id)))


MAJOR_COMPLAINT_REPORT = DocumentKind(
    key="major_complaint_report",
    zh="重大投诉分析报告",
    en="Major complaint analysis",
    record_type="complaint",
    collect=collect,
    example={
        "complaint": {
            "number": linked("C-20260302-001", "complaint", 1),
            "subject": "核心系统连续两次中断",
            "customer": "清河水务集团",
            "complainant": "周主任",
            "project": "调度平台运维",
            "received_at": "2026-03-02 09:12",
            "through": "电话",
            "kind": "服务质量",
            "severity": "严重",
            "grade": "重大投诉",
            "flags": "涉嫌违约",
            "status": "待复查",
            "content": "一周内调度平台两次中断，每次超过一小时。",
            "remedy_sought": "书面说明原因并给出整改计划。",
            "handling": "恢复服务，派驻工程师值守两周。",
            "answer": "已向客户提交书面说明和整改计划。",
            "accepted": "接受",
            "disputes": linked(0, "complaint", 1),
            "cause": "技术",
            "root_cause": "存储固件缺陷，变更前没有在备机验证。",
            "measures": "固件变更一律先在备机验证 72 小时。",
            "verification": "两次变更均有备机验证记录。",
            "visit_score": linked("4 / 5", "complaint", 1),
            "visit_note": "客户认可整改计划。",
            "recurred": "无",
        },
        "times": [
            {"zh": "受理", "en": "Acknowledged", "at": "2026-03-02 09:40", "due": "2026-03-02 10:12", "in_time": "是"},
            {"zh": "答复", "en": "Answered", "at": "2026-03-04 16:00", "due": "2026-03-05 18:00", "in_time": "是"},
            {"zh": "关闭", "en": "Closed", "at": "2026-03-06 11:00", "due": "", "in_time": ""},
        ],
        "whys": [{"number": 1, "text": "存储控制器重启。"}, {"number": 2, "text": "固件存在缺陷。"}],
        "earlier_count": listed(1, "complaint", q="清河水务集团"),
        "earlier": [
            {
                "number": linked("C-20251110-002", "complaint", 2),
                "received_on": "2025-11-10",
                "subject": "响应不及时",
                "grade": "一般投诉",
                "status": "已关闭",
            }
        ],
        "nonconformities": [
            {"number": linked("N-20260305-001", "nonconformity", 3), "title": "变更验证缺失", "status": "整改中"}
        ],
    },
)
