"""What a timer may hold, when it is due, and what recurs when."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.calendars import Period, TermInvalid, add_period, due_at, next_occurrence, parse_period, parse_term
from engine.errors import EngineError
from engine.feel import YearsMonths

SHANGHAI = ZoneInfo("Asia/Shanghai")
BERLIN = ZoneInfo("Europe/Berlin")


def at(text: str, zone: ZoneInfo = SHANGHAI, fold: int = 0) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone, fold=fold).astimezone(UTC)


@pytest.mark.parametrize(
    ("start", "period", "end"),
    [
        ("2026-01-31T10:00", "P1M", "2026-02-28T10:00"),
        ("2024-01-31T10:00", "P1M", "2024-02-29T10:00"),
        ("2024-02-29T10:00", "P1Y", "2025-02-28T10:00"),
        ("2024-02-29T10:00", "P4Y", "2028-02-29T10:00"),
        ("2026-03-31T10:00", "P1M", "2026-04-30T10:00"),
        ("2026-03-31T10:00", "P1M1DT2H", "2026-05-01T12:00"),
        ("2026-03-31T10:00", "P2W", "2026-04-14T10:00"),
        ("2026-03-31T10:00", "PT36H", "2026-04-01T22:00"),
        ("2026-03-31T10:00", "PT1.5S", "2026-03-31T10:00:01.500000"),
    ],
)
def test_months_and_days_follow_the_calendar_and_hours_elapse(start: str, period: str, end: str) -> None:
    assert add_period(SHANGHAI, at(start), period) == at(end)


def test_a_month_over_midnight_in_utc_is_still_the_organisations_month() -> None:
    # 1 March 07:00 in Shanghai is 28 February 23:00 in UTC; a month later it is 1 April there, not 28 March.
    assert add_period(SHANGHAI, datetime(2026, 2, 28, 23, tzinfo=UTC), "P1M") == datetime(2026, 3, 31, 23, tzinfo=UTC)


def test_a_day_is_a_day_of_the_calendar_where_the_clocks_change_and_24_hours_are_24_hours() -> None:
    for before_change in ("2026-03-28T10:00", "2026-10-24T10:00"):
        start = at(before_change, BERLIN)
        tomorrow = add_period(BERLIN, start, "P1D")
        assert tomorrow.astimezone(BERLIN).hour == 10
        assert add_period(BERLIN, start, "PT24H") == start + timedelta(hours=24) != tomorrow


def test_a_local_time_that_the_clocks_skip_becomes_as_much_later_and_a_repeated_one_its_first() -> None:
    assert add_period(BERLIN, at("2026-02-28T02:30", BERLIN), "P1M1D") == at("2026-03-29T03:30", BERLIN)
    assert add_period(BERLIN, at("2026-09-25T02:30", BERLIN), "P1M") == at("2026-10-25T02:30", BERLIN)


@pytest.mark.parametrize(
    ("term", "due"),
    [
        ("PT24H", "2026-03-03T09:00"),
        (" P1M ", "2026-04-02T09:00"),
        ("2026-03-05T08:00:00+08:00", "2026-03-05T08:00"),
        ("2026-03-05T08:00", "2026-03-05T08:00"),
        ("2026-03-05", "2026-03-05T00:00"),
        ("2020-01-01", "2020-01-01T00:00"),
        ("R3/PT1H", "2026-03-02T10:00"),
        ("R/2026-03-01T08:00:00/P1D", "2026-03-03T08:00"),
        ("R/2026-03-02T09:00:00/P1D", "2026-03-02T09:00"),
        ("30 8 * * *", "2026-03-03T08:30"),
        (timedelta(hours=2), "2026-03-02T11:00"),
        (YearsMonths(1), "2026-04-02T09:00"),
        (date(2026, 3, 5), "2026-03-05T00:00"),
        (datetime(2026, 3, 5, 8, tzinfo=timezone(timedelta(hours=8))), "2026-03-05T08:00"),
    ],
)
def test_when_a_timer_that_starts_on_monday_morning_is_due(term: Any, due: str) -> None:
    assert due_at(parse_term(term), SHANGHAI, at("2026-03-02T09:00")) == at(due)


@pytest.mark.parametrize(
    "term",
    [
        "", "tomorrow", "P", "PT", "P1", "1H", "PT0S", "PT0.5S", "-PT1H", "P11Y", "P121M", "P4000D", "PT99999H",
        "R/", "R3", "R0/PT1H", "R3/PT0S", "R3/tomorrow/PT1H", "R3/PT1H/2026-01-01", "2026-02-30", "2026-13-01T00:00",
        "60 * * * *", "* 24 * * *", "* * 0 * *", "* * * 13 *", "* * * * 8", "* * * * mon-", "*/0 * * * *",
        "5-1 * * * *", "a * * * *", "0 8 1 * 1", "0 8 31 2 *", "0 8 30 2 *", "0 8 31 4,6,9,11 *", "x" * 300,
        "٣ * * * *", "P٣D", "* * * *",
        timedelta(), timedelta(seconds=-1), timedelta(days=4000), YearsMonths(0), YearsMonths(121), None, 5, True, [],
    ],
)  # fmt: skip
def test_a_term_that_cannot_be_kept_is_refused_in_both_languages(term: Any) -> None:
    with pytest.raises(TermInvalid) as caught:
        parse_term(term)
    assert "{" not in caught.value.message("zh") + caught.value.message("en")
    assert len(caught.value.message("zh")) < 400


def test_a_date_too_far_away_or_a_cycle_that_is_over_is_refused_when_it_is_armed() -> None:
    with pytest.raises(TermInvalid):
        due_at("2040-01-01", SHANGHAI, at("2026-03-02T09:00"))
    with pytest.raises(TermInvalid):
        due_at("R2/2026-01-01T00:00:00/P1D", SHANGHAI, at("2026-03-02T09:00"))


@given(st.text(max_size=40) | st.text(alphabet="PTRYMWDHS0123456789/-:*, L", max_size=25))
def test_any_text_is_a_term_or_refused(text: str) -> None:
    try:
        due_at(parse_term(text), SHANGHAI, at("2026-03-02T09:00"))
    except EngineError as error:
        assert isinstance(error, TermInvalid)


def walk(term: str, zone: ZoneInfo, after: datetime, count: int, **options: Any) -> list[str]:
    nominals = []
    for _ in range(count):
        found = next_occurrence(parse_term(term), zone, after, **options)
        if found is None:
            break
        nominal, after = found
        nominals.append(nominal)
    return nominals


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("0 8 * * 1", ["2026-03-09T08:00:00", "2026-03-16T08:00:00"]),
        ("0 8 * * 0", ["2026-03-08T08:00:00", "2026-03-15T08:00:00"]),
        ("0 8 * * 7", ["2026-03-08T08:00:00", "2026-03-15T08:00:00"]),
        ("0 8 * * 6-7", ["2026-03-07T08:00:00", "2026-03-08T08:00:00"]),
        ("0 8 * * 0-2", ["2026-03-03T08:00:00", "2026-03-08T08:00:00"]),
        ("0 8 * * MON,fri", ["2026-03-06T08:00:00", "2026-03-09T08:00:00"]),
        ("0 8 1 * *", ["2026-04-01T08:00:00", "2026-05-01T08:00:00"]),
        ("0 8 L * *", ["2026-03-31T08:00:00", "2026-04-30T08:00:00"]),
        ("0 8 31 * *", ["2026-03-31T08:00:00", "2026-05-31T08:00:00"]),
        ("0 8 29 2 *", ["2028-02-29T08:00:00", "2032-02-29T08:00:00"]),
        ("0 9 1 jan,jul *", ["2026-07-01T09:00:00", "2027-01-01T09:00:00"]),
        ("*/20 9-10 * * *", ["2026-03-02T09:20:00", "2026-03-02T09:40:00", "2026-03-02T10:00:00"]),
        ("5/30 9 * * *", ["2026-03-02T09:05:00", "2026-03-02T09:35:00", "2026-03-03T09:05:00"]),
    ],
)
def test_cron_means_what_cron_means(line: str, expected: list[str]) -> None:
    monday = at("2026-03-02T09:00")
    assert walk(line, SHANGHAI, monday, len(expected)) == expected


def test_a_cron_occurrence_comes_once_on_the_day_the_clocks_go_back() -> None:
    nominals = walk("30 2 * * *", BERLIN, at("2026-10-24T12:00", BERLIN), 2)
    assert nominals == ["2026-10-25T02:30:00", "2026-10-26T02:30:00"]
    # Asked during the repeated hour, the occurrence of its first passing is not given again.
    second_passing = at("2026-10-25T02:15", BERLIN, fold=1)
    assert walk("30 2 * * *", BERLIN, second_passing, 1) == ["2026-10-26T02:30:00"]


def test_a_cron_occurrence_that_the_clocks_skip_is_due_as_much_later() -> None:
    found = next_occurrence("30 2 * * *", BERLIN, at("2026-03-28T12:00", BERLIN))
    assert found == ("2026-03-29T02:30:00", at("2026-03-29T03:30", BERLIN))
    just_after_the_change = at("2026-03-29T03:10", BERLIN)
    assert next_occurrence("30 2 * * *", BERLIN, just_after_the_change) == found


def test_a_cycle_repeats_as_often_as_it_says_and_the_31st_does_not_drift() -> None:
    start = at("2026-01-31T08:00")
    assert walk("R3/P1M", SHANGHAI, start, 9, start_at=start) == [
        "2026-02-28T08:00:00",
        "2026-03-31T08:00:00",
        "2026-04-30T08:00:00",
    ]


def test_a_cycle_with_a_start_begins_there_and_can_be_joined_late() -> None:
    term = "R4/2026-01-31T08:00:00/P1M"
    assert walk(term, SHANGHAI, at("2025-01-01T00:00"), 9)[0] == "2026-01-31T08:00:00"
    assert walk(term, SHANGHAI, at("2026-03-15T00:00"), 9) == ["2026-03-31T08:00:00", "2026-04-30T08:00:00"]
    assert next_occurrence(term, SHANGHAI, at("2026-05-01T00:00")) is None
    assert walk("R/2020-01-01T08:00:00/PT1H", SHANGHAI, at("2026-03-15T00:30"), 1) == ["2026-03-15T01:00:00"]


def test_a_date_occurs_once_and_a_duration_does_not_recur() -> None:
    assert walk("2026-03-05", SHANGHAI, at("2026-03-01T00:00"), 3) == ["2026-03-05T00:00:00"]
    with pytest.raises(TermInvalid):
        next_occurrence("PT1H", SHANGHAI, at("2026-03-01T00:00"))


@given(st.integers(0, 120), st.integers(0, 100), st.integers(1, 10**6))
def test_a_period_is_read_back_as_written(months: int, days: int, seconds: int) -> None:
    expected = Period(months, days, timedelta(seconds=seconds))
    if months > 115:
        return
    assert parse_period(f"P{months}M{days}DT{seconds}S") == expected
