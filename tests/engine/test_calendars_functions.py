"""Calendars in expressions: what a process owner writes into a due date or a timer."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from engine.calendars import DEFAULT_CALENDARS, CalendarUnknown, CalendarYearUnknown, calendar_functions
from engine.feel import EvaluationContext, FeelBudgetExceeded, FeelEvaluationError, compile_expression, to_json

SHANGHAI = ZoneInfo("Asia/Shanghai")
CONTEXT = EvaluationContext(zone=SHANGHAI, functions=calendar_functions(DEFAULT_CALENDARS, "standard"))
RESOLVED_AT = datetime(2026, 3, 6, 9, 30, tzinfo=UTC)  # Friday, 17:30 in Shanghai


def value(text: str, **variables: Any) -> Any:
    expression = compile_expression(text)
    return to_json(expression.evaluate({"resolved_at": RESOLVED_AT, **variables}, context=CONTEXT))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("working hours after(resolved_at, 4)", "2026-03-09T13:30:00+08:00"),
        ("working hours after(resolved_at, 0.25)", "2026-03-06T17:45:00+08:00"),
        ('working hours after(resolved_at, duration("PT4H"))', "2026-03-09T13:30:00+08:00"),
        ('working hours after(resolved_at, 4, "always")', "2026-03-06T21:30:00+08:00"),
        ("working days after(resolved_at, 1)", "2026-03-09T17:30:00+08:00"),
        ("working days after(date(resolved_at), 1)", "2026-03-09"),
        ('working days after("2026-02-13", 2)', "2026-02-24"),
        ('working days after(@"2026-03-09", -1)', "2026-03-06"),
        ('working days after("2026-03-06T17:30:00", 1)', "2026-03-09T17:30:00+08:00"),
        ('working hours between(resolved_at, "2026-03-09T10:00:00+08:00")', 1.5),
        ("is working day(resolved_at)", True),
        ('is working day("2026-02-14")', True),
        ('is working day(@"2026-02-16")', False),
        ('is working day("2026-03-07T23:30:00Z")', False),
        ('next opening(@"2026-03-07T10:00:00")', "2026-03-09T09:00:00+08:00"),
        ('next opening("2026-03-07")', "2026-03-09T09:00:00+08:00"),
        ("工作小时后(resolved_at, 4)", "2026-03-09T13:30:00+08:00"),
        ("工作日后(resolved_at, 1)", "2026-03-09T17:30:00+08:00"),
        ('工作小时数(resolved_at, "2026-03-09T10:00:00+08:00")', 1.5),
        ('是工作日("2026-02-14")', True),
        ('下次开门("2026-03-07")', "2026-03-09T09:00:00+08:00"),
        ('if is working day(resolved_at) then "班内" else "班外"', "班内"),
        ('next opening(resolved_at) + duration("P1D") < working hours after(resolved_at, 40)', True),
    ],
)
def test_due_dates_in_working_time(text: str, expected: Any) -> None:
    assert value(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "working days after(null, 1)",
        'working days after("soon", 1)',
        "working days after(resolved_at, 1.5)",
        "working days after(resolved_at, 99999)",
        'working hours after(resolved_at, "4")',
        "working hours after(resolved_at, 1000000)",
        'working hours after("soon", 4)',
        "working hours between(resolved_at, missing)",
        'working hours between(resolved_at, "9999-12-31")',
        "is working day(5)",
        "next opening([])",
    ],
)
def test_what_is_no_date_or_number_is_null_as_everywhere_in_feel(text: str) -> None:
    assert value(text) is None


def test_an_unknown_calendar_and_an_unknown_year_are_named_loudly() -> None:
    with pytest.raises(CalendarUnknown) as unknown:
        value('working hours after(resolved_at, 4, "vip")')
    assert "vip" in unknown.value.message("zh")
    with pytest.raises(CalendarYearUnknown):
        value('is working day("2099-01-05")')


def test_a_function_called_with_too_many_arguments_names_itself() -> None:
    with pytest.raises(FeelEvaluationError) as caught:
        value('working hours after(resolved_at, 4, "always", 5)')
    assert caught.value.details["function"] == "working hours after"


def test_a_loop_over_years_of_working_time_is_stopped() -> None:
    with pytest.raises(FeelBudgetExceeded) as caught:
        value('for i in 1..9000 return working hours between("2017-01-01", "2026-01-01")')
    assert "working hours between" in caught.value.message("en")


def test_python_callers_get_dates_and_moments() -> None:
    functions = calendar_functions(DEFAULT_CALENDARS, "always")
    assert functions["working days after"](date(2026, 3, 6), 1) == date(2026, 3, 7)
    assert functions["working hours after"](RESOLVED_AT, 1) == RESOLVED_AT + timedelta(hours=1)
