"""I12 to I15: how many complain, how fast they are answered, and whether it happens again."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, exists, func, or_, select, union_all

from engine.indicators.counting import Counting, Span, counted_columns, listed, yes
from engine.indicators.service_levels import resolved_of_closed
from engine.store.tables import complaint, process_instance, project

RECURS_WITHIN = timedelta(days=90)
_IS_WITHDRAWN = or_(
    complaint.c.status == "withdrawn",
    and_(
        complaint.c.status != "closed",
        exists().where(process_instance.c.id == complaint.c.instance_id, process_instance.c.status == "cancelled"),
    ),
)
# A complaint names its project in words.
_PROJECT = (
    select(func.min(project.c.id))
    .where(complaint.c.project != "", complaint.c.project.in_((project.c.name, project.c.code)))
    .scalar_subquery()
)


def _columns(at: ColumnElement[Any], numerator: ColumnElement[Any] | int, denominator: int = 1) -> Select[Any]:
    return select(
        *counted_columns(
            "complaint",
            complaint.c.id,
            number=complaint.c.number,
            title=complaint.c.subject,
            at=at,
            numerator=numerator,
            denominator=denominator,
            excluded=_IS_WITHDRAWN,
            project_id=_PROJECT,
        )
    )


def rate(connection: Connection, span: Span) -> Counting:
    """I12: complaints received above the line, incidents closed below it."""
    received = _columns(complaint.c.received_at, 1, 0).where(span.within(complaint.c.received_at))
    closed = resolved_of_closed(connection, span)
    assert isinstance(closed, Select)
    tickets = closed.subquery()
    below = select(
        *(tickets.c[name] for name in ("record_type", "record_id", "number", "title", "at")),
        (tickets.c.numerator * 0).label("numerator"),
        *(tickets.c[name] for name in ("denominator", "excluded", "project_id", "priority")),
    )
    both = union_all(received, below).subquery()
    return select(both)


def in_time(_connection: Connection, span: Span) -> Counting:
    """I13: complaints whose term ends in the period, and which were answered within it."""
    is_in_time = yes(complaint.c.answered_at <= complaint.c.resolve_due_at)
    rows = _columns(complaint.c.resolve_due_at, is_in_time)
    return rows.where(span.within(complaint.c.resolve_due_at), complaint.c.resolve_due_at <= span.now)


def visited(_connection: Connection, span: Span) -> Counting:
    """I14: major complaints closed, and which were followed by a visit."""
    rows = _columns(complaint.c.closed_at, yes(complaint.c.visit_score.is_not(None)))
    return rows.where(complaint.c.is_major, span.within(complaint.c.closed_at))


def recurring(connection: Connection, span: Span) -> Counting:
    """I15: complaints closed, and those the same customer had made of the same kind shortly before."""
    closed = list(listed(connection, _columns(complaint.c.closed_at, 0).where(span.within(complaint.c.closed_at))))
    columns = (complaint.c.id, complaint.c.customer, complaint.c.kind, complaint.c.received_at)
    known = connection.execute(select(*columns).where(complaint.c.customer != "", ~_IS_WITHDRAWN)).all()
    moments: dict[tuple[str, str], list[Any]] = {}
    of = {row.id: row for row in known}
    for row in known:
        moments.setdefault((row.customer.lower(), row.kind), []).append(row.received_at)

    def is_repeat(record_id: int | None) -> bool:
        row = of.get(record_id)
        if row is None:
            return False
        before = moments[row.customer.lower(), row.kind]
        return any(row.received_at - RECURS_WITHIN <= at < row.received_at for at in before)

    return [replace(one, numerator=int(one.excluded == 0 and is_repeat(one.record_id))) for one in closed]
