"""What people answer in the forms of the management review, for stories and walks in the browser."""

from __future__ import annotations

from typing import Any

from tests.support.company import Company

OWNERS = {"technical_center": "guojun", "quality": "xumei", "operations": "wangqiang", "service_desk": "chenjing"}


def plan(company: Company, item: Any, **changed: Any) -> dict[str, Any]:
    """A plan with the seven inputs that were proposed."""
    return {
        "year": 2026,
        "title": "2026 年度管理评审",
        "purpose": "评价服务质量管理体系的适宜性、充分性和有效性",
        "meets_at": "2026-04-10T14:00:00+08:00",
        "place": "一号会议室",
        "agenda": "各部门汇报；评审结论；改进决定",
        "inputs": company.form_data(item)["inputs"],
        **changed,
    }


def hand_in_everything(company: Company) -> None:
    """Every owner hands in what is asked for."""
    for login in OWNERS.values():
        while "provide_input" in company.todo(login):
            company.submit(login, "provide_input", summary="本年度完成情况见附件，指标均达标")


def attendance(company: Company, **absent: str) -> list[dict[str, Any]]:
    """The seven kinds as proposed; ``absent`` maps a kind to the reason accepted for its absence."""
    rows = company.form_data(company.item("linfang", "hold_meeting"))["attendance"]
    return [
        {**row, "present": "no", "waiver_reason": absent[row["kind"]]} if row["kind"] in absent else row for row in rows
    ]


def conclusions(**changed: Any) -> dict[str, Any]:
    """The system is found suitable, adequate and effective; nothing is decided unless it is said."""
    return {
        "suitability": "suitable",
        "suitability_note": "与公司战略一致",
        "adequacy": "partly",
        "adequacy_note": "备件管理需加强",
        "effectiveness": "suitable",
        "effectiveness_note": "指标达成",
        "decisions": [],
        **changed,
    }
