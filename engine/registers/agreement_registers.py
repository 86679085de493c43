"""The registers of service level agreements and of the clocks that measure them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, and_, select

from engine.registers import service_wording as wording
from engine.registers.incidents import may_read
from engine.registers.project_register import percent
from engine.registers.register import Choice, Field, Register, Related, Section, Standing
from engine.store.tables import customer, incident, project, sla, sla_clock, sla_clock_entry, sla_item
from engine.store.types import Record


def _items(record_id: int) -> Select[Any]:
    return select(sla_item).where(sla_item.c.sla_id == record_id).order_by(sla_item.c.ordinal)


def _entries(record_id: int) -> Select[Any]:
    return select(sla_clock_entry).where(sla_clock_entry.c.clock_id == record_id).order_by(sla_clock_entry.c.ordinal)


def as_hours(seconds: int | None) -> str | None:
    """A length of open time as people read it: ``3:05``."""
    return None if seconds is None else f"{seconds // 3600}:{seconds % 3600 // 60:02d}"


def _of_project(row: Record) -> tuple[str, int, str]:
    return "project", row.project_id, row.project_name


_STATUS = Field("状态", "Status", "status", "badge", wording.SLA_STATUSES, on_phone=True)
_PROJECT = Field("项目", "Project", _of_project, "record")
_BEGINS = Field("开始日期", "Begins on", "begins_on", "date")
_ENDS = Field("结束日期", "Ends on", "ends_on", "date", on_phone=True)

AGREEMENTS = Register(
    key="sla",
    zh="SLA",
    en="Service level agreement",
    en_plural="Service level agreements",
    icon="check",
    order=230,
    hint_zh="向客户承诺的服务级别；已签订的不再修改，变更形成新版本。",
    hint_en="What was promised to customers. A signed agreement is not changed; a change makes its next version.",
    table=sla,
    query=select(sla, project.c.name.label("project_name"), customer.c.name.label("customer_name"))
    .join(project, project.c.id == sla.c.project_id)
    .join(customer, customer.c.id == sla.c.customer_id),
    title="title",
    moment=sla.c.created_at,
    search=(sla.c.number, sla.c.title, project.c.name, customer.c.name),
    standings=(
        Standing("active", "生效", "In force", lambda now: sla.c.status == "active", "green"),
        Standing("draft", "拟定中", "Being drafted", lambda now: sla.c.status.in_(("draft", "signed")), "blue"),
        Standing(
            "past",
            "已结束",
            "Past",
            lambda now: sla.c.status.in_(("expired", "replaced", "withdrawn")),
            "grey",
        ),
    ),
    columns=(_STATUS, Field("版本", "Version", "version", "number"), _PROJECT, _ENDS),
    sections=(
        Section(
            "SLA",
            "Agreement",
            (
                Field("版本", "Version", "version", "number"),
                _PROJECT,
                Field("客户", "Customer", lambda row: ("customer", row.customer_id, row.customer_name), "record"),
                _BEGINS,
                _ENDS,
                Field("签订日期", "Signed on", "signed_on", "date"),
                Field("生效时间", "In force since", "activated_at", "moment"),
                Field("到期安排", "When it ends", "renewal", words=wording.RENEWALS),
            ),
        ),
    ),
    related=(
        Related(
            "条目",
            "Items",
            _items,
            (
                Field("服务内容", "Service", "service"),
                Field("指标", "Metric", "metric", words=wording.METRICS, on_phone=True),
                Field("优先级", "Priority", "priority"),
                Field("时限", "Time", "target_value", "number", on_phone=True),
                Field("单位", "Unit", "target_unit", words=wording.UNITS, on_phone=True),
                Field("达成率", "Share", percent),
                Field("日历", "Calendar", lambda row: row.calendar_key or "7×24"),
                Field("违约条款", "Penalty", "penalty"),
            ),
        ),
    ),
    exports=(
        Field("编号", "Number", "number"),
        Field("版本", "Version", "version", "number"),
        Field("名称", "Title", "title", width=40),
        Field("项目", "Project", "project_name", width=30),
        Field("客户", "Customer", "customer_name", width=30),
        Field("状态", "Status", "status", words=wording.SLA_STATUSES),
        _BEGINS,
        _ENDS,
        Field("签订日期", "Signed on", "signed_on", "date"),
    ),
    may_read=may_read,
)

_CLOCK = sla_clock.c
_TIMED = {key: wording.METRICS[key] for key in ("response", "resolution")}
_RUNS = _CLOCK.is_stopped.is_(False)
CLOCKS = Register(
    key="sla_clock",
    zh="SLA 计时",
    en="SLA clock",
    en_plural="SLA clocks",
    icon="clock",
    order=240,
    hint_zh="每个事件按 SLA 条目计时，等待客户时暂停；事件页的计时账说明为什么晚了。",
    hint_en="Every incident against the items of its agreement; pauses while the customer is waited for.",
    table=sla_clock,
    query=select(
        sla_clock,
        incident.c.number.label("incident_number"),
        incident.c.summary,
        incident.c.assigned_to,
        project.c.name.label("project_name"),
    )
    .join(incident, incident.c.id == _CLOCK.incident_id)
    .join(project, project.c.id == _CLOCK.project_id),
    number="incident_number",
    title="summary",
    moment=_CLOCK.started_at,
    search=(incident.c.number, incident.c.summary, project.c.code, project.c.name, incident.c.assigned_to),
    standings=(
        Standing("running", "计时中", "Running", lambda now: _CLOCK.status == "running", "blue"),
        Standing("paused", "暂停", "Paused", lambda now: _CLOCK.status == "paused", "grey"),
        Standing(
            "at_risk",
            "有风险",
            "At risk",
            lambda now: and_(_CLOCK.status == "running", _RUNS, _CLOCK.warned_at.is_not(None)),
            "orange",
        ),
        Standing("missed", "超时", "Missed", lambda now: _CLOCK.status == "missed", "red"),
        Standing("met", "达标", "Met", lambda now: _CLOCK.status == "met", "green"),
    ),
    choices=(
        Choice(
            "metric", "指标", "Metric", _CLOCK.metric, {key: wording.METRICS[key] for key in ("response", "resolution")}
        ),
        Choice("cause", "原因类别", "Kind of cause", _CLOCK.cause_category, wording.CAUSES),
    ),
    columns=(
        Field("状态", "Status", "status", "badge", wording.CLOCK_STATUSES, on_phone=True),
        Field("指标", "Metric", "metric", words=wording.METRICS, on_phone=True),
        Field("优先级", "Priority", "priority"),
        _PROJECT,
        Field("期限", "Due", "due_at", "moment", on_phone=True),
        Field("剩余", "Left", lambda row: row.due_at if row.status == "running" else None, "due"),
    ),
    sections=(
        Section(
            "计时",
            "Clock",
            (
                Field("事件", "Incident", lambda row: ("incident", row.incident_id, row.incident_number), "record"),
                _PROJECT,
                Field("处理人", "Engineer", "assigned_to"),
                Field("时限（分钟）", "Target (minutes)", "target_minutes", "number"),
                Field("日历", "Calendar", lambda row: row.calendar_key or "7×24"),
                Field("开始计时", "Started", "started_at", "moment"),
                Field("期限", "Due", "due_at", "moment"),
                Field("停止", "Stopped", "stopped_at", "moment"),
                Field("已用（时:分）", "Used (h:mm)", lambda row: as_hours(row.counted_seconds)),
                Field("暂停（时:分）", "Paused (h:mm)", lambda row: as_hours(row.paused_seconds)),
            ),
        ),
        Section(
            "预警与处理",
            "Warnings and handling",
            (
                Field("75 % 预警", "Warned at 75 %", "warned_at", "moment"),
                Field("超时", "Passed", "breached_at", "moment"),
                Field("超时通知", "People told", "reported_at", "moment"),
                Field("原因类别", "Kind of cause", "cause_category", words=wording.CAUSES),
                Field("原因", "Cause", "cause", "long"),
                Field("措施", "Measure", "measure", "long"),
            ),
        ),
    ),
    related=(
        Related(
            "计时账",
            "Ledger",
            _entries,
            (
                Field("说明", "What", "kind", words=wording.ENTRIES),
                Field("从", "From", "from_at", "moment", on_phone=True),
                Field("到", "To", "to_at", "moment"),
                Field("计入（时:分）", "Counted (h:mm)", lambda row: as_hours(row.counted_seconds), on_phone=True),
                Field("不计（时:分）", "Left out (h:mm)", lambda row: as_hours(row.excluded_seconds)),
                Field("原因", "Reason", "reason"),
            ),
        ),
    ),
    exports=(
        Field("事件编号", "Incident", "incident_number"),
        Field("摘要", "Summary", "summary", width=40),
        Field("项目", "Project", "project_name", width=30),
        Field("指标", "Metric", "metric", words=wording.METRICS),
        Field("优先级", "Priority", "priority"),
        Field("时限（分钟）", "Target (minutes)", "target_minutes", "number"),
        Field("开始计时", "Started", "started_at", "moment"),
        Field("期限", "Due", "due_at", "moment"),
        Field("停止", "Stopped", "stopped_at", "moment"),
        Field("已用（秒）", "Used (seconds)", "counted_seconds", "number"),
        Field("暂停（秒）", "Paused (seconds)", "paused_seconds", "number"),
        Field("状态", "Status", "status", words=wording.CLOCK_STATUSES),
        Field("超时时间", "Passed", "breached_at", "moment"),
        Field("原因类别", "Kind of cause", "cause_category", words=wording.CAUSES),
        Field("原因", "Cause", "cause", width=30),
        Field("措施", "Measure", "measure", width=30),
    ),
    may_read=may_read,
)
