"""Liu Yang's day at the screen: the inbox, the task, what goes wrong in it, and what is left behind."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import assert_accessible
from tests.support.people import People
from tests.support.service_desk import ServiceDesk

pytestmark = pytest.mark.browser

Screen = Callable[..., Page]


@pytest.fixture
def desk(desk: ServiceDesk) -> ServiceDesk:
    """Three incidents resolved this morning, one of them yesterday."""
    now = desk.clock.now()
    desk.import_rows(
        desk.row("INC0001", "Resolved", 3, at=now - timedelta(hours=23), opened_at=now - timedelta(hours=30)),
        desk.row("INC0002", "Resolved", 2, company="云湖区政务服务中心"),
        desk.row("INC0003", "Resolved", 2),
    )
    desk.worker.beat()
    return desk


def open_first(page: Page) -> None:
    page.locator("td.yz-what a").first.click()
    expect(page.locator("h1")).to_be_visible()


def choose(page: Page, question: str, answer: str) -> None:
    """Press a choice of a question in the form."""
    page.locator("fieldset", has_text=question).get_by_text(answer, exact=True).click()


def call_customer(page: Page, *, language: str) -> None:
    """Fill in a good call."""
    zh = language == "zh"
    choose(page, "是否联系上客户" if zh else "Was the customer reached?", "是" if zh else "Yes")
    solved = "问题是否已真正解决" if zh else "Is the problem really solved?"
    expect(page.locator("fieldset", has_text=solved)).to_be_visible()
    choose(page, solved, "是" if zh else "Yes")
    page.locator("fieldset").filter(has_text="满意" if zh else "Satisfaction").locator("label").nth(4).click()


@pytest.mark.parametrize(("language", "phone"), [("zh", False), ("en", True)])
def test_a_callback_from_the_inbox_to_the_finished_case(
    desk: ServiceDesk, people: People, screen: Screen, language: str, phone: bool
) -> None:
    if language == "en":
        people.user("emily", "Emily Carter", groups=["service_desk"], language="en")
    page = screen("emily" if language == "en" else "liuyang", phone=phone, language=language)
    assert_accessible(page)
    expect(page.locator("td.yz-what")).to_have_count(3)
    expect(page.locator("td.yz-what").first).to_contain_text("INC0001")
    open_first(page)
    assert_accessible(page)

    submit = page.locator("#task-form").get_by_role("button", name="提交" if language == "zh" else "Submit")
    submit.last.click()
    summary = page.locator("#task-form-errors")
    expect(summary).to_contain_text("是否联系上客户" if language == "zh" else "Was the customer reached?")
    assert_accessible(page)

    call_customer(page, language=language)
    submit.last.click()
    expect(page).to_have_url(re.compile("/submitted$"))
    expect(page.locator("main")).to_contain_text("流程已结束" if language == "zh" else "The case is completed")
    assert_accessible(page)

    page.get_by_role("link", name="查看流程单" if language == "zh" else "Show the case").click()
    expect(page.locator(".yz-diagram-canvas svg").first).to_be_visible()
    expect(page.locator(".yz-done").first).to_be_attached()
    expect(page.locator(".yz-timeline")).to_contain_text("电话回访" if language == "zh" else "Call the customer")
    expect(page.locator(".yz-diagram-canvas")).to_contain_text("服务台" if language == "zh" else "Service desk")
    assert_accessible(page)
    assert [one.status for one in desk.callbacks] == ["reached", "open", "open"]


def test_without_javascript_the_same_task_can_be_done(desk: ServiceDesk, screen: Screen) -> None:
    page = screen("liuyang", javascript=False)
    open_first(page)
    choose(page, "是否联系上客户", "否")
    page.get_by_role("button", name="提交").last.click()
    expect(page).to_have_url(re.compile("/submitted$"))
    assert [one.attempts for one in desk.callbacks] == [1, 0, 0]


def test_what_was_typed_is_still_there_after_the_page_was_closed(desk: ServiceDesk, screen: Screen) -> None:
    page = screen("liuyang")
    open_first(page)
    address = page.url
    call_customer(page, language="zh")
    with page.expect_response(lambda answer: answer.status == 204 and answer.request.method == "POST"):
        page.get_by_label("客户的意见").fill("客户说昨晚又断了一次")
    elsewhere = screen("liuyang", phone=True)
    elsewhere.goto(address)
    expect(elsewhere.get_by_label("客户的意见")).to_have_value("客户说昨晚又断了一次")


def test_the_second_of_two_is_told_who_was_faster(desk: ServiceDesk, screen: Screen) -> None:
    first, second = screen("liuyang"), screen("chenjing")
    open_first(first)
    second.goto(first.url)
    for page in (first, second):
        choose(page, "是否联系上客户", "否")
    first.get_by_role("button", name="提交").last.click()
    expect(first).to_have_url(re.compile("/submitted$"))
    second.get_by_role("button", name="提交").last.click()
    expect(second.locator("body")).to_contain_text("刘洋")
    expect(second.locator("body")).to_contain_text("办理完成")
    assert [one.attempts for one in desk.callbacks] == [1, 0, 0]


@pytest.mark.parametrize("phone", [False, True], ids=["desk", "phone"])
def test_several_tasks_are_claimed_at_once_and_one_is_given_back(
    desk: ServiceDesk, screen: Screen, phone: bool
) -> None:
    page = screen("liuyang", phone=phone)
    for box in page.locator("input[name=work_item]").all():
        box.check()
    page.get_by_role("button", name="认领所选").click()
    expect(page.locator("#messages")).to_contain_text("3")
    expect(page.locator("td", has_text="刘洋")).to_have_count(3)
    open_first(page)
    page.get_by_role("button", name="退还").click()
    expect(page.locator("td", has_text="刘洋")).to_have_count(2)


def test_the_inbox_is_searched_filtered_and_never_a_dead_end(desk: ServiceDesk, screen: Screen) -> None:
    page = screen("liuyang")
    page.get_by_role("searchbox", name="搜索").fill("云湖")
    page.get_by_role("button", name="搜索").click()
    expect(page.locator("td.yz-what")).to_have_count(1)
    page.get_by_role("searchbox", name="搜索").fill("没有这样的客户")
    page.get_by_role("button", name="搜索").click()
    expect(page.get_by_text("没有符合条件的内容")).to_be_visible()
    assert_accessible(page)
    page.get_by_role("link", name="显示全部").click()
    expect(page.locator("td.yz-what")).to_have_count(3)
    desk.pass_time(hours=2)
    page.goto("/?filter=overdue")
    expect(page.locator("td.yz-what")).to_have_count(1)


def test_a_request_is_started_followed_and_withdrawn(desk: ServiceDesk, screen: Screen) -> None:
    page = screen("lihao")
    page.get_by_role("link", name="发起流程").first.click()
    assert_accessible(page)
    page.locator("a.yz-card-link[href$=customer_feedback]").click()
    assert_accessible(page)
    page.locator("#start-form").get_by_role("button", name="提交").last.click()
    expect(page.locator("#start-form-errors")).to_be_visible()
    for field in page.locator("#start-form input[type=text]:visible, #start-form textarea:visible").all():
        field.fill("测试内容")
    for menu in page.locator("#start-form select").all():
        menu.select_option(index=1)
    for choice in page.locator("#start-form fieldset").all():
        choice.locator("label").first.click()
    page.locator("#start-form").get_by_role("button", name="提交").last.click()
    expect(page).to_have_url(re.compile("/process-instances/"))
    page.goto("/mine")
    expect(page.locator("td.yz-what")).to_have_count(1)
    assert_accessible(page)
    page.locator("td.yz-what a").click()
    page.locator("summary", has_text="提前结束此流程").click()
    page.locator("#reason").fill("重复登记")
    page.get_by_role("button", name="结束", exact=True).click()
    expect(page.locator(".yz-timeline")).to_contain_text("重复登记")
    page.goto("/mine")
    expect(page.locator("table")).to_contain_text("提前结束")


@pytest.mark.parametrize(
    "address", ["/done", "/admin/engine-incidents", "/admin/calendars", "/admin/calendars/standard"]
)
@pytest.mark.parametrize(("language", "phone"), [("zh", True), ("en", False)])
def test_every_other_page_is_accessible(
    desk: ServiceDesk, people: People, screen: Screen, address: str, language: str, phone: bool
) -> None:
    people.administrator(language="zh" if language == "zh" else "en")
    page = screen("admin", phone=phone, language=language)
    page.goto(address)
    expect(page.locator("h1")).to_be_visible()
    assert_accessible(page)


def test_a_calendar_is_mended_and_a_mistake_in_it_is_named(people: People, screen: Screen) -> None:
    people.administrator()
    page = screen("admin")
    page.goto("/admin/calendars/standard")
    page.locator("#hours-6").fill("9点到12点")
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_role("alert")).to_contain_text("9点到12点")
    expect(page.locator("#hours-6")).to_have_value("9点到12点")
    page.locator("#hours-6").fill("9:00-12:00")
    page.get_by_role("button", name="保存").click()
    expect(page.locator("#messages")).to_contain_text("日历已保存")
    page.goto("/admin/calendars/standard")
    expect(page.locator("#hours-6")).to_have_value("09:00-12:00")


def test_a_file_is_attached_to_the_case_and_comes_back_as_it_was(
    desk: ServiceDesk, screen: Screen, tmp_path: Path
) -> None:
    recording = tmp_path / "通话记录.txt"
    recording.write_text("客户确认已恢复", encoding="utf-8")
    page = screen("liuyang")
    open_first(page)
    page.locator("#attach").set_input_files(recording)
    page.get_by_role("button", name="添加附件").click()
    expect(page.locator("#messages")).to_contain_text("已添加 1 个附件")
    with page.expect_download() as download:
        page.get_by_role("link", name="通话记录.txt").click()
    assert download.value.path().read_text(encoding="utf-8") == "客户确认已恢复"
