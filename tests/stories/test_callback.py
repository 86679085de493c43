"""A resolved incident becomes a callback nobody can forget (policy 3.5(2), 5.1(2))."""

from __future__ import annotations

from datetime import timedelta

import pytest

from engine import periods
from engine.handlers import ServiceCall
from engine.indicators import readings
from engine.registers import incidents
from engine.registers.callback_topics import CallbackFinished
from engine.store import audit
from engine.store.tables import callback_attempt, engine_incident, incident_resolution, outbox
from tests.support.service_desk import NOT_REACHED, REACHED, ServiceDesk

HAPPY = {**REACHED, "solved": "yes", "score": 5, "comment": "很快"}


def test_a_day_at_the_service_desk_from_the_import_to_the_second_callback(any_desk: ServiceDesk) -> None:
    desk = any_desk
    # The morning's export tells of an incident that was resolved two hours ago, and of one still worked on.
    resolved_at = desk.clock.now() - timedelta(hours=2)
    report = desk.import_rows(
        desk.row("INC1", "New", 0, at=resolved_at - timedelta(hours=1), resolved_at=resolved_at),
        desk.row("INC1", "Resolved", 1, at=resolved_at),
        desk.row("INC2", "Active", 1),
    )
    assert (report.callbacks_started, len(report.created)) == (1, 2)
    call = desk.inbox(desk.liu_yang)[0]
    assert call.due_at == resolved_at + timedelta(hours=24)
    assert "INC1" in call.summary
    assert "滨江市第一人民医院" in call.summary

    # Nobody calls. Twenty hours after the resolution the service desk is reminded.
    desk.pass_time(hours=17, minutes=59)
    assert desk.mails == []
    desk.pass_time(minutes=2)
    reminded = [to for to, subject in desk.subjects if "提醒" in subject]
    assert sorted(reminded) == ["chenjing@example.com", "liuyang@example.com"]

    # At twenty-four hours it is overdue, and the manager has it in her own inbox, too.
    desk.pass_time(hours=4)
    assert ("chenjing@example.com", "回访超期：事件 INC1 解决已满24小时仍未回访") in desk.subjects
    assert desk.callbacks[0].overdue_at is not None
    assert desk.unsent == []
    desk.submit(desk.chen_jing, "call", **REACHED, solved="no", score=3, comment="还是上不了网")

    # She hears that it is not solved: the incident is open again, and operations know.
    assert desk.incidents["INC1"].state == "reopened"
    assert ("lihao@example.com", "事件重开：INC1 经回访确认尚未解决") in desk.subjects
    assert desk.todo(desk.liu_yang) == []

    # The next export resolves it again: a new callback with 24 hours of its own.
    again = desk.clock.now() + timedelta(hours=3)
    desk.pass_time(hours=4)
    report = desk.import_rows(desk.row("INC1", "Resolved", 5, at=again, reopened=1))
    assert (report.resolutions_created, report.callbacks_started) == (1, 1)
    assert desk.incidents["INC1"].state == "resolved"
    second = desk.inbox(desk.liu_yang)[0]
    assert second.due_at == again + timedelta(hours=24)
    assert second.business_key == "INC1-2"
    desk.submit(desk.liu_yang, "call", **HAPPY)
    assert [one.status for one in desk.instances if one.definition_key == "incident_callback"] == [
        "completed",
        "completed",
    ]
    assert [(one.status, one.solved, one.score) for one in desk.callbacks] == [
        ("reached", False, 3),
        ("reached", True, 5),
    ]
    assert desk.rows(engine_incident) == []
    with desk.platform.database.read() as connection:
        assert audit.verify(connection).broken_at is None


def test_who_attempts_a_call_in_time_is_neither_reminded_nor_reported(desk: ServiceDesk) -> None:
    desk.import_rows(desk.row("INC1", "Resolved", 1))
    desk.pass_time(hours=2)
    desk.submit(desk.liu_yang, "call", **HAPPY)
    desk.pass_time(hours=30)
    assert desk.mails == []
    assert desk.callbacks[0].overdue_at is None
    assert desk.todo(desk.liu_yang) == []


def test_a_failed_attempt_counts_as_in_time_and_the_manager_is_left_alone(desk: ServiceDesk) -> None:
    desk.import_rows(desk.row("INC1", "Resolved", 1))
    desk.pass_time(hours=19)
    desk.submit(desk.liu_yang, "call", **NOT_REACHED)
    desk.pass_time(hours=6)
    assert desk.callbacks[0].overdue_at is None
    assert not [subject for _, subject in desk.subjects if "超期" in subject]
    assert desk.todo(desk.liu_yang) == ["call"]


def test_a_late_first_call_is_on_record_as_overdue_though_it_reached_the_customer(desk: ServiceDesk) -> None:
    desk.import_rows(desk.row("INC1", "Resolved", 1, at=desk.clock.now() - timedelta(hours=30)))
    desk.submit(desk.liu_yang, "call", **NOT_REACHED)
    assert desk.callbacks[0].overdue_at is not None
    assert not [subject for _, subject in desk.subjects if "超期" in subject], "somebody has called by now"


def test_an_incident_imported_after_its_24_hours_is_overdue_at_once(desk: ServiceDesk) -> None:
    desk.import_rows(desk.row("INC1", "Resolved", 1, at=desk.clock.now() - timedelta(hours=30)))
    assert desk.mails == [], "timers never fire in the step that arms them"
    desk.worker.beat()
    assert desk.callbacks[0].overdue_at == desk.clock.now()
    assert [item.candidates for item in desk.inbox(desk.chen_jing)] == [
        [f"group:{next(iter(desk.liu_yang.groups))}", f"user:{desk.chen_jing.user_id}"]
    ]


def test_three_attempts_on_two_days_and_the_customer_counts_as_unreachable(desk: ServiceDesk) -> None:
    desk.import_rows(desk.row("INC1", "Resolved", 1))
    for _ in range(3):
        desk.submit(desk.liu_yang, "call", **NOT_REACHED)
        assert desk.todo(desk.liu_yang) == [], "the next attempt comes two hours later"
        desk.pass_time(hours=2)
    assert desk.todo(desk.liu_yang) == ["call"], "three attempts, but all on one day"
    desk.pass_time(hours=16)
    desk.submit(desk.liu_yang, "call", **NOT_REACHED)
    assert desk.callbacks[0].status == "unreachable"
    assert [one.status for one in desk.instances] == ["completed"]
    attempts = desk.rows(callback_attempt)
    assert [(one.ordinal, one.reached, one.note) for one in attempts] == [(n, False, "无人接听") for n in (1, 2, 3, 4)]
    assert {one.caller_id for one in attempts} == {desk.liu_yang.user_id}


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ({"solved": "yes", "score": 2}, True),
        ({"solved": "yes", "score": 3}, False),
        ({"solved": "yes", "score": 1, "complaint": True, "complaint_content": "没人通知"}, False),
        ({"solved": "no", "score": 1}, True),
        ({"solved": "no", "score": 4}, False),
    ],
)
def test_low_scores_go_on_to_operations_and_complaints_to_their_own_process(
    desk: ServiceDesk, answers: dict[str, object], expected: bool
) -> None:
    desk.import_rows(desk.row("INC1", "Resolved", 1))
    desk.submit(desk.liu_yang, "call", **REACHED, **answers)
    assert desk.todo(desk.li_hao) == (["follow_up"] if expected else [])
    if expected:
        # Monday morning plus two working days.
        assert desk.inbox(desk.li_hao)[0].due_at == desk.clock.now() + timedelta(days=2)
        given = {"cause": "slow", "cause_detail": "到场晚", "action_taken": "已致歉并调整排班"}
        desk.submit(desk.li_hao, "follow_up", **given)
        assert desk.todo(desk.li_hao) == []
    callbacks_done = [one.status for one in desk.instances if one.definition_key == "incident_callback"]
    assert callbacks_done == ["completed"]


def test_an_automatic_close_does_not_bury_what_the_customer_said(desk: ServiceDesk) -> None:
    resolved_at = desk.clock.now()
    desk.import_rows(desk.row("INC1", "Resolved", 1))
    desk.submit(desk.liu_yang, "call", **REACHED, solved="no", score=4)
    desk.pass_time(days=5)
    closing = desk.row("INC1", "Closed", 2, resolved_at=resolved_at, closed_at=desk.clock.now())
    report = desk.import_rows(closing)
    assert report.callbacks_started == 0
    assert desk.incidents["INC1"].state == "reopened"
    assert desk.incidents["INC1"].source_state == "Closed"


def test_the_figures_follow_the_calls(any_desk: ServiceDesk) -> None:
    desk = any_desk
    assert set(figures(desk).values()) == {(0, 0)}

    desk.import_rows(*(desk.row(f"INC{n}", "Resolved", 1) for n in range(4)))
    desk.submit(desk.liu_yang, "call", **HAPPY)
    desk.submit(desk.liu_yang, "call", **REACHED, solved="no", score=3)
    desk.submit(desk.liu_yang, "call", **NOT_REACHED)
    assert figures(desk)["I06"] == figures(desk)["I07"] == (0, 0), "nothing is due yet"

    desk.pass_time(hours=25)
    assert figures(desk) == {"I06": (3, 4), "I07": (2, 4), "I08": (1, 2), "I09": (1, 2), "I11": (1, 4)}


def figures(desk: ServiceDesk) -> dict[str, tuple[int, int]]:
    """What the indicators of callbacks say of this month."""
    keys, zone, now = ("I06", "I07", "I08", "I09", "I11"), desk.platform.settings.zone, desk.clock.now()
    month = periods.of_day("month", now.astimezone(zone).date())
    with desk.platform.database.read() as connection:
        found = readings.compute(connection, month, zone, now, keys=keys)
    return {one.indicator.key: (one.totals.numerator, one.totals.denominator) for one in found}


def test_the_record_leads_to_everything_that_happened(any_desk: ServiceDesk) -> None:
    desk = any_desk
    desk.import_rows(desk.row("INC1", "Resolved", 1))
    desk.submit(desk.liu_yang, "call", **NOT_REACHED)
    desk.pass_time(hours=2)
    desk.submit(desk.liu_yang, "call", **HAPPY)
    with desk.platform.database.read() as connection:
        detail = incidents.get(connection, desk.liu_yang, desk.incidents["INC1"].id)
    (resolution,) = detail.resolutions
    assert (resolution.status, resolution.score, resolution.comment) == ("reached", 5, "很快")
    assert resolution.instance_id == desk.instances[0].id
    assert [(one.reached, one.called_by) for one in detail.attempts[resolution.callback_id]] == [
        (False, "刘洋"),
        (True, "刘洋"),
    ]
    assert len(desk.rows(incident_resolution)) == 1


def test_a_handler_called_twice_for_one_step_records_it_once(desk: ServiceDesk) -> None:
    desk.import_rows(desk.row("INC1", "Resolved", 1))
    (instance,) = desk.instances
    topics = desk.platform.runtime.handlers
    given = {
        "callback.record_attempt": {"reached": "no", "channel": "phone", "note": ""},
        "callback.mark_overdue": {},
        "callback.record_result": {"solved": "no", "score": 2},
        "incident.reopen": {"reason": "还是慢"},
    }
    with desk.platform.database.write() as connection:
        for name, inputs in given.items():
            call = ServiceCall(
                connection=connection,
                instance_id=instance.id,
                business_key="INC1",
                element_id="any",
                dedup_key=f"task of {name}",
                inputs=inputs,
                variables={},
                actor=desk.liu_yang,
                now=desk.clock.now(),
            )
            assert topics.topic(name).handler(call) == topics.topic(name).handler(call)
    assert [(one.attempts, one.status) for one in desk.callbacks] == [(1, "reached")]
    assert len(desk.rows(callback_attempt)) == 1
    assert len(desk.rows(outbox)) == 2, "one mail to each of the two people in operations"


def test_a_result_cannot_be_recorded_over_another(desk: ServiceDesk) -> None:
    desk.import_rows(desk.row("INC1", "Resolved", 1))
    (instance,) = desk.instances
    desk.submit(desk.liu_yang, "call", **HAPPY)
    with desk.platform.database.write() as connection, pytest.raises(CallbackFinished):
        unreachable = desk.platform.runtime.handlers.topic("callback.record_unreachable").handler
        now = desk.clock.now()
        unreachable(ServiceCall(connection, instance.id, "INC1", "any", "key", {}, {}, desk.liu_yang, now))


def test_a_case_without_a_callback_stops_with_the_true_reason_until_somebody_mends_it(desk: ServiceDesk) -> None:
    """A message from elsewhere starts the process although nothing was imported."""
    desk.hear_of_a_stranger("X1")
    desk.submit(desk.liu_yang, "call", **HAPPY)
    (problem,) = desk.rows(engine_incident)
    assert problem.error_code == "callback_unknown"
    assert [one.status for one in desk.instances] == ["active"]
