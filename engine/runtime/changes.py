"""What one step changes in the tables, gathered first and written at once."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, delete, insert, update

from engine.store.tables import (
    history,
    inbox_entry,
    message_subscription,
    outbox,
    process_instance,
    timer,
    work_item,
)

Row = dict[str, Any]

_close_work_item = (
    update(work_item)
    .where(work_item.c.id == bindparam("b_id"))
    .values(
        state=bindparam("b_state"),
        completed_at=bindparam("b_at"),
        completed_by_id=bindparam("b_by"),
    )
)
_close_entries = delete(inbox_entry).where(inbox_entry.c.work_item_id == bindparam("b_id"))
_close_timer = (
    update(timer)
    .where(timer.c.instance_id == bindparam("b_instance"), timer.c.task_id == bindparam("b_task"))
    .where(timer.c.due_at == bindparam("b_due"), timer.c.status == "pending")
    .values(status=bindparam("b_status"), fired_at=bindparam("b_at"))
)
_close_subscription = delete(message_subscription).where(message_subscription.c.task_id == bindparam("b_id"))


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

    def close_timer(self, instance_id: str, task_id: str, due_at: datetime, status: str, at: datetime | None) -> None:
        """A timer ends: ``fired``, or ``cancelled`` because what it guarded is over."""
        self.closed_timers.append(
            {"b_instance": instance_id, "b_task": task_id, "b_due": due_at, "b_status": status, "b_at": at}
        )

    def write(self, connection: Connection) -> None:
        """Write everything, parents before children."""
        for table, rows in ((process_instance, self.instances), (work_item, self.work_items)):
            if rows:
                connection.execute(insert(table), rows)
        if self.closed_items:
            connection.execute(_close_work_item, self.closed_items)
            connection.execute(_close_entries, [{"b_id": row["b_id"]} for row in self.closed_items])
        if self.closed_timers:
            connection.execute(_close_timer, self.closed_timers)
        if self.closed_subscriptions:
            connection.execute(_close_subscription, self.closed_subscriptions)
        for table, rows in (
            (inbox_entry, self.entries),
            (timer, self.timers),
            (message_subscription, self.subscriptions),
            (history, self.history),
            (outbox, self.outbox),
        ):
            if rows:
                connection.execute(insert(table), rows)
