"""Our runtime against SpiffWorkflow as it comes, over random models and random runs, stored and loaded at every step.

A diagram is run twice, once by stock SpiffWorkflow with its own parser, specs and serializer, once by ours. After
each step both must wait for the same tasks with the same data and have the same timers armed.
"""

from __future__ import annotations

import json
import random
from datetime import UTC, datetime
from typing import Any

import pytest
from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.bpmn.parser import BpmnParser
from SpiffWorkflow.bpmn.serializer import BpmnWorkflowSerializer
from SpiffWorkflow.util.task import TaskState

from engine.definitions.dialect import adapt
from engine.definitions.model import read_process
from engine.definitions.xml import BPMN
from tests.support.cases import Case, compiled
from tests.support.random_models import FLAGS, RandomModel

MODELS = 120
STEPS = 40
PAST = datetime(2020, 1, 1, tzinfo=UTC).isoformat()
START = {**{f"flag{n}": False for n in range(FLAGS)}, "people": ["li", "han", "wang"]}
Snapshot = list[tuple[str, str, str]]


class Stock:
    """One instance in stock SpiffWorkflow."""

    serializer = BpmnWorkflowSerializer()

    def __init__(self, xml: bytes) -> None:
        model = read_process(xml, "random.bpmn")
        root = adapt(model.root)
        for duration in root.iter(f"{{{BPMN}}}timeDuration"):
            duration.text = f'"{duration.text}"'
        parser = BpmnParser()
        parser.add_bpmn_xml(root)
        self.workflow = BpmnWorkflow(parser.get_spec(model.key), parser.get_subprocess_specs(model.key))
        self.workflow.task_tree.data = dict(START)
        self.workflow.do_engine_steps()

    def snapshot(self) -> Snapshot:
        ready = self.workflow.get_tasks(state=TaskState.READY, manual=True)
        shown = [("task", name_of(t), text(t.data)) for t in ready]
        return sorted(shown + [("timer", t.task_spec.name, "") for t in self.workflow.event_manager.tasks.values()])

    def complete(self, element: str, data: str, variables: dict[str, Any]) -> None:
        ready = self.workflow.get_tasks(state=TaskState.READY, manual=True)
        task = next(t for t in ready if name_of(t) == element and text(t.data) == data)
        if task.task_spec.name.endswith("[child]"):
            variables = {f"{element}_result": variables}
        task.data.update(variables)
        task.run()
        self._settle()

    def fire(self, element: str) -> None:
        for task in self.workflow.event_manager.tasks.values():
            if task.task_spec.name == element:
                task.internal_data["event_value"] = PAST
        self.workflow.refresh_timers()
        self._settle()

    def _settle(self) -> None:
        self.workflow.do_engine_steps()
        self.workflow = self.serializer.deserialize_json(self.serializer.serialize_json(self.workflow))

    @property
    def is_completed(self) -> bool:
        return bool(self.workflow.completed)


class Ours:
    """The same instance in our runtime."""

    def __init__(self, model: RandomModel) -> None:
        self.case = Case(compiled(model.diagram), START)

    def snapshot(self) -> Snapshot:
        waits = self.case._load().waits()
        shown = [("task", w.element.id, text(dict(w.variables))) for w in waits.tasks.values()]
        return sorted(shown + [("timer", t.element.id, "") for t in waits.timers.values()])

    def complete(self, element: str, data: str, variables: dict[str, Any]) -> None:
        waits = self.case._load().waits().tasks
        task_id = next(i for i, w in waits.items() if w.element.id == element and text(dict(w.variables)) == data)
        self.case.step(lambda execution: execution.complete(task_id, variables))

    def fire(self, element: str) -> None:
        self.case.fire(element)

    @property
    def is_completed(self) -> bool:
        return self.case.is_completed


def name_of(task: Any) -> str:
    return str(task.task_spec.name).removesuffix(" [child]")


def text(data: dict[str, Any]) -> str:
    return json.dumps(data, sort_keys=True)


@pytest.mark.parametrize("seed", range(MODELS))
def test_random_runs_agree_with_stock_spiffworkflow(seed: int) -> None:
    model = RandomModel(seed)
    stock, ours = Stock(model.diagram.xml()), Ours(model)
    chance = random.Random(seed)
    for step in range(STEPS):
        expected = stock.snapshot()
        assert ours.snapshot() == expected, f"seed {seed}, step {step}"
        if not expected:
            break
        kind, element, data = chance.choice(expected)
        if kind == "timer":
            if chance.random() < 0.5:
                continue
            stock.fire(element)
            ours.fire(element)
        else:
            variables = {f"{element}_by": step}
            # Beside another branch stock lets a stale copy win; ours is tested for the right value elsewhere.
            if element not in model.in_forks and chance.random() < 0.3:
                variables[f"flag{chance.randrange(FLAGS)}"] = chance.random() < 0.4
            stock.complete(element, data, variables)
            ours.complete(element, data, variables)
    assert ours.is_completed == stock.is_completed
