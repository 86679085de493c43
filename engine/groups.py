"""Groups: whom work is offered to, and who answers for it."""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select, update

from engine.actors import Actor
from engine.errors import Conflict, Invalid, NotFound
from engine.store import audit, configuration
from engine.store.tables import group, membership, user
from engine.store.types import Record
from engine.users import NameMissing, UserUnknown, require_administrator

_KEY = re.compile(r"[a-z][a-z0-9_-]{1,63}")


class GroupUnknown(NotFound):
    """No such group."""

    code = "group_unknown"
    zh = "没有找到该用户组"
    en = "There is no such group"


class GroupKeyInvalid(Invalid):
    """A key that a diagram could not name."""

    code = "group_key_invalid"
    zh = "标识须为 2–64 位小写字母、数字、_ 或 -，并以字母开头"
    en = "A key has 2–64 lower-case letters, digits, _ or - and starts with a letter"


class GroupKeyTaken(Conflict):
    """Two groups with one key."""

    code = "group_key_taken"
    zh = "标识 {key} 已被使用"
    en = "The key {key} is taken"


def listed(connection: Connection) -> list[Record]:
    """All groups by key: with the manager's name and the number of active members."""
    members = (
        select(func.count())
        .select_from(membership.join(user, user.c.id == membership.c.user_id))
        .where(membership.c.group_id == group.c.id, user.c.is_active)
        .scalar_subquery()
    )
    query = (
        select(group, user.c.name.label("manager_name"), members.label("members"))
        .outerjoin(user, user.c.id == group.c.manager_id)
        .order_by(group.c.key)
    )
    return list(connection.execute(query))


def get(connection: Connection, group_id: int) -> Record:
    """One group. Raises ``GroupUnknown``."""
    row = connection.execute(select(group).where(group.c.id == group_id)).one_or_none()
    if row is None:
        raise GroupUnknown()
    return row


def members(connection: Connection, group_id: int) -> list[Record]:
    """The users of a group (id, login, name, is_active) by name."""
    return list(
        connection.execute(
            select(user.c.id, user.c.login, user.c.name, user.c.is_active)
            .join(membership, membership.c.user_id == user.c.id)
            .where(membership.c.group_id == group_id)
            .order_by(user.c.name, user.c.id)
        )
    )


def of_users(connection: Connection, user_ids: Collection[int]) -> dict[int, list[Record]]:
    """The groups of each of the users: user id to rows (id, key, name_zh, name_en)."""
    found: dict[int, list[Record]] = {user_id: [] for user_id in user_ids}
    rows = connection.execute(
        select(membership.c.user_id, group.c.id, group.c.key, group.c.name_zh, group.c.name_en)
        .join(group, group.c.id == membership.c.group_id)
        .where(membership.c.user_id.in_(list(user_ids)))
        .order_by(group.c.key)
    )
    for row in rows:
        found[row.user_id].append(row)
    return found


def create(
    connection: Connection,
    *,
    actor: Actor,
    now: datetime,
    key: str,
    name_zh: str,
    name_en: str,
    is_department: bool = True,
) -> int:
    """Create a group (a department, or a role such as the auditors) and return the id.

    Raises ``Forbidden``, ``GroupKeyInvalid``, ``GroupKeyTaken``, ….
    """
    require_administrator(actor)
    key = key.strip().lower()
    if not _KEY.fullmatch(key):
        raise GroupKeyInvalid(fields=["key"])
    values = {**_names(name_zh, name_en), "is_department": is_department}
    if connection.execute(select(group.c.id).where(group.c.key == key)).first():
        raise GroupKeyTaken(key=key, fields=["key"])
    group_id: int = connection.execute(insert(group).values(key=key, **values).returning(group.c.id)).scalar_one()
    _audit(connection, actor, "group.create", group_id, now, {"key": key, **values})
    return group_id


def change(
    connection: Connection,
    *,
    actor: Actor,
    group_id: int,
    now: datetime,
    name_zh: str,
    name_en: str,
    manager_id: int | None,
    is_department: bool = True,
) -> None:
    """Rename a group, say whether it is a department, and name its manager, to whom overdue work goes.

    Raises ``GroupUnknown``, ``UserUnknown``, …
    """
    require_administrator(actor)
    before = get(connection, group_id)
    if manager_id is not None:
        _existing_user(connection, manager_id)
    values = {**_names(name_zh, name_en), "manager_id": manager_id, "is_department": is_department}
    changed = {key: value for key, value in values.items() if before._mapping[key] != value}
    if changed:
        connection.execute(update(group).where(group.c.id == group_id).values(changed))
        _audit(connection, actor, "group.change", group_id, now, changed)


def add_member(connection: Connection, *, actor: Actor, group_id: int, user_id: int, now: datetime) -> None:
    """Put a user into a group; somebody who is in it stays. Raises ``GroupUnknown`` and ``UserUnknown``."""
    require_administrator(actor)
    get(connection, group_id)
    _existing_user(connection, user_id)
    where = (membership.c.group_id == group_id, membership.c.user_id == user_id)
    if connection.execute(select(membership.c.user_id).where(*where)).first():
        return
    connection.execute(insert(membership).values(group_id=group_id, user_id=user_id))
    _audit(connection, actor, "group.add_member", group_id, now, {"user_id": user_id})


def remove_member(connection: Connection, *, actor: Actor, group_id: int, user_id: int, now: datetime) -> None:
    """Take a user out of a group; work already claimed stays with them."""
    require_administrator(actor)
    where = (membership.c.group_id == group_id, membership.c.user_id == user_id)
    if connection.execute(delete(membership).where(*where)).rowcount:
        _audit(connection, actor, "group.remove_member", group_id, now, {"user_id": user_id})


def set_groups(
    connection: Connection, *, actor: Actor, user_id: int, group_ids: Collection[int], now: datetime
) -> None:
    """Exactly these groups for a user. Raises ``UserUnknown`` and ``GroupUnknown``."""
    require_administrator(actor)
    present = set(connection.scalars(select(membership.c.group_id).where(membership.c.user_id == user_id)))
    for group_id in sorted(set(group_ids) - present):
        add_member(connection, actor=actor, group_id=group_id, user_id=user_id, now=now)
    for group_id in sorted(present - set(group_ids)):
        remove_member(connection, actor=actor, group_id=group_id, user_id=user_id, now=now)


def _names(name_zh: str, name_en: str) -> dict[str, str]:
    names = {"name_zh": name_zh.strip(), "name_en": name_en.strip()}
    wrong = [field for field, name in names.items() if not 1 <= len(name) <= 100]
    if wrong:
        raise NameMissing(fields=wrong)
    return names


def _existing_user(connection: Connection, user_id: int) -> None:
    if connection.execute(select(user.c.id).where(user.c.id == user_id)).first() is None:
        raise UserUnknown()


def _audit(
    connection: Connection, actor: Actor, action: str, group_id: int, now: datetime, details: dict[str, Any]
) -> None:
    configuration.note(connection, "roles", now)
    audit.record(
        connection,
        actor=actor.login,
        action=action,
        subject_type="group",
        subject_id=group_id,
        now=now,
        details=details,
    )
