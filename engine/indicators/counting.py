"""The records behind an indicator: what each adds above and below the line, when, for which project.

Every formula yields what it counts, as a query or as a list; figures, trends and lists all follow from that.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import (
    ColumnElement,
    Connection,
    Date,
    Integer,
    Select,
    String,
    Subquery,
    and_,
    case,
    func,
    literal,
    select,
)
from sqlalchemy import null as sql_null

from engine.periods import Period
from engine.runtime.library import Library


@dataclass(frozen=True)
class Span:
    """Adjoining periods, earliest first, as they are at ``now``; days are those of ``zone``.

    ``library`` knows the processes whose steps are evidence of duties; without it nothing is said of those.
    """

    periods: tuple[Period, ...]
    zone: ZoneInfo
    now: datetime
    library: Library | None = None

    @property
    def first_on(self) -> date:
        """The first day."""
        return self.periods[0].first_on

    @property
    def last_on(self) -> date:
        """The last day."""
        return self._last_days[-1]

    @cached_property
    def _last_days(self) -> list[date]:
        return [one.last_on for one in self.periods]

    def day(self, moment: datetime) -> date:
        """The day of a moment."""
        return moment.astimezone(self.zone).date()

    def holds(self, moment: datetime | date) -> bool:
        """Whether a moment or day lies in one of the periods."""
        day = self.day(moment) if isinstance(moment, datetime) else moment
        return self.first_on <= day <= self.last_on

    def within(self, column: ColumnElement[Any]) -> ColumnElement[bool]:
        """Whether a column of moments or days lies in one of the periods."""
        return and_(column >= self._begin(self.periods[0], column), column < self._end(self.periods[-1], column))

    def ordinal(self, column: ColumnElement[Any]) -> ColumnElement[int]:
        """Which of the periods a column of moments or days that lies in one of them lies in, counted from 0."""
        *earlier, last = range(len(self.periods))
        bounds = [(column < self._end(self.periods[index], column), index) for index in earlier]
        return case(*bounds, else_=last) if bounds else literal(last)

    def ordinal_of(self, moment: datetime | date) -> int:
        """The same for a value."""
        day = self.day(moment) if isinstance(moment, datetime) else moment
        return bisect_left(self._last_days, day)

    def _begin(self, period: Period, column: ColumnElement[Any]) -> Any:
        return period.first_on if isinstance(column.type, Date) else period.starts_at(self.zone)

    def _end(self, period: Period, column: ColumnElement[Any]) -> Any:
        return period.next.first_on if isinstance(column.type, Date) else period.ends_at(self.zone)


@dataclass(frozen=True)
class Counted:
    """One record: what it adds to the numerator and the denominator at ``at``; an excluded one adds nothing."""

    record_type: str
    record_id: int | None
    number: str
    title: str
    at: datetime | date
    numerator: int
    denominator: int = 1
    excluded: int = 0
    project_id: int | None = None
    priority: str = ""


Counting = Select[Any] | Sequence[Counted]
Formula = Callable[[Connection, Span], Counting]


@dataclass(frozen=True)
class Totals:
    """The sums over what is counted."""

    numerator: int = 0
    denominator: int = 0
    excluded: int = 0

    def __add__(self, other: Totals) -> Totals:
        return Totals(
            self.numerator + other.numerator, self.denominator + other.denominator, self.excluded + other.excluded
        )


def counted_columns(
    record_type: str,
    record_id: ColumnElement[Any],
    *,
    number: ColumnElement[Any],
    title: ColumnElement[Any],
    at: ColumnElement[Any],
    numerator: ColumnElement[Any] | int,
    denominator: ColumnElement[Any] | int = 1,
    excluded: ColumnElement[bool] | None = None,
    project_id: ColumnElement[Any] | None = None,
    priority: ColumnElement[Any] | None = None,
) -> list[ColumnElement[Any]]:
    """The columns of a query of records; what is excluded counts neither above nor below the line."""
    above, below = _number(numerator), _number(denominator)
    if excluded is not None:
        above, below = case((excluded, 0), else_=above), case((excluded, 0), else_=below)
    return [
        literal(record_type, String).label("record_type"),
        record_id.label("record_id"),
        number.label("number"),
        title.label("title"),
        at.label("at"),
        above.label("numerator"),
        below.label("denominator"),
        (literal(0) if excluded is None else yes(excluded)).label("excluded"),
        (sql_null() if project_id is None else project_id).label("project_id"),
        (literal("", String) if priority is None else priority).label("priority"),
    ]


def yes(condition: ColumnElement[bool]) -> ColumnElement[int]:
    """1 where the condition holds, else 0."""
    return case((condition, 1), else_=0)


def _number(given: ColumnElement[Any] | int) -> ColumnElement[Any]:
    return literal(given, Integer) if isinstance(given, int) else given


def of_project(counted: Counting, project_id: int | None) -> Counting:
    """Those of one project; all of them without one."""
    if project_id is None:
        return counted
    if isinstance(counted, Select):
        found = counted.subquery()
        return select(found).where(found.c.project_id == project_id)
    return [one for one in counted if one.project_id == project_id]


def totals(connection: Connection, counted: Counting, span: Span) -> list[Totals]:
    """The sums in each of the periods."""
    if isinstance(counted, Select):
        found = counted.subquery()
        sums = _sums(connection, found, span.ordinal(found.c.at).label("ordinal"))
    else:
        sums = _added((span.ordinal_of(one.at), *_of(one)) for one in counted)
    return [sums.get((index,), Totals()) for index in range(len(span.periods))]


def breakdown(connection: Connection, counted: Counting, *names: str) -> dict[tuple[Any, ...], Totals]:
    """The sums over all periods by ``project_id``, ``priority`` or both."""
    if isinstance(counted, Select):
        found = counted.subquery()
        return _sums(connection, found, *(found.c[name] for name in names))
    return _added((*(getattr(one, name) for name in names), *_of(one)) for one in counted)


def _of(one: Counted) -> tuple[int, int, int]:
    return one.numerator, one.denominator, one.excluded


def _sums(connection: Connection, found: Subquery, *keys: ColumnElement[Any]) -> dict[tuple[Any, ...], Totals]:
    sums = [func.sum(one) for one in (found.c.numerator, found.c.denominator, found.c.excluded)]
    query = select(*keys, *sums).group_by(*(one.name for one in keys))
    return {
        tuple(row[: len(keys)]): Totals(*(int(one) for one in row[len(keys) :])) for row in connection.execute(query)
    }


def _added(rows: Iterable[tuple[Any, ...]]) -> dict[tuple[Any, ...], Totals]:
    sums: dict[tuple[Any, ...], Totals] = {}
    for *key, numerator, denominator, excluded in rows:
        sums[tuple(key)] = sums.get(tuple(key), Totals()) + Totals(numerator, denominator, excluded)
    return sums


def listed(connection: Connection, counted: Counting) -> Iterable[Counted]:
    """Every one of them."""
    if not isinstance(counted, Select):
        return counted
    return (Counted(**row._mapping) for row in connection.execute(counted))
