"""What SpiffWorkflow calls its script engine: every expression is FEEL, every effect is noted, no clock is read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from SpiffWorkflow.task import Task

from engine import calendars
from engine.decisions import CompiledDecision, Trace
from engine.definitions.compiling import CompiledProcess
from engine.definitions.dialect import condition_text, expression_in
from engine.definitions.model import Element
from engine.errors import EngineError, NotFound
from engine.feel import EvaluationContext, compile_expression, to_json


@dataclass(frozen=True)
class ServiceTaskCall:
    """A service task that has been reached: what its handler gets to know."""

    task_id: str
    element: Element
    topic: str
    inputs: dict[str, Any]
    variables: Mapping[str, Any]
    waiting: frozenset[str]  # ids of the user tasks that wait in the scope of the service task


@dataclass(frozen=True)
class Failure:
    """Something a step could not do without being stopped by it, with the true reason.

    ``kind`` is ``service_task`` (a handler failed, the task waits for a retry) or ``due_date`` (a deadline could not be
    computed, the work item goes without).
    """

    kind: str
    task_id: str
    element: Element
    error_code: str
    zh: str
    en: str


@dataclass(frozen=True)
class ThrownMessage:
    """A message on its way to other instances."""

    task_id: str
    element_id: str
    message: str
    correlation_key: str
    variables: dict[str, Any]


ServiceCaller = Callable[[ServiceTaskCall], Mapping[str, Any] | None]
# From the key of the process a task lies in and the key of a decision.
DecisionFinder = Callable[[str, str], CompiledDecision]


class DecisionUnknown(NotFound):
    """A business rule task names a decision that was not published with its process."""

    code = "decision_unknown"
    zh = "决策“{key}”尚未发布"
    en = "Decision “{key}” has not been published"


def no_decisions(process_key: str, key: str) -> CompiledDecision:
    """Where nothing has been published, there is nothing to decide by."""
    raise DecisionUnknown(key=key)


@dataclass
class Expressions:
    """The script engine of one step of one instance.

    ``now`` is the moment of the step (aware), ``zone`` the organisation's; ``functions`` are the host's FEEL functions;
    ``call_service`` runs a handler inside the step's transaction; ``find_decision`` gives the decisions that belong to
    the version. ``traces`` tell afterwards which rules decided.
    """

    compiled: CompiledProcess
    now: datetime
    zone: ZoneInfo
    functions: Mapping[str, Callable[..., Any]]
    call_service: ServiceCaller
    business_key: str = ""
    find_decision: DecisionFinder = no_decisions
    traces: list[Trace] = field(default_factory=list)
    firing: set[str] = field(default_factory=set)
    thrown: list[ThrownMessage] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)
    has_decided: bool = False  # whether the way so far depended on the data, or did something on it

    def __post_init__(self) -> None:
        self._context = EvaluationContext(now=self.now, zone=self.zone, functions=self.functions)

    # What SpiffWorkflow calls

    def evaluate(self, task: Task, expression: str, external_context: Any = None) -> Any:
        """The value of a FEEL expression over the task's data; for a condition, whether it is true (null is not)."""
        self.has_decided = True
        value = self.value(expression, task.data)
        return value is True if external_context is not None else to_json(value)

    def execute(self, task: Task, script: str, external_context: Any = None) -> bool:
        """Run a script task: its FEEL value becomes the result variable."""
        self.has_decided = True
        element = self.element_of(task)
        result = to_json(self.value(condition_text(script), task.data))
        task.data = {**task.data, element.attributes["resultVariable"]: result}
        return True

    # What our specs call

    def run_service_task(self, task: Task) -> bool:
        """Call the topic's handler; False when it failed (the failure is noted and the task stays started)."""
        self.has_decided = True
        element = self.element_of(task)
        inputs = {name: self.resolve(text, task.data) for name, text in element.inputs.items()}
        topic = element.attributes["topic"]
        call = ServiceTaskCall(str(task.id), element, topic, inputs, task.data, task.workflow.waiting_for_people())
        try:
            result = self.call_service(call)
        except EngineError as error:
            self.note_failure("service_task", call.task_id, element, error)
            return False
        variable = element.attributes.get("resultVariable")
        if variable:
            task.data = {**task.data, variable: result}
        elif result:
            task.data = {**task.data, **result}
        return True

    def decide(self, task: Task) -> None:
        """Run a business rule task: the answer of its decision becomes the result variable."""
        self.has_decided = True
        element = self.element_of(task)
        process = self.compiled.models[task.workflow.spec.name].key
        decided = self.find_decision(process, element.decision_key).decide(task.data, self._context)
        self.traces += decided.traces
        task.data = {**task.data, element.attributes["resultVariable"]: decided.value}

    def first_due_at(self, task: Task, kind: str, term: str) -> str:
        """When a timer armed now is due, ISO 8601 in UTC."""
        return self.first_due_at_of(task.data, kind, term)

    def first_due_at_of(self, variables: Mapping[str, Any], kind: str, term: str) -> str:
        """When a timer armed now over ``variables`` is due, ISO 8601 in UTC."""
        text = expression_in(term)
        given = term if text is None else self.value(text, variables)
        return self.due_at(given).isoformat()

    def first_cycle(self, task: Task, term: str) -> tuple[dict[str, Any], str | None]:
        """The state of a repeating timer armed now, and its first occurrence."""
        self.has_decided = True
        text = expression_in(term)
        given = term if text is None else to_json(self.value(text, task.data))
        return {"term": str(given), "armed_at": self.now.isoformat()}, self.due_at(str(given)).isoformat()

    def next_cycle(self, state: dict[str, Any]) -> tuple[dict[str, Any], str | None]:
        """After an occurrence: the next one that lies ahead. Occurrences missed meanwhile count as this one."""
        armed_at = datetime.fromisoformat(state["armed_at"])
        following = calendars.next_occurrence(state["term"], self.zone, self.now, start_at=armed_at)
        return state, None if following is None else following[1].isoformat()

    def due_at(self, given: Any) -> datetime:
        """The moment (UTC) a term means when it starts now. Raises ``TermInvalid``."""
        return calendars.due_at(calendars.parse_term(given), self.zone, self.now)

    def is_firing(self, task: Task) -> bool:
        """Whether the step at hand fires this timer."""
        return str(task.id) in self.firing

    def throw_message(self, task: Task, message: str) -> None:
        """Note a message for the outbox."""
        self.has_decided = True
        element = self.element_of(task)
        key = element.properties.get("correlationKey", "")
        correlation = self.resolve(key, task.data) if key else self.business_key
        self.thrown.append(ThrownMessage(str(task.id), element.id, message, str(correlation), dict(task.data)))

    # What the step asks

    def note_failure(self, kind: str, task_id: str, element: Element, error: EngineError) -> None:
        """Remember what could not be done; it becomes an engine incident when the step is written."""
        self.failures.append(Failure(kind, task_id, element, error.code, error.message("zh"), error.message("en")))

    def element_of(self, task: Task) -> Element:
        """The diagram element of a task."""
        element = self.compiled.element(task.workflow.spec.name, task.task_spec.name)
        assert element is not None, task.task_spec.name
        return element

    def value(self, expression: str, variables: Mapping[str, Any]) -> Any:
        """The FEEL value of an expression."""
        return compile_expression(expression).evaluate(variables, context=self._context)

    def resolve(self, text: str, variables: Mapping[str, Any]) -> Any:
        """An attribute's value: the literal text, or the JSON value of the expression in it."""
        expression = expression_in(text)
        return text if expression is None else to_json(self.value(expression, variables))
