"""Closures for the operators, with short ways for the commonest kinds."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

from engine.feel.arithmetic import OPERATORS, negate
from engine.feel.comparison import equal, ordered
from engine.feel.scopes import Scope
from engine.feel.values import Range, Runtime, kind

Compiled = Callable[[Scope, Runtime], Any]
Compare = Callable[[Any, Any, Runtime], bool | None]


def _order(native: Callable[[Any, Any], Any]) -> Compare:
    def compare(left: Any, right: Any, runtime: Runtime) -> bool | None:
        pair = ordered(left, right, runtime)
        return None if pair is None else bool(native(*pair))

    return compare


def _unequal(left: Any, right: Any, runtime: Runtime) -> bool | None:
    answer = equal(left, right, runtime)
    return None if answer is None else not answer


COMPARISONS: dict[str, Compare] = {
    "=": equal,
    "!=": _unequal,
    "<": _order(operator.lt),
    "<=": _order(operator.le),
    ">": _order(operator.gt),
    ">=": _order(operator.ge),
}
_NATIVE: dict[str, Callable[[Any, Any], Any]] = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def comparison(name: str, left: Compiled, right: Compiled, constant: Any) -> Compiled:
    """``left name right``; a ``constant`` on the right that is an integer or text is compared natively."""
    compare, native, fast = COMPARISONS[name], _NATIVE[name], type(constant)
    if fast is not int and fast is not str:
        return lambda scope, runtime: compare(left(scope, runtime), right(scope, runtime), runtime)

    def compare_constant(scope: Scope, runtime: Runtime) -> bool | None:
        value = left(scope, runtime)
        if type(value) is fast:
            return native(value, constant)  # type: ignore[no-any-return]
        return compare(value, constant, runtime)

    return compare_constant


def arithmetic(name: str, left: Compiled | None, right: Compiled) -> Compiled:
    """``left name right``, or ``-right`` without ``left``; null where the kinds or the result do not exist."""
    if left is None:
        return lambda scope, runtime: negate(right(scope, runtime))
    table = OPERATORS[name]

    def calculate(scope: Scope, runtime: Runtime) -> Any:
        first, second = left(scope, runtime), right(scope, runtime)
        function = table.get((kind(first), kind(second)))
        if function is None:
            return None
        try:
            return function(first, second, runtime)
        except (ArithmeticError, ValueError):
            return None

    return calculate


def junction(operands: list[Compiled], *, decisive: bool) -> Compiled:
    """``and`` (``decisive`` false) or ``or`` (true): the decisive answer wins, else null if any is no boolean."""
    indecisive = not decisive

    def join(scope: Scope, runtime: Runtime) -> Any:
        answer: bool | None = indecisive
        for operand in operands:
            value = operand(scope, runtime)
            if value is decisive:
                return decisive
            if value is not indecisive:
                answer = None
        return answer

    return join


def range_literal(start: Compiled, end: Compiled, start_included: bool, end_included: bool) -> Compiled:
    """``[start..end]``; null unless both ends are of one ordered kind."""

    def build(scope: Scope, runtime: Runtime) -> Range | None:
        low, high = start(scope, runtime), end(scope, runtime)
        return None if ordered(low, high, runtime) is None else Range(low, high, start_included, end_included)

    return build


def range_from_operator(name: str, endpoint: Compiled) -> Compiled:
    """``< endpoint`` and its kin as a range without one end."""

    def build(scope: Scope, runtime: Runtime) -> Range | None:
        value = endpoint(scope, runtime)
        if ordered(value, value, runtime) is None:
            return None
        if name == "=":
            return Range(value, value, True, True)
        included = name.endswith("=")
        return Range(value, None, included, False) if name[0] == ">" else Range(None, value, False, included)

    return build
