"""Deciding: a decision with all it requires, compiled once, evaluated within one budget of steps."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from engine.decisions.blame import Blame, TypedExpression
from engine.decisions.model import Cell, Decision, DecisionModel, Label
from engine.decisions.tables import CompiledTable
from engine.feel import EvaluationContext, Runtime, to_json


@dataclass(frozen=True)
class Trace:
    """What one decision did: which rules decided, numbered from 1, and its result in JSON."""

    decision: str
    rules: tuple[int, ...]
    result: Any

    def to_json(self) -> dict[str, Any]:
        """The trace as evidence."""
        return {"decision": self.decision, "rules": list(self.rules), "result": self.result}


@dataclass(frozen=True)
class Decided:
    """The result in JSON, and how it came about: one trace per decision, in the order of evaluation."""

    value: Any
    traces: tuple[Trace, ...]


class CompiledDecision:
    """One decision with all it requires; safe to share between threads."""

    def __init__(self, model: DecisionModel, key: str) -> None:
        """Compile ``key``. Raises ``DecisionCellFailed`` for a text that is not FEEL."""
        self.key = key
        self._parts = [(decision, _compiled(decision, model.names)) for decision in model.required(key)]

    def decide(self, variables: Mapping[str, Any], context: EvaluationContext | None = None) -> Decided:
        """The answer for JSON ``variables``: a value, a record (several outputs) or a list of them (several hits).

        All cells together have the budget of ``context``. Raises a ``DecisionError`` that names the decision, and the
        rules or the cell.
        """
        runtime = Runtime(context or EvaluationContext())
        known = dict(variables)
        traces: list[Trace] = []
        for decision, part in self._parts:
            known[decision.variable], rules = part.evaluate(known, runtime)
            with Blame(decision, Label("结果", "its result"), decision.key):
                traces.append(Trace(decision.key, rules, to_json(known[decision.variable])))
        return Decided(traces[-1].result, tuple(traces))


class _CompiledLiteral:
    """A decision that is one expression: no rule decides."""

    def __init__(self, decision: Decision, expression: Cell, names: Iterable[str]) -> None:
        blame = Blame(decision, Label("表达式", "its expression"), expression.id)
        self._run = TypedExpression(expression, decision.type, "", names, blame)

    def evaluate(self, variables: Mapping[str, Any], runtime: Runtime) -> tuple[Any, tuple[int, ...]]:
        return self._run.evaluate(variables, runtime), ()


def _compiled(decision: Decision, names: Iterable[str]) -> CompiledTable | _CompiledLiteral:
    if decision.table is not None:
        return CompiledTable(decision, decision.table, names)
    assert decision.expression is not None
    return _CompiledLiteral(decision, decision.expression, names)
