"""The stored state of an instance: rows of what still matters, never the specs.

Stock serialization writes the specs and every task that ever was. Here a row is kept only for what the future can still
touch: unfinished tasks and their predecessors, tokens waiting at a join, forks whose branches are under way, the
instances of a multi-instance activity, and the last visit of each user task (where a return leads to). What a finished
lap of a loop leaves behind is dropped, so the state does not grow with the age of the case.

A row is ``[id, spec, state, parent row, changed at, data, deleted names, internal data, triggered]``; ``data`` holds
what differs from the parent's stored data. The format carries a version.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson
from SpiffWorkflow.bpmn.specs.control import BoundaryEventSplit
from SpiffWorkflow.bpmn.specs.mixins.events.event_types import CatchingEvent
from SpiffWorkflow.bpmn.specs.mixins.multiinstance_task import LoopTask
from SpiffWorkflow.specs.Join import Join
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from engine.definitions.compiling import CompiledProcess
from engine.definitions.gateways import CONSUMED, TokenJoin, same
from engine.runtime.task import LeanTask
from engine.runtime.workflow import LinearWorkflow, Subworkflow

FORMAT = 1
TASK_FIELDS = frozenset(
    [
        "id",
        "workflow",
        "_parent",
        "_children",
        "_state",
        "triggered",
        "task_spec",
        "thread_id",
        "data",
        "internal_data",
        "last_state_change",
    ]
)

_JOIN, _TOKENS, _LOOP, _SPLIT, _CATCH, _MANUAL = 1, 2, 4, 8, 16, 32
_FINISHED = TaskState.COMPLETED
OPTIONS = orjson.OPT_PASSTHROUGH_DATETIME | orjson.OPT_NON_STR_KEYS

Row = list[Any]


def dump(workflow: LinearWorkflow) -> bytes:
    """The state of ``workflow`` as bytes."""
    subworkflows = []
    for parent_id, subworkflow in workflow.subprocesses.items():
        parent = workflow.get_task_from_id(parent_id)
        if parent is None or parent._state >= _FINISHED:
            continue
        rows, last = _rows(subworkflow)
        subworkflows.append(
            [
                subworkflow.depth,
                str(parent_id),
                subworkflow.spec.name,
                subworkflow.data,
                last,
                subworkflow.completed,
                rows,
            ]
        )
    subworkflows.sort(key=lambda one: one[0])
    rows, last = _rows(workflow)
    return orjson.dumps([FORMAT, workflow.data, last, workflow.completed, rows, subworkflows], option=OPTIONS)


def load(state: bytes, compiled: CompiledProcess, script_engine: Any) -> LinearWorkflow:
    """The live workflow of ``state``, with ``script_engine`` evaluating its expressions."""
    stored_format, data, last, completed, rows, subworkflows = orjson.loads(state)
    if stored_format != FORMAT:
        raise ValueError(f"state format {stored_format} is not {FORMAT}")
    workflow = LinearWorkflow(compiled.spec, compiled.subprocess_specs, script_engine=script_engine, deserializing=True)
    workflow.data, workflow.completed = data, completed
    tasks = _restore(workflow, rows)
    workflow.last_task = tasks[last] if last >= 0 else None
    for _depth, parent_id, name, sub_data, sub_last, sub_completed, sub_rows in subworkflows:
        subworkflow = Subworkflow(compiled.subprocess_specs[name], parent_id, workflow, deserializing=True)
        workflow.subprocesses[parent_id] = subworkflow
        subworkflow.data, subworkflow.completed = sub_data, sub_completed
        sub_tasks = _restore(subworkflow, sub_rows)
        subworkflow.last_task = sub_tasks[sub_last] if sub_last >= 0 else None
        parent = workflow.get_task_from_id(parent_id)
        assert parent is not None
        subworkflow.completed_event.connect(parent.task_spec._on_subworkflow_completed, parent)
    return workflow


def _flags(workflow_spec: Any) -> dict[str, int]:
    """What kind each spec is, computed once per workflow spec and kept on it."""
    cached: dict[str, int] | None = workflow_spec.__dict__.get("_yunzhi_flags")
    if cached is None:
        cached = {
            name: (_JOIN if isinstance(spec, Join) else 0)
            | (_TOKENS if isinstance(spec, TokenJoin) else 0)
            | (_LOOP if isinstance(spec, LoopTask) else 0)
            | (_SPLIT if isinstance(spec, BoundaryEventSplit) else 0)
            | (_CATCH if isinstance(spec, CatchingEvent) else 0)
            | (_MANUAL if spec.manual else 0)
            for name, spec in workflow_spec.task_specs.items()
        }
        workflow_spec._yunzhi_flags = cached
    return cached


class _Pruning:
    """Decides which tasks of one (sub)workflow become rows."""

    def __init__(self, workflow: Any) -> None:
        self.tasks: Mapping[Any, Task] = workflow.tasks
        self.flags = _flags(workflow.spec)
        self.last = workflow.last_task
        self.live: set[Any] = set()
        self.needed: set[Any] = {workflow.task_tree.id}
        latest: dict[str, Task] = {}
        for task in self.tasks.values():
            if task._state < _FINISHED:
                self._mark_live(task)
                continue
            name = task.task_spec.name
            own = self.flags[name]
            if own & _TOKENS and self._is_waiting_token(task):
                self._mark_live(task)
            elif own & _MANUAL and task._state == _FINISHED:
                known = latest.get(name)
                if known is None or task.last_state_change >= known.last_state_change:
                    latest[name] = task
        self.needed.update(task.id for task in latest.values() if task.id in self.live)
        if self.last is not None:
            self.needed.add(self.last.id)
            self._mark_ancestors(self.last)

    def _is_waiting_token(self, task: Task) -> bool:
        parent = self.tasks.get(task._parent)
        return CONSUMED not in task.internal_data and parent is not None and parent._state == _FINISHED

    def _mark_live(self, task: Task) -> None:
        self.needed.add(task.id)
        if task._parent is not None:
            self.needed.add(task._parent)
        self._mark_ancestors(task)

    def _mark_ancestors(self, task: Task | None) -> None:
        live, tasks = self.live, self.tasks
        while task is not None and task.id not in live:
            live.add(task.id)
            task = tasks.get(task._parent)

    def kept_children(self, task: Task) -> list[Task]:
        """The children that stay, passing over finished links nobody needs."""
        own = self.flags[task.task_spec.name]
        tasks, live = self.tasks, self.live
        if own & _LOOP or (own & _SPLIT and task.id in live):
            return [tasks[child_id] for child_id in task._children]
        kept = [tasks[child_id] for child_id in task._children if child_id in live]
        return kept if own & _SPLIT else [self._shorten(child) for child in kept]

    def _shorten(self, task: Task) -> Task:
        while (
            task._state >= _FINISHED
            and task.id not in self.needed
            and not self.flags[task.task_spec.name] & (_LOOP | _SPLIT)
        ):
            onward = [c for c in task._children if c in self.live]
            if len(onward) != 1:
                break
            task = self.tasks[onward[0]]
        return task


def _rows(workflow: Any) -> tuple[list[Row], int]:
    pruning = _Pruning(workflow)
    flags, last_row = pruning.flags, -1
    rows: list[Row] = []
    stored: list[dict[str, Any] | None] = []
    stack: list[tuple[Task, int]] = [(workflow.task_tree, -1)]
    last = workflow.last_task
    while stack:
        task, parent_row = stack.pop()
        kids = pruning.kept_children(task) if task._children else []
        data: Any = 0
        deleted: Any = 0
        own: dict[str, Any] | None = None
        if task.data and _needs_data(task, kids, flags, last):
            own = task.data
            base = stored[parent_row] if parent_row >= 0 else None
            data, deleted = (own, 0) if base is None else _difference(base, own)
        number = len(rows)
        if task is last:
            last_row = number
        rows.append(
            [
                task.id,
                task.task_spec.name,
                task._state,
                parent_row,
                task.last_state_change,
                data,
                deleted,
                task.internal_data or 0,
                1 if task.triggered else 0,
            ]
        )
        stored.append(own)
        for kid in reversed(kids):
            stack.append((kid, number))
    return rows, last_row


def _needs_data(task: Task, kids: list[Task], flags: dict[str, int], last: Task | None) -> bool:
    """Unfinished tasks, forks whose branches merge three ways, and what a join or a prediction still inherits from."""
    if task is last or len(kids) > 1 or (TaskState.WAITING <= task._state < _FINISHED):
        return True
    if task._state < TaskState.WAITING:
        return False
    return any(kid._state < TaskState.READY or flags[kid.task_spec.name] & _TOKENS for kid in kids)


def _difference(base: dict[str, Any], own: dict[str, Any]) -> tuple[dict[str, Any], Any]:
    # Most values are the parent's very own objects, and asking that first is cheaper than comparing.
    changed = {k: v for k, v in own.items() if k not in base or (base[k] is not v and not same(base[k], v))}
    gone = 0 if base.keys() <= own.keys() else [k for k in base if k not in own]
    return changed, gone


def _restore(workflow: Any, rows: list[Row]) -> list[Task]:
    specs, flags, tasks = workflow.spec.task_specs, _flags(workflow.spec), workflow.tasks
    manager = workflow.top_workflow.event_manager
    restored: list[Task] = []
    for identifier, name, state, parent_row, changed_at, own, deleted, internal, triggered in rows:
        parent = restored[parent_row] if parent_row >= 0 else None
        data: dict[str, Any] = own or {}
        if own != 0 and parent is not None and parent.data:
            data = {**parent.data, **data}
            for gone in deleted or ():
                data.pop(gone, None)
        task = LeanTask.__new__(LeanTask)
        # Task.__init__ draws a random id, reads the clock and notifies the parent; all of that is in the row.
        task.__dict__ = {
            "id": identifier,
            "workflow": workflow,
            "_parent": parent.id if parent is not None else None,
            "_children": [],
            "_state": state,
            "triggered": bool(triggered),
            "task_spec": specs[name],
            "thread_id": 0,
            "data": data,
            "internal_data": internal or {},
            "last_state_change": changed_at,
        }
        if parent is not None:
            parent._children.append(identifier)
        tasks[identifier] = task
        restored.append(task)
        if state == TaskState.WAITING and flags[name] & _CATCH:
            manager.add_task(task)
    workflow.task_tree = restored[0]
    return restored
