"""Separation of duties: who did, owns or belongs to what a task is about may not do it, whichever way they try."""

from __future__ import annotations

import pytest

from engine import work_items
from engine.assignments import NobodyElse
from engine.instances import Started
from engine.store.tables import work_item
from engine.work_items import SeparatedDuty
from tests.support.diagrams import Diagram
from tests.support.house import House
from tests.support.people import People

RULES = """
separation:
  - key: fixer_does_not_check
    zh: 整改人不能验证自己的整改
    en: Whoever fixed it may not check it
    tasks: [check]
    bars:
      completers_of: [fix]
  - key: owner_does_not_check
    zh: ="负责人" + owner + "不能验证"
    en: ="The owner " + owner + " may not check"
    tasks: [check]
    bars:
      people: =owner
  - key: department_does_not_check
    zh: 责任部门不能验证
    en: The department concerned may not check
    tasks: [check]
    bars:
      members_of: =department
"""


def rectification() -> Diagram:
    """Fix, then check."""
    return Diagram("rectification").start().user("fix").user("check").end().flow("begin", "fix", "check", "done")


@pytest.fixture
def started(house: House, people: People) -> Started:
    people.user("li.lei", "李雷", groups=["staff"])
    people.user("han.mei", "韩梅梅", groups=["staff"])
    people.user("wu", "吴敏", groups=["staff", "network"])
    people.user("zhao", "赵云", groups=["staff"])
    people.administrator("admin", "管理员")
    house.publish(rectification(), rules={"rectification": RULES})
    return house.start("rectification", owner="han.mei", department="network")


def test_the_one_who_fixed_it_cannot_claim_complete_or_be_given_the_check(
    house: House, people: People, started: Started
) -> None:
    li, zhao, admin = people.actor("li.lei"), people.actor("zhao"), people.actor("admin")
    house.complete(house.item(started, "fix"), li)
    check = house.item(started, "check")

    may = work_items.permissions(house.see(check, li), li)
    assert (may.see, may.claim, may.complete, may.forward) == (True, False, False, False)
    assert may.barred_by is not None and may.barred_by["zh"] == "整改人不能验证自己的整改"
    for act in (house.claim, house.complete):
        with pytest.raises(SeparatedDuty) as refused:
            act(check, li)
        assert refused.value.message("en") == "Separation of duties: Whoever fixed it may not check it"
    with pytest.raises(SeparatedDuty):
        house.reassign(check, admin, li)
    with pytest.raises(SeparatedDuty):
        house.forward(check, zhao, li)
    assert house.see(check, zhao).state == "ready"

    house.complete(check, zhao)
    assert house.instance(started).status == "completed"


def test_owner_and_department_come_from_the_data_of_the_case(house: House, people: People, started: Started) -> None:
    house.complete(house.item(started, "fix"), people.actor("li.lei"))
    check = house.item(started, "check")
    with pytest.raises(SeparatedDuty, match=r"The owner han\.mei may not check"):
        house.claim(check, people.actor("han.mei"))
    with pytest.raises(SeparatedDuty, match="The department concerned"):
        house.claim(check, people.actor("wu"))


def test_who_joins_the_department_later_is_barred_too(house: House, people: People, started: Started) -> None:
    house.complete(house.item(started, "fix"), people.actor("li.lei"))
    check = house.item(started, "check")
    late = people.user("qian", "钱进", groups=["staff", "network"])
    with pytest.raises(SeparatedDuty):
        house.claim(check, late)


def test_an_assignment_in_the_diagram_that_a_rule_forbids_leaves_the_task_to_the_others(
    house: House, people: People, started: Started
) -> None:
    diagram = Diagram("assigned").start().user("fix").user("check", camunda_assignee="=checker").end()
    rules = RULES.replace("owner", "checker_owner").replace("members_of: =department", "members_of: network")
    house.publish(diagram.flow("begin", "fix", "check", "done"), rules={"assigned": rules})
    barred = house.start("assigned", checker="wu")
    house.complete(house.item(barred, "fix"), people.actor("li.lei"))
    assert (house.item(barred, "check").state, house.item(barred, "check").assignee_id) == ("ready", None)
    free = house.start("assigned", checker="zhao")
    house.complete(house.item(free, "fix"), people.actor("li.lei"))
    assert house.item(free, "check").assignee_id == people.actor("zhao").user_id


def test_two_parallel_checks_need_two_people(house: House, people: People, started: Started) -> None:
    diagram = Diagram("four_eyes").start().parallel("both").user("first").user("second").parallel("met").end()
    diagram.flow("begin", "both", "first", "met", "done").flow("both", "second", "met")
    rules = """
separation:
  - {key: one, zh: 须由另一人复核, en: Somebody else checks, tasks: [second], bars: {completers_of: [first]}}
  - {key: two, zh: 须由另一人复核, en: Somebody else checks, tasks: [first], bars: {completers_of: [second]}}
"""
    house.publish(diagram, rules={"four_eyes": rules})
    case = house.start("four_eyes")
    li, zhao = people.actor("li.lei"), people.actor("zhao")
    house.claim(house.item(case, "second"), li)
    house.complete(house.item(case, "first"), li)
    with pytest.raises(SeparatedDuty):
        house.complete(house.item(case, "second"), li)
    house.release(house.item(case, "second"), li)
    house.complete(house.item(case, "second"), zhao)
    assert house.instance(case).status == "completed"


def test_forwarding_is_for_good_and_on_the_record(house: House, people: People, started: Started) -> None:
    li, zhao = people.actor("li.lei"), people.actor("zhao")
    fix = house.item(started, "fix")
    house.claim(fix, li)
    with pytest.raises(NobodyElse):
        house.forward(fix, li, li)
    house.forward(fix, li, zhao, "出差一周")
    assert house.see(fix, zhao).assignee_id == zhao.user_id
    with pytest.raises(work_items.WorkItemClaimed):
        house.complete(fix, li)
    assert house.kinds(started)[-1] == "forwarded"
    assert house.verify().broken_at is None


def test_running_cases_keep_the_rules_they_started_with(house: House, people: People, started: Started) -> None:
    relaxed = "separation:\n  - {key: none, zh: 无, en: None, tasks: [check], bars: {people: nobody}}\n"
    assert house.publish(rectification(), rules={"rectification": relaxed}).processes == {"rectification": 2}
    assert house.publish(rectification(), rules={"rectification": relaxed}).processes == {}
    li = people.actor("li.lei")
    house.complete(house.item(started, "fix"), li)
    with pytest.raises(SeparatedDuty):
        house.claim(house.item(started, "check"), li)
    newer = house.start("rectification", owner="han.mei", department="network")
    house.complete(house.item(newer, "fix"), li)
    house.claim(house.item(newer, "check"), li)
    assert {row.separations is None for row in house.rows(work_item, element_id="fix")} == {True}
