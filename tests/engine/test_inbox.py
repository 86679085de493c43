"""Work items as people meet them: offered, claimed, done, given back, handed over, escalated."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from engine import assignments, inbox, work_items
from engine.errors import Conflict, Forbidden
from engine.instances import Started
from engine.store.tables import history, inbox_entry, work_item, work_item_draft
from tests.support.diagrams import Diagram
from tests.support.house import House
from tests.support.people import People


def approval() -> Diagram:
    """Ask, decide, tell."""
    diagram = Diagram("approval").start().user("ask").user("decide", groups="managers").user("tell").end()
    return diagram.flow("begin", "ask", "decide", "tell", "done")


def one_task(key: str = "errand", **attributes: str) -> Diagram:
    return Diagram(key).start().user("do", **attributes).end().flow("begin", "do", "done")


@pytest.fixture
def started(house: House, people: People) -> Started:
    people.user("li.lei", "李雷", groups=["staff"])
    people.user("han.mei", "韩梅梅", groups=["staff"])
    people.user("wang", "王经理", groups=["managers"])
    people.administrator("admin", "管理员")
    house.publish(approval())
    return house.start("approval", people.actor("li.lei"), title="新电脑")


def test_a_case_goes_from_desk_to_desk(house: House, people: People, started: Started) -> None:
    li, han, wang = people.actor("li.lei"), people.actor("han.mei"), people.actor("wang")
    ask = house.item(started, "ask")
    house.claim(ask, li)
    house.complete(ask, li, reason="broken")
    assert house.open(started) == ["decide"]

    decide = house.item(started, "decide")
    house.complete(decide, wang, approved=True)
    house.complete(house.item(started, "tell"), han)

    instance = house.instance(started)
    assert (instance.status, instance.ended_at, instance.revision) == ("completed", house.now, 4)
    assert house.variables(started)["reason"] == "broken"
    assert house.variables(started)["approved"] is True
    assert house.kinds(started) == ["started", "claimed", "completed", "completed", "completed"]
    assert house.rows(inbox_entry) == []
    done = house.see(decide, wang)
    assert (done.state, done.completer_name, done.completed_at) == ("completed", "王经理", house.now)
    assert house.verify().broken_at is None


def test_it_is_for_those_who_may_do_it(house: House, people: People, started: Started) -> None:
    li, wang, admin = people.actor("li.lei"), people.actor("wang"), people.actor("admin")
    ask = house.item(started, "ask")
    for act in (house.see, house.claim, house.complete, house.release):
        with pytest.raises(work_items.WorkItemUnknown):
            act(ask, wang)
    with house.reading() as connection, pytest.raises(work_items.WorkItemUnknown):
        work_items.get(connection, "00000000-0000-0000-0000-000000000000", li)
    with pytest.raises(Forbidden):
        house.reassign(ask, li, wang)

    assert work_items.permissions(house.see(ask, li), li) == work_items.Permissions(
        True, True, False, True, False, forward=True
    )
    assert work_items.permissions(house.see(ask, admin), admin) == work_items.Permissions(
        True, False, False, False, True
    )
    with pytest.raises(Forbidden):
        house.complete(ask, admin)
    assert house.open(started) == ["ask"]


def test_the_slower_one_is_told_who_was_faster(house: House, people: People, started: Started) -> None:
    li, han = people.actor("li.lei"), people.actor("han.mei")
    ask = house.item(started, "ask")
    house.claim(ask, li)
    house.claim(ask, li)
    with pytest.raises(work_items.WorkItemUnknown):
        house.complete(ask, people.user("stranger"))
    for act in (house.claim, house.complete):
        with pytest.raises(work_items.WorkItemClaimed) as claimed:
            act(ask, han)
        assert claimed.value.message("zh") == "该任务已由李雷于2026-03-02T01:00+00:00认领"
        assert claimed.value.message("en") == "李雷 claimed this task at 2026-03-02T01:00+00:00"

    house.clock.move(timedelta(minutes=5))
    house.complete(ask, li)
    for act in (house.claim, house.complete, house.release):
        with pytest.raises(work_items.WorkItemDone) as done:
            act(ask, han)
        assert done.value.message("zh") == "该任务已由李雷于2026-03-02T01:05+00:00办理完成"
        assert done.value.message("en") == "李雷 completed this task at 2026-03-02T01:05+00:00"
    assert house.kinds(started) == ["started", "claimed", "completed"]


def test_given_back_it_is_everybodys_again(house: House, people: People, started: Started) -> None:
    li, han = people.actor("li.lei"), people.actor("han.mei")
    ask = house.item(started, "ask")
    house.claim(ask, li)
    assert [row.recipient for row in house.rows(inbox_entry)] == [f"user:{li.user_id}"]
    with pytest.raises(work_items.WorkItemClaimed):
        house.release(ask, han)
    house.release(ask, li)
    assert [row.recipient for row in house.rows(inbox_entry)] == [f"group:{min(li.groups)}"]
    row = house.see(ask, li)
    assert (row.state, row.assignee_id, row.claimed_at) == ("ready", None, None)
    house.complete(ask, han)
    assert house.kinds(started) == ["started", "claimed", "released", "completed"]


def test_an_administrator_hands_it_over(house: House, people: People, started: Started) -> None:
    li, admin, outsider = people.actor("li.lei"), people.actor("admin"), people.user("zhao", "赵六")
    ask = house.item(started, "ask")
    house.claim(ask, li)
    house.reassign(ask, admin, outsider)
    with pytest.raises(work_items.WorkItemClaimed):
        house.complete(ask, li)
    house.complete(ask, outsider, answer=42)
    assert house.rows(history, kind="reassigned")[0].data == {"to": "赵六"}
    assert house.open(started) == ["decide"]
    with house.writing() as connection, pytest.raises(assignments.UserUnknown):
        decide = house.item(started, "decide")
        assignments.reassign(connection, actor=admin, work_item_id=decide.id, to_user_id=999_999, now=house.now)


def test_a_draft_waits_for_its_author(house: House, people: People, started: Started) -> None:
    li, han, wang = people.actor("li.lei"), people.actor("han.mei"), people.actor("wang")
    ask = house.item(started, "ask")
    typed = {"comment": "客户说……", "rows": [{"n": 1}, {"n": 2.5}], "empty": None}

    def save(actor: object, data: object) -> None:
        with house.writing() as connection:
            inbox.save_draft(connection, actor=actor, work_item_id=ask.id, data=data, now=house.now)  # type: ignore[arg-type]

    save(li, {"comment": "half"})
    house.clock.move(timedelta(minutes=1))
    save(li, typed)
    with house.reading() as connection:
        kept = inbox.draft(connection, actor=li, work_item_id=ask.id)
        assert kept is not None
        assert (kept.data, kept.saved_at) == (typed, house.now)
        assert inbox.draft(connection, actor=han, work_item_id=ask.id) is None
    with pytest.raises(work_items.WorkItemUnknown):
        save(wang, typed)
    with pytest.raises(inbox.DraftTooLarge):
        save(li, {"text": "x" * inbox.DRAFT_LIMIT_BYTES})
    save(han, {"comment": "mine"})
    house.complete(ask, han)
    assert house.rows(work_item_draft) == []
    with pytest.raises(work_items.WorkItemDone):
        save(li, typed)


def test_a_draft_goes_with_a_task_the_process_left_behind(house: House, people: People) -> None:
    li = people.user("li.lei", groups=["staff"])
    diagram = one_task().boundary("late", "do", "PT1H").user("chase").flow("late", "chase", "done")
    house.publish(diagram)
    errand = house.start("errand")
    item = house.item(errand, "do")
    with house.writing() as connection:
        inbox.save_draft(connection, actor=li, work_item_id=item.id, data={"a": 1}, now=house.now)
    house.pass_time(hours=2)
    assert house.open(errand) == ["chase"]
    assert house.rows(work_item_draft) == []
    with pytest.raises(work_items.WorkItemExited):
        house.complete(item, li)


@pytest.mark.parametrize(
    ("due", "expected"),
    [
        ("PT24H", datetime(2026, 3, 3, 1, tzinfo=UTC)),
        ("2026-03-05T18:00:00+08:00", datetime(2026, 3, 5, 10, tzinfo=UTC)),
        ("=wanted_on", datetime(2026, 3, 9, 16, tzinfo=UTC)),
        ('=now() + duration("PT90M")', datetime(2026, 3, 2, 2, 30, tzinfo=UTC)),
        # Two working days after a Monday at nine, in office hours.
        ("=working days after(now(), 2)", None),
        ("=if urgent then null else null", None),
    ],
)
def test_deadlines(house: House, due: str, expected: datetime | None) -> None:
    house.publish(one_task(camunda_dueDate=due))
    errand = house.start("errand", wanted_on="2026-03-10T00:00:00+08:00", urgent=True)
    found = house.item(errand, "do").due_at
    if "working days" in due:
        assert found is not None
        assert found.astimezone(house.platform.settings.zone).date().isoformat() == "2026-03-04"
    else:
        assert found == expected


def test_priority_is_a_number_or_an_expression(house: House) -> None:
    house.publish(one_task("plain"), one_task("fixed", camunda_priority="80"))
    house.publish(one_task("computed", camunda_priority="=if vip then 90 else 10"))
    assert house.item(house.start("plain"), "do").priority == 50
    assert house.item(house.start("fixed"), "do").priority == 80
    assert house.item(house.start("computed", vip=True), "do").priority == 90


def test_who_it_is_offered_to(house: House, people: People) -> None:
    li = people.user("li.lei", groups=["staff", "buyers"])
    han = people.user("han.mei")
    buyers = people.group("buyers")
    staff = people.group("staff")

    lane = Diagram("by_lane").start().user("do", groups="").end().flow("begin", "do", "done").lane("buyers", "do")
    house.publish(
        lane,
        one_task("by_group", groups="buyers,staff"),
        one_task("by_list", groups='=["buyers", team]'),
        one_task("by_user", groups="", camunda_candidateUsers="li.lei,han.mei"),
        one_task("assigned", groups="", camunda_assignee="=owner"),
    )

    def offered(key: str) -> list[str]:
        return house.item(house.start(key, team="nobody knows", owner="han.mei"), "do").candidates  # type: ignore[no-any-return]

    assert offered("by_lane") == [f"group:{buyers}"]
    assert offered("by_group") == [f"group:{buyers}", f"group:{staff}"]
    assert offered("by_list") == [f"group:{buyers}"]
    assert offered("by_user") == [f"user:{li.user_id}", f"user:{han.user_id}"]

    item = house.item(house.start("assigned", owner="han.mei"), "do")
    assert (item.state, item.assignee_id) == ("reserved", han.user_id)
    house.complete(item, han)


def test_what_nobody_could_do_goes_to_the_administrators(house: House, people: People) -> None:
    admin, li = people.administrator(), people.user("li.lei", groups=["staff"])
    house.publish(one_task(groups="=team"))
    item = house.item(house.start("errand", team="dissolved"), "do")
    assert item.candidates == ["administrators"]
    with pytest.raises(work_items.WorkItemUnknown):
        house.see(item, li)
    house.claim(item, admin)
    house.complete(item, admin)


def test_an_assignee_who_left_does_not_hold_up_the_case(house: House, people: People) -> None:
    people.administrator()
    house.publish(one_task(groups="staff", camunda_assignee="=owner"))
    item = house.item(house.start("errand", owner="somebody.else"), "do")
    assert (item.state, item.assignee_id) == ("ready", None)


def test_escalated_it_is_the_managers_too(house: House, people: People, started: Started) -> None:
    li, boss = people.actor("li.lei"), people.user("boss", "总监")
    assert boss.user_id is not None
    ask = house.item(started, "ask")
    house.claim(ask, li)

    def escalate() -> list[int]:
        assert boss.user_id is not None
        with house.writing() as connection:
            return assignments.escalate(connection, item_id=ask.id, to_user_ids=[boss.user_id], actor=li, now=house.now)

    assert escalate() == [boss.user_id]
    assert escalate() == []
    assert {row.recipient for row in house.rows(inbox_entry)} == {f"user:{li.user_id}", f"user:{boss.user_id}"}
    may = work_items.permissions(house.see(ask, boss), boss)
    assert (may.claim, may.complete, may.reassign) == (True, False, True)
    house.claim(ask, boss)
    with pytest.raises(work_items.WorkItemClaimed):
        house.complete(ask, li)
    house.complete(ask, boss)
    assert house.open(started) == ["decide"]
    assert escalate() == []
    assert house.rows(history, kind="escalated")[0].data == {"to": [f"user:{boss.user_id}"]}


def test_claiming_keeps_those_who_watch(house: House, people: People, started: Started) -> None:
    li, boss = people.actor("li.lei"), people.user("boss")
    assert boss.user_id is not None
    ask = house.item(started, "ask")
    with house.writing() as connection:
        assignments.escalate(connection, item_id=ask.id, to_user_ids=[boss.user_id], actor=li, now=house.now)
    house.claim(ask, li)
    assert {row.recipient for row in house.rows(inbox_entry)} == {f"user:{li.user_id}", f"user:{boss.user_id}"}


def test_the_inbox_shows_what_is_open_and_nothing_else(house: House, people: People, started: Started) -> None:
    li, wang = people.actor("li.lei"), people.actor("wang")
    house.complete(house.item(started, "ask"), li)
    house.claim(house.item(started, "decide"), wang)
    entries = {row.work_item_id for row in house.rows(inbox_entry)}
    assert entries == {row.id for row in house.rows(work_item) if row.state in ("ready", "reserved")}


def test_nothing_is_claimed_in_a_withdrawn_case(house: House, people: People, started: Started) -> None:
    li, han = people.actor("li.lei"), people.actor("han.mei")
    ask = house.item(started, "ask")
    with pytest.raises(Forbidden):
        house.cancel(started, han)
    house.cancel(started, li, "not needed any more")
    assert house.instance(started).status == "cancelled"
    for act in (house.claim, house.complete):
        with pytest.raises(work_items.WorkItemExited):
            act(ask, han)
    with pytest.raises(Conflict):
        house.cancel(started, people.actor("admin"))
    assert house.rows(inbox_entry) == []
