"""Topics of the callback process: what the service desk did and heard becomes the register's record.

Each finds the callback by its process instance; a callback belongs to exactly one.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, insert, select, update

from engine import instances
from engine.errors import Conflict, NotFound
from engine.handlers import HandlerRegistry, ServiceCall
from engine.registers import keeping, notices
from engine.sla import keeping as clocks
from engine.store.tables import callback, callback_attempt, incident, incident_resolution
from engine.store.types import Record

OPERATIONS = "operations"


class CallbackUnknown(NotFound):
    """The process instance belongs to no callback: it was not started by an import."""

    code = "callback_unknown"
    zh = "流程实例 {id} 没有对应的回访记录"
    en = "Process instance {id} has no callback"


class CallbackFinished(Conflict):
    """The callback has its result already."""

    code = "callback_finished"
    zh = "该回访已有结果"
    en = "This callback has its result already"


def serve(handlers: HandlerRegistry, zone: ZoneInfo) -> None:
    """Serve the topics of this module; attempts are counted by days of ``zone``."""

    def attempt(call: ServiceCall) -> dict[str, Any]:
        return record_attempt(call, zone)

    attempt.__doc__ = record_attempt.__doc__
    handlers.serve("callback.record_attempt", attempt, required=("reached",), optional=("channel", "note"))
    handlers.serve("callback.mark_overdue", mark_overdue)
    handlers.serve(
        "callback.record_result",
        record_result,
        required=("solved", "score"),
        optional=("comment", "complaint", "complaint_content"),
    )
    handlers.serve("callback.record_unreachable", record_unreachable)

    def complain(call: ServiceCall) -> None:
        pass_on_complaint(call, zone)

    complain.__doc__ = pass_on_complaint.__doc__
    handlers.serve("callback.pass_on_complaint", complain, required=("content",))

    def reopen(call: ServiceCall) -> None:
        reopen_incident(call, zone)

    reopen.__doc__ = reopen_incident.__doc__
    handlers.serve("incident.reopen", reopen, optional=("reason",))


def record_attempt(call: ServiceCall, zone: ZoneInfo) -> dict[str, Any]:
    """Record one attempt to reach the customer.

    Inputs: reached (``yes`` or ``no``), channel, note. Result: ``attempt`` with reached (boolean), count and days
    (on how many different days somebody tried).
    """
    found = _callback(call)
    reached = call.inputs["reached"] == "yes"
    known = call.connection.execute(
        select(callback_attempt.c.task_id).where(callback_attempt.c.task_id == call.dedup_key)
    ).scalar()
    if known is None:
        _insert_attempt(call, found, reached)
    moments = call.connection.execute(
        select(callback_attempt.c.attempted_at).where(callback_attempt.c.callback_id == found.id)
    ).scalars()
    days = [_local_day(at, zone) for at in moments]
    return {"attempt": {"reached": reached, "count": len(days), "days": len(set(days))}}


def _insert_attempt(call: ServiceCall, found: Record, reached: bool) -> None:
    channel, note = str(call.inputs.get("channel") or ""), str(call.inputs.get("note") or "")
    call.connection.execute(
        insert(callback_attempt).values(
            callback_id=found.id,
            ordinal=found.attempts + 1,
            task_id=call.dedup_key,
            attempted_at=call.now,
            reached=reached,
            caller_id=call.actor.user_id,
            channel=channel,
            note=note,
        )
    )
    counted = call.connection.execute(
        update(callback)
        .where(callback.c.id == found.id, callback.c.attempts == found.attempts, callback.c.status == "open")
        .values(attempts=found.attempts + 1, first_attempt_at=found.first_attempt_at or call.now)
    )
    if counted.rowcount != 1:
        raise CallbackFinished()
    keeping.note(call, "callback.attempt", callback, found.id, {"reached": reached, "channel": channel})


def mark_overdue(call: ServiceCall) -> dict[str, Any]:
    """Find whether the 24 hours passed without an attempt, and note it.

    Result: overdue (boolean: no attempt within the 24 hours), attempts (number made so far).
    """
    found = _callback(call)
    overdue = found.first_attempt_at is None or found.first_attempt_at > found.due_at
    if overdue and found.overdue_at is None:
        call.connection.execute(
            update(callback)
            .where(callback.c.id == found.id, callback.c.overdue_at.is_(None))
            .values(overdue_at=call.now)
        )
        keeping.note(call, "callback.overdue", callback, found.id, {"due_at": found.due_at.isoformat()})
    return {"overdue": overdue, "attempts": found.attempts}


def record_result(call: ServiceCall) -> None:
    """Record what the customer said.

    Inputs: solved (``yes`` or ``no``), score (1 to 5), comment, complaint (boolean), complaint_content.
    """
    complaint = call.inputs.get("complaint") is True
    values = {
        "solved": call.inputs["solved"] == "yes",
        "score": int(call.inputs["score"]),
        "comment": str(call.inputs.get("comment") or "") or None,
        "complaint": complaint,
        "complaint_content": str(call.inputs.get("complaint_content") or "") if complaint else None,
    }
    _finish(call, "reached", values)


def record_unreachable(call: ServiceCall) -> None:
    """Close the callback of a customer who could not be reached."""
    _finish(call, "unreachable", {})


def _finish(call: ServiceCall, status: str, values: dict[str, Any]) -> None:
    found = _callback(call)
    if found.status == status:
        return
    finished = call.connection.execute(
        update(callback)
        .where(callback.c.id == found.id, callback.c.status == "open")
        .values(status=status, finished_at=call.now, **values)
    )
    if finished.rowcount != 1:
        raise CallbackFinished()
    shown = {name: value for name, value in values.items() if name in ("solved", "score", "complaint")}
    keeping.note(call, f"callback.{status}", callback, found.id, shown)


def pass_on_complaint(call: ServiceCall, zone: ZoneInfo) -> None:
    """Start the complaint process with what the customer said. Inputs: content."""
    if notices.has_sent(call, "complaint.received"):
        return
    found = _callback(call)
    row = call.connection.execute(
        select(incident).join(incident_resolution).where(incident_resolution.c.id == found.resolution_id)
    ).one()
    number = instances.next_number(call.connection, "complaint", zone, call.now)
    given = {
        "received_through": "callback",
        "customer": row.customer,
        "complainant": row.caller,
        "contact": row.caller_phone,
        "subject": f"{row.number} {row.summary}"[:300],
        "content": str(call.inputs["content"]),
        "source_type": "callback",
        "source_id": str(found.id),
    }
    notices.send_message(call, "complaint.received", number, given)
    keeping.note(call, "callback.complaint", callback, found.id, {"complaint": number})


def reopen_incident(call: ServiceCall, zone: ZoneInfo) -> None:
    """Reopen the incident in the register, because the customer says it is not solved, and tell operations by mail.

    It stays reopened until the ticket system reports a new resolution, which starts a callback of its own.
    Inputs: reason (what the customer said).
    """
    found = _callback(call)
    row = call.connection.execute(
        select(incident).join(incident_resolution).where(incident_resolution.c.id == found.resolution_id)
    ).one()
    reopened = call.connection.execute(
        update(incident)
        .where(incident.c.id == row.id, incident.c.state.in_(("resolved", "closed")))
        .values(state="reopened", reopened_at=call.now, resolved_at=None)
    )
    if reopened.rowcount == 1:
        call.connection.execute(
            update(incident_resolution)
            .where(incident_resolution.c.id == found.resolution_id, incident_resolution.c.reopened_at.is_(None))
            .values(reopened_at=call.now)
        )
        clocks.recompute(call.connection, [row.id], zone=zone, now=call.now)
        reason = str(call.inputs.get("reason") or "")
        keeping.note(call, "incident.reopen", incident, row.id, {"number": row.number, "callback": found.id})
        notices.mail(
            call,
            notices.members_of(call.connection, OPERATIONS),
            subject_zh=f"事件重开：{row.number} 经回访确认尚未解决",
            subject_en=f"Incident reopened: the customer says {row.number} is not solved",
            text="\n".join(part for part in (row.number, row.assignment_group, row.summary, reason) if part),
        )


def callback_of(connection: Connection, instance_id: str) -> Record:
    """The callback a process instance belongs to. Raises ``CallbackUnknown``."""
    found = connection.execute(select(callback).where(callback.c.instance_id == instance_id)).one_or_none()
    if found is None:
        raise CallbackUnknown(id=instance_id)
    return found


def _callback(call: ServiceCall) -> Record:
    return callback_of(call.connection, call.instance_id)


def _local_day(at: datetime, zone: ZoneInfo) -> str:
    return at.astimezone(zone).date().isoformat()
