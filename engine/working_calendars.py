"""Working calendars as the administrator keeps them, and the FEEL functions over them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select, update

from engine import calendars
from engine.actors import Actor
from engine.errors import Forbidden, Invalid
from engine.store import audit, configuration
from engine.store.tables import calendar

_BUILT_IN = {one.key: one for one in (calendars.STANDARD, calendars.ALWAYS)}
_NAMES = tuple(calendars.calendar_functions(_BUILT_IN, calendars.STANDARD.key))


_KEY = re.compile(r"[a-z][a-z0-9_-]{1,63}")


class CalendarKeyInvalid(Invalid):
    """A key that an expression could not name."""

    code = "calendar_key_invalid"
    zh = "标识须为 2–64 位小写字母、数字、_ 或 -，并以字母开头"
    en = "A key has 2–64 lower-case letters, digits, _ or - and starts with a letter"


def save(
    connection: Connection, *, actor: Actor, key: str, data: Mapping[str, Any], is_default: bool, now: datetime
) -> None:
    """Create or change a calendar (``data`` as ``calendar_to_json`` writes it); administrators only.

    Raises ``CalendarInvalid`` naming what is wrong, ``CalendarKeyInvalid`` and ``Forbidden``.
    """
    if not actor.is_administrator:
        raise Forbidden()
    if not _KEY.fullmatch(key):
        raise CalendarKeyInvalid()
    kept = calendars.calendar_to_json(calendars.calendar_from_json(key, data))
    if is_default:
        connection.execute(update(calendar).where(calendar.c.is_default).values(is_default=False))
    changed = connection.execute(update(calendar).where(calendar.c.key == key).values(data=kept, is_default=is_default))
    if changed.rowcount == 0:
        connection.execute(insert(calendar).values(key=key, data=kept, is_default=is_default))
    configuration.note(connection, "calendars", now)
    audit.record(
        connection,
        actor=actor.login,
        action="calendar.save",
        subject_type="calendar",
        subject_id=key,
        now=now,
        details={"data": kept, "is_default": is_default},
    )


def host_functions(connection: Connection) -> Mapping[str, Callable[..., Any]]:
    """The calendar functions (``working days after`` …) over the calendars in the database.

    Nothing is read until an expression calls one of them; they are meant for one transaction.
    """
    kept = _Kept(connection)
    return {name: kept.function(name) for name in _NAMES}


def load_calendars(connection: Connection) -> tuple[dict[str, calendars.Calendar], str]:
    """All calendars by key, the built-in ones included, and the key of the default one."""
    rows = connection.execute(select(calendar)).all()
    stored = {row.key: calendars.calendar_from_json(row.key, row.data) for row in rows}
    default = next((row.key for row in rows if row.is_default), calendars.STANDARD.key)
    return {**_BUILT_IN, **stored}, default


class _Kept:
    """Reads the calendars once, at the first call."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._functions: Mapping[str, Callable[..., Any]] | None = None

    def function(self, name: str) -> Callable[..., Any]:
        def call(*arguments: Any) -> Any:
            if self._functions is None:
                stored, default = load_calendars(self._connection)
                self._functions = calendars.calendar_functions(stored, default)
            return self._functions[name](*arguments)

        return call
