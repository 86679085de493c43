"""The registers of spare parts and of the requests for them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, select

from engine.registers import service_wording as wording
from engine.registers.register import Choice, Field, Register, Related, Section, Standing
from engine.registers.spare_part_topics import OPEN
from engine.store.tables import (
    project,
    spare_inspection,
    spare_part,
    spare_part_move,
    spare_request,
    spare_request_line,
    user,
)
from engine.store.types import Record


def _moves(record_id: int) -> Select[Any]:
    return (
        select(spare_part_move, user.c.name.label("by_name"))
        .outerjoin(user, user.c.id == spare_part_move.c.moved_by_id)
        .where(spare_part_move.c.part_id == record_id)
        .order_by(spare_part_move.c.id.desc())
        .limit(200)
    )


def _inspections(record_id: int) -> Select[Any]:
    query = select(spare_inspection).where(spare_inspection.c.part_id == record_id)
    return query.order_by(spare_inspection.c.id.desc()).limit(40)


def _lines_of_part(record_id: int) -> Select[Any]:
    return (
        select(
            spare_request.c.id,
            spare_request.c.number,
            spare_request.c.status,
            spare_request_line.c.quantity,
            spare_request_line.c.delivered,
        )
        .join(spare_request_line, spare_request_line.c.request_id == spare_request.c.id)
        .where(spare_request_line.c.part_id == record_id)
        .order_by(spare_request.c.requested_at.desc())
        .limit(60)
    )


def _lines(record_id: int) -> Select[Any]:
    return (
        select(spare_request_line, spare_part.c.code, spare_part.c.name, spare_part.c.id.label("part"))
        .join(spare_part, spare_part.c.id == spare_request_line.c.part_id)
        .where(spare_request_line.c.request_id == record_id)
        .order_by(spare_request_line.c.ordinal)
    )


def _in_time(row: Record) -> bool | None:
    return None if row.delivered_at is None else row.delivered_at <= row.needed_at


_STATUS = Field("状态", "Status", "status", "badge", wording.REQUEST_STATUSES, on_phone=True)
_STOCK = Field("库存", "Stock", "stock", "number", on_phone=True)
_LEVEL = Field("备件级别", "Level", "level", words=wording.PART_LEVELS)

SPARE_PARTS = Register(
    key="spare_part",
    zh="备件",
    en="Spare part",
    en_plural="Spare parts",
    icon="list",
    order=250,
    hint_zh="备件库存、出入库记录和可用性检测；库存等于全部出入库之和。",
    hint_en="What lies in store, every move of it and its inspections. The stock is the sum of the moves.",
    table=spare_part,
    query=select(spare_part),
    number="code",
    title="name",
    moment=spare_part.c.created_at,
    search=(spare_part.c.code, spare_part.c.name, spare_part.c.model, spare_part.c.location, spare_part.c.supplier),
    standings=(
        Standing(
            "short", "低于最低库存", "Below the minimum", lambda now: spare_part.c.stock < spare_part.c.minimum, "red"
        ),
        Standing("active", "启用", "In use", lambda now: spare_part.c.is_active, "green"),
    ),
    choices=(Choice("level", "备件级别", "Level", spare_part.c.level, wording.PART_LEVELS),),
    columns=(
        _STOCK,
        Field("最低库存", "Minimum", "minimum", "number"),
        Field("型号", "Model", "model"),
        _LEVEL,
        Field("库位", "Location", "location"),
    ),
    sections=(
        Section(
            "备件",
            "Spare part",
            (
                _STOCK,
                Field("最低库存", "Minimum stock", "minimum", "number"),
                Field("单位", "Unit", "unit"),
                Field("型号", "Model", "model"),
                _LEVEL,
                Field("库位", "Location", "location"),
                Field("供应商", "Supplier", "supplier"),
            ),
        ),
    ),
    related=(
        Related(
            "出入库",
            "Moves",
            _moves,
            (
                Field("时间", "When", "moved_at", "moment"),
                Field("类型", "Kind", "kind", "badge", wording.MOVES, on_phone=True),
                Field("数量", "Quantity", "quantity", "number", on_phone=True),
                Field("结存", "Balance", "balance", "number", on_phone=True),
                Field("经办", "By", "by_name", "person"),
                Field("说明", "Note", "note"),
            ),
        ),
        Related(
            "申请",
            "Requests",
            _lines_of_part,
            (
                Field("编号", "Number", "number"),
                _STATUS,
                Field("数量", "Quantity", "quantity", "number"),
                Field("已交付", "Delivered", "delivered", "number"),
            ),
            "spare_request",
        ),
        Related(
            "检测",
            "Inspections",
            _inspections,
            (
                Field("日期", "Date", "inspected_on", "date"),
                Field("检测", "Inspected", "inspected", "number", on_phone=True),
                Field("可用", "Sound", "sound", "number", on_phone=True),
                Field("说明", "Note", "note"),
            ),
        ),
    ),
    exports=(
        Field("备件编码", "Part number", "code"),
        Field("名称", "Name", "name", width=24),
        Field("型号", "Model", "model", width=20),
        Field("单位", "Unit", "unit"),
        _LEVEL,
        Field("库存", "Stock", "stock", "number"),
        Field("最低库存", "Minimum", "minimum", "number"),
        Field("库位", "Location", "location"),
        Field("供应商", "Supplier", "supplier"),
    ),
)

SPARE_REQUESTS = Register(
    key="spare_request",
    zh="备件申请",
    en="Request for spare parts",
    en_plural="Requests for spare parts",
    icon="transfer",
    order=260,
    hint_zh="备件申请及各行的交付；及时率看是否按需要时间交齐，完整率看首次交付的数量。",
    hint_en="Requests and the delivery of each line: in time, and how much of it came with the first delivery.",
    table=spare_request,
    query=select(spare_request, project.c.name.label("project_name"), user.c.name.label("requester_name"))
    .outerjoin(project, project.c.id == spare_request.c.project_id)
    .outerjoin(user, user.c.id == spare_request.c.requester_id),
    title="purpose",
    moment=spare_request.c.requested_at,
    search=(spare_request.c.number, spare_request.c.purpose, spare_request.c.incident_number, project.c.name),
    standings=(
        Standing("open", "未交齐", "Open", lambda now: spare_request.c.status.in_(OPEN), "blue"),
        Standing(
            "late",
            "逾期",
            "Late",
            lambda now: spare_request.c.status.in_(OPEN) & (spare_request.c.needed_at < now),
            "red",
        ),
        Standing(
            "done", "已交付", "Delivered", lambda now: spare_request.c.status.in_(("delivered", "closed")), "green"
        ),
    ),
    columns=(
        _STATUS,
        Field("项目", "Project", "project_name"),
        Field("申请人", "Requested by", "requester_name", "person"),
        Field("需要时间", "Needed by", "needed_at", "moment", on_phone=True),
        Field("剩余", "Left", lambda row: row.needed_at if row.status in OPEN else None, "due"),
    ),
    sections=(
        Section(
            "申请",
            "Request",
            (
                Field(
                    "项目",
                    "Project",
                    lambda row: ("project", row.project_id, row.project_name) if row.project_id else None,
                    "record",
                ),
                Field("事件编号", "Incident", "incident_number"),
                Field("申请人", "Requested by", "requester_name", "person"),
                Field("申请时间", "Requested", "requested_at", "moment"),
                Field("需要时间", "Needed by", "needed_at", "moment"),
                Field("交齐时间", "Delivered", "delivered_at", "moment"),
                Field("用途", "What for", "purpose", "long"),
            ),
        ),
    ),
    related=(
        Related(
            "备件",
            "Parts",
            _lines,
            (
                Field("备件", "Part", lambda row: ("spare_part", row.part, row.code), "record"),
                Field("名称", "Name", "name", on_phone=True),
                Field("数量", "Quantity", "quantity", "number", on_phone=True),
                Field("首次交付", "First delivery", "first_delivered", "number"),
                Field("已交付", "Delivered", "delivered", "number", on_phone=True),
                Field("按时", "In time", _in_time, "yes_no"),
                Field("退回", "Returned", "returned", "number"),
                Field("报废", "Scrapped", "scrapped", "number"),
            ),
        ),
    ),
    exports=(
        Field("编号", "Number", "number"),
        Field("项目", "Project", "project_name", width=30),
        Field("事件编号", "Incident", "incident_number"),
        Field("申请人", "Requested by", "requester_name"),
        Field("申请时间", "Requested", "requested_at", "moment"),
        Field("需要时间", "Needed by", "needed_at", "moment"),
        Field("交齐时间", "Delivered", "delivered_at", "moment"),
        Field("状态", "Status", "status", words=wording.REQUEST_STATUSES),
        Field("用途", "What for", "purpose", width=40),
    ),
)
