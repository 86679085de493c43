"""What was published: processes, forms and decisions, each content once, each version for ever."""

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, String, Table, UniqueConstraint

from engine.store.tables.metadata import metadata
from engine.store.types import Bytes, JsonText, UtcDateTime

deployment = Table(
    "deployment",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("deployed_at", UtcDateTime, nullable=False),
    Column("deployed_by_id", Integer, ForeignKey("user.id")),
    Column("reason", String(500), nullable=False),
)

process_definition = Table(
    "process_definition",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("deployment_id", Integer, ForeignKey("deployment.id"), nullable=False),
    Column("key", String(100), nullable=False),
    Column("version", Integer, nullable=False),
    Column("version_tag", String(100), nullable=False, server_default=""),
    Column("name_zh", String(200), nullable=False),
    Column("name_en", String(200), nullable=False),
    Column("area", String(64), nullable=False, server_default=""),
    Column("content_hash", String(64), nullable=False),
    Column("xml", Bytes, nullable=False),
    Column("rules", Bytes),  # the rules file beside the diagram, as it was published
    Column("starter_groups", JsonText, nullable=False),
    Column("start_form_key", String(100)),
    Column("start_message", String(200)),
    Column("is_latest", Boolean, nullable=False),
    UniqueConstraint("key", "version"),
    Index("ix_process_definition_latest", "is_latest", "key"),
)

form_definition = Table(
    "form_definition",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("deployment_id", Integer, ForeignKey("deployment.id"), nullable=False),
    Column("key", String(100), nullable=False),
    Column("version", Integer, nullable=False),
    Column("content_hash", String(64), nullable=False),
    Column("source", Bytes, nullable=False),
    Column("is_latest", Boolean, nullable=False),
    UniqueConstraint("key", "version"),
)

# One row per decision; those of one file share their source.
decision_definition = Table(
    "decision_definition",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("deployment_id", Integer, ForeignKey("deployment.id"), nullable=False),
    Column("key", String(100), nullable=False),
    Column("version", Integer, nullable=False),
    Column("name_zh", String(200), nullable=False),
    Column("name_en", String(200), nullable=False),
    Column("content_hash", String(64), nullable=False),
    Column("source", Bytes, nullable=False),
    Column("is_latest", Boolean, nullable=False),
    UniqueConstraint("key", "version"),
)

process_definition_form = Table(
    "process_definition_form",
    metadata,
    Column("process_definition_id", Integer, ForeignKey("process_definition.id"), primary_key=True),
    Column("form_key", String(100), primary_key=True),
    Column("form_definition_id", Integer, ForeignKey("form_definition.id"), nullable=False),
)

process_definition_decision = Table(
    "process_definition_decision",
    metadata,
    Column("process_definition_id", Integer, ForeignKey("process_definition.id"), primary_key=True),
    Column("decision_key", String(100), primary_key=True),
    Column("decision_definition_id", Integer, ForeignKey("decision_definition.id"), nullable=False),
)

# Which version of another process a version calls: fixed when it was published, so that a case stays what it was.
process_definition_call = Table(
    "process_definition_call",
    metadata,
    Column("process_definition_id", Integer, ForeignKey("process_definition.id"), primary_key=True),
    Column("called_key", String(100), primary_key=True),
    Column("called_definition_id", Integer, ForeignKey("process_definition.id"), nullable=False),
)
