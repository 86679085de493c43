"""Working calendars and terms: from a start and a term to the moment something is due.

Calendars know office hours, zones, China's statutory holidays and make-up working days (调休); terms are ISO 8601
durations, dates and repeating intervals, and cron in the organisation's zone. Nothing here reads the clock.
"""

from engine.calendars.errors import (
    CalendarInvalid,
    CalendarNeverOpens,
    CalendarUnknown,
    CalendarYearUnknown,
    TermInvalid,
)
from engine.calendars.functions import calendar_functions
from engine.calendars.model import (
    ALWAYS,
    DEFAULT_CALENDARS,
    STANDARD,
    Calendar,
    calendar_from_json,
    calendar_to_json,
    is_working_day,
)
from engine.calendars.occurrences import due_at, next_occurrence
from engine.calendars.terms import Period, Term, add_period, parse_period, parse_term
from engine.calendars.working_time import (
    add_working_days,
    add_working_time,
    is_open,
    next_opening,
    openings_between,
    working_time_between,
)

__all__ = [
    "ALWAYS",
    "DEFAULT_CALENDARS",
    "STANDARD",
    "Calendar",
    "CalendarInvalid",
    "CalendarNeverOpens",
    "CalendarUnknown",
    "CalendarYearUnknown",
    "Period",
    "Term",
    "TermInvalid",
    "add_period",
    "add_working_days",
    "add_working_time",
    "calendar_from_json",
    "calendar_functions",
    "calendar_to_json",
    "due_at",
    "is_open",
    "is_working_day",
    "next_occurrence",
    "next_opening",
    "openings_between",
    "parse_period",
    "parse_term",
    "working_time_between",
]
