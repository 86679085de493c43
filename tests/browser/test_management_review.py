"""A management review from the plan to the closed record, in both languages; the approvals are read on a phone."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from engine.store.tables import management_review
from tests.browser.conftest import Screens, assert_accessible
from tests.browser.tasks import choose, open_task, send, sent
from tests.support.company import Company
from tests.support.management_reviews import hand_in_everything

pytestmark = pytest.mark.browser

TEXTS = {
    "zh": {
        "plan": "编制评审计划",
        "notice": "会议须至少提前 15 天通知",
        "approve": "批准评审计划",
        "input": "提交输入材料",
        "meeting": "召开评审会议",
        "absent": "以下类别无人出席且未豁免：财务部门负责人",
        "conclude": "形成评审结论",
        "sign": "签署评审报告",
        "carry_out": "落实改进决定",
        "verify": "验证改进决定",
        "register": "管理评审",
        "closed": "已完成",
    },
    "en": {
        "plan": "Plan the review",
        "notice": "A meeting needs a notice of 15 days",
        "approve": "Approve the plan",
        "input": "Hand in the input",
        "meeting": "Hold the meeting",
        "absent": "Nobody attends, and no absence is accepted, for: finance",
        "conclude": "Conclude the review",
        "sign": "Sign the report",
        "carry_out": "Carry it out",
        "verify": "Verify it",
        "register": "Management reviews",
        "closed": "Closed",
    },
}


@pytest.mark.parametrize("language", ["zh", "en"])
def test_from_the_plan_to_the_closed_record(screen: Screens, company: Company, language: str) -> None:
    company.speak(language)
    text = TEXTS[language]
    linfang = screen("linfang", language=language)
    linfang.goto("/start/management_review")
    linfang.locator("main form .btn-primary").click()
    open_task(linfang, text["plan"])
    expect(linfang.locator("[name$='.owner']")).to_have_count(7)
    for name, value in {
        "title": "2026 年度管理评审",
        "purpose": "评价体系",
        "place": "一号会议室",
        "agenda": "汇报",
    }.items():
        linfang.locator(f"[name='{name}']").fill(value)
    linfang.locator("[name=meets_at]").fill("2026-03-05T14:00")
    send(linfang)
    expect(linfang.locator("main")).to_contain_text(text["notice"])
    assert_accessible(linfang)
    linfang.locator("[name=meets_at]").fill("2026-04-10T14:00")
    sent(linfang)

    majianguo = screen("majianguo", language=language, phone=True)
    open_task(majianguo, text["approve"])
    assert_accessible(majianguo)
    choose(majianguo, "decision", "approve")
    sent(majianguo)

    guojun = screen("guojun", language=language, phone=True)
    open_task(guojun, text["input"])
    guojun.locator("[name=summary]").fill("年度计划完成 96%")
    sent(guojun)
    hand_in_everything(company)

    open_task(linfang, text["meeting"])
    linfang.locator("[name=held_at]").fill("2026-04-10T14:05")
    linfang.locator("[name=minutes]").fill("逐项讨论")
    choose(linfang, "attendance.6.present", "no")
    send(linfang)
    expect(linfang.locator(".alert-danger")).to_contain_text(text["absent"])
    assert_accessible(linfang)
    linfang.locator("[name='attendance.6.waiver_reason']").fill("出差，已书面委托")
    sent(linfang)

    open_task(linfang, text["conclude"])
    for verdict in ("suitability", "adequacy", "effectiveness"):
        choose(linfang, verdict, "suitable")
        linfang.locator(f"[name={verdict}_note]").fill("符合")
    linfang.locator("button[value='add:decisions']").click()
    linfang.locator("[name='decisions.0.description']").fill("建立备件最低库存预警")
    choose(linfang, "decisions.0.kind", "improvement")
    linfang.locator("[name='decisions.0.owner']").select_option("xumei")
    linfang.locator("[name='decisions.0.due_on']").fill("2026-05-20")
    assert_accessible(linfang)
    sent(linfang)
    open_task(majianguo, text["sign"])
    expect(majianguo.locator("main")).to_contain_text("建立备件最低库存预警")
    expect(majianguo.get_by_role("link", name=re.compile("查看报告草稿|Read the draft"))).to_be_visible()
    assert_accessible(majianguo)
    choose(majianguo, "decision", "approve")
    sent(majianguo)

    company.deliver()
    xumei = screen("xumei", language=language)
    open_task(xumei, text["carry_out"])
    xumei.locator("[name=result]").fill("已设置预警")
    sent(xumei)
    hexin = screen("hexin", language=language)
    open_task(hexin, text["verify"])
    choose(hexin, "passed", "yes")
    hexin.locator("[name=verification]").fill("抽查属实")
    sent(hexin)

    (kept,) = company.rows(management_review)
    assert kept.status == "closed"
    linfang.goto("/registers/management_review")
    expect(linfang.locator("h1")).to_have_text(text["register"])
    assert_accessible(linfang)
    linfang.get_by_role("link", name=kept.number).click()
    expect(linfang.locator("main")).to_contain_text(text["closed"])
    expect(linfang.locator("main")).to_contain_text("出差，已书面委托")
    assert_accessible(linfang)
