"""The clock's work: what is due is found by an indexed query and done, each in its own transaction.

Each unit (``fire_timer``, ``start_scheduled``, ``send_outbox_row``) is idempotent: it takes its row under a lock,
checks that it is still pending, and writes its effect and the row's new status together. A process killed at any
moment leaves the row pending, and the next beat does it once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, func, select, update

from engine import instances, schedules
from engine.actors import system_actor
from engine.errors import EngineError
from engine.runtime import engine_incident
from engine.runtime.execution import TaskGone
from engine.runtime.step import InstanceEnded, Runtime, Step, run_step
from engine.store.tables import outbox, timer

CLOCK = system_actor("clock")
BATCH = 100
MAX_ATTEMPTS = 8
_FIRST_RETRY = timedelta(seconds=30)


@dataclass(frozen=True)
class Due:
    """What is due now: ids, in the order they fell due."""

    timers: tuple[str, ...]
    schedules: tuple[int, ...]
    outbox: tuple[int, ...]

    def __bool__(self) -> bool:
        return bool(self.timers or self.schedules or self.outbox)


Channel = Callable[[Mapping[str, Any]], None]


def due(connection: Connection, now: datetime, limit: int = BATCH) -> Due:
    """The timers, schedules and outbox rows due at ``now``, the longest overdue first."""
    timer_ids = connection.execute(
        select(timer.c.id)
        .where(timer.c.status == "pending", timer.c.due_at <= now)
        .order_by(timer.c.due_at)
        .limit(limit)
    ).scalars()
    outbox_ids = connection.execute(
        select(outbox.c.id)
        .where(outbox.c.status == "pending", outbox.c.available_at <= now)
        .order_by(outbox.c.available_at)
        .limit(limit)
    ).scalars()
    return Due(tuple(timer_ids), tuple(schedules.due(connection, now, limit)), tuple(outbox_ids))


def next_due_at(connection: Connection) -> datetime | None:
    """When the next timer falls due, for a wake-up that does not wait for the beat."""
    return connection.execute(select(func.min(timer.c.due_at)).where(timer.c.status == "pending")).scalar()


def fire_timer(runtime: Runtime, connection: Connection, timer_id: str, *, now: datetime) -> bool:
    """Fire one timer if it is still pending and due; whether it was fired here.

    Another worker holding the row is left alone (``SKIP LOCKED``). A timer that cannot fire raises; the caller then
    notes the failure in a transaction of its own with ``postpone_timer``.
    """
    row = connection.execute(
        select(timer).where(timer.c.id == timer_id, timer.c.status == "pending").with_for_update(skip_locked=True)
    ).one_or_none()
    if row is None or row.due_at > now:
        return False
    late_seconds = int((now - row.due_at).total_seconds())
    step = Step(
        connection,
        CLOCK,
        now,
        "timer_fired",
        element_id=row.element_id,
        data={"task_id": row.task_id, "due_at": row.due_at.isoformat(), "late_seconds": late_seconds},
    )
    try:
        run_step(runtime, step, row.instance_id, lambda execution: execution.fire(row.task_id))
    except (InstanceEnded, TaskGone):
        _set_timer(connection, timer_id, status="cancelled")
        return False
    _set_timer(connection, timer_id, status="fired", fired_at=now)
    engine_incident.resolve(connection, "timer", timer_id, now)
    return True


def postpone_timer(connection: Connection, timer_id: str, error: Exception, *, now: datetime) -> None:
    """After a failed firing: note the true error and try again later; after ``MAX_ATTEMPTS`` wait for a person."""
    row = connection.execute(select(timer).where(timer.c.id == timer_id, timer.c.status == "pending")).one_or_none()
    if row is None:
        return
    engine_incident.note_error(
        connection,
        kind="timer",
        source_id=timer_id,
        error=error,
        now=now,
        instance_id=row.instance_id,
        element_id=row.element_id,
    )
    attempts = row.attempts + 1
    values: dict[str, Any] = {"attempts": attempts, "last_error": _text(error)}
    if attempts >= MAX_ATTEMPTS:
        values["status"] = "failed"
    else:
        values["due_at"] = now + _FIRST_RETRY * 2 ** (attempts - 1)
    _set_timer(connection, timer_id, **values)


def start_scheduled(runtime: Runtime, connection: Connection, schedule_id: int, *, now: datetime) -> bool:
    """Start the due occurrence of a schedule, once; whether it was started here."""
    claimed = schedules.claim(connection, runtime, schedule_id, now=now)
    if claimed is None:
        return False
    key, element_id, nominal = claimed
    started = instances.start(
        runtime,
        connection,
        actor=CLOCK,
        key=key,
        variables={"scheduled_for": nominal, "schedule": element_id},
        now=now,
    )
    schedules.link(connection, schedule_id, nominal, started.instance_id)
    return True


def send_outbox_row(
    runtime: Runtime, connection: Connection, row_id: int, channels: Mapping[str, Channel], *, now: datetime
) -> bool:
    """Send one outbox row through its channel; messages go to the instances that wait for them.

    A channel gets the row's id as idempotency key: should the process die between sending and committing, the row is
    sent again with the same key.
    """
    row = connection.execute(
        select(outbox).where(outbox.c.id == row_id, outbox.c.status == "pending").with_for_update(skip_locked=True)
    ).one_or_none()
    if row is None or row.available_at > now:
        return False
    if row.kind == "message":
        instances.correlate(
            runtime,
            connection,
            actor=CLOCK,
            message=row.payload["message"],
            correlation_key=row.payload["correlation_key"],
            variables=row.payload["variables"],
            now=now,
        )
    else:
        if row.kind not in channels:
            raise ChannelMissing(kind=row.kind)
        channels[row.kind]({**row.payload, "idempotency_key": row.dedup_key})
    connection.execute(
        update(outbox).where(outbox.c.id == row_id, outbox.c.status == "pending").values(status="sent", sent_at=now)
    )
    engine_incident.resolve(connection, "outbox", str(row_id), now)
    return True


class ChannelMissing(EngineError):
    """An outbox row of a kind nobody sends."""

    code = "channel_missing"
    zh = "没有发送“{kind}”的通道"
    en = "Nothing sends “{kind}”"


def postpone_outbox_row(connection: Connection, row_id: int, error: Exception, *, now: datetime) -> None:
    """After a failed sending: back off, and after ``MAX_ATTEMPTS`` wait for a person."""
    row = connection.execute(select(outbox).where(outbox.c.id == row_id)).one_or_none()
    if row is None or row.status != "pending":
        return
    engine_incident.note_error(
        connection, kind="outbox", source_id=str(row_id), error=error, now=now, instance_id=row.instance_id
    )
    attempts = row.attempts + 1
    failed = attempts >= MAX_ATTEMPTS
    connection.execute(
        update(outbox)
        .where(outbox.c.id == row_id)
        .values(
            attempts=attempts,
            last_error=_text(error),
            status="failed" if failed else "pending",
            available_at=now + _FIRST_RETRY * 2 ** (attempts - 1),
        )
    )


def postpone_schedule(connection: Connection, schedule_id: int, error: Exception, *, now: datetime) -> None:
    """After a failed start: note the true error and try again in a while."""
    engine_incident.note_error(connection, kind="schedule", source_id=str(schedule_id), error=error, now=now)
    schedules.postpone(connection, schedule_id, timedelta(minutes=5), now=now)


def _set_timer(connection: Connection, timer_id: str, **values: Any) -> None:
    connection.execute(update(timer).where(timer.c.id == timer_id).values(**values))


def _text(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"[:1000]
