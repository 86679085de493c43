"""The doctor finds what is lost, doubled or altered, and is silent about a healthy house."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import text

from engine import doctor
from tests.support.diagrams import Diagram
from tests.support.house import House
from tests.support.people import People


@pytest.fixture
def busy(house: House, people: People) -> House:
    """Cases that wait for people, timers and messages; one that has ended; one that was cancelled."""
    li = people.user("li.lei", groups=["staff"])
    diagram = Diagram("errand").start().user("do").user("chase").end().end("chased")
    diagram.boundary("late", "do", "PT1H", interrupting=False)
    waiting = Diagram("order").start().message("intermediateCatchEvent", "paid", "payment").end()
    house.publish(
        diagram.flow("begin", "do", "done").flow("late", "chase", "chased"), waiting.flow("begin", "paid", "done")
    )
    for _ in range(3):
        house.start("errand")
    house.start("order")
    ended = house.start("errand")
    house.pass_time(hours=2)
    house.claim(house.item(ended, "do"), li)
    house.complete(house.item(ended, "do"), li)
    house.complete(house.item(ended, "chase"), li)
    house.start("errand")
    house.cancel(house.start("errand"), people.administrator())
    return house


def test_a_healthy_house(busy: House) -> None:
    assert doctor.examine(busy.platform) == []


@pytest.mark.parametrize(
    ("damage", "code"),
    [
        (
            "UPDATE work_item SET state = 'exited' WHERE id = (SELECT min(id) FROM work_item WHERE state = 'ready')",
            None,
        ),
        ("DELETE FROM timer WHERE status = 'pending'", "timers_differ"),
        ("DELETE FROM message_subscription", "messages_differ"),
        ("DELETE FROM inbox_entry", "not_in_any_inbox"),
        ("UPDATE process_instance SET status = 'completed' WHERE definition_key = 'order'", "left_open"),
        ("UPDATE process_instance SET revision = revision + 1 WHERE status = 'cancelled'", "history_incomplete"),
        ("UPDATE process_instance SET revision = 7 WHERE definition_key = 'order'", "history_incomplete"),
        ("UPDATE history SET kind = 'touched' WHERE kind = 'completed'", "completion_count"),
        ("UPDATE process_instance SET state = '[9]' WHERE definition_key = 'order'", "state_unreadable"),
        ("UPDATE audit SET actor = 'nobody' WHERE sequence = 3", "audit_broken"),
    ],
)
def test_damage_is_found(busy: House, damage: str, code: str | None) -> None:
    with busy.writing() as connection:
        connection.execute(text(damage))
    codes = {finding.code for finding in doctor.examine(busy.platform)}
    assert (code or "work_items_differ") in codes
    assert code is not None or "inbox_of_the_done" in codes


def test_findings_speak_both_languages(busy: House) -> None:
    with busy.writing() as connection:
        connection.execute(text("DELETE FROM message_subscription"))
    (finding,) = doctor.examine(busy.platform)
    assert "消息等待与流程状态不一致" in finding.message("zh")
    assert "message subscriptions differ from the state: missing [" in finding.message("en")
    _every_sentence_is_complete()


def _every_sentence_is_complete() -> None:
    messages: dict[str, Any] = doctor._MESSAGES
    for code in messages:
        finding = doctor.Finding(code, "subject", "the detail")
        assert "{" not in finding.message("zh") + finding.message("en")
