"""Which formula computes which indicator, and what is told beside the figure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import Connection

from engine.indicators import callbacks, complaints, duties, quality, satisfaction, service_levels, spare_parts
from engine.indicators.counting import Counting, Formula, Span

# Further figures of one period, from its counted: a dict of whole numbers that a snapshot keeps as it is.
Details = Callable[[Connection, Counting, Span, int | None], dict[str, Any]]

FORMULAS: Mapping[str, Formula] = {
    "I01": service_levels.response,
    "I02": service_levels.resolution,
    "I03": service_levels.attainment,
    "I04": service_levels.resolved_of_closed,
    "I05": service_levels.time_to_resolve,
    "I06": callbacks.in_time,
    "I07": callbacks.reached,
    "I08": callbacks.confirmed,
    "I09": callbacks.satisfaction,
    "I10": satisfaction.answers,
    "I11": service_levels.reopened,
    "I12": complaints.rate,
    "I13": complaints.in_time,
    "I14": complaints.visited,
    "I15": complaints.recurring,
    "I16": spare_parts.in_time,
    "I17": spare_parts.complete,
    "I18": spare_parts.usable,
    "I19": quality.service_reports,
    "I20": quality.meetings,
    "I21": quality.nonconformities,
    "I22": quality.effective,
    "I23": quality.actions,
    "I24": service_levels.changes,
    "I26": service_levels.first_time,
    "I27": duties.in_time,
}
DETAILS: Mapping[str, Details] = {
    "I02": service_levels.still_overdue,
    "I03": service_levels.items,
    "I04": service_levels.backlog,
    "I05": service_levels.spread,
    "I09": callbacks.scores,
    "I10": satisfaction.estimate,
    "I17": spare_parts.whole_requests,
}
# Those whose records belong to projects; the others are figures of the organisation only.
OF_PROJECTS = FORMULAS.keys() - {"I10", "I18", "I20", "I21", "I22", "I23", "I27"}
# Whose figure is more than the ratio of what is counted: its details say it.
ESTIMATED = frozenset(("I10",))
OF_PRIORITIES = frozenset(("I01", "I02", "I03", "I04", "I05", "I06", "I07", "I08", "I09", "I11", "I26"))
