"""What the indicators say of a period: figures with their target and colour, trends, and the records behind them.

Common rules: a denominator of 0 has no value (never 0 % or 100 %); what is rolled up are numerators and denominators,
never ratios; fewer than five records are marked; a period is one of the organisation's zone.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from engine.actors import Actor
from engine.errors import Forbidden, Language
from engine.indicators.catalogue import INDICATORS, Indicator, indicator_of, written
from engine.indicators.counting import Counted, Counting, Span, Totals, breakdown, listed, of_project, totals
from engine.indicators.formulas import DETAILS, ESTIMATED, FORMULAS, OF_PRIORITIES, OF_PROJECTS
from engine.indicators.targets import Target, targets
from engine.periods import Period
from engine.runtime.library import Library

SMALL = 5
_DUTIES = "I27"
READERS = frozenset(
    {"service_desk", "operations", "technical_center", "quality", "management", "management_representative"}
)


@dataclass(frozen=True)
class Reading:
    """One indicator of one period. Figures are in hundredths of its unit; ``details`` are told beside it."""

    indicator: Indicator
    period: Period
    project_id: int | None
    totals: Totals
    value: int | None
    target: Target | None
    status: str  # met, warning, missed, no_data, no_source
    details: Mapping[str, Any]
    records: Sequence[Counted] | None = None  # what was counted, where it was asked for

    @property
    def is_small(self) -> bool:
        """Whether the figure rests on so few records that it says little."""
        return 0 < self.totals.denominator < SMALL

    def text(self, language: Language) -> str:
        """The figure with its unit, or a dash."""
        return figure(self.indicator, self.value, language)

    def to_json(self) -> dict[str, Any]:
        """The reading as reports keep it."""
        return {
            "indicator": self.indicator.key,
            "name_zh": self.indicator.zh,
            "name_en": self.indicator.en,
            "period": self.period.key,
            "project_id": self.project_id,
            "numerator": self.totals.numerator,
            "denominator": self.totals.denominator,
            "excluded": self.totals.excluded,
            "value": self.text("zh"),
            "value_hundredths": self.value,
            "target": "" if self.target is None else figure(self.indicator, self.target.target, "zh"),
            "status": self.status,
            "is_small": self.is_small,
            "details": dict(self.details),
        }


def figure(indicator: Indicator, value: int | None, language: Language) -> str:
    """Hundredths of the indicator's unit as people read them: 42.53%, 3.5 小时; a dash for nothing."""
    if value is None:
        return "—"
    space = " " if indicator.unit == "hours" else ""
    return f"{written(value)}{space}{indicator.sign(language)}"


def may_read(actor: Actor) -> bool:
    """Whether ``actor`` works with the figures."""
    return actor.is_administrator or bool(READERS & set(actor.groups.values()))


def require_reader(actor: Actor) -> None:
    """Raise ``Forbidden`` to somebody who does not work with the figures."""
    if not may_read(actor):
        raise Forbidden()


def compute(
    connection: Connection,
    period: Period,
    zone: ZoneInfo,
    now: datetime,
    project_id: int | None = None,
    keys: Collection[str] | None = None,
    library: Library | None = None,
    *,
    with_records: bool = False,
) -> list[Reading]:
    """What the indicators say of ``period`` at this moment, for a project or the organisation.

    ``keys`` limits them; those that belong to no project are left out of a project's. Duties (I27) need ``library``.
    """
    span, aims = Span((period,), zone, now, library), targets(connection, project_id)
    return [
        _read(connection, one, span, aims[one.key], project_id, with_records=with_records)
        for one in _wanted(project_id, keys)
    ]


def _wanted(project_id: int | None, keys: Collection[str] | None) -> list[Indicator]:
    return [
        one
        for key, one in INDICATORS.items()
        if (keys is None or key in keys) and (project_id is None or key in OF_PROJECTS)
    ]


def _read(
    connection: Connection,
    indicator: Indicator,
    span: Span,
    aim: Target,
    project_id: int | None,
    *,
    with_records: bool = False,
) -> Reading:
    key, period = indicator.key, span.periods[0]
    if key not in FORMULAS or (key == _DUTIES and span.library is None):
        return Reading(
            indicator, period, project_id, Totals(), None, aim, "no_source", {}, () if with_records else None
        )
    found = counted_of(connection, key, span, project_id)
    records = tuple(listed(connection, found)) if with_records else None
    known = found if records is None else records
    by_priority = breakdown(connection, known, "priority")
    sums = sum(by_priority.values(), Totals())
    details: dict[str, Any] = {}
    if key in DETAILS:
        details |= DETAILS[key](connection, found, span, project_id)
    if key in OF_PRIORITIES and sums.denominator:
        details["priorities"] = _priorities(indicator, by_priority, aim)
    value = details.get("value", indicator.value(sums.numerator, sums.denominator))
    return Reading(indicator, period, project_id, sums, value, aim, aim.status(indicator, value), details, records)


def _priorities(
    indicator: Indicator, by_priority: Mapping[tuple[Any, ...], Totals], aim: Target
) -> list[dict[str, Any]]:
    rows = []
    for (priority,), sums in sorted(by_priority.items()):
        value = indicator.value(sums.numerator, sums.denominator)
        rows.append(
            {
                "priority": priority,
                "numerator": sums.numerator,
                "denominator": sums.denominator,
                "value": value,
                "status": aim.status(indicator, value),
            }
        )
    return rows


def counted_of(connection: Connection, key: str, span: Span, project_id: int | None = None) -> Counting:
    """What an indicator counts in some periods. Raises ``IndicatorUnknown``."""
    if indicator_of(key).key not in FORMULAS or (project_id is not None and key not in OF_PROJECTS):
        return []
    return of_project(FORMULAS[key](connection, span), project_id)


def trend(
    connection: Connection,
    period: Period,
    zone: ZoneInfo,
    now: datetime,
    *,
    count: int = 6,
    project_id: int | None = None,
    keys: Collection[str] | None = None,
    library: Library | None = None,
) -> dict[str, list[Reading]]:
    """The indicators of ``count`` periods that end with ``period``, without details, by key: one query for each."""
    span = Span(tuple(period.shifted(back) for back in range(1 - count, 1)), zone, now, library)
    alone = [replace(span, periods=(past,)) for past in span.periods]
    aims, found = targets(connection, project_id), {}
    for one in _wanted(project_id, keys):
        aim = aims[one.key]
        if one.key not in FORMULAS or (one.key == _DUTIES and library is None):
            found[one.key] = [_read(connection, one, past, aim, project_id) for past in alone]
            continue
        sums = totals(connection, counted_of(connection, one.key, span, project_id), span)
        found[one.key] = [
            _read(connection, one, past, aim, project_id)
            if one.key in ESTIMATED and each.denominator
            else _plain(one, past.periods[0], project_id, each, aim)
            for past, each in zip(alone, sums, strict=True)
        ]
    return found


def _plain(indicator: Indicator, period: Period, project_id: int | None, sums: Totals, aim: Target) -> Reading:
    value = indicator.value(sums.numerator, sums.denominator)
    return Reading(indicator, period, project_id, sums, value, aim, aim.status(indicator, value), {})


def by_project(
    connection: Connection, key: str, period: Period, zone: ZoneInfo, now: datetime
) -> dict[tuple[int | None, str], Totals]:
    """The sums of a period by project and priority."""
    found = counted_of(connection, key, Span((period,), zone, now))
    return {(row[0], row[1]): one for row, one in breakdown(connection, found, "project_id", "priority").items()}


def records(
    connection: Connection,
    actor: Actor,
    key: str,
    period: Period,
    zone: ZoneInfo,
    now: datetime,
    project_id: int | None = None,
    library: Library | None = None,
) -> list[Counted]:
    """Every record behind an indicator, those that spoil it first, then the latest. Raises ``Forbidden``."""
    require_reader(actor)
    span = Span((period,), zone, now, library)
    return in_order(INDICATORS[key], listed(connection, counted_of(connection, key, span, project_id)), zone)


def in_order(indicator: Indicator, found: Iterable[Counted], zone: ZoneInfo) -> list[Counted]:
    """Records as people read them: those that spoil the figure first, then the latest; the excluded ones last."""
    if indicator.unit == "hours":
        return sorted(found, key=lambda one: (one.excluded, -one.numerator))
    missed_first = indicator.better == "up"
    return sorted(
        found, key=lambda one: (one.excluded, (one.numerator >= one.denominator) == missed_first, -_seconds(one, zone))
    )


def _seconds(one: Counted, zone: ZoneInfo) -> float:
    at = one.at if isinstance(one.at, datetime) else datetime(one.at.year, one.at.month, one.at.day, tzinfo=zone)
    return at.timestamp()
