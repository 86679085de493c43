"""The kinds of master data: what is kept of each, under which key, and what must hold of a record as a whole.

Forms, imports and their templates follow from these declarations.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, Connection, Table, select

from engine.calendars import ALWAYS
from engine.errors import Language, NotFound
from engine.master_data.attributes import Attribute, Option
from engine.sla.clock import length_of_day
from engine.store.tables import contact, contract, customer, group, project, sla, sla_item, spare_part, user
from engine.working_calendars import load_calendars

Check = Callable[[Connection, dict[str, Any], "Kind"], None]

LEVELS = (Option("key", "重点", "Key account"), Option("standard", "普通", "Standard"))
ROLES = (Option("leader", "领导", "Leader"), Option("manager", "主管", "Manager"), Option("user", "使用人", "User"))
LANGUAGES = (Option("zh", "中文", "Chinese"), Option("en", "英文", "English"))
CADENCES = (
    Option("month", "每月", "Monthly"),
    Option("quarter", "每季度", "Quarterly"),
    Option("year", "每年", "Yearly"),
    Option("none", "不提交", "None"),
)
CONTRACT_STATUSES = (Option("active", "履行中", "In force"), Option("ended", "已结束", "Ended"))
PROJECT_STATUSES = (
    Option("planned", "未开始", "Planned"),
    Option("running", "进行中", "Running"),
    Option("completed", "已完成", "Completed"),
)
METRICS = (
    Option("response", "响应时间", "Response time"),
    Option("resolution", "解决时间", "Resolution time"),
    Option("callback", "回访", "Callback"),
    Option("availability", "可用率", "Availability"),
    Option("satisfaction", "满意度", "Satisfaction"),
    Option("report", "服务报告", "Service report"),
    Option("spare_parts", "备件供应", "Spare parts"),
)
UNITS = (
    Option("minutes", "分钟", "Minutes"),
    Option("hours", "小时", "Hours"),
    Option("days", "工作日", "Working days"),
)
PART_LEVELS = (
    Option("A", "A 现场储备", "A, on site"),
    Option("B", "B 同城库房", "B, in the city"),
    Option("C", "C 供应商备货", "C, at the supplier"),
)


class KindUnknown(NotFound):
    """No such kind of master data."""

    code = "master_data_kind_unknown"
    zh = "没有这类主数据"
    en = "There is no such kind of master data"


@dataclass(frozen=True)
class Kind:
    """One kind. A record is found by the columns of ``natural_key``; ``check`` completes and checks its values."""

    key: str
    table: Table
    zh: str
    en: str
    en_plural: str
    natural_key: tuple[str, ...]
    attributes: tuple[Attribute, ...]
    check: Check | None = None

    def name(self, language: Language) -> str:
        """What one record is called."""
        return self.zh if language == "zh" else self.en

    def plural(self, language: Language) -> str:
        """What several are called."""
        return self.zh if language == "zh" else self.en_plural

    def attribute(self, key: str) -> Attribute:
        """The attribute called ``key``."""
        return next(one for one in self.attributes if one.key == key)


# How the records of a kind are named by others: the column of the code.
CODES: Mapping[str, Column[Any]] = {
    "customer": customer.c.code,
    "contract": contract.c.number,
    "project": project.c.code,
    "sla": sla.c.number,
    "user": user.c.login,
    "group": group.c.key,
}
REFERENCE_NAMES: Mapping[str, tuple[str, str]] = {
    "customer": ("客户", "customer"),
    "contract": ("合同", "contract"),
    "project": ("项目", "project"),
    "sla": ("可修改的 SLA", "agreement that can be changed"),
    "user": ("人员", "person"),
    "group": ("部门", "department"),
}


def _in_order(connection: Connection, values: dict[str, Any], kind: Kind) -> None:
    if values.get("begins_on") and values.get("ends_on") and values["ends_on"] < values["begins_on"]:
        raise kind.attribute("ends_on").refuse("早于开始日期", "is before the beginning")


def _project(connection: Connection, values: dict[str, Any], kind: Kind) -> None:
    _in_order(connection, values, kind)
    of_customer = connection.execute(select(contract.c.customer_id).where(contract.c.id == values.get("contract_id")))
    if values.get("contract_id") is not None and of_customer.scalar() != values.get("customer_id"):
        raise kind.attribute("contract").refuse("不属于该客户", "is none of this customer")
    if values.get("status") == "completed" and values.get("completed_on") is None:
        raise kind.attribute("completed_on").refuse("必须填写", "must be given")


def _agreement(connection: Connection, values: dict[str, Any], kind: Kind) -> None:
    _in_order(connection, values, kind)
    found = connection.execute(select(project).where(project.c.id == values["project_id"])).one()
    values["customer_id"], values["contract_id"] = found.customer_id, found.contract_id


def _item(connection: Connection, values: dict[str, Any], kind: Kind) -> None:
    """The target in minutes follows from the contract's words; a day is the calendar's day."""
    calendars, _ = load_calendars(connection)
    if values.get("calendar_key") and values["calendar_key"] not in calendars:
        raise kind.attribute("calendar").refuse("不是已有的工作日历", "is no working calendar")
    value, unit = values.get("target_value"), values.get("target_unit") or ""
    timed = values.get("metric") in ("response", "resolution")
    if timed and (not value or not unit):
        raise kind.attribute("target_value").refuse("及单位必须填写", "and its unit must be given")
    if value is None and values.get("target_basis_points") is None:
        raise kind.attribute("target_percent").refuse("与时限至少填写一项", "or a time must be given")
    calendar = calendars.get(values.get("calendar_key") or "", ALWAYS)
    minutes = {"minutes": 1, "hours": 60, "days": int(length_of_day(calendar).total_seconds()) // 60}
    values["target_minutes"] = value * minutes[unit] if value is not None and unit else None


_BEGINS = Attribute("begins_on", "开始日期", "Begins on", "date", is_required=True, example="2026-01-01")
_ENDS = Attribute("ends_on", "结束日期", "Ends on", "date", is_required=True, example="2026-12-31")
_NOTE = Attribute("note", "备注", "Note", "long", limit=2000, default="")
_ACTIVE = Attribute("is_active", "启用", "Active", "yes_no", default=True, example="是")
_CUSTOMER = Attribute(
    "customer", "客户编码", "Customer code", "reference", is_required=True, limit=32, reference="customer",
    column="customer_id", example="C001",
)  # fmt: skip
_PROJECT = Attribute(
    "project", "项目编码", "Project code", "reference", is_required=True, limit=32, reference="project",
    column="project_id", example="P001",
)  # fmt: skip

CUSTOMERS = Kind(
    "customer", customer, "客户", "Customer", "Customers", ("code",),
    (
        Attribute("code", "客户编码", "Customer code", is_required=True, limit=32, example="C001", is_new_only=True),
        Attribute("name", "客户名称", "Name", is_required=True, example="滨江市第一人民医院",
                  hint_zh="与工单系统中的名称一致，事件据此归入项目",
                  hint_en="As the ticket system writes it: incidents find their project by it"),
        Attribute("name_en", "英文名称", "English name", default=""),
        Attribute("level", "客户等级", "Level", "choice", options=LEVELS, default="standard", example="重点"),
        Attribute("address", "地址", "Address", limit=300, default=""),
        _NOTE,
        _ACTIVE,
    ),
)  # fmt: skip
CONTACTS = Kind(
    "contact", contact, "联系人", "Contact", "Contacts", ("customer_id", "name", "email"),
    (
        _CUSTOMER,
        Attribute("name", "姓名", "Name", is_required=True, limit=100, example="张慧"),
        Attribute("email", "邮箱", "E-mail", default="", example="zhanghui@hospital.example"),
        Attribute("phone", "电话", "Phone", limit=64, default="", example="13900001111"),
        Attribute("role", "角色", "Role", "choice", options=ROLES, default="user", example="使用人"),
        Attribute("language", "语言", "Language", "choice", options=LANGUAGES, default="zh", example="中文"),
        _ACTIVE,
    ),
)  # fmt: skip
CONTRACTS = Kind(
    "contract", contract, "合同", "Contract", "Contracts", ("number",),
    (
        Attribute("number", "合同编号", "Contract number", is_required=True, limit=64, example="HT-2026-001",
                  is_new_only=True),
        _CUSTOMER,
        Attribute("title", "合同名称", "Title", is_required=True, limit=300, example="信息系统运维服务合同"),
        _BEGINS,
        _ENDS,
        Attribute("report_cadence", "服务报告周期", "Service report", "choice", options=CADENCES, default="quarter",
                  example="每季度"),
        Attribute("status", "状态", "Status", "choice", options=CONTRACT_STATUSES, default="active", example="履行中"),
        _NOTE,
    ),
    _in_order,
)  # fmt: skip
PROJECTS = Kind(
    "project", project, "项目", "Project", "Projects", ("code",),
    (
        Attribute("code", "项目编码", "Project code", is_required=True, limit=32, example="P001", is_new_only=True),
        Attribute("name", "项目名称", "Name", is_required=True, example="第一人民医院信息系统运维"),
        _CUSTOMER,
        Attribute("contract", "合同编号", "Contract number", "reference", limit=64, reference="contract",
                  column="contract_id", example="HT-2026-001"),
        Attribute("manager", "项目经理", "Project manager", "reference", is_required=True, limit=64, reference="user",
                  column="manager_id", example="lihao"),
        Attribute("department", "责任部门", "Department", "reference", is_required=True, limit=64, reference="group",
                  column="department_id", example="operations"),
        Attribute("assignment_groups", "工单处理组", "Assignment groups", "list", limit=2000, default=[],
                  hint_zh="工单系统中的处理组，用分号隔开；留空则接收该客户的全部事件",
                  hint_en="Groups of the ticket system, by semicolons; without any it takes all of the customer’s "
                          "incidents"),
        Attribute("status", "状态", "Status", "choice", options=PROJECT_STATUSES, default="running", example="进行中"),
        _BEGINS,
        _ENDS,
        Attribute("completed_on", "完成日期", "Completed on", "date"),
        _NOTE,
    ),
    _project,
)  # fmt: skip
AGREEMENTS = Kind(
    "sla", sla, "SLA", "Service level agreement", "Service level agreements", ("number",),
    (
        Attribute("number", "SLA 编号", "Number", is_required=True, limit=64, example="SLA-2026-001", is_new_only=True),
        Attribute("title", "名称", "Title", is_required=True, limit=300, example="第一人民医院运维服务级别协议"),
        _PROJECT,
        _BEGINS,
        _ENDS,
        Attribute("signed_on", "签订日期", "Signed on", "date", example="2025-12-20"),
    ),
    _agreement,
)  # fmt: skip
SLA_ITEMS = Kind(
    "sla_item", sla_item, "SLA 条目", "SLA item", "SLA items", ("sla_id", "ordinal"),
    (
        Attribute("sla", "SLA 编号", "SLA number", "reference", is_required=True, limit=64, reference="sla",
                  column="sla_id", example="SLA-2026-001"),
        Attribute("ordinal", "序号", "No.", "count", is_required=True, example="1"),
        Attribute("service", "服务内容", "Service", is_required=True, example="事件处理"),
        Attribute("metric", "指标", "Metric", "choice", is_required=True, options=METRICS, example="解决时间"),
        Attribute("priority", "优先级", "Priority", limit=32, default="", example="1",
                  hint_zh="留空表示任何优先级", hint_en="Empty: any priority"),
        Attribute("target_value", "时限", "Time", "count", example="4"),
        Attribute("target_unit", "时限单位", "Unit", "choice", options=UNITS, default="", example="小时"),
        Attribute("target_percent", "达成率 %", "Share %", "percent", column="target_basis_points", example="95"),
        Attribute("calendar", "工作日历", "Calendar", limit=64, column="calendar_key", example="standard",
                  hint_zh="留空表示 7×24 小时", hint_en="Empty: around the clock"),
        Attribute("penalty", "违约条款", "Penalty", "long", limit=2000, default=""),
    ),
    _item,
)  # fmt: skip
SPARE_PARTS = Kind(
    "spare_part", spare_part, "备件", "Spare part", "Spare parts", ("code",),
    (
        Attribute("code", "备件编码", "Part number", is_required=True, limit=32, example="BJ-0001", is_new_only=True),
        Attribute("name", "名称", "Name", is_required=True, example="服务器硬盘"),
        Attribute("model", "型号", "Model", default="", example="SAS 1.2T"),
        Attribute("unit", "单位", "Unit", limit=16, default="件", example="块"),
        Attribute("level", "备件级别", "Level", "choice", is_required=True, options=PART_LEVELS, example="A"),
        Attribute("minimum", "最低库存", "Minimum stock", "count", default=0, example="2"),
        Attribute("location", "库位", "Location", limit=100, default="", example="A-01-02"),
        Attribute("supplier", "供应商", "Supplier", default=""),
        Attribute("stock", "期初库存", "Initial stock", "count", default=0, example="5", is_new_only=True,
                  hint_zh="之后由出入库改变", hint_en="Moves change it from then on"),
        _ACTIVE,
    ),
)  # fmt: skip

KINDS: Mapping[str, Kind] = {
    one.key: one for one in (CUSTOMERS, CONTACTS, CONTRACTS, PROJECTS, AGREEMENTS, SLA_ITEMS, SPARE_PARTS)
}


def kind_of(key: str) -> Kind:
    """The kind called ``key``. Raises ``KindUnknown``."""
    if key not in KINDS:
        raise KindUnknown()
    return KINDS[key]
