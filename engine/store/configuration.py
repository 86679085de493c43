"""Calendars and roles as they were: what a version of a process that was in force on a past date ran with.

Whoever changes one of them notes it; the whole of it is kept once, at the end of the transaction, if it is different.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Connection, insert, select

from engine.store.tables import calendar, configuration_version, group, membership, setting, user

_NOTED = "yunzhi_configuration"
_WRITTEN = orjson.OPT_SORT_KEYS | orjson.OPT_INDENT_2


def note(connection: Connection, kind: str, now: datetime) -> None:
    """Say that ``kind`` (calendars, roles, settings) is changed in this transaction."""
    connection.info.setdefault(_NOTED, {})[kind] = now


def flush(connection: Connection) -> None:
    """Keep what was noted, if it differs from what was kept last. Called by the database door before the commit."""
    for kind, now in (connection.info.pop(_NOTED, None) or {}).items():
        content = orjson.dumps(_CONTENTS[kind](connection), option=_WRITTEN) + b"\n"
        digest = hashlib.sha256(content).hexdigest()
        kept = as_of(connection, kind, None)
        if kept is not None and hashlib.sha256(kept).hexdigest() == digest:
            continue
        connection.execute(
            insert(configuration_version).values(kind=kind, valid_from_at=now, content_hash=digest, content=content)
        )


def discard(connection: Connection) -> None:
    """Forget what was noted in a transaction that failed."""
    connection.info.pop(_NOTED, None)


def as_of(connection: Connection, kind: str, at: datetime | None) -> bytes | None:
    """What ``kind`` was at a moment (None: the latest), byte for byte; None before anything was kept."""
    kept = configuration_version.c
    query = select(kept.content).where(kept.kind == kind)
    if at is not None:
        query = query.where(kept.valid_from_at <= at)
    found: bytes | None = connection.execute(query.order_by(kept.id.desc()).limit(1)).scalar()
    return found


def _calendars(connection: Connection) -> Any:
    rows = connection.execute(select(calendar).order_by(calendar.c.key))
    return {row.key: {"is_default": row.is_default, "data": row.data} for row in rows}


def _settings(connection: Connection) -> Any:
    return {row.key: row.value for row in connection.execute(select(setting))}


def _roles(connection: Connection) -> Any:
    people = {row.id: row for row in connection.execute(select(user).order_by(user.c.login))}
    members: dict[int, list[str]] = {}
    for row in connection.execute(select(membership)):
        members.setdefault(row.group_id, []).append(people[row.user_id].login)
    return {
        "people": [
            {
                "login": one.login,
                "name": one.name,
                "is_active": one.is_active,
                "is_administrator": one.is_administrator,
            }
            for one in people.values()
        ],
        "groups": [
            {
                "key": one.key,
                "name_zh": one.name_zh,
                "name_en": one.name_en,
                "is_department": one.is_department,
                "manager": people[one.manager_id].login if one.manager_id is not None else None,
                "members": sorted(members.get(one.id, [])),
            }
            for one in connection.execute(select(group).order_by(group.c.key))
        ],
    }


_CONTENTS: dict[str, Callable[[Connection], Any]] = {
    "calendars": _calendars,
    "roles": _roles,
    "settings": _settings,
}
KINDS = tuple(_CONTENTS)
