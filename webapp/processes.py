"""Published processes: their names for lists that show many of them, and whether a person may start one."""

from __future__ import annotations

from sqlalchemy import Connection, select

from engine import instances
from engine.actors import Actor
from engine.errors import Language
from engine.store.tables import process_definition


def process_names(connection: Connection, language: Language) -> dict[str, str]:
    """The name of every latest definition by key."""
    column = process_definition.c.name_zh if language == "zh" else process_definition.c.name_en
    query = select(process_definition.c.key, column).where(process_definition.c.is_latest)
    return {row.key: row[1] for row in connection.execute(query)}


def may_be_started(connection: Connection, actor: Actor, key: str) -> bool:
    """Whether the process is published and ``actor`` may start it by hand."""
    return any(row.key == key for row in instances.startable(connection, actor))
