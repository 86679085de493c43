"""Parallel and inclusive gateways that count tokens.

SpiffWorkflow 3.2 decides from the whole task tree whether a join may fire and so counts tokens of earlier laps: a
parallel join inside a loop fires after one branch. Here a token is an instance of the gateway whose predecessor has
completed and which no earlier firing consumed. Neither gateway predicts what lies behind a join, which keeps the
prediction linear in the size of the diagram.
"""

from __future__ import annotations

from typing import Any

from SpiffWorkflow.bpmn.specs.control import BoundaryEventJoin
from SpiffWorkflow.bpmn.specs.defaults import InclusiveGateway, ParallelGateway
from SpiffWorkflow.bpmn.specs.mixins.events.event_types import CatchingEvent
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from engine.definitions.specs import share_parent_data
from engine.errors import Invalid

CONSUMED = "consumed"
_ACTIVE = TaskState.READY | TaskState.STARTED | TaskState.WAITING
_AHEAD = TaskState.FUTURE | TaskState.PREDICTED_MASK


class NoPathTaken(Invalid):
    """No condition of a gateway holds and it has no default flow."""

    code = "no_path_taken"
    zh = "网关“{element_id}”的条件都不满足，且没有默认去向"
    en = "No condition of gateway “{element_id}” holds and it has no default flow"


class TokenJoin:
    """Joining by tokens. Comes before SpiffWorkflow's gateway in the order of bases."""

    _inputs: list[str]
    outputs: list[Any]

    def _update_hook(self, my_task: Task) -> bool:
        """Fire, or wait as the one instance that stands for all tokens that have arrived."""
        may_fire: bool = self._check_threshold_unstructured(my_task)  # type: ignore[attr-defined]
        for task in list(my_task.workflow.tasks.values()):
            if task.task_spec is self and task is not my_task and task._state == TaskState.WAITING:
                task.cancel()
        if may_fire:
            share_parent_data(my_task)
        else:
            my_task._set_state(TaskState.WAITING)
        return may_fire

    def tokens(self, my_task: Task) -> list[Task]:
        """The tokens waiting at this gateway, ``my_task``'s own included."""
        return [
            task
            for task in my_task.workflow.tasks.values()
            if task.task_spec is self
            and CONSUMED not in task.internal_data
            and task.parent is not None
            and task.parent._state == TaskState.COMPLETED
        ]

    def _run_hook(self, my_task: Task) -> bool:
        """Merge what the branches changed since they parted, in the order they arrived, and go on as one token."""
        tokens = sorted(self.tokens(my_task), key=lambda task: float(task.last_state_change))
        if len(tokens) > 1:
            _merge(my_task, [token.parent for token in tokens if token is not my_task] + [my_task.parent])
        else:
            share_parent_data(my_task)
        for token in (*tokens, my_task):
            token.internal_data[CONSUMED] = True
        self.fork(my_task)
        return True

    def fork(self, my_task: Task) -> None:
        """Create the successors now that the join has fired."""
        if not my_task._children:
            continue_with(my_task, self.outputs)

    def _predict_hook(self, my_task: Task) -> None:
        if len(self._inputs) < 2 or my_task._state & _ACTIVE:
            super()._predict_hook(my_task)  # type: ignore[misc]


def continue_with(my_task: Task, specs: list[Any]) -> None:
    """Put exactly ``specs`` behind ``my_task`` and predict from there."""
    my_task._sync_children(specs, TaskState.FUTURE)
    for child in my_task.children:
        child.task_spec._predict(child, mask=_AHEAD)


class TokenParallelGateway(TokenJoin, ParallelGateway):  # type: ignore[misc]
    """Fires when every incoming flow has a token."""

    def _check_threshold_unstructured(self, my_task: Task) -> bool:
        missing = set(self._inputs)
        for token in self.tokens(my_task):
            missing.discard(token.parent.task_spec.name)
        return not missing


class TokenInclusiveGateway(TokenJoin, InclusiveGateway):  # type: ignore[misc]
    """Fires when no active task elsewhere can still reach it (BPMN 2.0, table 13.3, by graph reachability)."""

    def _check_threshold_unstructured(self, my_task: Task) -> bool:
        if len(self._inputs) < 2:
            return True
        upstream = self._upstream()
        return not any(
            task._state & _ACTIVE and task.task_spec is not self and _may_arrive(task.task_spec, upstream)
            for task in my_task.workflow.tasks.values()
        )

    def _upstream(self) -> set[str]:
        cached: set[str] | None = self.__dict__.get("_upstream_names")
        if cached is None:
            cached, todo = set(), list(self._inputs)
            while todo:
                name = todo.pop()
                if name not in cached and name != self.name:
                    cached.add(name)
                    todo += self._wf_spec.task_specs[name]._inputs
            self._upstream_names = cached
        return cached

    def _run_hook(self, my_task: Task) -> bool:
        super()._run_hook(my_task)
        matching, default = self._get_matching_outputs(my_task)
        if not matching and not default:
            raise NoPathTaken(element_id=self.name)
        continue_with(my_task, matching or default)
        return True

    def fork(self, my_task: Task) -> None:
        """The matching flows are chosen after the merge, in ``_run_hook``."""


def _may_arrive(spec: Any, upstream: set[str]) -> bool:
    """Boundary events and the joins behind their activity hold no token of their own."""
    if isinstance(spec, BoundaryEventJoin):
        return False
    if isinstance(spec, CatchingEvent) and getattr(spec, "cancel_activity", None) is not None:
        return False
    return spec.name in upstream


def _merge(my_task: Task, branches: list[Task]) -> None:
    """Three-way merge: a value a branch left as it was at the fork never overwrites what another branch changed."""
    base = _fork_data(branches)
    merged = dict(base)
    for branch in branches:
        for name, value in branch.data.items():
            if name not in base or not same(base[name], value):
                merged[name] = value
    my_task.data = merged


def _fork_data(branches: list[Task]) -> dict[str, Any]:
    """The data of the nearest common ancestor, where the branches parted."""
    lines = [_ancestors(branch) for branch in branches]
    shared = set(lines[0]).intersection(*lines[1:])
    for identifier in lines[0]:
        if identifier in shared:
            data: dict[str, Any] = branches[0].workflow.tasks[identifier].data
            return data
    return {}


def _ancestors(task: Task | None) -> list[Any]:
    line = []
    while task is not None:
        line.append(task.id)
        task = task.parent
    return line


def same(a: Any, b: Any) -> bool:
    """Equality that keeps ``1``, ``1.0`` and ``True`` apart, at any depth."""
    if a is b:
        return True
    if type(a) is not type(b):
        return False
    if isinstance(a, dict):
        return len(a) == len(b) and all(k in b and same(v, b[k]) for k, v in a.items())
    if isinstance(a, list):
        return len(a) == len(b) and all(map(same, a, b))
    return bool(a == b)
