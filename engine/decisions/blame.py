"""Naming the place at fault, and the compiled parts that know theirs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import TracebackType
from typing import Any

from engine.decisions.errors import DecisionCellFailed
from engine.decisions.model import Cell, Decision, Label, ValueType
from engine.decisions.values import ValueRefused, accept
from engine.feel import FeelError, Runtime, UnaryTests, compile_expression, compile_unary_tests

ANYTHING = ("", "-")


class Blame:
    """A place of a decision: what FEEL or a type refuses inside ``with`` becomes an error that names it.

    Made once when the decision is compiled, entered for every cell of every evaluation.
    """

    __slots__ = ("decision", "element_id", "label")

    def __init__(self, decision: Decision, label: Label, element_id: str) -> None:
        self.decision, self.label, self.element_id = decision, label, element_id

    def __enter__(self) -> None:
        return None

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if isinstance(error, FeelError):
            reasons = error.message("zh"), error.message("en")
        elif isinstance(error, ValueRefused):
            reasons = error.zh, error.en
        else:
            return
        raise DecisionCellFailed(self.decision, self.label, self.element_id, *reasons) from error


class TypedExpression:
    """An expression whose value must be of a type; one without text answers null."""

    def __init__(self, cell: Cell, type_: ValueType, allowed: str, names: Iterable[str], blame: Blame) -> None:
        """Compile ``cell``. Raises ``DecisionCellFailed`` for a text that is not FEEL."""
        self._blame, self._type = blame, type_
        with blame:
            self._run = None if cell.text in ANYTHING else compile_expression(cell.text, names=names)
            texts = [text for text in (type_.allowed, allowed) if text not in ANYTHING]
            self._allowed = [compile_unary_tests(text) for text in texts]

    def evaluate(self, variables: Mapping[str, Any], runtime: Runtime) -> Any:
        """The value. Raises ``DecisionCellFailed``."""
        if self._run is None:
            return None
        with self._blame:
            return accept(self._run.evaluate(variables, context=runtime), self._type, self._allowed, runtime)


class CellTests:
    """The tests of one cell."""

    def __init__(self, cell: Cell, names: Iterable[str], blame: Blame) -> None:
        """Compile ``cell``. Raises ``DecisionCellFailed`` for a text that is not FEEL."""
        self._blame = blame
        self._tests: UnaryTests | None = None
        if cell.text not in ANYTHING:
            with blame:
                self._tests = compile_unary_tests(cell.text, names=names)

    def match(self, value: Any, variables: Mapping[str, Any], runtime: Runtime) -> bool:
        """Whether ``value`` passes. Raises ``DecisionCellFailed``."""
        if self._tests is None:
            return True
        with self._blame:
            runtime.tick()
            return self._tests.matches(value, variables, runtime)
