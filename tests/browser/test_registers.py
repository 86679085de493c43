"""The registers in a real browser: accessible at a desk and on a phone, and an import one can watch."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import assert_accessible
from tests.support.people import People
from tests.support.service_desk import NOT_REACHED, REACHED, ServiceDesk

pytestmark = pytest.mark.browser
Screens = Callable[..., Page]


@pytest.mark.parametrize(("login", "phone"), [("liuyang", False), ("emily", True)])
def test_every_page_of_the_registers_is_accessible(
    screen: Screens, desk: ServiceDesk, people: People, login: str, phone: bool
) -> None:
    people.user("emily", "Emily", groups=["service_desk"], language="en")
    page = screen(login, phone=phone)
    for path in ("/incidents", "/callbacks", "/imports"):
        page.goto(path)
        assert_accessible(page)
    bad = {**desk.row("INC9", "Resolved", 1), "opened_at": "yesterday"}
    report = desk.import_rows(
        *(desk.row(f"INC{n}", "Resolved", 1) for n in range(4)), desk.row("INC8", "Active", 1), bad
    )
    desk.submit(desk.liu_yang, "call", **REACHED, solved="no", score=1, complaint=True, complaint_content="太慢")
    desk.submit(desk.liu_yang, "call", **NOT_REACHED)
    desk.pass_time(hours=30)
    shown = [f"/incidents/{row.id}" for row in desk.incidents.values()]
    for path in ("/incidents", "/incidents?q=zzz", "/callbacks", "/imports", f"/imports/{report.run_id}", *shown):
        page.goto(path)
        assert_accessible(page)


def test_an_import_can_be_watched_until_its_report(screen: Screens, desk: ServiceDesk) -> None:
    path = desk.export([desk.row(f"INC{n:05d}", "Resolved", 1) for n in range(3000)])
    page = screen("liuyang")
    page.goto("/imports")
    page.get_by_label("文件").set_input_files(path)
    page.get_by_role("main").get_by_role("button", name="导入").click()
    expect(page.get_by_role("progressbar")).to_be_visible()
    expect(page.get_by_text("发起 3000 个回访")).to_be_visible(timeout=60_000)
    page.get_by_role("main").get_by_role("link", name="事件台账").click()
    expect(page.get_by_role("link", name="INC02999")).to_be_visible()


def test_filters_answer_at_once(screen: Screens, desk: ServiceDesk) -> None:
    other = {**desk.row("INC2", "Active", 1), "assignment_group": "系统组"}
    desk.import_rows(desk.row("INC1", "Active", 1), other)
    page = screen("lihao")
    page.goto("/incidents")
    page.get_by_label("处理组").select_option("系统组")
    expect(page.get_by_role("link", name="INC1")).to_have_count(0)
    expect(page.get_by_role("link", name="INC2")).to_be_visible()
