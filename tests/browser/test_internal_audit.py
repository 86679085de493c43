"""An internal audit from the plan to the closed record, in both languages; the approval is read on a phone."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from engine.store.tables import internal_audit, nonconformity
from tests.browser.conftest import Screens, assert_accessible
from tests.browser.tasks import choose, open_task, send, sent
from tests.support.company import Company

pytestmark = pytest.mark.browser

TEXTS = {
    "zh": {
        "plan": "编制审核计划",
        "approve": "批准审核计划",
        "own": "审核员不得审核本人所在部门：孙丽（服务台）",
        "changed": "已修改",
        "opening": "首次会议",
        "checklist": "编制检查表",
        "fieldwork": "现场审核",
        "report": "末次会议、编制报告",
        "review": "审阅审核报告",
        "closed": "已完成",
        "minor": "一般不符合",
        "register": "内部审核",
    },
    "en": {
        "plan": "Plan the audit",
        "approve": "Approve the plan",
        "own": "Nobody audits a department they belong to: 孙丽",
        "changed": "Changed",
        "opening": "Opening meeting",
        "checklist": "Settle the checklist",
        "fieldwork": "Fieldwork",
        "report": "Closing meeting, report",
        "review": "Review the report",
        "closed": "Closed",
        "minor": "Minor nonconformity",
        "register": "Internal audits",
    },
}


@pytest.mark.parametrize("language", ["zh", "en"])
def test_from_the_plan_to_the_closed_record(screen: Screens, company: Company, language: str) -> None:
    company.speak(language)
    text = TEXTS[language]
    xumei = screen("xumei", language=language)
    xumei.goto("/start/internal_audit")
    xumei.locator("[name=title]").fill("年中内部审核")
    xumei.locator("[name=audit_reason]").fill("客户连续投诉")
    send(xumei)
    xumei.wait_for_url(re.compile("/process-instances/"))
    open_task(xumei, text["plan"])
    xumei.locator("[name=title]").fill("年中内部审核")
    xumei.locator("[name=scope]").fill("服务台的服务提供")
    xumei.locator("[name=begins_on]").fill("2026-03-20")
    xumei.locator("[name=ends_on]").fill("2026-03-21")
    xumei.locator("[name=lead_auditor]").select_option("hexin")
    for left in range(5, 0, -1):
        xumei.locator("button[value='del:assignments:1']").click()
        expect(xumei.locator("select[name$='.department']")).to_have_count(left)
    xumei.locator("[name='assignments.0.auditor']").select_option("sunli")
    send(xumei)
    expect(xumei.locator("main")).to_contain_text(text["own"])
    assert_accessible(xumei)
    xumei.locator("[name='assignments.0.auditor']").select_option("fangyu")
    sent(xumei)

    linfang = screen("linfang", language=language, phone=True)
    open_task(linfang, text["approve"])
    expect(linfang.locator("main")).to_contain_text("方宇")
    assert_accessible(linfang)
    choose(linfang, "decision", "return")
    linfang.locator("[name=plan_return_comment]").fill("请推迟一天")
    sent(linfang)

    open_task(xumei, text["plan"])
    expect(xumei.locator("main")).to_contain_text("请推迟一天")
    xumei.locator("[name=ends_on]").fill("2026-03-22")
    sent(xumei)
    open_task(linfang, text["approve"])
    expect(linfang.locator("main")).to_contain_text(text["changed"])
    assert_accessible(linfang)
    choose(linfang, "decision", "approve")
    sent(linfang)
    company.pass_time(days=15)

    hexin = screen("hexin", language=language)
    open_task(hexin, text["opening"])
    hexin.locator("[name=opened_on]").fill("2026-03-20")
    hexin.locator("[name=opening_attendees]").fill("陈静、何欣、方宇")
    sent(hexin)

    fangyu = screen("fangyu", language=language)
    open_task(fangyu, text["checklist"])

    assert_accessible(fangyu)
    sent(fangyu)
    open_task(fangyu, text["fieldwork"])
    results = fangyu.locator("select[name$='.result']")
    for number in range(results.count()):
        results.nth(number).select_option("conform")
    results.nth(1).select_option("minor")
    send(fangyu)
    expect(fangyu.locator(".alert-danger")).to_be_visible()
    fangyu.locator("[name='items.1.evidence']").fill("抽3份考核表，1份无评分")

    assert_accessible(fangyu)
    sent(fangyu)

    open_task(hexin, text["report"])
    expect(hexin.locator("main")).to_contain_text("抽3份考核表，1份无评分")
    hexin.locator("[name=closing_attendees]").fill("陈静、何欣、方宇")
    hexin.locator("[name=conclusion]").fill("体系运行有效，一项一般不符合")
    assert_accessible(hexin)
    sent(hexin)
    company.deliver()
    open_task(linfang, text["review"])
    linfang.get_by_role("link", name=re.compile("查看报告草稿|Read the draft")).click()
    expect(linfang.locator("main")).to_contain_text("体系运行有效，一项一般不符合")
    open_task(linfang, text["review"])
    choose(linfang, "decision", "approve")
    sent(linfang)
    company.deliver()

    (kept,) = company.rows(internal_audit)
    (raised,) = company.rows(nonconformity)
    assert kept.status == "closed"
    xumei.goto("/registers/internal_audit")
    expect(xumei.locator("h1")).to_have_text(text["register"])
    assert_accessible(xumei)
    xumei.get_by_role("link", name=kept.number).click()
    expect(xumei.locator("main")).to_contain_text(text["closed"])
    expect(xumei.locator("main")).to_contain_text(raised.number)
    assert_accessible(xumei)
