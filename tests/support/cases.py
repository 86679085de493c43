"""Running diagrams without a database: for tests of the runtime alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from engine.definitions.compiling import CompiledProcess, compile_process
from engine.definitions.model import read_process
from engine.runtime.execution import Execution
from engine.runtime.expressions import Expressions, ServiceTaskCall
from tests.support.diagrams import Diagram

SHANGHAI = ZoneInfo("Asia/Shanghai")
MONDAY_9_AM = datetime(2026, 3, 2, 1, tzinfo=UTC)


def compiled(diagram: Diagram, *called: Diagram) -> CompiledProcess:
    """The diagram as the runtime drives it."""
    models = {one.key: read_process(one.xml(), f"{one.key}.bpmn") for one in (diagram, *called)}
    main = models.pop(diagram.key)
    return compile_process(main, models)


@dataclass
class Case:
    """One instance that is stored and loaded again after every step, as in the product."""

    process: CompiledProcess
    variables: Mapping[str, Any] = field(default_factory=dict)
    now: datetime = MONDAY_9_AM
    handler: Callable[[ServiceTaskCall], Mapping[str, Any] | None] = lambda call: None
    passed: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        execution = Execution.start(self.process, self._expressions(), self.variables)
        self._store(execution)

    def do(self, element_id: str, which: int = 0, **variables: Any) -> Case:
        """Complete the waiting task of an element."""
        task_id = [t for t, w in self.waiting().items() if w == element_id][which]
        return self._step(lambda execution: execution.complete(task_id, variables))

    def fire(self, element_id: str) -> Case:
        """Fire the armed timer of an element at its due time."""
        task_id, armed = next((i, t) for i, t in self._load().waits().timers.items() if t.element.id == element_id)
        self.now = max(self.now, armed.due_at)
        return self._step(lambda execution: execution.fire(task_id))

    def deliver(self, message: str, **variables: Any) -> Case:
        """Deliver a message to whoever waits for it."""
        task_id = next(i for i, w in self._load().waits().messages.items() if w.message == message)
        return self._step(lambda execution: execution.deliver(task_id, message, variables))

    def waiting(self) -> dict[str, str]:
        """The waiting tasks: id to element."""
        return {i: w.element.id for i, w in self._load().waits().tasks.items()}

    @property
    def open(self) -> list[str]:
        """The elements that wait for somebody, sorted."""
        return sorted(self.waiting().values())

    @property
    def armed(self) -> dict[str, datetime]:
        """The armed timers: element to due time."""
        return {t.element.id: t.due_at for t in self._load().waits().timers.values()}

    @property
    def data(self) -> dict[str, Any]:
        return self._load().variables

    @property
    def is_completed(self) -> bool:
        return self._load().is_completed

    def step(self, operation: Callable[[Execution], None]) -> Case:
        return self._step(operation)

    def _step(self, operation: Callable[[Execution], None]) -> Case:
        execution = self._load()
        operation(execution)
        self._store(execution)
        return self

    def _load(self) -> Execution:
        return Execution.load(self.process, self._expressions(), self.state)

    def _store(self, execution: Execution) -> None:
        self.passed += execution.passed
        self.state = execution.dump()
        self.failures = execution.expressions.failures

    def _expressions(self) -> Expressions:
        return Expressions(self.process, self.now, SHANGHAI, {}, self.handler, business_key="T-1")
