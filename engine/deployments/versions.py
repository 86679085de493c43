"""Looking up the latest version of what has been published."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, Table, select

from engine.store.types import Record


def latest(connection: Connection, table: Table, key: str) -> Record | None:
    """The id and content hash of the latest version of ``key`` in one of the definition tables."""
    columns = table.c
    query = select(columns.id, columns.content_hash).where(columns.key == key, columns.is_latest)
    return connection.execute(query).one_or_none()


def latest_keys(connection: Connection, table: Table) -> Sequence[str]:
    """Everything published in one of the definition tables."""
    columns = table.c
    return connection.execute(select(columns.key).where(columns.is_latest)).scalars().all()
