"""Documents made of records: their templates, what they said when they were issued, who got and read them."""

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, String, Table, UniqueConstraint

from engine.store.tables.metadata import metadata
from engine.store.types import Bytes, JsonText, UtcDateTime

# A Word file somebody uploaded in place of the one that is shipped; the latest of its kind is used.
document_template = Table(
    "document_template",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("kind", String(64), nullable=False),
    Column("version", Integer, nullable=False),
    Column("content", Bytes, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("reason", String(500), nullable=False),
    Column("is_latest", Boolean, nullable=False),
    Column("uploaded_by_id", Integer, ForeignKey("user.id")),
    Column("uploaded_at", UtcDateTime, nullable=False),
    UniqueConstraint("kind", "version"),
)

# One issue of a document: the figures as they were, and the Word file made of them.
document = Table(
    "document",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("number", String(64), nullable=False),
    Column("version", Integer, nullable=False),
    Column("kind", String(64), nullable=False),
    Column("title", String(300), nullable=False),
    Column("record_type", String(32), nullable=False),
    Column("record_id", Integer, nullable=False),
    Column("instance_id", String(36), ForeignKey("process_instance.id")),
    Column("status", String(16), nullable=False),  # draft, issued, superseded
    Column("data", JsonText, nullable=False),
    Column("template_id", Integer, ForeignKey("document_template.id")),  # none: the one that is shipped
    Column("content", Bytes, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("created_by_id", Integer, ForeignKey("user.id")),
    Column("created_at", UtcDateTime, nullable=False),
    Column("issued_at", UtcDateTime),
    UniqueConstraint("number", "version"),
    Index("ix_document_record", "record_type", "record_id"),
    Index("ix_document_created", "created_at", "id"),
)

document_recipient = Table(
    "document_recipient",
    metadata,
    Column("document_id", Integer, ForeignKey("document.id"), primary_key=True),
    Column("user_id", Integer, ForeignKey("user.id"), primary_key=True),
    Column("sent_at", UtcDateTime, nullable=False),
    Column("read_at", UtcDateTime),
    Index("ix_document_recipient_user", "user_id", "read_at"),
)

# A link that lets somebody outside the house do one thing once, without an account; only the token's hash is kept.
public_link = Table(
    "public_link",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("token_hash", String(64), nullable=False, unique=True),
    Column("kind", String(32), nullable=False),  # complaint
    Column("customer", String(200), nullable=False),
    Column("created_by_id", Integer, ForeignKey("user.id")),
    Column("created_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
    Column("used_at", UtcDateTime),
    Column("record_id", Integer),
)

# An unusable link somebody tried, by network address: guessing is slowed down.
public_link_failure = Table(
    "public_link_failure",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("address", String(64), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Index("ix_public_link_failure_address", "address", "at"),
)
