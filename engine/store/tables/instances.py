"""Running processes: the instance with its state, the work items people see, and what waits for messages."""

from sqlalchemy import Column, ForeignKey, Index, Integer, String, Table, text

from engine.store.tables.metadata import metadata
from engine.store.types import Bytes, JsonText, UtcDateTime

process_instance = Table(
    "process_instance",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("definition_id", Integer, ForeignKey("process_definition.id"), nullable=False),
    Column("definition_key", String(100), nullable=False),
    Column("business_key", String(100), nullable=False),
    Column("title", String(300), nullable=False),
    Column("revision", Integer, nullable=False),
    Column("status", String(16), nullable=False),  # active, completed, cancelled
    Column("state", Bytes, nullable=False),
    Column("started_at", UtcDateTime, nullable=False),
    Column("started_by_id", Integer, ForeignKey("user.id")),
    Column("ended_at", UtcDateTime),
    Index("ix_process_instance_business_key", "business_key"),
    Index("ix_process_instance_started_by", "started_by_id", "started_at"),
    Index("ix_process_instance_definition_status", "definition_key", "status", "started_at"),
    Index("ix_process_instance_started", "started_at", "id"),
)

work_item = Table(
    "work_item",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("instance_id", String(36), ForeignKey("process_instance.id"), nullable=False),
    Column("definition_id", Integer, ForeignKey("process_definition.id"), nullable=False),
    Column("definition_key", String(100), nullable=False),
    Column("element_id", String(200), nullable=False),
    Column("name_zh", String(200), nullable=False),
    Column("name_en", String(200), nullable=False),
    Column("lane", String(200), nullable=False, server_default=""),
    Column("summary", String(300), nullable=False),
    Column("business_key", String(100), nullable=False),
    Column("form_key", String(100)),
    Column("state", String(16), nullable=False),  # ready, reserved, completed, exited
    Column("candidates", JsonText, nullable=False),  # ["group:<id>", "user:<id>"], who may claim it
    Column("escalated_to", JsonText),  # ["user:<id>"], who was told that it is overdue and may take it over
    Column("separations", JsonText),  # the rules of separation of duties that bar people from it; none for most
    Column("assignee_id", Integer, ForeignKey("user.id")),
    Column("priority", Integer, nullable=False),
    Column("due_at", UtcDateTime),
    Column("created_at", UtcDateTime, nullable=False),
    Column("claimed_at", UtcDateTime),
    Column("completed_at", UtcDateTime),
    Column("completed_by_id", Integer, ForeignKey("user.id")),
    Index("ix_work_item_instance", "instance_id"),
    Index("ix_work_item_completed_by", "completed_by_id", "completed_at"),
)

# What a person's inbox shows, one row per open work item and recipient ("user:<id>" or "group:<id>"). A claim replaces
# the group's rows by the assignee's own, so that a page is an ordered index read whatever the number of open items.
inbox_entry = Table(
    "inbox_entry",
    metadata,
    Column("recipient", String(40), primary_key=True),
    Column("work_item_id", String(36), ForeignKey("work_item.id"), primary_key=True),
    Column("definition_key", String(100), nullable=False),
    Column("due_at", UtcDateTime, nullable=False),  # 9999-12-31 stands for "no deadline": it sorts last
    Column("created_at", UtcDateTime, nullable=False),
    Column("priority", Integer, nullable=False),
    Index("ix_inbox_entry_due", "recipient", "due_at", "work_item_id"),
    Index("ix_inbox_entry_created", "recipient", "created_at", "work_item_id"),
    Index("ix_inbox_entry_priority", "recipient", "priority", "work_item_id"),
    Index("ix_inbox_entry_process", "recipient", "definition_key", "due_at", "work_item_id"),
    Index("ix_inbox_entry_work_item", "work_item_id"),
)

work_item_draft = Table(
    "work_item_draft",
    metadata,
    Column("work_item_id", String(36), ForeignKey("work_item.id"), primary_key=True),
    Column("user_id", Integer, ForeignKey("user.id"), primary_key=True),
    Column("data", JsonText, nullable=False),
    Column("saved_at", UtcDateTime, nullable=False),
)

message_subscription = Table(
    "message_subscription",
    metadata,
    Column("task_id", String(36), primary_key=True),
    Column("message", String(200), primary_key=True),
    Column("instance_id", String(36), ForeignKey("process_instance.id"), nullable=False),
    Column("element_id", String(200), nullable=False),
    Column("correlation_key", String(200), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Index("ix_message_subscription_lookup", "message", "correlation_key"),
    Index("ix_message_subscription_instance", "instance_id"),
)

OPEN_STATES = ("ready", "reserved")
OPEN_WORK_ITEM = text("state in ('ready', 'reserved')")
Index(
    "ix_work_item_open_instance",
    work_item.c.instance_id,
    work_item.c.element_id,
    sqlite_where=OPEN_WORK_ITEM,
    postgresql_where=OPEN_WORK_ITEM,
)

# The last number given out under a prefix (one day's cases of one process).
numbering = Table(
    "numbering",
    metadata,
    Column("prefix", String(64), primary_key=True),
    Column("last", Integer, nullable=False),
)
