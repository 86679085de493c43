"""I16 to I18: whether spare parts came in time, came whole, and work."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Select, case, func, select

from engine.indicators.counting import Counting, Span, counted_columns, yes
from engine.store.tables import spare_inspection, spare_part, spare_request, spare_request_line

_WITHDRAWN = spare_request.c.status == "withdrawn"


def in_time(_connection: Connection, span: Span) -> Counting:
    """I16: lines needed in the period, and those that were there by then."""
    is_in_time = yes(spare_request_line.c.delivered_at <= spare_request_line.c.needed_at)
    return _lines(span, is_in_time, 1)


def complete(_connection: Connection, span: Span) -> Counting:
    """I17: pieces asked for, and those that came with the first delivery."""
    first = func.coalesce(spare_request_line.c.first_delivered, 0)
    asked = spare_request_line.c.quantity
    return _lines(span, case((first > asked, asked), else_=first), asked)


def _lines(span: Span, numerator: Any, denominator: Any) -> Select[Any]:
    columns = counted_columns(
        "spare_request",
        spare_request.c.id,
        number=spare_request.c.number,
        title=spare_part.c.name,
        at=spare_request_line.c.needed_at,
        numerator=numerator,
        denominator=denominator,
        excluded=_WITHDRAWN,
        project_id=spare_request.c.project_id,
    )
    return (
        select(*columns)
        .select_from(spare_request_line)
        .join(spare_request, spare_request.c.id == spare_request_line.c.request_id)
        .join(spare_part, spare_part.c.id == spare_request_line.c.part_id)
        .where(span.within(spare_request_line.c.needed_at), spare_request_line.c.needed_at <= span.now)
    )


def whole_requests(connection: Connection, counted: Counting, _span: Span, _project_id: int | None) -> dict[str, Any]:
    """How many requests came whole with the first delivery."""
    assert isinstance(counted, Select)
    found = counted.subquery()
    each = (
        select(found.c.record_id, func.sum(found.c.denominator - found.c.numerator).label("missing"))
        .where(found.c.excluded == 0)
        .group_by(found.c.record_id)
        .subquery()
    )
    whole, requests = connection.execute(
        select(func.count().filter(each.c.missing == 0), func.count()).select_from(each)
    ).one()
    return {"requests_whole": whole, "requests": requests}


def usable(_connection: Connection, span: Span) -> Counting:
    """I18: pieces inspected, and those that were sound."""
    columns = counted_columns(
        "spare_inspection",
        spare_inspection.c.id,
        number=spare_part.c.code,
        title=spare_part.c.name,
        at=spare_inspection.c.inspected_on,
        numerator=spare_inspection.c.sound,
        denominator=spare_inspection.c.inspected,
    )
    rows = select(*columns).join(spare_part, spare_part.c.id == spare_inspection.c.part_id)
    return rows.where(span.within(spare_inspection.c.inspected_on))
