"""A complaint in a real browser: from the customer's telephone, or the desk's, to the closed record in the register."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from engine.store.tables import complaint
from tests.browser.conftest import assert_accessible
from tests.support.company import Company

pytestmark = pytest.mark.browser
Screen = Callable[..., Page]


def choose(page: Page, question: str, answer: str) -> None:
    """Press a choice of a question in the form."""
    page.locator("fieldset", has_text=question).get_by_text(answer, exact=True).click()


def open_task(page: Page, name: str) -> None:
    page.goto("/")
    page.locator("td.yz-what a", has_text=name).first.click()
    expect(page.locator("h1")).to_be_visible()
    assert_accessible(page)


def submit(page: Page, label: str) -> None:
    page.locator("#task-form").get_by_role("button", name=label).last.click()
    expect(page).to_have_url(re.compile("/submitted$"))


def test_in_chinese_from_the_desks_telephone_to_the_closed_record(company: Company, screen: Screen) -> None:
    page = screen("liuyang")
    page.goto("/start/complaint")
    assert_accessible(page)
    page.get_by_label("客户单位").fill("滨江市第一人民医院")
    page.get_by_label("投诉人").fill("张慧")
    page.get_by_label("联系方式").fill("13800000000")
    page.get_by_label("投诉类别").select_option(label="处理不及时")
    page.get_by_label("投诉事由").fill("报修两天无人上门")
    page.get_by_label("投诉内容").fill("周一报修，周三还没有人来")
    choose(page, "严重程度", "严重")
    page.get_by_label("已当场告知客户受理").check()
    choose(page, "由谁处理", "服务台处理")
    page.locator("#start-form").get_by_role("button", name="提交").last.click()
    expect(page.locator(".yz-diagram-canvas svg").first).to_be_visible()
    expect(page.locator(".yz-timeline")).to_contain_text("决策 投诉分级：等级 紧急投诉")
    assert_accessible(page)

    open_task(page, "处理投诉")
    page.get_by_label("调查与处理情况").fill("派工漏单，已补派")
    page.get_by_label("建议答复内容").fill("今日上门")
    submit(page, "提交")
    open_task(page, "答复客户")
    page.get_by_label("给客户的答复").fill("今日 15 点前上门")
    choose(page, "客户是否接受答复", "否")
    page.get_by_label("不接受的理由").fill("没有说明原因")
    submit(page, "提交")

    # One level up: operations handle it again, and now the customer accepts.
    operator = screen("lihao", phone=True)
    open_task(operator, "运维服务部处理")
    expect(operator.locator("main")).to_contain_text("没有说明原因")
    operator.get_by_label("调查与处理情况").fill("已查明派工规则缺陷并修正")
    operator.get_by_label("建议答复内容").fill("书面说明")
    submit(operator, "提交")
    open_task(page, "答复客户")
    page.get_by_label("给客户的答复").fill("书面说明已送达")
    choose(page, "客户是否接受答复", "是")
    submit(page, "提交")

    page.goto("/registers/complaint")
    assert_accessible(page)
    row = page.locator("tr", has_text="报修两天无人上门")
    expect(row).to_contain_text("已关闭")
    expect(row).to_contain_text("紧急投诉")
    row.get_by_role("link").first.click()
    expect(page.locator("main")).to_contain_text("书面说明已送达")
    expect(page.locator("main")).to_contain_text("运维服务部")
    assert_accessible(page)
    assert [(one.status, one.disputes, one.level) for one in company.rows(complaint)] == [("closed", 1, 1)]


def test_in_english_from_a_public_link_to_the_closed_record(company: Company, screen: Screen) -> None:
    desk = screen("emily", language="en")
    desk.goto("/complaint-links")
    assert_accessible(desk)
    desk.locator("#field-customer").fill("Harbour Hospital")
    desk.get_by_role("button", name="Create the link").click()
    address = desk.locator("#issued").input_value()
    assert_accessible(desk)

    customer = screen(None, phone=True, language="en", javascript=False)
    customer.goto(address)
    expect(customer.locator("main")).to_contain_text("Harbour Hospital")
    customer.get_by_role("button", name="Send the complaint").click()
    expect(customer.get_by_role("alert")).to_be_visible()
    customer.get_by_label("Your complaint").fill("Nobody came for two days")
    customer.get_by_label("Your name").fill("Ann Lee")
    customer.get_by_label("Phone or e-mail").fill("ann@harbour.example")
    customer.get_by_role("button", name="Send the complaint").click()
    expect(customer.locator("main")).to_contain_text("C-20260302-001")
    customer.reload()
    expect(customer.locator("main")).to_contain_text("C-20260302-001")
    expect(customer.locator("textarea")).to_have_count(0)

    open_task(desk, "Acknowledge to the customer")
    expect(desk.locator("main")).to_contain_text("Nobody came for two days")
    desk.get_by_label("Kind").select_option(label="Too slow")
    choose(desk, "Severity", "Low")
    choose(desk, "Who handles it", "The service desk")
    submit(desk, "Submit")
    open_task(desk, "Handle the complaint")
    desk.get_by_label("What was found and done").fill("A job was lost; an engineer is on the way")
    desk.get_by_label("Proposed answer").fill("Today at three")
    submit(desk, "Submit")
    open_task(desk, "Answer the customer")
    desk.get_by_label("The answer given").fill("An engineer comes today at three")
    choose(desk, "Does the customer accept it?", "Yes")
    submit(desk, "Submit")

    desk.goto("/registers/complaint?standing=closed")
    expect(desk.locator("main")).to_contain_text("Harbour Hospital")
    desk.locator("main").get_by_role("link", name="C-20260302-001").click()
    expect(desk.locator("main")).to_contain_text("An engineer comes today at three")
    expect(desk.locator("main")).to_contain_text("Public link")
    assert_accessible(desk)
    assert [one.status for one in company.rows(complaint)] == ["closed"]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_public_page_is_accessible_on_a_phone(company: Company, screen: Screen, language: str) -> None:
    desk = screen("liuyang")
    desk.goto("/complaint-links")
    desk.locator("#field-customer").fill("滨江市第一人民医院")
    desk.get_by_role("button", name="生成链接").click()
    customer = screen(None, phone=True, language=language)
    customer.goto(desk.locator("#issued").input_value())
    assert_accessible(customer)
    customer.locator("main button[type=submit]").click()
    assert_accessible(customer)
    customer.goto("/complaint/no-such-link")
    assert_accessible(customer)
