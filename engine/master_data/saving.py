"""Creating and changing records of master data: who may, what is refused, and what is noted.

Everything is checked before anything is written, so that a refused record leaves nothing behind.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Connection, insert, select, update

from engine.actors import Actor
from engine.errors import Conflict, Forbidden, NotFound
from engine.master_data.attributes import Attribute
from engine.master_data.kinds import CODES, REFERENCE_NAMES, Kind
from engine.store import audit
from engine.store.tables import group, sla, spare_part_move
from engine.store.types import Record

KEEPERS = ("operations", "service_desk")
Outcome = Literal["created", "changed", "unchanged"]


class MasterDataForbidden(Forbidden):
    """Somebody else keeps the master data."""

    code = "master_data_forbidden"
    zh = "主数据由管理员和运维服务部、服务台的负责人维护"
    en = "Master data is kept by administrators and by the heads of operations and of the service desk"


class RecordUnknown(NotFound):
    """No such record."""

    code = "master_data_unknown"
    zh = "没有找到该记录"
    en = "There is no such record"


class RecordTaken(Conflict):
    """Two records under one key."""

    code = "master_data_taken"
    zh = "{name}“{key}”已存在"
    en = "There is already a {name_en} “{key}”"


class AgreementInForce(Conflict):
    """What was signed is not changed; a new version is."""

    code = "agreement_in_force"
    zh = "已签订的 SLA 不能修改，请发起“SLA 签订”形成新版本"
    en = "A signed agreement is not changed; start “SLA signing” for a new version"


@dataclass(frozen=True)
class Saved:
    """What became of a record."""

    id: int
    outcome: Outcome


def may_keep(connection: Connection, actor: Actor) -> bool:
    """Whether ``actor`` keeps the master data."""
    if actor.is_administrator:
        return True
    heads = select(group.c.id).where(group.c.key.in_(KEEPERS), group.c.manager_id == actor.user_id)
    return actor.user_id is not None and connection.execute(heads).first() is not None


def require_keeper(connection: Connection, actor: Actor) -> None:
    """The guard of every change. Raises ``MasterDataForbidden``."""
    if not may_keep(connection, actor):
        raise MasterDataForbidden()


def get(connection: Connection, kind: Kind, record_id: int) -> Record:
    """One record. Raises ``RecordUnknown``."""
    found = connection.execute(select(kind.table).where(kind.table.c.id == record_id)).one_or_none()
    if found is None:
        raise RecordUnknown()
    return found


def written(connection: Connection, kind: Kind, record: Record) -> dict[str, str]:
    """A record as its form shows it: codes instead of ids."""
    texts = {}
    for attribute in kind.attributes:
        value = getattr(record, attribute.stored_as)
        if attribute.reference and value is not None:
            code = CODES[attribute.reference]
            value = connection.execute(select(code).where(code.table.c.id == value)).scalar()
        texts[attribute.key] = attribute.written(value)
    return texts


def save(
    connection: Connection,
    *,
    actor: Actor,
    kind: Kind,
    given: Mapping[str, str],
    now: datetime,
    record_id: int | None = None,
    is_new: bool = False,
) -> Saved:
    """Create a record or change the one with this id or key; texts by attribute, those not given stay as they are.

    ``is_new`` refuses a key that is taken. Raises ``MasterDataForbidden``, ``ValueInvalid``, ``RecordTaken``, ….
    """
    require_keeper(connection, actor)
    before = None if record_id is None else get(connection, kind, record_id)
    if before is None:
        before = _by_key(connection, kind, given)
        if before is not None and is_new:
            attribute = next(one for one in kind.attributes if one.stored_as == kind.natural_key[-1])
            raise RecordTaken(
                name=kind.zh, name_en=kind.en.lower(), key=given.get(attribute.key, ""), fields=[attribute.key]
            )
    values = _values(connection, kind, given, before)
    present = {} if before is None else {one.stored_as: getattr(before, one.stored_as) for one in kind.attributes}
    whole = {**present, **values}
    if kind.check is not None:
        kind.check(connection, whole, kind)
    _refuse_signed(connection, kind, before, whole)
    if before is None:
        return Saved(_insert(connection, actor, kind, whole, now), "created")
    changed = {name: value for name, value in whole.items() if getattr(before, name) != value}
    if not changed:
        return Saved(before.id, "unchanged")
    connection.execute(update(kind.table).where(kind.table.c.id == before.id).values(**changed))
    _note(connection, actor, kind, "change", before.id, changed, now)
    return Saved(before.id, "changed")


def _by_key(connection: Connection, kind: Kind, given: Mapping[str, str]) -> Record | None:
    query = select(kind.table)
    for column in kind.natural_key:
        attribute = next(one for one in kind.attributes if one.stored_as == column)
        query = query.where(kind.table.c[column] == _resolved(connection, attribute, given.get(attribute.key, "")))
    if kind.table is sla:
        query = query.order_by(sla.c.version.desc()).limit(1)
    return connection.execute(query).one_or_none()


def _values(connection: Connection, kind: Kind, given: Mapping[str, str], before: Record | None) -> dict[str, Any]:
    wanted = [one for one in kind.attributes if before is None or (one.key in given and not one.is_new_only)]
    return {one.stored_as: _resolved(connection, one, given.get(one.key, "")) for one in wanted}


def _resolved(connection: Connection, attribute: Attribute, text: str) -> Any:
    value = attribute.read(text)
    if not attribute.reference or value is None:
        return value
    code = CODES[attribute.reference]
    query = select(code.table.c.id).where(code == value)
    if attribute.reference == "sla":
        query = query.where(sla.c.status == "draft").order_by(sla.c.version.desc()).limit(1)
    found = connection.execute(query).scalar()
    if found is None:
        zh, en = REFERENCE_NAMES[attribute.reference]
        raise attribute.refuse(f"“{value}”不是已有的{zh}", f"“{value}” is no known {en}")
    return found


def _refuse_signed(connection: Connection, kind: Kind, before: Record | None, whole: Mapping[str, Any]) -> None:
    status = None
    if kind.table is sla and before is not None:
        status = before.status
    elif kind.key == "sla_item":
        status = connection.execute(select(sla.c.status).where(sla.c.id == whole["sla_id"])).scalar()
    if status not in (None, "draft"):
        raise AgreementInForce()


def _insert(connection: Connection, actor: Actor, kind: Kind, values: dict[str, Any], now: datetime) -> int:
    extra: dict[str, Any] = {"created_at": now} if "created_at" in kind.table.c else {}
    if kind.table is sla:
        extra |= {"status": "draft", "version": 1}
    statement = insert(kind.table).values(**values, **extra).returning(kind.table.c.id)
    identifier = int(connection.execute(statement).scalar_one())
    if values.get("stock"):
        connection.execute(
            insert(spare_part_move).values(
                part_id=identifier,
                kind="count",
                quantity=values["stock"],
                balance=values["stock"],
                moved_at=now,
                moved_by_id=actor.user_id,
                note="期初库存",
            )
        )
    _note(connection, actor, kind, "create", identifier, values, now)
    return identifier


def _note(
    connection: Connection,
    actor: Actor,
    kind: Kind,
    action: str,
    identifier: int,
    values: Mapping[str, Any],
    now: datetime,
) -> None:
    told = {name: value.isoformat() if hasattr(value, "isoformat") else value for name, value in values.items()}
    audit.record(
        connection,
        actor=actor.login,
        action=f"{kind.key}.{action}",
        subject_type=kind.key,
        subject_id=identifier,
        now=now,
        details=told,
    )
