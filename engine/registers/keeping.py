"""Changing a record of a register from a step of its case: conditionally, and with its audit record."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Table, insert, or_, select, update

from engine.errors import Conflict, Invalid, NotFound
from engine.feel.temporal import parse_date, parse_datetime
from engine.handlers import ServiceCall
from engine.store import audit
from engine.store.tables import group, membership, user
from engine.store.types import Record


class RecordUnknown(NotFound):
    """A case without the record its step is about."""

    code = "record_unknown"
    zh = "流程实例 {id} 没有对应的登记记录"
    en = "Process instance {id} has no record in its register"


class RecordMoved(Conflict):
    """The record is no longer where the step expects it."""

    code = "record_moved"
    zh = "记录 {number} 的状态为“{status}”，不能执行此步骤"
    en = "Record {number} is “{status}”; this step cannot be taken"


class DepartmentUnknown(NotFound):
    """A case names a department nobody has created."""

    code = "department_unknown"
    zh = "没有找到部门“{key}”"
    en = "There is no department “{key}”"


class PersonUnknown(NotFound):
    """A case names a person nobody knows."""

    code = "person_unknown"
    zh = "没有找到人员“{login}”"
    en = "There is no person “{login}”"


class DateMissing(Invalid):
    """A case lacks a date the record needs."""

    code = "date_missing"
    zh = "“{name}”不是日期"
    en = "“{name}” is no date"


def of_case(call: ServiceCall, table: Table) -> Record | None:
    """The record of ``table`` that belongs to the case, or None."""
    return call.connection.execute(select(table).where(table.c.instance_id == call.instance_id)).one_or_none()


def required(call: ServiceCall, table: Table) -> Record:
    """The record of ``table`` that belongs to the case. Raises ``RecordUnknown``."""
    found = of_case(call, table)
    if found is None:
        raise RecordUnknown(id=call.instance_id)
    return found


def add(call: ServiceCall, table: Table, values: Mapping[str, Any], action: str) -> int:
    """A new record; its id."""
    identifier = call.connection.execute(insert(table).values(**values).returning(table.c.id)).scalar_one()
    note(call, action, table, identifier, {"number": values.get("number")})
    return int(identifier)


def move(
    call: ServiceCall,
    table: Table,
    record: Record,
    *,
    statuses: Collection[str],
    values: Mapping[str, Any],
    action: str,
    details: Mapping[str, Any] | None = None,
) -> None:
    """Change a record that is in one of ``statuses``. Raises ``RecordMoved`` when it is in none of them."""
    changed = call.connection.execute(
        update(table).where(table.c.id == record.id, table.c.status.in_(list(statuses))).values(**values)
    )
    if changed.rowcount != 1:
        raise RecordMoved(number=record.number, status=record.status)
    note(call, action, table, record.id, {"number": record.number, **(details or {})})


def advance(call: ServiceCall, table: Table, action: str, statuses: Collection[str], **values: Any) -> Record:
    """Take the case's record of ``table`` out of one of ``statuses``; the record as it was before.

    The audit record says ``<table>.<action>``. Raises ``RecordUnknown`` and ``RecordMoved``.
    """
    found = required(call, table)
    move(call, table, found, statuses=statuses, values=values, action=f"{table.name}.{action}")
    return found


def note(call: ServiceCall, action: str, table: Table, record_id: int, details: Mapping[str, Any]) -> None:
    """The audit record of a change to a register."""
    audit.record(
        call.connection,
        actor=call.actor.login,
        action=action,
        subject_type=table.name,
        subject_id=record_id,
        now=call.now,
        details={**details, "instance": call.instance_id},
    )


def department(connection: Connection, key: Any) -> Record:
    """The department (or role) of this key. Raises ``DepartmentUnknown``."""
    found = connection.execute(select(group).where(group.c.key == str(key))).one_or_none()
    if found is None:
        raise DepartmentUnknown(key=str(key))
    return found


def person_id(connection: Connection, login: Any) -> int:
    """The id of the person with this login. Raises ``PersonUnknown``."""
    found = connection.execute(select(user.c.id).where(user.c.login == str(login))).scalar()
    if found is None:
        raise PersonUnknown(login=str(login))
    return int(found)


def addressed(call: ServiceCall) -> list[int]:
    """Ids of the active people a step names: the members of its input ``groups``, and those of ``people`` (logins)."""
    groups, logins = listed(call.inputs.get("groups")), listed(call.inputs.get("people"))
    members = (
        select(membership.c.user_id).join(group, group.c.id == membership.c.group_id).where(group.c.key.in_(groups))
    )
    chosen = select(user.c.id).where(user.c.is_active, or_(user.c.id.in_(members), user.c.login.in_(logins)))
    return list(call.connection.scalars(chosen))


def moment(value: Any, zone: ZoneInfo) -> datetime | None:
    """A moment of a form or expression, or None; one without an offset is meant in ``zone``."""
    found = value if isinstance(value, datetime) else parse_datetime(str(value or ""))
    if not isinstance(found, datetime):
        return None
    return found if found.tzinfo is not None else found.replace(tzinfo=zone)


def day(value: Any, name: str) -> date:
    """A date out of a form (``2026-06-15``). Raises ``DateMissing``."""
    found = parse_date(str(value or ""))
    if found is None:
        raise DateMissing(name=name)
    return found


def listed(given: Any) -> list[str]:
    """A text with commas, or a list, as a list of texts."""
    parts = given if isinstance(given, list) else str(given or "").split(",")
    return [str(part).strip() for part in parts if part is not None and str(part).strip()]
