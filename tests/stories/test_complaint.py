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
from engine.store.tables import callback, complaint
from tests.support.company import Company
from tests.support.complaints import ACCEPTED, BY_PHONE, DISPUTED, HANDLED, acknowledge, found, register
from tests.support.ticket_system import TicketSystem


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
