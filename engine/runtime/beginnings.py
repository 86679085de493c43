"""How the instances of one version begin: SpiffWorkflow does it once, later starts are copied from that.

Between the start event and the first waits of most processes nothing is decided: whatever the variables, the same
tasks come to life and the same timers are armed. Then only the ids, the variables and the due times differ from one
start to the next, and these are filled into the stored state of the first. A version that decides anything on the way
(a condition, a script, a service task, a collection, a repeating timer, a message) is started in full every time.
"""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson

from engine.definitions.events import CYCLE, DUE_AT, DueTimer
from engine.definitions.model import Element
from engine.runtime import codec
from engine.runtime.execution import Execution, WaitingMessage, WaitingTask, WaitingTimer, Waits
from engine.runtime.expressions import Expressions

_ID, _SPEC, _CHANGED_AT, _DATA, _INTERNAL = 0, 1, 4, 5, 7
_ROWS = -1
_DECIDE_NOTHING = frozenset({"startEvent", "parallelGateway", "subProcess", "callActivity", "task"})

Row = list[Any]


@dataclass
class Begun:
    """An instance at its first waits, as ``Execution`` tells of it."""

    expressions: Expressions
    passed: list[str]
    state: bytes
    first_waits: Waits
    is_completed: bool = False

    def dump(self) -> bytes:
        """The state to store."""
        return self.state

    def waits(self) -> Waits:
        """Everything the instance waits for."""
        return self.first_waits


@dataclass(frozen=True)
class _Timer:
    """A timer of the beginning: the number of its row, and how its due time is computed."""

    row: int
    element: Element
    kind: str
    term: str


class Beginning:
    """The state right after a start of one version, ready to be copied.

    All rows, those of subprocesses included, are numbered through; what refers to the variables of that start is
    marked and filled in anew.
    """

    def __init__(self, execution: Execution, state: list[Any], timers: list[_Timer]) -> None:
        self._head, self._subworkflows = state[:_ROWS], state[_ROWS]
        self._passed = list(execution.passed)
        self._created_at = time.time()
        self._timers = timers
        waits = execution.waits()
        numbers = {row[_ID]: number for number, row in enumerate(_all_rows(state))}
        self._tasks = [(numbers[task_id], waiting.element) for task_id, waiting in waits.tasks.items()]
        self._messages = [(numbers[i], waiting.element, waiting.message) for i, waiting in waits.messages.items()]
        self._parents = [numbers[one[1]] for one in self._subworkflows]

    @classmethod
    def of(cls, execution: Execution, variables: Mapping[str, Any]) -> Beginning | None:
        """The beginning of an instance just started with ``variables``, or None where starts may differ."""
        expressions = execution.expressions
        if expressions.has_decided or execution.is_completed or expressions.failures:
            return None
        models = expressions.compiled.models.values()
        kinds = {one.type for model in models for one in model.elements.values() if one.id in execution.passed}
        if not kinds <= _DECIDE_NOTHING:
            return None
        *head, rows, subworkflows = orjson.loads(execution.dump())
        state = [*head, rows, subworkflows]
        plain = orjson.loads(orjson.dumps(variables))
        for row in _all_rows(state):
            if row[_DATA] == plain:
                row[_DATA] = _FILLED
            elif row[_DATA]:
                return None
        for one in subworkflows:
            if one[3] not in ({}, plain):
                return None
            one[3] = _FILLED if one[3] else {}
        timers = _timers(execution, state)
        return None if timers is None else cls(execution, state, timers)

    def begin(self, expressions: Expressions, variables: Mapping[str, Any]) -> Begun:
        """A new instance with ``variables``. Raises ``TermInvalid`` for a timer whose term means no moment."""
        data, later = dict(variables), time.time() - self._created_at
        due = [expressions.first_due_at_of(data, timer.kind, timer.term) for timer in self._timers]
        rows: list[Row] = []

        def copied(given: list[Row]) -> list[Row]:
            fresh = []
            for row in given:
                new = row.copy()
                new[_ID] = os.urandom(16).hex()
                new[_CHANGED_AT] += later
                if new[_DATA] is _FILLED:
                    new[_DATA] = data
                fresh.append(new)
            rows.extend(fresh)
            return fresh

        top = copied(self._head[-1])
        subworkflows = []
        for one, parent in zip(self._subworkflows, self._parents, strict=True):
            depth, _, name, own, *rest, given = one
            held = data if own is _FILLED else own
            subworkflows.append([depth, parent, name, held, *rest, copied(given)])
        for sub in subworkflows:
            sub[1] = rows[sub[1]][_ID]
        for timer, due_at in zip(self._timers, due, strict=True):
            rows[timer.row][_INTERNAL] = {**rows[timer.row][_INTERNAL], DUE_AT: due_at}
        state = orjson.dumps([*self._head[:-1], top, subworkflows], option=codec.OPTIONS)
        return Begun(expressions, list(self._passed), state, self._waits(rows, due, data))

    def _waits(self, rows: list[Row], due: list[str], data: Mapping[str, Any]) -> Waits:
        waits = Waits({}, {}, {})
        for number, element in self._tasks:
            task_id = rows[number][_ID]
            waits.tasks[task_id] = WaitingTask(task_id, element, data)
        for timer, due_at in zip(self._timers, due, strict=True):
            task_id = rows[timer.row][_ID]
            waits.timers[task_id] = WaitingTimer(task_id, timer.element, datetime.fromisoformat(due_at))
        for number, element, message in self._messages:
            task_id = rows[number][_ID]
            waits.messages[task_id] = WaitingMessage(task_id, element, message, data)
        return waits


class _Filled:
    """Stands in a copied row for the variables of the start."""


_FILLED = _Filled()


def _all_rows(state: list[Any]) -> list[Row]:
    """The rows of the process itself, then those of each subprocess."""
    rows: list[Row] = list(state[-2])
    for one in state[_ROWS]:
        rows += one[-1]
    return rows


def _timers(execution: Execution, state: list[Any]) -> list[_Timer] | None:
    """The armed timers by row; None where one repeats."""
    armed = execution.waits().timers
    found = []
    for number, row in enumerate(_all_rows(state)):
        internal = row[_INTERNAL] or {}
        if CYCLE in internal:
            return None
        if DUE_AT not in internal:
            continue
        task = execution.workflow.get_task_from_id(row[_ID])
        definition = None if task is None else task.task_spec.event_definition
        if row[_ID] not in armed or not isinstance(definition, DueTimer):
            return None
        found.append(_Timer(number, armed[row[_ID]].element, definition.kind, definition.expression))
    return found
