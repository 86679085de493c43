"""Who may change a process and who reviews the changes: a group each, set by an administrator."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, delete, insert, select

from engine.actors import Actor
from engine.groups import GroupUnknown
from engine.store import audit
from engine.store.tables import group, membership, process_owner, user
from engine.store.types import Record
from engine.users import require_administrator

_owner, _reviewer = group.alias("owner"), group.alias("reviewer")


def owners(connection: Connection) -> dict[str, Record]:
    """The owning and the reviewing group of each process that has them, by its key."""
    query = (
        select(
            process_owner,
            _owner.c.key.label("owner_key"),
            _owner.c.name_zh.label("owner_zh"),
            _owner.c.name_en.label("owner_en"),
            _reviewer.c.key.label("reviewer_key"),
            _reviewer.c.name_zh.label("reviewer_zh"),
            _reviewer.c.name_en.label("reviewer_en"),
        )
        .outerjoin(_owner, _owner.c.id == process_owner.c.owner_group_id)
        .outerjoin(_reviewer, _reviewer.c.id == process_owner.c.reviewer_group_id)
    )
    return {row.process_key: row for row in connection.execute(query)}


def owner_of(connection: Connection, key: str) -> Record | None:
    """The groups of one process; None: its administrators own and review it."""
    return owners(connection).get(key)


def owns(connection: Connection, actor: Actor, key: str) -> bool:
    """Whether somebody may change a process: a member of its owning group, or an administrator."""
    row = owner_of(connection, key)
    return actor.is_administrator or (row is not None and row.owner_group_id in actor.groups)


def reviews(connection: Connection, actor: Actor, key: str) -> bool:
    """Whether somebody may review changes of a process; an administrator does where nobody is named."""
    row = owner_of(connection, key)
    if row is None or row.reviewer_group_id is None:
        return actor.is_administrator
    return row.reviewer_group_id in actor.groups


def reviewers(connection: Connection, key: str) -> list[Record]:
    """The active people who may review changes of a process."""
    row = owner_of(connection, key)
    query = select(user).where(user.c.is_active).order_by(user.c.id)
    if row is None or row.reviewer_group_id is None:
        return list(connection.execute(query.where(user.c.is_administrator)))
    members = select(membership.c.user_id).where(membership.c.group_id == row.reviewer_group_id)
    return list(connection.execute(query.where(user.c.id.in_(members))))


def set_owner(
    connection: Connection, *, actor: Actor, key: str, owner_group: str, reviewer_group: str, now: datetime
) -> None:
    """Name the groups of a process by their keys; an empty one: the administrators. Administrators only.

    Raises ``Forbidden`` and ``GroupUnknown``.
    """
    require_administrator(actor)
    connection.execute(delete(process_owner).where(process_owner.c.process_key == key))
    if owner_group or reviewer_group:
        connection.execute(
            insert(process_owner).values(
                process_key=key,
                owner_group_id=_group_id(connection, owner_group),
                reviewer_group_id=_group_id(connection, reviewer_group),
            )
        )
    audit.record(
        connection,
        actor=actor.login,
        action="process_owner.set",
        subject_type="process",
        subject_id=key,
        now=now,
        details={"owner": owner_group, "reviewer": reviewer_group},
    )


def _group_id(connection: Connection, key: str) -> int | None:
    if not key:
        return None
    found = connection.execute(select(group.c.id).where(group.c.key == key)).scalar()
    if found is None:
        raise GroupUnknown()
    return int(found)
