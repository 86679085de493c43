"""What customers complain about in stories, and what the house answers."""

from __future__ import annotations

from typing import Any

from engine.store.tables import complaint
from engine.store.types import Record
from tests.support.company import Company

BY_PHONE: dict[str, Any] = {
    "received_through": "phone",
    "customer": "滨江市第一人民医院",
    "project": "医院网络运维",
    "complainant": "张慧",
    "contact": "13800000000",
    "kind": "timeliness",
    "subject": "报修两天无人上门",
    "content": "周一报修，周三还没有人来",
    "remedy_sought": "尽快上门并说明原因",
    "severity": "low",
    "flags": [],
}
TOLD = {"acknowledged_through": "phone", "handled_by": "service_desk"}
HANDLED = {"handling": "派工漏单，已安排工程师当日上门", "proposed_answer": "今日 15 点前上门，并改进派工核对"}
ACCEPTED = {"answer": "今日 15 点前上门", "answered_through": "phone", "accepted": "yes"}
DISPUTED = {**ACCEPTED, "accepted": "no", "dispute_reason": "没有说明怎么避免再发生"}


def found(company: Company) -> Record:
    """The latest complaint of the register."""
    return company.rows(complaint)[-1]


def register(company: Company, by: str = "liuyang", **changed: Any) -> str:
    """Register a complaint by phone; the id of its case."""
    return company.start(by, "complaint", **{**BY_PHONE, **changed})


def acknowledge(company: Company, by: str = "zhaoqian", **changed: Any) -> None:
    """Tell the customer, and say what the first assessment found."""
    known = {name: value for name, value in BY_PHONE.items() if name not in ("received_through", "content")}
    company.submit(by, "acknowledge", **{**known, **TOLD, **changed})


MAJOR = {"severity": "high", "flags": ["legal"], "acknowledged": True, "handled_by": "service_desk"}
CONTAINED = {"containment": "停用问题设备并更换", "interim_answer": "已更换设备，五个工作日内书面答复"}
CAUSE: dict[str, Any] = {
    "whys": [{"why": "设备超期未检"}, {"why": "检测计划没有列入该设备"}, {"why": "新增设备没有登记流程"}],
    "cause_category": "process",
    "root_cause": "新增设备不登记",
    "similar_cases": "排查另外两家医院，无同类情况",
}
MEASURES = {"measures": "新增设备先登记再上线", "handling": "流程已修订并培训", "proposed_answer": "书面说明已寄出"}
VISITED = {"visited_through": "in_person", "visit_score": 4, "visit_note": "认可处理"}
VERIFIED = {"effective": "yes", "verification": "抽查五台新增设备，均已登记"}
NOT_BACK = {"recurred": "no", "recurrence_note": "三个月内无同类投诉"}


def to_the_answer(company: Company) -> None:
    """Do all of a major complaint until the customer is to be answered."""
    company.submit("fangyu", "contain", **CONTAINED)
    company.submit("fangyu", "analyse_cause", **CAUSE)
    company.submit("fangyu", "carry_out", **MEASURES)
