"""Spare parts: what lies in store, every move of it, what is asked for, and whether it still works."""

from sqlalchemy import Boolean, Column, Date, ForeignKey, Index, Integer, String, Table, Text, UniqueConstraint, true

from engine.store.tables.metadata import metadata
from engine.store.types import UtcDateTime

spare_part = Table(
    "spare_part",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("code", String(32), nullable=False, unique=True),
    Column("name", String(200), nullable=False),
    Column("model", String(200), nullable=False, server_default=""),
    Column("unit", String(16), nullable=False, server_default=""),
    Column("level", String(8), nullable=False),  # A on site, B in the city, C at the supplier
    Column("stock", Integer, nullable=False, server_default="0"),  # the sum of its moves, never below zero
    Column("minimum", Integer, nullable=False, server_default="0"),
    Column("location", String(100), nullable=False, server_default=""),
    Column("supplier", String(200), nullable=False, server_default=""),
    Column("is_active", Boolean, nullable=False, server_default=true()),
    Column("created_at", UtcDateTime, nullable=False),
    Index("ix_spare_part_created", "created_at", "id"),
)

spare_part_move = Table(
    "spare_part_move",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("part_id", Integer, ForeignKey("spare_part.id"), nullable=False),
    Column("kind", String(16), nullable=False),  # receive, issue, return, scrap, count
    Column("quantity", Integer, nullable=False),  # signed: issued and scrapped parts are below zero
    Column("balance", Integer, nullable=False),  # the stock after it
    Column("request_line_id", Integer, ForeignKey("spare_request_line.id")),
    Column("moved_at", UtcDateTime, nullable=False),
    Column("moved_by_id", Integer, ForeignKey("user.id")),
    Column("note", String(300), nullable=False, server_default=""),
    Column("dedup_key", String(100), unique=True),  # a retried step moves nothing twice
    Index("ix_spare_part_move_part", "part_id", "id"),
    Index("ix_spare_part_move_moved", "moved_at", "id"),
)

spare_request = Table(
    "spare_request",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("number", String(64), nullable=False, unique=True),
    Column("instance_id", String(36), ForeignKey("process_instance.id"), nullable=False, unique=True),
    Column("project_id", Integer, ForeignKey("project.id")),
    Column("incident_number", String(64), nullable=False, server_default=""),
    Column("requester_id", Integer, ForeignKey("user.id")),
    Column("purpose", Text, nullable=False, server_default=""),
    Column("requested_at", UtcDateTime, nullable=False),
    Column("needed_at", UtcDateTime, nullable=False),
    Column("status", String(16), nullable=False),  # open, purchasing, partial, delivered, closed, withdrawn
    Column("delivered_at", UtcDateTime),  # the last line's
    Column("closed_at", UtcDateTime),
    Index("ix_spare_request_requested", "requested_at", "id"),
    Index("ix_spare_request_status", "status", "requested_at", "id"),
)

spare_request_line = Table(
    "spare_request_line",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("request_id", Integer, ForeignKey("spare_request.id"), nullable=False),
    Column("ordinal", Integer, nullable=False),
    Column("part_id", Integer, ForeignKey("spare_part.id"), nullable=False),
    Column("quantity", Integer, nullable=False),
    Column("needed_at", UtcDateTime, nullable=False),
    Column("first_delivered", Integer),  # how many came with the first delivery; none before it
    Column("delivered", Integer, nullable=False, server_default="0"),
    Column("delivered_at", UtcDateTime),  # when the line was complete
    Column("returned", Integer, nullable=False, server_default="0"),
    Column("scrapped", Integer, nullable=False, server_default="0"),
    UniqueConstraint("request_id", "ordinal"),
    Index("ix_spare_request_line_needed", "needed_at"),
)

spare_inspection = Table(
    "spare_inspection",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("instance_id", String(36), ForeignKey("process_instance.id"), nullable=False),
    Column("part_id", Integer, ForeignKey("spare_part.id"), nullable=False),
    Column("inspected_on", Date, nullable=False),
    Column("inspected", Integer, nullable=False),
    Column("sound", Integer, nullable=False),
    Column("inspected_by_id", Integer, ForeignKey("user.id")),
    Column("note", String(300), nullable=False, server_default=""),
    UniqueConstraint("instance_id", "part_id"),
    Index("ix_spare_inspection_inspected", "inspected_on", "id"),
)
