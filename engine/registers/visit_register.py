"""The register of visits to the customers of projects."""

from __future__ import annotations

from sqlalchemy import select

from engine.registers.register import Field, Register, Section, Standing, Word, Words
from engine.store.tables import customer, project, project_visit, user
from engine.store.types import Record

STATUSES: Words = {
    "planned": Word("待回访", "To be visited", "orange"),
    "visited": Word("已回访", "Visited", "blue"),
    "closed": Word("已报告", "Reported", "green"),
}
_visitor, _receiver = user.alias("visitor"), user.alias("receiver")


def _project(row: Record) -> tuple[str, int, str]:
    return "project", row.project_id, row.project_name


_STATUS = Field("状态", "Status", "status", "badge", STATUSES, on_phone=True)
_PROJECT = Field("项目", "Project", _project, "record", width=30)
_CUSTOMER = Field("客户", "Customer", "customer_name", width=24)
_OCCASION = Field("缘由", "Occasion", "occasion", width=20)
_VISITED = Field("回访日期", "Visited on", "visited_on", "date")
_VISITOR = Field("回访人", "Visited by", "visitor_name", "person")
_SPOKEN = Field("访谈对象", "Spoken to", "spoken_to")
_SCORE = Field("满意度", "Satisfaction", "score", "number", on_phone=True)
_PRAISE = Field("认可之处", "What went well", "praise", "long", width=40)
_PROBLEMS = Field("问题与建议", "Problems and wishes", "problems", "long", width=40)
_RECEIVER = Field("部门总经理", "General manager", "receiver_name", "person")
_RECEIVED = Field("审阅时间", "Received", "received_at", "moment")
_INSTRUCTION = Field("批示", "Instruction", "instruction", "long", width=40)
_OPENED = Field("发起时间", "Opened", "opened_at", "moment")

PROJECT_VISITS = Register(
    key="project_visit",
    zh="项目回访",
    en="Project visit",
    en_plural="Project visits",
    icon="phone",
    order=66,
    hint_zh="项目或里程碑完成后回访客户，形成满意度报告，送部门总经理。",
    hint_en="After a project or a milestone: what the customer says, reported to the department's general manager.",
    table=project_visit,
    query=select(
        project_visit,
        project.c.name.label("project_name"),
        project.c.name.label("title"),
        customer.c.name.label("customer_name"),
        _visitor.c.name.label("visitor_name"),
        _receiver.c.name.label("receiver_name"),
    )
    .join(project, project.c.id == project_visit.c.project_id)
    .join(customer, customer.c.id == project.c.customer_id)
    .outerjoin(_visitor, _visitor.c.id == project_visit.c.visitor_id)
    .outerjoin(_receiver, _receiver.c.id == project_visit.c.received_by_id),
    title="title",
    moment=project_visit.c.opened_at,
    search=(project_visit.c.number, project.c.name, customer.c.name, project_visit.c.problems),
    standings=(
        Standing("planned", "待回访", "To be visited", lambda now: project_visit.c.status == "planned", "orange"),
        Standing("visited", "待报告", "To be reported", lambda now: project_visit.c.status == "visited"),
        Standing("closed", "已报告", "Reported", lambda now: project_visit.c.status == "closed", "green"),
    ),
    columns=(_STATUS, _SCORE, _CUSTOMER, _VISITED, _VISITOR),
    sections=(
        Section("回访", "Visit", (_PROJECT, _CUSTOMER, _OCCASION, _VISITED, _VISITOR, _SPOKEN, _PRAISE, _PROBLEMS)),
        Section("满意度报告", "Report", (_RECEIVER, _RECEIVED, _INSTRUCTION)),
    ),
    exports=(
        Field("编号", "Number", "number"),
        *(_STATUS, _PROJECT, _CUSTOMER, _OCCASION, _OPENED, _VISITED, _VISITOR, _SPOKEN, _SCORE, _PRAISE),
        *(_PROBLEMS, _RECEIVER, _RECEIVED, _INSTRUCTION),
    ),
)
