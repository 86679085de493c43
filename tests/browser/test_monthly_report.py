"""The monthly quality report from the status of a project to the issued document, and its duty in the matrix."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from engine.store.tables import report
from tests.browser.conftest import Screens, assert_accessible
from tests.browser.tasks import choose, open_task, sent
from tests.support.company import Company

pytestmark = pytest.mark.browser

TEXTS = {
    "zh": {
        "status": "上报质量状况",
        "analyse": "汇总分析",
        "release": "审批质量月报",
        "issued": "已发布",
        "duty": "汇总分析，形成质量月报",
        "done": "已履行",
        "waived": "已豁免",
        "waive": "豁免",
        "back": "撤销豁免",
        "reason": "请填写豁免理由",
        "indicators": "指标",
    },
    "en": {
        "status": "Report the status",
        "analyse": "Consolidate and analyse",
        "release": "Release the report",
        "issued": "Issued",
        "duty": "Consolidate and analyse into the monthly quality report",
        "done": "Done",
        "waived": "Waived",
        "waive": "Waive",
        "back": "Take the waiver back",
        "reason": "Say why the duty is waived",
        "indicators": "Indicators",
    },
}


@pytest.fixture
def fifth_of_march(company: Company) -> Company:
    """The clock has opened the report of February; one project has to say how it stands."""
    company.enter_master_data()
    company.pass_time(days=3, hours=8)
    return company


@pytest.mark.parametrize("language", ["zh", "en"])
def test_from_the_status_of_a_project_to_the_issued_report(
    screen: Screens, fifth_of_march: Company, language: str
) -> None:
    company, text = fifth_of_march, TEXTS[language]
    company.speak(language)
    lihao = screen("lihao", language=language, phone=True)
    open_task(lihao, text["status"])
    choose(lihao, "status", "warning")
    lihao.locator("[name=note]").fill("事件量上升，已增加巡检")
    assert_accessible(lihao)
    sent(lihao)
    xumei = screen("xumei", language=language)
    open_task(xumei, text["analyse"])
    expect(xumei.locator("main")).to_contain_text(text["indicators"])
    for name in ("analysis", "deviations", "proposals"):
        xumei.locator(f"[name={name}]").fill("高峰时段人手不足，建议按区域预派")
    sent(xumei)
    linfang = screen("linfang", language=language, phone=True)
    open_task(linfang, text["release"])
    choose(linfang, "decision", "approve")
    sent(linfang)
    made = next(one for one in company.rows(report) if one.kind == "monthly_quality_report")
    assert (made.status, made.period) == ("issued", "2026-02")
    majianguo = screen("majianguo", language=language)
    majianguo.goto("/documents?unread=1")
    majianguo.get_by_role("link", name=re.compile("质量月报")).first.click()
    expect(majianguo.locator(".yz-paper-table").first).to_contain_text("I02")
    expect(majianguo.locator("main")).to_contain_text("需关注")
    assert_accessible(majianguo)
    xumei.goto(f"/registers/report/{made.id}")
    expect(xumei.locator("main")).to_contain_text(text["issued"])


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_matrix_shows_what_was_done_and_a_waiver(screen: Screens, fifth_of_march: Company, language: str) -> None:
    company, text = fifth_of_march, TEXTS[language]
    company.speak(language)
    company.submit("lihao", "report_status", status="normal", note="平稳")
    company.submit("xumei", "analyse", analysis="受控", deviations="无", proposals="无")
    linfang = screen("linfang", language=language)
    linfang.goto("/obligations?year=2026")
    row = linfang.get_by_role("row").filter(has_text="O47")
    expect(row).to_contain_text(text["duty"])
    assert_accessible(linfang)
    row.get_by_role("link").nth(1).click()
    expect(linfang.locator("#p2026-03")).to_contain_text(text["done"])
    linfang.locator("#p2026-03").get_by_role("link").click()
    expect(linfang.locator("h1")).to_contain_text("质量月报")
    linfang.goto("/obligations/O77?year=2026")
    linfang.locator("#period").select_option("2026-04")
    linfang.locator("[name=reason]").fill("   ")
    linfang.get_by_role("button", name=text["waive"], exact=True).click()
    expect(linfang.get_by_role("alert")).to_contain_text(text["reason"])
    linfang.locator("[name=reason]").fill("四月全员参加灾备演练")
    linfang.get_by_role("button", name=text["waive"], exact=True).click()
    expect(linfang.locator("#p2026-04")).to_contain_text(text["waived"])
    expect(linfang.locator("#p2026-04")).to_contain_text("四月全员参加灾备演练")
    assert_accessible(linfang)
    linfang.get_by_role("button", name=text["back"]).click()
    expect(linfang.locator("#p2026-04")).not_to_contain_text(text["waived"])
    phone = screen("xumei", language=language, phone=True)
    phone.goto("/obligations?year=2026&only=trouble")
    assert_accessible(phone)
