"""One row tried on a decision as it stands: values for its inputs, the rules that match, and what comes out.

An input's value is given as such, whatever expression the process would compute it by; decisions that this one requires
are inputs too. Nothing is stored.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from typing import Any

from engine.decisions.blame import ANYTHING
from engine.decisions.errors import DecisionError
from engine.decisions.evaluation import CompiledDecision
from engine.decisions.model import Cell, Decision, DecisionModel, DecisionTable, Input, Label, ValueType
from engine.feel import (
    EvaluationContext,
    FeelError,
    FeelSyntaxError,
    OneOf,
    compile_expression,
    compile_unary_tests,
    constant_tests,
    to_json,
)

_MOST_DIGITS = 40
_ASIDE = "tried_input_{}"


@dataclass(frozen=True)
class TriedInput:
    """What a tried row is asked: an input column by its element id, or a variable that cells read by its name."""

    key: str
    label: Label
    type: ValueType
    choices: tuple[Any, ...] = ()


@dataclass(frozen=True)
class Outcome:
    """What a tried row does: all ``matching`` rules, those that were ``deciding``, the result in JSON, or the error."""

    matching: tuple[int, ...] = ()
    deciding: tuple[int, ...] = ()
    result: Any = None
    error: DecisionError | None = None


class TriedRow:
    """A decision of a file, ready to be tried."""

    def __init__(self, model: DecisionModel, key: str) -> None:
        """Read decision ``key``, which the file has."""
        self._names = model.names
        self._variables: dict[str, str] = {}
        self.decision = self._alone(model.decisions[key])
        self.inputs = tuple(self._asked(model.decisions[key]))

    def decide(self, given: Mapping[str, str], context: EvaluationContext) -> Outcome:
        """What comes out for the texts ``given`` by input; an empty text is no value. It does not raise."""
        try:
            values = {self._variables[one.key]: _value(given.get(one.key, ""), one, context) for one in self.inputs}
            matching = self._run(_all_matching(self.decision), values, context)
            decided = self._run(self.decision, values, context)
        except DecisionError as error:
            rules = error.details.get("rules", ())
            return Outcome(matching=tuple(rules), error=error)
        return Outcome(matching[1], decided[1], decided[0])

    def _run(
        self, decision: Decision, values: Mapping[str, Any], context: EvaluationContext
    ) -> tuple[Any, tuple[int, ...]]:
        alone = DecisionModel("", {decision.key: decision}, self._names | frozenset(values))
        decided = CompiledDecision(alone, decision.key).decide(values, context)
        return decided.value, decided.traces[-1].rules

    def _alone(self, decision: Decision) -> Decision:
        """The decision without what it requires, each input column reading a variable of its own."""
        if decision.table is None:
            return replace(decision, requires=())
        inputs = []
        for number, column in enumerate(decision.table.inputs):
            aside = _ASIDE.format(number)
            self._variables[column.id] = aside
            inputs.append(replace(column, expression=Cell(column.expression.id, aside)))
        return replace(decision, requires=(), table=replace(decision.table, inputs=tuple(inputs)))

    def _asked(self, decision: Decision) -> Iterator[TriedInput]:
        table = decision.table
        read = (
            set(_read_by_cells(table, self._names)) if table is not None else _read_by(decision.expression, self._names)
        )
        for column in table.inputs if table is not None else ():
            yield TriedInput(column.id, _label(column), column.type, tuple(_choices(column)))
            if column.expression.text in read:
                # The column and the cells mean the same variable: its value is asked for once.
                read.discard(column.expression.text)
                self._same_for_cells(column)
        for name in sorted(read):
            self._variables[name] = name
            yield TriedInput(name, Label(name, name), ValueType())

    def _same_for_cells(self, column: Input) -> None:
        """Let the column read the variable that the cells read."""
        assert self.decision.table is not None
        self._variables[column.id] = column.expression.text
        inputs = (column if one.id == column.id else one for one in self.decision.table.inputs)
        self.decision = replace(self.decision, table=replace(self.decision.table, inputs=tuple(inputs)))


def _all_matching(decision: Decision) -> Decision:
    """The same decision keeping every rule that matches."""
    if decision.table is None:
        return decision
    return replace(decision, table=replace(decision.table, hit_policy="RULE ORDER", aggregation=""))


def _label(column: Input) -> Label:
    text = column.expression.text
    return Label(column.label.zh or text, column.label.en)


def _choices(column: Input) -> Iterator[Any]:
    """The allowed values of a column where they are a plain list."""
    text = column.allowed.text or column.type.allowed
    try:
        found = constant_tests(text) if text not in ANYTHING else None
    except FeelSyntaxError:
        return
    if found is not None and not found.negated and all(isinstance(test, OneOf) for test in found.tests):
        yield from (to_json(test.value) for test in found.tests if isinstance(test, OneOf))


def _read_by_cells(table: DecisionTable, names: Iterable[str]) -> Iterator[str]:
    for rule in table.rules:
        for cell in rule.inputs:
            if cell.text not in ANYTHING:
                yield from _variables(cell.text, names, is_test=True)
        for cell in rule.outputs:
            yield from _read_by(cell, names)
    for output in table.outputs:
        yield from _read_by(output.default, names)


def _read_by(cell: Cell | None, names: Iterable[str]) -> set[str]:
    return set(_variables(cell.text, names)) if cell is not None and cell.text not in ANYTHING else set()


def _variables(text: str, names: Iterable[str], *, is_test: bool = False) -> frozenset[str]:
    try:
        compiled = compile_unary_tests(text, names=names) if is_test else compile_expression(text, names=names)
    except FeelSyntaxError:
        return frozenset()
    return compiled.variables - {"?"}


def _value(text: str, asked: TriedInput, context: EvaluationContext) -> Any:
    """The text as a value of the input's type; what does not fit stays text, for the decision itself to refuse."""
    written = text.strip()
    if not written:
        return None
    kind = asked.type.kind
    if kind == "boolean" and written in ("true", "false"):
        return written == "true"
    if kind == "number" and not asked.type.is_list:
        return _number(written)
    if asked.type.is_list or kind in ("Any", "list", "context"):
        return _expression(written, context)
    return _unquoted(written) if kind == "string" else written


def _number(text: str) -> Any:
    try:
        found = Decimal(text)
    except InvalidOperation:
        return text
    is_usual = found.is_finite() and len(text) <= _MOST_DIGITS and abs(found.adjusted()) <= _MOST_DIGITS
    return found if is_usual else text


def _unquoted(text: str) -> str:
    """A text in quotation marks means what stands between them; two alone are the empty text."""
    return text[1:-1] if len(text) > 1 and text[0] == text[-1] == '"' else text


def _expression(text: str, context: EvaluationContext) -> Any:
    """The value of a FEEL text; one that is none, or names variables nobody gave, means itself."""
    try:
        expression = compile_expression(text)
        return text if expression.variables else to_json(expression.evaluate({}, context=context))
    except FeelError:
        return text
