"""Each kind of timer at each kind of event comes at the organisation's own hour, in whatever zone that is."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from engine.store.tables import history, process_instance, schedule
from engine.store.tables import timer as timer_row
from tests.support.diagrams import Diagram, timer
from tests.support.house import House
from tests.support.people import People

DATE = ("timeDate", "2026-03-04T08:00:00")
DURATION = ("timeDuration", "PT36H")
CYCLE = ("timeCycle", "R/PT36H")
CYCLE_FROM = ("timeCycle", "R/2026-03-03T08:00:00/P1D")
CRON = ("timeCycle", "0 8 * * 3")
# It is Monday 2 March, nine in Shanghai and two in Berlin. A length of time elapses, the others are read off the wall.
FIRST = {
    DATE: ("03-04 08:00", "03-04 08:00"),
    DURATION: ("03-03 21:00", "03-03 14:00"),
    CYCLE: ("03-03 21:00", "03-03 14:00"),
    CYCLE_FROM: ("03-03 08:00", "03-03 08:00"),
    CRON: ("03-04 08:00", "03-04 08:00"),
}
ZONES = ("Asia/Shanghai", "Europe/Berlin")


def reminded(term: str, kind: str) -> Diagram:
    diagram = Diagram("case").start().user("do").end().user("chase").end("chased")
    diagram.boundary("clock", "do", term, kind=kind, interrupting=False)
    return diagram.flow("begin", "do", "done").flow("clock", "chase", "chased")


def timed_out(term: str, kind: str) -> Diagram:
    diagram = Diagram("case").start().user("do").end().user("chase").end("chased")
    return diagram.boundary("clock", "do", term, kind=kind).flow("begin", "do", "done").flow("clock", "chase", "chased")


def resting(term: str, kind: str) -> Diagram:
    return (
        Diagram("case").start().catch("clock", term, kind).user("chase").end().flow("begin", "clock", "chase", "done")
    )


def beginning(term: str, kind: str) -> Diagram:
    return Diagram("case").start("clock", timer(term, kind)).user("chase").end().flow("clock", "chase", "done")


def live_till_thursday(house: House) -> None:
    """Time passes, from one moment at which something is due to the next."""
    thursday = datetime(2026, 3, 5, tzinfo=UTC)
    while True:
        waiting = [row.due_at for row in house.rows(timer_row, status="pending")]
        waiting += [row.next_due_at for row in house.rows(schedule) if row.next_due_at is not None]
        due_at = min(waiting, default=thursday)
        if due_at >= thursday:
            break
        house.clock.move_to(due_at - timedelta(seconds=1))
        assert house.worker.beat() == 0
        house.clock.move_to(due_at)
        house.worker.beat()
    house.clock.move_to(thursday)


def on_the_wall(moments: Iterable[datetime], zone: ZoneInfo) -> str:
    """The first of them as a clock in that zone shows it."""
    return min(moments).astimezone(zone).strftime("%m-%d %H:%M")


@pytest.mark.parametrize("place", [0, 1], ids=ZONES)
@pytest.mark.parametrize(
    ("draw", "term"),
    [
        *((reminded, term) for term in FIRST),
        # What interrupts or stands in the flow waits for one moment; a cycle there is refused when it is published.
        *((draw, term) for draw in (timed_out, resting) for term in (DATE, DURATION, CRON)),
    ],
    ids=lambda one: one[1] if isinstance(one, tuple) else one.__name__,
)
def test_it_comes_in_a_case_when_it_says(
    house: House, draw: Callable[[str, str], Diagram], term: tuple[str, str], place: int
) -> None:
    zone = ZoneInfo(ZONES[place])
    house.platform.runtime.zone = zone
    house.publish(draw(term[1], term[0]))
    case = house.start("case")
    live_till_thursday(house)
    assert on_the_wall((row.at for row in house.rows(history, kind="timer_fired")), zone) == FIRST[term][place]
    assert "chase" in house.open(case)


@pytest.mark.parametrize("place", [0, 1], ids=ZONES)
@pytest.mark.parametrize("term", FIRST, ids=lambda one: one[1])
def test_it_starts_a_case_when_it_says(house: House, term: tuple[str, str], place: int) -> None:
    zone = ZoneInfo(ZONES[place])
    house.platform.runtime.zone = zone
    house.publish(beginning(term[1], term[0]))
    live_till_thursday(house)
    assert on_the_wall((row.started_at for row in house.rows(process_instance)), zone) == FIRST[term][place]


def test_a_length_of_time_starts_one_case_so_long_after_it_was_published(house: House) -> None:
    house.publish(beginning(DURATION[1], DURATION[0]))
    live_till_thursday(house)
    assert [row.started_at for row in house.rows(process_instance)] == [datetime(2026, 3, 3, 13, tzinfo=UTC)]
    changed = beginning(DURATION[1], DURATION[0])
    changed.properties["en"] = "Another version"
    house.publish(changed)
    house.pass_time(days=9)
    assert len(house.rows(process_instance)) == 1


def test_a_cron_line_reminds_every_time_and_ends_a_wait_the_next_time(house: House, people: People) -> None:
    li = people.user("li.lei", groups=["staff"])
    house.publish(reminded("0 8 * * 1-5", "timeCycle"))
    case = house.start("case")
    live_till_thursday(house)
    assert house.open(case) == ["chase", "chase", "do"]
    house.complete(house.item(case, "do"), li)
    assert house.pass_time(days=7) == 0

    house.publish(timed_out("0 8 * * 1-5", "timeCycle"))
    case = house.start("case")
    assert house.pass_time(days=1) == 1
    assert (house.open(case), house.pass_time(days=7)) == (["chase"], 0)
