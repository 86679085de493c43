"""Nonconformities and complaints as they come in, for tests of what is shown and made of them."""

from __future__ import annotations

from typing import Any

from engine.store.tables import complaint, nonconformity
from engine.store.types import Record
from tests.support.company import Company

RAISED = {
    "title": "两单没有回访记录",
    "description": "抽查十单已解决事件，其中两单没有回访记录",
    "department": "service_desk",
    "grade": "minor",
    "clause": "7.3",
    "area": "resources",
    "evidence": "INC1、INC4",
}
ANALYSED = {
    "whys": [{"why": "交接班时漏了"}, {"why": "交接表没有这一栏"}, {"why": "制度没有随要求更新"}],
    "root_cause": "交接制度没有覆盖回访",
    "cause_category": "process",
    "similar_finding": "其他部门没有交接班，不存在相同情况",
}
ACTION = {"description": "修订交接制度", "owner": "liuyang", "due_on": "2026-03-10"}
COMPLAINT = {
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


def raise_nonconformity(company: Company, **changed: Any) -> Record:
    """Sun Li, an auditor at the service desk, raises a nonconformity."""
    company.start("sunli", "nonconformity", **{**RAISED, **changed})
    return company.rows(nonconformity)[-1]


def analyse_nonconformity(company: Company, **changed: Any) -> Record:
    """It is raised, confirmed, contained and analysed; the action of Liu Yang is under way."""
    raise_nonconformity(company, **changed)
    confirmed = {name: RAISED[name] for name in ("grade", "department", "clause", "area")}
    company.submit("hexin", "review", valid="yes", **confirmed)
    company.submit("liuyang", "contain", containment="当日补做回访")
    company.submit("liuyang", "analyse", **ANALYSED)
    company.submit("chenjing", "plan", actions=[ACTION])
    return company.rows(nonconformity)[-1]


def complain(company: Company, **changed: Any) -> Record:
    """A customer's complaint comes in by phone."""
    company.start("liuyang", "complaint", **{**COMPLAINT, **changed})
    return company.rows(complaint)[-1]
