"""The registers of audit programmes and of internal audits."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, String, and_, case, cast, func, literal, select, true

from engine.registers.audit_checklist import AREAS
from engine.registers.audit_wording import AREA_WORDS, AUDIT_STATUSES, PROGRAMME_STATUSES, RESULTS
from engine.registers.nonconformity_register import RAISED_COLUMNS, raised_from
from engine.registers.register import Choice, Field, Register, Related, Section, Standing
from engine.store.tables import (
    audit_coverage,
    audit_item,
    audit_programme,
    group,
    internal_audit,
    user,
)

_approver, _lead, _auditor = user.alias("approver"), user.alias("lead"), user.alias("auditor")
_NONCONFORMING = ("minor", "major")


def _count(*conditions: Any) -> Any:
    mine = audit_item.c.audit_id == internal_audit.c.id
    return select(func.count()).select_from(audit_item).where(mine, *conditions).scalar_subquery()


def _cells(shown: Any, where: Any) -> Select[Any]:
    """Departments by areas: ``shown`` in the cells that are covered."""
    columns = [
        func.coalesce(func.max(case((audit_coverage.c.area == area, shown))), literal("", String)).label(area)
        for area in AREAS
    ]
    return (
        select(group.c.id, group.c.name_zh.label("department_zh"), group.c.name_en.label("department_en"), *columns)
        .select_from(
            group.outerjoin(
                audit_coverage.join(internal_audit, internal_audit.c.id == audit_coverage.c.audit_id).outerjoin(
                    _auditor, _auditor.c.id == audit_coverage.c.auditor_id
                ),
                and_(audit_coverage.c.department_id == group.c.id, where),
            )
        )
        .where(group.c.is_department == true())
        .group_by(group.c.id, group.c.name_zh, group.c.name_en)
        .order_by(group.c.id)
    )


def _programme_coverage(record_id: int) -> Select[Any]:
    return _cells(internal_audit.c.title, internal_audit.c.programme_id == record_id)


def _audit_coverage(record_id: int) -> Select[Any]:
    return _cells(func.coalesce(_auditor.c.name, "✓"), internal_audit.c.id == record_id)


def _audits(record_id: int) -> Select[Any]:
    return select(internal_audit).where(internal_audit.c.programme_id == record_id).order_by(internal_audit.c.begins_on)


def _items(record_id: int) -> Select[Any]:
    return (
        select(
            audit_item,
            group.c.name_zh.label("department_zh"),
            group.c.name_en.label("department_en"),
            _auditor.c.name.label("auditor_name"),
        )
        .join(group, group.c.id == audit_item.c.department_id)
        .outerjoin(_auditor, _auditor.c.id == audit_item.c.auditor_id)
        .where(audit_item.c.audit_id == record_id)
        .order_by(group.c.id, audit_item.c.ordinal)
    )


def _nonconformities(record_id: int) -> Select[Any]:
    return raised_from("internal_audit", record_id)


_COVERAGE_COLUMNS = (
    Field("部门", "Department", "department", "named", on_phone=True),
    *(Field(AREA_WORDS[area].zh, AREA_WORDS[area].en, area, on_phone=True) for area in AREAS),
)
_PROGRAMME_STATUS = Field("状态", "Status", "status", "badge", PROGRAMME_STATUSES, on_phone=True)
_STATUS = Field("状态", "Status", "status", "badge", AUDIT_STATUSES, on_phone=True)

AUDIT_PROGRAMMES = Register(
    key="audit_programme",
    zh="年度审核方案",
    en="Audit programme",
    en_plural="Audit programmes",
    icon="calendar",
    order=60,
    hint_zh="全年的内部审核及其覆盖：每个部门的人员、资源、技术、过程。",
    hint_en="The audits of a year and what they cover: people, resources, technology and process of every department.",
    table=audit_programme,
    query=select(
        audit_programme,
        (cast(audit_programme.c.year, String) + " 年度内部审核方案").label("title"),
        _approver.c.name.label("approver_name"),
    ).outerjoin(_approver, _approver.c.id == audit_programme.c.approved_by_id),
    title="title",
    moment=audit_programme.c.year,
    search=(audit_programme.c.number, audit_programme.c.objectives),
    standings=(
        Standing(
            "open", "待批准", "To be approved", lambda now: audit_programme.c.status.in_(("submitted", "returned"))
        ),
        Standing("approved", "已批准", "Approved", lambda now: audit_programme.c.status == "approved", "green"),
    ),
    columns=(
        Field("年度", "Year", "year", "number"),
        _PROGRAMME_STATUS,
        Field("批准人", "Approved by", "approver_name", "person"),
        Field("批准时间", "Approved at", "approved_at", "moment"),
    ),
    sections=(
        Section(
            "审核方案",
            "Programme",
            (
                Field("年度", "Year", "year", "number"),
                Field("审核目的", "Objectives", "objectives", "long"),
                Field("批准人", "Approved by", "approver_name", "person"),
                Field("批准时间", "Approved at", "approved_at", "moment"),
            ),
        ),
    ),
    related=(
        Related(
            "计划的审核",
            "Audits planned",
            _audits,
            (
                Field("编号", "Number", "number", on_phone=True),
                Field("名称", "Title", "title", on_phone=True),
                Field("开始日期", "Begins on", "begins_on", "date"),
                _STATUS,
            ),
            record_type="internal_audit",
        ),
        Related("覆盖矩阵", "Coverage", _programme_coverage, _COVERAGE_COLUMNS),
    ),
    exports=(
        Field("编号", "Number", "number"),
        Field("年度", "Year", "year"),
        Field("状态", "Status", "status", words=PROGRAMME_STATUSES),
        Field("审核目的", "Objectives", "objectives", width=44),
        Field("批准人", "Approved by", "approver_name"),
        Field("批准时间", "Approved at", "approved_at"),
    ),
)

INTERNAL_AUDITS = Register(
    key="internal_audit",
    zh="内部审核",
    en="Internal audit",
    en_plural="Internal audits",
    icon="check",
    order=61,
    hint_zh="计划、检查表、审核记录和报告；未经管理者代表批准不得开始现场审核。",
    hint_en="Plans, checklists, records and reports; no fieldwork without the management representative's approval.",
    table=internal_audit,
    query=select(
        internal_audit,
        _lead.c.name.label("lead_name"),
        _approver.c.name.label("approver_name"),
        _count(audit_item.c.recorded_at.is_not(None)).label("recorded"),
        _count().label("items"),
        _count(audit_item.c.result.in_(_NONCONFORMING)).label("nonconforming"),
    )
    .outerjoin(_lead, _lead.c.id == internal_audit.c.lead_auditor_id)
    .outerjoin(_approver, _approver.c.id == internal_audit.c.approved_by_id),
    title="title",
    moment=internal_audit.c.begins_on,
    search=(internal_audit.c.number, internal_audit.c.title, internal_audit.c.scope),
    standings=(
        Standing(
            "approval",
            "待批准",
            "To be approved",
            lambda now: internal_audit.c.status.in_(("submitted", "returned")),
            "orange",
        ),
        Standing(
            "running",
            "进行中",
            "Under way",
            lambda now: internal_audit.c.status.in_(("approved", "fieldwork", "reporting")),
        ),
        Standing("closed", "已完成", "Closed", lambda now: internal_audit.c.status == "closed", "green"),
    ),
    choices=(Choice("status", "状态", "Status", internal_audit.c.status, AUDIT_STATUSES),),
    columns=(
        _STATUS,
        Field("开始日期", "Begins on", "begins_on", "date"),
        Field("组长", "Lead auditor", "lead_name", "person"),
        Field("审核记录", "Recorded", lambda row: f"{row.recorded}/{row.items}" if row.items else ""),
        Field("不符合项", "Nonconformities", "nonconforming", "number"),
    ),
    sections=(
        Section(
            "审核计划",
            "Plan",
            (
                Field("审核准则", "Criteria", "criteria"),
                Field("审核范围", "Scope", "scope", "long"),
                Field("开始日期", "Begins on", "begins_on", "date"),
                Field("结束日期", "Ends on", "ends_on", "date"),
                Field("组长", "Lead auditor", "lead_name", "person"),
                Field("批准人", "Approved by", "approver_name", "person"),
                Field("批准时间", "Approved at", "approved_at", "moment"),
            ),
        ),
        Section(
            "审核结果",
            "Result",
            (
                Field("审核结论", "Conclusion", "conclusion", "long"),
                Field("完成时间", "Closed at", "closed_at", "moment"),
            ),
        ),
    ),
    related=(
        Related("分工与覆盖", "Assignments and coverage", _audit_coverage, _COVERAGE_COLUMNS),
        Related(
            "不符合项",
            "Nonconformities",
            _nonconformities,
            RAISED_COLUMNS,
            record_type="nonconformity",
        ),
        Related(
            "审核记录",
            "Records",
            _items,
            (
                Field("部门", "Department", "department", "named", on_phone=True),
                Field("条款", "Clause", "clause", on_phone=True),
                Field("检查内容", "Question", "question_zh", on_phone=True),
                Field("结果", "Result", "result", "badge", RESULTS, on_phone=True),
                Field("客观证据", "Evidence", "evidence", "long"),
                Field("审核员", "Auditor", "auditor_name", "person"),
            ),
        ),
    ),
    exports=(
        Field("编号", "Number", "number"),
        Field("名称", "Title", "title", width=30),
        Field("状态", "Status", "status", words=AUDIT_STATUSES),
        Field("审核准则", "Criteria", "criteria", width=24),
        Field("开始日期", "Begins on", "begins_on"),
        Field("结束日期", "Ends on", "ends_on"),
        Field("组长", "Lead auditor", "lead_name"),
        Field("批准人", "Approved by", "approver_name"),
        Field("批准时间", "Approved at", "approved_at"),
        Field("检查项", "Items", "items"),
        Field("不符合项", "Nonconformities", "nonconforming"),
        Field("审核结论", "Conclusion", "conclusion", width=44),
        Field("完成时间", "Closed at", "closed_at"),
    ),
)
