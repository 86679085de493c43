"""What the inbox shows: counters, filters, orders, pages without gaps, search."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from engine import assignments, inbox_queries, instances
from engine.actors import Actor
from engine.inbox_queries import InboxQuery
from tests.support.diagrams import Diagram
from tests.support.house import House
from tests.support.people import People

TODAY_ENDS_AFTER = timedelta(hours=15)


def errand() -> Diagram:
    diagram = Diagram("errand").start()
    diagram.user("do", _summary("=title"), camunda_dueDate="=due", camunda_priority="=priority").end()
    return diagram.flow("begin", "do", "done")


def _summary(text: str) -> str:
    return (
        "<bpmn:extensionElements><camunda:properties>"
        f'<camunda:property name="summary" value="{text}"/></camunda:properties></bpmn:extensionElements>'
    )


@pytest.fixture
def li(house: House, people: People) -> Actor:
    house.publish(errand(), Diagram("other").start().user("check").end().flow("begin", "check", "done"))
    return people.user("li.lei", groups=["staff"])


def place(house: House, title: str, *, due_in_hours: float | None = None, priority: int = 50) -> Any:
    due = None if due_in_hours is None else (house.now + timedelta(hours=due_in_hours)).isoformat()
    return house.item(house.start("errand", title=title, due=due, priority=priority), "do")


def titles(house: House, actor: Actor, **wanted: Any) -> list[str]:
    return [item.summary for item in page(house, actor, **wanted).items]


def page(house: House, actor: Actor, **wanted: Any) -> inbox_queries.Page:
    with house.reading() as connection:
        return inbox_queries.page(
            connection, actor, InboxQuery(**wanted), now=house.now, today_ends_at=house.now + TODAY_ENDS_AFTER
        )


def counters(house: House, actor: Actor) -> dict[Any, int]:
    with house.reading() as connection:
        return inbox_queries.counters(connection, actor, now=house.now, today_ends_at=house.now + TODAY_ENDS_AFTER)


def test_filters_and_their_counters(house: House, people: People, li: Actor) -> None:
    place(house, "overdue", due_in_hours=-1)
    place(house, "today", due_in_hours=3)
    place(house, "tomorrow", due_in_hours=20)
    place(house, "whenever")
    house.claim(place(house, "mine", due_in_hours=2), li)
    house.start("other")

    assert titles(house, li, definition_key="errand") == ["overdue", "mine", "today", "tomorrow", "whenever"]
    assert titles(house, li, filter="overdue") == ["overdue"]
    assert titles(house, li, filter="today") == ["mine", "today"]
    assert titles(house, li, filter="claimable", definition_key="errand") == [
        "overdue",
        "today",
        "tomorrow",
        "whenever",
    ]
    assert counters(house, li) == {"all": 6, "overdue": 1, "today": 2, "claimable": 5}
    with house.reading() as connection:
        assert inbox_queries.processes(connection, li) == ["errand", "other"]

    stranger = people.user("stranger", groups=["buyers"])
    assert counters(house, stranger) == {"all": 0, "overdue": 0, "today": 0, "claimable": 0}
    house.clock.move(timedelta(days=2))
    assert counters(house, li)["overdue"] == 4


def test_offered_personally_it_can_be_claimed_until_somebody_has(house: House, people: People) -> None:
    people.group("staff")
    li, han = people.user("li.lei", groups=["staff"]), people.user("han.mei")
    personal = Diagram("personal").start().user("do", groups="", camunda_candidateUsers="li.lei,han.mei").end()
    house.publish(personal.flow("begin", "do", "done"))
    item = house.item(house.start("personal"), "do")
    assert counters(house, li)["claimable"] == counters(house, han)["claimable"] == 1
    assert len(page(house, han, filter="claimable").items) == 1
    house.claim(item, li)
    assert counters(house, li) == {"all": 1, "overdue": 0, "today": 0, "claimable": 0}
    assert page(house, li, filter="claimable").items == page(house, han, filter="claimable").items == []


def test_orders(house: House, li: Actor) -> None:
    for title, hours, priority in (("c", 5, 10), ("a", 9, 90), ("b", None, 50)):
        place(house, title, due_in_hours=hours, priority=priority)
        house.clock.move(timedelta(minutes=1))
    assert titles(house, li, sort="due") == ["c", "a", "b"]
    assert titles(house, li, sort="created") == ["c", "a", "b"]
    assert titles(house, li, sort="priority") == ["a", "b", "c"]


@pytest.mark.parametrize("sort", ["due", "created", "priority"])
def test_pages_have_no_gaps_and_no_doubles_though_all_keys_are_equal(house: House, people: People, sort: Any) -> None:
    people.group("buyers")
    li = people.user("li.lei", groups=["staff", "buyers"])
    diagram = Diagram("errand").start().end().flow("begin", "do", "done")
    offered = {"groups": "staff,buyers", "camunda_candidateUsers": "li.lei", "camunda_dueDate": "PT1H"}
    house.publish(diagram.user("do", _summary("=title"), **offered))
    placed = {house.item(house.start("errand", title=str(n)), "do").id for n in range(11)}
    seen: list[str] = []
    after = None
    for _ in range(10):
        found = page(house, li, sort=sort, size=3, after=after)
        seen += [item.id for item in found.items]
        after = found.following
        if after is None:
            break
        assert len(found.items) == 3
    assert len(seen) == len(placed)
    assert set(seen) == placed


def test_the_next_page_survives_work_done_meanwhile(house: House, li: Actor) -> None:
    items = [place(house, str(n), due_in_hours=n + 1) for n in range(6)]
    first = page(house, li, size=2)
    house.complete(items[1], li)
    house.complete(items[2], li)
    assert titles(house, li, size=2, after=first.following) == ["3", "4"]


def test_search_takes_what_people_type_literally(house: House, li: Actor) -> None:
    for title in ("100% 完成", "100 件", "a_b", "axb", r"back\slash", "打印机卡纸"):
        place(house, title)
    assert titles(house, li, search="100%") == ["100% 完成"]
    assert titles(house, li, search="a_b") == ["a_b"]
    assert titles(house, li, search="k\\s") == [r"back\slash"]
    assert titles(house, li, search="卡纸") == ["打印机卡纸"]
    assert titles(house, li, search="A_B") == ["a_b"]
    assert titles(house, li, search="nothing like it") == []
    number = place(house, "numbered").business_key
    assert titles(house, li, search=number) == ["numbered"]


def test_what_i_did_latest_first(house: House, people: People, li: Actor) -> None:
    for number in range(5):
        house.complete(place(house, str(number)), li)
        if number % 2:
            house.clock.move(timedelta(minutes=1))
    seen: list[str] = []
    after: tuple[datetime, str] | None = None
    while True:
        with house.reading() as connection:
            found = inbox_queries.done(connection, li, size=2, after=after)
        seen += [item.summary for item in found.items]
        after = found.following
        if after is None:
            break
    assert sorted(seen) == ["0", "1", "2", "3", "4"]
    assert seen[0] == "4"
    assert set(seen[3:]) == {"0", "1"}
    with house.reading() as connection:
        assert inbox_queries.done(connection, people.user("stranger"), size=2).items == []


def test_my_requests_page_by_page(house: House, people: People, li: Actor) -> None:
    mine = [house.start("errand", li, title=str(n), due=None, priority=1).instance_id for n in range(5)]
    house.start("errand", people.user("han.mei"), title="hers", due=None, priority=1)
    with house.reading() as connection:
        first = instances.started_by(connection, li, limit=2)
        second = instances.started_by(connection, li, limit=2, before=first[-1].id)
        third = instances.started_by(connection, li, limit=2, before=second[-1].id)
    assert sorted(row.id for row in (*first, *second, *third)) == sorted(mine)
    assert len({row.id for row in (*first, *second, *third)}) == 5


def test_the_next_task_is_one_i_may_do(house: House, people: People, li: Actor) -> None:
    boss = people.user("boss")
    assert boss.user_id is not None
    urgent = place(house, "urgent", due_in_hours=1)
    house.claim(urgent, li)
    with house.writing() as connection:
        assignments.escalate(connection, item_id=urgent.id, to_user_ids=[boss.user_id], actor=li, now=house.now)
    place(house, "later", due_in_hours=2)

    def following(actor: Actor) -> str | None:
        with house.reading() as connection:
            found = inbox_queries.next_for(connection, actor, now=house.now, today_ends_at=house.now + TODAY_ENDS_AFTER)
        return None if found is None else str(found.summary)

    assert following(li) == "urgent"
    assert following(boss) is None
    house.complete(urgent, li)
    assert following(li) == "later"
