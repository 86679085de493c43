"""The registers of customers and their contracts."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, select

from engine.registers import service_wording as wording
from engine.registers.incidents import may_read
from engine.registers.register import Choice, Field, Register, Related, Section, Standing
from engine.store.tables import (
    contact,
    contract,
    customer,
    project,
    user,
)


def _contacts(record_id: int) -> Select[Any]:
    return select(contact).where(contact.c.customer_id == record_id).order_by(contact.c.is_active.desc(), contact.c.id)


def _contracts(record_id: int) -> Select[Any]:
    return select(contract).where(contract.c.customer_id == record_id).order_by(contract.c.begins_on.desc())


def _projects(record_id: int) -> Select[Any]:
    query = select(project, user.c.name.label("manager_name")).join(user, user.c.id == project.c.manager_id)
    return query.where(project.c.customer_id == record_id).order_by(project.c.begins_on.desc())


def _projects_of_contract(record_id: int) -> Select[Any]:
    query = select(project, user.c.name.label("manager_name")).join(user, user.c.id == project.c.manager_id)
    return query.where(project.c.contract_id == record_id).order_by(project.c.code)


_ENDS = Field("结束日期", "Ends on", "ends_on", "date", on_phone=True)
_BEGINS = Field("开始日期", "Begins on", "begins_on", "date")
_CONTRACT_STATUS = Field("状态", "Status", "status", "badge", wording.CONTRACT_STATUSES, on_phone=True)
_PROJECT_STATUS = Field("状态", "Status", "status", "badge", wording.PROJECT_STATUSES, on_phone=True)
_LEVEL = Field("客户等级", "Level", "level", "badge", wording.LEVELS, on_phone=True)
_CUSTOMER = Field("客户", "Customer", lambda row: ("customer", row.customer_id, row.customer_name), "record")
_MANAGER = Field("项目经理", "Project manager", "manager_name", "person")
_PROJECT_COLUMNS = (
    Field("项目编码", "Project code", "code"),
    Field("项目名称", "Name", "name", on_phone=True),
    _MANAGER,
    _PROJECT_STATUS,
)

CUSTOMERS = Register(
    key="customer",
    zh="客户",
    en="Customer",
    en_plural="Customers",
    icon="users",
    order=200,
    hint_zh="公司服务的客户及其联系人；名称与工单系统一致，事件据此归入项目。",
    hint_en="Whom the company serves. Incidents find their project by the customer’s name.",
    table=customer,
    query=select(customer),
    number="code",
    title="name",
    moment=customer.c.created_at,
    search=(customer.c.code, customer.c.name, customer.c.name_en),
    standings=(
        Standing("active", "启用", "Active", lambda now: customer.c.is_active, "green"),
        Standing("inactive", "停用", "Inactive", lambda now: customer.c.is_active.is_(False), "grey"),
    ),
    choices=(Choice("level", "客户等级", "Level", customer.c.level, wording.LEVELS),),
    columns=(_LEVEL, Field("英文名称", "English name", "name_en"), Field("启用", "Active", "is_active", "yes_no")),
    sections=(
        Section(
            "客户",
            "Customer",
            (
                Field("英文名称", "English name", "name_en"),
                Field("地址", "Address", "address"),
                Field("启用", "Active", "is_active", "yes_no"),
                Field("备注", "Note", "note", "long"),
            ),
        ),
    ),
    related=(
        Related("项目", "Projects", _projects, _PROJECT_COLUMNS, "project"),
        Related(
            "合同",
            "Contracts",
            _contracts,
            (Field("合同编号", "Number", "number"), Field("名称", "Title", "title"), _ENDS, _CONTRACT_STATUS),
            "contract",
        ),
        Related(
            "联系人",
            "Contacts",
            _contacts,
            (
                Field("姓名", "Name", "name"),
                Field("角色", "Role", "role", words=wording.ROLES),
                Field("电话", "Phone", "phone", on_phone=True),
                Field("邮箱", "E-mail", "email"),
            ),
        ),
    ),
    exports=(
        Field("客户编码", "Customer code", "code"),
        Field("客户名称", "Name", "name", width=30),
        Field("英文名称", "English name", "name_en", width=30),
        Field("客户等级", "Level", "level", words=wording.LEVELS),
        Field("地址", "Address", "address", width=30),
        Field("启用", "Active", "is_active", "yes_no"),
    ),
    may_read=may_read,
)

CONTRACTS = Register(
    key="contract",
    zh="合同",
    en="Contract",
    en_plural="Contracts",
    icon="file",
    order=210,
    hint_zh="服务合同、期限和服务报告的提交周期。",
    hint_en="Service contracts, how long they run and how often a service report is due.",
    table=contract,
    query=select(contract, customer.c.name.label("customer_name")).join(
        customer, customer.c.id == contract.c.customer_id
    ),
    title="title",
    moment=contract.c.begins_on,
    search=(contract.c.number, contract.c.title, customer.c.name),
    standings=(
        Standing("active", "履行中", "In force", lambda now: contract.c.status == "active", "green"),
        Standing("ended", "已结束", "Ended", lambda now: contract.c.status == "ended", "grey"),
    ),
    choices=(Choice("cadence", "服务报告周期", "Service report", contract.c.report_cadence, wording.CADENCES),),
    columns=(
        _CONTRACT_STATUS,
        _CUSTOMER,
        Field("服务报告", "Service report", "report_cadence", words=wording.CADENCES),
        _ENDS,
    ),
    sections=(
        Section(
            "合同",
            "Contract",
            (
                _CUSTOMER,
                _BEGINS,
                _ENDS,
                Field("服务报告周期", "Service report", "report_cadence", words=wording.CADENCES),
                Field("备注", "Note", "note", "long"),
            ),
        ),
    ),
    related=(Related("项目", "Projects", _projects_of_contract, _PROJECT_COLUMNS, "project"),),
    exports=(
        Field("合同编号", "Contract number", "number"),
        Field("合同名称", "Title", "title", width=40),
        Field("客户", "Customer", "customer_name", width=30),
        _BEGINS,
        _ENDS,
        Field("服务报告周期", "Service report", "report_cadence", words=wording.CADENCES),
        Field("状态", "Status", "status", words=wording.CONTRACT_STATUSES),
    ),
    may_read=may_read,
)
