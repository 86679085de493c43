"""The register of projects: who answers for them, what is measured, and the monthly records of their processes."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, select

from engine.indicators.catalogue import INDICATORS
from engine.registers import service_wording as wording
from engine.registers.incidents import may_read
from engine.registers.register import Field, Register, Related, Section, Standing, Word
from engine.store.tables import (
    contract,
    customer,
    group,
    project,
    project_indicator,
    service_record,
    sla,
    sla_item,
    spare_request,
    user,
)
from engine.store.types import Record

_INDICATORS = {key: Word(one.zh, one.en) for key, one in INDICATORS.items()}


def percent(row: Record) -> str | None:
    """A share as people write it."""
    points = row.target_basis_points
    return None if points is None else f"{points / 100:g} %"


def _agreements(record_id: int) -> Select[Any]:
    return select(sla).where(sla.c.project_id == record_id).order_by(sla.c.begins_on.desc(), sla.c.version.desc())


def _indicators(record_id: int) -> Select[Any]:
    return (
        select(project_indicator, sla.c.number.label("sla_number"), sla_item.c.service)
        .join(sla, sla.c.id == project_indicator.c.sla_id)
        .outerjoin(sla_item, sla_item.c.id == project_indicator.c.sla_item_id)
        .where(project_indicator.c.project_id == record_id, sla.c.status == "active")
        .order_by(project_indicator.c.indicator, project_indicator.c.priority)
    )


def _records(record_id: int) -> Select[Any]:
    query = select(service_record).where(service_record.c.project_id == record_id)
    return query.order_by(service_record.c.month_on.desc(), service_record.c.id).limit(60)


def _requests(record_id: int) -> Select[Any]:
    query = select(spare_request).where(spare_request.c.project_id == record_id)
    return query.order_by(spare_request.c.requested_at.desc()).limit(60)


_ENDS = Field("结束日期", "Ends on", "ends_on", "date", on_phone=True)
_BEGINS = Field("开始日期", "Begins on", "begins_on", "date")
_PROJECT_STATUS = Field("状态", "Status", "status", "badge", wording.PROJECT_STATUSES, on_phone=True)
_CUSTOMER = Field("客户", "Customer", lambda row: ("customer", row.customer_id, row.customer_name), "record")
_MANAGER = Field("项目经理", "Project manager", "manager_name", "person")

PROJECTS = Register(
    key="project",
    zh="项目",
    en="Project",
    en_plural="Projects",
    icon="clip",
    order=220,
    section="service",
    hint_zh="服务项目、项目经理、由 SLA 导出的指标和五个过程的月度记录。",
    hint_en="Projects, their managers, the indicators their agreements call for and the monthly records.",
    table=project,
    query=select(
        project,
        customer.c.name.label("customer_name"),
        contract.c.number.label("contract_number"),
        user.c.name.label("manager_name"),
        group.c.name_zh.label("department_zh"),
        group.c.name_en.label("department_en"),
    )
    .join(customer, customer.c.id == project.c.customer_id)
    .outerjoin(contract, contract.c.id == project.c.contract_id)
    .join(user, user.c.id == project.c.manager_id)
    .join(group, group.c.id == project.c.department_id),
    number="code",
    title="name",
    moment=project.c.begins_on,
    search=(project.c.code, project.c.name, customer.c.name, user.c.name),
    standings=(
        Standing("running", "进行中", "Running", lambda now: project.c.status == "running", "green"),
        Standing("planned", "未开始", "Planned", lambda now: project.c.status == "planned", "blue"),
        Standing("completed", "已完成", "Completed", lambda now: project.c.status == "completed", "grey"),
    ),
    department=project.c.department_id,
    columns=(_PROJECT_STATUS, _CUSTOMER, _MANAGER, Field("责任部门", "Department", "department", "named"), _ENDS),
    sections=(
        Section(
            "项目",
            "Project",
            (
                _CUSTOMER,
                Field(
                    "合同",
                    "Contract",
                    lambda row: ("contract", row.contract_id, row.contract_number) if row.contract_id else None,
                    "record",
                ),
                _MANAGER,
                Field("责任部门", "Department", "department", "named"),
                Field("工单处理组", "Assignment groups", "assignment_groups", "lines"),
                _BEGINS,
                _ENDS,
                Field("完成日期", "Completed on", "completed_on", "date"),
                Field("备注", "Note", "note", "long"),
            ),
        ),
    ),
    related=(
        Related(
            "SLA",
            "Service level agreements",
            _agreements,
            (
                Field("编号", "Number", "number"),
                Field("版本", "Version", "version", "number"),
                Field("状态", "Status", "status", "badge", wording.SLA_STATUSES, on_phone=True),
                _ENDS,
            ),
            "sla",
        ),
        Related(
            "项目指标",
            "Indicators",
            _indicators,
            (
                Field("指标", "Indicator", "indicator"),
                Field("名称", "Name", lambda row: row.indicator, words=_INDICATORS, on_phone=True),
                Field("优先级", "Priority", "priority"),
                Field("目标", "Target", percent, on_phone=True),
                Field("来自", "From", "sla_number"),
            ),
        ),
        Related(
            "五个过程的月度记录",
            "Monthly records of the five processes",
            _records,
            (
                Field("月份", "Month", lambda row: f"{row.month_on:%Y-%m}"),
                Field("过程", "Process", "process", words=wording.PROCESSES, on_phone=True),
                Field("发起", "Opened", "opened", "number"),
                Field("完成", "Finished", "finished", "number", on_phone=True),
                Field("失败", "Failed", "failed", "number"),
                Field("说明", "Note", "note"),
            ),
        ),
        Related(
            "备件申请",
            "Requests for spare parts",
            _requests,
            (
                Field("编号", "Number", "number"),
                Field("状态", "Status", "status", "badge", wording.REQUEST_STATUSES, on_phone=True),
                Field("需要时间", "Needed by", "needed_at", "moment"),
            ),
            "spare_request",
        ),
    ),
    exports=(
        Field("项目编码", "Project code", "code"),
        Field("项目名称", "Name", "name", width=30),
        Field("客户", "Customer", "customer_name", width=30),
        Field("合同编号", "Contract number", "contract_number"),
        Field("项目经理", "Project manager", "manager_name"),
        Field("责任部门", "Department", "department", "named"),
        Field("状态", "Status", "status", words=wording.PROJECT_STATUSES),
        _BEGINS,
        _ENDS,
        Field("完成日期", "Completed on", "completed_on", "date"),
    ),
    may_read=may_read,
)
