"""Many at once: sixteen complete, claim, cancel and fire past one work item; one of them wins, the others are told."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import timedelta

import pytest

from engine import doctor, submissions, timers
from engine.actors import Actor
from engine.bootstrap import compose
from engine.errors import Conflict
from engine.instances import Started
from engine.store.tables import history, outbox, process_instance, timer, work_item
from engine.worker import Worker
from tests.support.diagrams import Diagram
from tests.support.house import House
from tests.support.people import People

RACERS = 16
ROUNDS = 60

Attempt = Callable[[], object]


def race(attempts: Sequence[Attempt]) -> list[object]:
    """All attempts at once, each in its own thread: what each returned, or the error it met."""
    barrier = threading.Barrier(len(attempts))
    outcomes: list[object] = [None] * len(attempts)

    def run(number: int, attempt: Attempt) -> None:
        barrier.wait(30)
        try:
            outcomes[number] = attempt()
        except Exception as error:
            outcomes[number] = error

    threads = [threading.Thread(target=run, args=(number, one)) for number, one in enumerate(attempts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
        assert not thread.is_alive()
    return outcomes


def winners(outcomes: Sequence[object]) -> int:
    """How many succeeded; the others must have met a conflict and nothing else."""
    errors = [one for one in outcomes if isinstance(one, Exception)]
    assert [one for one in errors if not isinstance(one, Conflict)] == []
    return sum(one is True for one in outcomes)


@pytest.fixture
def crew(house: House, people: People) -> list[Actor]:
    diagram = Diagram("errand").start().user("do").user("after").end().user("chase").end("chased")
    diagram.boundary("late", "do", "PT1H").flow("begin", "do", "after", "done").flow("late", "chase", "chased")
    house.publish(diagram)
    return [people.user(f"clerk{n}", groups=["staff"]) for n in range(6)]


def attempts_on(house: House, case: Started, crew: Sequence[Actor]) -> list[Attempt]:
    item = house.item(case, "do")
    armed = next(row for row in house.rows(timer) if row.instance_id == case.instance_id)

    def complete(actor: Actor) -> bool:
        house.complete(item, actor)
        return True

    def fire() -> bool:
        with house.writing() as connection:
            return timers.fire_timer(house.platform.runtime, connection, armed.id, now=house.now)

    return [*(lambda one=one: complete(one) for one in crew), fire, fire, fire, fire, fire]  # type: ignore[misc]


def test_completed_or_fired_but_never_both(house: House, crew: list[Actor]) -> None:
    cases = [house.start("errand") for _ in range(ROUNDS // 2)]
    house.clock.move(timedelta(hours=1))
    ways: Counter[str] = Counter()
    for case in cases:
        outcomes = race(attempts_on(house, case, crew))
        # On PostgreSQL a firing that finds its case busy leaves it for the next beat: then the completion has won.
        assert winners(outcomes) == 1
        ways[",".join(house.kinds(case))] += 1
        assert house.instance(case).revision == 2
        assert len(house.open(case)) == 1
    assert set(ways) <= {"started,completed", "started,timer_fired"}
    assert doctor.examine(house.platform) == []


def test_sixteen_complete_fire_and_cancel(house: House, people: People, crew: list[Actor]) -> None:
    """A cancellation after a completion is legal (the case still runs); two endings of one thing are not."""
    admin = people.administrator()
    cases = [house.start("errand") for _ in range(ROUNDS // 2)]
    house.clock.move(timedelta(hours=1))
    for case in cases:

        def cancel(case: Started = case) -> str:
            house.cancel(case, admin)
            return "cancelled"

        outcomes = race([*attempts_on(house, case, crew), *[cancel] * (RACERS - len(crew) - 5)])
        assert winners(outcomes) <= 1
        assert outcomes.count("cancelled") == 1
        assert house.instance(case).status == "cancelled"
        assert house.kinds(case).count("completed") + house.kinds(case).count("timer_fired") == winners(outcomes)
    assert doctor.examine(house.platform) == []


def test_one_claims(house: House, crew: list[Actor]) -> None:
    for _ in range(10):
        item = house.item(house.start("errand"), "do")

        def claim(actor: Actor) -> bool:
            house.claim(item, actor)  # noqa: B023
            return True

        outcomes = race([lambda one=one: claim(one) for one in crew])  # type: ignore[misc]
        assert winners(outcomes) == 1
        winner = crew[outcomes.index(True)]
        assert house.see(item, winner).assignee_id == winner.user_id
    assert doctor.examine(house.platform) == []


def test_two_work_items_of_one_case_are_claimed_at_once(house: House, people: People) -> None:
    """Both write history in the same revision of the same case."""
    diagram = Diagram("fork").start().parallel("split").user("a").user("b").parallel("join").end()
    diagram.flow("begin", "split", "a", "join", "done").flow("split", "b", "join")
    house.publish(diagram)
    li, han = people.user("li.lei", groups=["staff"]), people.user("han.mei", groups=["staff"])
    for _ in range(10):
        case = house.start("fork")
        a, b = house.item(case, "a"), house.item(case, "b")
        claims: list[Attempt] = [lambda a=a: house.claim(a, li), lambda b=b: house.claim(b, han)]  # type: ignore[misc]
        assert race(claims) == [None, None]
        done: list[Attempt] = [lambda a=a: house.complete(a, li), lambda b=b: house.complete(b, han)]  # type: ignore[misc]
        assert race(done) == [None, None]
        assert house.instance(case).status == "completed"
    assert doctor.examine(house.platform) == []


def test_workers_that_beat_at_once_fire_once(house: House) -> None:
    """Four nodes, each with its own connection pool; timers whose firing sends a message, and a daily start."""
    reminder = Diagram("reminder").start().user("do").message("intermediateThrowEvent", "tell", "overdue").end()
    reminder.boundary("late", "do", "R/PT1H", kind="timeCycle", interrupting=False).end("told")
    reminder.flow("begin", "do", "done").flow("late", "tell", "told")
    house.publish(reminder)
    cases = [house.start("reminder") for _ in range(12)]
    platforms = [compose(house.platform.settings, clock=house.clock) for _ in range(4)]
    workers = [Worker(one) for one in platforms]
    for beat in range(1, 5):
        house.clock.move(timedelta(hours=1))
        race([worker.beat for worker in workers])
        # A node that finds a case busy leaves it for its next beat.
        house.worker.beat()
        assert len(house.rows(outbox)) == beat * len(cases)
    assert Counter(house.kinds(cases[0])) == {"started": 1, "timer_fired": 4}
    assert [row.status for row in house.rows(timer)].count("fired") == 4 * len(cases)
    assert {row.status for row in house.rows(outbox)} == {"sent"}
    assert len(house.rows(history, kind="timer_fired")) == 4 * len(cases)
    for one in platforms:
        one.database.close()
    assert doctor.examine(house.platform) == []


def test_the_same_start_form_sent_twice_at_once_starts_one_case(house: House, crew: list[Actor]) -> None:
    def start() -> bool:
        with house.writing() as connection:
            submissions.start(
                house.platform.runtime,
                connection,
                actor=crew[0],
                key="errand",
                submitted={},
                instance_id="one-form-one-case",
                language="zh",
                now=house.now,
            )
        return True

    assert winners(race([start] * 8)) == 1
    assert len(house.rows(process_instance)) == len(house.rows(work_item)) == 1


def test_numbers_are_given_once(house: House, crew: list[Actor]) -> None:
    outcomes = race([lambda: house.start("errand").business_key] * RACERS)
    assert sorted(map(str, outcomes)) == [f"E-20260302-{n:03d}" for n in range(1, RACERS + 1)]
