"""When a term is due, and the next occurrence of a recurring one.

An occurrence is known by its nominal local time (``2026-10-25T02:30:00``): unique keys on it make a recurring start
happen once although the clocks show that time twice. A nominal time that the clocks skip is due as much later.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from apscheduler.triggers.cron import CronTrigger

from engine.calendars.errors import TermInvalid
from engine.calendars.terms import LONGEST, Period, Term, add_period, parse_term

_CHANGE_OF_CLOCKS = timedelta(hours=3)
_TICK = timedelta(microseconds=1)
_MEAN_MONTH = timedelta(days=30.436875)


def _moment(moment: datetime, zone: ZoneInfo) -> datetime:
    return (moment if moment.tzinfo is not None else moment.replace(tzinfo=zone)).astimezone(UTC)


def _known(term: Term | str) -> Term:
    return parse_term(term) if isinstance(term, str) else term


def _nominal(at: datetime, zone: ZoneInfo) -> str:
    return at.astimezone(zone).replace(tzinfo=None).isoformat()


def due_at(term: Term | str, zone: ZoneInfo, start_at: datetime) -> datetime:
    """The moment (UTC) at which a timer that starts at the aware ``start_at`` is first due.

    A date that has passed is due at once, at that date. Raises :class:`TermInvalid` for a bad term or one more
    than ten years away.
    """
    known, start_at = _known(term), start_at.astimezone(UTC)
    if known.kind == "duration" and known.period is not None:
        return add_period(zone, start_at, known.period)
    moment = known.moment
    if moment is None or known.kind == "cycle":
        found = next_occurrence(known, zone, start_at - _TICK if moment else start_at, start_at=start_at)
        if found is None:
            raise TermInvalid(
                term=known.text, reason="all its occurrences have passed", reason_zh="所有发生时间均已过去"
            )
        return found[1]
    due = _moment(moment, zone)
    if due - start_at > LONGEST:
        raise TermInvalid(term=known.text, reason="more than ten years away", reason_zh="在十年之后")
    return due


def next_occurrence(
    term: Term | str, zone: ZoneInfo, after: datetime, *, start_at: datetime | None = None
) -> tuple[str, datetime] | None:
    """The first occurrence after the aware moment ``after``: its nominal local time and when it is due (UTC).

    A cycle counts from its own start (which is its first occurrence) or else from ``start_at`` (the first comes one
    period later; ``after`` itself if not given). ``None`` when the last occurrence has passed. Raises
    :class:`TermInvalid` for a bad term.
    """
    known, after = _known(term), after.astimezone(UTC)
    if known.cron is not None:
        return _next_cron(known.cron, zone, after)
    if known.kind == "date" and known.moment is not None:
        due = _moment(known.moment, zone)
        return (_nominal(due, zone), due) if due > after else None
    if known.kind == "cycle" and known.period is not None:
        return _next_in_cycle(known, known.period, zone, after, (start_at or after).astimezone(UTC))
    raise TermInvalid(term=known.text, reason="a duration does not recur", reason_zh="时长不是循环")


def _next_in_cycle(
    term: Term, period: Period, zone: ZoneInfo, after: datetime, start_at: datetime
) -> tuple[str, datetime] | None:
    anchor, first = (_moment(term.moment, zone), 0) if term.moment else (start_at, 1)
    length = period.months * _MEAN_MONTH + timedelta(days=period.days) + period.elapsed
    # Months and days differ in length: begin a little before the estimate and step forward.
    count = max(first, (after - anchor) // length - 2)
    while (due := add_period(zone, anchor, period.times(count))) <= after:
        count += 1
    if term.repetitions is not None and count >= first + term.repetitions:
        return None
    return _nominal(due, zone), due


def _next_cron(trigger: CronTrigger, zone: ZoneInfo, after: datetime) -> tuple[str, datetime]:
    # Right after the clocks were put forward, an occurrence that they skipped may still lie ahead.
    local = after.astimezone(zone)
    changed = local.utcoffset() != (after - _CHANGE_OF_CLOCKS).astimezone(zone).utcoffset()
    nominal = local.replace(tzinfo=UTC) - (_CHANGE_OF_CLOCKS if changed else timedelta())
    while True:
        nominal = trigger.get_next_fire_time(None, nominal + _TICK)
        due = nominal.replace(tzinfo=zone, fold=0).astimezone(UTC)
        if due > after:
            return nominal.replace(tzinfo=None).isoformat(), due
