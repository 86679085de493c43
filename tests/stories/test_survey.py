"""The yearly survey: made of the agreements, planned, approved, sent, answered, reported, fed back, acted on."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import insert, select, update

from engine.errors import EngineError
from engine.link_attempts import FAILURES_PER_ADDRESS, LinkThrottled, LinkUnusable, note_failure
from engine.store.tables import (
    contact,
    document,
    improvement,
    outbox,
    sla,
    survey_feedback,
    survey_frame,
    survey_invitation,
    survey_link,
    survey_question,
    survey_question_item,
    survey_stratum,
)
from engine.surveys import answering, invitations, planning, questionnaire, results
from engine.surveys.answering import AnswersClosed, AnswersIncomplete
from engine.surveys.questionnaire import Given, QuestionnaireFixed
from tests.support.company import Company
from tests.support.surveys import SAMPLE, agree, links, prepare_survey, review, send_survey, serve_customers, the_survey


@pytest.fixture
def company(company: Company) -> Company:
    """The demo company with three customers under agreements."""
    serve_customers(company)
    return company


def scores(company: Company, link: str, score: int) -> dict[str, str]:
    """The same score for every question behind a link."""
    with company.platform.database.read() as connection:
        sitting = answering.look_up(connection, token(link), "x", now=company.clock.now())
    return {f"s{one.id}": str(score) for one in sitting.questions}


def token(link: str) -> str:
    return link.rsplit("/", 1)[1]


def answer(company: Company, link: str, score: int) -> None:
    given = scores(company, link, score)
    with company.platform.database.write() as connection:
        answering.submit(connection, token=token(link), address="x", given=given, now=company.clock.now())


def everybody_answers(company: Company, found: dict[str, str], score: int = 5, *, silent: int = 0) -> None:
    for link in list(found.values())[silent:]:
        answer(company, link, score)


def figures(company: Company) -> dict[str, Any]:
    with company.platform.database.read() as connection:
        return results.figures(connection, the_survey(company).id)


def test_october_brings_a_questionnaire_made_of_the_agreements(company: Company) -> None:
    company.pass_time(days=250)
    assert "build_questionnaire" in company.todo("hexin")
    assert the_survey(company).title == "2026 年度顾客满意度调查"
    questions = company.rows(survey_question)
    assert [one.kind for one in questions] == ["overall", "score", "score", "score"]
    links_of_items = company.rows(survey_question_item)
    assert len(links_of_items) == 9, "three items of three agreements, each asked about once"
    assert company.engine_incidents == []


def test_a_survey_goes_its_whole_way(any_company: Company) -> None:
    company = any_company
    serve_customers(company)
    found = send_survey(company)
    assert len(found) == 23
    everybody_answers(company, found, silent=3)
    company.pass_time(days=22)
    assert the_survey(company).status == "closed"
    data = company.form_data(company.item("xumei", "summarise"))
    assert data["outcome"]["response_rate"] == "86.96%"
    rows = [{**one, "finding": "满意率较高，备件需改进"} for one in data["feedback"]]
    company.submit("xumei", "summarise", summary="总体满意", feedback=rows)
    assert {one.kind for one in company.rows(document)} == {"satisfaction_questionnaire", "satisfaction_survey_report"}
    company.submit("chenjing", "acknowledge", response="已组织学习")
    company.submit("wangqiang", "acknowledge", response="将补充备件")
    assert [one.response for one in company.rows(survey_feedback)] == ["已组织学习", "将补充备件"]
    action = {
        "title": "提高备件安全库存",
        "problem": "备件供应偏慢",
        "goal": "备件及时率 95 %",
        "measure": "调整安全库存",
        "department": "operations",
        "owner": "lihao",
        "due_on": "2026-12-31",
    }
    company.submit("wangqiang", "analyse_results", analysis="安全库存偏低", actions=[action])
    assert the_survey(company).status == "reported"
    proposed = company.rows(improvement)[0]
    assert (proposed.title, proposed.source_type, proposed.status) == ("提高备件安全库存", "survey", "proposed")
    with company.platform.database.read() as connection:
        year = results.of_year(connection, 2026)
        assert results.of_year(connection, 2025) is None
        sheets = {one.sheet for one in results.answers(connection, the_survey(company).id)}
    assert year is not None and year["overall"]["share"] == 1.0 and year["makes_claims"]
    assert sheets == set(range(1, 21))
    assert company.engine_incidents == []


def test_nothing_is_sent_while_an_item_has_no_question(company: Company) -> None:
    prepare_survey(company)
    with company.platform.database.write() as connection:
        agreed = connection.execute(select(sla).where(sla.c.number == "SLA-DL")).one()
        weekly = ("周报", "report", "", None, "", 10000)
        agree(company, connection, "SLA-NEW", agreed.customer_id, agreed.project_id, [weekly])
    company.submit("linfang", "approve_survey", decision="approve")
    assert company.rows(survey_link) == [], "the agreement signed meanwhile is not asked about"
    gaps = company.form_data(company.item("xumei", "build_questionnaire"))["gaps"]
    assert [one["zh"] for one in gaps] == ["SLA 条目没有对应的问题：SLA-NEW · 周报 · 服务报告 · ≥ 100%"]
    assert the_survey(company).status == "preparing"


def test_nothing_is_sent_while_a_question_has_no_item(company: Company) -> None:
    company.start("xumei", "satisfaction_survey", year=2026)
    survey_id = the_survey(company).id
    with company.platform.database.write() as connection:
        known = questionnaire.matrix(connection, survey_id, company.clock.now().date())
        given = [
            Given(one.id, one.kind, one.text, one.text_en, frozenset(i for q, i in known.links if q == one.id))
            for one in known.questions
        ]
        given.append(Given(None, "score", "食堂的饭菜如何？"))
        questionnaire.save(
            connection, actor=company.actor("hexin"), survey_id=survey_id, given=given, now=company.clock.now()
        )
    company.submit("xumei", "build_questionnaire", matches_sla=True)
    gaps = company.form_data(company.item("xumei", "build_questionnaire"))["gaps"]
    assert [one["zh"] for one in gaps] == ["问题没有对应的 SLA 条目：食堂的饭菜如何？"]


def test_the_questionnaire_is_fixed_once_it_is_handed_in_and_open_again_when_returned(company: Company) -> None:
    survey_id = prepare_survey(company).id

    def change() -> None:
        with company.platform.database.write() as connection:
            questionnaire.save(
                connection, actor=company.actor("xumei"), survey_id=survey_id, given=[], now=company.clock.now()
            )

    with pytest.raises(QuestionnaireFixed):
        change()
    company.submit("linfang", "approve_survey", decision="return", return_comment="分层太细")
    change()
    assert "plan_sample" in company.todo("xumei")


def test_who_prepared_it_may_not_approve_it(company: Company) -> None:
    company.hire("zhaolei", "赵磊", "quality", "management")
    company.start("zhaolei", "satisfaction_survey", year=2026)
    company.submit("zhaolei", "build_questionnaire", matches_sla=True)
    review(company)
    company.submit("xumei", "plan_sample", **SAMPLE)
    assert "approve_survey" not in company.todo("xumei")
    with pytest.raises(EngineError):
        company.submit("zhaolei", "approve_survey", decision="approve")
    company.submit("majianguo", "approve_survey", decision="approve")
    assert the_survey(company).status == "open"


def test_the_frame_leaves_out_staff_duplicates_and_people_without_an_address(company: Company) -> None:
    with company.platform.database.write() as connection:
        own = connection.execute(select(contact.c.customer_id).limit(1)).scalar_one()
        people = [("本公司", "xumei@yunqi.example"), ("重复", "DL1@customer.example"), ("无邮箱", "")]
        connection.execute(insert(contact), [{"customer_id": own, "name": n, "email": e} for n, e in people])
        gone = {"customer_id": own, "name": "离职", "email": "gone@customer.example", "is_active": False}
        connection.execute(insert(contact).values(**gone))
        connection.execute(update(sla).where(sla.c.number == "SLA-RM").values(status="expired"))
    found = prepare_survey(company)
    excluded = [one.excluded for one in company.rows(survey_frame) if one.excluded]
    assert sorted(excluded) == ["duplicate", "no_address", "staff"]
    assert found.frame_size == 20, "nobody of a customer whose agreement is over"
    assert [one.code for one in company.rows(survey_stratum)] == ["DL", "YH"]


def test_an_auditor_draws_the_same_list_again(company: Company) -> None:
    found = prepare_survey(company, margin=20, minimum=1)
    drawn = {one.contact_id for one in company.rows(survey_invitation)}
    assert 0 < len(drawn) < found.frame_size
    with company.platform.database.write() as connection:
        assert all(one.is_same for one in planning.redraw(connection, found.id))
        swapped = next(one.contact_id for one in company.rows(survey_frame) if one.contact_id not in drawn)
        first = connection.execute(select(survey_invitation.c.id).limit(1)).scalar_one()
        connection.execute(update(survey_invitation).where(survey_invitation.c.id == first).values(contact_id=swapped))
        assert not all(one.is_same for one in planning.redraw(connection, found.id))


def test_strata_by_project_or_level_and_neyman(company: Company) -> None:
    prepare_survey(company, stratify_by="level", allocation="neyman")
    assert [(one.code, one.population) for one in company.rows(survey_stratum)] == [("standard", 23)]
    company.submit("linfang", "approve_survey", decision="return", return_comment="按项目")
    company.submit("xumei", "plan_sample", **{**SAMPLE, "stratify_by": "project", "allocation": "neyman"})
    assert [one.code for one in company.rows(survey_stratum)] == ["P-DL", "P-RM", "P-YH"]


def test_reminders_go_to_the_silent_only_and_lead_to_the_same_answers(company: Company) -> None:
    found = send_survey(company)
    addresses = sorted(found)
    answer(company, found[addresses[0]], 5)
    half = scores(company, found[addresses[1]], 4)
    with company.platform.database.write() as connection:
        part = dict(list(half.items())[:1])
        now = company.clock.now()
        answering.keep(connection, token=token(found[addresses[1]]), address="x", given=part, now=now)
    company.mails.clear()
    company.pass_time(days=8)
    again = links(company)
    assert sorted(again) == addresses[1:]
    with company.platform.database.read() as connection:
        sitting = answering.look_up(connection, token(again[addresses[1]]), "x", now=company.clock.now())
    assert [one.score for one in sitting.answers.values()] == [4], "what was kept is there behind the new link too"
    answer(company, found[addresses[2]], 5)
    company.mails.clear()
    company.pass_time(days=7)
    assert sorted(links(company)) == [addresses[1], *addresses[3:]]


def test_no_token_stays_in_the_database(company: Company) -> None:
    found = send_survey(company)
    sent = [one for one in company.rows(outbox) if one.payload.get("is_secret")]
    assert len(sent) == len(found)
    assert {one.payload["text"] for one in sent} == {""}
    hashes = {one.token_hash for one in company.rows(survey_link)}
    assert not hashes & {token(link) for link in found.values()}


def test_one_answer_per_link(company: Company) -> None:
    link = next(iter(send_survey(company).values()))
    answer(company, link, 5)
    with pytest.raises(AnswersClosed):
        answer(company, link, 1)


def test_every_question_wants_a_score_before_it_is_handed_in(company: Company) -> None:
    link = next(iter(send_survey(company).values()))
    given = scores(company, link, 5)
    first = next(iter(given))
    with (
        company.platform.database.write() as connection,
        pytest.raises(AnswersIncomplete) as refused,
    ):
        answering.submit(
            connection, token=token(link), address="x", given={**given, first: "6"}, now=company.clock.now()
        )
    assert refused.value.details["fields"] == [int(first[1:])]


def test_respondents_see_questions_about_their_own_agreement_only(company: Company) -> None:
    with company.platform.database.write() as connection:
        agreed = connection.execute(select(sla).where(sla.c.number == "SLA-DL")).one()
        weekly = ("周报", "report", "", None, "", 10000)
        agree(company, connection, "SLA-DL2", agreed.customer_id, agreed.project_id, [weekly])
    found = send_survey(company)
    assert len(scores(company, found["dl1@customer.example"], 5)) == 5
    assert len(scores(company, found["yh1@customer.example"], 5)) == 4


def test_guessing_links_is_slowed_down(company: Company) -> None:
    link = next(iter(send_survey(company).values()))
    now = company.clock.now()
    with company.platform.database.write() as connection:
        with pytest.raises(LinkUnusable):
            answering.look_up(connection, "guess", "192.0.2.1", now=now)
        for _ in range(FAILURES_PER_ADDRESS):
            note_failure(connection, "192.0.2.1", now=now)
        with pytest.raises(LinkThrottled):
            answering.look_up(connection, token(link), "192.0.2.1", now=now)
        assert answering.look_up(connection, token(link), "192.0.2.2", now=now).state == "open"


def test_wrong_persons_and_refusals_count_against_the_response_rate(company: Company) -> None:
    found = list(send_survey(company).values())
    now = company.clock.now()
    with company.platform.database.write() as connection:
        answering.decline(connection, token=token(found[0]), address="x", choice="wrong_person", now=now)
        answering.decline(connection, token=token(found[1]), address="x", choice="opt_out", now=now)
        gone = connection.execute(select(survey_invitation.c.id).where(survey_invitation.c.status == "sent")).scalars()
        invitations.mark(
            connection,
            actor=company.actor("chenjing"),
            invitation_id=gone.first(),
            status="ineligible",
            reason="已离职",
            now=now,
        )
    with pytest.raises(AnswersClosed):
        answer(company, found[0], 5)
    everybody_answers(company, dict(enumerate(found[3:])), 4)  # type: ignore[arg-type]
    seen = figures(company)
    assert seen["dispositions"]["not_reached"] == seen["dispositions"]["refused"] == 1
    assert seen["dispositions"]["ineligible"] == 1
    assert seen["response_rate"] == pytest.approx(20 / 22)


def test_too_few_answers_extend_it_once_and_claim_nothing(company: Company) -> None:
    found = send_survey(company)
    everybody_answers(company, found, 5, silent=20)
    company.pass_time(days=21, hours=1)
    assert (the_survey(company).status, the_survey(company).is_extended) == ("open", True)
    assert any(subject.startswith("满意度调查回收率不足") for who, subject in company.subjects if who == "chenjing")
    company.pass_time(days=15)
    assert the_survey(company).status == "closed"
    seen = the_survey(company).results
    assert seen["makes_claims"] is False
    assert seen["overall"] is not None
    with company.platform.database.write() as connection, pytest.raises(AnswersClosed):
        late = token(next(iter(found.values())))
        answering.submit(connection, token=late, address="x", given={}, now=company.clock.now())


def test_nobody_answers(company: Company) -> None:
    send_survey(company)
    company.pass_time(days=40)
    seen = the_survey(company).results
    assert (seen["overall"], seen["mean"], seen["index_by_range"], seen["pooled"]) == (None, None, None, None)
    assert seen["response_rate"] == 0
    assert [one["share"] for one in seen["strata"]] == [None] * 3
    assert company.engine_incidents == []


def test_the_frame_of_next_year_leaves_out_who_asked_not_to_be_contacted(company: Company) -> None:
    link = next(iter(send_survey(company).values()))
    with company.platform.database.write() as connection:
        answering.decline(connection, token=token(link), address="x", choice="opt_out", now=company.clock.now())
    company.clock.move_to(company.clock.now() + timedelta(days=1))
    company.start("hexin", "satisfaction_survey", year=2027)
    company.submit("hexin", "build_questionnaire", matches_sla=True)
    review(company)
    company.submit("hexin", "plan_sample", **SAMPLE)
    assert the_survey(company).frame_size == 22
