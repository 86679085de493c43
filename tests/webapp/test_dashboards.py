"""Dashboards without scripts: each department sees its own first; what a number says its list holds."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest

from engine.bootstrap import Platform
from engine.clock import MovableClock
from engine.dashboards.catalogue import DASHBOARDS
from engine.indicators.catalogue import INDICATORS
from engine.store.tables import audit_coverage, group, internal_audit
from tests.support.ledger import Ledger, at
from tests.support.people import People
from tests.support.visitor import Visitor


@pytest.fixture
def ledger(platform: Platform, people: People, clock: MovableClock) -> Ledger:
    """It is 25 March, ten in the morning."""
    clock.move_to(datetime(2026, 3, 25, 2, tzinfo=UTC))
    return Ledger(platform, people)


@pytest.fixture
def xu_mei(ledger: Ledger, sign_in: Callable[[str], Visitor]) -> Visitor:
    return sign_in("xumei")


def panel(visitor: Visitor, key: str) -> dict[str, str]:
    """The table of a panel."""
    rows = visitor.page.xpath(f"//section[@id='panel-{key}']//tbody/tr")
    return {row.xpath("string(th)"): row.xpath("normalize-space(td)") for row in rows}


def tiles(visitor: Visitor) -> dict[str, str]:
    found = visitor.page.xpath("//a[contains(@class, 'yz-stat ')]")
    return {one.xpath("string(span[1])"): one.xpath("string(span[2])") for one in found}


def test_everybody_sees_the_dashboard_of_their_department_first(
    ledger: Ledger, people: People, sign_in: Callable[[str], Visitor]
) -> None:
    expected = {
        "service_desk": "desk", "operations": "department", "technical_center": "department", "quality": "quality",
        "management": "management", "management_representative": "management",
    }  # fmt: skip
    for department, dashboard in expected.items():
        people.user(f"of.{department}", groups=[department])
        assert sign_in(f"of.{department}").visit("/dashboards").path == f"/dashboards/{dashboard}"
    people.user("qiumin", "邱敏", groups=["finance"])
    assert sign_in("qiumin").visit("/dashboards").status == 403
    assert sign_in("qiumin").visit("/dashboards/quality/today/open").status == 403


def test_the_load_of_this_moment(ledger: Ledger, xu_mei: Visitor) -> None:
    ledger.incident(at("03-25", "09:30"), opened_at=at("03-25", "08:00"))
    ledger.incident(None, opened_at=at("03-24"), made_sla=False)
    ledger.call(at("03-20"))  # its incident is open again in the register
    ledger.complaint("C-1", at("03-20"))
    ledger.complaint("C-2", at("03-20"), status="closed")
    assert tiles(xu_mei.visit("/dashboards/desk")) == {
        "今日新增事件": "1",
        "今日解决事件": "1",
        "未解决事件": "2",
        "超时未解决": "1",
        "待回访": "1",
        "超时未回访": "1",
        "处理中投诉": "1",
        "逾期任务": "0",
    }
    for link, number in (("late", "INC002"), ("late_callbacks", "INC003"), ("complaints", "C-1")):
        assert number in xu_mei.visit(f"/dashboards/desk/today/{link}").text


def test_findings_and_actions_by_age(ledger: Ledger, xu_mei: Visitor) -> None:
    first = ledger.nonconformity("N-1", raised_at=at("03-01"))
    ledger.nonconformity("N-2", raised_at=at("01-20"))
    ledger.nonconformity("N-3", raised_at=at("01-02"), status="closed")
    for number, due_on in (("A-1", date(2026, 3, 25)), ("A-2", date(2026, 3, 20)), ("A-3", date(2026, 2, 1))):
        ledger.action(number, due_on, nonconformity_id=first)
    ledger.action("A-4", date(2026, 1, 1), nonconformity_id=first, status="done", done_at=at("01-01"))
    xu_mei.visit("/dashboards/quality")
    assert panel(xu_mei, "findings") == {
        "30 天以内": "1",
        "31 至 60 天": "0",
        "61 至 90 天": "1",
        "90 天以上": "0",
    }
    assert panel(xu_mei, "actions") == {
        "未到期": "1",
        "逾期 7 天以内": "1",
        "逾期 8 至 30 天": "0",
        "逾期 30 天以上": "1",
    }
    (link,) = xu_mei.page.xpath("//section[@id='panel-actions']//tr[th='逾期 30 天以上']//a/@href")
    assert "A-3" in xu_mei.visit(link).text
    assert "A-1" not in xu_mei.text


def test_how_far_the_audits_of_the_year_reach(ledger: Ledger, xu_mei: Visitor) -> None:
    ledger.change(group, ledger.department_id, name_zh="运维服务部")  # there is the quality department as well
    given = {"year": 2026, "title": "上半年内审", "begins_on": date(2026, 3, 9)}
    held = ledger.add(internal_audit, number="IA-1", status="closed", **given)
    ahead = ledger.add(internal_audit, number="IA-2", status="planned", **given)
    for audit_id, area in ((held, "people"), (ahead, "people"), (ahead, "process")):
        ledger.add(audit_coverage, audit_id=audit_id, department_id=ledger.department_id, area=area)
    assert panel(xu_mei.visit("/dashboards/quality"), "coverage") == {"已审核": "1", "已计划": "1", "未安排": "6"}
    assert "运维服务部 · 技术" in xu_mei.visit("/dashboards/quality/coverage/open").text


def test_a_dashboard_names_what_exists(xu_mei: Visitor) -> None:
    for one in DASHBOARDS.values():
        assert {*one.headline, *(key for *_names, keys in one.trends for key in keys)} <= INDICATORS.keys()
        assert xu_mei.visit(f"/dashboards/{one.key}?period=2026-Q1").status == 200
    for nothing in ("nobody", "quality/nothing/open", "quality/today/nothing"):
        assert xu_mei.visit(f"/dashboards/{nothing}").status == 404
