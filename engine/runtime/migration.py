"""Moving the state of an instance to another version of its process: the same tasks, under the specs of the new one.

What waits goes on waiting under the element it is mapped to (Camunda 7 manual, "Process Instance Migration"): its id,
its data and a deadline already armed stay. What is predicted behind it is predicted anew; boundary events that the new
version adds are armed now, those that are gone are dropped. What is done stays done.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import orjson
from SpiffWorkflow.bpmn.specs.control import BoundaryEventSplit
from SpiffWorkflow.bpmn.specs.event_definitions.timer import CycleTimerEventDefinition
from SpiffWorkflow.bpmn.specs.mixins.events.event_types import CatchingEvent
from SpiffWorkflow.bpmn.specs.mixins.events.intermediate_event import BoundaryEvent
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from engine.definitions.compiling import CHILD_SUFFIX, CompiledProcess
from engine.definitions.gateways import TokenJoin
from engine.runtime.codec import OPTIONS, Row
from engine.runtime.execution import Execution
from engine.runtime.expressions import Expressions
from engine.runtime.task import LeanTask

_SUFFIXES = (CHILD_SUFFIX, ".BoundaryEventSplit", ".BoundaryEventJoin", ".EndJoin")
_SPEC, _STATE, _PARENT = 1, 2, 3
_ROWS = -2

Mapped = Mapping[str, str]


def migrated(
    state: bytes, old: CompiledProcess, new: CompiledProcess, mapping: Mapped, expressions: Expressions
) -> Execution:
    """The instance of ``state`` under the specs of ``new``; ``mapping`` names the elements that have another id there.

    The caller has made sure (``standing.obstacles``) that everything that waits has a counterpart of its kind.
    """
    if not mapping and _shape(old) == _shape(new):
        return Execution.load(new, expressions, state)
    *head, data, last, completed, rows, subworkflows = orjson.loads(state)
    kept, numbers = _renamed(rows, new.spec, mapping)
    subs = []
    for depth, parent, name, own, sub_last, sub_completed, sub_rows in subworkflows:
        scope = mapping.get(name, name)
        sub_kept, sub_numbers = _renamed(sub_rows, new.subprocess_specs[scope], mapping)
        subs.append([depth, parent, scope, own, sub_numbers.get(sub_last, -1), sub_completed, sub_kept])
    moved = orjson.dumps([*head, data, numbers.get(last, -1), completed, kept, subs], option=OPTIONS)
    execution = Execution.load(new, expressions, moved)
    for workflow in (execution.workflow, *execution.workflow.subprocesses.values()):
        _settle(workflow)
    return execution


def spec_name(name: str, mapping: Mapped) -> str:
    """The name of a spec in the new version: an element's own, or that of a helper beside it."""
    for suffix in _SUFFIXES:
        if name.endswith(suffix):
            element = name.removesuffix(suffix)
            return mapping.get(element, element) + suffix
    return mapping.get(name, name)


def _shape(compiled: CompiledProcess) -> dict[str, dict[str, tuple[str, tuple[str, ...]]]]:
    """The graph of all specs: versions that agree in it differ in nothing that a state refers to."""
    specs = {"": compiled.spec, **compiled.subprocess_specs}
    return {
        scope: {
            name: (_kind(task_spec), tuple(one.name for one in task_spec.outputs))
            for name, task_spec in spec.task_specs.items()
        }
        for scope, spec in specs.items()
    }


def _kind(task_spec: Any) -> str:
    event = getattr(task_spec, "event_definition", None)
    return f"{type(task_spec).__name__} {type(event).__name__} {getattr(task_spec, 'cancel_activity', '')}"


def _renamed(rows: list[Row], spec: Any, mapping: Mapped) -> tuple[list[Row], dict[int, int]]:
    """The rows under their new names without what is predicted, and where each went.

    A waiting boundary event or join that the new version does not have is left out with what lies below it; something
    done that it does not have is kept as a plain ancestor, because what came after it still refers to it.
    """
    kept: list[Row] = []
    numbers: dict[int, int] = {-1: -1}
    for number, row in enumerate(rows):
        name, parent = spec_name(row[_SPEC], mapping), row[_PARENT]
        if row[_STATE] < TaskState.WAITING or parent not in numbers:
            continue
        fits = name in spec.task_specs and _attached_alike(kept, spec, name, numbers[parent])
        if not fits and row[_STATE] < TaskState.COMPLETED:
            continue
        moved = row.copy()
        moved[_SPEC], moved[_PARENT] = (name if fits else spec.start.name), numbers[parent]
        numbers[number] = len(kept)
        kept.append(moved)
    return kept, numbers


def _attached_alike(kept: list[Row], spec: Any, name: str, parent: int) -> bool:
    """Whether a boundary event still belongs to the activity that it was armed for."""
    task_spec = spec.task_specs[name]
    if not isinstance(task_spec, BoundaryEvent):
        return True
    return any(one.name == kept[parent][_SPEC] for one in task_spec.inputs)


def _settle(workflow: Any) -> None:
    """Arm what the new version adds to waiting activities, and predict what lies behind everything unfinished."""
    for task in _unfinished(workflow):
        _bound(workflow, task)
    for task in _unfinished(workflow):
        _look_ahead(task)


def _unfinished(workflow: Any) -> list[Task]:
    return [task for task in workflow.tasks.values() if TaskState.WAITING <= task._state < TaskState.COMPLETED]


def _bound(workflow: Any, task: Task) -> None:
    """Give a waiting activity the boundary events it has in the new version."""
    split_spec = workflow.spec.task_specs.get(f"{task.task_spec.name}.BoundaryEventSplit")
    if split_spec is None:
        return
    split = task.parent
    if split is None or split.task_spec is not split_spec:
        split = _insert_above(workflow, task, split_spec)
    armed = {child.task_spec.name for child in split.children}
    for event_spec in split_spec.outputs:
        if isinstance(event_spec, BoundaryEvent) and event_spec.name not in armed:
            event = split._add_child(event_spec, TaskState.MAYBE)
            event.data = dict(task.data)
            event_spec._predict(event, mask=TaskState.NOT_FINISHED_MASK)
            event._set_state(TaskState.WAITING)
            event_spec._update(event)


def _insert_above(workflow: Any, task: Task, split_spec: BoundaryEventSplit) -> Task:
    """A finished split between a task and its parent, as if the activity had had boundary events from the beginning."""
    parent = task.parent
    split = LeanTask(workflow, split_spec, None, TaskState.COMPLETED)
    split.data = dict(task.data)
    split._parent = parent.id
    parent._children[parent._children.index(task.id)] = split.id
    split._children.append(task.id)
    task._parent = split.id
    return split


def _look_ahead(task: Task) -> None:
    """Put the successors of the new version behind an unfinished task, as predictions."""
    task_spec = task.task_spec
    if isinstance(task_spec, TokenJoin) and len(task_spec._inputs) > 1:
        return
    if isinstance(task_spec, CatchingEvent) and isinstance(task_spec.event_definition, CycleTimerEventDefinition):
        return
    known = {child.task_spec.name for child in task.children}
    # What an event on the border of an activity leads to may happen; what follows a task does.
    state = TaskState.MAYBE if isinstance(task_spec, BoundaryEvent) else TaskState.FUTURE
    for following in task_spec.outputs:
        if following.name not in known:
            child = task._add_child(following, state)
            following._predict(child, mask=TaskState.NOT_FINISHED_MASK)


def waiting_rows(state: bytes) -> Iterator[tuple[str, Row, list[Row]]]:
    """Everything unfinished in a state: the name of its scope (empty: the process), its row, and all rows there."""
    *_, rows, subworkflows = orjson.loads(state)
    for scope, found in (("", rows), *((one[2], one[-1]) for one in subworkflows)):
        for row in found:
            if TaskState.WAITING <= row[_STATE] < TaskState.COMPLETED:
                yield scope, row, found
