"""SpiffWorkflow's workflow with linear scans in place of tree walks.

Stock walks the whole task tree after every single task, with an iterator that gives up at depth 1,000: a loop of three
tasks hangs after 333 laps. A flat look over the dictionary of tasks finds the same tasks at a fraction of the cost.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.bpmn.specs.mixins.events.event_types import CatchingEvent
from SpiffWorkflow.bpmn.util.subworkflow import BpmnSubWorkflow
from SpiffWorkflow.bpmn.util.task import BpmnTaskFilter
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from engine.errors import Invalid
from engine.runtime.task import LeanTask

STEP_LIMIT = 5_000

_UNFINISHED = TaskState.NOT_FINISHED_MASK
_WALKED = {"end_at_spec", "max_depth", "depth_first"}


class Runaway(Invalid):
    """A diagram that keeps the engine busy without ever waiting for anybody."""

    code = "runaway"
    zh = "流程连续自动执行超过 {limit} 步仍未停下，请检查“{element_id}”附近的循环"
    en = "The process ran {limit} automatic steps without a pause; look for a loop near “{element_id}”"


class _LinearScans:
    """What the top workflow and its subworkflows share."""

    tasks: dict[Any, Task]
    completed: bool

    def __init__(self, *args: Any, deserializing: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, deserializing=True, **kwargs)  # type: ignore[call-arg]
        if not deserializing:
            self.task_tree = root = LeanTask(self, self.spec.start, state=TaskState.FUTURE)  # type: ignore[attr-defined]
            root.task_spec._predict(root, mask=TaskState.NOT_FINISHED_MASK)
            root._ready()

    def get_tasks_iterator(self, first_task: Task | None = None, **kwargs: Any) -> Iterator[Task]:
        """Filter the flat dictionary; only a search below one task, or up to one spec, walks the tree."""
        if first_task is not None and kwargs.keys() == {"spec_name"}:
            name = kwargs["spec_name"]
            same = [task for task in self.tasks.values() if task.task_spec.name == name]
            return iter([task for task in same if task is first_task or task.is_descendant_of(first_task)])
        if (first_task is not None and first_task is not self.task_tree) or _WALKED & kwargs.keys():
            return super().get_tasks_iterator(first_task, **kwargs)  # type: ignore[misc, no-any-return]
        skip = kwargs.pop("skip_subprocesses", False)
        wanted = kwargs.pop("task_filter", None) or BpmnTaskFilter(**kwargs)
        return self._scan(wanted, skip)

    def _scan(self, wanted: Any, skip: bool) -> Iterator[Task]:
        state, matches = wanted.state, wanted.matches
        for task in list(self.tasks.values()):
            if task._state & state and matches(task):
                yield task
        if not skip:
            top = self.top_workflow  # type: ignore[attr-defined]
            for parent_id, subworkflow in list(top.subprocesses.items()):
                if parent_id in self.tasks:
                    yield from subworkflow._scan(wanted, False)

    def update_waiting_tasks(self) -> None:
        """After a completion: joins look again. Timers and messages come from outside, so events need no look."""
        for task in [t for t in self.tasks.values() if t._state == TaskState.WAITING]:
            if not isinstance(task.task_spec, CatchingEvent) and task._state == TaskState.WAITING:
                task.task_spec._update(task)

    def waiting_for_people(self) -> frozenset[str]:
        """The ids of the user tasks that wait here and in the subworkflows below."""
        ready = self.get_tasks_iterator(state=TaskState.READY)
        return frozenset(str(task.id) for task in ready if task.task_spec.manual)

    def is_completed(self) -> bool:
        """Whether nothing is left to do."""
        if not self.completed and not any(task._state & _UNFINISHED for task in self.tasks.values()):
            self.completed = True
        return self.completed

    def collect_log_extras(self, extras: dict[str, Any] | None = None) -> dict[str, Any]:
        """No log record carries task data."""
        return extras or {}


class Subworkflow(_LinearScans, BpmnSubWorkflow):  # type: ignore[misc]
    """An embedded subprocess or a called process."""


class LinearWorkflow(_LinearScans, BpmnWorkflow):  # type: ignore[misc]
    """One process instance in memory."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # A return past a waiting timer removes its task; stock leaves it with the event manager and crashes later.
        self.task_removed_event.connect(_forget_removed)

    def create_subprocess(self, my_task: Task, spec_name: str) -> Subworkflow:
        """Start a subworkflow for ``my_task``."""
        subworkflow = Subworkflow(self.subprocess_specs[spec_name], parent_task_id=my_task.id, top_workflow=self)
        self.subprocesses[my_task.id] = subworkflow
        return subworkflow

    def get_task_from_id(self, task_id: Any) -> Task | None:
        """The task, wherever it lives, or None."""
        task = self.tasks.get(task_id)
        if task is not None:
            return task
        for subworkflow in self.subprocesses.values():
            if task_id in subworkflow.tasks:
                return subworkflow.tasks[task_id]
        return None

    def advance(self, on_done: Callable[[Task], None]) -> None:
        """Run everything automatic until only people, timers and messages are left to wait for.

        Raises ``Runaway`` after ``STEP_LIMIT`` automatic tasks.
        """
        steps = 0
        while True:
            before = steps
            running = [one for one in self.subprocesses.values() if not one.completed]
            for subworkflow in sorted(running, key=lambda one: -one.depth):
                steps = self._run_ready(subworkflow, on_done, steps)
                parent = self.get_task_from_id(subworkflow.parent_task_id)
                if parent is not None and not parent.has_state(TaskState.FINISHED_MASK):
                    parent.task_spec._update(parent)
            steps = self._run_ready(self, on_done, steps)
            active = sum(not one.completed for one in self.subprocesses.values())
            if steps == before and active <= len(running):
                return

    @staticmethod
    def _run_ready(workflow: Any, on_done: Callable[[Task], None], steps: int) -> int:
        while True:
            ready = [t for t in workflow.tasks.values() if t._state == TaskState.READY and not t.task_spec.manual]
            if not ready:
                return steps
            for task in ready:
                if task._state != TaskState.READY:
                    continue
                steps += 1
                if steps > STEP_LIMIT:
                    raise Runaway(limit=STEP_LIMIT, element_id=task.task_spec.name)
                task.run()
                on_done(task)


def _forget_removed(workflow: Any, task: Task) -> None:
    workflow.top_workflow.event_manager.remove_task(task)
