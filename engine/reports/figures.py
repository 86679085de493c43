"""The indicators of a report as they stand at a moment, in the words of both languages."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from engine import periods
from engine.actors import Actor
from engine.indicators import snapshots
from engine.indicators.readings import Reading, compute, figure, trend
from engine.reports.kinds import kind_of
from engine.runtime.library import Library
from engine.store.types import Record

_STATUSES = {
    "met": ("达成", "Met"),
    "warning": ("预警", "Warning"),
    "missed": ("未达成", "Missed"),
    "no_data": ("无数据", "No data"),
    "no_source": ("无来源", "No source"),
}


def figures_of(
    connection: Connection, row: Record, zone: ZoneInfo, now: datetime, library: Library
) -> list[dict[str, Any]]:
    """What the indicators of a report's kind say of its period, and of its project if it is about one."""
    keys = kind_of(row.kind).indicators
    if not keys:
        return []
    period, of_project = periods.parse(row.period), row.project_id
    known = trend(connection, period, zone, now, count=1, project_id=of_project, keys=keys, library=library)
    return [_figure(one) for (one,) in known.values() if one.status != "no_source"]


def freeze(
    connection: Connection, actor: Actor, row: Record, zone: ZoneInfo, now: datetime, library: Library
) -> list[dict[str, Any]]:
    """The figures of a report that is issued now; those of a regular one are kept with the records behind them."""
    keys = kind_of(row.kind).indicators
    if not keys:
        return []
    if row.occasion != "":
        return figures_of(connection, row, zone, now, library)
    period = periods.parse(row.period)
    known = compute(connection, period, zone, now, row.project_id, keys, library, with_records=True)
    snapshots.take(connection, actor, period, row.scope, now, zone=zone, report_id=row.id, library=library, known=known)
    return [_figure(one) for one in known if one.status != "no_source"]


def _figure(one: Reading) -> dict[str, Any]:
    indicator, totals = one.indicator, one.totals
    zh, en = _STATUSES[one.status]
    mark = "（样本少）" if one.is_small else ""
    return {
        "key": indicator.key,
        "name": indicator.zh,
        "name_en": indicator.en,
        "value_text": one.text("zh") + mark,
        "value_text_en": one.text("en") + (" (few)" if one.is_small else ""),
        "target_text": _target(one),
        "numerator": totals.numerator,
        "denominator": totals.denominator,
        "count_text": f"{totals.numerator}/{totals.denominator}" if totals.denominator else "",
        "status": one.status,
        "status_text": zh,
        "status_text_en": en,
    }


def _target(one: Reading) -> str:
    if one.target is None:
        return ""
    return f"{'≥' if one.indicator.better == 'up' else '≤'} {figure(one.indicator, one.target.target, 'zh')}"
