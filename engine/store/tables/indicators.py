"""Indicators: the targets the company sets itself, and the figures as they were when a report was issued."""

from sqlalchemy import Column, ForeignKey, Index, Integer, String, Table, Text, UniqueConstraint

from engine.store.tables.metadata import metadata
from engine.store.types import JsonText, UtcDateTime

# Targets and figures are kept in hundredths of the indicator's unit: 9500 is 95 %, 450 is 4.5 hours.
indicator_target = Table(
    "indicator_target",
    metadata,
    Column("indicator", String(8), primary_key=True),
    Column("target_hundredths", Integer, nullable=False),
    Column("warning_hundredths", Integer, nullable=False),  # between warning and target it is yellow, beyond it red
)

# One indicator of a period, frozen; when the data have changed since, the next revision stands beside it.
indicator_snapshot = Table(
    "indicator_snapshot",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("indicator", String(8), nullable=False),
    Column("period", String(16), nullable=False),  # 2026-03, 2026-Q1, 2026
    Column("scope", String(80), nullable=False, server_default=""),  # empty: the organisation; else project:<code>
    Column("revision", Integer, nullable=False),
    Column("numerator", Integer, nullable=False),
    Column("denominator", Integer, nullable=False),
    Column("excluded", Integer, nullable=False),  # cancelled or withdrawn records, which count nowhere
    Column("value_hundredths", Integer),  # none: nothing to measure
    Column("target_hundredths", Integer),
    Column("warning_hundredths", Integer),
    Column("status", String(16), nullable=False),  # met, warning, missed, no_data, no_source
    Column("details", JsonText, nullable=False),  # median, interval, by priority and what else belongs to it
    Column("records", JsonText, nullable=False),  # by type → "numerator/denominator" → ids
    Column("reason", Text, nullable=False, server_default=""),  # of a revision
    Column("report_id", Integer, ForeignKey("report.id")),  # the report it was first frozen for
    Column("taken_at", UtcDateTime, nullable=False),
    Column("taken_by_id", Integer, ForeignKey("user.id")),
    UniqueConstraint("indicator", "period", "scope", "revision"),
    Index("ix_indicator_snapshot_period", "period", "scope"),
)
