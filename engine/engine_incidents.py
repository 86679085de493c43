"""Engine incidents as an administrator meets them: what failed, why, and mending it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, func, select, update

from engine import assignments, instances
from engine.actors import Actor
from engine.errors import Forbidden, NotFound
from engine.runtime import engine_incident as records
from engine.runtime.step import Runtime
from engine.store import audit
from engine.store.tables import engine_incident, outbox, process_instance, schedule, timer
from engine.store.types import Record


class EngineIncidentUnknown(NotFound):
    """No such engine incident."""

    code = "engine_incident_unknown"
    zh = "没有找到该引擎故障"
    en = "There is no such engine incident"


def listed(connection: Connection, *, actor: Actor, status: str = "open", limit: int = 200) -> list[Record]:
    """Engine incidents of a status (``open``, ``resolved``), latest first. Raises ``Forbidden``."""
    _guard(actor)
    query = _with_instance().where(engine_incident.c.status == status)
    return list(connection.execute(query.order_by(engine_incident.c.last_at.desc()).limit(limit)))


def of_instance(connection: Connection, *, actor: Actor, instance_id: str) -> list[Record]:
    """The open engine incidents of one instance. Raises ``Forbidden``."""
    _guard(actor)
    same = (engine_incident.c.instance_id == instance_id, engine_incident.c.status == "open")
    return list(connection.execute(_with_instance().where(*same).order_by(engine_incident.c.last_at.desc())))


def count_open(connection: Connection) -> int:
    """How many engine incidents are open."""
    query = select(func.count()).select_from(engine_incident).where(engine_incident.c.status == "open")
    return connection.execute(query).scalar_one()


def retry(runtime: Runtime, connection: Connection, *, actor: Actor, incident_id: int, now: datetime) -> bool:
    """Try again what failed; whether it is mended at once (timers and outbox rows are done by the next beat)."""
    _guard(actor)
    row = connection.execute(_with_instance().where(engine_incident.c.id == incident_id)).one_or_none()
    if row is None:
        raise EngineIncidentUnknown()
    if row.status != "open":
        return True
    audit.record(
        connection,
        actor=actor.login,
        action="engine_incident.retry",
        subject_type="engine_incident",
        subject_id=incident_id,
        now=now,
        details={"kind": row.kind, "source": row.source_id},
    )
    if row.kind == "service_task":
        return instances.retry(
            runtime, connection, actor=actor, instance_id=row.instance_id, task_id=row.source_id, now=now
        )
    if row.kind == "due_date":
        assignments.set_due_at(
            runtime, connection, actor=actor, instance_id=row.instance_id, work_item_id=row.source_id, now=now
        )
        records.resolve(connection, row.kind, row.source_id, now, actor.user_id)
        return True
    again: dict[str, Any] = {"status": "pending", "attempts": 0}
    if row.kind == "timer":
        unfinished = (timer.c.id == row.source_id, timer.c.status.in_(("pending", "failed")))
        connection.execute(update(timer).where(*unfinished).values(**again, due_at=now))
    elif row.kind == "outbox":
        unsent = (outbox.c.id == int(row.source_id), outbox.c.status != "sent")
        connection.execute(update(outbox).where(*unsent).values(**again, available_at=now))
    else:
        connection.execute(update(schedule).where(schedule.c.id == int(row.source_id)).values(next_due_at=now))
        records.resolve(connection, row.kind, row.source_id, now, actor.user_id)
    return False


def dismiss(connection: Connection, *, actor: Actor, incident_id: int, reason: str, now: datetime) -> None:
    """Close an incident that needs no mending, with a reason. Raises ``Forbidden`` and ``ReasonMissing``."""
    _guard(actor)
    if not reason.strip():
        raise instances.ReasonMissing(fields=["reason"])
    closed = connection.execute(
        update(engine_incident)
        .where(engine_incident.c.id == incident_id, engine_incident.c.status == "open")
        .values(status="resolved", resolved_at=now, resolved_by_id=actor.user_id)
    )
    if closed.rowcount != 1:
        raise EngineIncidentUnknown()
    audit.record(
        connection,
        actor=actor.login,
        action="engine_incident.dismiss",
        subject_type="engine_incident",
        subject_id=incident_id,
        now=now,
        details={"reason": reason.strip()},
    )


def _with_instance() -> Select[Any]:
    return select(engine_incident, process_instance.c.title, process_instance.c.business_key).join(
        process_instance, process_instance.c.id == engine_incident.c.instance_id, isouter=True
    )


def _guard(actor: Actor) -> None:
    if not actor.is_administrator:
        raise Forbidden()
