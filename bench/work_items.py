"""CPU per completed work item: our service call with its commit against stock SpiffWorkflow, in one run.

Stock is what SpiffWorkflow does by itself for one completion: load the instance with its own serializer, complete
the task, run on, serialize. Ours is the whole use case: permission, the same work, work items, timers, audit, commit.
``alone`` is our workflow without all that, doing just what stock does. They take turns, instance by instance, so that a
noisy machine slows all of them. Also: the cost of a late lap of a loop.

    python -m bench.work_items [instances]
"""

from __future__ import annotations

import json
import statistics
import sys
import time
from collections.abc import Mapping
from typing import Any

from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.bpmn.parser import BpmnParser
from SpiffWorkflow.bpmn.serializer import BpmnWorkflowSerializer
from SpiffWorkflow.util.task import TaskState
from sqlalchemy import select

from bench.diagrams import CALLBACK_FORMS, PURCHASE_FORMS, callback, purchase, vendor
from bench.house import platform_with
from engine import inbox, instances
from engine.actors import Actor
from engine.bootstrap import Platform, settle
from engine.definitions.dialect import adapt
from engine.definitions.model import read_process
from engine.definitions.xml import BPMN
from engine.runtime.execution import Execution
from engine.runtime.step import looking
from engine.store.tables import process_instance, work_item
from tests.support.diagrams import Diagram

Forms = Mapping[str, Mapping[str, object]]


class StockProcess:
    """A diagram in stock SpiffWorkflow, its expressions in Python."""

    serializer = BpmnWorkflowSerializer()

    def __init__(self, *diagrams: Diagram) -> None:
        parser = BpmnParser()
        for diagram in diagrams:
            root = adapt(read_process(diagram.xml(), diagram.key).root)
            for duration in root.iter(f"{{{BPMN}}}timeDuration"):
                duration.text = f'"{duration.text}"'
            for script in root.iter(f"{{{BPMN}}}script"):
                script.text = f"total = {script.text}"
            parser.add_bpmn_xml(root)
        self.spec = parser.get_spec(diagrams[0].key)
        self.subprocesses = parser.get_subprocess_specs(diagrams[0].key)

    def run(self, forms: Forms) -> tuple[float, int, int]:
        """One instance to its end: CPU seconds in completions, completions, largest state in bytes."""
        workflow = BpmnWorkflow(self.spec, self.subprocesses)
        workflow.task_tree.data = {"rejected": False, "mismatch": False}
        workflow.do_engine_steps()
        state, spent, count, largest = self.serializer.serialize_json(workflow), 0.0, 0, 0
        while True:
            began = time.process_time()
            workflow = self.serializer.deserialize_json(state)
            task = workflow.get_next_task(state=TaskState.READY, manual=True)
            if task is None:
                return spent, count, largest
            name = task.task_spec.name.removesuffix(" [child]")
            form = dict(forms[name])
            task.data.update({f"{name}_result": form} if name != task.task_spec.name else form)
            task.run()
            workflow.do_engine_steps()
            state = self.serializer.serialize_json(workflow)
            spent += time.process_time() - began
            count += 1
            largest = max(largest, len(state))


def run_ours(platform: Platform, clerk: Actor, key: str, forms: Forms) -> tuple[float, int]:
    """One instance to its end through the use case: CPU seconds in completions, completions."""
    with platform.database.write() as connection:
        started = instances.start(
            platform.runtime,
            connection,
            actor=clerk,
            key=key,
            variables={"rejected": False, "mismatch": False},
            now=platform.clock.now(),
        )
    spent, count = 0.0, 0
    while True:
        with platform.database.read() as connection:
            item = connection.execute(
                work_item.select()
                .where(work_item.c.instance_id == started.instance_id, work_item.c.state == "ready")
                .limit(1)
            ).first()
        if item is None:
            return spent, count
        began = time.process_time()
        with platform.database.write() as connection:
            inbox.complete(
                platform.runtime,
                connection,
                actor=clerk,
                work_item_id=item.id,
                variables=forms[item.element_id],
                now=platform.clock.now(),
            )
        spent += time.process_time() - began
        count += 1


def run_alone(platform: Platform, key: str, forms: Forms) -> tuple[float, int]:
    """One instance to its end without the database: CPU seconds in load, complete and store, completions."""
    with platform.database.read() as connection:
        compiled = platform.runtime.library.latest(connection, key).compiled
        expressions = looking(platform.runtime, connection, compiled, platform.clock.now())
    state = Execution.start(compiled, expressions, {"rejected": False, "mismatch": False}).dump()
    spent, count = 0.0, 0
    while True:
        began = time.process_time()
        execution = Execution.load(compiled, expressions, state)
        waiting = next(iter(execution.waits().tasks.values()), None)
        if waiting is None:
            return spent, count
        execution.complete(waiting.task_id, forms[waiting.element.id])
        state = execution.dump()
        spent += time.process_time() - began
        count += 1


def compare(name: str, forms: Forms, diagrams: tuple[Diagram, ...], rounds: int) -> dict[str, Any]:
    """All in turns; medians per completion in microseconds, and their ratios to stock."""
    stock = StockProcess(*diagrams)
    platform, clerk = platform_with(*diagrams)
    settle()  # as the server does; stock profits likewise
    pairs = []
    for number in range(rounds + 1):
        stock_spent, stock_count, largest = stock.run(forms)
        ours_spent, ours_count = run_ours(platform, clerk, diagrams[0].key, forms)
        alone_spent, alone_count = run_alone(platform, diagrams[0].key, forms)
        assert stock_count == ours_count == alone_count, (stock_count, ours_count, alone_count)
        if number:
            pairs.append(tuple(spent / stock_count * 1e6 for spent in (stock_spent, ours_spent, alone_spent)))
    return {
        "process": name,
        "completions": stock_count,
        "stock_us": round(statistics.median(p[0] for p in pairs)),
        "ours_us": round(statistics.median(p[1] for p in pairs)),
        "ratio": round(statistics.median(ours / stock for stock, ours, _ in pairs), 3),
        "alone_us": round(statistics.median(p[2] for p in pairs)),
        "alone_ratio": round(statistics.median(alone / stock for stock, _, alone in pairs), 3),
        "stock_state_bytes": largest,
    }


class Loop:
    """One instance that goes round and round."""

    def __init__(self, platform: Platform, clerk: Actor) -> None:
        self.platform, self.clerk, self.laps = platform, clerk, 0
        with platform.database.write() as connection:
            self.instance_id = instances.start(
                platform.runtime, connection, actor=clerk, key="laps", variables={}, now=platform.clock.now()
            ).instance_id

    def lap(self) -> float:
        """Complete its task; CPU seconds."""
        with self.platform.database.read() as connection:
            item_id = connection.execute(
                work_item.select()
                .with_only_columns(work_item.c.id)
                .where(work_item.c.instance_id == self.instance_id, work_item.c.state == "ready")
            ).scalar_one()
        self.laps += 1
        began = time.process_time()
        with self.platform.database.write() as connection:
            inbox.complete(
                self.platform.runtime,
                connection,
                actor=self.clerk,
                work_item_id=item_id,
                variables={"again": True, "lap": self.laps},
                now=self.platform.clock.now(),
            )
        return time.process_time() - began

    @property
    def state_bytes(self) -> int:
        """How large its state is now."""
        query = select(process_instance.c.state).where(process_instance.c.id == self.instance_id)
        with self.platform.database.read() as connection:
            return len(connection.execute(query).scalar_one())


def laps(platform: Platform, clerk: Actor, upto: int = 1000) -> dict[str, Any]:
    """A late lap against an early one, in turns: an old instance at lap 1,000 beside young ones at lap 10."""
    old, early, late = Loop(platform, clerk), [], []
    sizes = {}
    while old.laps < upto:
        old.lap()
        sizes[old.laps] = old.state_bytes if old.laps in (10, upto) else 0
    for _ in range(10):
        young = Loop(platform, clerk)
        for _ in range(5):
            young.lap()
        for _ in range(10):
            early.append(young.lap())
            late.append(old.lap())
    ratio = statistics.median(late) / statistics.median(early)
    return {
        "lap_10_us": round(statistics.median(early) * 1e6),
        "lap_1000_us": round(statistics.median(late) * 1e6),
        "ratio": round(ratio, 3),
        "state_bytes_lap_10": sizes[10],
        "state_bytes_lap_1000": sizes[upto],
    }


def main() -> None:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 20
    looped = Diagram("laps").start().user("step").exclusive("more").end()
    looped.flow("begin", "step", "more").flow("more", "step", when="again").flow("more", "done", default=True)
    results: dict[str, Any] = {
        "callback": compare("callback", CALLBACK_FORMS, (callback(),), rounds * 3),
        "purchase": compare("purchase", PURCHASE_FORMS, (purchase(), vendor()), rounds),
        "laps": laps(*platform_with(looped)),
    }
    for name, row in results.items():
        print(f"{name:10}", "  ".join(f"{key}={value}" for key, value in row.items()))
    print(json.dumps(results))


if __name__ == "__main__":
    main()
