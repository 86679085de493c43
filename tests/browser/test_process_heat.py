"""The heat map on the diagram itself."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Screens, assert_accessible
from tests.support import complaints
from tests.support.company import Company

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("phone", [False, True])
def test_tasks_are_coloured_and_carry_their_figures(company: Company, screen: Screens, phone: bool) -> None:
    complaints.register(company)
    complaints.register(company)
    company.pass_time(hours=1)
    page = screen("xumei", phone=phone)
    page.goto("/processes/complaint")
    page.get_by_role("link", name="热力图").click()
    expect(page.locator("[data-heat][data-drawn]")).to_be_visible()
    expect(page.locator(".djs-element.yz-heat-5[data-element-id=acknowledge]")).to_have_count(1)
    expect(page.locator(".yz-heat-badge", has_text="2")).to_have_count(1)
    assert_accessible(page)
    page.get_by_label("着色指标").select_option(label="逾期率")
    page.get_by_role("button", name="查看").click()
    expect(page.locator(".yz-heat-badge").first).to_have_text("0%")
