"""The pages of a survey: who may see and change what, and the link a respondent opens."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from openpyxl import load_workbook

from engine.link_attempts import FAILURES_PER_ADDRESS
from engine.store.tables import public_link_failure, survey_answer, survey_invitation, survey_question
from tests.support.company import Company
from tests.support.surveys import prepare_survey, send_survey, serve_customers, the_survey
from tests.support.visitor import Visitor

SignIn = Callable[[str], Visitor]


@pytest.fixture
def company(company: Company) -> Company:
    """The demo company with three customers under agreements."""
    serve_customers(company)
    return company


def test_only_those_who_prepare_it_may_word_it_and_only_until_it_is_handed_in(
    company: Company, sign_in: SignIn
) -> None:
    company.start("xumei", "satisfaction_survey", year=2026)
    path = f"/surveys/{the_survey(company).id}"
    engineer = sign_in("guojun").visit(path)
    assert engineer.status == 200
    assert engineer.all("//textarea") == []
    assert engineer.send(path).status == 403
    overall, *others = company.rows(survey_question)
    quality = sign_in("hexin").visit(path)
    quality.submit(path, **{f"q-{others[0].id}-text": "我们响应得快吗？"})
    assert "我们响应得快吗？" in [one.text for one in company.rows(survey_question)]
    quality.visit(path).submit(path, **{f"q-{others[0].id}-text": ""})
    assert quality.status == 422
    quality.visit(path).submit(path, **{f"q-{others[1].id}-remove": "1"})
    assert others[1].id not in [one.id for one in company.rows(survey_question)]
    assert overall.id in [one.id for one in company.rows(survey_question)]
    assert "SLA 条目没有对应的问题" in quality.visit(path).text


def test_what_was_handed_in_can_only_be_read(company: Company, sign_in: SignIn) -> None:
    path = f"/surveys/{prepare_survey(company).id}"
    quality = sign_in("xumei").visit(path)
    assert quality.all("//textarea") == []
    assert quality.send(path).status == 422


def test_names_of_respondents_are_for_those_who_reach_out_and_for_auditors(company: Company, sign_in: SignIn) -> None:
    path = f"/surveys/{prepare_survey(company).id}/people"
    for login in ("xumei", "liuyang", "fangyu"):
        assert "dl1@customer.example" in sign_in(login).visit(path).text
    assert sign_in("lihao").visit(path).status == 403


def test_the_desk_notes_whom_it_could_not_reach(company: Company, sign_in: SignIn) -> None:
    send_survey(company)
    first = company.rows(survey_invitation)[0]
    path = f"/surveys/{the_survey(company).id}/people"
    desk = sign_in("liuyang").visit(path)
    target = f"{path}/{first.id}"
    assert desk.send(target, status="not_reached", reason="").status == 422
    desk.visit(path)
    assert desk.send(target, status="not_reached", reason="邮件退回").status == 200
    assert company.rows(survey_invitation)[0].status == "not_reached"
    assert sign_in("lihao").send(target, status="refused", reason="x").status == 403


def test_answers_leave_without_names(company: Company, sign_in: SignIn, visitor: Visitor) -> None:
    link = send_survey(company)["dl1@customer.example"]
    visitor.visit(link)
    scores = {f"s{one.id}": "4" for one in company.rows(survey_question)}
    visitor.submit(link, **scores, _do="submit")
    assert "谢谢" in visitor.text
    path = f"/surveys/{the_survey(company).id}"
    quality = sign_in("xumei")
    text = quality.visit(f"{path}/answers.csv").source
    assert "滨海电力" in text and "dl1@" not in text and "联系人1" not in text
    quality.visit(f"{path}/answers.xlsx")
    assert quality.answer is not None
    sheet = load_workbook(io.BytesIO(quality.answer.data)).active
    quality.answer.close()
    assert sheet is not None and sheet.max_row == 5
    assert quality.visit(f"{path}/answers.pdf").status == 404


def test_a_link_shows_its_survey_and_nothing_else(company: Company, visitor: Visitor) -> None:
    link = send_survey(company)["dl1@customer.example"]
    visitor.visit(link)
    assert visitor.answer is not None and visitor.answer.headers["Cache-Control"] == "no-store"
    assert visitor.all("//nav") == []
    assert "dl1@customer.example" not in visitor.source


def test_a_text_that_is_too_long_is_refused_and_kept(company: Company, visitor: Visitor) -> None:
    link = send_survey(company)["dl1@customer.example"]
    overall = company.rows(survey_question)[0]
    visitor.visit(link)
    scores = {f"s{one.id}": "4" for one in company.rows(survey_question)}
    visitor.submit(link, **scores, **{f"t{overall.id}": "长" * 2001}, _do="submit")
    assert visitor.status == 422
    assert len(company.rows(survey_answer)) == 4, "what was chosen is kept"


def test_a_forged_score_is_no_score(company: Company, visitor: Visitor) -> None:
    link = send_survey(company)["dl1@customer.example"]
    visitor.visit(link)
    forged = {f"s{one.id}": "9" for one in company.rows(survey_question)}
    assert visitor.submit(link, **forged, _do="submit").status == 422
    assert company.rows(survey_answer) == []


def test_guessing_links_is_slowed_down_by_address(company: Company, visitor: Visitor) -> None:
    link = send_survey(company)["dl1@customer.example"]
    for number in range(FAILURES_PER_ADDRESS):
        assert visitor.visit(f"/survey/guess-{number}").status == 404
    assert visitor.visit(link).status == 429
    assert len(company.rows(public_link_failure)) == FAILURES_PER_ADDRESS


def test_after_the_end_the_page_says_so_kindly(company: Company, visitor: Visitor) -> None:
    link = send_survey(company)["dl1@customer.example"]
    company.pass_time(days=40)
    assert "本次调查已结束" in visitor.visit(link).text
    assert visitor.status == 200
