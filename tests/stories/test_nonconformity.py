"""What is not fulfilled is contained, understood, corrected and looked at again (policy 3.2, 4.2, 5.3.1)."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from sqlalchemy import insert

from engine import instances, work_items
from engine.forms import FormInvalid
from engine.handlers import ServiceCall
from engine.registers import nonconformities, records
from engine.registers.nonconformity_register import CORRECTIVE_ACTIONS, NONCONFORMITIES
from engine.registers.register import Register
from engine.store import audit
from engine.store.tables import corrective_action, document, internal_audit, nonconformity
from engine.store.types import Record
from tests.support.company import Company

RAISED = {
    "title": "2单没有回访记录",
    "description": "抽查10单已解决事件，其中2单没有回访记录",
    "department": "service_desk",
    "grade": "minor",
    "clause": "7.3",
    "area": "resources",
    "evidence": "INC1、INC4",
}
CONFIRMED = {"valid": "yes", "grade": "minor", "department": "service_desk", "clause": "7.3", "area": "resources"}
ANALYSED = {
    "whys": [{"why": "交接班时漏了"}, {"why": "交接表没有这一栏"}, {"why": "制度没有随要求更新"}],
    "root_cause": "交接制度没有覆盖回访",
    "cause_category": "process",
    "similar_finding": "其他部门没有交接班，不存在相同情况",
}
TRAINING = {"description": "培训全体服务台人员", "owner": "chenjing", "due_on": "2026-03-20"}
RULE = {"description": "修订交接制度", "owner": "liuyang", "due_on": "2026-03-10"}
HELPED = {"effective": "yes", "effectiveness_note": "抽查30单，全部有回访记录"}
NUMBER = "N-20260302-001"


def raise_it(company: Company, **changed: Any) -> None:
    """Sun Li, an auditor, raises a nonconformity at the service desk, and quality management confirms it."""
    company.start("sunli", "nonconformity", **{**RAISED, **changed})
    company.submit("hexin", "review", **CONFIRMED)


def analyse(company: Company, *actions: dict[str, Any]) -> None:
    """The service desk contains it, asks why, and plans the actions."""
    company.submit("liuyang", "contain", containment="当日补做回访")
    company.submit("liuyang", "analyse", **ANALYSED)
    company.submit("chenjing", "plan", actions=list(actions))


def verdict(number: int, verdict: str = "verified", **more: Any) -> dict[str, Any]:
    return {"number": f"{NUMBER}-{number:02d}", "verdict": verdict, "note": "查看了制度原件", **more}


def record(company: Company) -> Record:
    """The latest nonconformity of the register."""
    return company.rows(nonconformity)[-1]


def actions(company: Company) -> list[tuple[str, int, str]]:
    """The corrective actions: number, round, status."""
    return [(one.number, one.round, one.status) for one in company.rows(corrective_action)]


def mails(company: Company, login: str) -> list[str]:
    return [subject for to, subject in company.subjects if to == login]


def test_from_what_was_raised_to_the_effect_that_was_verified(any_company: Company) -> None:
    company = any_company
    company.stop_what_recurs()
    company.start("sunli", "nonconformity", **RAISED)
    raised = record(company)
    assert (raised.number, raised.status, raised.clause) == (NUMBER, "raised", "7.3")
    assert company.actor("sunli").user_id == raised.raised_by_id
    # Two working days to review it; the department hears of it once quality management has confirmed it.
    assert company.inbox("hexin")[0].due_at == datetime(2026, 3, 4, 1, tzinfo=UTC)
    assert mails(company, "chenjing") == []
    company.submit("hexin", "review", **CONFIRMED)
    assert mails(company, "chenjing") == [f"不符合项 {NUMBER} 待分析整改：2单没有回访记录"]
    assert mails(company, "emily") == [f"Nonconformity {NUMBER} is yours to analyse and correct: 2单没有回访记录"]

    analyse(company, RULE, TRAINING)
    known = record(company)
    assert (known.status, known.containment, known.cause_category) == ("acting", "当日补做回访", "process")
    assert known.whys == ["交接班时漏了", "交接表没有这一栏", "制度没有随要求更新"]
    assert known.similar_cases == ANALYSED["similar_finding"]
    assert mails(company, "liuyang")[-1] == f"请落实纠正措施：{NUMBER}"
    # Each owner has their own, due when its day is over.
    assert company.todo("liuyang") == company.todo("chenjing") == ["act"]
    assert company.inbox("liuyang")[0].due_at == datetime(2026, 3, 10, 15, 59, 59, tzinfo=UTC)
    company.submit("chenjing", "act", result="3月6日培训，12人签到")
    assert actions(company) == [(f"{NUMBER}-01", 1, "open"), (f"{NUMBER}-02", 1, "done")]

    # Liu Yang does nothing: on the day, seven and fourteen days later the matter goes further up.
    company.pass_time(days=9)
    assert mails(company, "chenjing")[-1] == f"纠正措施到期未完成：{NUMBER}-01 修订交接制度"
    assert company.todo("chenjing") == ["act"]
    assert company.todo("xumei") == []
    company.pass_time(days=7)
    assert mails(company, "xumei") == [f"纠正措施逾期，上报质量管理部：{NUMBER}-01 修订交接制度"]
    assert company.todo("xumei") == ["act"]
    assert company.todo("linfang") == []
    company.pass_time(days=7)
    assert mails(company, "linfang") == [f"纠正措施严重逾期，上报管理者代表：{NUMBER}-01 修订交接制度"]
    company.submit("liuyang", "act", result="已发布新版交接制度")
    assert company.todo("linfang") == company.todo("xumei")[1:] == []

    assert record(company).status == "verifying"
    company.submit("hexin", "verify_implementation", verdicts=[verdict(1), verdict(2)])
    watched = record(company)
    assert (watched.status, watched.effectiveness_due_on) == ("watching", date(2026, 4, 24))
    assert {one.verified_by_id for one in company.rows(corrective_action)} == {company.actor("hexin").user_id}
    company.pass_time(days=29)
    assert company.todo("hexin") == []
    company.pass_time(days=1)
    company.submit("hexin", "verify_effectiveness", **HELPED)
    closed = record(company)
    assert (closed.status, closed.effective, closed.reopen_count) == ("closed", True, 0)
    assert closed.closed_at == company.clock.now()
    (report,) = company.rows(document)
    assert (report.kind, report.status, report.title) == (
        "nonconformity_report",
        "issued",
        f"不符合项报告 {NUMBER} 2单没有回访记录",
    )
    assert report.title in mails(company, "sunli")[-1]
    assert report.title in mails(company, "chenjing")[-1]
    assert [one.status for one in company.instances] == ["completed"]
    assert company.engine_incidents == []
    with company.platform.database.read() as connection:
        assert audit.verify(connection).broken_at is None


def test_two_actions_that_are_late_are_reported_each_by_itself(company: Company) -> None:
    raise_it(company)
    analyse(company, RULE, {**RULE, "description": "补录回访", "owner": "zhaoqian"}, TRAINING)
    company.pass_time(days=10)
    late = [one.summary for one in company.inbox("chenjing")]
    assert sorted(late) == [f"{NUMBER}-01 修订交接制度", f"{NUMBER}-02 补录回访", f"{NUMBER}-03 培训全体服务台人员"]
    assert mails(company, "chenjing").count(f"纠正措施到期未完成：{NUMBER}-01 修订交接制度") == 1
    assert mails(company, "chenjing").count(f"纠正措施到期未完成：{NUMBER}-02 补录回访") == 1


def test_actions_that_had_no_effect_reopen_it(company: Company) -> None:
    company.stop_what_recurs()
    raise_it(company)
    analyse(company, RULE)
    company.submit("liuyang", "act", result="已发布新版交接制度")
    company.submit("hexin", "verify_implementation", verdicts=[verdict(1)])
    company.pass_time(days=31)
    company.submit("xumei", "verify_effectiveness", effective="no", effectiveness_note="4月仍有3单未回访")

    reopened = record(company)
    assert (reopened.status, reopened.effective, reopened.reopen_count) == ("analysing", False, 1)
    assert mails(company, "linfang") == [f"不符合项 {NUMBER} 措施无效，重新打开：2单没有回访记录"]
    company.submit("liuyang", "analyse", **{**ANALYSED, "root_cause": "没有系统提醒", "cause_category": "technology"})
    company.submit("chenjing", "plan", actions=[{**RULE, "owner": "zhaoqian", "due_on": "2026-04-20"}])
    # Whoever owned an action of the first round is an owner for good.
    assert actions(company) == [(f"{NUMBER}-01", 1, "verified"), (f"{NUMBER}-02", 2, "open")]
    company.submit("zhaoqian", "act", result="系统每日提醒")
    company.submit("hexin", "verify_implementation", verdicts=[verdict(2)])
    company.pass_time(days=31)
    company.submit("hexin", "verify_effectiveness", **HELPED)
    closed = record(company)
    assert (closed.status, closed.effective, closed.reopen_count) == ("closed", True, 1)
    assert (closed.root_cause, closed.cause_category) == ("没有系统提醒", "technology")


def test_an_action_that_was_not_carried_out_goes_back_with_a_new_day(company: Company) -> None:
    raise_it(company)
    analyse(company, RULE, TRAINING)
    company.submit("liuyang", "act", result="已起草")
    company.submit("chenjing", "act", result="3月6日培训，12人签到")
    back = verdict(1, "failed", note="制度尚未发布", new_due_on="2026-03-16")
    company.submit("hexin", "verify_implementation", verdicts=[back, verdict(2)])

    assert actions(company) == [(f"{NUMBER}-01", 1, "open"), (f"{NUMBER}-02", 1, "verified")]
    assert record(company).status == "acting"
    assert mails(company, "liuyang")[-1] == f"纠正措施未通过验证，请重新落实：{NUMBER}"
    assert company.inbox("liuyang")[0].due_at == datetime(2026, 3, 16, 15, 59, 59, tzinfo=UTC)
    assert company.todo("chenjing") == []
    company.submit("liuyang", "act", result="已发布")
    company.submit("hexin", "verify_implementation", verdicts=[verdict(1)])
    assert record(company).status == "watching"


@pytest.mark.parametrize(
    ("element", "answers", "field"),
    [
        ("analyse", {**ANALYSED, "whys": ANALYSED["whys"][:2]}, "whys"),
        ("plan", {"actions": []}, "actions"),
        ("plan", {"actions": [{**RULE, "owner": "hexin"}, {**RULE, "owner": "xumei"}]}, "actions"),
        ("plan", {"actions": [{**RULE, "due_on": "2026-02-27"}]}, "actions.0.due_on"),
    ],
)
def test_what_is_not_enough_is_refused_at_its_field(
    company: Company, element: str, answers: dict[str, Any], field: str
) -> None:
    raise_it(company)
    company.submit("liuyang", "contain", containment="当日补做回访")
    if element == "plan":
        company.submit("liuyang", "analyse", **ANALYSED)
    with pytest.raises(FormInvalid) as refused:
        company.submit("liuyang", element, **answers)
    assert list(refused.value.details["fields"]) == [field]
    assert company.todo("liuyang") == [element]


def test_who_owns_or_did_an_action_may_not_verify_it(company: Company) -> None:
    raise_it(company)
    analyse(company, {**RULE, "owner": "hexin"})
    company.submit("hexin", "act", result="已修订")
    with pytest.raises(work_items.SeparatedDuty):
        company.submit("hexin", "verify_implementation", verdicts=[verdict(1)])
    company.submit("xumei", "verify_implementation", verdicts=[verdict(1)])
    company.pass_time(days=31)
    with pytest.raises(work_items.SeparatedDuty):
        company.claim("hexin", "verify_effectiveness")
    company.submit("xumei", "verify_effectiveness", **HELPED)
    assert record(company).status == "closed"


def hold_audit(company: Company, number: str, day: date) -> int:
    values = {"number": number, "year": day.year, "title": number, "status": "closed", "begins_on": day}
    with company.platform.database.write() as connection:
        query = insert(internal_audit).values(values).returning(internal_audit.c.id)
        return int(connection.execute(query).scalar_one())


def test_two_minor_ones_at_the_same_clause_in_consecutive_audits_may_become_a_major_one(company: Company) -> None:
    summer = hold_audit(company, "IA-1", date(2025, 6, 10))
    hold_audit(company, "IA-2", date(2025, 12, 10))
    found = {"source_type": "internal_audit", "source_label": "内部审核"}
    company.start("sunli", "nonconformity", **RAISED, **found, source_id=str(summer))
    company.submit("hexin", "review", **CONFIRMED)
    analyse(company, RULE)

    company.start("sunli", "nonconformity", **RAISED, **found, source_id="IA-2")
    company.submit("hexin", "review", **{**CONFIRMED, "upgrade": "yes"})
    first, second = company.rows(nonconformity)
    assert (second.grade, second.repeats_id, first.grade) == ("major", first.id, "minor")
    # The analysis shows the earlier one, with what was found to be its cause.
    with company.platform.database.read() as connection:
        (alike,) = nonconformities.similar(connection, second)
    assert (alike.number, alike.root_cause) == (first.number, ANALYSED["root_cause"])


@pytest.mark.parametrize(
    "changed",
    [
        {"clause": "7.4"},
        {"grade": "major"},
        {"source_type": "complaint"},
        {"source_id": "IA-3"},
    ],
)
def test_no_upgrade_is_offered_where_the_two_are_not_alike(company: Company, changed: dict[str, str]) -> None:
    """Another clause, a major one, no audit, or an audit in between."""
    for number, month in (("IA-1", 3), ("IA-2", 6), ("IA-3", 12)):
        hold_audit(company, number, date(2025, month, 10))
    found = {"source_type": "internal_audit", "source_label": "内部审核"}
    raise_it(company, **found, source_id="IA-1")
    company.start("sunli", "nonconformity", **{**RAISED, **found, "source_id": "IA-2", **changed})
    with company.platform.database.read() as connection:
        assert nonconformities.earlier_minor(connection, record(company)) is None
    company.submit("hexin", "review", **{**CONFIRMED, "upgrade": "yes"})
    assert record(company).repeats_id is None


def test_another_process_raises_one_by_a_message(company: Company) -> None:
    given = {
        **RAISED,
        "source_type": "complaint",
        "source_id": "C-7",
        "source_label": "投诉 C-7",
        "raised_by": "chenjing",
    }
    company.send("nonconformity.raised", "N-20260302-042", **given)
    raised = record(company)
    assert (raised.number, raised.status) == ("N-20260302-042", "raised")
    assert (raised.source_type, raised.source_id, raised.source_label) == ("complaint", "C-7", "投诉 C-7")
    assert raised.raised_by_id == company.actor("chenjing").user_id
    company.submit("hexin", "review", valid="no", withdrawal_reason="已有录音，属于漏登记")
    withdrawn = record(company)
    assert (withdrawn.status, withdrawn.closed_at) == ("withdrawn", company.clock.now())
    assert [one.status for one in company.instances] == ["completed"]


def test_a_department_nobody_has_created_stops_the_case_with_the_reason(company: Company) -> None:
    company.send("nonconformity.raised", "N-1", title="无主", description="无主", department="nowhere")
    (problem,) = company.engine_incidents
    assert problem.error_code == "group_unknown"
    assert company.rows(nonconformity) == []


def test_a_step_that_is_retried_records_it_once(company: Company) -> None:
    raise_it(company)
    analyse(company, RULE)
    (instance,) = company.instances
    given: dict[str, dict[str, Any]] = {
        "nonconformity.register": RAISED,
        "corrective_action.assign": {"actions": [RULE]},
        "corrective_action.record": {"number": f"{NUMBER}-01", "result": "已修订"},
        "corrective_action.submit": {},
        "corrective_action.verify": {"verdicts": [verdict(1)]},
        "nonconformity.watch": {},
        "nonconformity.close": {"note": "有效"},
    }
    with company.platform.database.write() as connection:
        for name, inputs in given.items():
            topic = company.platform.runtime.handlers.topic(name).handler
            actor, now = company.actor("hexin"), company.clock.now()
            call = ServiceCall(connection, instance.id, NUMBER, "any", f"task of {name}", inputs, {}, actor, now)
            assert topic(call) == topic(call)
    assert actions(company) == [(f"{NUMBER}-01", 1, "verified")]
    assert (record(company).status, record(company).effective) == ("closed", True)


def test_a_step_does_not_happen_where_it_does_not_belong(company: Company) -> None:
    company.start("sunli", "nonconformity", **RAISED)
    (instance,) = company.instances
    close = company.platform.runtime.handlers.topic("nonconformity.close").handler
    with company.platform.database.write() as connection:
        now = company.clock.now()
        call = ServiceCall(connection, instance.id, NUMBER, "any", "key", {}, {}, company.actor("hexin"), now)
        with pytest.raises(nonconformities.NonconformityElsewhere, match="raised"):
            close(call)
    assert record(company).status == "raised"


def test_who_withdraws_their_case_leaves_nothing_open_in_the_registers(any_company: Company) -> None:
    company = any_company
    company.stop_what_recurs()
    raise_it(company)
    analyse(company, RULE, TRAINING)
    company.pass_time(days=10)
    zone, now, reader = company.platform.settings.zone, company.clock.now(), company.actor("linfang")

    def shown(register: Register) -> tuple[dict[str, int], list[str]]:
        with company.platform.database.read() as connection:
            counts = records.counts(connection, reader, register, zone=zone, now=now)
            page = records.page(connection, reader, register, records.RecordQuery(), zone=zone, now=now)
        return {code: number for code, number in counts.items() if number}, [row.standing for row in page.items]

    assert shown(NONCONFORMITIES) == ({"": 1, "open": 1, "overdue": 1}, ["acting"])
    assert shown(CORRECTIVE_ACTIONS) == ({"": 2, "open": 2, "overdue": 1}, ["open", "open"])
    (instance,) = company.instances
    with company.platform.database.write() as connection:
        instances.cancel(
            company.platform.runtime,
            connection,
            actor=company.actor("sunli"),
            instance_id=instance.id,
            reason="重复提出",
            now=now,
        )
    assert shown(NONCONFORMITIES) == ({"": 1}, ["withdrawn"])
    assert shown(CORRECTIVE_ACTIONS) == ({"": 2}, ["withdrawn", "withdrawn"])


def test_an_action_is_overdue_from_midnight_of_the_house(company: Company) -> None:
    raise_it(company)
    analyse(company, RULE)
    (action,) = company.rows(corrective_action)
    zone = company.platform.settings.zone

    def overdue(on: date, hour: int) -> int:
        now = datetime.combine(on, time(hour, 30), tzinfo=zone)
        with company.platform.database.read() as connection:
            found = records.counts(connection, company.actor("hexin"), CORRECTIVE_ACTIONS, zone=zone, now=now)
        return found["overdue"]

    assert overdue(action.due_on, 23) == 0
    assert overdue(action.due_on + timedelta(days=1), 0) == 1
