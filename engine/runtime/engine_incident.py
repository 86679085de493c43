"""Engine incidents: what the engine could not do, with the true reason, until somebody mends it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, bindparam, insert, literal, select, update

from engine.errors import EngineError
from engine.runtime.expressions import Failure
from engine.store.prepared import Prepared
from engine.store.tables import engine_incident

_resolve = Prepared(
    update(engine_incident)
    .where(engine_incident.c.kind == bindparam("b_kind"), engine_incident.c.source_id == bindparam("b_source_id"))
    .where(engine_incident.c.status == "open")
    .values(status=literal("resolved"), resolved_at=bindparam("b_now"), resolved_by_id=bindparam("b_by_id"))
)
_resolve_ended = Prepared(
    update(engine_incident)
    .where(engine_incident.c.instance_id == bindparam("b_id"), engine_incident.c.status == "open")
    .where(engine_incident.c.kind != "outbox")
    .values(status=literal("resolved"), resolved_at=bindparam("b_now"))
)


def note_failures(connection: Connection, instance_id: str, failures: Sequence[Failure], now: datetime) -> None:
    """Open an incident for each thing a step could not do."""
    for failure in failures:
        _note(
            connection,
            kind=failure.kind,
            source_id=failure.task_id,
            instance_id=instance_id,
            element_id=failure.element.id,
            error_code=failure.error_code,
            messages=(failure.zh, failure.en),
            now=now,
        )


def note_error(
    connection: Connection,
    *,
    kind: str,
    source_id: str,
    error: Exception,
    now: datetime,
    instance_id: str | None = None,
    element_id: str = "",
) -> None:
    """Open an incident for a timer, schedule or outbox row that failed, or count one more occurrence of it."""
    if isinstance(error, EngineError):
        code, messages = error.code, (error.message("zh"), error.message("en"))
    else:
        code, text = "unexpected", f"{type(error).__name__}: {error}"
        messages = (text, text)
    _note(
        connection,
        kind=kind,
        source_id=source_id,
        instance_id=instance_id,
        element_id=element_id,
        error_code=code,
        messages=messages,
        now=now,
    )


def resolve(connection: Connection, kind: str, source_id: str, now: datetime, by_id: int | None = None) -> bool:
    """Close the open incident of a source; False when there was none."""
    parameters = {"b_kind": kind, "b_source_id": source_id, "b_now": now, "b_by_id": by_id}
    return _resolve.run(connection, parameters) > 0


def resolve_ended(connection: Connection, instance_id: str, now: datetime) -> None:
    """An instance has ended: what failed in its tasks and timers needs no mending any more."""
    _resolve_ended.run(connection, {"b_id": instance_id, "b_now": now})


def _note(
    connection: Connection,
    *,
    kind: str,
    source_id: str,
    instance_id: str | None,
    element_id: str,
    error_code: str,
    messages: tuple[str, str],
    now: datetime,
) -> None:
    same = (
        engine_incident.c.kind == kind,
        engine_incident.c.source_id == source_id,
        engine_incident.c.status == "open",
    )
    known = connection.execute(select(engine_incident.c.id).where(*same)).scalar()
    if known is not None:
        connection.execute(
            update(engine_incident)
            .where(engine_incident.c.id == known)
            .values(
                occurrences=engine_incident.c.occurrences + 1,
                last_at=now,
                error_code=error_code,
                message_zh=messages[0],
                message_en=messages[1],
            )
        )
        return
    connection.execute(
        insert(engine_incident).values(
            kind=kind,
            source_id=source_id,
            instance_id=instance_id,
            element_id=element_id,
            error_code=error_code,
            message_zh=messages[0],
            message_en=messages[1],
            status="open",
            occurrences=1,
            first_at=now,
            last_at=now,
        )
    )
