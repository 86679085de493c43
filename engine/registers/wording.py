"""How the registers' codes are called, and which columns an export shows, in both languages."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from engine.errors import Language
from engine.registers.exports import Column
from engine.store.types import Record

INCIDENT_STATES: Mapping[str, tuple[str, str]] = {
    "open": ("处理中", "Open"),
    "reopened": ("已重开", "Reopened"),
    "resolved": ("已解决", "Resolved"),
    "closed": ("已关闭", "Closed"),
    "cancelled": ("已取消", "Cancelled"),
}
CALLBACK_STATUSES: Mapping[str, tuple[str, str]] = {
    "open": ("待回访", "To call"),
    "overdue": ("已超期", "Overdue"),
    "reached": ("已联系上", "Reached"),
    "unreachable": ("无法联系", "Unreachable"),
    "dissatisfied": ("客户不满", "Dissatisfied"),
    "not_solved": ("未解决", "Not solved"),
}
CHANNELS: Mapping[str, tuple[str, str]] = {
    "phone": ("电话", "Phone"),
    "chat": ("企业微信", "Chat"),
    "mail": ("邮件", "E-mail"),
    "in_person": ("当面", "In person"),
}


def word(table: Mapping[str, tuple[str, str]], code: str | None, language: Language) -> str:
    """What a code is called for a reader of ``language``; the code itself when it has no name."""
    return table.get(code or "", (code or "", code or ""))[0 if language == "zh" else 1]


def incident_columns(language: Language) -> tuple[Column, ...]:
    """The columns of the register of incidents."""
    return (
        Column("事件编号", "Number", _field("number")),
        Column("状态", "State", lambda row: word(INCIDENT_STATES, row.state, language), 12),
        Column("客户", "Customer", _field("customer"), 24),
        Column("报障人", "Caller", _field("caller"), 14),
        Column("摘要", "Summary", _field("summary"), 44),
        Column("类别", "Category", _field("category")),
        Column("子类", "Subcategory", _field("subcategory")),
        Column("优先级", "Priority", _field("priority"), 14),
        Column("处理组", "Assignment group", _field("assignment_group")),
        Column("处理人", "Assigned to", _field("assigned_to"), 14),
        Column("报告时间", "Opened", _field("opened_at"), 18),
        Column("解决时间", "Resolved", _field("resolved_at"), 18),
        Column("关闭时间", "Closed", _field("closed_at"), 18),
        Column("SLA达成", "SLA met", _field("made_sla"), 10),
        Column("重开次数", "Reopened (times)", _field("reopen_count"), 10),
        Column("回访重开时间", "Reopened by callback", _field("reopened_at"), 18),
        Column("来源", "Source", _field("source"), 14),
    )


def callback_columns(language: Language) -> tuple[Column, ...]:
    """The columns of the register of callbacks."""
    return (
        Column("事件编号", "Incident", _field("number")),
        Column("第几次解决", "Resolution", _field("ordinal"), 10),
        Column("客户", "Customer", _field("customer"), 24),
        Column("报障人", "Caller", _field("caller"), 14),
        Column("摘要", "Summary", _field("summary"), 44),
        Column("处理组", "Assignment group", _field("assignment_group")),
        Column("解决时间", "Resolved", _field("resolved_at"), 18),
        Column("回访期限", "Due", _field("due_at"), 18),
        Column("状态", "Status", lambda row: word(CALLBACK_STATUSES, row.status, language), 12),
        Column("首次拨打", "First attempt", _field("first_attempt_at"), 18),
        Column("拨打次数", "Attempts", _field("attempts"), 10),
        Column("按时", "On time", _on_time, 8),
        Column("完成时间", "Finished", _field("finished_at"), 18),
        Column("确已解决", "Solved", _field("solved"), 10),
        Column("评分", "Score", _field("score"), 8),
        Column("客户意见", "Comment", _field("comment"), 44),
        Column("投诉", "Complaint", _field("complaint"), 8),
        Column("投诉内容", "Complaint content", _field("complaint_content"), 44),
    )


def _field(name: str) -> Callable[[Record], Any]:
    return lambda row: getattr(row, name)


def _on_time(row: Record) -> bool | None:
    if row.first_attempt_at is None:
        return False if row.overdue_at is not None else None
    return bool(row.first_attempt_at <= row.due_at)
