"""The publish checks: what would go wrong when a decision is taken is named here, with its cell, in both languages."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from engine.decisions.blame import ANYTHING
from engine.decisions.model import (
    Cell,
    Decision,
    DecisionModel,
    DecisionTable,
    Label,
    Output,
    ValueType,
    column_place,
    rule_place,
)
from engine.decisions.problems import DecisionProblem, found
from engine.decisions.rule_checks import check_rules
from engine.decisions.tables import listed_values
from engine.decisions.values import TYPE_KINDS
from engine.feel import (
    Expression,
    FeelSyntaxError,
    UnaryTests,
    compile_expression,
    compile_unary_tests,
    known_functions,
)

_SEPARATORS = re.compile(r"[,()]")


def check_decisions(model: DecisionModel, functions: Collection[str] = ()) -> list[DecisionProblem]:
    """Every finding on the decisions of one file; ``functions`` are the host's FEEL functions."""
    return [one for key in model.decisions for one in check_decision(model, key, functions)]


def check_decision(model: DecisionModel, key: str, functions: Collection[str] = ()) -> list[DecisionProblem]:
    """Every finding on one decision, errors and warnings, without those it requires."""
    decision = model.decisions[key]
    return list(_Checker(model, decision, known_functions() | set(functions)).check())


@dataclass(frozen=True)
class _Checker:
    model: DecisionModel
    decision: Decision
    functions: frozenset[str]

    def check(self) -> Iterator[DecisionProblem]:
        if self.decision.label.zh and not self.decision.label.en:
            yield found("label_untranslated", self.decision, None, self.decision.key, level="warning")
        table = self.decision.table
        if table is None:
            yield from self._literal()
            return
        problems = [*self._columns(table), *self._cells(table)]
        yield from problems
        if not any(problem.level == "error" for problem in problems):
            yield from check_rules(self.decision, table, self.model.names)

    def _literal(self) -> Iterator[DecisionProblem]:
        place, cell = Label("表达式", "its expression"), self.decision.expression
        assert cell is not None
        if not cell.text:
            yield found("expression_missing", self.decision, place, cell.id)
        else:
            yield from self._expression(cell, place)
        yield from self._type(self.decision.type, place, self.decision.key)

    def _columns(self, table: DecisionTable) -> Iterator[DecisionProblem]:
        if not table.rules:
            yield found("rules_missing", self.decision, None, self.decision.key)
        if table.aggregation and len(table.outputs) > 1:
            yield found("aggregation_many", self.decision, None, self.decision.key)
        for column in table.inputs:
            place = column_place(column)
            if column.expression.text:
                yield from self._expression(column.expression, place)
            else:
                yield found("expression_missing", self.decision, place, column.id)
            yield from self._type(column.type, place, column.id)
            yield from self._tests(column.allowed, place)
        names: set[str] = set()
        for output in table.outputs:
            yield from self._output(table, output, names)
            names.add(output.name)

    def _output(self, table: DecisionTable, output: Output, names: set[str]) -> Iterator[DecisionProblem]:
        place = column_place(output)
        yield from self._type(output.type, place, output.id)
        problems = list(self._tests(output.values, place))
        yield from problems
        if output.default.text:
            yield from self._expression(output.default, place)
        if len(table.outputs) > 1 and not output.name:
            yield found("output_name_missing", self.decision, place, output.id)
        if output.name and output.name in names:
            yield found("output_name_twice", self.decision, place, output.id, name=output.name)
        if table.hit_policy in ("PRIORITY", "OUTPUT ORDER") and not problems and not listed_values(output):
            yield found("priority_missing", self.decision, place, output.id, policy=table.hit_policy)

    def _cells(self, table: DecisionTable) -> Iterator[DecisionProblem]:
        known = self._known_names(table)
        for rule in table.rules:
            for column, cell in zip(table.inputs, rule.inputs, strict=True):
                yield from self._tests(cell, rule_place(rule, column), known)
            for output, cell in zip(table.outputs, rule.outputs, strict=True):
                if cell.text in ANYTHING:
                    place = rule_place(rule, output)
                    yield found("output_empty", self.decision, place, cell.id, level="warning")
                else:
                    yield from self._expression(cell, rule_place(rule, output), known)

    def _known_names(self, table: DecisionTable) -> frozenset[str]:
        """What cells may name: what the file declares and what the table itself reads."""
        known = set(self.model.names)
        for column in table.inputs:
            try:
                known |= compile_expression(column.expression.text, names=self.model.names).variables
            except FeelSyntaxError:
                continue
        return frozenset(known)

    def _type(self, type_: ValueType, place: Label, element: str) -> Iterator[DecisionProblem]:
        if type_.kind not in TYPE_KINDS.values():
            yield found("type_unknown", self.decision, place, element, type=type_.name)
        elif type_.allowed:
            yield from self._tests(Cell(element, type_.allowed), place)

    def _tests(self, cell: Cell, place: Label, known: Collection[str] | None = None) -> Iterator[DecisionProblem]:
        if cell.text in ANYTHING:
            return
        try:
            compiled = compile_unary_tests(cell.text, names=self.model.names)
        except FeelSyntaxError as error:
            yield self._invalid(error, cell, place)
            return
        yield from self._names(compiled, cell, place, known)

    def _expression(self, cell: Cell, place: Label, known: Collection[str] | None = None) -> Iterator[DecisionProblem]:
        try:
            compiled = compile_expression(cell.text, names=self.model.names)
        except FeelSyntaxError as error:
            yield self._invalid(error, cell, place)
            return
        yield from self._names(compiled, cell, place, known)

    def _invalid(self, error: FeelSyntaxError, cell: Cell, place: Label) -> DecisionProblem:
        zh, en = error.message("zh"), error.message("en")
        return found("expression_invalid", self.decision, place, cell.id, reason_zh=zh, reason_en=en)

    def _names(
        self, compiled: Expression | UnaryTests, cell: Cell, place: Label, known: Collection[str] | None
    ) -> Iterator[DecisionProblem]:
        """Unknown functions; and, in a cell, text without quotation marks, which would be an unknown variable."""
        for function in sorted(compiled.functions - self.functions):
            yield found("function_unknown", self.decision, place, cell.id, function=function)
        if known is None:
            return
        bare = {part.strip() for part in _SEPARATORS.split(cell.text)}
        for name in sorted((compiled.variables - set(known)) & bare):
            yield found("name_unknown", self.decision, place, cell.id, name=name)
