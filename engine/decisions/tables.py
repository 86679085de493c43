"""A decision table, compiled."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from engine.decisions.blame import ANYTHING, Blame, CellTests, TypedExpression
from engine.decisions.hits import Answers, Hit, Matches, aggregate, choose
from engine.decisions.model import (
    SINGLE_HIT,
    Decision,
    DecisionTable,
    Input,
    Output,
    Rule,
    column_place,
    rule_place,
)
from engine.feel import OneOf, Runtime, constant_tests


@dataclass(frozen=True)
class _CompiledRule:
    rule: Rule
    tests: tuple[CellTests, ...]
    answers: tuple[TypedExpression, ...]


class CompiledTable:
    """Rules that are tested and answer."""

    def __init__(self, decision: Decision, table: DecisionTable, names: Iterable[str]) -> None:
        """Compile ``table``. Raises ``DecisionCellFailed`` for a cell that is not FEEL."""
        self._decision, self._table, self._names = decision, table, frozenset(names)
        self._inputs = [self._input(column) for column in table.inputs]
        self._rules = [self._rule(rule) for rule in table.rules]
        self._defaults = [
            TypedExpression(column.default, column.type, column.values.text, self._names, self._blame(column))
            for column in table.outputs
        ]
        self._priorities = [listed_values(column) for column in table.outputs]

    def evaluate(self, variables: Mapping[str, Any], runtime: Runtime) -> tuple[Any, tuple[int, ...]]:
        """The table's answer, and the numbers of the rules that made it. Raises a ``DecisionError``."""
        values = [column.evaluate(variables, runtime) for column in self._inputs]
        hits = self._hits(values, variables, runtime)
        matches = Matches(self._decision, self._table, hits, self._priorities, runtime)
        chosen = choose(matches)
        rules = tuple(hit.rule.number for hit in chosen)
        answers = [hit.answers for hit in chosen]
        if not hits and self._table.has_default:
            answers = [tuple(default.evaluate(variables, runtime) for default in self._defaults)]
        if self._table.aggregation:
            return aggregate(matches, chosen) if hits or not answers else self._aggregated_default(answers[0]), rules
        results = [self._result(each) for each in answers]
        if self._table.hit_policy in SINGLE_HIT:
            return (results[0] if results else None), rules
        return results, rules

    def _hits(self, values: list[Any], variables: Mapping[str, Any], runtime: Runtime) -> list[Hit]:
        hits: list[Hit] = []
        for each in self._rules:
            if all(test.match(value, variables, runtime) for test, value in zip(each.tests, values, strict=True)):
                hits.append(Hit(each.rule, tuple(answer.evaluate(variables, runtime) for answer in each.answers)))
                if self._table.hit_policy == "FIRST":
                    break
        return hits

    def _aggregated_default(self, answers: Answers) -> Any:
        return 0 if self._table.aggregation == "COUNT" else answers[0]

    def _result(self, answers: Answers) -> Any:
        """One output answers a value, several a record."""
        if len(answers) == 1:
            return answers[0]
        return {output.name: answer for output, answer in zip(self._table.outputs, answers, strict=True)}

    def _blame(self, column: Input | Output) -> Blame:
        return Blame(self._decision, column_place(column), column.id)

    def _input(self, column: Input) -> TypedExpression:
        return TypedExpression(column.expression, column.type, column.allowed.text, self._names, self._blame(column))

    def _rule(self, rule: Rule) -> _CompiledRule:
        tests = (
            CellTests(cell, self._names, Blame(self._decision, rule_place(rule, column), cell.id))
            for cell, column in zip(rule.inputs, self._table.inputs, strict=True)
        )
        answers = (
            TypedExpression(
                cell,
                column.type,
                column.values.text,
                self._names,
                Blame(self._decision, rule_place(rule, column), cell.id),
            )
            for cell, column in zip(rule.outputs, self._table.outputs, strict=True)
        )
        return _CompiledRule(rule, tuple(tests), tuple(answers))


def listed_values(column: Output) -> list[Any]:
    """The possible answers of a column, the most important first; empty for anything but a plain list."""
    text = column.values.text or column.type.allowed
    found = constant_tests(text) if text not in ANYTHING else None
    return [] if found is None or found.negated else [test.value for test in found.tests if isinstance(test, OneOf)]
