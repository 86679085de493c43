"""Incidents of the customers as the ticket system reports them, and the callbacks they call for."""

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Index, Integer, String, Table, Text, UniqueConstraint

from engine.store.tables.metadata import metadata
from engine.store.types import UtcDateTime

incident = Table(
    "incident",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("source", String(64), nullable=False),
    Column("number", String(64), nullable=False),
    Column("state", String(16), nullable=False),  # open, resolved, closed, cancelled, reopened (by a callback)
    Column("source_state", String(64), nullable=False, server_default=""),
    Column("caller", String(200), nullable=False, server_default=""),
    Column("caller_phone", String(64), nullable=False, server_default=""),
    Column("customer", String(200), nullable=False, server_default=""),
    Column("summary", String(300), nullable=False, server_default=""),
    Column("category", String(200), nullable=False, server_default=""),
    Column("subcategory", String(200), nullable=False, server_default=""),
    Column("priority", String(32), nullable=False, server_default=""),
    Column("assignment_group", String(200), nullable=False, server_default=""),
    Column("assigned_to", String(200), nullable=False, server_default=""),
    Column("opened_at", UtcDateTime, nullable=False),
    Column("responded_at", UtcDateTime),  # when somebody first took it up
    Column("resolved_at", UtcDateTime),  # of the current resolution; none while the incident is open again
    Column("closed_at", UtcDateTime),
    Column("reopen_count", Integer, nullable=False, server_default="0"),  # as the ticket system counts
    Column("reopened_at", UtcDateTime),  # when a callback last found it not solved
    Column("modification_count", Integer, nullable=False),
    Column("modified_at", UtcDateTime, nullable=False),  # of the latest event known
    Column("made_sla", Boolean),
    # Refers to project; no constraint, as SQLite cannot add one to a table that others refer to.
    Column("project_id", Integer),
    UniqueConstraint("source", "number"),
    Index("ix_incident_opened", "opened_at", "id"),
    Index("ix_incident_resolved", "resolved_at"),
    Index("ix_incident_state", "state", "opened_at", "id"),
    Index("ix_incident_number", "number"),
    Index("ix_incident_project", "project_id", "opened_at"),
)

# One row per resolution of an incident: a reopened incident that is resolved again gets a second one.
incident_resolution = Table(
    "incident_resolution",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("incident_id", Integer, ForeignKey("incident.id"), nullable=False),
    Column("ordinal", Integer, nullable=False),  # in the order they became known
    Column("resolved_at", UtcDateTime, nullable=False),
    Column("reopened_at", UtcDateTime),  # when it proved not to be one
    UniqueConstraint("incident_id", "ordinal"),
    UniqueConstraint("incident_id", "resolved_at"),
    Index("ix_incident_resolution_resolved", "resolved_at"),
)

# The callback of one resolution (policy 5.1(2)).
callback = Table(
    "callback",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("resolution_id", Integer, ForeignKey("incident_resolution.id"), nullable=False, unique=True),
    Column("instance_id", String(36), ForeignKey("process_instance.id"), nullable=False, unique=True),
    Column("due_at", UtcDateTime, nullable=False),  # 24 hours of wall clock after the resolution
    Column("status", String(16), nullable=False),  # open, reached, unreachable
    Column("first_attempt_at", UtcDateTime),
    Column("attempts", Integer, nullable=False),
    Column("overdue_at", UtcDateTime),  # when the clock found the 24 hours passed without an attempt
    Column("finished_at", UtcDateTime),
    Column("solved", Boolean),
    Column("score", Integer),  # 1 very poor to 5 very good
    Column("comment", Text),
    Column("complaint", Boolean),
    Column("complaint_content", Text),
    Index("ix_callback_status_due", "status", "due_at", "id"),
    Index("ix_callback_due", "due_at", "id"),
)

callback_attempt = Table(
    "callback_attempt",
    metadata,
    Column("callback_id", Integer, ForeignKey("callback.id"), primary_key=True),
    Column("ordinal", Integer, primary_key=True),
    Column("task_id", String(36), nullable=False, unique=True),  # a retried step finds what it did before
    Column("attempted_at", UtcDateTime, nullable=False),
    Column("reached", Boolean, nullable=False),
    Column("caller_id", Integer, ForeignKey("user.id")),
    Column("channel", String(32), nullable=False, server_default=""),
    Column("note", Text, nullable=False, server_default=""),
)

import_run = Table(
    "import_run",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("file_name", String(255), nullable=False),
    Column("file_sha256", String(64), nullable=False),
    Column("header", Text, nullable=False),  # of the file, as CSV: rejected rows go out under it again
    Column("source", String(64), nullable=False),
    Column("callbacks", String(32), nullable=False),  # all, none, since:<ISO date>
    Column("shift_seconds", Integer),  # how far the moments were moved, so that the same file moves alike again
    Column("status", String(16), nullable=False),  # running, finished, failed
    Column("bytes_total", BigInteger, nullable=False),
    Column("bytes_read", BigInteger, nullable=False),
    Column("rows_read", Integer, nullable=False),
    Column("rows_rejected", Integer, nullable=False),
    Column("incidents_created", Integer, nullable=False),
    Column("incidents_updated", Integer, nullable=False),
    Column("resolutions_created", Integer, nullable=False),
    Column("callbacks_started", Integer, nullable=False),
    Column("error_zh", Text),
    Column("error_en", Text),
    Column("started_at", UtcDateTime, nullable=False),
    Column("progressed_at", UtcDateTime, nullable=False),
    Column("finished_at", UtcDateTime),
    Column("started_by_id", Integer, ForeignKey("user.id")),
    Index("ix_import_run_file", "source", "file_sha256"),
)

import_reject = Table(
    "import_reject",
    metadata,
    Column("import_run_id", Integer, ForeignKey("import_run.id"), primary_key=True),
    Column("line", Integer, primary_key=True),
    Column("reason_zh", String(300), nullable=False),
    Column("reason_en", String(300), nullable=False),
    Column("content", Text, nullable=False),
)
