"""Compiled expressions and unary tests: what the rest of the engine holds."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import Any

from engine.feel.calls import Compiler
from engine.feel.comparison import satisfies
from engine.feel.compiler import Compiled, localize
from engine.feel.errors import FeelBudgetExceeded, FeelEvaluationError, FeelSyntaxError, refuse
from engine.feel.functions import BUILTINS
from engine.feel.parser import Parser, expression_start
from engine.feel.scopes import Frame, Scope
from engine.feel.syntax import Literal, Node, OperatorTest
from engine.feel.values import EvaluationContext, Range, Runtime

_DEFAULT_CONTEXT = EvaluationContext()
_CACHED = 4096
Test = Callable[[Any, Scope, Runtime], bool | None]


def _runtime(context: EvaluationContext | Runtime | None) -> Runtime:
    return context if isinstance(context, Runtime) else Runtime(context or _DEFAULT_CONTEXT)


def _too_deep(text: str) -> FeelBudgetExceeded:
    return FeelBudgetExceeded(text=text, reason="values are nested too deeply", reason_zh="值的嵌套过深")


class Expression:
    """One compiled expression; safe to share between threads.

    ``variables`` are the names it reads from outside (in a filter also those that may turn out to be entries of
    the elements), ``functions`` the names it calls that it does not define itself.
    """

    __slots__ = ("_run", "functions", "text", "variables")

    def __init__(self, text: str, run: Compiled, variables: frozenset[str], functions: frozenset[str]) -> None:
        self.text = text
        self.variables = variables
        self.functions = functions
        self._run = run

    def evaluate(self, variables: Mapping[str, Any], *, context: EvaluationContext | Runtime | None = None) -> Any:
        """The value for JSON ``variables`` (and aware datetimes): JSON, Decimal, temporal values, ranges, functions.

        Several evaluations that get the same ``Runtime`` as their context share its budget.

        Raises :class:`FeelEvaluationError` (unknown function, failing host function, budget spent); everything
        else that has no answer is null.
        """
        runtime = _runtime(context)
        try:
            return self._run(localize(variables, self.variables, runtime), runtime)
        except RecursionError:
            raise _too_deep(self.text) from None
        except FeelEvaluationError as error:
            error.details["text"] = error.details["text"] or self.text
            raise

    def __repr__(self) -> str:
        return f"Expression({self.text!r})"


class UnaryTests:
    """The compiled tests of a decision table's cell: ``< 5``, ``"a", "b"``, ``not(1, 2)``, ``-``."""

    __slots__ = ("_negated", "_tests", "functions", "text", "variables")

    def __init__(
        self, text: str, tests: list[Test], negated: bool, variables: frozenset[str], functions: frozenset[str]
    ) -> None:
        self.text = text
        self.variables = variables
        self.functions = functions
        self._tests = tests
        self._negated = negated

    def matches(
        self,
        value: Any,
        variables: Mapping[str, Any] | None = None,
        context: EvaluationContext | Runtime | None = None,
    ) -> bool:
        """Whether ``value`` (also called ``?`` in the tests) passes one of the tests, or none if negated.

        Raises :class:`FeelEvaluationError` as :meth:`Expression.evaluate` does.
        """
        runtime = _runtime(context)
        try:
            scope = Frame({"?": value}, localize(variables or {}, self.variables, runtime))
            passed = any(test(value, scope, runtime) is True for test in self._tests)
        except RecursionError:
            raise _too_deep(self.text) from None
        except FeelEvaluationError as error:
            error.details["text"] = error.details["text"] or self.text
            raise
        return passed is not self._negated if self._tests else True

    def __repr__(self) -> str:
        return f"UnaryTests({self.text!r})"


def compile_expression(text: str, *, names: Iterable[str] = ()) -> Expression:
    """The compiled ``text``; ``names`` are the names of more than one word that its variables may have.

    A leading ``=`` (as in a form) is ignored. Raises :class:`FeelSyntaxError` with the position of the mistake.
    """
    return _compile_expression(text, frozenset(names))


def compile_unary_tests(text: str, *, names: Iterable[str] = ()) -> UnaryTests:
    """The compiled unary tests of a decision table's cell; raises :class:`FeelSyntaxError`."""
    return _compile_unary_tests(text, frozenset(names))


def known_functions() -> frozenset[str]:
    """The names of all built-in functions."""
    return frozenset(BUILTINS)


@lru_cache(_CACHED)
def _compile_expression(text: str, names: frozenset[str]) -> Expression:
    compiler = Compiler(text)
    try:
        run = compiler.compile(Parser(text, sorted(names), expression_start(text)).expression())
    except RecursionError:
        refuse(text, 0, "nested too deeply", "嵌套过深")
    return Expression(text, run, frozenset(compiler.variables), frozenset(compiler.functions))


@lru_cache(_CACHED)
def _compile_unary_tests(text: str, names: frozenset[str]) -> UnaryTests:
    compiler = Compiler(text)
    try:
        negated, nodes = Parser(text, sorted(names)).unary_tests()
        tests = [_unary_test(compiler, node) for node in nodes]
    except RecursionError:
        refuse(text, 0, "nested too deeply", "嵌套过深")
    return UnaryTests(text, tests, negated, frozenset(compiler.variables), frozenset(compiler.functions))


def _unary_test(compiler: Compiler, node: Node) -> Test:
    """One test; a boolean it yields on its own (``? > 3``, ``matches(?, "x")``) is the answer itself."""
    with compiler.binding("?") as bound:
        if isinstance(node, OperatorTest):
            return compiler.compile_test(node)
        run = compiler.compile(node)
    if bound["?"]:
        return lambda value, scope, runtime: _answer(value, run(scope, runtime), runtime)
    if isinstance(node, Literal):
        return lambda value, scope, runtime: satisfies(value, node.value, runtime)

    def test(value: Any, scope: Scope, runtime: Runtime) -> bool | None:
        result = run(scope, runtime)
        return result if type(result) is bool and type(value) is not bool else satisfies(value, result, runtime)

    return test


def _answer(value: Any, result: Any, runtime: Runtime) -> bool | None:
    return (
        result if type(result) is bool else satisfies(value, result, runtime) if type(result) in (list, Range) else None
    )


__all__ = [
    "Expression",
    "FeelSyntaxError",
    "UnaryTests",
    "compile_expression",
    "compile_unary_tests",
    "known_functions",
]
