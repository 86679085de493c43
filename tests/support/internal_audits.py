"""What people answer in the forms of audits, for stories and walks in the browser."""

from __future__ import annotations

from typing import Any

from tests.support.company import Company

DEPARTMENTS = ["service_desk", "operations", "technical_center", "quality", "human_resources", "finance"]
AREAS = ["people", "resources", "technology", "process"]
# Nobody audits a department they belong to: fangyu is of the technical centre, hexin of quality, zhoukai of operations.
AUDITORS = {
    "service_desk": "fangyu",
    "operations": "hexin",
    "technical_center": "hexin",
    "quality": "zhoukai",
    "human_resources": "fangyu",
    "finance": "zhoukai",
}


def programme(**changed: Any) -> dict[str, Any]:
    """A programme of two audits that covers everything."""
    return {
        "year": 2026,
        "objectives": "验证服务质量管理体系持续符合策划的安排",
        "audits": [
            {"title": "2026年中内部审核", "begins_on": "2026-06-10", "departments": DEPARTMENTS, "areas": AREAS[:2]},
            {"title": "2026年末内部审核", "begins_on": "2026-12-10", "departments": DEPARTMENTS, "areas": AREAS[2:]},
        ],
        **changed,
    }


def plan(departments: list[str], areas: list[str], **changed: Any) -> dict[str, Any]:
    """A plan for these departments, each with an auditor from elsewhere."""
    return {
        "title": "年中内部审核",
        "criteria": "GB/T 28827.1-2012",
        "scope": "运维服务全过程",
        "begins_on": "2026-06-10",
        "ends_on": "2026-06-12",
        "lead_auditor": "hexin",
        "assignments": [{"department": key, "auditor": AUDITORS[key], "areas": areas} for key in departments],
        **changed,
    }


def settle_checklists(company: Company, departments: list[str]) -> None:
    """Each auditor takes the checklist as it was drawn."""
    for key in departments:
        login = AUDITORS[key]
        item = company.item(login, "prepare_checklist")
        items = company.form_data(item)["items"]
        company.complete(login, item.id, items=items)


def record(company: Company, login: str, results: dict[int, dict[str, Any]]) -> None:
    """An auditor records the next department: everything conforms, but for the ordinals in ``results``."""
    item = company.item(login, "audit_department")
    items = [
        {**one, "result": "conform", "interviewee": "当班人员", **results.get(one["ordinal"], {})}
        for one in company.form_data(item)["items"]
    ]
    company.complete(login, item.id, items=items)
