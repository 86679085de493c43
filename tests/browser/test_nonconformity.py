"""A nonconformity at the screen: raised from an incident, analysed, corrected, verified, found in its register."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect
from sqlalchemy import update

from engine.store.tables import incident, nonconformity, user
from tests.browser.conftest import assert_accessible
from tests.support.company import Company
from tests.support.ticket_system import TicketSystem

pytestmark = pytest.mark.browser

Screen = Callable[..., Page]


class Desk:
    """Somebody at a screen, reading ``language``."""

    def __init__(self, page: Page, language: str) -> None:
        self.page, self.language = page, language

    def said(self, zh: str, en: str) -> str:
        return zh if self.language == "zh" else en

    def fill(self, zh: str, en: str, text: str, which: int = 0) -> None:
        self.page.get_by_label(self.said(zh, en)).nth(which).fill(text)

    def select(self, zh: str, en: str, option: str) -> None:
        self.page.get_by_label(self.said(zh, en)).select_option(label=option)

    def choose(self, question: tuple[str, str], answer: tuple[str, str], which: int = 0) -> None:
        asked = self.page.locator("fieldset", has=self.page.locator("legend", has_text=self.said(*question)))
        asked.nth(which).get_by_text(self.said(*answer), exact=True).click()

    def open_task(self, about: str = "回访没有记录") -> None:
        self.page.goto("/")
        self.page.locator("td.yz-what", has_text=about).locator("a").first.click()
        assert_accessible(self.page)

    def submit(self) -> None:
        self.page.get_by_role("button", name=self.said("提交", "Submit"), exact=True).last.click()

    def done(self) -> None:
        self.submit()
        expect(self.page).to_have_url(re.compile("/submitted$"))

    def main(self) -> Locator:
        return self.page.locator("main")


@pytest.mark.parametrize(("language", "phone"), [("zh", False), ("en", True)])
def test_from_an_incident_to_the_closed_record(company: Company, screen: Screen, language: str, phone: bool) -> None:
    with company.platform.database.write() as connection:
        connection.execute(update(user).values(language=language))
    tickets = TicketSystem(company.platform, company.folder, importer=company.actor("chenjing"))
    tickets.import_rows(tickets.row("INC0007", "Resolved", 1))
    (found,) = company.rows(incident)

    def at(login: str) -> Desk:
        return Desk(screen(login, phone=phone, language=language), language)

    auditor, quality, staff, manager = at("sunli"), at("hexin"), at("liuyang"), at("chenjing")
    raise_from(auditor, found.id)
    review(quality)
    contain(staff)
    analyse(staff)
    plan(manager)
    carry_out(staff)
    company.deliver()
    verify(quality)
    company.pass_time(days=30)
    look_again(at("xumei"))
    company.deliver()
    read_the_record(at("linfang"), company.rows(nonconformity)[0].id)
    assert company.engine_incidents == []


def raise_from(desk: Desk, incident_id: int) -> None:
    """The incident's page leads to the start form, which knows where it comes from."""
    desk.page.goto(f"/incidents/{incident_id}")
    desk.page.get_by_role("link", name=desk.said("登记不符合项", "Raise a nonconformity")).click()
    expect(desk.page.get_by_label(desk.said("来源记录", "Comes from"))).to_have_value(re.compile("INC0007"))
    assert_accessible(desk.page)
    desk.fill("不符合概述", "What is not fulfilled, in short", "回访没有记录")
    desk.fill("不符合描述", "Description", "解决后没有回访记录")
    desk.select("责任部门", "Responsible department", desk.said("服务台", "Service desk"))
    desk.fill("不符合条款", "Clause", "7.3")
    desk.submit()
    expect(desk.main()).to_contain_text("N-20260302-001")


def review(desk: Desk) -> None:
    desk.open_task()
    expect(desk.main()).to_contain_text("INC0007")
    desk.choose(("不符合是否成立", "Is it a nonconformity?"), ("是", "Yes"))
    desk.choose(("确认等级", "Grade"), ("严重不符合", "Major"))
    desk.done()


def contain(desk: Desk) -> None:
    desk.open_task()
    desk.fill("已采取的应急措施", "What was done at once", "当日补做回访")
    desk.done()


def analyse(desk: Desk) -> None:
    """Two whys are not enough: the form says so at the list, and what was typed stays."""
    desk.open_task()
    expect(desk.page.locator("[id$='-why']")).to_have_count(3)
    for number, why in enumerate(("交接班漏了", "交接表没有这一栏")):
        desk.page.locator(f"#task-form-whys-{number}-why").fill(why)
    desk.page.locator("button[value='del:whys:2']").click()
    expect(desk.page.locator("[id$='-why']")).to_have_count(2)
    desk.fill("根本原因", "Root cause", "交接制度没有覆盖回访")
    desk.select("原因类别", "Category of the cause", desk.said("过程", "Process"))
    desk.fill("相似情况排查结论", "What the similar cases say", "没有相同情况")
    desk.submit()
    expect(desk.main()).to_contain_text(desk.said("请至少追问三层", "Ask why at least three times"))
    assert_accessible(desk.page)
    desk.page.locator("button[value='add:whys']").click()
    desk.page.locator("#task-form-whys-2-why").fill("制度没有随要求更新")
    desk.done()


def plan(desk: Desk) -> None:
    desk.open_task()
    desk.fill("措施", "Action", "修订交接制度")
    desk.select("负责人", "Owner", "刘洋")
    desk.fill("完成期限", "Due", "2026-03-10")
    desk.done()


def carry_out(desk: Desk) -> None:
    """The owner says what was done, and adds the evidence."""
    desk.open_task("N-20260302-001-01")
    desk.fill("落实情况与证据", "What was done, and the evidence", "已发布新版交接制度")
    proof = {"name": "handover.txt", "mimeType": "text/plain", "buffer": "新版交接制度".encode()}
    desk.page.get_by_label(desk.said("证据附件", "Evidence files")).set_input_files(proof)
    expect(desk.main()).to_contain_text("handover.txt")
    desk.done()


def verify(desk: Desk) -> None:
    desk.open_task()
    expect(desk.page.locator("#task-form")).to_contain_text("已发布新版交接制度")
    expect(desk.main()).to_contain_text("handover.txt")
    desk.choose(("验证结论", "Verdict"), ("已落实", "Carried out"))
    desk.fill("验证方法与发现", "How it was checked, and what was found", "查看了制度原件")
    desk.done()


def look_again(desk: Desk) -> None:
    """Thirty days later somebody who owned no action looks whether it helped."""
    desk.open_task()
    desk.choose(("问题是否不再发生", "Has it stopped"), ("有效，关闭", "Yes: close it"))
    desk.fill("验证方法与结论", "How it was checked, and what was found", "抽查30单，全部有记录")
    desk.done()
    expect(desk.main()).to_contain_text(desk.said("流程已结束", "The case is completed"))


def read_the_record(desk: Desk, record_id: int) -> None:
    """The management representative finds it closed, with its actions, its evidence, and the incident it came from."""
    desk.page.goto("/registers/nonconformity?standing=closed")
    assert_accessible(desk.page)
    desk.page.get_by_role("link", name=re.compile("N-20260302-001")).first.click()
    expect(desk.page).to_have_url(re.compile(f"/registers/nonconformity/{record_id}$"))
    for text in (desk.said("已关闭", "Closed"), "交接表没有这一栏", "修订交接制度", "handover.txt", "抽查30单"):
        expect(desk.main()).to_contain_text(text)
    assert_accessible(desk.page)
    desk.page.get_by_role("link", name=re.compile("INC0007")).first.click()
    expect(desk.page.locator("h1")).to_contain_text("INC0007")
    desk.page.goto("/registers/corrective_action?standing=verified")
    expect(desk.main()).to_contain_text("修订交接制度")
    assert_accessible(desk.page)
