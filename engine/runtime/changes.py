"""What one step changes in the tables, gathered first and written at once."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, delete, or_, update

from engine.store.prepared import Prepared, prepared_insert
from engine.store.tables import (
    history,
    inbox_entry,
    message_subscription,
    outbox,
    process_instance,
    timer,
    work_item,
    work_item_draft,
)

Row = dict[str, Any]

_close_work_item = Prepared(
    update(work_item)
    .where(work_item.c.id == bindparam("b_id"))
    .values(
        state=bindparam("b_state"),
        completed_at=bindparam("b_at"),
        completed_by_id=bindparam("b_by"),
    )
)
_drop_drafts = Prepared(delete(work_item_draft).where(work_item_draft.c.work_item_id == bindparam("b_id")))
_close_entries = Prepared(delete(inbox_entry).where(inbox_entry.c.work_item_id == bindparam("b_id")))
_close_timer = Prepared(
    update(timer)
    .where(timer.c.instance_id == bindparam("b_instance"), timer.c.task_id == bindparam("b_task"))
    .where(or_(timer.c.status == "pending", timer.c.status == "failed"))
    .values(status=bindparam("b_status"), fired_at=bindparam("b_at"))
)
_close_subscription = Prepared(delete(message_subscription).where(message_subscription.c.task_id == bindparam("b_id")))
_insert_instance = prepared_insert(process_instance)
_insert_work_item = prepared_insert(work_item)
_insert_entry = prepared_insert(inbox_entry)
_insert_timer = prepared_insert(timer)
_insert_subscription = prepared_insert(message_subscription)
_insert_history = prepared_insert(history)
_insert_outbox = prepared_insert(outbox, without=("id",))


@dataclass
class Changes:
    """Rows to write. Several steps may share one object, so that a bulk start writes each table once."""

    instances: list[Row] = field(default_factory=list)
    work_items: list[Row] = field(default_factory=list)
    entries: list[Row] = field(default_factory=list)
    closed_items: list[Row] = field(default_factory=list)
    timers: list[Row] = field(default_factory=list)
    closed_timers: list[Row] = field(default_factory=list)
    subscriptions: list[Row] = field(default_factory=list)
    closed_subscriptions: list[Row] = field(default_factory=list)
    history: list[Row] = field(default_factory=list)
    outbox: list[Row] = field(default_factory=list)

    def close_item(self, task_id: str, state: str, at: datetime, by_id: int | None) -> None:
        """A work item ends: ``completed`` by somebody, or ``exited`` because the process went on without it."""
        self.closed_items.append({"b_id": task_id, "b_state": state, "b_at": at, "b_by": by_id})

    def close_timer(self, instance_id: str, task_id: str, status: str, at: datetime | None) -> None:
        """A timer ends: ``fired``, or ``cancelled`` because what it guarded is over.

        A task has one open row at a time, and a firing that failed may have moved its ``due_at``.
        """
        self.closed_timers.append({"b_instance": instance_id, "b_task": task_id, "b_status": status, "b_at": at})

    def write(self, connection: Connection) -> None:
        """Write everything, parents before children, and keep nothing."""
        for statement, rows in (
            (_insert_instance, self.instances),
            (_insert_work_item, self.work_items),
            (_close_work_item, self.closed_items),
            (_close_entries, self.closed_items),
            (_drop_drafts, self.closed_items),
            (_close_timer, self.closed_timers),
            (_close_subscription, self.closed_subscriptions),
            (_insert_entry, self.entries),
            (_insert_timer, self.timers),
            (_insert_subscription, self.subscriptions),
            (_insert_history, self.history),
            (_insert_outbox, self.outbox),
        ):
            if rows:
                statement.run_many(connection, rows)
        for rows in vars(self).values():
            rows.clear()
