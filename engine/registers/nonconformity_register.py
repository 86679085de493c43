"""The registers of nonconformities and of corrective actions."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, select

from engine.registers.nonconformity_wording import ACTION_KINDS, ACTION_STATUSES, AREAS, CAUSES, GRADES, STATUSES
from engine.registers.register import Choice, Field, Register, Related, Section, Standing
from engine.store.tables import (
    corrective_action,
    group,
    improvement,
    management_review,
    nonconformity,
    process_instance,
    user,
)
from engine.store.types import Record

_SETTLED = ("closed", "withdrawn")
_raiser, _earlier = user.alias("raiser"), nonconformity.alias("earlier")
_corrected = nonconformity.alias("corrected")
_owner, _verifier = user.alias("owner"), user.alias("verifier")


def _is_cancelled(instance_id: ColumnElement[str]) -> ColumnElement[bool]:
    return exists().where(process_instance.c.id == instance_id, process_instance.c.status == "cancelled")


# A case that somebody ended before its time leaves its records where they stood; nobody waits for them any more.
_standing = case(
    (and_(nonconformity.c.status.not_in(_SETTLED), _is_cancelled(nonconformity.c.instance_id)), "withdrawn"),
    else_=nonconformity.c.status,
)
_of_cancelled = exists().where(
    _corrected.c.id == corrective_action.c.nonconformity_id, _is_cancelled(_corrected.c.instance_id)
)
_action_standing = case(
    (and_(corrective_action.c.status != "verified", _of_cancelled), "withdrawn"), else_=corrective_action.c.status
)


def _is_overdue(now: datetime) -> ColumnElement[bool]:
    """An action that should have been done by the end of an earlier day."""
    return and_(_action_standing == "open", corrective_action.c.due_on < now.date())


def _has_overdue(now: datetime) -> ColumnElement[bool]:
    return exists().where(corrective_action.c.nonconformity_id == nonconformity.c.id, _is_overdue(now))


def _count(*conditions: ColumnElement[bool]) -> ColumnElement[int]:
    mine = corrective_action.c.nonconformity_id == nonconformity.c.id
    return select(func.count()).select_from(corrective_action).where(mine, *conditions).scalar_subquery()


def _actions(record_id: int) -> Select[Any]:
    return (
        select(
            corrective_action,
            _action_standing.label("standing"),
            _owner.c.name.label("owner_name"),
        )
        .join(_owner, _owner.c.id == corrective_action.c.owner_id)
        .where(corrective_action.c.nonconformity_id == record_id)
        .order_by(corrective_action.c.id)
    )


def _repeated_by(record_id: int) -> Select[Any]:
    repeating = select(nonconformity, _standing.label("standing"))
    return repeating.where(nonconformity.c.repeats_id == record_id).order_by(nonconformity.c.id)


def _source(row: Record) -> tuple[str, str, str] | None:
    return (row.source_type, row.source_id, row.source_label or row.source_id) if row.source_type else None


def _repeats(row: Record) -> tuple[str, int, str] | None:
    return ("nonconformity", row.repeats_id, row.earlier_number) if row.repeats_id else None


def _progress(row: Record) -> str:
    return f"{row.actions_settled}/{row.actions}" if row.actions else ""


_STATUS = Field("状态", "Status", "standing", "badge", STATUSES, on_phone=True)
_GRADE = Field("等级", "Grade", "grade", "badge", GRADES, on_phone=True)
_CLAUSE = Field("条款", "Clause", "clause")
_AREA = Field("所属方面", "Area", "area", words=AREAS)
_DEPARTMENT = Field("责任部门", "Department", "department", "named")
_RAISED = Field("提出时间", "Raised", "raised_at", "moment")
_RAISER = Field("提出人", "Raised by", "raiser_name", "person")
_SOURCE = Field("来源", "Source", _source, "record", width=30)
_PROGRESS = Field("措施完成", "Actions done", _progress)
_EFFECT_DUE = Field("有效性验证日", "Effect due", "effectiveness_due_on", "date")
_CLOSED = Field("关闭时间", "Closed", "closed_at", "moment")
_DESCRIPTION = Field("描述", "Description", "description", "long", width=50)
_EVIDENCE = Field("客观证据", "Objective evidence", "evidence", "long", width=40)
_CONTAINMENT = Field("应急措施", "Containment", "containment", "long", width=40)
_WHYS = Field("逐层原因", "Whys", "whys", "lines", width=50)
_ROOT = Field("根本原因", "Root cause", "root_cause", "long", width=40)
_CAUSE = Field("原因类别", "Category of the cause", "cause_category", words=CAUSES)
_SIMILAR = Field("相似情况排查", "Similar cases", "similar_cases", "long", width=40)
_EFFECTIVE = Field("措施有效", "Effective", "effective", "yes_no")
_EFFECT_NOTE = Field("有效性验证结论", "What was found of the effect", "effectiveness_note", "long", width=40)
_REOPENED = Field("重新打开次数", "Reopened (times)", "reopen_count", "number")

_NUMBER = Field("编号", "Number", "number")
_ACTION = Field("措施", "Action", "description", "long", width=50)
_OWNER = Field("负责人", "Owner", "owner_name", "person", on_phone=True)
_DUE = Field("完成期限", "Due", "due_on", "date", on_phone=True)
_ACTION_STATUS = Field("状态", "Status", "standing", "badge", ACTION_STATUSES, on_phone=True)
_RESULT = Field("落实情况与证据", "What was done", "result", "long", width=40)
_DONE = Field("落实时间", "Done", "done_at", "moment")
_VERIFICATION = Field("验证发现", "Verification", "verification", "long", width=40)
_VERIFIED = Field("验证时间", "Verified", "verified_at", "moment")
_VERIFIER = Field("验证人", "Verified by", "verifier_name", "person")
_ROUND = Field("轮次", "Round", "round", "number")

# How other registers list the nonconformities their records led to.
RAISED_COLUMNS = (
    Field("编号", "Number", "number", on_phone=True),
    Field("名称", "Title", "title", on_phone=True),
    Field("等级", "Grade", "grade", "badge", GRADES),
    Field("状态", "Status", "status", "badge", STATUSES),
)


def raised_from(record_type: str, record_id: int) -> Select[Any]:
    """The nonconformities a record led to."""
    mine = (nonconformity.c.source_type == record_type, nonconformity.c.source_id == str(record_id))
    return select(nonconformity).where(*mine).order_by(nonconformity.c.id)


NONCONFORMITIES = Register(
    key="nonconformity",
    zh="不符合项",
    en="Nonconformity",
    en_plural="Nonconformities",
    icon="alert",
    order=40,
    hint_zh="从提出、分析、整改到有效性验证，每一步都在这里。",
    hint_en="From what was raised to the effect that was verified.",
    table=nonconformity,
    query=select(
        nonconformity,
        group.c.name_zh.label("department_zh"),
        group.c.name_en.label("department_en"),
        _raiser.c.name.label("raiser_name"),
        _earlier.c.number.label("earlier_number"),
        _standing.label("standing"),
        _count().label("actions"),
        _count(corrective_action.c.status != "open").label("actions_settled"),
    )
    .join(group, group.c.id == nonconformity.c.department_id)
    .join(_raiser, _raiser.c.id == nonconformity.c.raised_by_id, isouter=True)
    .join(_earlier, _earlier.c.id == nonconformity.c.repeats_id, isouter=True),
    title="title",
    moment=nonconformity.c.raised_at,
    search=(
        nonconformity.c.number,
        nonconformity.c.title,
        nonconformity.c.description,
        nonconformity.c.clause,
        nonconformity.c.source_label,
    ),
    standings=(
        Standing("open", "处理中", "Open", lambda now: _standing.not_in(_SETTLED)),
        Standing("raised", "待确认", "To review", lambda now: _standing == "raised", "orange"),
        Standing("overdue", "整改逾期", "Actions overdue", _has_overdue, "red"),
        Standing("watching", "待验有效性", "Effect watched", lambda now: _standing == "watching"),
        Standing("closed", "已关闭", "Closed", lambda now: _standing == "closed", "green"),
    ),
    choices=(
        Choice("grade", "等级", "Grade", nonconformity.c.grade, GRADES),
        Choice("area", "所属方面", "Area", nonconformity.c.area, AREAS),
        Choice("cause", "原因类别", "Category of the cause", nonconformity.c.cause_category, CAUSES),
    ),
    department=nonconformity.c.department_id,
    columns=(_STATUS, _GRADE, _CLAUSE, _DEPARTMENT, _PROGRESS, _RAISED, _EFFECT_DUE),
    sections=(
        Section(
            "不符合",
            "Nonconformity",
            (
                _SOURCE,
                _DEPARTMENT,
                _CLAUSE,
                _AREA,
                _RAISED,
                _RAISER,
                _DESCRIPTION,
                _EVIDENCE,
                Field("重复发生自", "Repeats", _repeats, "record"),
            ),
        ),
        Section("原因分析", "Analysis", (_CONTAINMENT, _WHYS, _ROOT, _CAUSE, _SIMILAR)),
        Section(
            "有效性与关闭",
            "Effect and closing",
            (_EFFECT_DUE, _EFFECTIVE, _EFFECT_NOTE, _REOPENED, _CLOSED),
        ),
    ),
    related=(
        Related(
            "纠正措施",
            "Corrective actions",
            _actions,
            (_NUMBER, _ACTION, _OWNER, _DUE, _ACTION_STATUS, _ROUND),
            record_type="corrective_action",
        ),
        Related(
            "重复发生",
            "Repeated by",
            _repeated_by,
            (_NUMBER, Field("概述", "In short", "title"), _STATUS),
            record_type="nonconformity",
        ),
    ),
    exports=(
        _NUMBER,
        Field("概述", "In short", "title", width=40),
        *(_STATUS, _GRADE, _DEPARTMENT, _CLAUSE, _AREA, _SOURCE, _RAISED, _RAISER, _DESCRIPTION, _EVIDENCE),
        *(_CONTAINMENT, _WHYS, _ROOT, _CAUSE, _SIMILAR, _PROGRESS, _EFFECT_DUE, _EFFECTIVE, _EFFECT_NOTE),
        *(_REOPENED, Field("重复发生自", "Repeats", "earlier_number"), _CLOSED),
    ),
)


def _origin(row: Record) -> tuple[str, int, str] | None:
    """The nonconformity an action corrects, the review that decided it, or the improvement it carries out."""
    if row.nonconformity_id is not None:
        return "nonconformity", row.nonconformity_id, f"{row.nonconformity_number} {row.nonconformity_title}"
    if row.management_review_id is not None:
        return "management_review", row.management_review_id, f"{row.review_number} {row.review_title}"
    if row.improvement_id is not None:
        return "improvement", row.improvement_id, f"{row.improvement_number} {row.improvement_title}"
    return None


_ORIGIN = Field("来源", "Comes from", _origin, "record", width=40)
_KIND = Field("类型", "Kind", "kind", words=ACTION_KINDS)

CORRECTIVE_ACTIONS = Register(
    key="corrective_action",
    zh="整改措施",
    en="Action",
    en_plural="Actions",
    icon="flag",
    order=41,
    hint_zh="谁在什么期限前落实什么：不符合项的纠正措施与改进措施。",
    hint_en="Who does what by when: for nonconformities, out of management reviews, for improvements.",
    table=corrective_action,
    query=select(
        corrective_action,
        _action_standing.label("standing"),
        _owner.c.name.label("owner_name"),
        _verifier.c.name.label("verifier_name"),
        nonconformity.c.number.label("nonconformity_number"),
        nonconformity.c.title.label("nonconformity_title"),
        management_review.c.number.label("review_number"),
        management_review.c.title.label("review_title"),
        improvement.c.id.label("improvement_id"),
        improvement.c.number.label("improvement_number"),
        improvement.c.title.label("improvement_title"),
        group.c.name_zh.label("department_zh"),
        group.c.name_en.label("department_en"),
        func.coalesce(nonconformity.c.instance_id, management_review.c.instance_id, improvement.c.instance_id).label(
            "instance_id"
        ),
    )
    .join(_owner, _owner.c.id == corrective_action.c.owner_id)
    .join(_verifier, _verifier.c.id == corrective_action.c.verified_by_id, isouter=True)
    .join(nonconformity, nonconformity.c.id == corrective_action.c.nonconformity_id, isouter=True)
    .join(improvement, improvement.c.corrective_action_id == corrective_action.c.id, isouter=True)
    .join(group, group.c.id == func.coalesce(nonconformity.c.department_id, improvement.c.department_id), isouter=True)
    .join(management_review, management_review.c.id == corrective_action.c.management_review_id, isouter=True),
    title="description",
    moment=corrective_action.c.due_on,
    search=(corrective_action.c.number, corrective_action.c.description, _owner.c.name),
    standings=(
        Standing("open", "未完成", "Open", lambda now: _action_standing == "open"),
        Standing("overdue", "已逾期", "Overdue", _is_overdue, "red"),
        Standing("done", "待验证", "To verify", lambda now: _action_standing == "done", "orange"),
        Standing("verified", "已验证", "Verified", lambda now: _action_standing == "verified", "green"),
    ),
    choices=(Choice("kind", "类型", "Kind", corrective_action.c.kind, ACTION_KINDS),),
    department=nonconformity.c.department_id,
    columns=(_ACTION_STATUS, _OWNER, _DUE, _ORIGIN, _DONE),
    sections=(
        Section("措施", "Action", (_ORIGIN, _DEPARTMENT, _KIND, _OWNER, _DUE, _ROUND, _ACTION)),
        Section("落实与验证", "Done and verified", (_RESULT, _DONE, _VERIFICATION, _VERIFIED, _VERIFIER)),
    ),
    exports=(
        *(_NUMBER, _ACTION, _ACTION_STATUS, _OWNER, _DUE, _KIND, _ORIGIN, _DEPARTMENT, _ROUND),
        *(_RESULT, _DONE, _VERIFICATION, _VERIFIED, _VERIFIER),
    ),
)
