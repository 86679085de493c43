"""Recurring starts: every occurrence once, whatever the clocks, the standstills and the number of nodes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from engine import engine_incidents, schedules, timers
from engine.definitions.problems import DefinitionInvalid
from engine.instances import Started
from engine.store.tables import engine_incident, process_instance, schedule, schedule_run
from tests.support.diagrams import Diagram, timer
from tests.support.house import House
from tests.support.people import People


def recurring(term: str, *, key: str = "report", kind: str = "timeCycle") -> Diagram:
    diagram = Diagram(key).start("begin", timer(term, kind)).user("write").end()
    return diagram.flow("begin", "write", "done")


def starts(house: House, key: str = "report") -> list[str]:
    """The local times at which a process has begun by itself."""
    zone = house.platform.runtime.zone
    found = [row.started_at for row in house.rows(process_instance, definition_key=key)]
    return [at.astimezone(zone).strftime("%Y-%m-%d %H:%M") for at in sorted(found)]


def live_through(house: House, until: datetime, *, step: timedelta) -> None:
    """Let time pass in steps, the worker beating at each."""
    while house.now < until:
        house.clock.move(step)
        house.worker.beat()


def test_each_month_has_its_last_day(house: House) -> None:
    house.publish(recurring("0 18 L * *"), recurring("0 8 31 * *", key="only_long_months"))
    live_through(house, datetime(2026, 7, 2, tzinfo=UTC), step=timedelta(hours=12))
    evenings = [row.nominal[:10] for row in house.rows(schedule_run) if "18:00" in row.nominal]
    assert evenings == ["2026-03-31", "2026-04-30", "2026-05-31", "2026-06-30"]
    long_months = [row.nominal for row in house.rows(schedule_run) if "08:00" in row.nominal]
    assert long_months == ["2026-03-31T08:00:00", "2026-05-31T08:00:00"]


def test_what_starts_knows_its_occurrence(house: House) -> None:
    house.publish(recurring("30 8 * * mon"))
    house.pass_time(days=7)
    run = house.rows(schedule_run)[0]
    assert (run.nominal, run.due_at) == ("2026-03-09T08:30:00", datetime(2026, 3, 9, 0, 30, tzinfo=UTC))
    instance = house.instance(run.instance_id)
    assert (instance.status, instance.started_by_id) == ("active", None)
    assert house.variables(Started(instance.id, instance.business_key)) == {
        "scheduled_for": "2026-03-09T08:30:00",
        "schedule": "begin",
        "business_key": instance.business_key,
        "initiator": "system:clock",
    }


def test_an_hour_that_comes_twice_counts_once(house: House) -> None:
    """In Berlin the night of 25 October 2026 has two half past twos; in spring there is none on 28 March 2027."""
    house.platform.runtime.zone = ZoneInfo("Europe/Berlin")
    house.clock.move_to(datetime(2026, 10, 24, 12, tzinfo=UTC))
    house.publish(recurring("30 2 * * *"))
    live_through(house, datetime(2026, 10, 26, 12, tzinfo=UTC), step=timedelta(minutes=30))
    assert [row.nominal for row in house.rows(schedule_run)] == ["2026-10-25T02:30:00", "2026-10-26T02:30:00"]
    house.clock.move_to(datetime(2027, 3, 27, 12, tzinfo=UTC))
    house.worker.beat()
    before = len(starts(house))
    live_through(house, datetime(2027, 3, 29, 12, tzinfo=UTC), step=timedelta(minutes=30))
    assert len(starts(house)) == before + 2


def test_a_year_is_a_year(house: House) -> None:
    house.publish(recurring("0 9 29 2 *"))
    house.clock.move_to(datetime(2028, 2, 28, tzinfo=UTC))
    assert house.worker.beat() == 0
    assert house.pass_time(days=2) == 1
    assert house.rows(schedule)[0].next_nominal == "2032-02-29T09:00:00"


def test_a_date_comes_once(house: House) -> None:
    house.publish(recurring("2026-03-03T09:00:00", kind="timeDate"))
    assert house.pass_time(days=2) == 1
    assert house.pass_time(days=400) == 0
    assert house.rows(schedule)[0].next_due_at is None


def test_forty_days_off_are_one_start_each(house: House) -> None:
    house.publish(recurring("0 8 * * *"), recurring("0 8 1 * *", key="monthly"), recurring("0 9 1 1 *", key="yearly"))
    assert house.pass_time(days=40) == 2
    assert (len(starts(house)), len(starts(house, "monthly")), len(starts(house, "yearly"))) == (1, 1, 0)
    assert {row.nominal for row in house.rows(schedule_run)} == {"2026-04-11T08:00:00", "2026-04-01T08:00:00"}
    assert house.worker.beat() == 0
    assert house.pass_time(days=1) == 1


def test_the_next_occurrence_does_not_wait_for_the_last_case(house: House) -> None:
    house.publish(recurring("0 8 * * *"))
    for _ in range(3):
        assert house.pass_time(days=1) == 1
    assert [row.status for row in house.rows(process_instance)] == ["active"] * 3


def test_two_nodes_start_one_case(house: House) -> None:
    house.publish(recurring("0 8 * * *"))
    house.clock.move(timedelta(days=1))
    identifier = house.rows(schedule)[0].id
    for expected in (True, False):
        with house.writing() as connection:
            assert timers.start_scheduled(house.platform.runtime, connection, identifier, now=house.now) is expected
    assert len(starts(house)) == 1


def test_an_occurrence_that_was_started_is_not_started_again(house: House) -> None:
    """The guard is a row of its own: a schedule set back (restored, edited) does not repeat what was done."""
    house.publish(recurring("0 8 * * *"))
    before = house.rows(schedule)[0]
    house.pass_time(days=1)
    with house.writing() as connection:
        connection.execute(schedule.update().values(next_nominal=before.next_nominal, next_due_at=before.next_due_at))
    assert house.worker.beat() == 0
    assert len(starts(house)) == 1


def test_a_new_version_changes_the_term_and_a_removed_timer_rests(house: House) -> None:
    house.publish(recurring("0 8 * * *"))
    house.publish(recurring("0 20 * * *"))
    row = house.rows(schedule)[0]
    assert (row.term, row.next_nominal) == ("0 20 * * *", "2026-03-02T20:00:00")
    by_hand = Diagram("report").start().user("write").end().flow("begin", "write", "done")
    house.publish(by_hand)
    assert house.pass_time(days=5) == 0
    house.publish(recurring("0 20 * * *"))
    assert house.pass_time(days=1) == 1


def test_a_start_that_fails_is_tried_again_and_told(house: House, people: People) -> None:
    admin = people.administrator()
    diagram = Diagram("report").start("begin", timer("0 8 * * *", "timeCycle")).exclusive("which").end().end("other")
    diagram.flow("begin", "which").flow("which", "other", when="limit() > 3").flow("which", "done", default=True)
    plain = house.platform.runtime.host_functions
    broken = [True]

    def limit() -> int:
        if broken:
            raise RuntimeError("the limit is not known")
        return 7

    house.platform.runtime.host_functions = lambda connection: {**plain(connection), "limit": limit}
    house.publish(diagram)
    assert house.pass_time(days=1) == 0
    found = house.rows(engine_incident)[0]
    assert (found.kind, found.status) == ("schedule", "open")
    assert house.pass_time(minutes=6) == 0
    assert house.rows(engine_incident)[0].occurrences == 2
    broken.clear()
    with house.writing() as connection:
        incident_id = engine_incidents.listed(connection, actor=admin)[0].id
        engine_incidents.retry(house.platform.runtime, connection, actor=admin, incident_id=incident_id, now=house.now)
    assert house.worker.beat() == 1
    assert [row.status for row in house.rows(engine_incident)] == ["resolved"]
    assert [row.nominal for row in house.rows(schedule_run)] == ["2026-03-03T08:00:00"]


def test_a_start_that_fails_once_mends_itself(house: House) -> None:
    house.publish(recurring("0 8 * * *"))
    house.clock.move(timedelta(days=1))
    identifier = house.rows(schedule)[0].id
    with house.writing() as connection:
        timers.postpone_schedule(connection, identifier, RuntimeError("no disk"), now=house.now)
    with house.reading() as connection:
        assert schedules.due(connection, house.now) == []
    assert house.pass_time(minutes=5) == 1
    assert [row.status for row in house.rows(engine_incident)] == ["resolved"]


@pytest.mark.parametrize("term", ["61 * * * *", "0 8 * * fun"])
def test_a_term_that_is_none_is_refused_when_publishing(house: House, term: str) -> None:
    with pytest.raises(DefinitionInvalid):
        house.publish(recurring(term))
