"""Our task specs: SpiffWorkflow's, with what 3.2 does wrongly put right by subclassing.

What changes against the stock specs:

* a task shares its parent's values instead of deep-merging copies of them. Merging lists position by position loses
  entries, and our data never changes in place: forms and FEEL replace whole top-level values;
* timers hold a due time computed by our calendars and fire only when they are told to, so that no clock is read here;
* service tasks call a handler by topic and stay STARTED when it fails;
* a multi-instance activity starts every lap with an empty list of results.
"""

from __future__ import annotations

from typing import Any

from SpiffWorkflow.bpmn.specs.control import BoundaryEventJoin
from SpiffWorkflow.bpmn.specs.data_spec import TaskDataReference
from SpiffWorkflow.bpmn.specs.defaults import (
    BoundaryEvent,
    CallActivity,
    EndEvent,
    ExclusiveGateway,
    IntermediateCatchEvent,
    IntermediateThrowEvent,
    ManualTask,
    NoneTask,
    ParallelMultiInstanceTask,
    ScriptTask,
    SequentialMultiInstanceTask,
    ServiceTask,
    StartEvent,
    SubWorkflowTask,
    UserTask,
)
from SpiffWorkflow.bpmn.specs.mixins.multiinstance_task import MultiInstanceTask
from SpiffWorkflow.specs.base import TaskSpec
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from engine.errors import Invalid


class CollectionInvalid(Invalid):
    """A multi-instance activity got something that is no list, or a list with gaps."""

    code = "collection_invalid"
    zh = "“{element_id}”的集合“{collection}”不是列表，或含有空项"
    en = "The collection “{collection}” of “{element_id}” is no list, or holds empty entries"


def share_parent_data(task: Task) -> None:
    """Give ``task`` the values of its parent, unless it has its own."""
    parent = task.parent
    if parent is not None:
        task.data = {**parent.data, **task.data}


class Sharing(TaskSpec):  # type: ignore[misc]
    """Ends the chain of ``_update_hook`` calls with sharing instead of merging."""

    def _update_hook(self, my_task: Task) -> bool:
        share_parent_data(my_task)
        return True


class SharingUserTask(UserTask, Sharing):  # type: ignore[misc]
    """A user task."""


class SharingManualTask(ManualTask, Sharing):  # type: ignore[misc]
    """A manual task: done outside, confirmed here."""


class SharingNoneTask(NoneTask, Sharing):  # type: ignore[misc]
    """An abstract task: passed through."""


class SharingExclusiveGateway(ExclusiveGateway, Sharing):  # type: ignore[misc]
    """An exclusive gateway."""


class SharingStartEvent(StartEvent, Sharing):  # type: ignore[misc]
    """A start event."""


class SharingEndEvent(EndEvent, Sharing):  # type: ignore[misc]
    """An end event."""


class SharingCatchEvent(IntermediateCatchEvent, Sharing):  # type: ignore[misc]
    """An intermediate catch event."""


class SharingThrowEvent(IntermediateThrowEvent, Sharing):  # type: ignore[misc]
    """An intermediate throw event."""


class SharingBoundaryEvent(BoundaryEvent, Sharing):  # type: ignore[misc]
    """A boundary event."""


class SharingSubprocess(SubWorkflowTask, Sharing):  # type: ignore[misc]
    """An embedded subprocess; its data goes in and comes out by sharing."""

    def copy_data(self, my_task: Task, subworkflow: Any) -> None:
        subworkflow.task_tree.data = dict(my_task.data)

    def update_data(self, my_task: Task, subworkflow: Any) -> None:
        my_task.data = dict(subworkflow.last_task.data)


class SharingCallActivity(CallActivity, Sharing):  # type: ignore[misc]
    """A call activity; the called process sees the caller's data and gives its own back."""

    def copy_data(self, my_task: Task, subworkflow: Any) -> None:
        subworkflow.task_tree.data = dict(my_task.data)

    def update_data(self, my_task: Task, subworkflow: Any) -> None:
        my_task.data = dict(subworkflow.last_task.data)


class FeelScriptTask(ScriptTask, Sharing):  # type: ignore[misc]
    """A FEEL expression whose value becomes a variable."""


class DecisionTask(ServiceTask, Sharing):  # type: ignore[misc]
    """A business rule task: the answer of a decision becomes a variable."""

    def _execute(self, task: Task) -> bool | None:
        task.workflow.script_engine.decide(task)
        return True


class TopicServiceTask(ServiceTask, Sharing):  # type: ignore[misc]
    """A service task: its topic's handler runs in the same transaction; a failure leaves the task STARTED."""

    def _execute(self, task: Task) -> bool | None:
        done: bool = task.workflow.script_engine.run_service_task(task)
        return True if done else None


class SharingBoundaryJoin(BoundaryEventJoin):  # type: ignore[misc]
    """The end of an activity with boundary events."""

    def _update_hook(self, my_task: Task) -> bool:
        share_parent_data(my_task)
        may_fire, to_cancel = self._check_threshold_structured(my_task)
        if may_fire:
            for task in to_cancel:
                task.cancel()
            self._do_join(my_task)
        elif not my_task.has_state(TaskState.FINISHED_MASK):
            my_task._set_state(TaskState.WAITING)
        return bool(may_fire)


class Collection(TaskDataReference):  # type: ignore[misc]
    """The list a multi-instance activity runs over: a variable or any FEEL expression."""

    def get(self, my_task: Task) -> list[Any]:
        value = my_task.workflow.script_engine.evaluate(my_task, self.bpmn_id)
        if not isinstance(value, list) or any(item is None for item in value):
            raise CollectionInvalid(element_id=my_task.task_spec.name, collection=self.bpmn_id)
        return value

    def exists(self, my_task: Task) -> bool:
        return True


class _FreshResults(MultiInstanceTask):  # type: ignore[misc]
    """Each lap of a loop gathers its results anew (stock refuses a second lap), and no list changes in place."""

    def init_data_output_with_input_data(self, my_task: Task, _input_data: Any) -> None:
        self.data_output.set(my_task, [])

    def merge_child(self, _workflow: Any, child: Task) -> None:
        my_task, results = child.parent, self.data_output.bpmn_id
        my_task.data = {**my_task.data, results: [*my_task.data[results], self.output_item.get(child)]}
        my_task.internal_data["merged"].append(str(child.id))

    def _forget_last_lap(self, my_task: Task) -> None:
        items = (self.input_item.bpmn_id, self.output_item.bpmn_id)
        my_task.data = {k: v for k, v in my_task.data.items() if k not in items}


class ParallelMultiInstance(ParallelMultiInstanceTask, _FreshResults, Sharing):  # type: ignore[misc]
    """All instances at once; the collection may be an expression."""

    def __init__(self, wf_spec: Any, bpmn_id: str, *, data_input: Any = None, **kwargs: Any) -> None:
        super().__init__(wf_spec, bpmn_id, data_input=Collection(data_input.bpmn_id), **kwargs)

    def create_children(self, my_task: Task) -> None:
        self._forget_last_lap(my_task)
        super().create_children(my_task)


class SequentialMultiInstance(SequentialMultiInstanceTask, _FreshResults, Sharing):  # type: ignore[misc]
    """One instance after the other; the collection may be an expression."""

    def __init__(self, wf_spec: Any, bpmn_id: str, *, data_input: Any = None, **kwargs: Any) -> None:
        super().__init__(wf_spec, bpmn_id, data_input=Collection(data_input.bpmn_id), **kwargs)

    def init_remaining_items(self, my_task: Task) -> list[int]:
        self._forget_last_lap(my_task)
        return list(range(len(self.data_input.get(my_task))))
