"""The clocks of service level agreements, and the ledger that says why one is late."""

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, String, Table, Text, UniqueConstraint

from engine.store.tables.metadata import metadata
from engine.store.types import UtcDateTime

# When an incident waited for the customer, as the ticket system's events tell.
incident_wait = Table(
    "incident_wait",
    metadata,
    Column("incident_id", Integer, ForeignKey("incident.id"), primary_key=True),
    Column("began_at", UtcDateTime, primary_key=True),
    Column("ended_at", UtcDateTime),  # none while it waits
    Column("reason", String(64), nullable=False),  # the source's state
)

# One incident against one item of its project's agreement. All that is here follows from the incident and the item.
sla_clock = Table(
    "sla_clock",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("incident_id", Integer, ForeignKey("incident.id"), nullable=False),
    Column("sla_item_id", Integer, ForeignKey("sla_item.id"), nullable=False),
    Column("project_id", Integer, ForeignKey("project.id"), nullable=False),
    Column("metric", String(16), nullable=False),  # response, resolution
    Column("priority", String(32), nullable=False),  # of the incident
    Column("target_minutes", Integer, nullable=False),
    Column("calendar_key", String(64)),  # none: around the clock
    Column("started_at", UtcDateTime, nullable=False),
    Column("due_at", UtcDateTime),  # none while it pauses: the customer decides how long
    Column("alarm_at", UtcDateTime),  # when people are to be told next: at 75 % of the target, and once it is passed
    Column("stopped_at", UtcDateTime),
    Column("counted_seconds", Integer, nullable=False),  # open time up to the last event, pauses left out
    Column("paused_seconds", Integer, nullable=False),  # open time that pauses took out
    Column("status", String(16), nullable=False),  # running, paused, met, missed, cancelled
    Column("is_stopped", Boolean, nullable=False),  # missed and still counting, or missed and done
    Column("warned_at", UtcDateTime),  # when the people were told that 75 % are gone
    Column("breached_at", UtcDateTime),  # the moment the target was passed
    Column("reported_at", UtcDateTime),  # when the people were told of the breach
    Column("handling_instance_id", String(36), ForeignKey("process_instance.id")),
    Column("cause_category", String(16), nullable=False, server_default=""),  # what the project manager found
    Column("cause", Text, nullable=False, server_default=""),
    Column("measure", Text, nullable=False, server_default=""),
    UniqueConstraint("incident_id", "sla_item_id"),
    Index("ix_sla_clock_alarm", "alarm_at"),
    Index("ix_sla_clock_status", "status", "started_at", "id"),
    Index("ix_sla_clock_started", "started_at", "id"),
    Index("ix_sla_clock_project", "project_id", "metric", "due_at"),
    Index("ix_sla_clock_handling", "handling_instance_id"),
)

sla_clock_entry = Table(
    "sla_clock_entry",
    metadata,
    Column("clock_id", Integer, ForeignKey("sla_clock.id"), primary_key=True),
    Column("ordinal", Integer, primary_key=True),
    Column("kind", String(16), nullable=False),  # closed, run, pause, resolved, target_changed, stop
    Column("from_at", UtcDateTime, nullable=False),
    Column("to_at", UtcDateTime),  # none: it goes on
    Column("counted_seconds", Integer, nullable=False),  # what this line adds to the time taken
    Column("excluded_seconds", Integer, nullable=False),  # open time that it leaves out
    Column("reason", String(100), nullable=False, server_default=""),
)
