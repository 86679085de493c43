"""A copied start is the start SpiffWorkflow would have made, for every model that allows copying."""

from __future__ import annotations

import random
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import orjson
import pytest

from engine.calendars import DEFAULT_CALENDARS, STANDARD, calendar_functions
from engine.definitions.compiling import CompiledProcess, compile_process
from engine.definitions.model import ProcessModel, read_process
from engine.runtime.beginnings import Beginning, Begun
from engine.runtime.execution import Execution
from engine.runtime.expressions import Expressions
from engine.settings import ROOT
from tests.support.cases import MONDAY_9_AM, SHANGHAI, compiled
from tests.support.diagrams import Diagram
from tests.support.random_models import FLAGS, RandomModel

PROCESSES = [read_process(path.read_bytes(), path.name) for path in sorted((ROOT / "processes").rglob("*.bpmn"))]
# What computes something or takes a decision on its way is started in full every time.
DECIDING = {"scriptTask", "businessRuleTask"}
SHIPPED = [model for model in PROCESSES if not DECIDING & {element.type for element in model.elements.values()}]
FIRST = {"business_key": "A", "initiator": "li", "resolved_at": "2026-03-01T10:00:00+08:00", "customer": "甲"}
SECOND = {
    "business_key": "B",
    "initiator": "han",
    "resolved_at": "2026-02-01T08:30:00+08:00",
    "customer": "",
    "more": [1],
}


def expressions(process: CompiledProcess) -> Expressions:
    functions = {**calendar_functions(DEFAULT_CALENDARS, STANDARD.key), "setting": lambda key: 5}
    return Expressions(process, MONDAY_9_AM, SHANGHAI, functions, lambda call: None)


def normal(state: bytes) -> Any:
    """A state without what no two starts share: ids become their order, moments of change vanish."""
    *head, rows, subworkflows = orjson.loads(state)
    everything = [*rows, *(row for one in subworkflows for row in one[-1])]
    numbers = {row[0]: number for number, row in enumerate(everything)}
    for row in everything:
        row[0], row[4] = numbers[row[0]], None
    for one in subworkflows:
        one[1] = numbers[one[1]]
    return [*head, rows, subworkflows]


def waiting(found: Execution | Begun) -> Any:
    waits = found.waits()
    tasks = sorted((one.element.id, dict(one.variables)) for one in waits.tasks.values())
    timers = sorted((one.element.id, one.due_at) for one in waits.timers.values())
    return tasks, timers, sorted((one.element.id, one.message) for one in waits.messages.values())


def assert_copied_like_made(process: CompiledProcess, first: Mapping[str, Any], second: Mapping[str, Any]) -> bool:
    """Compare a copied start with a full one; False where this process is never copied."""
    beginning = Beginning.of(Execution.start(process, expressions(process), first), first)
    if beginning is None:
        return False
    for variables in (second, first):
        made = Execution.start(process, expressions(process), variables)
        copied = beginning.begin(expressions(process), variables)
        assert normal(copied.dump()) == normal(made.dump())
        assert waiting(copied) == waiting(made)
        assert copied.passed == made.passed
        loaded = Execution.load(process, expressions(process), copied.dump())
        assert waiting(loaded) == waiting(made)
        assert set(loaded.waits().tasks) == set(copied.waits().tasks)
    return True


@pytest.mark.parametrize("model", SHIPPED, ids=lambda model: model.key)
def test_shipped_processes(model: ProcessModel) -> None:
    process = compile_process(model, {one.key: one for one in PROCESSES if one.key in model.called_keys})
    copied = assert_copied_like_made(process, FIRST, SECOND)
    if model.key == "incident_callback":
        assert copied, "thousands of callbacks start at once"


def test_random_models() -> None:
    chance = random.Random(5)
    copied = 0
    for seed in range(150):
        flags = [{f"flag{n}": chance.random() < 0.5 for n in range(FLAGS)} for _ in range(2)]
        first, second = ({**one, "people": ["li", "han"]} for one in flags)
        copied += assert_copied_like_made(compiled(RandomModel(seed).diagram), first, second)
    assert 30 < copied < 150, "some models decide on the way, some do not"


def test_two_copies_share_no_id() -> None:
    process = compiled(Diagram("one").start().user("do").end().flow("begin", "do", "done"))
    beginning = Beginning.of(Execution.start(process, expressions(process), FIRST), FIRST)
    assert beginning is not None
    states = [orjson.loads(beginning.begin(expressions(process), FIRST).dump()) for _ in range(2)]
    first, second = ({row[0] for row in state[-2]} for state in states)
    assert not first & second


def test_what_decides_on_the_way_is_started_in_full() -> None:
    diagram = Diagram("decides").start().exclusive("which").user("a").user("b").end()
    diagram.flow("begin", "which").flow("which", "a", when="big").flow("which", "b", default=True)
    diagram.flow("a", "done").flow("b", "done")
    script = Diagram("scripts").start().script("add", "1 + 1", "sum").user("a").end()
    script.flow("begin", "add", "a", "done")
    service = Diagram("serves").start().service("call", "some.topic").user("a").end()
    service.flow("begin", "call", "a", "done")
    short = Diagram("short").start().end().flow("begin", "done")
    for one in (diagram, script, service, short):
        process = compiled(one)
        assert Beginning.of(Execution.start(process, expressions(process), FIRST), FIRST) is None, one.key


def test_timers_are_computed_for_each_start() -> None:
    diagram = Diagram("timed").start().user("do").end().flow("begin", "do", "done")
    diagram.boundary("late", "do", '=date and time(resolved_at) + duration("PT24H")').end("over").flow("late", "over")
    process = compiled(diagram)
    beginning = Beginning.of(Execution.start(process, expressions(process), FIRST), FIRST)
    assert beginning is not None
    later = expressions(process)
    later.now = MONDAY_9_AM + timedelta(days=9)
    (timer,) = beginning.begin(later, SECOND).waits().timers.values()
    assert timer.due_at.isoformat() == "2026-02-02T00:30:00+00:00"
