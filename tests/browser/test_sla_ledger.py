"""Why is this late? The ledger of an incident, and the pages around it, in a real browser."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from engine.store.tables import incident
from tests.browser.conftest import assert_accessible
from tests.support.company import Company
from tests.support.ticket_system import TicketSystem

pytestmark = pytest.mark.browser
Screens = Callable[..., Page]
HOUR = timedelta(hours=1)


@pytest.fixture
def late(company: Company) -> int:
    """Opened on Monday at nine, eight hours promised, three of them waiting, solved on Wednesday at ten."""
    company.enter_master_data()
    nine = company.clock.now()
    company.clock.move_to(nine + 50 * HOUR)
    tickets = TicketSystem(company.platform, company.folder, importer=company.actor("chenjing"))

    def event(state: str, modification: int, hours: int) -> dict[str, str]:
        row = tickets.row("INC7", state, modification, at=nine + hours * HOUR, opened_at=nine)
        return {**row, "priority": "2 - 高"}

    tickets.import_rows(
        event("New", 0, 0),
        event("Active", 1, 0),
        event("Awaiting User Info", 2, 1),
        event("Active", 3, 5),
        event("Resolved", 4, 49),
    )
    company.deliver()
    return int(company.rows(incident)[0].id)


WORDS = {
    "wangqiang": (
        "为什么晚了？",
        "解决时间",
        "暂停：等待客户",
        "工作时间明细",
        "超时 6:00",
        "2026-03-02 14:00–18:00 = 4:00",
    ),
    "emily": (
        "Why is this late?",
        "Resolution time",
        "Paused: waiting for the customer",
        "Open hours, added up",
        "Late by 6:00",
        "2026-03-02 14:00–18:00 = 4:00",
    ),
}


@pytest.mark.parametrize("phone", [False, True], ids=["desk", "phone"])
@pytest.mark.parametrize("login", list(WORDS))
def test_an_auditor_recomputes_the_ledger_by_hand(
    screen: Screens, company: Company, late: int, login: str, phone: bool
) -> None:
    """Nine to ten, two to six, eight hours on Tuesday, one on Wednesday: fourteen hours instead of eight."""
    why, metric, paused, openings, lateness, span = WORDS[login]
    page = screen(login, phone=phone, language="en" if login == "emily" else "zh")
    page.goto(f"/incidents/{late}")
    expect(page.get_by_role("heading", name=why)).to_be_visible()
    ledger = page.get_by_role("region", name=metric)
    expect(ledger.get_by_text(lateness)).to_be_visible()
    rows = ledger.get_by_role("row")
    expect(rows.filter(has_text=paused)).to_contain_text("3:00")
    expect(rows.last).to_contain_text("14:00")
    expect(rows.last).to_contain_text("3:00")
    ledger.get_by_text(openings).last.click()
    expect(ledger.get_by_text(span)).to_be_visible()
    assert_accessible(page)


@pytest.mark.parametrize(("language", "phone"), [("en", False), ("zh", True)])
def test_the_pages_of_master_data_are_accessible(
    screen: Screens, company: Company, late: int, phone: bool, language: str
) -> None:
    company.speak(language)
    page = screen("wangqiang", phone=phone, language=language)
    for path in (
        "/registers/customer",
        "/registers/customer/1",
        "/registers/project/1",
        "/registers/sla/1",
        "/registers/sla_clock?standing=missed",
        "/registers/sla_clock/1",
        "/registers/spare_part/1",
        "/master-data/customer/1",
        "/master-data/sla/1",
        "/master-data/sla_item/new",
        "/master-data/imports",
    ):
        page.goto(path)
        expect(page.locator("h1")).to_be_visible()
        assert_accessible(page)
