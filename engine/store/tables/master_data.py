"""Imports of master data: what was read when and by whom, and the rows that were refused."""

from sqlalchemy import Column, ForeignKey, Index, Integer, String, Table, Text

from engine.store.tables.metadata import metadata
from engine.store.types import UtcDateTime

master_import = Table(
    "master_import",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("kind", String(32), nullable=False),  # customers, contacts, contracts, projects, sla_items, …
    Column("file_name", String(255), nullable=False),
    Column("file_sha256", String(64), nullable=False),
    Column("header", Text, nullable=False),  # as CSV: refused rows go out under it again
    Column("rows_read", Integer, nullable=False),
    Column("rows_created", Integer, nullable=False),
    Column("rows_changed", Integer, nullable=False),
    Column("rows_unchanged", Integer, nullable=False),
    Column("rows_rejected", Integer, nullable=False),
    Column("imported_at", UtcDateTime, nullable=False),
    Column("imported_by_id", Integer, ForeignKey("user.id")),
    Index("ix_master_import_imported", "imported_at", "id"),
)

master_import_reject = Table(
    "master_import_reject",
    metadata,
    Column("import_id", Integer, ForeignKey("master_import.id"), primary_key=True),
    Column("line", Integer, primary_key=True),
    Column("reason_zh", String(300), nullable=False),
    Column("reason_en", String(300), nullable=False),
    Column("content", Text, nullable=False),
)
