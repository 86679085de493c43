"""The clock's work: what is due is found by an indexed query and done, each in its own transaction.

Each unit (``fire_timer``, ``start_scheduled``, ``deliver_message``) is idempotent: it takes its row under a lock,
checks that it is still pending, and writes its effect and the row's new status together. A process killed at any
moment leaves the row pending, and the next beat does it once. What leaves the database (mail) is leased first and sent
outside any transaction, so that a slow server delays nobody.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, func, select, update

from engine import instances, schedules
from engine.actors import system_actor
from engine.errors import EngineError
from engine.runtime import engine_incident
from engine.runtime.execution import TaskGone
from engine.runtime.recording import Step
from engine.runtime.step import InstanceEnded, Runtime, run_step
from engine.store.prepared import Prepared
from engine.store.tables import outbox, process_instance, timer

CLOCK = system_actor("clock")
BATCH = 100
MAX_ATTEMPTS = 8
MESSAGE = "message"
_FIRST_RETRY = timedelta(seconds=30)
_SENDING_LEASE = timedelta(minutes=5)


@dataclass(frozen=True)
class Due:
    """What is due now: ids, in the order they fell due. ``messages`` and ``sendings`` are outbox rows."""

    timers: tuple[str, ...]
    schedules: tuple[int, ...]
    messages: tuple[int, ...]
    sendings: tuple[int, ...]


Channel = Callable[[Mapping[str, Any]], None]

_due_timers = Prepared(
    select(timer.c.id)
    .where(timer.c.status == "pending", timer.c.due_at <= bindparam("b_now"))
    .order_by(timer.c.due_at)
    .limit(bindparam("b_limit"))
)
_due_outbox = Prepared(
    select(outbox.c.id, outbox.c.kind)
    .where(outbox.c.status == "pending", outbox.c.available_at <= bindparam("b_now"))
    .order_by(outbox.c.available_at, outbox.c.id)
    .limit(bindparam("b_limit"))
)
_next_due_at = Prepared(select(func.min(timer.c.due_at).label("at")).where(timer.c.status == "pending"))
_take_outbox_row = Prepared(
    select(outbox)
    .where(outbox.c.id == bindparam("b_id"), outbox.c.status == "pending", outbox.c.available_at <= bindparam("b_now"))
    .with_for_update(skip_locked=True)
)
_lease_outbox_row = Prepared(
    update(outbox).where(outbox.c.id == bindparam("b_id")).values(available_at=bindparam("b_until"))
)
_payload_of = Prepared(select(outbox.c.payload).where(outbox.c.id == bindparam("b_id")))
_note_sent = Prepared(
    update(outbox)
    .where(outbox.c.id == bindparam("b_id"), outbox.c.status == "pending")
    .values(status="sent", sent_at=bindparam("b_now"))
)
_select_timer = Prepared(select(timer).where(timer.c.id == bindparam("b_id"), timer.c.status == "pending"))
_close_timer = Prepared(
    update(timer)
    .where(timer.c.id == bindparam("b_id"), timer.c.status == "pending")
    .values(status=bindparam("b_status"), fired_at=bindparam("b_at"))
)
_lock_instance = Prepared(
    select(process_instance.c.id).where(process_instance.c.id == bindparam("b_id")).with_for_update(skip_locked=True)
)


def due(connection: Connection, now: datetime, limit: int = BATCH) -> Due:
    """The timers, schedules and outbox rows due at ``now``, the longest overdue first."""
    wanted = {"b_now": now, "b_limit": limit}
    rows = _due_outbox.all(connection, wanted)
    return Due(
        timers=tuple(row.id for row in _due_timers.all(connection, wanted)),
        schedules=tuple(schedules.due(connection, now, limit)),
        messages=tuple(row.id for row in rows if row.kind == MESSAGE),
        sendings=tuple(row.id for row in rows if row.kind != MESSAGE),
    )


def next_due_at(connection: Connection) -> datetime | None:
    """When the next timer falls due, for a wake-up that does not wait for the beat."""
    at: datetime | None = _next_due_at.first(connection, {}).at
    return at


def fire_timer(runtime: Runtime, connection: Connection, timer_id: str, *, now: datetime) -> bool:
    """Fire one timer if it is still pending and due; whether it was fired here.

    An instance that is busy in another transaction is left for the next beat (``SKIP LOCKED``). A timer that cannot
    fire raises; the caller then notes the failure in a transaction of its own with ``postpone_timer``.
    """
    row = _select_timer.first(connection, {"b_id": timer_id})
    if row is not None and connection.dialect.name != "sqlite":
        # Every step locks its instance before its timers; the other way round, a completion and a firing deadlock.
        locked = _lock_instance.first(connection, {"b_id": row.instance_id})
        row = None if locked is None else _select_timer.first(connection, {"b_id": timer_id})
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
        _close_timer.run(connection, {"b_id": timer_id, "b_status": "cancelled", "b_at": None})
        engine_incident.resolve(connection, "timer", timer_id, now)
        return False
    _close_timer.run(connection, {"b_id": timer_id, "b_status": "fired", "b_at": now})
    if row.last_error is not None:
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
    connection.execute(update(timer).where(timer.c.id == timer_id, timer.c.status == "pending").values(**values))


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
        start_event=element_id,
    )
    schedules.link(connection, schedule_id, nominal, started.instance_id)
    engine_incident.resolve(connection, "schedule", str(schedule_id), now)
    return True


def deliver_message(runtime: Runtime, connection: Connection, row_id: int, *, now: datetime) -> bool:
    """Hand one message to the instances that wait for it, in this transaction; whether it was delivered here."""
    row = _take_outbox_row.first(connection, {"b_id": row_id, "b_now": now})
    if row is None:
        return False
    instances.correlate(
        runtime,
        connection,
        actor=CLOCK,
        message=row.payload["message"],
        correlation_key=row.payload["correlation_key"],
        variables=row.payload["variables"],
        now=now,
    )
    note_sent(connection, row_id, now=now)
    return True


def lease_sending(
    connection: Connection, row_id: int, channels: Mapping[str, Channel], *, now: datetime
) -> Callable[[], None] | None:
    """Take one outbox row for sending; what is returned sends it, to be called after this transaction and confirmed
    with ``note_sent`` in the next. None if somebody else has it. Raises ``ChannelMissing``.

    A channel gets the row's key as ``idempotency_key``: should the process die in between, the row is sent again with
    the same key once its lease is over.
    """
    row = _take_outbox_row.first(connection, {"b_id": row_id, "b_now": now})
    if row is None:
        return None
    channel = channels.get(row.kind)
    if channel is None:
        raise ChannelMissing(kind=row.kind)
    _lease_outbox_row.run(connection, {"b_id": row_id, "b_until": now + _SENDING_LEASE})
    payload = {**row.payload, "idempotency_key": row.dedup_key}
    return lambda: channel(payload)


def note_sent(connection: Connection, row_id: int, *, now: datetime) -> None:
    """An outbox row has left the database; the text of one with a secret (somebody's own link) is not kept."""
    payload = _payload_of.first(connection, {"b_id": row_id}).payload
    marked = _note_sent.run(connection, {"b_id": row_id, "b_now": now})
    if marked and payload.get("is_secret"):
        connection.execute(update(outbox).where(outbox.c.id == row_id).values(payload={**payload, "text": ""}))
    engine_incident.resolve(connection, "outbox", str(row_id), now)


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
        .where(outbox.c.id == row_id, outbox.c.status == "pending")
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


def _text(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"[:1000]
