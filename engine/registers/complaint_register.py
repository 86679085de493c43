"""The register of complaints."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, case, exists, or_, select

from engine.registers.complaint_wording import (
    CAUSES,
    CHANNELS,
    FLAGS,
    GRADES,
    KINDS,
    LEVELS,
    SEVERITIES,
    STATUSES,
)
from engine.registers.register import Choice, Field, Register, Section, Standing
from engine.store.tables import complaint, process_instance, user
from engine.store.types import Record

_SETTLED = ("closed", "withdrawn")
_verifier = user.alias("verifier")
# A case that somebody ended before its time leaves its record where it stood; nobody waits for it any more.
_is_cancelled = exists().where(
    process_instance.c.id == complaint.c.instance_id, process_instance.c.status == "cancelled"
)
_standing = case((and_(complaint.c.status.not_in(_SETTLED), _is_cancelled), "withdrawn"), else_=complaint.c.status)


def _is_late(now: datetime) -> ColumnElement[bool]:
    """Neither acknowledged nor answered by its clock."""
    return or_(
        and_(_standing == "registered", complaint.c.acknowledge_due_at < now),
        and_(_standing.in_(("registered", "handling")), complaint.c.resolve_due_at < now),
    )


def _source(row: Record) -> tuple[str, str, str] | None:
    return (row.source_type, row.source_id, f"#{row.source_id}") if row.source_type else None


def _next_due(row: Record) -> Any:
    if row.standing == "registered":
        return row.acknowledge_due_at
    return row.resolve_due_at if row.standing == "handling" else None


def _level(row: Record) -> str:
    return str(row.level)


def _touches(flag: str) -> Field:
    return Field(FLAGS[flag].zh, FLAGS[flag].en, lambda row: flag in row.flags, "yes_no")


_STATUS = Field("状态", "Status", "standing", "badge", STATUSES, on_phone=True)
_GRADE = Field("等级", "Grade", "grade", "badge", GRADES, on_phone=True)
_DUE = Field("期限", "Due", _next_due, "due")
_LEVEL = Field("处理层级", "Level", _level, words=LEVELS)
_CUSTOMER = Field("客户", "Customer", "customer", width=24)
_PROJECT = Field("项目", "Project", "project", width=20)
_COMPLAINANT = Field("投诉人", "Complainant", "complainant")
_CONTACT = Field("联系方式", "Contact", "contact")
_THROUGH = Field("渠道", "Received through", "received_through", words=CHANNELS)
_KIND = Field("类别", "Kind", "kind", words=KINDS)
_SEVERITY = Field("严重程度", "Severity", "severity", words=SEVERITIES)
_SAFETY, _LEGAL, _CONTRACT = _touches("safety"), _touches("legal"), _touches("contract")
_REPEAT = Field("重复投诉", "Repeated", "is_repeat", "yes_no")
_IMPORTANT = Field("重要", "Important", "is_important", "yes_no")
_CONTENT = Field("投诉内容", "Content", "content", "long", width=50)
_REMEDY = Field("客户诉求", "Remedy sought", "remedy_sought", "long", width=40)
_RECEIVED = Field("收到时间", "Received", "received_at", "moment")
_ACKNOWLEDGE_DUE = Field("受理期限", "Acknowledge by", "acknowledge_due_at", "moment")
_ACKNOWLEDGED = Field("受理时间", "Acknowledged", "acknowledged_at", "moment")
_RESOLVE_DUE = Field("答复期限", "Answer by", "resolve_due_at", "moment")
_ANSWERED = Field("答复时间", "Answered", "answered_at", "moment")
_HANDLING = Field("处理情况", "Handling", "handling", "long", width=40)
_ANSWER = Field("给客户的答复", "Answer", "answer", "long", width=40)
_ACCEPTED = Field("客户接受", "Accepted", "accepted", "yes_no")
_DISPUTES = Field("不接受次数", "Disputed (times)", "disputes", "number")
_CAUSE = Field("原因类别", "Category of the cause", "cause_category", words=CAUSES)
_WHYS = Field("逐层原因", "Whys", "whys", "lines", width=50)
_ROOT = Field("根本原因", "Root cause", "root_cause", "long", width=40)
_MEASURES = Field("纠正措施", "Measures", "measures", "long", width=40)
_SCORE = Field("回访评分", "Score of the visit", "visit_score", "number")
_VISIT = Field("回访意见", "What the customer said", "visit_note", "long", width=40)
_VERIFIED = Field("质量验证时间", "Verified", "verified_at", "moment")
_VERIFIER = Field("验证人", "Verified by", "verifier_name", "person")
_VERIFICATION = Field("验证结论", "Verification", "verification", "long", width=40)
_RECURRED = Field("复查再发", "Came back", "recurred", "yes_no")
_CHECKED = Field("复查时间", "Checked for recurrence", "recurrence_checked_at", "moment")
_CLOSED = Field("关闭时间", "Closed", "closed_at", "moment")

COMPLAINTS = Register(
    key="complaint",
    zh="客户投诉",
    en="Complaint",
    en_plural="Complaints",
    icon="phone",
    order=30,
    hint_zh="从受理、处理、答复到关闭，每一件投诉的时限和去向。",
    hint_en="Every complaint from its acknowledgement to its end, with its clocks.",
    table=complaint,
    query=select(complaint, _standing.label("standing"), _verifier.c.name.label("verifier_name")).join(
        _verifier, _verifier.c.id == complaint.c.verified_by_id, isouter=True
    ),
    title="subject",
    moment=complaint.c.received_at,
    search=(
        complaint.c.number,
        complaint.c.customer,
        complaint.c.project,
        complaint.c.complainant,
        complaint.c.subject,
        complaint.c.content,
    ),
    standings=(
        Standing("open", "处理中", "Open", lambda now: _standing.not_in(_SETTLED)),
        Standing("registered", "待受理", "To acknowledge", lambda now: _standing == "registered", "orange"),
        Standing("late", "已超期", "Late", _is_late, "red"),
        Standing("major", "重大", "Major", lambda now: complaint.c.is_major, "red"),
        Standing("watching", "待复查", "Watched", lambda now: _standing == "watching"),
        Standing("closed", "已关闭", "Closed", lambda now: complaint.c.status == "closed", "green"),
    ),
    choices=(
        Choice("grade", "等级", "Grade", complaint.c.grade, GRADES),
        Choice("kind", "类别", "Kind", complaint.c.kind, KINDS),
        Choice("through", "渠道", "Received through", complaint.c.received_through, CHANNELS),
    ),
    columns=(_STATUS, _GRADE, _DUE, _CUSTOMER, _LEVEL, _RECEIVED),
    sections=(
        Section(
            "投诉",
            "Complaint",
            (
                _CUSTOMER,
                _PROJECT,
                _COMPLAINANT,
                _CONTACT,
                _THROUGH,
                Field("来源", "Source", _source, "record"),
                _KIND,
                _SEVERITY,
                _SAFETY,
                _LEGAL,
                _CONTRACT,
                _REPEAT,
                _IMPORTANT,
                _CONTENT,
                _REMEDY,
            ),
        ),
        Section(
            "时限与层级",
            "Clocks and level",
            (_RECEIVED, _ACKNOWLEDGE_DUE, _ACKNOWLEDGED, _RESOLVE_DUE, _ANSWERED, _LEVEL, _CLOSED),
        ),
        Section("处理与答复", "Handling and answer", (_HANDLING, _ANSWER, _ACCEPTED, _DISPUTES)),
        Section(
            "重大投诉：原因、回访、验证、复查",
            "Major complaint: cause, visit, verification, recurrence",
            (
                _WHYS,
                _CAUSE,
                _ROOT,
                _MEASURES,
                _SCORE,
                _VISIT,
                _VERIFIED,
                _VERIFIER,
                _VERIFICATION,
                _RECURRED,
                _CHECKED,
            ),
        ),
    ),
    exports=(
        Field("编号", "Number", "number"),
        Field("事由", "Subject", "subject", width=40),
        _STATUS,
        _GRADE,
        _LEVEL,
        _CUSTOMER,
        _PROJECT,
        _COMPLAINANT,
        _CONTACT,
        _THROUGH,
        _KIND,
        _SEVERITY,
        _SAFETY,
        _LEGAL,
        _CONTRACT,
        _REPEAT,
        _IMPORTANT,
        _CONTENT,
        _REMEDY,
        _RECEIVED,
        _ACKNOWLEDGE_DUE,
        _ACKNOWLEDGED,
        _RESOLVE_DUE,
        _ANSWERED,
        _HANDLING,
        _ANSWER,
        _ACCEPTED,
        _DISPUTES,
        _CAUSE,
        _WHYS,
        _ROOT,
        _MEASURES,
        _SCORE,
        _VISIT,
        _VERIFIED,
        _VERIFIER,
        _VERIFICATION,
        _RECURRED,
        _CHECKED,
        _CLOSED,
    ),
)
