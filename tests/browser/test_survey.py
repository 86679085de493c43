"""A survey in a real browser: a customer answers on the phone; quality words, draws again and reads the results."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from engine.store.tables import survey_answer, survey_invitation
from engine.surveys import answering
from tests.browser.conftest import assert_accessible
from tests.support.company import Company
from tests.support.surveys import links, prepare_survey, send_survey, serve_customers, the_survey

pytestmark = pytest.mark.browser
Screen = Callable[..., Page]


@pytest.fixture
def company(company: Company) -> Company:
    """The demo company with three customers under agreements."""
    serve_customers(company)
    return company


def choose(page: Page, number: int, label: str) -> None:
    """Choose one of the five scores of a question."""
    name = re.compile(rf"^\d\s*{label}$")
    page.locator(".yz-survey-question").nth(number - 1).get_by_role("radio", name=name).check()


def test_a_customer_answers_on_the_phone_in_two_sittings(company: Company, screen: Screen) -> None:
    link = send_survey(company)["dl1@customer.example"]
    phone = screen(phone=True)
    phone.goto(link)
    expect(phone.get_by_role("heading", level=1)).to_have_text("2026 年度顾客满意度调查")
    expect(phone.locator(".yz-survey-question")).to_have_count(4)
    expect(phone.locator("[data-progress]")).to_have_text("已答 0 / 4 题")
    assert_accessible(phone)
    choose(phone, 1, "满意")
    expect(phone.locator("[data-progress]")).to_have_text("已答 1 / 4 题 · 已保存")
    choose(phone, 2, "非常满意")
    expect(phone.locator("[data-progress]")).to_have_text("已答 2 / 4 题 · 已保存")
    assert [one.status for one in company.rows(survey_invitation) if one.status != "sent"] == ["partial"]

    # Another day, the same link: what was chosen is still there, and what is missing is said.
    later = screen(phone=True)
    later.goto(link)
    expect(later.locator("[data-progress]")).to_have_text("已答 2 / 4 题")
    later.get_by_role("button", name="提交答卷").click()
    expect(later.locator(".yz-survey-wrong")).to_have_count(2)
    assert_accessible(later)
    choose(later, 3, "一般")
    choose(later, 4, "满意")
    later.get_by_label("意见与建议").fill("备件太慢")
    later.get_by_role("button", name="提交答卷").click()
    expect(later.get_by_role("heading", level=1)).to_have_text("谢谢，您的答卷已收到")
    assert_accessible(later)
    assert sorted(one.score for one in company.rows(survey_answer)) == [3, 4, 4, 5]

    phone.goto(link)
    expect(phone.get_by_role("heading", level=1)).to_have_text("谢谢，您的答卷已收到")
    expect(phone.locator("form[data-survey]")).to_have_count(0)


def test_in_english_without_scripts_and_with_a_change_of_language(company: Company, screen: Screen) -> None:
    link = send_survey(company)["yh2@customer.example"]
    page = screen(phone=True, language="en", javascript=False)
    page.goto(link)
    expect(page.get_by_role("heading", level=1)).to_have_text("Customer satisfaction survey 2026")
    choose(page, 1, "Satisfied")
    page.get_by_role("button", name="Save and go on later").click()
    expect(page.locator("#messages")).to_contain_text("Open the same link to go on")
    page.get_by_role("button", name="中文").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("2026 年度顾客满意度调查")
    expect(page.locator("input:checked")).to_have_count(1)
    page.get_by_role("button", name="English").click()
    for number in (2, 3, 4):
        choose(page, number, "Very satisfied")
    page.get_by_role("button", name="Hand in my answers").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Thank you, your answers have arrived")


def test_who_is_not_the_right_person_says_so(company: Company, screen: Screen) -> None:
    link = send_survey(company)["rm1@customer.example"]
    page = screen(phone=True)
    page.goto(link)
    page.get_by_text("我无法或不愿作答").click()
    page.get_by_role("button", name="我不是合适的答复人").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("已记录，谢谢")
    page.goto("/survey/no-such-link")
    expect(page.get_by_role("heading", level=1)).to_have_text("该链接不能使用")
    assert_accessible(page)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_quality_words_the_questionnaire_until_every_item_is_asked_about(
    company: Company, screen: Screen, language: str
) -> None:
    company.speak(language)
    company.start("xumei", "satisfaction_survey", year=2026)
    page = screen("xumei", language=language)
    page.goto(f"/surveys/{the_survey(company).id}")
    assert_accessible(page)
    boxes = page.locator(".yz-matrix tbody tr:has(input)").first.locator("input[type=checkbox]")
    boxes.first.uncheck()
    save = page.get_by_role("button", name={"zh": "保存", "en": "Save"}[language], exact=True)
    save.click()
    expect(page.locator(".yz-gaps li")).to_have_count(1)
    expect(page.locator("tr.yz-gap")).to_have_count(1)
    assert_accessible(page)
    page.locator(".yz-matrix tbody tr:has(input)").first.locator("input[type=checkbox]").first.check()
    page.locator("summary", has_text={"zh": "增加问题", "en": "Add a question"}[language]).click()
    page.locator("#q-new-text").fill("服务报告是否清楚？")
    save.click()
    expect(page.locator(".yz-gaps li")).to_have_text(
        {
            "zh": "问题没有对应的 SLA 条目：服务报告是否清楚？",
            "en": "The question is about no item of an SLA: 服务报告是否清楚？",
        }[language]
    )
    phone = screen("xumei", phone=True, language=language)
    phone.goto(f"/surveys/{the_survey(company).id}")
    assert_accessible(phone)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_sample_is_drawn_again_and_the_results_are_read(company: Company, screen: Screen, language: str) -> None:
    company.speak(language)
    found = prepare_survey(company, margin=15)
    auditor = screen("sunli", language=language)
    auditor.goto(f"/surveys/{found.id}/sample")
    auditor.get_by_role("link", name={"zh": "重新抽取核对", "en": "Draw again"}[language]).click()
    expect(auditor.locator("#redraw .yz-alert-success")).to_be_visible()
    assert_accessible(auditor)
    company.submit("linfang", "approve_survey", decision="approve")
    answer_all(company)
    page = screen("wangqiang", language=language)
    page.goto(f"/surveys/{found.id}/results")
    expect(page.locator(".yz-figure").first).to_contain_text("%")
    assert_accessible(page)
    for view in ("results", "sample", "people", ""):
        phone = screen("chenjing", phone=True, language=language)
        phone.goto(f"/surveys/{found.id}/{view}".rstrip("/"))
        assert_accessible(phone)
    desk = screen("chenjing", language=language)
    desk.goto(f"/surveys/{found.id}/people")
    assert_accessible(desk)


def answer_all(company: Company) -> None:
    """Most of those who were invited answer, not all of them well."""
    for place, link in enumerate(sorted(links(company).values())):
        token = link.rsplit("/", 1)[1]
        with company.platform.database.write() as connection:
            sitting = answering.look_up(connection, token, "x", now=company.clock.now())
            given = {f"s{one.id}": str(5 - (place + n) % 3) for n, one in enumerate(sitting.questions)}
            given[f"t{sitting.questions[0].id}"] = "备件到货有时偏慢" if place % 4 == 0 else ""
            if place % 6:
                answering.submit(connection, token=token, address="x", given=given, now=company.clock.now())
