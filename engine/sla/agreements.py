"""Putting an agreement in force: it replaces the one before, the indicators follow from it, a quality plan begins."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, insert, select, update

from engine import instances
from engine.actors import Actor
from engine.errors import Conflict, Invalid
from engine.sla.keeping import recompute_project
from engine.sla.projects import adopt
from engine.store import audit
from engine.store.outbox_rows import outbox_row
from engine.store.tables import group, outbox, project, project_indicator, sla, sla_item, user
from engine.store.types import Record

ACTIVATED = "sla.activated"
PLANNING = "quality_plan"
SIGNABLE = ("draft", "signed")
# What is measured for an item of each metric, and the share to reach where the contract names none.
INDICATORS: dict[str, tuple[tuple[str, int], ...]] = {
    "response": (("I01", 9500),),
    "resolution": (("I02", 9500),),
    "callback": (("I06", 10_000), ("I07", 6000)),
    "satisfaction": (("I09", 9000),),
    "spare_parts": (("I16", 9500), ("I17", 9800)),
    "report": (("I19", 10_000),),
}
OVERALL = ("I03", 9500)


class AgreementEmpty(Invalid):
    """Nothing was promised."""

    code = "agreement_empty"
    zh = "该 SLA 没有条目，不能生效"
    en = "This agreement has no items and cannot come into force"


class AgreementElsewhere(Conflict):
    """It is in force already, or was withdrawn."""

    code = "agreement_elsewhere"
    zh = "SLA {number} 的状态为“{status}”，不能生效"
    en = "Agreement {number} is “{status}” and cannot come into force"


def put_in_force(
    connection: Connection, *, actor: Actor, sla_id: int, zone: ZoneInfo, now: datetime
) -> list[dict[str, Any]]:
    """Activate a draft or signed agreement; the indicators derived from it.

    The project's incidents since its first day get their clocks, and a message starts the project's quality plan.
    Raises ``AgreementEmpty`` and ``AgreementElsewhere``.
    """
    found = connection.execute(select(sla).where(sla.c.id == sla_id)).one()
    items = connection.execute(select(sla_item).where(sla_item.c.sla_id == sla_id).order_by(sla_item.c.ordinal)).all()
    if not items:
        raise AgreementEmpty()
    moved = connection.execute(
        update(sla)
        .where(sla.c.id == sla_id, sla.c.status.in_(SIGNABLE))
        .values(status="active", activated_at=now, signed_on=found.signed_on or now.astimezone(zone).date())
    )
    if moved.rowcount != 1:
        raise AgreementElsewhere(number=found.number, status=found.status)
    connection.execute(
        update(sla)
        .where(sla.c.project_id == found.project_id, sla.c.id != sla_id, sla.c.status == "active")
        .values(status="replaced")
    )
    rows = derived(found, items)
    connection.execute(insert(project_indicator), rows)
    audit.record(
        connection,
        actor=actor.login,
        action="sla.activate",
        subject_type="sla",
        subject_id=sla_id,
        now=now,
        details={"number": found.number, "version": found.version, "indicators": [row["indicator"] for row in rows]},
    )
    adopt(connection, zone=zone, now=now)
    since = datetime.combine(found.begins_on, time(), zone)
    recompute_project(connection, found.project_id, since=since, zone=zone, now=now)
    _start_planning(connection, found, zone, now)
    return rows


def derived(agreement: Record, items: Sequence[Record]) -> list[dict[str, Any]]:
    """The indicators that an agreement calls for: one per item and priority, and attainment as a whole."""
    rows: dict[tuple[str, str], dict[str, Any]] = {}
    for item in items:
        for position, (indicator, usual) in enumerate(INDICATORS.get(item.metric, ())):
            promised = item.target_basis_points if position == 0 else None  # the share is that of the first
            target = usual if promised is None else promised
            rows.setdefault((indicator, item.priority), _row(agreement, indicator, item.priority, target, item.id))
    if any(item.metric in ("response", "resolution") for item in items):
        rows.setdefault((OVERALL[0], ""), _row(agreement, OVERALL[0], "", OVERALL[1], None))
    return [rows[key] for key in sorted(rows)]


def _row(agreement: Record, indicator: str, priority: str, target: int, item_id: int | None) -> dict[str, Any]:
    return {
        "project_id": agreement.project_id,
        "sla_id": agreement.id,
        "sla_item_id": item_id,
        "indicator": indicator,
        "priority": priority,
        "target_basis_points": target,
    }


def _start_planning(connection: Connection, agreement: Record, zone: ZoneInfo, now: datetime) -> None:
    key = f"{ACTIVATED}:{agreement.id}"
    if connection.execute(select(outbox.c.id).where(outbox.c.dedup_key == key)).first() is not None:
        return
    found = connection.execute(
        select(project.c.code, project.c.name, user.c.login, group.c.key)
        .join(user, user.c.id == project.c.manager_id)
        .join(group, group.c.id == project.c.department_id)
        .where(project.c.id == agreement.project_id)
    ).one()
    variables = {
        "project": found.code,
        "project_name": found.name,
        "manager": found.login,
        "department": found.key,
        "sla_number": f"{agreement.number} v{agreement.version}",
    }
    number = instances.next_number(connection, PLANNING, zone, now)
    payload = {"message": ACTIVATED, "correlation_key": number, "variables": variables}
    connection.execute(insert(outbox), [outbox_row("message", key, payload, instance_id=None, now=now)])
