"""I27: duties of the policy that fell due, and those done in time."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from sqlalchemy import Connection

from engine.indicators.counting import Counted, Counting, Span
from engine.obligations.matrix import Cell, matrix

_MOMENT = timedelta(seconds=1)


def in_time(connection: Connection, span: Span) -> Counting:
    """I27: each duty in each of its periods by its due moment; of a duty on every occasion all that arose."""
    if span.library is None:
        return []
    cells = (
        cell
        for year in range(span.first_on.year, span.last_on.year + 1)
        for row in matrix(connection, span.library, year=year, zone=span.zone, now=span.now)
        for cell in row.cells
    )
    return [one for cell in cells if span.holds(_last_moment(cell)) for one in _case(cell)]


def _last_moment(cell: Cell) -> datetime:
    return cell.due_at - _MOMENT


def _case(cell: Cell) -> Iterator[Counted]:
    done, due = _counts(cell)
    excluded = int(cell.status == "waived")
    if due or excluded:
        duty = cell.obligation
        number = f"{duty.id} {cell.period.key}"
        yield Counted("obligation", None, number, duty.zh, _last_moment(cell), done, due, excluded)


def _counts(cell: Cell) -> tuple[int, int]:
    """Done in time, and due."""
    if cell.obligation.kind == "each":
        return cell.on_time, cell.on_time + cell.late + cell.overdue
    if cell.status in ("late", "overdue", "missed"):
        return 0, 1
    return (1, 1) if cell.status == "done" else (0, 0)
