"""Event definitions of our own: timers that hold a due time, messages that leave the instance.

SpiffWorkflow's timers read the machine's clock, freeze the length of a month and the zone at import, and fire as a side
effect of unrelated work. Ours are computed once, when armed, by the calendars; ``due_at`` becomes a row of the timer
table; firing is told from outside by task id.
"""

from __future__ import annotations

from typing import Any

from SpiffWorkflow.bpmn.specs.event_definitions.message import MessageEventDefinition
from SpiffWorkflow.bpmn.specs.event_definitions.timer import CycleTimerEventDefinition, TimerEventDefinition
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

DUE_AT = "due_at"
CYCLE = "cycle"


class DueTimer(TimerEventDefinition):  # type: ignore[misc]
    """Fires once, at a moment computed when it is armed."""

    def __init__(self, name: str, kind: str, term: str) -> None:
        super().__init__(name, term)
        self.kind = kind

    def has_fired(self, my_task: Task) -> bool:
        engine = my_task.workflow.script_engine
        if DUE_AT not in my_task.internal_data:
            my_task.internal_data[DUE_AT] = engine.first_due_at(my_task, self.kind, self.expression)
            return False
        return bool(engine.is_firing(my_task))


class RepeatingTimer(CycleTimerEventDefinition):  # type: ignore[misc]
    """Fires at every occurrence of an ISO 8601 repeating interval and lets its activity go on."""

    kind = "cycle"

    def has_fired(self, my_task: Task) -> bool:
        return False

    def update_task(self, my_task: Task) -> None:
        engine, data = my_task.workflow.script_engine, my_task.internal_data
        if CYCLE not in data:
            data[CYCLE], data[DUE_AT] = engine.first_cycle(my_task, self.expression)
            return
        if not engine.is_firing(my_task) or data[DUE_AT] is None:
            return
        data[CYCLE], data[DUE_AT] = engine.next_cycle(data[CYCLE])
        for output in my_task.task_spec.outputs:
            child = my_task._add_child(output, TaskState.FUTURE)
            child.task_spec._predict(child, mask=TaskState.NOT_FINISHED_MASK)
            child.task_spec._update(child)


class OutgoingMessage(MessageEventDefinition):  # type: ignore[misc]
    """Thrown to other instances: it is noted here and sent through the outbox."""

    def throw(self, my_task: Task) -> None:
        my_task.workflow.script_engine.throw_message(my_task, self.name)


class IncomingMessage(MessageEventDefinition):  # type: ignore[misc]
    """Waits for a message, which is delivered by task id once the correlation is found in the subscriptions."""

    def catches(self, my_task: Task, event: Any) -> bool:
        return bool(event.correlations.get("task") == str(my_task.id))
