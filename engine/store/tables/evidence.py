"""What proves that a duty was done: history, the audit chain, attachments, and the engine's own incidents."""

from sqlalchemy import Column, ForeignKey, Index, Integer, String, Table, Text

from engine.store.tables.metadata import metadata
from engine.store.types import Bytes, JsonText, UtcDateTime

history = Table(
    "history",
    metadata,
    Column("instance_id", String(36), ForeignKey("process_instance.id"), primary_key=True),
    Column("revision", Integer, primary_key=True),
    Column("sequence", Integer, primary_key=True),
    Column("at", UtcDateTime, nullable=False),
    Column("kind", String(32), nullable=False),
    Column("element_id", String(200), nullable=False, server_default=""),
    Column("work_item_id", String(36)),
    Column("actor_id", Integer, ForeignKey("user.id")),
    Column("data", JsonText),
)

audit = Table(
    "audit",
    metadata,
    Column("sequence", Integer, primary_key=True, autoincrement=False),
    Column("at", UtcDateTime, nullable=False),
    Column("actor", String(100), nullable=False),
    Column("action", String(64), nullable=False),
    Column("subject_type", String(64), nullable=False),
    Column("subject_id", String(100), nullable=False),
    Column("details", Text, nullable=False),
    Column("previous_hash", String(64), nullable=False),
    Column("hash", String(64), nullable=False),
    Index("ix_audit_subject", "subject_type", "subject_id", "sequence"),
)

# The end of the chain, one row: it serialises the writers and shows a chain that was cut short.
audit_head = Table(
    "audit_head",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("sequence", Integer, nullable=False),
    Column("hash", String(64), nullable=False),
)

attachment = Table(
    "attachment",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("instance_id", String(36), ForeignKey("process_instance.id")),
    Column("work_item_id", String(36), ForeignKey("work_item.id")),
    Column("name", String(255), nullable=False),
    Column("content_type", String(100), nullable=False),
    Column("size_bytes", Integer, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("content", Bytes, nullable=False),
    Column("uploaded_by_id", Integer, ForeignKey("user.id")),
    Column("uploaded_at", UtcDateTime, nullable=False),
    Index("ix_attachment_instance", "instance_id"),
    Index("ix_attachment_work_item", "work_item_id"),
)

engine_incident = Table(
    "engine_incident",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("kind", String(32), nullable=False),  # timer, schedule, outbox, service_task
    Column("instance_id", String(36), ForeignKey("process_instance.id")),
    Column("element_id", String(200), nullable=False, server_default=""),
    Column("source_id", String(64), nullable=False),
    Column("error_code", String(64), nullable=False),
    Column("message_zh", Text, nullable=False),
    Column("message_en", Text, nullable=False),
    Column("status", String(16), nullable=False),  # open, resolved
    Column("occurrences", Integer, nullable=False),
    Column("first_at", UtcDateTime, nullable=False),
    Column("last_at", UtcDateTime, nullable=False),
    Column("resolved_at", UtcDateTime),
    Column("resolved_by_id", Integer, ForeignKey("user.id")),
    Index("ix_engine_incident_open", "status", "last_at"),
    Index("ix_engine_incident_source", "kind", "source_id", "status"),
)
