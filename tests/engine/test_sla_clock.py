"""The SLA clock: counted by hand here, and each regression that other products are known for."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.calendars import ALWAYS, STANDARD, Calendar, working_time_between
from engine.sla.clock import History, Reading, Resolution, TargetChange, Wait, length_of_day, read

SHANGHAI, BERLIN = ZoneInfo("Asia/Shanghai"), ZoneInfo("Europe/Berlin")
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
OFFICE = Calendar("office", "办公", "Office", SHANGHAI, dict.fromkeys(range(1, 6), ((time(8), time(17)),)))
LUNCH = Calendar(
    "lunch", "有午休", "With a break", SHANGHAI, dict.fromkeys(range(1, 6), ((time(9), time(12)), (time(13), time(18))))
)
MUCH_LATER = datetime(2030, 1, 1, tzinfo=UTC)


def at(text: str, zone: ZoneInfo = SHANGHAI) -> datetime:
    """A moment of local time."""
    return datetime.fromisoformat(text).replace(tzinfo=zone).astimezone(UTC)


def resolution(history: History, hours: float, calendar: Calendar, until: datetime | None = None) -> Reading:
    """The clock of the resolution."""
    return read(history, "resolution", timedelta(hours=hours), calendar, until=until or history.opened_at)


def resolved(text: str) -> tuple[Resolution, ...]:
    return (Resolution(at(text)),)


@pytest.mark.parametrize(
    ("hours", "calendar", "due"),
    [(24, OFFICE, "2023-06-19T12:00"), (48, OFFICE, "2023-06-22T09:00"), (24, ALWAYS, "2023-06-15T15:00")],
)
def test_the_published_scenarios(hours: int, calendar: Calendar, due: str) -> None:
    reading = resolution(History(at("2023-06-14T15:00")), hours, calendar)
    assert reading.due_at == at(due)
    assert reading.status == "running"


def test_an_incident_outside_office_hours_starts_at_the_next_opening() -> None:
    """Friday 20:00; four hours of office time end on Monday at noon, and the ledger says why nothing counted."""
    history = History(at("2023-06-16T20:00"), resolutions=resolved("2023-06-19T10:30"))
    reading = resolution(history, 4, OFFICE)
    assert (reading.started_at, reading.due_at) == (at("2023-06-19T08:00"), at("2023-06-19T12:00"))
    assert [(one.kind, one.counted) for one in reading.entries] == [
        ("closed", 0 * HOUR),
        ("run", 2.5 * HOUR),
        ("stop", 0 * HOUR),
    ]
    assert reading.status == "met"


def test_glpi_10594_a_pause_over_the_weekend_takes_out_open_time_only() -> None:
    """Waiting from Friday 16:00 to Monday 09:00 takes out two office hours, not 65."""
    history = History(
        at("2023-06-16T15:00"), waits=(Wait(at("2023-06-16T16:00"), at("2023-06-19T09:00"), "Awaiting User Info"),)
    )
    reading = resolution(history, 9, OFFICE, until=at("2023-06-19T10:00"))
    assert reading.paused == 2 * HOUR
    assert reading.counted == 2 * HOUR
    assert reading.due_at == at("2023-06-19T17:00")


def test_glpi_10594_a_target_in_days_is_so_many_days_of_that_calendar() -> None:
    assert length_of_day(OFFICE) == 9 * HOUR
    assert length_of_day(LUNCH) == 8 * HOUR
    assert length_of_day(ALWAYS) == 24 * HOUR
    two_days = 2 * length_of_day(OFFICE)
    reading = read(History(at("2023-06-15T15:00")), "resolution", two_days, OFFICE, until=at("2023-06-15T15:00"))
    assert reading.due_at == at("2023-06-19T15:00")


def test_glpi_6902_and_15605_a_changed_target_keeps_what_was_paused() -> None:
    history = History(
        at("2023-06-14T08:00"),
        waits=(Wait(at("2023-06-14T09:00"), at("2023-06-14T11:00"), "Awaiting User Info"),),
        changes=(TargetChange(at("2023-06-14T12:00"), "8 h → 4 h"),),
    )
    reading = resolution(history, 4, OFFICE, until=at("2023-06-14T13:00"))
    assert reading.paused == 2 * HOUR
    assert reading.due_at == at("2023-06-14T14:00")
    assert [one.reason for one in reading.entries if one.kind == "target_changed"] == ["8 h → 4 h"]


def test_glpi_24481_nothing_is_missed_while_it_waits() -> None:
    history = History(at("2023-06-14T08:00"), waits=(Wait(at("2023-06-14T09:00"), None, "Awaiting User Info"),))
    reading = resolution(history, 4, OFFICE, until=MUCH_LATER)
    assert (reading.status, reading.due_at, reading.counted) == ("paused", None, HOUR)
    assert reading.entries[-1].to_at is None


def test_glpi_23359_the_time_until_a_reopening_is_no_pause_and_stands_on_its_own_line() -> None:
    history = History(
        at("2023-06-14T08:00"),
        resolutions=(Resolution(at("2023-06-14T10:00"), at("2023-06-14T15:00")), Resolution(at("2023-06-14T16:00"))),
    )
    reading = resolution(history, 4, OFFICE)
    assert [(one.kind, one.counted, one.excluded) for one in reading.entries] == [
        ("run", 2 * HOUR, 0 * HOUR),
        ("resolved", 0 * HOUR, 5 * HOUR),
        ("run", HOUR, 0 * HOUR),
        ("stop", 0 * HOUR, 0 * HOUR),
    ]
    assert reading.paused == 0 * HOUR
    assert reading.status == "met"


def test_glpi_2765_a_response_that_never_comes_is_missed() -> None:
    reading = read(History(at("2023-06-14T08:00")), "response", 30 * MINUTE, OFFICE, until=at("2023-06-14T08:31"))
    assert (reading.status, reading.breached_at) == ("missed", at("2023-06-14T08:30"))


def test_glpi_15429_the_calendar_counts_and_not_the_wall_clock() -> None:
    history = History(at("2023-06-16T16:00"), resolutions=resolved("2023-06-19T09:00"))
    assert resolution(history, 4, OFFICE).counted == 2 * HOUR
    assert resolution(history, 4, ALWAYS).counted == 65 * HOUR
    assert resolution(history, 4, ALWAYS).status == "missed"


def test_zammad_1322_a_wait_that_ends_lets_the_clock_run_on() -> None:
    waits = (Wait(at("2023-06-14T09:00"), at("2023-06-14T10:00"), "Awaiting User Info"),)
    reading = resolution(History(at("2023-06-14T08:00"), waits=waits), 2, OFFICE, until=at("2023-06-14T12:00"))
    assert (reading.status, reading.due_at) == ("missed", at("2023-06-14T11:00"))


def test_zammad_3140_and_frappe_1542_an_answer_stops_the_response_and_nothing_else() -> None:
    history = History(at("2023-06-14T08:00"), responded_at=at("2023-06-14T08:10"))
    later = at("2023-06-14T16:00")
    assert read(history, "response", 30 * MINUTE, OFFICE, until=later).status == "met"
    assert read(history, "resolution", 4 * HOUR, OFFICE, until=later).status == "missed"


@pytest.mark.parametrize(("response_hours", "resolution_hours"), [(4, 2), (2, 4)])
def test_zammad_5177_the_shorter_of_two_targets_does_not_overrule_the_other(
    response_hours: int, resolution_hours: int
) -> None:
    history = History(at("2023-06-14T08:00"))
    due = {
        metric: read(history, metric, hours * HOUR, OFFICE, until=history.opened_at).due_at
        for metric, hours in (("response", response_hours), ("resolution", resolution_hours))
    }
    assert due["response"] == at("2023-06-14T08:00") + response_hours * HOUR
    assert due["resolution"] == at("2023-06-14T08:00") + resolution_hours * HOUR
    taken_up = replace(history, responded_at=at("2023-06-14T08:30"))
    assert resolution(taken_up, resolution_hours, OFFICE).due_at == due["resolution"], "an answer moves no other clock"


def test_zammad_2579_what_was_closed_at_once_or_outside_hours_has_a_figure_all_the_same() -> None:
    """Nothing counted is nought minutes, which a report can add up, and never nothing at all."""
    at_once = resolution(History(at("2023-06-14T09:00"), resolutions=resolved("2023-06-14T09:00")), 4, OFFICE)
    over_night = resolution(History(at("2023-06-14T20:00"), resolutions=resolved("2023-06-14T23:00")), 4, OFFICE)
    for reading in (at_once, over_night):
        assert (reading.status, reading.counted) == ("met", timedelta())
        assert reading.stopped_at is not None
    late = resolution(History(at("2023-06-14T09:00"), resolutions=resolved("2023-06-15T09:00")), 4, OFFICE)
    assert (late.status, late.counted) == ("missed", 9 * HOUR)


def test_zammad_4432_no_warning_falls_outside_office_hours() -> None:
    """Three quarters of eight hours from 15:00 end at 12:00 the next day, not at 21:00."""
    reading = resolution(History(at("2023-06-14T15:00")), 8, OFFICE)
    assert reading.warn_at == at("2023-06-15T12:00")


def test_zammad_418_a_target_may_be_longer_than_99_hours() -> None:
    assert resolution(History(at("2023-06-14T15:00")), 200, ALWAYS).due_at == at("2023-06-22T23:00")


def test_zammad_390_a_make_up_working_day_counts() -> None:
    """28 January 2024 was a Sunday like any other; 4 February 2024, a Sunday too, was worked before Spring Festival."""
    history = History(at("2024-02-04T09:00"), resolutions=resolved("2024-02-04T12:00"))
    assert resolution(history, 8, STANDARD).counted == 3 * HOUR
    idle = History(at("2024-01-28T09:00"), resolutions=resolved("2024-01-28T12:00"))
    assert resolution(idle, 8, STANDARD).counted == 0 * HOUR


def test_erpnext_49414_and_16729_a_hold_moves_the_due_moment_by_its_open_time_once() -> None:
    history = History(
        at("2023-06-14T08:00"),
        waits=(
            Wait(at("2023-06-14T16:00"), at("2023-06-15T09:00"), "On Hold"),
            Wait(at("2023-06-15T10:00"), at("2023-06-15T11:00"), "On Hold"),
        ),
    )
    reading = resolution(history, 18, OFFICE, until=at("2023-06-15T12:00"))
    assert reading.paused == 3 * HOUR
    assert reading.due_at == at("2023-06-16T11:00")


def test_frappe_1554_a_pause_stops_the_clock() -> None:
    waits = (Wait(at("2023-06-14T09:00"), at("2023-06-14T16:00"), "On Hold"),)
    history = History(at("2023-06-14T08:00"), waits=waits, resolutions=resolved("2023-06-14T16:30"))
    assert resolution(history, 2, OFFICE).counted == 1.5 * HOUR


def test_frappe_2212_a_lunch_break_is_not_counted() -> None:
    history = History(at("2023-06-14T11:30"), resolutions=resolved("2023-06-14T13:30"))
    assert resolution(history, 2, LUNCH).counted == HOUR


def test_frappe_2405_a_pause_that_overlaps_another_or_a_resolution_is_taken_out_once() -> None:
    history = History(
        at("2023-06-14T08:00"),
        waits=(
            Wait(at("2023-06-14T09:00"), at("2023-06-14T11:00"), "On Hold"),
            Wait(at("2023-06-14T10:00"), at("2023-06-14T12:00"), "Awaiting User Info"),
            Wait(at("2023-06-14T13:00"), at("2023-06-14T15:00"), "On Hold"),
        ),
        resolutions=(Resolution(at("2023-06-14T14:00"), at("2023-06-14T16:00")), Resolution(at("2023-06-14T17:00"))),
    )
    reading = resolution(history, 9, OFFICE)
    assert reading.paused == 4 * HOUR
    assert reading.counted == 3 * HOUR


def test_nothing_is_missed_while_the_office_is_closed() -> None:
    """The target ends with the day; who resolves at night has used exactly the target."""
    on_time = History(at("2023-06-14T13:00"), resolutions=resolved("2023-06-15T02:00"))
    assert resolution(on_time, 4, OFFICE).status == "met"
    late = replace(on_time, resolutions=resolved("2023-06-15T08:01"))
    reading = resolution(late, 4, OFFICE)
    assert (reading.status, reading.due_at) == ("missed", at("2023-06-14T17:00"))
    assert reading.breached_at == at("2023-06-15T08:00")


def test_the_most_urgent_run_around_the_clock_in_the_zone_of_the_calendar() -> None:
    """The night the clocks go forward has 23 hours, and 24 hours are 24 hours."""
    always = replace(ALWAYS, zone=BERLIN)
    reading = resolution(History(at("2026-03-28T12:00", BERLIN)), 24, always)
    assert reading.due_at == at("2026-03-29T13:00", BERLIN)
    office = replace(OFFICE, zone=BERLIN)
    assert resolution(History(at("2026-03-27T16:00", BERLIN)), 2, office).due_at == at("2026-03-30T09:00", BERLIN)


def test_a_cancelled_incident_has_no_verdict() -> None:
    history = History(at("2023-06-14T08:00"), cancelled_at=at("2023-06-16T08:00"))
    assert resolution(history, 1, OFFICE, until=MUCH_LATER).status == "cancelled"


_MINUTES = st.integers(0, 20_000)


@settings(max_examples=200, deadline=None)
@given(opened=_MINUTES, spans=st.lists(st.tuples(_MINUTES, _MINUTES), max_size=5), last=_MINUTES, hours=_MINUTES)
def test_every_open_minute_stands_on_exactly_one_line(
    opened: int, spans: list[tuple[int, int]], last: int, hours: int
) -> None:
    """Whatever the waits: the lines follow one another, and their sums are the open time from report to stop."""
    start = at("2023-06-12T00:00") + opened * MINUTE
    stop = start + last * MINUTE
    waits = tuple(Wait(start + a * MINUTE, start + (a + b) * MINUTE, "On Hold") for a, b in spans)
    history = History(start, waits=waits, resolutions=(Resolution(stop),))
    reading = read(history, "resolution", hours * MINUTE, LUNCH, until=stop)
    lines = [one for one in reading.entries if one.kind != "stop"]
    assert lines[0].from_at == start
    assert all(one.to_at == following.from_at for one, following in pairwise(lines))
    assert reading.counted + reading.paused == working_time_between(LUNCH, start, stop)
    assert (reading.status == "missed") == (reading.counted > hours * MINUTE)
    assert reading.due_at is not None
    if reading.status == "missed":
        assert reading.due_at < stop
