"""Terms as a BPMN timer may hold them: ISO 8601 durations, dates and repeating intervals, and cron lines."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal, NoReturn
from zoneinfo import ZoneInfo

from apscheduler.triggers.cron import CronTrigger

from engine.calendars.cron import CronRefused, parse_cron
from engine.calendars.errors import TermInvalid
from engine.feel.arithmetic import add_months
from engine.feel.temporal import parse_datetime, temporal_text
from engine.feel.values import YearsMonths

_PERIOD = re.compile(
    r"P(?=.)(?:(\d{1,4})Y)?(?:(\d{1,5})M)?(?:(\d{1,5})W)?(?:(\d{1,6})D)?"
    r"(?:T(?=.)(?:(\d{1,7})H)?(?:(\d{1,8})M)?(?:(\d{1,9})(?:\.(\d{1,6}))?S)?)?",
    re.ASCII,
)
_CYCLE = re.compile(r"R(\d{0,6})/(?:([^/P][^/]*)/)?(P[^/]+)", re.ASCII)
_SHORTEST = timedelta(seconds=1)
_LONGEST_MONTHS = 120
LONGEST = timedelta(days=3653)
_LONGEST_TEXT = 200


@dataclass(frozen=True)
class Period:
    """A length of time: calendar months and days (as the local calendar counts them) and elapsed time."""

    months: int = 0
    days: int = 0
    elapsed: timedelta = timedelta()

    def times(self, count: int) -> Period:
        """So many of them in a row, counted from the start: the 31st does not drift to the 28th."""
        return Period(self.months * count, self.days * count, self.elapsed * count)


@dataclass(frozen=True)
class Term:
    """A timer's term: ``moment`` for a date or a cycle's start (read in the organisation's zone without an offset),
    ``period`` for a duration or cycle, ``repetitions`` of a cycle (None is for ever), ``cron`` for a cron line."""

    text: str
    kind: Literal["duration", "date", "cycle", "cron"]
    period: Period | None = None
    moment: datetime | None = None
    repetitions: int | None = None
    cron: CronTrigger | None = None


def _refuse(term: str, reason: str, reason_zh: str) -> NoReturn:
    raise TermInvalid(term=term[:_LONGEST_TEXT], reason=reason, reason_zh=reason_zh)


def parse_period(text: str) -> Period:
    """An ISO 8601 duration from 1 second to 10 years, e.g. ``P1M``, ``P2W``, ``P1DT2H``; raises TermInvalid."""
    match = _PERIOD.fullmatch(text)
    if not match:
        _refuse(text, "no ISO 8601 duration such as PT24H or P1M", "不是 ISO 8601 时长（例如 PT24H、P1M）")
    years, months, weeks, days, hours, minutes, seconds = (int(part or 0) for part in match.groups()[:7])
    micros = int((match[8] or "").ljust(6, "0"))
    elapsed = timedelta(hours=hours, minutes=minutes, seconds=seconds, microseconds=micros)
    return _checked(text, Period(12 * years + months, 7 * weeks + days, elapsed))


def _checked(text: str, period: Period) -> Period:
    fixed = timedelta(days=period.days) + period.elapsed
    if not period.months and fixed < _SHORTEST:
        _refuse(text, "shorter than one second", "短于一秒")
    if period.months > _LONGEST_MONTHS or fixed + timedelta(days=30 * period.months) > LONGEST:
        _refuse(text, "longer than ten years", "长于十年")
    return period


def parse_term(term: str | date | timedelta | YearsMonths) -> Term:
    """What a timer may hold, as text or as the value of a FEEL expression; raises :class:`TermInvalid`.

    Text: ``PT24H``; ``2026-01-31T08:00:00+08:00``; ``R3/PT1H``, ``R/2026-01-31T08:00:00/P1M``; ``0 8 * * 1-5``.
    """
    if isinstance(term, str):
        return _parse_text(term.strip())
    if isinstance(term, timedelta):
        text = temporal_text(term)
        return Term(text, "duration", period=_checked(text, Period(elapsed=term)))
    if isinstance(term, YearsMonths):
        text = temporal_text(term)
        return Term(text, "duration", period=_checked(text, Period(months=term.months)))
    if isinstance(term, date):
        moment = term if isinstance(term, datetime) else datetime.combine(term, time())
        return Term(temporal_text(term), "date", moment=moment)
    _refuse(repr(term), "neither a duration nor a date", "既不是时长也不是日期")


def _parse_text(text: str) -> Term:
    if not text or len(text) > _LONGEST_TEXT:
        _refuse(text, "empty or too long", "为空或过长")
    if text[0] == "P":
        return Term(text, "duration", period=parse_period(text))
    if text[0] == "R":
        return _parse_cycle(text)
    if len(text.split()) == 5:
        try:
            return Term(text, "cron", cron=parse_cron(text))
        except CronRefused as refused:
            _refuse(text, *refused.reasons)
    moment = parse_datetime(text)
    if moment is None:
        _refuse(
            text,
            "neither a duration (PT24H), a date (2026-01-31T08:00:00), a cycle (R3/PT1H) nor cron (0 8 * * 1)",
            "不是时长（PT24H）、日期（2026-01-31T08:00:00）、循环（R3/PT1H）或 cron（0 8 * * 1）",
        )
    return Term(text, "date", moment=moment)


def _parse_cycle(text: str) -> Term:
    match = _CYCLE.fullmatch(text)
    if not match:
        _refuse(text, "no repeating interval such as R3/PT1H", "不是循环（例如 R3/PT1H）")
    repetitions = int(match[1]) if match[1] else None
    if repetitions == 0:
        _refuse(text, "it never occurs", "永远不会发生")
    moment = parse_datetime(match[2]) if match[2] else None
    if match[2] and moment is None:
        _refuse(text, "its start is no date and time", "起点不是日期时间")
    return Term(text, "cycle", period=parse_period(match[3]), moment=moment, repetitions=repetitions)


def add_period(zone: ZoneInfo, at: datetime, period: Period | str) -> datetime:
    """The moment a ``period`` (or ISO 8601 duration) after the aware moment ``at``, in UTC.

    Years, months, weeks and days keep the local time in ``zone``, hours and below elapse. A local time that the
    clocks skip becomes the same distance later; one that they repeat means its first passing.
    """
    length = parse_period(period) if isinstance(period, str) else period
    if not (length.months or length.days):
        return at.astimezone(UTC) + length.elapsed
    local = at.astimezone(zone)
    day = add_months(local.date(), length.months) + timedelta(days=length.days)
    nominal = datetime.combine(day, local.time().replace(fold=0), zone)
    return nominal.astimezone(UTC) + length.elapsed
