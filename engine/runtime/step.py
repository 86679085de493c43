"""One step of one instance: load, do one thing, run to the next waits, write what changed. One transaction.

The instance's revision is claimed by a conditional update; on PostgreSQL its row is locked first, so that two steps on
one instance take turns instead of wasting work.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, bindparam, select, update

from engine.definitions.compiling import CompiledProcess
from engine.errors import Conflict, EngineError, NotFound
from engine.handlers import HandlerRegistry, ServiceCall
from engine.runtime import engine_incident
from engine.runtime.beginnings import Beginning, Begun
from engine.runtime.changes import Changes
from engine.runtime.execution import Execution, Waits
from engine.runtime.expressions import Expressions, ServiceTaskCall
from engine.runtime.library import Library, PublishedProcess
from engine.runtime.people import Directory
from engine.runtime.recording import Case, Step, record
from engine.store import audit
from engine.store.prepared import Prepared, prepared_insert
from engine.store.tables import process_instance
from engine.store.types import Record

HostFunctions = Callable[[Connection], Mapping[str, Callable[..., Any]]]


class InstanceUnknown(NotFound):
    """No such process instance."""

    code = "instance_unknown"
    zh = "没有找到流程实例 {id}"
    en = "There is no process instance {id}"


class InstanceEnded(Conflict):
    """The instance has come to its end or was cancelled."""

    code = "instance_ended"
    zh = "流程“{title}”已结束，不能再办理"
    en = "“{title}” has ended; nothing more can be done in it"


class ServiceFailed(EngineError):
    """A handler failed in a way it did not foresee; the true error is named."""

    code = "service_failed"
    zh = "处理程序“{topic}”出错：{error}"
    en = "Handler “{topic}” failed: {error}"


@dataclass
class Runtime:
    """What every step needs besides its transaction: zone, handlers, host functions and the compiled library."""

    zone: ZoneInfo
    handlers: HandlerRegistry
    host_functions: HostFunctions
    library: Library = field(default_factory=Library)


_select_instance = Prepared(
    select(
        process_instance.c.revision,
        process_instance.c.status,
        process_instance.c.state,
        process_instance.c.definition_id,
        process_instance.c.business_key,
        process_instance.c.title,
    )
    .where(process_instance.c.id == bindparam("b_id"))
    .with_for_update()
)
_insert_instance = prepared_insert(process_instance)
_update_instance = Prepared(
    update(process_instance)
    .where(process_instance.c.id == bindparam("b_id"), process_instance.c.revision == bindparam("b_revision"))
    .values(revision=process_instance.c.revision + 1, state=bindparam("b_state"))
)
_end_instance = Prepared(
    update(process_instance)
    .where(process_instance.c.id == bindparam("b_id"), process_instance.c.revision == bindparam("b_revision"))
    .values(
        revision=process_instance.c.revision + 1,
        state=bindparam("b_state"),
        status=bindparam("b_status"),
        ended_at=bindparam("b_ended_at"),
    )
)


def start_instance(
    runtime: Runtime,
    step: Step,
    process: PublishedProcess,
    variables: Mapping[str, Any],
    *,
    instance_id: str,
    business_key: str,
    title: str,
    changes: Changes | None = None,
    start_event: str = "",
) -> None:
    """Start an instance of ``process``, at ``start_event`` where it has several.

    With ``changes`` given, its rows are left there for a bulk write.
    """
    own = Changes() if changes is None else changes
    expressions = expressions_of(runtime, step, process, instance_id, business_key)
    row = {
        "id": instance_id,
        "definition_id": process.id,
        "definition_key": process.key,
        "business_key": business_key,
        "title": title,
        "revision": 1,
        "status": "active",
        "state": b"",
        "started_at": step.now,
        "started_by_id": step.actor.user_id,
        "ended_at": None,
    }
    known = runtime.library.beginnings
    beginning = known.get((process.id, start_event))
    execution: Execution | Begun
    if beginning is not None:
        execution = beginning.begin(expressions, variables)
        own.instances.append({**row, "state": execution.dump()})
    else:
        # What a handler writes on the way may refer to the instance, so that its row comes first.
        _insert_instance.run(step.connection, row)
        execution = Execution.start(process.compiled, expressions, variables, start_event)
        if (process.id, start_event) not in known:
            known[process.id, start_event] = Beginning.of(execution, variables)
        _keep_start(step, instance_id, execution)
    case = Case(instance_id, process, business_key, title, 1)
    record(own, case, step, execution, Waits({}, {}, {}), execution.waits(), Directory(step.connection))
    if changes is None or execution.expressions.failures:
        own.write(step.connection)
    engine_incident.note_failures(step.connection, instance_id, expressions.failures, step.now)


def _keep_start(step: Step, instance_id: str, execution: Execution) -> None:
    """Where an instance stands after its first step."""
    ended = execution.is_completed
    step.connection.execute(
        update(process_instance)
        .where(process_instance.c.id == instance_id)
        .values(
            state=execution.dump(),
            status="completed" if ended else "active",
            ended_at=step.now if ended else None,
        )
    )


def run_step(
    runtime: Runtime,
    step: Step,
    instance_id: str,
    operation: Callable[[Execution], None],
    *,
    ending: str = "completed",
) -> Execution:
    """Do ``operation`` to an instance and write what follows from it.

    ``ending`` is the status an instance gets when the operation ends it. Raises ``InstanceUnknown``,
    ``InstanceEnded``, ``TaskGone`` and ``Conflict``; nothing is written then.
    """
    row = active_row(step.connection, instance_id)
    process = runtime.library.get(step.connection, row.definition_id)
    expressions = expressions_of(runtime, step, process, instance_id, row.business_key)
    execution = Execution.load(process.compiled, expressions, row.state)
    before = execution.waits()
    operation(execution)
    after = execution.waits()
    ended = execution.is_completed
    moved = {"b_id": instance_id, "b_revision": row.revision, "b_state": execution.dump()}
    if ended:
        updated = _end_instance.run(step.connection, {**moved, "b_status": ending, "b_ended_at": step.now})
    else:
        updated = _update_instance.run(step.connection, moved)
    if updated != 1:
        raise Conflict()
    changes = Changes()
    case = Case(instance_id, process, row.business_key, row.title, row.revision + 1)
    record(changes, case, step, execution, before, after, Directory(step.connection))
    changes.write(step.connection)
    engine_incident.note_failures(step.connection, instance_id, expressions.failures, step.now)
    if ended:
        engine_incident.resolve_ended(step.connection, instance_id, step.now)
    return execution


def active_row(connection: Connection, instance_id: str) -> Record:
    """The row of a running instance, locked on PostgreSQL. Raises ``InstanceUnknown`` and ``InstanceEnded``."""
    row: Record | None = _select_instance.first(connection, {"b_id": instance_id})
    if row is None:
        raise InstanceUnknown(id=instance_id)
    if row.status != "active":
        raise InstanceEnded(title=row.title)
    return row


def looking(runtime: Runtime, connection: Connection, compiled: CompiledProcess, now: datetime) -> Expressions:
    """What a version evaluates with where nothing may happen: no handler can be reached."""
    return _looking(runtime, compiled, now, runtime.host_functions(connection))


def reading(runtime: Runtime, connection: Connection, definition_id: int, state: bytes, now: datetime) -> Execution:
    """An instance in memory for looking at; its handlers cannot be reached and nothing is written."""
    process = runtime.library.get(connection, definition_id)
    return Execution.load(process.compiled, looking(runtime, connection, process.compiled, now), state)


def title_of(runtime: Runtime, process: PublishedProcess, variables: Mapping[str, Any], now: datetime) -> str:
    """The title of a new instance: the process's ``title`` property (a text or ``=FEEL``), else its name."""
    given = process.model.title
    title = _looking(runtime, process.compiled, now, {}).resolve(given, variables) if given else None
    return str(title or process.model.name("zh"))[:300]


def _looking(
    runtime: Runtime, compiled: CompiledProcess, now: datetime, functions: Mapping[str, Callable[..., Any]]
) -> Expressions:
    def refuse(call: ServiceTaskCall) -> None:
        raise AssertionError(f"{call.topic} must not be called while reading")

    return Expressions(compiled, now, runtime.zone, functions, refuse)


def new_id() -> str:
    """A random id for an instance, a timer or an attachment."""
    return str(uuid.uuid4())


def expressions_of(
    runtime: Runtime, step: Step, process: PublishedProcess, instance_id: str, business_key: str
) -> Expressions:
    """What an instance evaluates with in one step: its handlers are reached and write in the step's transaction."""

    def call_service(call: ServiceTaskCall) -> Mapping[str, Any] | None:
        return _call_handler(runtime, step, call, instance_id, business_key)

    return Expressions(
        compiled=process.compiled,
        now=step.now,
        zone=runtime.zone,
        functions=runtime.host_functions(step.connection),
        call_service=call_service,
        business_key=business_key,
        find_decision=lambda process_key, key: runtime.library.decision(step.connection, process.id, process_key, key),
    )


def _call_handler(
    runtime: Runtime, step: Step, call: ServiceTaskCall, instance_id: str, business_key: str
) -> Mapping[str, Any] | None:
    """Run a handler inside a savepoint: when it fails, nothing it wrote remains, and the step goes on."""
    topic = runtime.handlers.topic(call.topic)
    with audit.savepoint(step.connection):
        try:
            return topic.handler(
                ServiceCall(
                    connection=step.connection,
                    instance_id=instance_id,
                    business_key=business_key,
                    element_id=call.element.id,
                    dedup_key=call.task_id,
                    inputs=call.inputs,
                    variables=call.variables,
                    actor=step.actor,
                    now=step.now,
                    waiting=call.waiting,
                )
            )
        except EngineError:
            raise
        except Exception as error:
            raise ServiceFailed(topic=call.topic, error=f"{type(error).__name__}: {error}") from error
