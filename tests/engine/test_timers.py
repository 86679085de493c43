"""Deadlines that act: boundary, intermediate and repeating timers, late ones after a standstill, ones that fail."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import update

from engine import engine_incidents, timers
from engine.errors import EngineError
from engine.store.tables import engine_incident, history, process_instance, timer
from engine.timers import MAX_ATTEMPTS
from tests.support.diagrams import Diagram
from tests.support.house import House
from tests.support.people import People


def guarded(term: str, *, interrupting: bool, kind: str = "timeDuration") -> Diagram:
    """A task with a timer on it that leads to a chase."""
    diagram = Diagram("guarded").start().user("do").user("chase").end().end("chased")
    diagram.boundary("late", "do", term, kind=kind, interrupting=interrupting)
    return diagram.flow("begin", "do", "done").flow("late", "chase", "chased")


def statuses(house: House) -> list[str]:
    return sorted(row.status for row in house.rows(timer))


def test_a_reminder_leaves_the_task_alone(house: House, people: People) -> None:
    li = people.user("li.lei", groups=["staff"])
    house.publish(guarded("PT20H", interrupting=False))
    case = house.start("guarded")
    assert house.pass_time(hours=19, minutes=59) == 0
    assert house.open(case) == ["do"]
    assert house.pass_time(minutes=1) == 1
    assert house.open(case) == ["chase", "do"]
    assert house.pass_time(hours=100) == 0
    house.complete(house.item(case, "do"), li)
    house.complete(house.item(case, "chase"), li)
    assert house.instance(case).status == "completed"
    assert statuses(house) == ["fired"]
    assert house.verify().broken_at is None


def test_a_deadline_takes_the_task_away(house: House) -> None:
    house.publish(guarded("PT24H", interrupting=True))
    case = house.start("guarded")
    assert house.pass_time(hours=25) == 1
    assert house.open(case) == ["chase"]
    assert house.item(case, "do").state == "exited"
    fired = house.rows(history, kind="timer_fired")[0]
    assert (fired.element_id, fired.data["late_seconds"]) == ("late", 3600)


def test_done_in_time_nothing_fires(house: House, people: People) -> None:
    li = people.user("li.lei", groups=["staff"])
    house.publish(guarded("PT24H", interrupting=True))
    case = house.start("guarded")
    house.complete(house.item(case, "do"), li)
    assert statuses(house) == ["cancelled"]
    assert house.pass_time(days=2) == 0
    assert house.instance(case).status == "completed"


def test_a_cycle_comes_back_until_the_work_is_done(house: House, people: People) -> None:
    li = people.user("li.lei", groups=["staff"])
    house.publish(guarded("R/PT1H", kind="timeCycle", interrupting=False))
    case = house.start("guarded")
    for _ in range(3):
        assert house.pass_time(hours=1) == 1
    assert house.open(case) == ["chase", "chase", "chase", "do"]
    house.complete(house.item(case, "do"), li)
    assert house.pass_time(days=1) == 0
    assert statuses(house) == ["cancelled", "fired", "fired", "fired"]


def test_a_cycle_with_a_count_ends_by_itself(house: House) -> None:
    house.publish(guarded("R2/PT1H", kind="timeCycle", interrupting=False))
    case = house.start("guarded")
    for _ in range(6):
        house.pass_time(hours=1)
    assert house.open(case).count("chase") == 2
    assert statuses(house) == ["fired", "fired"]


def test_after_a_standstill_a_cycle_fires_once(house: House) -> None:
    house.publish(guarded("R/PT1H", kind="timeCycle", interrupting=False))
    case = house.start("guarded")
    assert house.pass_time(hours=10, minutes=30) == 1
    assert house.open(case) == ["chase", "do"]
    pending = next(row for row in house.rows(timer) if row.status == "pending")
    assert pending.due_at == datetime(2026, 3, 2, 12, tzinfo=UTC)


def test_waiting_inside_a_process(house: House) -> None:
    diagram = Diagram("pause").start().catch("rest", "=pause").user("go").end()
    house.publish(diagram.flow("begin", "rest", "go", "done"))
    case = house.start("pause", pause="P2D")
    assert house.open(case) == []
    assert house.pass_time(days=1) == 0
    assert house.pass_time(days=1) == 1
    assert house.open(case) == ["go"]


def test_a_date_in_the_organisations_own_time(house: House) -> None:
    diagram = Diagram("wait").start().catch("rest", "2026-03-05T08:00:00", "timeDate").user("go").end()
    house.publish(diagram.flow("begin", "rest", "go", "done"))
    house.start("wait")
    assert house.rows(timer)[0].due_at == datetime(2026, 3, 5, 0, tzinfo=UTC)


def test_everything_overdue_fires_in_its_order_exactly_once(house: House) -> None:
    chain = Diagram("chain").start().catch("one", "PT1H").catch("two", "PT1H").catch("three", "PT1H").user("end_task")
    house.publish(chain.end().flow("begin", "one", "two", "three", "end_task", "done"))
    cases = [house.start("chain") for _ in range(3)]
    assert house.pass_time(days=40) == 3
    assert house.pass_time(hours=1) == 3
    assert house.pass_time(hours=1) == 3
    for case in cases:
        assert house.open(case) == ["end_task"]
        assert house.kinds(case) == ["started", "timer_fired", "timer_fired", "timer_fired"]
    assert house.pass_time(days=40) == 0


def test_a_timer_of_an_ended_case_is_put_away(house: House, people: People) -> None:
    house.publish(guarded("PT1H", interrupting=True))
    case = house.start("guarded")
    house.cancel(case, people.administrator())
    assert statuses(house) == ["cancelled"]
    with house.writing() as connection:
        connection.execute(update(timer).values(status="pending"))
    assert house.pass_time(hours=2) == 0
    assert statuses(house) == ["cancelled"]


def test_a_timer_that_cannot_fire_waits_and_blocks_nobody(house: House, people: People) -> None:
    """The gateway behind it needs a number, and the case has none."""
    admin, li = people.administrator(), people.user("li.lei", groups=["staff"])
    sick = Diagram("sick").start().user("do").exclusive("which").user("chase").end().end("chased")
    sick.boundary("late", "do", "PT1H", interrupting=False)
    sick.flow("begin", "do", "done").flow("late", "which").flow("which", "chase", when="limit() > 3")
    sick.flow("which", "chased", default=True).flow("chase", "chased")
    broken = _with_function_that_fails(house)
    house.publish(sick, guarded("PT2H", interrupting=False))
    first, second = house.start("sick"), house.start("guarded")

    assert house.pass_time(hours=3) == 1
    assert (house.open(first), house.open(second)) == (["do"], ["chase", "do"])
    found = house.rows(engine_incident)[0]
    assert (found.kind, found.element_id, found.status, found.occurrences) == ("timer", "late", "open", 1)
    assert "the limit is not known" in found.message_en
    row = next(one for one in house.rows(timer) if one.element_id == "late" and one.instance_id == first.instance_id)
    assert (row.status, row.attempts, row.due_at - house.now) == ("pending", 1, timedelta(seconds=30))
    assert house.instance(first).revision == 1

    for _ in range(20):
        house.pass_time(hours=1)
    row = next(one for one in house.rows(timer) if one.id == row.id)
    assert (row.status, row.attempts) == ("failed", MAX_ATTEMPTS)
    assert house.rows(engine_incident)[0].occurrences == MAX_ATTEMPTS

    broken.clear()
    with house.writing() as connection:
        incident_id = engine_incidents.listed(connection, actor=admin)[0].id
        engine_incidents.retry(house.platform.runtime, connection, actor=admin, incident_id=incident_id, now=house.now)
    assert house.worker.beat() == 1
    assert house.open(first) == ["chase", "do"]
    assert [one.status for one in house.rows(engine_incident)] == ["resolved"]
    house.complete(house.item(first, "do"), li)
    assert house.verify().broken_at is None


def test_a_postponed_timer_is_put_away_with_its_task(house: House, people: People) -> None:
    li = people.user("li.lei", groups=["staff"])
    broken = _with_function_that_fails(house)
    sick = Diagram("sick").start().user("do").exclusive("which").end().end("chased").end("other")
    sick.boundary("late", "do", "PT1H", interrupting=False)
    sick.flow("begin", "do", "done").flow("late", "which").flow("which", "other", when="limit() > 3")
    house.publish(sick.flow("which", "chased", default=True))
    case = house.start("sick")
    house.pass_time(hours=1)
    assert broken
    house.complete(house.item(case, "do"), li)
    assert statuses(house) == ["cancelled"]
    assert [row.status for row in house.rows(engine_incident)] == ["resolved"]


def _with_function_that_fails(house: House) -> set[str]:
    """A host function ``limit()`` that fails as long as the set returned holds something."""
    broken = {"limit"}
    plain = house.platform.runtime.host_functions

    def limit() -> int:
        if broken:
            raise RuntimeError("the limit is not known")
        return 7

    def functions(connection: Any) -> Any:
        return {**plain(connection), "limit": limit}

    house.platform.runtime.host_functions = functions
    return broken


def test_it_is_never_early(house: House) -> None:
    house.publish(guarded("PT1H", interrupting=True))
    case = house.start("guarded")
    pending = house.rows(timer)[0]
    house.clock.move(timedelta(minutes=59, seconds=59))
    with house.writing() as connection:
        assert timers.fire_timer(house.platform.runtime, connection, pending.id, now=house.now) is False
    assert house.open(case) == ["do"]
    with house.reading() as connection:
        assert timers.next_due_at(connection) == house.now + timedelta(seconds=1)


def test_the_same_timer_twice_is_one_firing(house: House) -> None:
    house.publish(guarded("PT1H", interrupting=False))
    case = house.start("guarded")
    pending = house.rows(timer)[0]
    house.clock.move(timedelta(hours=1))
    for expected in (True, False):
        with house.writing() as connection:
            assert timers.fire_timer(house.platform.runtime, connection, pending.id, now=house.now) is expected
    assert house.open(case) == ["chase", "do"]
    assert house.rows(process_instance)[0].revision == 2


def test_a_term_computed_wrongly_is_told_to_whoever_did_the_step(house: House) -> None:
    diagram = Diagram("pause").start().catch("rest", "=pause").end().flow("begin", "rest", "done")
    house.publish(diagram)
    with pytest.raises(EngineError):
        house.start("pause", pause="soon")
    assert house.rows(process_instance) == []
