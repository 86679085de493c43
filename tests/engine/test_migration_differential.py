"""Moving a running instance changes nothing but names: over random models and random runs, moved in the middle.

A diagram is run twice. One of the two is moved, at a random step, to the same diagram whose elements have other ids;
from then on both must go on waiting for the same tasks with the same data and the same timers, to the same end.
"""

from __future__ import annotations

import json
import random
import re
from typing import Any

import pytest

from engine.definitions.compiling import CompiledProcess, compile_process
from engine.definitions.model import read_process
from engine.instance_migrations.verdicts import SAFE, verdict
from engine.runtime.migration import migrated
from tests.support.cases import Case, compiled
from tests.support.random_models import FLAGS, RandomModel

MODELS = 120
STEPS = 40
START = {**{f"flag{n}": False for n in range(FLAGS)}, "people": ["li", "han", "wang"]}


def renamed(model: RandomModel) -> tuple[CompiledProcess, dict[str, str]]:
    """The same diagram with other ids; multi-instance tasks keep theirs, under which their results lie."""
    xml = model.diagram.xml().decode()
    elements = read_process(xml.encode(), "random.bpmn").elements.values()
    mapping = {one.id: f"other_{one.id}" for one in elements if not one.is_multiple and one.type != "subProcess"}
    for old, new in mapping.items():
        xml = re.sub(rf'(?<=["> ]){re.escape(old)}(?=["<])', new, xml)
    read = read_process(xml.encode(), "random.bpmn")
    return compile_process(read, {}), mapping


def snapshot(case: Case) -> list[tuple[str, str, str]]:
    waits = case._load().waits()
    tasks = [("task", plain(w.element.id), text(dict(w.variables))) for w in waits.tasks.values()]
    return sorted(tasks + [("timer", plain(t.element.id), "") for t in waits.timers.values()])


def plain(element_id: str) -> str:
    return element_id.removeprefix("other_")


def text(data: dict[str, Any]) -> str:
    return json.dumps(data, sort_keys=True)


def complete(case: Case, element: str, data: str, variables: dict[str, Any]) -> None:
    waits = case._load().waits().tasks
    found = (i for i, w in waits.items() if plain(w.element.id) == element and text(dict(w.variables)) == data)
    task_id = next(found)
    case.step(lambda execution: execution.complete(task_id, variables))


def move(case: Case, old: CompiledProcess, new: CompiledProcess, mapping: dict[str, str]) -> None:
    state = case._load().dump()
    assert verdict(state, old, new, mapping).kind == SAFE
    case.process = new
    case._store(migrated(state, old, new, mapping, case._expressions()))


@pytest.mark.parametrize("seed", range(MODELS))
def test_a_moved_run_goes_on_like_the_one_that_stayed(seed: int) -> None:
    model = RandomModel(seed)
    old = compiled(model.diagram)
    new, mapping = renamed(model)
    stayed, moved = Case(old, START), Case(old, START)
    chance = random.Random(seed)
    moves_at = chance.randrange(4)
    for step in range(STEPS):
        expected = snapshot(stayed)
        if step == moves_at and expected:
            move(moved, old, new, mapping)
        assert snapshot(moved) == expected, f"seed {seed}, step {step}"
        if not expected:
            break
        kind, element, data = chance.choice(expected)
        if kind == "timer":
            if chance.random() < 0.5:
                continue
            stayed.fire(element)
            moved.fire(mapping[element] if step >= moves_at else element)
        else:
            variables = {f"{element}_by": step, f"flag{chance.randrange(FLAGS)}": chance.random() < 0.4}
            complete(stayed, element, data, variables)
            complete(moved, element, data, variables)
    assert moved.is_completed == stayed.is_completed
