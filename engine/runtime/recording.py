"""From what an instance waited for before and waits for now to rows: work items, timers, subscriptions, evidence."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection

from engine.actors import Actor
from engine.errors import EngineError
from engine.runtime.beginnings import Begun
from engine.runtime.changes import Changes
from engine.runtime.execution import Execution, WaitingMessage, WaitingTask, Waits
from engine.runtime.library import PublishedProcess
from engine.runtime.people import Directory, assignee_of, candidates_of
from engine.runtime.separation import bar_completer, bars_person, separations_of
from engine.store import audit
from engine.store import history as records
from engine.store.outbox_rows import outbox_row

NO_DEADLINE = datetime(9999, 12, 31, tzinfo=UTC)
DEFAULT_PRIORITY = 50
_TITLE_LENGTH = 300


@dataclass
class Step:
    """The circumstances of one step. ``kind`` is what history calls it; ``element_id`` and ``data`` go with it."""

    connection: Connection
    actor: Actor
    now: datetime
    kind: str
    element_id: str = ""
    work_item_id: str | None = None
    data: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class Case:
    """The instance a step is about, at its new revision."""

    instance_id: str
    process: PublishedProcess
    business_key: str
    title: str
    revision: int


def record(
    changes: Changes,
    case: Case,
    step: Step,
    execution: Execution | Begun,
    before: Waits,
    after: Waits,
    directory: Directory,
) -> None:
    """Add the rows of one step to ``changes``, with its history and audit records."""
    _close(changes, case, step, before, after)
    _bar_completer(case, step, execution)
    for task_id in after.tasks.keys() - before.tasks.keys():
        open_work_item(changes, case, step, execution, after.tasks[task_id], directory)
    for task_id, armed in after.timers.items():
        earlier = before.timers.get(task_id)
        if earlier is None or earlier.due_at != armed.due_at:
            changes.timers.append(
                {
                    "id": str(uuid.uuid4()),
                    "instance_id": case.instance_id,
                    "task_id": task_id,
                    "element_id": armed.element.id,
                    "due_at": armed.due_at,
                    "status": "pending",
                    "attempts": 0,
                    "created_at": step.now,
                }
            )
    for task_id in after.messages.keys() - before.messages.keys():
        changes.subscriptions.append(subscription(case, step, execution, after.messages[task_id]))
    _send_messages(changes, case, step, execution)
    _remember(changes, case, step, execution)


def _close(changes: Changes, case: Case, step: Step, before: Waits, after: Waits) -> None:
    for task_id in before.tasks.keys() - after.tasks.keys():
        done = task_id == step.work_item_id and step.kind == "completed"
        changes.close_item(task_id, "completed" if done else "exited", step.now, step.actor.user_id if done else None)
    for task_id, armed in before.timers.items():
        later = after.timers.get(task_id)
        if later is None or later.due_at != armed.due_at:
            fired = step.kind == "timer_fired" and step.data is not None and step.data.get("task_id") == task_id
            changes.close_timer(
                case.instance_id, task_id, "fired" if fired else "cancelled", step.now if fired else None
            )
    changes.closed_subscriptions += [{"b_id": gone} for gone in before.messages.keys() - after.messages.keys()]


def _bar_completer(case: Case, step: Step, execution: Execution | Begun) -> None:
    completer = _completer(step)
    if completer is None:
        return
    element_id, user_id = completer
    models = execution.expressions.compiled.models.values()
    if any(model.rules.watches_completers_of(element_id) for model in models):
        bar_completer(step.connection, case.instance_id, element_id, user_id)


def open_work_item(
    changes: Changes, case: Case, step: Step, execution: Execution | Begun, waiting: WaitingTask, directory: Directory
) -> None:
    """Add the work item of a task that has come to wait, and the entries that show it, to ``changes``."""
    element, expressions, variables = waiting.element, execution.expressions, waiting.variables
    model = next(m for m in expressions.compiled.models.values() if m.elements.get(element.id) is element)
    lane = model.lane_of(element)
    assignee_id = assignee_of(element, expressions, variables, directory)
    candidates = candidates_of(element, model, expressions, variables, directory)
    due_at = _due_at(waiting, execution)
    separations = separations_of(
        element,
        model,
        expressions,
        variables,
        directory,
        instance_id=case.instance_id,
        completer=_completer(step),
    )
    if assignee_id is not None and bars_person(step.connection, separations, assignee_id):
        assignee_id = None
    summary = element.properties.get("summary", "")
    priority = element.attributes.get("priority", "")
    row = {
        "id": waiting.task_id,
        "instance_id": case.instance_id,
        "definition_id": case.process.id,
        "definition_key": case.process.key,
        "element_id": element.id,
        "name_zh": element.name("zh"),
        "name_en": element.name("en"),
        "lane": "" if lane is None else lane.name_zh,
        "summary": _short(expressions.resolve(summary, variables) if summary else case.title),
        "business_key": case.business_key,
        "form_key": element.form_key or None,
        "state": "ready" if assignee_id is None else "reserved",
        "candidates": candidates,
        "separations": separations,
        "assignee_id": assignee_id,
        "priority": int(expressions.resolve(priority, variables) or DEFAULT_PRIORITY) if priority else DEFAULT_PRIORITY,
        "due_at": due_at,
        "created_at": step.now,
        "claimed_at": None if assignee_id is None else step.now,
    }
    changes.work_items.append(row)
    recipients = candidates if assignee_id is None else [f"user:{assignee_id}"]
    changes.entries += [entry(row, recipient) for recipient in recipients]


def _completer(step: Step) -> tuple[str, int] | None:
    """The task completed in this step and who completes it; the tables do not know it yet."""
    user_id = step.actor.user_id
    return (step.element_id, user_id) if step.kind == "completed" and user_id is not None else None


def entry(item: Mapping[str, Any], recipient: str) -> dict[str, Any]:
    """The inbox entry that shows a work item to ``recipient``."""
    return {
        "recipient": recipient,
        "work_item_id": item["id"],
        "definition_key": item["definition_key"],
        "due_at": item["due_at"] or NO_DEADLINE,
        "created_at": item["created_at"],
        "priority": item["priority"],
    }


def _due_at(waiting: WaitingTask, execution: Execution | Begun) -> datetime | None:
    """The deadline; one that cannot be computed must not hold up the case, so it becomes an engine incident."""
    text = waiting.element.attributes.get("dueDate", "")
    if not text:
        return None
    expressions = execution.expressions
    try:
        given = expressions.resolve(text, waiting.variables)
        return None if given is None else expressions.due_at(given)
    except EngineError as error:
        expressions.note_failure("due_date", waiting.task_id, waiting.element, error)
        return None


def subscription(case: Case, step: Step, execution: Execution | Begun, waiting: WaitingMessage) -> dict[str, Any]:
    """The row by which a message finds the catch event that waits for it."""
    key = waiting.element.properties.get("correlationKey", "")
    value = execution.expressions.resolve(key, waiting.variables) if key else case.business_key
    return {
        "task_id": waiting.task_id,
        "message": waiting.message,
        "instance_id": case.instance_id,
        "element_id": waiting.element.id,
        "correlation_key": str(value),
        "created_at": step.now,
    }


def _send_messages(changes: Changes, case: Case, step: Step, execution: Execution | Begun) -> None:
    for thrown in execution.expressions.thrown:
        payload = {
            "message": thrown.message,
            "correlation_key": thrown.correlation_key,
            "variables": thrown.variables,
        }
        key = f"message:{thrown.task_id}"
        changes.outbox.append(outbox_row("message", key, payload, instance_id=case.instance_id, now=step.now))


def _remember(changes: Changes, case: Case, step: Step, execution: Execution | Begun) -> None:
    data = dict(step.data or {})
    data["passed"] = execution.passed
    if execution.expressions.traces:
        data["decisions"] = [trace.to_json() for trace in execution.expressions.traces]
    row = {
        "instance_id": case.instance_id,
        "revision": case.revision,
        "sequence": 0,
        "at": step.now,
        "kind": step.kind,
        "element_id": step.element_id,
        "work_item_id": step.work_item_id,
        "actor_id": step.actor.user_id,
        "data": data,
    }
    changes.history.append(row)
    audit.record(
        step.connection,
        actor=step.actor.login,
        action=f"process_instance.{step.kind}",
        subject_type="process_instance",
        subject_id=case.instance_id,
        now=step.now,
        details={"element": step.element_id, "business_key": case.business_key, **records.evidence(row)},
    )


def _short(text: Any) -> str:
    shown = str(text or "")
    return shown if len(shown) <= _TITLE_LENGTH else shown[: _TITLE_LENGTH - 1] + "…"
