"""What the tests of a decision table's cell say by themselves, without any variable: for comparing cells statically."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from engine.feel import syntax
from engine.feel.calls import Compiler
from engine.feel.errors import FeelEvaluationError
from engine.feel.functions import BUILTINS
from engine.feel.parser import Parser, expression_start
from engine.feel.values import EvaluationContext, Range, Runtime, kind

_CLOCK = frozenset({"now", "today"})
_INCOMPARABLE = frozenset({"context", "function", "unknown", "list"})
_OPERATORS = ("<", "<=", ">", ">=")


@dataclass(frozen=True)
class OneOf:
    """The value equals ``value`` (null included)."""

    value: Any


@dataclass(frozen=True)
class AnyBut:
    """The value is of the same kind and differs from ``value``, or is null."""

    value: Any


ConstantTest = Range | OneOf | AnyBut


@dataclass(frozen=True)
class ConstantTests:
    """The tests of a cell: the value passes one of them (none if ``negated``); without tests, everything passes."""

    negated: bool
    tests: tuple[ConstantTest, ...]


def constant_tests(text: str, *, names: Iterable[str] = ()) -> ConstantTests | None:
    """The tests of a cell if they depend on the tested value alone and only compare it, else None.

    Raises :class:`FeelSyntaxError` as ``compile_unary_tests`` does.
    """
    negated, nodes = Parser(text, sorted(names)).unary_tests()
    tests: list[ConstantTest] = []
    for node in nodes:
        found = _tests(text, node)
        if found is None:
            return None
        tests += found
    return ConstantTests(negated, tuple(tests))


def constant_value(text: str, *, names: Iterable[str] = ()) -> OneOf | None:
    """The value of an expression that needs nothing from outside and is no list or context, else None.

    Raises :class:`FeelSyntaxError` as ``compile_expression`` does.
    """
    return _constant(text, Parser(text, sorted(names), expression_start(text)).expression())


def _tests(text: str, node: syntax.Node) -> list[ConstantTest] | None:
    if isinstance(node, syntax.OperatorTest):
        constant = _constant(text, node.endpoint)
        return None if constant is None else _operator_test(node.operator, constant.value)
    if isinstance(node, syntax.ListLiteral):
        parts = [_tests(text, item) for item in node.items]
        return None if None in parts else [test for part in parts if part is not None for test in part]
    constant = _constant(text, node)
    if constant is None or (type(constant.value) is bool and not isinstance(node, syntax.Literal)):
        return None
    return [constant.value if type(constant.value) is Range else constant]


def _operator_test(operator: str, value: Any) -> list[ConstantTest] | None:
    if operator == "=":
        return [OneOf(value)]
    if operator == "!=":
        return [AnyBut(value)]
    if operator not in _OPERATORS or value is None or type(value) is Range:
        return None
    included = operator.endswith("=")
    if operator.startswith("<"):
        return [Range(None, value, False, included)]
    return [Range(value, None, included, False)]


def _constant(text: str, node: syntax.Node) -> OneOf | None:
    """The value of ``node`` if it needs nothing from outside, in a box (the value may be null)."""
    if isinstance(node, syntax.Literal):
        return OneOf(node.value)
    compiler = Compiler(text)
    try:
        run = compiler.compile(node)
        if compiler.variables or compiler.functions & _CLOCK or compiler.functions - BUILTINS.keys():
            return None
        value = run({}, Runtime(EvaluationContext()))
    except (FeelEvaluationError, RecursionError):
        return None
    return None if kind(value) in _INCOMPARABLE else OneOf(value)
