"""What was approved comes into force at its moment: published in one transaction, or sent back with the reason."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection, bindparam, or_, select

from engine import deployments
from engine.actors import Actor, system_actor
from engine.definitions.problems import DefinitionInvalid
from engine.deployments import Published
from engine.errors import EngineError
from engine.process_changes.changes import move
from engine.process_changes.contents import sources
from engine.process_changes.errors import ChangeNotOpen
from engine.process_changes.reviewing import author_of, check_base, tell
from engine.runtime.step import Runtime
from engine.store.prepared import Prepared
from engine.store.tables import process_change, user

_SYSTEM = system_actor("process_change")
_due = Prepared(
    select(process_change.c.id)
    .where(
        process_change.c.status == "approved",
        or_(process_change.c.effective_at.is_(None), process_change.c.effective_at <= bindparam("b_now")),
    )
    .order_by(process_change.c.id)
)


def due(connection: Connection, now: datetime) -> list[int]:
    """The approved changes whose moment has come."""
    return [row.id for row in _due.all(connection, {"b_now": now})]


def put_in_force(runtime: Runtime, connection: Connection, change_id: int, *, now: datetime) -> Published:
    """Publish an approved change whose moment has come, in its author's name.

    Raises ``ChangeNotOpen``, ``ChangeOutdated`` and ``DefinitionInvalid``; nothing is published then.
    """
    change = connection.execute(
        select(process_change, user.c.login, user.c.name)
        .join(user, user.c.id == process_change.c.author_id)
        .where(process_change.c.id == change_id)
    ).one()
    if change.status != "approved" or (change.effective_at is not None and change.effective_at > now):
        raise ChangeNotOpen()
    check_base(connection, change)
    author = replace(Actor(change.author_id, change.login, change.name), is_administrator=True)
    published = deployments.publish(
        connection, runtime, sources(connection, change_id), actor=author, reason=change.reason, now=now
    )
    move(
        connection,
        _SYSTEM,
        change_id,
        "publish",
        ("approved",),
        now,
        details={"deployment": published.deployment_id, "processes": published.processes},
        status="published",
        deployment_id=published.deployment_id,
        ended_at=now,
    )
    subject = (f"流程变更已生效：{change.process_key}", f"A change of a process is in force: {change.process_key}")
    tell(connection, change_id, "published", author_of(connection, change), subject, change.reason, now)
    return published


def fail(connection: Connection, change_id: int, error: Exception, *, now: datetime) -> None:
    """An approved change that cannot be published goes back to its author with the reason."""
    zh, en = _sentences(error)
    move(connection, _SYSTEM, change_id, "fail", ("approved",), now, status="editing", failure_zh=zh, failure_en=en)
    change = connection.execute(select(process_change).where(process_change.c.id == change_id)).one()
    subject = (
        f"流程变更未能生效：{change.process_key}",
        f"A change of a process could not come into force: {change.process_key}",
    )
    tell(connection, change_id, f"failed:{change.revision}", author_of(connection, change), subject, f"{zh}\n{en}", now)


def _sentences(error: Exception) -> tuple[str, str]:
    if isinstance(error, DefinitionInvalid):
        errors = [one for one in error.problems if one.level == "error"]
        return "；".join(one.zh for one in errors), "; ".join(one.en for one in errors)
    if isinstance(error, EngineError):
        return error.message("zh"), error.message("en")
    return str(error), str(error)
