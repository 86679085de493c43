"""Changing a process as a controlled document: the change with its files, trials, who owns what, and moved cases."""

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, String, Table, Text, UniqueConstraint, text

from engine.store.tables.metadata import metadata
from engine.store.types import Bytes, JsonText, UtcDateTime

_OPEN = text("status in ('editing', 'submitted', 'approved')")

# Who may change a process and who reviews what they changed; where no group is named, the administrators do.
process_owner = Table(
    "process_owner",
    metadata,
    Column("process_key", String(100), primary_key=True),
    Column("owner_group_id", Integer, ForeignKey("group.id")),
    Column("reviewer_group_id", Integer, ForeignKey("group.id")),
)

process_change = Table(
    "process_change",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("process_key", String(100), nullable=False),
    Column("base_definition_id", Integer, ForeignKey("process_definition.id")),  # none: a new process
    Column("status", String(16), nullable=False),  # editing, submitted, approved, published, discarded
    Column("revision", Integer, nullable=False),
    Column("author_id", Integer, ForeignKey("user.id"), nullable=False),
    Column("opened_at", UtcDateTime, nullable=False),
    Column("changed_at", UtcDateTime, nullable=False),
    Column("editor_id", Integer, ForeignKey("user.id")),  # who holds the lock
    Column("editor_seen_at", UtcDateTime),
    Column("reason", String(500), nullable=False, server_default=""),
    Column("effective_at", UtcDateTime),  # none: as soon as it is approved
    Column("submitted_by_id", Integer, ForeignKey("user.id")),
    Column("submitted_at", UtcDateTime),
    Column("reviewed_by_id", Integer, ForeignKey("user.id")),
    Column("reviewed_at", UtcDateTime),
    Column("review_note", String(1000), nullable=False, server_default=""),
    Column("deployment_id", Integer, ForeignKey("deployment.id")),
    Column("ended_at", UtcDateTime),
    Column("failure_zh", Text, nullable=False, server_default=""),  # why an approved change could not be published
    Column("failure_en", Text, nullable=False, server_default=""),
    Index("ix_process_change_key", "process_key", "id"),
    Index("ix_process_change_status", "status", "effective_at"),
)
# Two people never change one process side by side.
Index(
    "ix_process_change_one_open",
    process_change.c.process_key,
    unique=True,
    sqlite_where=_OPEN,
    postgresql_where=_OPEN,
)

process_change_file = Table(
    "process_change_file",
    metadata,
    Column("change_id", Integer, ForeignKey("process_change.id"), primary_key=True),
    Column("name", String(200), primary_key=True),  # <key>.bpmn, <key>.rules.yaml, <key>.paths.json, <form>.json, ….dmn
    Column("revision", Integer, nullable=False),
    Column("content", Bytes, nullable=False),
    Column("content_hash", String(64), nullable=False),
    Column("changed_at", UtcDateTime, nullable=False),
    Column("changed_by_id", Integer, ForeignKey("user.id"), nullable=False),
)

# Who edited the files of a change: whoever did may not approve it.
process_change_editor = Table(
    "process_change_editor",
    metadata,
    Column("change_id", Integer, ForeignKey("process_change.id"), primary_key=True),
    Column("user_id", Integer, ForeignKey("user.id"), primary_key=True),
)

# The walks of a process (its .paths.json), versioned like its forms; they are no part of what runs.
path_definition = Table(
    "path_definition",
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

# A run of a change in a sandbox: what was done in it, so that it can be done again.
trial = Table(
    "trial",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("change_id", Integer, ForeignKey("process_change.id"), nullable=False),
    Column("begun_by_id", Integer, ForeignKey("user.id"), nullable=False),
    Column("begun_at", UtcDateTime, nullable=False),
    Column("clock_at", UtcDateTime, nullable=False),  # the sandbox's clock at its beginning
    Column("revision", Integer, nullable=False),
    Column("start", JsonText),
    Column("steps", JsonText, nullable=False),
    Index("ix_trial_change", "change_id", "id"),
)

# What the walks said of the files of a change, by the digest of the files.
walk_run = Table(
    "walk_run",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("change_id", Integer, ForeignKey("process_change.id"), nullable=False),
    Column("files_hash", String(64), nullable=False),
    Column("status", String(16), nullable=False),  # running, finished, failed
    Column("started_at", UtcDateTime, nullable=False),
    Column("started_by_id", Integer, ForeignKey("user.id"), nullable=False),
    Column("heartbeat_at", UtcDateTime, nullable=False),
    Column("finished_at", UtcDateTime),
    Column("total", Integer, nullable=False),
    Column("results", JsonText, nullable=False),
    Index("ix_walk_run_change", "change_id", "id"),
)

# One case moved to another version, with what it was before, so that the move can be taken back.
instance_migration = Table(
    "instance_migration",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("batch_id", String(36), nullable=False),
    Column("instance_id", String(36), ForeignKey("process_instance.id"), nullable=False),
    Column("from_definition_id", Integer, ForeignKey("process_definition.id"), nullable=False),
    Column("to_definition_id", Integer, ForeignKey("process_definition.id"), nullable=False),
    Column("mapping", JsonText, nullable=False),  # element ids of the old version to those of the new one
    Column("before", JsonText, nullable=False),  # rows as they were: work items, timers, subscriptions
    Column("state_before", Bytes, nullable=False),
    Column("revision_after", Integer, nullable=False),
    Column("migrated_at", UtcDateTime, nullable=False),
    Column("migrated_by_id", Integer, ForeignKey("user.id"), nullable=False),
    Column("undone_at", UtcDateTime),
    Column("undone_by_id", Integer, ForeignKey("user.id")),
    Index("ix_instance_migration_batch", "batch_id"),
    Index("ix_instance_migration_instance", "instance_id", "id"),
)

# Calendars and roles from a moment on: what a version in force on a past date ran with.
configuration_version = Table(
    "configuration_version",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("kind", String(16), nullable=False),  # calendars, roles
    Column("valid_from_at", UtcDateTime, nullable=False),
    Column("content_hash", String(64), nullable=False),
    Column("content", Bytes, nullable=False),
    Index("ix_configuration_version_kind", "kind", "valid_from_at"),
)
