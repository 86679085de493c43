"""I19 to I23: reports and meetings in time, nonconformities closed, actions done and effective."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, func, select

from engine.indicators.counting import Counted, Counting, Span, counted_columns, yes
from engine.periods import Period, of_day, parse
from engine.store.tables import corrective_action, improvement, nonconformity, report, work_item
from engine.store.types import Record

MEETING = "quality_meeting"
CHECK = "verify_effectiveness"


def service_reports(_connection: Connection, span: Span) -> Counting:
    """I19: service reports due in the period, and those the customer had by then."""
    columns = counted_columns(
        "report",
        report.c.id,
        number=report.c.number,
        title=report.c.title,
        at=report.c.due_at,
        numerator=yes(report.c.sent_at <= report.c.due_at),
        excluded=report.c.status == "cancelled",
        project_id=report.c.project_id,
    )
    return select(*columns).where(
        report.c.kind == "service_report", span.within(report.c.due_at), report.c.due_at <= span.now
    )


def meetings(connection: Connection, span: Span) -> Counting:
    """I20: months, and those whose quality meeting was held in time; a month without any minutes is one missed.

    The minutes of a month are about the month before, so the meeting of March is held in April: it counts in April.
    """
    columns = (report.c.id, report.c.number, report.c.title, report.c.period, report.c.held_on, report.c.due_at)
    query = select(*columns).where(report.c.kind == MEETING, report.c.scope == "", report.c.occasion == "")
    minutes = {parse(row.period).next: row for row in connection.execute(query.where(report.c.status != "cancelled"))}
    months = of_day("month", span.first_on), of_day("month", span.last_on)
    found, month = [], min(minutes, key=lambda one: one.first_on, default=months[1].next)
    while month.first_on <= months[1].first_on:
        if month.first_on >= months[0].first_on:
            found.append(_meeting(span, month, minutes.get(month)))
        month = month.next
    return [one for one in found if one is not None]


def _meeting(span: Span, month: Period, row: Record | None) -> Counted | None:
    due_on = month.last_on if row is None or row.due_at is None else span.day(row.due_at)
    held_on = None if row is None else row.held_on
    if due_on >= span.day(span.now):
        return None
    is_held = held_on is not None and held_on <= due_on
    if row is None:
        return Counted("report", None, month.key, "", month.last_on, 0)
    return Counted("report", row.id, row.number, row.title, month.last_on, int(is_held))


def nonconformities(connection: Connection, span: Span) -> Counting:
    """I21: every round of actions whose last deadline lies in the period, and whether all was done, verified, kept."""
    query = (
        select(
            corrective_action.c.round,
            corrective_action.c.due_on,
            corrective_action.c.done_at,
            corrective_action.c.verified_at,
            nonconformity.c.id,
            nonconformity.c.number,
            nonconformity.c.title,
            nonconformity.c.reopen_count,
            nonconformity.c.effective,
            nonconformity.c.status,
        )
        .join(nonconformity, nonconformity.c.id == corrective_action.c.nonconformity_id)
        .where(corrective_action.c.status != "withdrawn")
        .order_by(nonconformity.c.id, corrective_action.c.round)
    )
    rounds: dict[tuple[int, int], list[Any]] = defaultdict(list)
    for row in connection.execute(query):
        rounds[row.id, row.round].append(row)
    found = [_round(span, rows) for rows in rounds.values()]
    return [one for one in found if span.holds(one.at) and _has_passed(span, one)]


def _round(span: Span, rows: list[Any]) -> Counted:
    first = rows[0]
    failed = first.reopen_count >= first.round or (first.effective is False and first.status != "closed")
    is_good = not failed and all(
        row.verified_at is not None and row.done_at is not None and span.day(row.done_at) <= row.due_on for row in rows
    )
    excluded = int(first.status == "withdrawn")
    return Counted(
        "nonconformity",
        first.id,
        first.number,
        first.title,
        max(row.due_on for row in rows),
        int(is_good and not excluded),
        1 - excluded,
        excluded,
    )


def _has_passed(span: Span, one: Counted) -> bool:
    due_on = span.day(one.at) if isinstance(one.at, datetime) else one.at
    return due_on < span.day(span.now)


def effective(connection: Connection, span: Span) -> Counting:
    """I22: nonconformities whose effect was first looked at in the period, and those that had one."""
    checked = (
        select(work_item.c.instance_id, func.min(work_item.c.completed_at).label("at"))
        .where(work_item.c.element_id == CHECK, work_item.c.state == "completed")
        .where(work_item.c.definition_key == "nonconformity")
        .group_by(work_item.c.instance_id)
        .subquery()
    )
    columns = counted_columns(
        "nonconformity",
        nonconformity.c.id,
        number=nonconformity.c.number,
        title=nonconformity.c.title,
        at=checked.c.at,
        numerator=yes(and_(nonconformity.c.reopen_count == 0, nonconformity.c.effective)),
    )
    rows = select(*columns).join(checked, checked.c.instance_id == nonconformity.c.instance_id)
    return rows.where(span.within(checked.c.at))


def actions(connection: Connection, span: Span) -> Counting:
    """I23: actions due in the period, and those done by their day."""
    query = (
        select(
            corrective_action.c.number,
            corrective_action.c.description,
            corrective_action.c.due_on,
            corrective_action.c.done_at,
            corrective_action.c.status,
            corrective_action.c.nonconformity_id,
            corrective_action.c.management_review_id,
            improvement.c.id.label("improvement_id"),
        )
        .join(improvement, improvement.c.corrective_action_id == corrective_action.c.id, isouter=True)
        .where(span.within(corrective_action.c.due_on))
        .order_by(corrective_action.c.id)
    )
    today = span.day(span.now)
    return [_action(span, row) for row in connection.execute(query) if row.due_on < today]


def _action(span: Span, row: Record) -> Counted:
    is_excluded = row.status == "withdrawn"
    is_done = row.done_at is not None and span.day(row.done_at) <= row.due_on
    return Counted(
        *_holder(row),
        row.number,
        row.description[:300],
        row.due_on,
        int(is_done and not is_excluded),
        int(not is_excluded),
        int(is_excluded),
    )


def _holder(row: Record) -> tuple[str, int | None]:
    """The record whose page shows the action."""
    if row.nonconformity_id is not None:
        return "nonconformity", row.nonconformity_id
    if row.improvement_id is not None:
        return "improvement", row.improvement_id
    return "management_review", row.management_review_id
