"""Names of published processes, for lists that show many of them."""

from __future__ import annotations

from sqlalchemy import Connection, select

from engine.errors import Language
from engine.store.tables import process_definition


def process_names(connection: Connection, language: Language) -> dict[str, str]:
    """The name of every latest definition by key."""
    column = process_definition.c.name_zh if language == "zh" else process_definition.c.name_en
    query = select(process_definition.c.key, column).where(process_definition.c.is_latest)
    return {row.key: row[1] for row in connection.execute(query)}
