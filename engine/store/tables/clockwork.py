"""Deadlines as rows, recurring starts, and effects waiting to leave the database."""

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, String, Table, Text, UniqueConstraint, text

from engine.store.tables.metadata import metadata
from engine.store.types import JsonText, UtcDateTime

_PENDING = text("status = 'pending'")

timer = Table(
    "timer",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("instance_id", String(36), ForeignKey("process_instance.id"), nullable=False),
    Column("task_id", String(36), nullable=False),
    Column("element_id", String(200), nullable=False),
    Column("due_at", UtcDateTime, nullable=False),
    Column("status", String(16), nullable=False),  # pending, fired, cancelled, failed
    Column("attempts", Integer, nullable=False),
    Column("last_error", Text),
    Column("created_at", UtcDateTime, nullable=False),
    Column("fired_at", UtcDateTime),
    UniqueConstraint("instance_id", "task_id", "due_at"),
    Index("ix_timer_due", "due_at", sqlite_where=_PENDING, postgresql_where=_PENDING),
)

schedule = Table(
    "schedule",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("definition_key", String(100), nullable=False),
    Column("element_id", String(200), nullable=False),
    Column("term", String(200), nullable=False),
    Column("next_nominal", String(32)),
    Column("next_due_at", UtcDateTime),
    Column("is_enabled", Boolean, nullable=False),
    UniqueConstraint("definition_key", "element_id"),
    Index("ix_schedule_next_due", "next_due_at"),
)

# The guard against a second start of the same occurrence (two nodes, an hour that comes twice) and its evidence.
schedule_run = Table(
    "schedule_run",
    metadata,
    Column("schedule_id", Integer, ForeignKey("schedule.id"), primary_key=True),
    Column("nominal", String(32), primary_key=True),
    Column("due_at", UtcDateTime, nullable=False),
    Column("started_at", UtcDateTime, nullable=False),
    Column("instance_id", String(36), ForeignKey("process_instance.id")),
)

outbox = Table(
    "outbox",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("kind", String(64), nullable=False),
    Column("dedup_key", String(200), nullable=False, unique=True),
    Column("instance_id", String(36), ForeignKey("process_instance.id")),
    Column("payload", JsonText, nullable=False),
    Column("status", String(16), nullable=False),  # pending, sent, failed
    Column("available_at", UtcDateTime, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("last_error", Text),
    Column("created_at", UtcDateTime, nullable=False),
    Column("sent_at", UtcDateTime),
    Index("ix_outbox_available", "available_at", sqlite_where=_PENDING, postgresql_where=_PENDING),
    Index("ix_outbox_instance", "instance_id"),
)
