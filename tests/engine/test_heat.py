"""Where the work of a process waits: counted in working hours, over a real week of complaints."""

from __future__ import annotations

from datetime import timedelta

import pytest

from engine.process_library.heat import Heat, Spread, heat_of
from tests.support import complaints
from tests.support.company import Company

NONE = {"since": None, "version": None}


@pytest.fixture
def desk(company: Company) -> Company:
    """Monday, nine o'clock; nothing begins by itself."""
    company.stop_what_recurs()
    return company


def heat(company: Company, element: str, **given: object) -> Heat:
    """What happened at one task of the complaint process."""
    with company.platform.database.read() as connection:
        found = heat_of(connection, "complaint", now=company.clock.now(), **{**NONE, **given})  # type: ignore[arg-type]
    return next(one for one in found if one.element_id == element)


def hours(number: float) -> timedelta:
    return timedelta(hours=number)


def test_waiting_ends_when_somebody_takes_a_task_and_working_when_it_is_done(desk: Company) -> None:
    complaints.register(desk)
    desk.pass_time(hours=1)
    desk.claim("zhaoqian", "acknowledge")
    desk.pass_time(minutes=30)
    complaints.acknowledge(desk)
    found = heat(desk, "acknowledge")
    assert (found.visits, found.open_now) == (1, 0)
    assert found.waiting == Spread(hours(1), hours(1))
    assert found.working == Spread(hours(0.5), hours(0.5))
    assert (found.with_due, found.late, found.late_percent) == (1, 0, 0)


def test_nights_and_breaks_are_not_waiting_time(desk: Company) -> None:
    desk.pass_time(hours=8)  # Monday, five in the afternoon; the office closes at six
    complaints.register(desk)
    desk.pass_time(hours=17)  # Tuesday, ten
    complaints.acknowledge(desk)
    found = heat(desk, "acknowledge")
    assert found.waiting == Spread(hours(2), hours(2))
    assert found.working is None, "nobody took it: it waited until it was done"


def test_an_open_task_past_its_time_is_late_already(desk: Company) -> None:
    complaints.register(desk)
    assert (heat(desk, "acknowledge").open_now, heat(desk, "acknowledge").late) == (1, 0)
    desk.pass_time(days=3)
    found = heat(desk, "acknowledge")
    assert (found.open_now, found.late, found.late_percent) == (1, 1, 100)
    assert found.waiting is None


def test_median_and_nine_in_ten_over_many_visits(desk: Company) -> None:
    for minutes in (10, 10, 20, 60):
        complaints.register(desk)
        desk.pass_time(minutes=minutes)
        complaints.acknowledge(desk)
    found = heat(desk, "acknowledge")
    assert found.visits == 4
    assert found.waiting == Spread(timedelta(minutes=15), timedelta(minutes=60))


def test_earlier_tasks_and_other_versions_are_left_out(desk: Company) -> None:
    complaints.register(desk)
    desk.pass_time(days=1)
    begun_at = desk.clock.now()
    complaints.register(desk)
    assert heat(desk, "acknowledge").visits == 2
    assert heat(desk, "acknowledge", since=begun_at).visits == 1
    assert heat(desk, "acknowledge", version=1).visits == 2
    with desk.platform.database.read() as connection:
        assert heat_of(connection, "complaint", since=None, version=2, now=desk.clock.now()) == []
