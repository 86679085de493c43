"""The register of improvements: from the proposal to its effect."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, and_, select

from engine.registers.improvement_wording import PRIORITIES, STATUSES
from engine.registers.nonconformity_wording import ACTION_STATUSES
from engine.registers.register import Choice, Field, Register, Related, Section, Standing
from engine.store.tables import corrective_action, group, improvement, user
from engine.store.types import Record

_proposer, _owner, _decider = user.alias("proposer"), user.alias("owner"), user.alias("decider")
_OVER = ("closed", "rejected")


def _source(row: Record) -> tuple[str, str, str] | None:
    return (row.source_type, row.source_id, row.source_label or row.source_id) if row.source_type else None


def _action(record_id: int) -> Select[Any]:
    return (
        select(corrective_action, user.c.name.label("owner_name"))
        .join(improvement, improvement.c.corrective_action_id == corrective_action.c.id)
        .join(user, user.c.id == corrective_action.c.owner_id)
        .where(improvement.c.id == record_id)
    )


_STATUS = Field("状态", "Status", "status", "badge", STATUSES, on_phone=True)
_PRIORITY = Field("优先级", "Priority", "priority", "badge", PRIORITIES)
_DEPARTMENT = Field("责任部门", "Department", "department", "named")
_OWNER = Field("责任人", "Owner", "owner_name", "person")
_DUE = Field("期限", "Due", "due_on", "date", on_phone=True)
_SOURCE = Field("来源", "Comes from", _source, "record", width=30)
_PROBLEM = Field("问题", "Problem", "problem", "long", width=40)
_GOAL = Field("目标", "Goal", "goal", "long", width=40)
_MEASURE = Field("措施", "Measure", "measure", "long", width=40)
_PROPOSER = Field("提出人", "Proposed by", "proposer_name", "person")
_PROPOSED = Field("提出时间", "Proposed", "proposed_at", "moment")
_EVALUATION = Field("评估意见", "Evaluation", "evaluation", "long", width=40)
_DECIDER = Field("批准人", "Decided by", "decider_name", "person")
_DECIDED = Field("批准时间", "Decided", "decided_at", "moment")
_NOTE = Field("批准意见", "Comment", "decision_note", "long")
_CHANGE = Field("涉及的流程调整", "Change of a process", "process_change", "long")
_EFFECTIVE = Field("有效", "Effective", "effective", "yes_no")
_EFFECT = Field("效果评价", "Effect", "effect", "long", width=40)
_CLOSED = Field("关闭时间", "Closed", "closed_at", "moment")

IMPROVEMENTS = Register(
    key="improvement",
    zh="改进措施",
    en="Improvement",
    en_plural="Improvements",
    icon="flag",
    order=42,
    hint_zh="改进项、目标、进度、责任人：从提出、批准、实施、检查到效果。",
    hint_en="What is to be better, by when, by whom: proposed, approved, carried out, checked, judged by its effect.",
    table=improvement,
    query=select(
        improvement,
        group.c.name_zh.label("department_zh"),
        group.c.name_en.label("department_en"),
        _proposer.c.name.label("proposer_name"),
        _owner.c.name.label("owner_name"),
        _decider.c.name.label("decider_name"),
    )
    .join(group, group.c.id == improvement.c.department_id)
    .join(_owner, _owner.c.id == improvement.c.owner_id)
    .outerjoin(_proposer, _proposer.c.id == improvement.c.proposed_by_id)
    .outerjoin(_decider, _decider.c.id == improvement.c.decided_by_id),
    title="title",
    moment=improvement.c.proposed_at,
    search=(improvement.c.number, improvement.c.title, improvement.c.problem, improvement.c.source_label),
    standings=(
        Standing("open", "处理中", "Open", lambda now: improvement.c.status.not_in(_OVER)),
        Standing("approval", "待批准", "To be approved", lambda now: improvement.c.status == "evaluated", "orange"),
        Standing(
            "overdue",
            "已逾期",
            "Overdue",
            lambda now: and_(improvement.c.status == "acting", improvement.c.due_on < now.date()),
            "red",
        ),
        Standing("closed", "已关闭", "Closed", lambda now: improvement.c.status == "closed", "green"),
    ),
    choices=(Choice("priority", "优先级", "Priority", improvement.c.priority, PRIORITIES),),
    department=improvement.c.department_id,
    columns=(_STATUS, _PRIORITY, _DEPARTMENT, _OWNER, _DUE, _SOURCE),
    sections=(
        Section(
            "改进建议",
            "Proposal",
            (_SOURCE, _DEPARTMENT, _OWNER, _DUE, _PROPOSER, _PROPOSED, _PROBLEM, _GOAL, _MEASURE),
        ),
        Section("评估与批准", "Evaluation and approval", (_EVALUATION, _DECIDER, _DECIDED, _NOTE, _CHANGE)),
        Section("效果", "Effect", (_EFFECTIVE, _EFFECT, _CLOSED)),
    ),
    related=(
        Related(
            "实施与检查",
            "Carried out and checked",
            _action,
            (
                Field("编号", "Number", "number", on_phone=True),
                Field("负责人", "Owner", "owner_name", "person"),
                Field("期限", "Due", "due_on", "date"),
                Field("状态", "Status", "status", "badge", ACTION_STATUSES, on_phone=True),
                Field("完成情况", "Result", "result", "long"),
                Field("检查意见", "What was found", "verification", "long"),
            ),
            record_type="corrective_action",
        ),
    ),
    exports=(
        Field("编号", "Number", "number"),
        Field("改进项", "Improvement", "title", width=30),
        *(_STATUS, _PRIORITY, _DEPARTMENT, _OWNER, _DUE, _SOURCE, _PROBLEM, _GOAL, _MEASURE, _PROPOSER, _PROPOSED),
        *(_EVALUATION, _DECIDER, _DECIDED, _CHANGE, _EFFECTIVE, _EFFECT, _CLOSED),
    ),
)
