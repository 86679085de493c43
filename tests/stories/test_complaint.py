"""A complaint is acknowledged, handled and answered on the clocks of its class (policy 3.3(3), 3.4(4), 3.5(3))."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from engine.errors import EngineError
from engine.handlers import ServiceCall
from engine.registers.complaints import ComplaintChanged, ComplaintUnknown
from engine.store import audit
from engine.store.tables import callback, complaint, document
from engine.store.types import Record
from tests.support.company import Company
from tests.support.ticket_system import TicketSystem

BY_PHONE: dict[str, Any] = {
    "received_through": "phone",
    "customer": "滨江市第一人民医院",
    "project": "医院网络运维",
    "complainant": "张慧",
    "contact": "13800000000",
    "kind": "timeliness",
    "subject": "报修两天无人上门",
    "content": "周一报修，周三还没有人来",
    "remedy_sought": "尽快上门并说明原因",
    "severity": "low",
    "flags": [],
}
TOLD = {"acknowledged_through": "phone", "handled_by": "service_desk"}
HANDLED = {"handling": "派工漏单，已安排工程师当日上门", "proposed_answer": "今日 15 点前上门，并改进派工核对"}
ACCEPTED = {"answer": "今日 15 点前上门", "answered_through": "phone", "accepted": "yes"}
DISPUTED = {**ACCEPTED, "accepted": "no", "dispute_reason": "没有说明怎么避免再发生"}


def found(company: Company) -> Record:
    """The latest complaint of the register."""
    return company.rows(complaint)[-1]


def register(company: Company, by: str = "liuyang", **changed: Any) -> str:
    return company.start(by, "complaint", **{**BY_PHONE, **changed})


def acknowledge(company: Company, by: str = "zhaoqian", **changed: Any) -> None:
    known = {name: value for name, value in BY_PHONE.items() if name not in ("received_through", "content")}
    company.submit(by, "acknowledge", **{**known, **TOLD, **changed})


def test_a_general_complaint_is_acknowledged_handled_answered_and_closed(any_company: Company) -> None:
    company = any_company
    received_at = company.clock.now()
    instance_id = register(company)
    one = found(company)
    assert (one.number, one.instance_id, one.status, one.grade) == (
        "C-20260302-001",
        instance_id,
        "registered",
        "general",
    )
    assert one.acknowledge_due_at == received_at + timedelta(hours=24)
    assert one.resolve_due_at == received_at + timedelta(days=3), "Monday plus three working days"
    assert company.item("zhaoqian", "acknowledge").due_at == one.acknowledge_due_at

    company.pass_time(hours=3)
    acknowledge(company)
    assert found(company).acknowledged_at == received_at + timedelta(hours=3)
    company.submit("liuyang", "handle", **HANDLED)
    company.submit("liuyang", "answer", **ACCEPTED)
    one = found(company)
    assert (one.status, one.accepted, one.level, one.disputes) == ("closed", True, 0, 0)
    assert one.handling == HANDLED["handling"]
    assert one.closed_at == company.clock.now()
    assert company.subjects == []
    assert company.instances[-1].status == "completed"
    assert company.engine_incidents == []
    with company.platform.database.read() as connection:
        assert audit.verify(connection).broken_at is None


def test_an_urgent_complaint_that_nobody_answers_climbs_to_senior_management(any_company: Company) -> None:
    company = any_company
    # Monday, nine o'clock. Severe: urgent, acknowledged within two hours, answered within a working day.
    register(company, severity="high")
    one = found(company)
    assert (one.grade, one.is_important, one.is_major) == ("urgent", True, False)
    assert one.resolve_due_at - one.received_at == timedelta(days=1)
    important = f"重要投诉：{one.number} 报修两天无人上门"
    assert {to for to, subject in company.subjects if subject == important} == set(), "not before it is acknowledged"
    company.pass_time(hours=2, minutes=1)
    assert ("chenjing", f"投诉受理超期：{one.number} 尚未受理") in company.subjects
    assert company.todo("chenjing") == ["acknowledge"]
    acknowledge(company, "chenjing", severity="high")
    told = {to for to, subject in company.subjects if subject == important}
    assert {"wangqiang", "lihao", "xumei", "hexin"} <= told
    assert not told & {"guojun", "qiumin", "majianguo"}

    # The clock runs out on Tuesday, and again every day: operations, technical centre, senior management.
    overdue = f"投诉超期升级：{one.number} 未按时答复客户"
    for day, manager in enumerate(("wangqiang", "guojun", "majianguo"), 1):
        company.clock.move_to(one.resolve_due_at + timedelta(days=day - 1) - timedelta(seconds=1))
        company.deliver()
        assert found(company).level == day - 1
        company.pass_time(seconds=2)
        assert found(company).level == day
        assert (manager, overdue) in company.subjects
        assert company.todo(manager) == ["handle"]
    company.pass_time(days=2)
    assert found(company).level == 3
    assert len([subject for _, subject in company.subjects if subject == overdue]) == 3

    company.submit("majianguo", "handle", **HANDLED)
    company.submit("liuyang", "answer", **ACCEPTED)
    assert found(company).status == "closed"
    assert company.engine_incidents == []


def test_an_answer_in_time_stops_the_clock(company: Company) -> None:
    register(company, acknowledged=True, handled_by="service_desk")
    company.submit("liuyang", "handle", **HANDLED)
    company.submit("liuyang", "answer", **ACCEPTED)
    company.pass_time(days=10)
    assert (found(company).level, company.subjects) == (0, [])


def test_who_is_told_of_an_important_complaint_follows_from_what_it_is_about(company: Company) -> None:
    register(company, kind="fees", flags=["contract"], acknowledged=True, handled_by="operations")
    one = found(company)
    assert (one.grade, one.level, one.flags) == ("urgent", 1, ["contract"])
    told = {to for to, subject in company.subjects if subject.startswith("重要投诉")}
    assert told == {"wangqiang", "lihao", "zhoukai", "huangwei", "xumei", "hexin", "qiumin", "majianguo", "linfang"}
    assert company.todo("lihao") == ["handle_in_operations"]
    assert company.todo("liuyang") == []


def test_a_dispute_goes_back_one_level_up_each_time(company: Company) -> None:
    register(company, acknowledged=True, handled_by="service_desk")
    company.submit("liuyang", "handle", **HANDLED)
    company.submit("liuyang", "answer", **DISPUTED)
    one = found(company)
    assert (one.status, one.level, one.disputes, one.accepted) == ("handling", 1, 1, False)
    company.pass_time(days=1)
    company.submit("lihao", "handle_in_operations", **HANDLED)
    company.submit("liuyang", "answer", **DISPUTED)
    one = found(company)
    assert (one.level, one.disputes) == (2, 2)
    assert one.resolve_due_at == company.clock.now() + timedelta(days=3), "each round has a clock of its own"
    assert company.todo("lihao") == []
    assert company.todo("guojun") == ["handle_in_operations"]
    company.submit("guojun", "handle_in_operations", **HANDLED)
    company.submit("liuyang", "answer", **DISPUTED)
    assert company.todo("majianguo") == ["handle_in_operations"]
    company.submit("majianguo", "handle_in_operations", **HANDLED)
    company.submit("liuyang", "answer", **DISPUTED)
    assert (found(company).level, found(company).disputes) == (3, 4), "nobody stands above senior management"
    company.submit("majianguo", "handle_in_operations", **HANDLED)
    company.submit("liuyang", "answer", **ACCEPTED)
    assert (found(company).status, found(company).accepted) == ("closed", True)


@pytest.mark.parametrize(
    ("second", "days", "grade"),
    [
        ({"subject": "又没人来"}, 30, "urgent"),
        ({"kind": "attitude", "subject": "同一项目，别的事由"}, 30, "urgent"),
        ({"kind": "attitude", "project": "门诊楼改造"}, 30, "general"),
        ({"customer": "云湖区政务服务中心"}, 30, "general"),
        ({"severity": "high"}, 30, "major"),
        ({}, 91, "general"),
    ],
    ids=["same kind", "same project", "neither", "other customer", "severe", "long after"],
)
def test_a_repeated_complaint_is_graded_up(company: Company, second: dict[str, Any], days: int, grade: str) -> None:
    register(company, acknowledged=True, handled_by="service_desk")
    company.submit("liuyang", "handle", **HANDLED)
    company.submit("liuyang", "answer", **ACCEPTED)
    company.pass_time(days=days)
    register(company, **second)
    assert (found(company).is_repeat, found(company).grade) == (grade != "general", grade)


def test_what_the_first_assessment_finds_changes_class_and_clocks(company: Company) -> None:
    """The desk hears on the telephone that it is about safety: what was general becomes major."""
    register(company)
    acknowledge(company, flags=["safety"])
    one = found(company)
    assert (one.grade, one.is_major, one.level) == ("major", True, 2)
    assert one.resolve_due_at == one.received_at + timedelta(days=7), "Monday plus five working days"
    assert company.todo("fangyu") == ["contain"]
    assert company.todo("liuyang") == []


MAJOR = {"severity": "high", "flags": ["legal"], "acknowledged": True, "handled_by": "service_desk"}
CONTAINED = {"containment": "停用问题设备并更换", "interim_answer": "已更换设备，五个工作日内书面答复"}
CAUSE: dict[str, Any] = {
    "whys": [{"why": "设备超期未检"}, {"why": "检测计划没有列入该设备"}, {"why": "新增设备没有登记流程"}],
    "cause_category": "process",
    "root_cause": "新增设备不登记",
    "similar_cases": "排查另外两家医院，无同类情况",
}
MEASURES = {"measures": "新增设备先登记再上线", "handling": "流程已修订并培训", "proposed_answer": "书面说明已寄出"}
VISITED = {"visited_through": "in_person", "visit_score": 4, "visit_note": "认可处理"}
VERIFIED = {"effective": "yes", "verification": "抽查五台新增设备，均已登记"}
NOT_BACK = {"recurred": "no", "recurrence_note": "三个月内无同类投诉"}


def to_the_answer(company: Company) -> None:
    company.submit("fangyu", "contain", **CONTAINED)
    company.submit("fangyu", "analyse_cause", **CAUSE)
    company.submit("fangyu", "carry_out", **MEASURES)


def test_a_major_complaint_is_analysed_visited_verified_and_checked_again(any_company: Company) -> None:
    company = any_company
    received_at = company.clock.now()
    register(company, **MAJOR)
    assert ("linfang", f"重要投诉：{found(company).number} 报修两天无人上门") in company.subjects
    assert company.item("guojun", "contain").due_at == received_at + timedelta(days=2)
    company.submit("fangyu", "contain", **CONTAINED)
    with pytest.raises(EngineError) as refused:
        company.submit("fangyu", "analyse_cause", **{**CAUSE, "whys": CAUSE["whys"][:2]})
    assert "whys" in refused.value.details["fields"]
    company.submit("fangyu", "analyse_cause", **CAUSE)
    company.submit("fangyu", "carry_out", **MEASURES)
    company.submit("liuyang", "answer_major", **ACCEPTED)
    one = found(company)
    assert (one.status, one.root_cause, one.cause_category) == ("answered", "新增设备不登记", "process")
    assert one.whys == ["设备超期未检", "检测计划没有列入该设备", "新增设备没有登记流程"]

    # Whoever did it does not ask whether it was good, and does not verify it.
    with pytest.raises(EngineError) as refused:
        company.submit("fangyu", "visit", **VISITED)
    assert "落实措施的人不能自己做跟踪回访" in refused.value.message("zh")
    company.submit("guojun", "visit", **VISITED)
    company.submit("hexin", "verify", **VERIFIED)
    one = found(company)
    assert (one.status, one.visit_score, one.verification) == ("watching", 4, VERIFIED["verification"])
    assert one.verified_by_id == company.actor("hexin").user_id
    (report,) = company.rows(document)
    assert (report.kind, report.status, report.record_id) == ("major_complaint_report", "issued", one.id)
    assert {person for person, subject in company.subjects if report.title in subject} == {
        "xumei", "hexin", "guojun", "fangyu", "linfang"
    }  # fmt: skip

    company.pass_time(days=89)
    assert company.todo("hexin") == []
    company.pass_time(days=1)
    company.submit("hexin", "check_recurrence", **NOT_BACK)
    one = found(company)
    assert (one.status, one.recurred) == ("closed", False)
    assert one.recurrence_checked_at == company.clock.now()
    assert company.instances[-1].status == "completed"
    assert company.engine_incidents == []


def test_who_handled_a_major_complaint_may_not_verify_it_even_from_the_quality_department(company: Company) -> None:
    company.hire("zhangqi", "张琪", "technical_center", "quality")
    register(company, **MAJOR)
    company.submit("zhangqi", "contain", **CONTAINED)
    company.submit("fangyu", "analyse_cause", **CAUSE)
    company.submit("fangyu", "carry_out", **MEASURES)
    company.submit("liuyang", "answer_major", **ACCEPTED)
    company.submit("zhangqi", "visit", **VISITED)
    with pytest.raises(EngineError) as refused:
        company.submit("zhangqi", "verify", **VERIFIED)
    assert "处理过本投诉的人不能验证处理结果" in refused.value.message("zh")
    assert found(company).verified_at is None


def test_a_major_complaint_comes_back_from_customer_quality_and_recurrence(company: Company) -> None:
    register(company, **MAJOR)
    to_the_answer(company)
    company.submit("liuyang", "answer_major", **DISPUTED)
    assert (found(company).level, company.todo("majianguo")) == (3, ["carry_out"])
    company.submit("fangyu", "carry_out", **MEASURES)
    company.submit("liuyang", "answer_major", **ACCEPTED)
    company.submit("guojun", "visit", **VISITED)
    company.submit("hexin", "verify", effective="no", verification="抽查的设备仍未登记")
    assert (found(company).status, company.todo("fangyu")) == ("handling", ["carry_out"])
    company.submit("fangyu", "carry_out", **MEASURES)
    company.submit("liuyang", "answer_major", **ACCEPTED)
    company.submit("guojun", "visit", **VISITED)
    company.submit("xumei", "verify", **VERIFIED)
    company.pass_time(days=90)
    company.submit("hexin", "check_recurrence", recurred="yes", recurrence_note="四月又发生一次")
    one = found(company)
    assert (one.status, one.recurred, one.level) == ("handling", True, 3)
    assert one.resolve_due_at > company.clock.now()
    assert "analyse_cause" in company.todo("majianguo")
    company.submit("fangyu", "analyse_cause", **CAUSE)
    company.submit("fangyu", "carry_out", **MEASURES)
    company.submit("liuyang", "answer_major", **ACCEPTED)
    company.submit("guojun", "visit", **VISITED)
    company.submit("hexin", "verify", **VERIFIED)
    company.pass_time(days=90)
    company.submit("hexin", "check_recurrence", **NOT_BACK)
    assert (found(company).status, found(company).recurred) == ("closed", False)
    assert company.engine_incidents == []


def test_a_major_complaint_that_is_late_goes_to_senior_management(company: Company) -> None:
    register(company, **MAJOR)
    company.pass_time(days=7, seconds=1)
    assert found(company).level == 3
    assert company.todo("majianguo") == ["contain"]
    company.pass_time(days=5)
    assert len([one for one in company.subjects if one[1].startswith("投诉超期升级")]) == 1


def test_a_serious_complaint_without_a_contact_is_refused_at_the_field(company: Company) -> None:
    with pytest.raises(EngineError) as refused:
        register(company, severity="high", contact="")
    assert "contact" in refused.value.details["fields"]
    assert company.rows(complaint) == []


def test_a_holiday_does_not_shorten_the_time_to_answer(company: Company) -> None:
    """The week of 1 October 2026: what comes in on the last working day before is due on the third after."""
    company.clock.move_to(datetime(2026, 9, 30, 2, tzinfo=UTC))
    register(company)
    assert found(company).resolve_due_at == datetime(2026, 10, 10, 2, tzinfo=UTC), "the tenth is a day worked instead"


def test_a_customer_who_complains_in_a_callback_starts_a_complaint(company: Company) -> None:
    tickets = TicketSystem(company.platform, company.folder, importer=company.actor("chenjing"))
    tickets.import_rows(tickets.row("INC7", "Resolved", 1))
    company.deliver()
    said = {"channel": "phone", "reached": "yes", "solved": "no", "score": 1}
    company.submit("liuyang", "call", **said, complaint=True, complaint_content="断网两天没人管")
    one = found(company)
    assert (one.number, one.received_through, one.content) == ("C-20260302-001", "callback", "断网两天没人管")
    assert (one.customer, one.complainant) == ("滨江市第一人民医院", "张慧")
    assert (one.source_type, one.source_id) == ("callback", str(company.rows(callback)[0].id))
    assert (one.severity, one.grade, one.status) == ("", "general", "registered")
    assert company.todo("lihao") == [], "operations get it as a complaint, not as dissatisfaction as well"
    # The desk assesses it: severe, so that it is answered within a working day.
    acknowledge(company, "liuyang", severity="high")
    assert (found(company).grade, found(company).subject) == ("urgent", BY_PHONE["subject"])
    company.submit("liuyang", "handle", **HANDLED)
    company.submit("liuyang", "answer", **ACCEPTED)
    assert found(company).status == "closed"
    assert {one.status for one in company.instances} == {"completed"}
    assert company.engine_incidents == []


def test_a_step_that_is_repeated_does_nothing_twice(company: Company) -> None:
    instance_id = register(company, acknowledged=True, handled_by="service_desk")
    topics = company.platform.runtime.handlers
    company.clock.move_to(found(company).resolve_due_at)
    given: dict[str, dict[str, Any]] = {
        "complaint.register": {"received_through": "phone", "content": "x"},
        "complaint.escalate": {},
        "complaint.close": {},
    }
    with company.platform.database.write() as connection:
        for name, inputs in given.items():
            call = ServiceCall(
                connection=connection,
                instance_id=instance_id,
                business_key=found(company).number,
                element_id="any",
                dedup_key=f"task of {name}",
                inputs=inputs,
                variables={},
                actor=company.actor("liuyang"),
                now=company.clock.now(),
            )
            assert topics.topic(name).handler(call) == topics.topic(name).handler(call)
    company.deliver()
    assert len(company.rows(complaint)) == 1
    assert (found(company).level, found(company).status) == (1, "closed")
    assert [to for to, subject in company.subjects if subject.startswith("投诉超期升级")] == ["wangqiang"]


def test_a_complaint_that_has_moved_on_is_not_answered_over(company: Company) -> None:
    register(company)
    call = ServiceCall(
        connection=None,  # type: ignore[arg-type]
        instance_id=found(company).instance_id,
        business_key="",
        element_id="any",
        dedup_key="any",
        inputs={"answer": "…", "accepted": "yes"},
        variables={},
        actor=company.actor("liuyang"),
        now=company.clock.now(),
    )
    answer = company.platform.runtime.handlers.topic("complaint.record_answer").handler
    with company.platform.database.write() as connection, pytest.raises(ComplaintChanged):
        answer(replace(call, connection=connection))
    with company.platform.database.write() as connection, pytest.raises(ComplaintUnknown):
        answer(replace(call, connection=connection, instance_id="elsewhere"))
