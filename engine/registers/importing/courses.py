"""The course of an incident between its report and now: when it was answered, waited for the customer, was reopened."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from operator import attrgetter

from engine.registers.importing.events import Event

# Waits by their beginning: when each ended (None: not yet), and the source's state.
Waits = dict[datetime, tuple[datetime | None, str]]
_ORDER = attrgetter("modification_count", "modified_at")


@dataclass
class Course:
    """What some events of one incident tell; ``reopened`` says of a moment of resolution when it proved to be none."""

    responded_at: datetime | None = None
    waits: Waits = field(default_factory=dict)
    reopened: dict[datetime, datetime] = field(default_factory=dict)
    worked_at: list[datetime] = field(default_factory=list)


@dataclass(frozen=True)
class Before:
    """What was known of an incident: up to which event, and the resolution that stood then."""

    order: tuple[int, datetime]
    resolved_at: datetime | None


def course_of(events: Sequence[Event], before: Before | None = None) -> Course:
    """The course that ``events`` tell, in whatever order they come."""
    course = Course()
    if len(events) > 1:
        events = sorted(events, key=_ORDER)
    waiting_since: datetime | None = None
    resolved_at: datetime | None = None
    for event in events:
        at = event.modified_at
        if event.responded_at is not None and (course.responded_at is None or event.responded_at < course.responded_at):
            course.responded_at = event.responded_at
        if before is not None and event.order > before.order:
            resolved_at, before = resolved_at or before.resolved_at, None
        if event.is_waiting:
            if waiting_since is None:
                waiting_since = at
                course.waits[at] = (None, event.source_state)
        else:
            course.worked_at.append(at)
            if waiting_since is not None:
                _end(course.waits, waiting_since, at)
                waiting_since = None
        if event.state == "open":
            if resolved_at is not None:
                course.reopened[resolved_at] = max(at, resolved_at)
                resolved_at = None
        elif event.is_resolution:
            resolved_at = event.resolved_at
    return course


def _end(waits: Waits, since: datetime, at: datetime) -> None:
    if since < at:
        waits[since] = (at, waits[since][1])
    else:
        del waits[since]


def merged_waits(known: Mapping[datetime, tuple[datetime | None, str]], course: Course) -> Waits:
    """The waits known so far together with those of ``course``: each ends with the first event after it that works."""
    merged = dict(known)
    for began_at, (ended_at, reason) in course.waits.items():
        host = next(
            (since for since, (to, _) in merged.items() if since <= began_at and (to is None or began_at < to)), None
        )
        if host is None:
            merged[began_at] = (ended_at, reason)
        elif ended_at is not None:
            merged[host] = (_earlier(merged[host][0], ended_at), merged[host][1])
    for at in course.worked_at:
        for since, (to, reason) in merged.items():
            if since < at and (to is None or at < to):
                merged[since] = (at, reason)
    return merged


def _earlier(one: datetime | None, other: datetime) -> datetime:
    return other if one is None else min(one, other)
