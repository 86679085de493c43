"""Nonconformities and their corrective actions as records: finding one, what it repeats, and what resembles it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, String, cast, func, or_, select, update

from engine.errors import Conflict, NotFound
from engine.handlers import ServiceCall
from engine.store.tables import corrective_action, group, internal_audit, nonconformity, user
from engine.store.types import Record

SIMILAR_LIMIT = 20
AUDIT = "internal_audit"
_HELD = ("fieldwork", "reporting", "closed")


class NonconformityUnknown(NotFound):
    """The case belongs to no nonconformity."""

    code = "nonconformity_unknown"
    zh = "流程实例 {id} 没有对应的不符合项"
    en = "Process instance {id} has no nonconformity"


class NonconformityElsewhere(Conflict):
    """The nonconformity is not at the stage this step belongs to."""

    code = "nonconformity_elsewhere"
    zh = "不符合项 {number} 的状态是“{status}”，不能执行此步骤"
    en = "Nonconformity {number} is “{status}”; this step does not belong there"


class ActionUnknown(NotFound):
    """No corrective action of this nonconformity has that number."""

    code = "action_unknown"
    zh = "没有编号为 {number} 的纠正措施"
    en = "There is no corrective action {number}"


class ActionElsewhere(Conflict):
    """A corrective action that is not at the stage this step belongs to."""

    code = "action_elsewhere"
    zh = "纠正措施 {number} 的状态是“{status}”，不能执行此步骤"
    en = "Corrective action {number} is “{status}”; this step does not belong there"


def of_instance(connection: Connection, instance_id: str) -> Record:
    """The nonconformity a case is about. Raises ``NonconformityUnknown``."""
    query = select(nonconformity).where(nonconformity.c.instance_id == instance_id)
    found = connection.execute(query).one_or_none()
    if found is None:
        raise NonconformityUnknown(id=instance_id)
    return found


def actions_of(connection: Connection, nonconformity_id: int) -> list[Record]:
    """Its corrective actions in order, with login and name of their owners."""
    query = (
        select(corrective_action, user.c.login.label("owner"), user.c.name.label("owner_name"))
        .join(user, user.c.id == corrective_action.c.owner_id)
        .where(corrective_action.c.nonconformity_id == nonconformity_id)
        .order_by(corrective_action.c.id)
    )
    return list(connection.execute(query))


def earlier_minor(connection: Connection, found: Record) -> Record | None:
    """The minor nonconformity at the same clause that the audit before this one's audit found, or None.

    Two in consecutive audits are no isolated lapse any more: whoever reviews the second may make it a major one.
    """
    if found.source_type != AUDIT or not found.clause or found.grade != "minor":
        return None
    current = _audit(connection, found.source_id)
    previous = None if current is None else _audit_before(connection, current)
    if previous is None:
        return None
    return connection.execute(
        select(nonconformity)
        .where(nonconformity.c.source_type == AUDIT, nonconformity.c.source_id.in_(_names(previous)))
        .where(nonconformity.c.clause == found.clause, nonconformity.c.grade == "minor")
        .where(nonconformity.c.status != "withdrawn", nonconformity.c.id != found.id)
        .order_by(nonconformity.c.id.desc())
        .limit(1)
    ).one_or_none()


def similar(connection: Connection, found: Record) -> Sequence[Record]:
    """Other nonconformities at the same clause or of the same department, those at the same clause first."""
    alike = [nonconformity.c.department_id == found.department_id]
    if found.clause:
        alike.append(nonconformity.c.clause == found.clause)
    return connection.execute(
        select(nonconformity, group.c.name_zh.label("department_zh"), group.c.name_en.label("department_en"))
        .join(group, group.c.id == nonconformity.c.department_id)
        .where(or_(*alike), nonconformity.c.id != found.id, nonconformity.c.status != "withdrawn")
        .order_by((nonconformity.c.clause == found.clause).desc(), nonconformity.c.raised_at.desc())
        .limit(SIMILAR_LIMIT)
    ).all()


def next_action_number(connection: Connection, found: Record) -> str:
    """The number of its next corrective action: its own number and a running one."""
    query = select(func.count()).where(corrective_action.c.nonconformity_id == found.id)
    return f"{found.number}-{connection.execute(query).scalar_one() + 1:02d}"


def move(call: ServiceCall, found: Record, status: str, *, after: tuple[str, ...], **values: Any) -> bool:
    """Bring a nonconformity from one of the statuses ``after`` to ``status``, writing ``values`` with it.

    False when it is there already, because the step is retried. Raises ``NonconformityElsewhere``.
    """
    if found.status == status and status not in after:
        return False
    changed = call.connection.execute(
        update(nonconformity)
        .where(nonconformity.c.id == found.id, nonconformity.c.status.in_(after))
        .values(status=status, **values)
    )
    if changed.rowcount != 1:
        raise NonconformityElsewhere(number=found.number, status=found.status)
    return True


def _audit(connection: Connection, source_id: str) -> Record | None:
    """The audit a nonconformity names, by id or number."""
    named = or_(cast(internal_audit.c.id, String) == source_id, internal_audit.c.number == source_id)
    return connection.execute(select(internal_audit).where(named)).first()


def _audit_before(connection: Connection, current: Record) -> Record | None:
    return connection.execute(
        select(internal_audit)
        .where(internal_audit.c.begins_on < current.begins_on, internal_audit.c.status.in_(_HELD))
        .order_by(internal_audit.c.begins_on.desc(), internal_audit.c.id.desc())
        .limit(1)
    ).one_or_none()


def _names(one: Record) -> tuple[str, str]:
    return str(one.id), one.number
