"""One process instance in memory: start or load it, do one thing to it, look at what it waits for, store it again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from SpiffWorkflow.bpmn.specs.event_definitions.message import MessageEventDefinition
from SpiffWorkflow.bpmn.util.event import BpmnEvent
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from engine.definitions.compiling import CHILD_SUFFIX, CompiledProcess
from engine.definitions.dialect import result_variable
from engine.definitions.events import CYCLE, DUE_AT
from engine.definitions.model import Element, ProcessModel
from engine.errors import Conflict
from engine.runtime import codec
from engine.runtime.expressions import Expressions
from engine.runtime.workflow import LinearWorkflow


class TaskGone(Conflict):
    """The task is not waiting any more: somebody or something else was faster."""

    code = "task_gone"
    zh = "该任务已不在等待办理"
    en = "This task is not waiting any more"


@dataclass(frozen=True)
class WaitingTask:
    """A user task that waits for somebody."""

    task_id: str
    element: Element
    variables: Mapping[str, Any]


@dataclass(frozen=True)
class WaitingTimer:
    """An armed timer."""

    task_id: str
    element: Element
    due_at: datetime


@dataclass(frozen=True)
class WaitingMessage:
    """A catch event that waits for a message."""

    task_id: str
    element: Element
    message: str
    variables: Mapping[str, Any]


@dataclass(frozen=True)
class Waits:
    """Everything an instance waits for, by task id."""

    tasks: dict[str, WaitingTask]
    timers: dict[str, WaitingTimer]
    messages: dict[str, WaitingMessage]


@dataclass
class Execution:
    """A live instance. ``passed`` gathers the ids of the elements completed since it was started or loaded."""

    workflow: LinearWorkflow
    expressions: Expressions
    passed: list[str] = field(default_factory=list)

    # Coming to life

    @classmethod
    def start(
        cls, compiled: CompiledProcess, expressions: Expressions, variables: Mapping[str, Any], start_event: str = ""
    ) -> Execution:
        """A new instance with its start ``variables``, run to its first waits.

        ``start_event`` says where a process with several start events begins: at the plain one without it.
        """
        workflow = LinearWorkflow(compiled.spec, compiled.subprocess_specs, script_engine=expressions)
        workflow.task_tree.data = dict(variables)
        _leave_other_starts(workflow, compiled.model, start_event)
        execution = cls(workflow, expressions)
        execution._advance()
        return execution

    @classmethod
    def load(cls, compiled: CompiledProcess, expressions: Expressions, state: bytes) -> Execution:
        """The instance as it was stored."""
        return cls(codec.load(state, compiled, expressions), expressions)

    def dump(self) -> bytes:
        """The state to store."""
        return codec.dump(self.workflow)

    # Doing one thing

    def complete(self, task_id: str, variables: Mapping[str, Any]) -> None:
        """Complete a user task with what was submitted and run on. Raises ``TaskGone``."""
        task = self._task(task_id, TaskState.READY)
        if not task.task_spec.manual:
            raise TaskGone()
        if task.task_spec.name.endswith(CHILD_SUFFIX):
            name = result_variable(task.task_spec.name.removesuffix(CHILD_SUFFIX))
            task.data = {**task.data, name: dict(variables)}
        else:
            task.data = {**task.data, **variables}
        self._run(task)

    def fire(self, task_id: str) -> None:
        """Fire an armed timer and run on. Raises ``TaskGone`` when what it guarded is over."""
        task = self._task(task_id, TaskState.WAITING)
        self.expressions.firing.add(str(task.id))
        try:
            task.task_spec._update(task)
        finally:
            self.expressions.firing.discard(str(task.id))
        self._advance()

    def deliver(self, task_id: str, message: str, variables: Mapping[str, Any]) -> None:
        """Hand a message to the catch event waiting for it and run on. Raises ``TaskGone``."""
        task = self._task(task_id, TaskState.WAITING)
        definition = task.task_spec.event_definition
        event = BpmnEvent(definition, payload=dict(variables), correlations={"task": str(task.id)})
        task.task_spec.catch(task, event)
        task.task_spec._update(task)
        self._advance()

    def retry(self, task_id: str) -> None:
        """Run a failed service task again and go on where it succeeds. Raises ``TaskGone``."""
        task = self._task(task_id, TaskState.STARTED)
        self._run(task)

    def return_to(self, task_id: str, variables: Mapping[str, Any]) -> None:
        """Take the instance back to an earlier user task with ``variables`` as its data. Raises ``TaskGone``."""
        task = self._task(task_id, TaskState.COMPLETED)
        self.workflow.reset_from_task_id(task.id, data=dict(variables))
        self._advance()

    def cancel(self) -> None:
        """End the instance where it stands."""
        self.workflow.cancel()

    # Looking at it

    @property
    def is_completed(self) -> bool:
        """Whether the instance has reached its end."""
        return bool(self.workflow.completed or self.workflow.is_completed())

    @property
    def variables(self) -> dict[str, Any]:
        """The data of the task completed last: what the case knows now."""
        last = self.workflow.last_task
        return dict(last.data) if last is not None else dict(self.workflow.task_tree.data)

    def waiting_variables(self, task_id: str) -> dict[str, Any]:
        """The data that the branch of a waiting user task has. Raises ``TaskGone``."""
        return dict(self._task(task_id, TaskState.READY).data)

    def waits(self) -> Waits:
        """Everything the instance waits for."""
        waits = Waits({}, {}, {})
        if self.is_completed:
            return waits
        for task in self._all_tasks():
            if task._state == TaskState.READY and task.task_spec.manual:
                element = self.expressions.element_of(task)
                waits.tasks[str(task.id)] = WaitingTask(str(task.id), element, task.data)
        for task in self.workflow.event_manager.tasks.values():
            identifier, element = str(task.id), self.expressions.element_of(task)
            due_at = task.internal_data.get(DUE_AT)
            if due_at is not None:
                waits.timers[identifier] = WaitingTimer(identifier, element, datetime.fromisoformat(due_at))
            definition = task.task_spec.event_definition
            if isinstance(definition, MessageEventDefinition) and CYCLE not in task.internal_data:
                waits.messages[identifier] = WaitingMessage(identifier, element, definition.name, task.data)
        return waits

    def returnable(self) -> list[tuple[str, Element]]:
        """Completed user tasks of the main line that a return may lead to, latest first (task id and element)."""
        done = [
            task
            for task in self.workflow.tasks.values()
            if task._state == TaskState.COMPLETED and task.task_spec.manual and not self._in_open_fork(task)
        ]
        done.sort(key=lambda task: -float(task.last_state_change))
        return [(str(task.id), self.expressions.element_of(task)) for task in done]

    # Inside

    def _in_open_fork(self, task: Task) -> bool:
        """Returning into one branch of a fork leaves two tokens; only what every open branch descends from counts."""
        unfinished = [t for t in self.workflow.tasks.values() if TaskState.WAITING <= t._state < TaskState.COMPLETED]
        return any(not t.is_descendant_of(task) for t in unfinished)

    def _task(self, task_id: str, state: int) -> Task:
        task = self.workflow.get_task_from_id(task_id)
        if task is None or task._state != state:
            raise TaskGone()
        return task

    def _all_tasks(self) -> list[Task]:
        tasks = list(self.workflow.tasks.values())
        for subworkflow in self.workflow.subprocesses.values():
            if not subworkflow.completed:
                tasks.extend(subworkflow.tasks.values())
        return tasks

    def _run(self, task: Task) -> None:
        task.run()
        self._note(task)
        self._advance()

    def _advance(self) -> None:
        self.workflow.advance(self._note)

    def _note(self, task: Task) -> None:
        if task._state != TaskState.COMPLETED:
            return
        element = self.expressions.compiled.element(task.workflow.spec.name, task.task_spec.name)
        if element is not None:
            self.passed.append(element.id)


def _leave_other_starts(workflow: LinearWorkflow, model: ProcessModel, start_event: str) -> None:
    """Of several start events one begins the instance; SpiffWorkflow would begin at each."""
    starts = model.start_events()
    if len(starts) < 2:
        return
    plain = model.plain_start or starts[0]
    others = {one.id for one in starts} - {start_event or plain.id}
    for task in [task for task in workflow.tasks.values() if task.task_spec.name in others]:
        task.cancel()
