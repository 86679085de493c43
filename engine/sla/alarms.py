"""Telling people in time: at 75 % of a target, and once it is passed.

An alarm is a moment in the clock's row. Whoever beats reads the clock anew at that moment and tells once: the project
manager and the head of operations by mail, and of a breach also the process that follows it up. A breach is told once
an export of the ticket system is newer than it: before that nobody knows what was done in time.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Select, bindparam, func, insert, select, update

from engine import instances, policy_settings
from engine.sla.clock import Reading
from engine.sla.keeping import alarm_at, reading_of
from engine.sla.terms import Agreements, Term
from engine.store.outbox_rows import outbox_row
from engine.store.prepared import Prepared
from engine.store.tables import group, import_run, incident, outbox, process_instance, project, sla_clock, user
from engine.store.types import Record

MONITORING = "service_monitoring"
BREACH = "sla.breach"
OPERATIONS = "operations"
_METRICS = {"response": ("响应", "response"), "resolution": ("解决", "resolution")}
_RETRY = timedelta(minutes=5)
_LOOK_AGAIN = timedelta(hours=1)

_due = Prepared(
    select(sla_clock.c.id)
    .where(sla_clock.c.alarm_at <= bindparam("b_now"))
    .order_by(sla_clock.c.alarm_at)
    .limit(bindparam("b_limit"))
)
_next_due_at = Prepared(select(func.min(sla_clock.c.alarm_at).label("at")))


def due(connection: Connection, now: datetime, limit: int = 100) -> tuple[int, ...]:
    """Ids of the clocks with something to tell, the longest overdue first."""
    return tuple(row.id for row in _due.all(connection, {"b_now": now, "b_limit": limit}))


def next_due_at(connection: Connection) -> datetime | None:
    """When the next clock has something to tell."""
    at: datetime | None = _next_due_at.first(connection, {}).at
    return at


def ring(connection: Connection, clock_id: int, *, zone: ZoneInfo, now: datetime) -> bool:
    """Tell what one clock has to tell; whether there was anything to do."""
    clock = connection.execute(
        select(sla_clock).where(sla_clock.c.id == clock_id, sla_clock.c.alarm_at <= now).with_for_update()
    ).one_or_none()
    if clock is None:
        return False
    reading = reading_of(connection, clock, _term(connection, clock), now=now)
    is_breach = reading.breached_at is not None
    if is_breach and not _is_certain(connection, clock, reading, now):
        connection.execute(update(sla_clock).where(sla_clock.c.id == clock_id).values(alarm_at=now + _LOOK_AGAIN))
        return False
    values = {"status": reading.status, "breached_at": reading.breached_at}
    if is_breach:
        values["reported_at"] = now
    elif reading.warn_at is not None and reading.warn_at <= now and clock.warned_at is None:
        values["warned_at"] = now
    values["alarm_at"] = alarm_at(
        reading, now, is_warned="warned_at" in values or clock.warned_at is not None, is_reported=is_breach
    )
    changed = connection.execute(
        update(sla_clock).where(sla_clock.c.id == clock_id, sla_clock.c.alarm_at == clock.alarm_at).values(**values)
    )
    if changed.rowcount != 1:
        return False
    if is_breach or "warned_at" in values:
        _tell(connection, clock, reading, zone, now)
    if is_breach:
        call_for_handling(connection, clock.project_id, zone=zone, now=now)
    return True


def _is_certain(connection: Connection, clock: Record, reading: Reading, now: datetime) -> bool:
    """Whether a target was missed for all that is known: what was done in time may stand in the next export only.

    So an export is waited for that is newer than the breach, though not longer than the policy setting says.
    """
    if reading.stopped_at is not None or reading.breached_at is None:
        return True
    grace = timedelta(hours=policy_settings.value(connection, "sla.import_grace_hours"))
    if now - reading.breached_at >= grace:
        return True
    source = select(incident.c.source).where(incident.c.id == clock.incident_id).scalar_subquery()
    newer = select(import_run.c.id).where(
        import_run.c.source == source,
        import_run.c.status == "finished",
        import_run.c.finished_at >= reading.breached_at,
    )
    return connection.execute(newer.limit(1)).first() is not None


def postpone(connection: Connection, clock_id: int, *, now: datetime) -> None:
    """Ring again later: something went wrong."""
    connection.execute(update(sla_clock).where(sla_clock.c.id == clock_id).values(alarm_at=now + _RETRY))


def call_for_handling(
    connection: Connection, project_id: int, *, zone: ZoneInfo, now: datetime, besides: str | None = None
) -> None:
    """Start a case for the breaches of a project that none follows up; one case at a time for a project.

    ``besides`` is the case that is just ending.
    """
    open_case = (
        select(sla_clock.c.id)
        .join(process_instance, process_instance.c.id == sla_clock.c.handling_instance_id)
        .where(sla_clock.c.project_id == project_id, process_instance.c.status == "active")
        .where(process_instance.c.id != (besides or ""))
        .limit(1)
    )
    first = connection.execute(_unhandled(project_id).limit(1)).first()
    if first is None or connection.execute(open_case).first() is not None:
        return
    # The first of the breaches that wait names the case, so that those that follow it do not start another.
    key = f"{BREACH}:{first.id}"
    if connection.execute(select(outbox.c.id).where(outbox.c.dedup_key == key)).first() is not None:
        return
    found = connection.execute(select(project).where(project.c.id == project_id)).one()
    number = instances.next_number(connection, MONITORING, zone, now)
    variables = {"occasion": "breach", "project": found.code, "project_name": found.name}
    payload = {"message": BREACH, "correlation_key": number, "variables": variables}
    connection.execute(insert(outbox), [outbox_row("message", key, payload, instance_id=None, now=now)])


def unhandled(connection: Connection, project_id: int) -> list[int]:
    """Ids of the breaches of a project that were told of and that no case follows up."""
    return [row.id for row in connection.execute(_unhandled(project_id))]


def _unhandled(project_id: int) -> Select[Any]:
    return (
        select(sla_clock.c.id)
        .where(sla_clock.c.project_id == project_id, sla_clock.c.reported_at.is_not(None))
        .where(sla_clock.c.handling_instance_id.is_(None), sla_clock.c.status == "missed")
        .order_by(sla_clock.c.reported_at, sla_clock.c.id)
    )


def _term(connection: Connection, clock: Record) -> Term:
    calendar = Agreements(connection, ()).calendar(clock.calendar_key)
    return Term(clock.sla_item_id, clock.metric, "", clock.target_minutes, clock.calendar_key, calendar)


def _tell(connection: Connection, clock: Record, reading: Reading, zone: ZoneInfo, now: datetime) -> None:
    found = connection.execute(
        select(incident.c.number, incident.c.summary, incident.c.priority, incident.c.assigned_to, project.c.name)
        .add_columns(project.c.manager_id)
        .join(project, project.c.id == incident.c.project_id)
        .where(incident.c.id == clock.incident_id)
    ).one()
    head = select(group.c.manager_id).where(group.c.key == OPERATIONS).scalar_subquery()
    people = connection.execute(
        select(user.c.id, user.c.email, user.c.language)
        .where((user.c.id == found.manager_id) | (user.c.id == head), user.c.is_active, user.c.email != "")
        .order_by(user.c.id)
    ).all()
    stage = "breach" if reading.breached_at is not None else "warning"
    rows = [
        outbox_row(
            "mail",
            f"sla:{clock.id}:{stage}:{person.id}",
            {"to": person.email, "subject": subject, "text": text},
            instance_id=None,
            now=now,
        )
        for person in people
        for subject, text in [_words(person.language, stage, clock, reading, found, zone)]
    ]
    known = set(
        connection.execute(
            select(outbox.c.dedup_key).where(outbox.c.dedup_key.in_([row["dedup_key"] for row in rows]))
        ).scalars()
    )
    wanted = [row for row in rows if row["dedup_key"] not in known]
    if wanted:
        connection.execute(insert(outbox), wanted)


def _words(
    language: str, stage: str, clock: Record, reading: Reading, found: Record, zone: ZoneInfo
) -> tuple[str, str]:
    zh, en = _METRICS[clock.metric]
    due_at = "" if reading.due_at is None else reading.due_at.astimezone(zone).strftime("%Y-%m-%d %H:%M")
    facts = " · ".join(part for part in (found.summary, found.priority, found.assigned_to) if part)
    is_breach = stage == "breach"
    if language == "zh":
        subject = "SLA 已超时" if is_breach else "SLA 预警（时限已用 75%）"
        return f"{subject}：{found.number} 的{zh}", f"{found.name}\n{facts}\n{zh}期限：{due_at}"
    subject = "SLA missed" if is_breach else "SLA warning (75 % of the time used)"
    return f"{subject}: {en} of {found.number}", f"{found.name}\n{facts}\nThe {en} was promised by {due_at}"
