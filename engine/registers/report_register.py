"""The register of reports, plans and minutes, with the results of the people assessed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, select

from engine.registers.register import Choice, Field, Register, Related, Section, Standing
from engine.registers.report_wording import ASSESSMENT_STATUSES, REPORT_KINDS, STATUSES
from engine.reports.kinds import kind_of
from engine.store.tables import group, project, report, staff_assessment, user
from engine.store.types import Record

_author, _approver = user.alias("author"), user.alias("approver")
_OPEN = ("drafting", "reviewing", "returned")


def _assessments(record_id: int) -> Select[Any]:
    return (
        select(staff_assessment, user.c.name.label("person_name"))
        .join(user, user.c.id == staff_assessment.c.person_id)
        .where(staff_assessment.c.report_id == record_id)
        .order_by(user.c.name, staff_assessment.c.id)
    )


def _written(row: Record) -> str:
    """The texts of the sections, each under its name."""
    parts = [
        f"【{one.zh}】\n{row.content[one.key]}"
        for one in kind_of(row.kind).sections
        if not one.columns and row.content.get(one.key)
    ]
    return "\n\n".join(parts)


def _overdue(now: datetime) -> ColumnElement[bool]:
    return and_(report.c.status.in_(_OPEN), report.c.due_at < now)


_STATUS = Field("状态", "Status", "status", "badge", STATUSES, on_phone=True)
_KIND = Field("种类", "Kind", "kind", words=REPORT_KINDS)

REPORTS = Register(
    key="report",
    zh="报告与计划",
    en="Report or plan",
    en_plural="Reports and plans",
    icon="file",
    order=45,
    hint_zh="制度要求的计划、月报、总结、服务报告和会议纪要：按周期登记，逐份编号，过期可见。",
    hint_en="The plans, monthly reports, summaries, service reports and minutes the policy asks for, period by period.",
    table=report,
    query=select(
        report,
        _author.c.name.label("author_name"),
        _approver.c.name.label("approver_name"),
        project.c.name.label("project_name"),
        group.c.name_zh.label("department_zh"),
        group.c.name_en.label("department_en"),
    )
    .outerjoin(_author, _author.c.id == report.c.author_id)
    .outerjoin(_approver, _approver.c.id == report.c.approved_by_id)
    .outerjoin(project, project.c.id == report.c.project_id)
    .outerjoin(group, group.c.id == report.c.department_id),
    title="title",
    moment=report.c.opened_at,
    search=(report.c.number, report.c.title, report.c.period, report.c.reason),
    standings=(
        Standing("open", "未发布", "Not issued", lambda now: report.c.status.in_(_OPEN), "blue"),
        Standing("overdue", "已过期限", "Overdue", _overdue, "red"),
        Standing("issued", "已发布", "Issued", lambda now: report.c.status == "issued", "green"),
        Standing("special", "特刊", "Special issues", lambda now: report.c.occasion != ""),
    ),
    choices=(Choice("kind", "种类", "Kind", report.c.kind, REPORT_KINDS),),
    columns=(
        _STATUS,
        Field("周期", "Period", "period"),
        Field("期限", "Due", lambda row: row.due_at if row.status in _OPEN else None, "due"),
        Field("编制", "Author", "author_name", "person"),
        Field("发布时间", "Issued", "issued_at", "moment"),
    ),
    sections=(
        Section(
            "报告",
            "Report",
            (
                _KIND,
                Field("周期", "Period", "period"),
                Field(
                    "项目",
                    "Project",
                    lambda row: ("project", row.project_id, row.project_name) if row.project_id else None,
                    "record",
                ),
                Field("部门", "Department", "department", "named"),
                Field("特刊缘由", "Called for by", "reason", "long"),
                Field("编制", "Author", "author_name", "person"),
                Field("批准", "Approved by", "approver_name", "person"),
                Field("期限", "Due", "due_at", "moment"),
                Field("发布时间", "Issued", "issued_at", "moment"),
                Field("修订次数", "Revision", "revision", "number"),
                Field("会议日期", "Held on", "held_on", "date"),
                Field("送达客户", "Sent to the customer", "sent_at", "moment"),
                Field("客户确认", "Acknowledged", "acknowledged_at", "moment"),
                Field("确认意见", "What the customer said", "acknowledgement", "long"),
            ),
        ),
        Section("内容", "Content", (Field("正文", "Text", _written, "long"),)),
    ),
    related=(
        Related(
            "人员考核",
            "Staff assessment",
            _assessments,
            (
                Field("人员", "Person", "person_name", "person"),
                Field("指标", "Indicator", "indicator"),
                Field("权重 %", "Weight %", "weight_percent", "number"),
                Field("目标", "Target", "target"),
                Field("实际", "Actual", "actual"),
                Field("得分", "Score", "score", "number"),
                Field("状态", "Status", "status", "badge", ASSESSMENT_STATUSES),
                Field("异议", "Dispute", "dispute", "long"),
                Field("裁定", "Decision", "decision", "long"),
            ),
        ),
    ),
    exports=(
        Field("编号", "Number", "number"),
        Field("标题", "Title", "title", width=40),
        _KIND,
        Field("周期", "Period", "period"),
        Field("项目", "Project", "project_name"),
        Field("状态", "Status", "status", words=STATUSES),
        Field("期限", "Due", "due_at", "moment"),
        Field("编制", "Author", "author_name"),
        Field("批准", "Approved by", "approver_name"),
        Field("发布时间", "Issued", "issued_at", "moment"),
        Field("送达客户", "Sent to the customer", "sent_at", "moment"),
        Field("客户确认", "Acknowledged", "acknowledged_at", "moment"),
    ),
)
