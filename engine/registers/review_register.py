"""The register of management reviews."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, func, select

from engine.registers.nonconformity_register import RAISED_COLUMNS, raised_from
from engine.registers.nonconformity_wording import ACTION_KINDS, ACTION_STATUSES
from engine.registers.register import Field, Register, Related, Section, Standing
from engine.registers.review_wording import ATTENDEES, INPUT_STATUSES, STATUSES, VERDICTS
from engine.store.tables import (
    corrective_action,
    group,
    management_review,
    review_attendance,
    review_input,
    user,
)

_approver, _provider, _owner = user.alias("approver"), user.alias("provider"), user.alias("owner")
_WAITING = ("submitted", "returned")


def _count(table: Any, column: Any, *conditions: Any) -> Any:
    return (
        select(func.count()).select_from(table).where(column == management_review.c.id, *conditions).scalar_subquery()
    )


def _inputs(record_id: int) -> Select[Any]:
    return (
        select(
            review_input,
            group.c.name_zh.label("owner_zh"),
            group.c.name_en.label("owner_en"),
            _provider.c.name.label("provider_name"),
        )
        .join(group, group.c.id == review_input.c.owner_group_id)
        .outerjoin(_provider, _provider.c.id == review_input.c.provided_by_id)
        .where(review_input.c.review_id == record_id)
        .order_by(review_input.c.ordinal)
    )


def _attendance(record_id: int) -> Select[Any]:
    mine = select(review_attendance).where(review_attendance.c.review_id == record_id)
    return mine.order_by(review_attendance.c.kind, review_attendance.c.person)


def _actions(record_id: int) -> Select[Any]:
    return (
        select(corrective_action, _owner.c.name.label("owner_name"))
        .join(_owner, _owner.c.id == corrective_action.c.owner_id)
        .where(corrective_action.c.management_review_id == record_id)
        .order_by(corrective_action.c.id)
    )


def _nonconformities(record_id: int) -> Select[Any]:
    return raised_from("management_review", record_id)


_STATUS = Field("状态", "Status", "status", "badge", STATUSES, on_phone=True)
_CONCLUSIONS = tuple(
    field
    for code, zh, en in (
        ("suitability", "适宜性", "Suitability"),
        ("adequacy", "充分性", "Adequacy"),
        ("effectiveness", "有效性", "Effectiveness"),
    )
    for field in (
        Field(zh, en, code, words=VERDICTS),
        Field(f"{zh}说明", f"{en}: reasons", f"{code}_note", "long", width=30),
    )
)

MANAGEMENT_REVIEWS = Register(
    key="management_review",
    zh="管理评审",
    en="Management review",
    en_plural="Management reviews",
    icon="groups",
    order=70,
    hint_zh="每年一次：七类输入、七类参会人员、适宜性充分性有效性结论，以及跟踪到底的改进决定。",
    hint_en="Once a year: seven inputs, seven kinds of attendee, three conclusions, and decisions tracked to closure.",
    table=management_review,
    query=select(
        management_review,
        _approver.c.name.label("approver_name"),
        _count(review_input, review_input.c.review_id).label("inputs"),
        _count(review_input, review_input.c.review_id, review_input.c.status != "asked").label("settled"),
        _count(corrective_action, corrective_action.c.management_review_id).label("actions"),
        _count(
            corrective_action, corrective_action.c.management_review_id, corrective_action.c.status == "verified"
        ).label("verified"),
    ).outerjoin(_approver, _approver.c.id == management_review.c.approved_by_id),
    title="title",
    moment=management_review.c.year,
    search=(management_review.c.number, management_review.c.title, management_review.c.minutes),
    standings=(
        Standing(
            "approval", "待批准", "To be approved", lambda now: management_review.c.status.in_(_WAITING), "orange"
        ),
        Standing(
            "running",
            "进行中",
            "Under way",
            lambda now: management_review.c.status.in_(("collecting", "reporting", "tracking")),
        ),
        Standing("closed", "已完成", "Closed", lambda now: management_review.c.status == "closed", "green"),
    ),
    columns=(
        Field("年度", "Year", "year", "number"),
        _STATUS,
        Field("会议时间", "Meeting", "meets_at", "moment"),
        Field("输入材料", "Inputs", lambda row: f"{row.settled}/{row.inputs}" if row.inputs else ""),
        Field("改进决定", "Decisions", lambda row: f"{row.verified}/{row.actions}" if row.actions else ""),
    ),
    sections=(
        Section(
            "评审计划",
            "Plan",
            (
                Field("评审目的", "Purpose", "purpose", "long"),
                Field("议程", "Agenda", "agenda", "long"),
                Field("会议时间", "Meeting", "meets_at", "moment"),
                Field("地点", "Place", "place"),
                Field("批准人", "Approved by", "approver_name", "person"),
                Field("批准时间", "Approved at", "approved_at", "moment"),
            ),
        ),
        Section(
            "评审结论",
            "Conclusions",
            (
                Field("实际召开时间", "Held at", "held_at", "moment"),
                Field("会议纪要", "Minutes", "minutes", "long"),
                *_CONCLUSIONS,
                Field("完成时间", "Closed at", "closed_at", "moment"),
            ),
        ),
    ),
    related=(
        Related(
            "输入材料",
            "Inputs",
            _inputs,
            (
                Field("材料", "Material", "title_zh", on_phone=True),
                Field("提供部门", "Owner", "owner", "named"),
                Field("状态", "Status", "status", "badge", INPUT_STATUSES, on_phone=True),
                Field("提交人", "Handed in by", "provider_name", "person"),
                Field("内容或豁免理由", "Content, or why waived", lambda row: row.summary or row.waiver_reason, "long"),
            ),
        ),
        Related(
            "签到",
            "Attendance",
            _attendance,
            (
                Field("类别", "Kind", "kind", words=ATTENDEES, on_phone=True),
                Field("姓名", "Name", "person", "person", on_phone=True),
                Field("出席", "Present", "is_present", "yes_no", on_phone=True),
                Field("缺席豁免理由", "Reason accepted", "waiver_reason"),
            ),
        ),
        Related(
            "改进决定",
            "Decisions",
            _actions,
            (
                Field("编号", "Number", "number", on_phone=True),
                Field("决定事项", "Decision", "description", "long", on_phone=True),
                Field("类别", "Kind", "kind", words=ACTION_KINDS),
                Field("负责人", "Owner", "owner_name", "person"),
                Field("期限", "Due", "due_on", "date"),
                Field("状态", "Status", "status", "badge", ACTION_STATUSES, on_phone=True),
            ),
            record_type="corrective_action",
        ),
        Related(
            "不符合项",
            "Nonconformities",
            _nonconformities,
            RAISED_COLUMNS,
            record_type="nonconformity",
        ),
    ),
    exports=(
        Field("编号", "Number", "number"),
        Field("年度", "Year", "year"),
        Field("名称", "Title", "title", width=30),
        Field("状态", "Status", "status", words=STATUSES),
        Field("会议时间", "Meeting", "meets_at"),
        Field("批准人", "Approved by", "approver_name"),
        *_CONCLUSIONS,
        Field("改进决定", "Decisions", "actions"),
        Field("已验证", "Verified", "verified"),
        Field("完成时间", "Closed at", "closed_at"),
    ),
)
