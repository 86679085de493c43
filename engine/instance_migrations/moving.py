"""Moving one case to another version, and taking the move back while nothing has happened since."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from engine import work_items
from engine.actors import Actor
from engine.errors import Conflict, EngineError, Invalid
from engine.instance_migrations.planning import judged, may_migrate
from engine.instance_migrations.verdicts import SAFE
from engine.runtime import engine_incident
from engine.runtime.changes import Changes
from engine.runtime.execution import Execution
from engine.runtime.library import PublishedProcess
from engine.runtime.migration import migrated
from engine.runtime.people import Directory
from engine.runtime.recording import Case, Step, open_work_item, record, subscription
from engine.runtime.step import Runtime, active_row, expressions_of
from engine.store import audit
from engine.store.tables import (
    instance_migration,
    message_subscription,
    process_definition,
    process_instance,
    timer,
    user,
    work_item,
)
from engine.store.tables.instances import OPEN_WORK_ITEM
from engine.store.types import Record

# What a version says of a task, and a move therefore changes in its work item.
_OF_VERSION = ("definition_id", "element_id", "name_zh", "name_en", "lane", "form_key", "candidates", "separations",
               "summary")  # fmt: skip
_STORED = (*_OF_VERSION, "id", "due_at")


class MigrationRefused(Invalid):
    """The case cannot go on under that version."""

    code = "migration_refused"
    zh = "案件 {number} 不能迁移：{zh}"
    en = "Case {number} cannot be moved: {en}"


class MigrationGone(Conflict):
    """Somebody went on with the case since it was moved, or the move was taken back already."""

    code = "migration_not_undoable"
    zh = "案件 {number} 在迁移后已有进展，不能撤销迁移"
    en = "Case {number} has moved on since; its move cannot be taken back"


def migrate(
    connection: Connection,
    runtime: Runtime,
    *,
    actor: Actor,
    instance_id: str,
    target: PublishedProcess,
    mapping: Mapping[str, str],
    batch_id: str,
    now: datetime,
) -> None:
    """Move a running case to ``target``. What waits keeps its id, its holder and its deadline.

    Raises ``Forbidden``, ``MigrationRefused``, ``InstanceEnded`` and ``Conflict``; nothing is changed then.
    """
    may_migrate(connection, actor, target.key)
    row = active_row(connection, instance_id)
    case_row = _with_id(connection, instance_id)
    planned = judged(connection, runtime, case_row, target.compiled, mapping, now)
    if planned.verdict.kind != SAFE or row.definition_id == target.id:
        reasons = planned.verdict.reasons
        said = {"zh": "；".join(one.zh for one in reasons), "en": "; ".join(one.en for one in reasons)}
        raise MigrationRefused(number=row.business_key, **said)
    old = runtime.library.get(connection, row.definition_id)
    data = {"from": old.version, "to": target.version, "mapping": dict(mapping)}
    step = Step(connection, actor, now, "migrated", data=data)
    before = Execution.load(
        old.compiled, expressions_of(runtime, step, old, instance_id, row.business_key), row.state
    ).waits()
    kept = _kept(connection, instance_id)
    expressions = expressions_of(runtime, step, target, instance_id, row.business_key)
    execution = migrated(row.state, old.compiled, target.compiled, mapping, expressions)
    after = execution.waits()
    _advance(connection, instance_id, row.revision, target.id, execution.dump())
    case = Case(instance_id, target, row.business_key, row.title, row.revision + 1)
    changes = Changes()
    record(changes, case, step, execution, before, after, Directory(connection))
    _reword_subscriptions(changes, case, step, execution, before.messages, after.messages)
    changes.write(connection)
    for waiting in after.tasks.values():
        _reword(connection, case, step, execution, waiting)
    for one in after.timers.values():
        armed = update(timer).where(timer.c.instance_id == instance_id, timer.c.task_id == one.task_id)
        connection.execute(armed.values(element_id=one.element.id))
    engine_incident.note_failures(connection, instance_id, expressions.failures, now)
    connection.execute(
        insert(instance_migration).values(
            batch_id=batch_id,
            instance_id=instance_id,
            from_definition_id=row.definition_id,
            to_definition_id=target.id,
            mapping=dict(mapping),
            before=kept,
            state_before=row.state,
            revision_after=row.revision + 1,
            migrated_at=now,
            migrated_by_id=actor.user_id,
        )
    )


def migrate_each(
    connection: Connection,
    runtime: Runtime,
    *,
    actor: Actor,
    key: str,
    instance_ids: Sequence[str],
    mapping: Mapping[str, str],
    batch_id: str,
    now: datetime,
) -> tuple[int, list[EngineError]]:
    """Move several cases to the version in force: how many were moved, and why each of the others was not."""
    target, moved, refused = runtime.library.latest(connection, key), 0, []
    for instance_id in instance_ids:
        try:
            with audit.savepoint(connection):
                migrate(
                    connection,
                    runtime,
                    actor=actor,
                    instance_id=instance_id,
                    target=target,
                    mapping=mapping,
                    batch_id=batch_id,
                    now=now,
                )
            moved += 1
        except EngineError as error:
            refused.append(error)
    return moved, refused


def undo(connection: Connection, runtime: Runtime, *, actor: Actor, migration_id: int, now: datetime) -> None:
    """Take a move back: the case is what it was, as if it had never been moved.

    Raises ``Forbidden``, ``InstanceEnded`` and ``MigrationGone`` when anything happened in the case since.
    """
    one = instance_migration.c
    move = connection.execute(select(instance_migration).where(one.id == migration_id)).one()
    old = runtime.library.get(connection, move.from_definition_id)
    may_migrate(connection, actor, old.key)
    row = active_row(connection, move.instance_id)
    if row.revision != move.revision_after or move.undone_at is not None:
        raise MigrationGone(number=row.business_key)
    _advance(connection, move.instance_id, row.revision, move.from_definition_id, move.state_before)
    _restore_work_items(connection, move.before["work_items"])
    _restore_timers(connection, move.instance_id, move.before["timers"])
    _restore_subscriptions(connection, move.instance_id, move.before["subscriptions"])
    step = Step(connection, actor, now, "migration_undone", data={"to": old.version})
    case = Case(move.instance_id, old, row.business_key, row.title, row.revision + 1)
    expressions = expressions_of(runtime, step, old, move.instance_id, row.business_key)
    execution = Execution.load(old.compiled, expressions, move.state_before)
    changes, waits = Changes(), execution.waits()
    record(changes, case, step, execution, waits, waits, Directory(connection))
    changes.write(connection)
    undone = update(instance_migration).where(one.id == migration_id, one.undone_at.is_(None))
    if connection.execute(undone.values(undone_at=now, undone_by_id=actor.user_id)).rowcount != 1:
        raise MigrationGone(number=row.business_key)


def listed(connection: Connection, key: str, *, batch_id: str = "") -> Sequence[Record]:
    """The moves of a process's cases, latest first: versions, who, when, and whether each can still be taken back."""
    old, new = process_definition.alias("old"), process_definition.alias("new")
    can_undo = (
        (process_instance.c.status == "active")
        & (process_instance.c.revision == instance_migration.c.revision_after)
        & instance_migration.c.undone_at.is_(None)
    )
    query = (
        select(
            instance_migration,
            process_instance.c.business_key,
            process_instance.c.title,
            old.c.version.label("from_version"),
            new.c.version.label("to_version"),
            user.c.name.label("migrated_by"),
            can_undo.label("can_undo"),
        )
        .join(process_instance, process_instance.c.id == instance_migration.c.instance_id)
        .join(old, old.c.id == instance_migration.c.from_definition_id)
        .join(new, new.c.id == instance_migration.c.to_definition_id)
        .join(user, user.c.id == instance_migration.c.migrated_by_id)
        .where(new.c.key == key)
        .order_by(instance_migration.c.id.desc())
    )
    if batch_id:
        query = query.where(instance_migration.c.batch_id == batch_id)
    return connection.execute(query.limit(500)).all()


def _with_id(connection: Connection, instance_id: str) -> Record:
    own = process_instance.c
    return connection.execute(select(own.id, own.state, own.definition_id).where(own.id == instance_id)).one()


def _advance(connection: Connection, instance_id: str, revision: int, definition_id: int, state: bytes) -> None:
    own = process_instance.c
    changed = connection.execute(
        update(process_instance)
        .where(own.id == instance_id, own.revision == revision)
        .values(revision=revision + 1, definition_id=definition_id, state=state)
    )
    if changed.rowcount != 1:
        raise Conflict()


def _kept(connection: Connection, instance_id: str) -> dict[str, Any]:
    """What a move changes beside the state, as it is now."""
    own, armed, told = work_item.c, timer.c, message_subscription.c
    items = connection.execute(
        select(*(own[name] for name in _STORED)).where(own.instance_id == instance_id, OPEN_WORK_ITEM)
    )
    timers = connection.execute(
        select(armed.id, armed.element_id).where(armed.instance_id == instance_id, armed.status == "pending")
    )
    subscriptions = connection.execute(select(message_subscription).where(told.instance_id == instance_id))
    return {
        "work_items": [_json(row) for row in items],
        "timers": [_json(row) for row in timers],
        "subscriptions": [_json(row) for row in subscriptions],
    }


def _json(row: Record) -> dict[str, Any]:
    return {name: value.isoformat() if isinstance(value, datetime) else value for name, value in row._mapping.items()}


def _reword(connection: Connection, case: Case, step: Step, execution: Execution, waiting: Any) -> None:
    """A work item says what the new version says of its task; who has it and by when stays."""
    drawn = Changes()
    open_work_item(drawn, case, step, execution, waiting, Directory(connection))
    (fresh,) = drawn.work_items
    own = work_item.c
    item = connection.execute(select(work_item).where(own.id == waiting.task_id)).one()
    values = {name: fresh[name] for name in _OF_VERSION}
    values["candidates"] = [*fresh["candidates"], *(item.escalated_to or ())]
    values["due_at"] = item.due_at if item.due_at is not None else fresh["due_at"]
    connection.execute(update(work_item).where(own.id == item.id).values(**values))
    _show(connection, item.id)


def _show(connection: Connection, work_item_id: str) -> None:
    """Bring the inbox entries of a work item in line with it."""
    item = connection.execute(select(work_item).where(work_item.c.id == work_item_id)).one()
    holders = item.candidates if item.assignee_id is None else [f"user:{item.assignee_id}"]
    work_items.show_to(connection, item, [*holders, *work_items.watchers(item)])


def _reword_subscriptions(
    changes: Changes, case: Case, step: Step, execution: Execution, before: Mapping[str, Any], after: Mapping[str, Any]
) -> None:
    """A message that is called otherwise in the new version is waited for under its new name."""
    for task_id in before.keys() & after.keys():
        was, now = before[task_id], after[task_id]
        if (was.message, was.element.id) != (now.message, now.element.id):
            changes.closed_subscriptions.append({"b_id": task_id})
            changes.subscriptions.append(subscription(case, step, execution, now))


def _restore_work_items(connection: Connection, rows: list[dict[str, Any]]) -> None:
    for row in rows:
        values: dict[str, Any] = {**row, "due_at": datetime.fromisoformat(row["due_at"]) if row["due_at"] else None}
        connection.execute(update(work_item).where(work_item.c.id == row["id"]).values(**values))
        _show(connection, row["id"])


def _restore_timers(connection: Connection, instance_id: str, rows: list[dict[str, Any]]) -> None:
    own = timer.c
    known = [row["id"] for row in rows]
    armed_since = update(timer).where(own.instance_id == instance_id, own.status == "pending", own.id.not_in(known))
    connection.execute(armed_since.values(status="cancelled"))
    for row in rows:
        again = update(timer).where(own.id == row["id"])
        connection.execute(again.values(status="pending", element_id=row["element_id"]))


def _restore_subscriptions(connection: Connection, instance_id: str, rows: list[dict[str, Any]]) -> None:
    connection.execute(delete(message_subscription).where(message_subscription.c.instance_id == instance_id))
    if rows:
        fresh = [{**row, "created_at": datetime.fromisoformat(row["created_at"])} for row in rows]
        connection.execute(insert(message_subscription), fresh)
