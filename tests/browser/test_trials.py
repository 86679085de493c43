"""An owner tries a change at the screen: acts as others, moves the clock, keeps it as a walk, sees where it differs."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from engine import process_changes
from tests.browser.conftest import Screens, assert_accessible
from tests.browser.tasks import choose
from tests.support.company import Company

pytestmark = pytest.mark.browser
KEY = "customer_feedback"


def opened(company: Company) -> int:
    with company.platform.database.write() as connection:
        return process_changes.open_change(connection, actor=company.actor("admin"), key=KEY, now=company.clock.now())


def edited(company: Company, change_id: int, old: str, new: str) -> None:
    with company.platform.database.write() as connection:
        known = process_changes.file(connection, change_id, f"{KEY}.bpmn")
        process_changes.save_file(
            connection,
            actor=company.actor("admin"),
            change_id=change_id,
            name=known.name,
            content=known.content.decode().replace(old, new).encode(),
            revision=known.revision,
            now=company.clock.now(),
        )


@pytest.mark.parametrize("phone", [False, True], ids=["desktop", "phone"])
def test_a_change_is_tried_and_kept_as_a_walk(company: Company, screen: Screens, phone: bool) -> None:
    change_id = opened(company)
    page = screen("admin", phone=phone)
    page.goto(f"/process-changes/{change_id}/trials")
    assert_accessible(page)
    page.get_by_label("发起人").select_option("service_desk")
    page.get_by_role("button", name="填写发起表单").click()
    page.locator("[name=customer]").fill("清河水务集团")
    assert_accessible(page)
    page.locator("[name=received_through]").select_option("phone")
    choose(page, "kind", "suggestion")
    page.locator("[name=subject]").fill("巡检报告")
    page.locator("[name=content]").fill("希望按站点汇总")
    page.get_by_role("button", name="开始", exact=True).click()
    page.wait_for_url("**/trials/*")
    page.locator(".yz-diagram[data-drawn=yes]").first.wait_for()
    expect(page.locator(".yz-active")).to_have_count(1)
    assert_accessible(page)

    page.get_by_role("button", name="到下一个到期时间").click()
    page.locator("#waiting .yz-badge-red, #waiting .yz-badge-orange").first.wait_for()
    page.get_by_role("button", name="撤回上一步").click()
    page.locator("#waiting .yz-badge-grey").first.wait_for()

    page.get_by_label("以谁的身份办理").select_option("lihao")
    page.get_by_role("button", name="办理").click()
    page.locator("h1", has_text="评估意见").wait_for()
    expect(page.locator("main")).to_contain_text("以 李浩 的身份")
    choose(page, "decision", "decline")
    page.locator("[name=reason]").fill("涉及其他单位数据")
    page.get_by_role("button", name="提交", exact=True).click()
    page.get_by_text("答复客户").first.wait_for()
    page.get_by_role("button", name="办理").click()
    choose(page, "answered_through", "mail")
    choose(page, "accepted", "unknown")
    page.get_by_role("button", name="提交", exact=True).click()
    page.get_by_text("案件已走到终点").wait_for()

    page.get_by_label("中文名称").fill("由试跑得来")
    page.get_by_label("英文名称").fill("From a trial")
    page.get_by_role("button", name="保存", exact=True).click()
    page.wait_for_url("**/walks")
    page.get_by_role("button", name="运行全部走查").click()
    page.get_by_text("全部 4 条走查的结果与所写一致").wait_for(timeout=60_000)
    assert_accessible(page)


def test_where_a_walk_differs_is_shown_on_the_diagram_and_accepted(company: Company, screen: Screens) -> None:
    change_id = opened(company)
    edited(company, change_id, 'name="已答复"', 'name="已告知"')
    edited(company, change_id, '"answered"', '"told"')
    edited(company, change_id, ">answered<", ">told<")
    page = screen("admin", language="en")
    page.goto(f"/process-changes/{change_id}/walks")
    page.get_by_role("button", name="运行全部走查").click()
    page.get_by_text("结果不同").first.wait_for(timeout=60_000)
    first = page.locator("#walk-0")
    first.locator(".yz-diagram[data-drawn=yes]").wait_for()
    expect(first.locator('.yz-active[data-element-id="told"]')).to_have_count(1)
    expect(first).to_contain_text("answered")
    assert_accessible(page)
    first.get_by_role("button", name="接受新结果").click()
    page.locator("#walk-0").get_by_text("与所写一致").wait_for(timeout=60_000)
    expect(page.locator("#walk-1").get_by_text("结果不同")).to_have_count(1)


def test_a_trial_goes_on_without_scripts(company: Company, screen: Screens) -> None:
    change_id = opened(company)
    page = screen("admin", javascript=False)
    page.goto(f"/process-changes/{change_id}/trials")
    page.get_by_label("走查", exact=True).select_option(label="采纳并落实")
    page.get_by_role("button", name="照此开始").click()
    page.get_by_role("button", name="+1 周").click()
    expect(page.locator("#clock")).to_contain_text("2026-03-09 09:00")
    page.get_by_role("button", name="办理").click()
    choose(page, "decision", "decline")
    page.get_by_role("button", name="提交", exact=True).click()
    expect(page.locator("[name=decision][value=decline]")).to_be_checked()
    page.locator("[name=reason]").fill("涉及其他单位数据")
    page.get_by_role("button", name="提交", exact=True).click()
    expect(page.locator("#waiting")).to_contain_text("答复客户")
