"""Process instances: start them, send them messages, look at them, and what an administrator may do to them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, String, bindparam, select, text, tuple_

from engine.actors import Actor
from engine.errors import Conflict, Forbidden, Invalid
from engine.runtime import engine_incident
from engine.runtime.changes import Changes
from engine.runtime.execution import Execution
from engine.runtime.library import PublishedProcess
from engine.runtime.recording import Step
from engine.runtime.step import (
    InstanceUnknown,
    Runtime,
    new_id,
    reading,
    run_step,
    start_instance,
    title_of,
)
from engine.store.prepared import Prepared
from engine.store.tables import (
    history,
    message_subscription,
    numbering,
    process_definition,
    process_instance,
    user,
    work_item,
)
from engine.store.types import Record

# One statement on both stores, so that two people starting at once get two numbers.
_raise_number = Prepared(
    text(
        "INSERT INTO numbering (prefix, last) VALUES (:prefix, 1) "
        "ON CONFLICT (prefix) DO UPDATE SET last = numbering.last + 1 RETURNING last"
    )
    .bindparams(bindparam("prefix", type_=String))
    .columns(numbering.c.last)
)


_state = Prepared(select(process_instance.c.state).where(process_instance.c.id == bindparam("b_id")))
_known_number = Prepared(select(process_instance.c.business_key).where(process_instance.c.id == bindparam("b_id")))


class NotStartable(Invalid):
    """The process has no start event that a person may use."""

    code = "not_startable"
    zh = "流程“{key}”不能由人发起"
    en = "Process “{key}” cannot be started by a person"


class AlreadyStarted(Conflict):
    """The same start form was sent twice."""

    code = "already_started"
    zh = "该申请已提交，编号 {business_key}"
    en = "This was submitted already, as {business_key}"


class ReasonMissing(Invalid):
    """An intervention without a reason."""

    code = "reason_missing"
    zh = "请填写原因"
    en = "Give a reason"


@dataclass(frozen=True)
class Started:
    """A new instance: its id and the number people quote."""

    instance_id: str
    business_key: str


def start(
    runtime: Runtime,
    connection: Connection,
    *,
    actor: Actor,
    key: str,
    variables: Mapping[str, Any],
    now: datetime,
    business_key: str | None = None,
    instance_id: str | None = None,
    changes: Changes | None = None,
    start_event: str = "",
    process: PublishedProcess | None = None,
) -> Started:
    """Start the latest version of ``key``, at ``start_event`` where it has several start events.

    ``instance_id`` may be given by the caller (a form sent twice then starts one instance: the second insert fails).
    ``changes`` gathers the rows of a bulk start; ``process`` is that version where the caller has it already.
    Raises ``DefinitionUnknown`` and ``Forbidden``.
    """
    process = process or runtime.library.latest(connection, key)
    if not may_start(process.model.starter_groups, actor):
        raise Forbidden()
    number = business_key or next_number(connection, key, runtime.zone, now)
    identifier = instance_id or new_id()
    given = {**variables, "business_key": number, "initiator": actor.login}
    step = Step(connection, actor, now, "started", data={"variables": given})
    start_instance(
        runtime,
        step,
        process,
        given,
        instance_id=identifier,
        business_key=number,
        title=title_of(runtime, process, given, now),
        changes=changes,
        start_event=start_event,
    )
    return Started(identifier, number)


def refuse_second_start(connection: Connection, instance_id: str) -> None:
    """Raise ``AlreadyStarted`` when the start form that carries this id was sent before."""
    known = _known_number.first(connection, {"b_id": instance_id})
    if known is not None:
        raise AlreadyStarted(business_key=known.business_key)


def may_start(starter_groups: Sequence[str], actor: Actor) -> bool:
    """Whether ``actor`` may start a process whose starters are limited to these groups (empty: nobody is excluded)."""
    return actor.is_administrator or not starter_groups or bool(set(starter_groups) & set(actor.groups.values()))


def startable(connection: Connection, actor: Actor) -> list[Record]:
    """The latest definitions that ``actor`` may start by hand, by area and name.

    A process that begins with a message counts where it has a start form as well.
    """
    rows = connection.execute(
        select(
            process_definition.c.id,
            process_definition.c.key,
            process_definition.c.version,
            process_definition.c.name_zh,
            process_definition.c.name_en,
            process_definition.c.area,
            process_definition.c.starter_groups,
            process_definition.c.start_form_key,
            process_definition.c.start_message,
        )
        .where(process_definition.c.is_latest)
        .order_by(process_definition.c.area, process_definition.c.key)
    ).all()
    return [
        row for row in rows if (row.start_form_key or not row.start_message) and may_start(row.starter_groups, actor)
    ]


def correlate(
    runtime: Runtime,
    connection: Connection,
    *,
    actor: Actor,
    message: str,
    correlation_key: str,
    variables: Mapping[str, Any],
    now: datetime,
) -> list[str]:
    """Deliver a message to every instance that waits for it under ``correlation_key``; the ids of those instances.

    When nobody waits and a process starts with this message, it is started.
    """
    waiting = connection.execute(
        select(message_subscription.c.instance_id, message_subscription.c.task_id, message_subscription.c.element_id)
        .where(message_subscription.c.message == message)
        .where(message_subscription.c.correlation_key == correlation_key)
        .order_by(message_subscription.c.created_at)
    ).all()
    for row in waiting:
        step = Step(connection, actor, now, "message_received", element_id=row.element_id, data=dict(variables))

        def deliver(execution: Execution, task_id: str = row.task_id) -> None:
            execution.deliver(task_id, message, variables)

        run_step(runtime, step, row.instance_id, deliver)
    if waiting:
        return [row.instance_id for row in waiting]
    started_by_message = connection.execute(
        select(process_definition.c.key).where(
            process_definition.c.is_latest, process_definition.c.start_message == message
        )
    ).scalars()
    given = {"actor": actor, "variables": variables, "now": now, "business_key": correlation_key}
    return [_start_by_message(runtime, connection, key, message, **given) for key in started_by_message]


def _start_by_message(runtime: Runtime, connection: Connection, key: str, message: str, **given: Any) -> str:
    starts = runtime.library.latest(connection, key).model.start_events()
    begins = next(one.id for one in starts if one.event == "message" and one.event_reference == message)
    return start(runtime, connection, key=key, start_event=begins, **given).instance_id


def cancel(
    runtime: Runtime, connection: Connection, *, actor: Actor, instance_id: str, reason: str, now: datetime
) -> None:
    """End an instance where it stands: its initiator may withdraw it, an administrator may cancel it.

    Raises ``Forbidden``, ``InstanceUnknown``, ``InstanceEnded`` and ``Invalid`` without a reason.
    """
    row = get(connection, instance_id)
    if not _may_end(row, actor):
        raise Forbidden()
    if not reason.strip():
        raise ReasonMissing(fields=["reason"])
    step = Step(connection, actor, now, "cancelled", data={"reason": reason.strip()})
    run_step(runtime, step, instance_id, lambda execution: execution.cancel(), ending="cancelled")


def may_cancel(instance: Record, actor: Actor) -> bool:
    """Whether ``actor`` may end this instance now."""
    return instance.status == "active" and _may_end(instance, actor)


def _may_end(instance: Record, actor: Actor) -> bool:
    return actor.is_administrator or (actor.user_id is not None and instance.started_by_id == actor.user_id)


def retry(
    runtime: Runtime, connection: Connection, *, actor: Actor, instance_id: str, task_id: str, now: datetime
) -> bool:
    """Run a failed service task again; whether it succeeded. Raises ``Forbidden`` and ``TaskGone``."""
    if not actor.is_administrator:
        raise Forbidden()
    step = Step(connection, actor, now, "retried", data={"task_id": task_id})
    execution = run_step(runtime, step, instance_id, lambda running: running.retry(task_id))
    succeeded = all(failure.task_id != task_id for failure in execution.expressions.failures)
    if succeeded:
        engine_incident.resolve(connection, "service_task", task_id, now, actor.user_id)
    return succeeded


def get(connection: Connection, instance_id: str) -> Record:
    """One instance without its state. Raises ``InstanceUnknown``."""
    columns = [c for c in process_instance.c if c.name != "state"]
    row = connection.execute(select(*columns).where(process_instance.c.id == instance_id)).one_or_none()
    if row is None:
        raise InstanceUnknown(id=instance_id)
    return row


def may_see(connection: Connection, instance: Record, actor: Actor) -> bool:
    """Whether ``actor`` may look at an instance: its initiator, those who worked or may work on it, administrators."""
    if actor.is_administrator or (actor.user_id is not None and instance.started_by_id == actor.user_id):
        return True
    items = connection.execute(
        select(work_item.c.candidates, work_item.c.assignee_id, work_item.c.completed_by_id).where(
            work_item.c.instance_id == instance.id
        )
    )
    mine = set(actor.recipients)
    return any(
        mine & set(item.candidates) or actor.user_id in (item.assignee_id, item.completed_by_id) for item in items
    )


def started_by(connection: Connection, actor: Actor, *, limit: int, before: str | None = None) -> list[Record]:
    """The instances a person started, newest first, from the one after the instance ``before`` on."""
    columns = [c for c in process_instance.c if c.name != "state"]
    query = select(*columns).where(process_instance.c.started_by_id == actor.user_id)
    if before is not None:
        last = select(process_instance.c.started_at, process_instance.c.id).where(process_instance.c.id == before)
        query = query.where(tuple_(process_instance.c.started_at, process_instance.c.id) < last.scalar_subquery())
    newest = (process_instance.c.started_at.desc(), process_instance.c.id.desc())
    return list(connection.execute(query.order_by(*newest).limit(limit)))


def open_work(connection: Connection, instance_ids: Sequence[str]) -> dict[str, list[Record]]:
    """The open work items of several instances, with who has them."""
    query = (
        select(work_item, user.c.name.label("assignee_name"))
        .join(user, user.c.id == work_item.c.assignee_id, isouter=True)
        .where(work_item.c.instance_id.in_(instance_ids), work_item.c.state.in_(("ready", "reserved")))
        .order_by(work_item.c.created_at)
    )
    found: dict[str, list[Record]] = {}
    for row in connection.execute(query):
        found.setdefault(row.instance_id, []).append(row)
    return found


def timeline(connection: Connection, instance_id: str) -> list[Record]:
    """What happened in an instance, oldest first, with the names of those who did it."""
    query = (
        select(history, user.c.name.label("actor_name"))
        .join(user, user.c.id == history.c.actor_id, isouter=True)
        .where(history.c.instance_id == instance_id)
        .order_by(history.c.revision, history.c.sequence)
    )
    return list(connection.execute(query))


def work_items(connection: Connection, instance_id: str) -> list[Record]:
    """All work items of an instance, oldest first, with assignee and completer names."""
    assignee, completer = user.alias("assignee"), user.alias("completer")
    query = (
        select(work_item, assignee.c.name.label("assignee_name"), completer.c.name.label("completer_name"))
        .join(assignee, assignee.c.id == work_item.c.assignee_id, isouter=True)
        .join(completer, completer.c.id == work_item.c.completed_by_id, isouter=True)
        .where(work_item.c.instance_id == instance_id)
        .order_by(work_item.c.created_at)
    )
    return list(connection.execute(query))


def variables(runtime: Runtime, connection: Connection, instance_id: str, *, now: datetime) -> dict[str, Any]:
    """What the case knows now: its variables after the latest completed task."""
    row = connection.execute(
        select(process_instance.c.state, process_instance.c.definition_id).where(process_instance.c.id == instance_id)
    ).one_or_none()
    if row is None:
        raise InstanceUnknown(id=instance_id)
    return look(runtime, connection, row.definition_id, row.state, now=now).variables


def waiting_variables(runtime: Runtime, connection: Connection, item: Record, *, now: datetime) -> dict[str, Any]:
    """What a waiting work item's form may read: the data its own branch of the case has."""
    row = _state.first(connection, {"b_id": item.instance_id})
    waiting = look(runtime, connection, item.definition_id, row.state, now=now).waits().tasks.get(item.id)
    return {} if waiting is None else dict(waiting.variables)


def look(runtime: Runtime, connection: Connection, definition_id: int, state: bytes, *, now: datetime) -> Execution:
    """An instance in memory for reading; nothing done to it is kept."""
    return reading(runtime, connection, definition_id, state, now)


def next_number(connection: Connection, key: str, zone: ZoneInfo, now: datetime) -> str:
    """The next case number of a process: its initials, the local day and a running number, ``IC-20260302-007``."""
    initials = "".join(part[0] for part in key.replace("-", "_").split("_") if part).upper()
    prefix = f"{initials}-{now.astimezone(zone):%Y%m%d}"
    raised = _raise_number.first(connection, {"prefix": prefix})
    return f"{prefix}-{raised.last:03d}"
