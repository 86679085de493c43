"""The host's FEEL functions: working calendars as the administrator keeps them, read when first used in a step."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import Connection, select

from engine import calendars
from engine.store.tables import calendar

_BUILT_IN = {one.key: one for one in (calendars.STANDARD, calendars.ALWAYS)}
_NAMES = tuple(calendars.calendar_functions(_BUILT_IN, calendars.STANDARD.key))


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
