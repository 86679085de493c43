"""What people answered in a case, as a walk says it: from the history, with files named instead of kept."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, select

from engine.store.tables import attachment, history
from engine.store.types import Record
from engine.trials.acting import FILE_MARK

_GIVEN_BY_THE_ENGINE = frozenset({"business_key", "initiator"})


def events(connection: Connection, instance_id: str) -> list[Record]:
    """What happened in a case, oldest first."""
    query = select(history).where(history.c.instance_id == instance_id)
    return list(connection.execute(query.order_by(history.c.revision, history.c.sequence)))


def start_answers(connection: Connection, instance_id: str, event: Record) -> dict[str, Any]:
    """What a case was started with."""
    given = {key: value for key, value in event.data["variables"].items() if key not in _GIVEN_BY_THE_ENGINE}
    return dict(_named(given, _files(connection, instance_id)))


def task_answers(connection: Connection, instance_id: str, event: Record) -> dict[str, Any]:
    """What a completed task was answered with."""
    return dict(_named((event.data or {}).get("submitted") or {}, _files(connection, instance_id)))


def last_task_answers(connection: Connection, instance_id: str) -> dict[str, Any]:
    """What the task completed last was answered with."""
    done = [one for one in events(connection, instance_id) if one.kind == "completed"]
    return task_answers(connection, instance_id, done[-1])


def _files(connection: Connection, instance_id: str) -> dict[str, str]:
    query = select(attachment.c.id, attachment.c.name).where(attachment.c.instance_id == instance_id)
    return {row.id: row.name for row in connection.execute(query)}


def _named(value: Any, files: Mapping[str, str]) -> Any:
    if isinstance(value, str):
        return f"{FILE_MARK}{files[value]}" if value in files else value
    if isinstance(value, Mapping):
        return {key: _named(one, files) for key, one in value.items()}
    if isinstance(value, list):
        return [_named(one, files) for one in value]
    return value
