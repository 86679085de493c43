"""Working time: the SLA vectors, statutory holidays and 调休, breaks, closures, changes of the clocks."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import chinese_calendar
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.calendars import (
    ALWAYS,
    DEFAULT_CALENDARS,
    STANDARD,
    Calendar,
    CalendarInvalid,
    CalendarNeverOpens,
    CalendarYearUnknown,
    TermInvalid,
    add_working_days,
    add_working_time,
    calendar_from_json,
    calendar_to_json,
    is_open,
    is_working_day,
    next_opening,
    working_time_between,
)

SHANGHAI = ZoneInfo("Asia/Shanghai")
BERLIN = ZoneInfo("Europe/Berlin")
HOUR = timedelta(hours=1)
OFFICE = Calendar("office", "办公", "Office", SHANGHAI, dict.fromkeys(range(1, 6), ((time(8), time(17)),)))
BERLIN_ALWAYS = replace(ALWAYS, zone=BERLIN)


def shanghai(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def berlin(text: str, fold: int = 0) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN, fold=fold)


@pytest.mark.parametrize(("hours", "due"), [(24, "2023-06-19T12:00"), (48, "2023-06-22T09:00")])
def test_a_request_of_wednesday_afternoon_is_due_as_the_published_sla_scenario_says(hours: int, due: str) -> None:
    created_at = shanghai("2023-06-14T15:00")
    assert add_working_time(OFFICE, created_at, hours * HOUR) == shanghai(due)
    assert working_time_between(OFFICE, created_at, shanghai(due)) == hours * HOUR


def test_around_the_clock_a_day_later_is_a_day_later() -> None:
    assert add_working_time(ALWAYS, shanghai("2023-06-14T15:00"), 24 * HOUR) == shanghai("2023-06-15T15:00")


def test_outside_office_hours_the_clock_starts_at_the_next_opening() -> None:
    saturday = shanghai("2023-06-17T10:00")
    assert not is_open(OFFICE, saturday)
    assert next_opening(OFFICE, saturday) == shanghai("2023-06-19T08:00")
    assert add_working_time(OFFICE, saturday, HOUR) == shanghai("2023-06-19T09:00")
    assert add_working_time(OFFICE, saturday, timedelta()) == shanghai("2023-06-19T08:00")


def test_a_length_that_ends_with_the_day_is_due_at_closing_and_not_the_next_morning() -> None:
    assert add_working_time(OFFICE, shanghai("2023-06-14T15:00"), 2 * HOUR) == shanghai("2023-06-14T17:00")
    assert not is_open(OFFICE, shanghai("2023-06-14T17:00"))
    assert is_open(OFFICE, shanghai("2023-06-14T08:00"))


def test_the_lunch_break_does_not_count() -> None:
    assert add_working_time(STANDARD, shanghai("2026-03-02T11:30"), HOUR) == shanghai("2026-03-02T13:30")
    assert next_opening(STANDARD, shanghai("2026-03-02T12:15")) == shanghai("2026-03-02T13:00")


@pytest.mark.parametrize(
    "day",
    [
        "2025-01-26",
        "2025-02-08",
        "2025-04-27",
        "2025-09-28",
        "2025-10-11",
        "2026-01-04",
        "2026-02-14",
        "2026-02-28",
        "2026-05-09",
        "2026-09-20",
        "2026-10-10",
    ],
)
def test_weekend_days_moved_to_work_are_worked_with_mondays_hours(day: str) -> None:
    worked_on = date.fromisoformat(day)
    assert worked_on.isoweekday() in (6, 7)
    assert is_working_day(STANDARD, worked_on)
    assert not is_working_day(OFFICE, worked_on)
    assert STANDARD.hours_on(worked_on) == STANDARD.office_hours[1]


@pytest.mark.parametrize("day", ["2025-01-28", "2025-10-01", "2025-10-08", "2026-01-02", "2026-02-16", "2026-06-19"])
def test_statutory_holidays_on_weekdays_are_closed(day: str) -> None:
    holiday = date.fromisoformat(day)
    assert holiday.isoweekday() <= 5
    assert not is_working_day(STANDARD, holiday)
    assert is_working_day(OFFICE, holiday)


def test_a_callback_of_the_last_evening_before_spring_festival_is_due_after_it() -> None:
    # 14 February 2026, a Saturday, is worked; the holiday is 15 to 23 February.
    assert add_working_time(STANDARD, shanghai("2026-02-14T17:00"), 3 * HOUR) == shanghai("2026-02-24T11:00")
    assert add_working_days(STANDARD, date(2026, 2, 13), 2) == date(2026, 2, 24)


def test_a_year_whose_holidays_are_not_published_is_refused_by_name() -> None:
    with pytest.raises(CalendarYearUnknown) as caught:
        is_working_day(STANDARD, date(2099, 1, 5))
    assert "2099" in caught.value.message("zh")
    assert "2099" in caught.value.message("en")
    with pytest.raises(CalendarYearUnknown):
        add_working_days(STANDARD, date(2003, 12, 31), -1)
    assert is_working_day(OFFICE, date(2099, 1, 5))


def test_a_companys_own_exceptions_overrule_weekdays_and_holidays() -> None:
    own = replace(
        STANDARD, closed_on=frozenset({date(2026, 3, 2)}), working_on=frozenset({date(2026, 10, 1), date(2026, 3, 8)})
    )
    assert not is_working_day(own, date(2026, 3, 2))
    assert is_working_day(own, date(2026, 10, 1))
    assert own.hours_on(date(2026, 3, 8)) == STANDARD.office_hours[1]


def test_working_days_keep_the_time_of_day_within_office_hours() -> None:
    friday = "2026-03-06"
    assert add_working_days(STANDARD, shanghai(f"{friday}T10:30"), 1) == shanghai("2026-03-09T10:30")
    assert add_working_days(STANDARD, shanghai(f"{friday}T07:00"), 1) == shanghai("2026-03-09T09:00")
    assert add_working_days(STANDARD, shanghai(f"{friday}T12:30"), 1) == shanghai("2026-03-09T13:00")
    assert add_working_days(STANDARD, shanghai(f"{friday}T22:00"), 1) == shanghai("2026-03-09T18:00")


def test_working_days_can_be_counted_back_and_zero_means_today_if_it_works() -> None:
    assert add_working_days(STANDARD, date(2026, 3, 9), -1) == date(2026, 3, 6)
    assert add_working_days(STANDARD, date(2026, 3, 9), 0) == date(2026, 3, 9)
    assert add_working_days(STANDARD, date(2026, 3, 7), 0) == date(2026, 3, 9)


def test_the_night_the_clocks_go_forward_has_one_hour_less() -> None:
    # Berlin, 29 March 2026: 02:00 becomes 03:00.
    evening, morning = berlin("2026-03-28T20:00"), berlin("2026-03-29T08:00")
    assert working_time_between(BERLIN_ALWAYS, evening, morning) == 11 * HOUR
    assert add_working_time(BERLIN_ALWAYS, evening, 12 * HOUR) == berlin("2026-03-29T09:00")


def test_the_night_the_clocks_go_back_has_one_hour_more() -> None:
    # Berlin, 25 October 2026: 03:00 becomes 02:00.
    evening, morning = berlin("2026-10-24T20:00"), berlin("2026-10-25T08:00")
    assert working_time_between(BERLIN_ALWAYS, evening, morning) == 13 * HOUR
    assert working_time_between(BERLIN_ALWAYS, berlin("2026-10-25T02:30"), berlin("2026-10-25T02:30", fold=1)) == HOUR


def test_hours_that_the_clocks_skip_are_not_worked() -> None:
    night = Calendar("night", "夜班", "Night", BERLIN, {7: ((time(2), time(3)),)})
    assert next_opening(night, berlin("2026-03-28T12:00")) == berlin("2026-04-05T02:00")


def test_going_backwards_is_negative() -> None:
    start, end = shanghai("2026-03-02T10:00"), shanghai("2026-03-02T11:00")
    assert working_time_between(STANDARD, end, start) == -HOUR
    with pytest.raises(TermInvalid):
        add_working_time(STANDARD, start, -HOUR)


def test_a_calendar_that_stays_closed_says_so_instead_of_searching_for_ever() -> None:
    closed = frozenset(date(2025, 1, 1) + timedelta(days=number) for number in range(800))
    with pytest.raises(CalendarNeverOpens):
        next_opening(replace(OFFICE, closed_on=closed), shanghai("2025-01-02T08:00"))
    with pytest.raises(CalendarNeverOpens):
        add_working_days(replace(OFFICE, closed_on=closed), date(2025, 1, 2), 1)


@pytest.mark.parametrize("key", ["standard", "always"])
def test_a_calendar_survives_its_storage(key: str) -> None:
    calendar = replace(DEFAULT_CALENDARS[key], closed_on=frozenset({date(2026, 3, 2)}))
    assert calendar_from_json(key, calendar_to_json(calendar)) == calendar
    assert hash(calendar_from_json(key, calendar_to_json(calendar))) == hash(calendar)


@pytest.mark.parametrize(
    "change",
    [
        {"zone": "Mars/Olympus"},
        {"office_hours": {}},
        {"office_hours": {"1": []}},
        {"office_hours": {"8": [["09:00", "10:00"]]}},
        {"office_hours": {"1": [["10:00", "09:00"]]}},
        {"office_hours": {"1": [["09:00", "12:00"], ["11:00", "13:00"]]}},
        {"office_hours": {"1": [["09:00", "24:00"], ["23:00", "24:00"]]}},
        {"office_hours": [["09:00", "10:00"]]},
        {"office_hours": {"1": [["nine", "ten"]]}},
        {"holidays": "DE"},
        {"closed_on": ["2026-02-30"]},
        {"closed_on": ["2026-03-02"], "working_on": ["2026-03-02"]},
        {"name_zh": None, "zone": None},
    ],
)
def test_a_calendar_that_contradicts_itself_is_refused_in_both_languages(change: dict[str, object]) -> None:
    with pytest.raises(CalendarInvalid) as caught:
        calendar_from_json("own", calendar_to_json(STANDARD) | change)
    assert "own" in caught.value.message("zh")
    assert "{" not in caught.value.message("zh") + caught.value.message("en")


def test_an_office_open_to_midnight_may_write_24_hours() -> None:
    calendar = calendar_from_json("late", calendar_to_json(OFFICE) | {"office_hours": {"1": [["20:00", "24:00"]]}})
    assert add_working_time(calendar, shanghai("2026-03-02T23:00"), HOUR) == shanghai("2026-03-03T00:00")


# Twice 20 times 24 hours are 120 working days of eight: the holidays of the years up to then must be known.
MOMENTS = st.datetimes(datetime(2024, 1, 1), datetime(2025, 6, 1)).map(lambda moment: moment.replace(tzinfo=UTC))  # noqa: DTZ001
CALENDARS = st.sampled_from([STANDARD, ALWAYS, OFFICE, BERLIN_ALWAYS, replace(OFFICE, zone=BERLIN)])
LENGTHS = st.timedeltas(timedelta(), timedelta(days=20))


@settings(max_examples=150, deadline=None)
@given(CALENDARS, MOMENTS, LENGTHS)
def test_the_working_time_to_a_deadline_is_the_term_that_set_it(
    calendar: Calendar, start_at: datetime, length: timedelta
) -> None:
    due_at = add_working_time(calendar, start_at, length)
    assert working_time_between(calendar, start_at, due_at) == length
    assert due_at >= start_at


@settings(max_examples=100, deadline=None)
@given(CALENDARS, MOMENTS, LENGTHS, LENGTHS)
def test_terms_add_up(calendar: Calendar, start_at: datetime, first: timedelta, second: timedelta) -> None:
    halfway = add_working_time(calendar, start_at, first)
    end = add_working_time(calendar, start_at, first + second)
    assert working_time_between(calendar, start_at, end) == first + second
    assert working_time_between(calendar, halfway, end) == second


def test_a_year_without_a_published_arrangement_gives_a_deadline_only_where_it_is_provisional() -> None:
    unknown = max(chinese_calendar.holidays).year + 1
    with pytest.raises(CalendarYearUnknown):
        add_working_days(STANDARD, date(unknown, 4, 28), 2)
    provisional = replace(STANDARD, provisional_years=frozenset({unknown}))
    assert not is_working_day(provisional, date(unknown, 5, 1))
    assert not is_working_day(provisional, date(unknown, 10, 2))
    assert add_working_days(provisional, date(unknown, 12, 20), 1) > date(unknown, 12, 20)
    assert not is_working_day(replace(STANDARD, provisional_years=frozenset({2026})), date(2026, 2, 17)), "published"
