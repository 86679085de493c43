"""A dashboard in the browser: charts are drawn, numbers open lists and records; both languages, and on a phone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Page, expect

from engine.bootstrap import Platform
from engine.clock import MovableClock
from tests.browser.conftest import assert_accessible
from tests.support.ledger import Ledger, at
from tests.support.people import People

pytestmark = pytest.mark.browser


@pytest.fixture
def ledger(platform: Platform, people: People, clock: MovableClock) -> Ledger:
    """Two incidents of March, one late; two callbacks; a nonconformity of January."""
    clock.move_to(datetime(2026, 3, 25, 2, tzinfo=UTC))
    found = Ledger(platform, people)
    found.incident(at("03-02"), made_sla=True)
    found.incident(at("03-03"), made_sla=False)
    reached = {"status": "reached", "attempts": 1, "first_attempt_at": at("03-05"), "finished_at": at("03-05")}
    found.call(at("03-04"), solved=True, score=5, **reached)
    found.call(at("03-05"))
    found.nonconformity("N-20260105-001")
    return found


def test_a_number_opens_its_list_and_the_list_its_record(
    ledger: Ledger, live_server: str, screen: Callable[..., Page]
) -> None:
    page = screen("xumei")
    problems: list[str] = []
    page.on("console", lambda one: problems.append(one.text) if one.type == "error" else None)
    page.goto("/")
    page.get_by_role("link", name="看板", exact=True).first.click()
    expect(page.get_by_role("link", name="质量管理部")).to_have_attribute("aria-current", "page")
    expect(page.locator("#panel-findings canvas")).to_be_visible()
    assert_accessible(page)
    page.locator("#panel-findings").get_by_role("row", name="61 至 90 天").get_by_role("link", name="1").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("未关闭不符合项账龄 · 61 至 90 天")
    expect(page.get_by_role("link", name="N-20260105-001")).to_be_visible()
    page.get_by_role("link", name="质量管理部").click()
    page.get_by_role("link", name="未解决事件 2").click()
    page.get_by_role("link", name="INC003").click()
    expect(page.get_by_role("heading", name="INC003")).to_be_visible()
    assert problems == [], "the strict content policy lets the charts be drawn"


def test_figures_lead_to_their_records_in_english_on_a_phone(
    ledger: Ledger, people: People, live_server: str, screen: Callable[..., Page]
) -> None:
    people.user("emily", "Emily Carter", groups=["service_desk"], language="en")
    page = screen("emily", phone=True, language="en")
    page.goto("/indicators")
    expect(page.get_by_role("row", name="Resolution in time")).to_contain_text("50%")
    assert_accessible(page)
    page.goto("/dashboards")
    expect(page.get_by_role("heading", name="Dashboards")).to_be_visible()
    expect(page.get_by_role("link", name="Callbacks overdue 1")).to_be_visible()
    assert_accessible(page)
    page.get_by_role("link", name="50%").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Callback within 24 hours")
    assert_accessible(page)
    page.locator("#records").get_by_role("link", name="INC").first.click()
    expect(page.get_by_role("heading", name="INC").first).to_be_visible()


def test_without_scripts_the_tables_say_it_all(ledger: Ledger, live_server: str, screen: Callable[..., Page]) -> None:
    page = screen("xumei", javascript=False)
    page.goto("/dashboards/management?period=2026-03")
    expect(page.locator(".yz-chart").first).to_be_hidden()
    expect(page.get_by_role("row", name="2026年3月").first.get_by_role("link", name="50%")).to_be_visible()
    expect(page.locator("#panel-findings").get_by_role("row", name="61 至 90 天")).to_contain_text("1")
