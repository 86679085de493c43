"""How a built-in function is declared, checked and called.

A parameter is declared as ``"start position: number"``; ``number?`` may be left out or null, ``a|b`` accepts either
kind, ``any`` accepts null too, and a last ``...list: any`` takes either one list or its elements as arguments.
Arguments of another kind make the answer null (DMN 1.4, 10.3.4), after the implicit conversions between a value and
the list of only that value (10.3.2.9.4).
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeVar

from engine.feel.values import FeelFunction, Runtime, kind

_ALIASES = {"datetime": "date and time", "days": "days and time duration", "months": "years and months duration"}
_REFUSED = object()


class Parameter(NamedTuple):
    """One declared parameter."""

    name: str
    kinds: frozenset[str]
    optional: bool
    variadic: bool


@dataclass(frozen=True)
class Signature:
    """One way to call a function."""

    parameters: tuple[Parameter, ...]
    implementation: Callable[..., Any]
    wants_runtime: bool

    def accepts_count(self, count: int) -> bool:
        """Whether so many positional arguments fit."""
        if self.parameters and self.parameters[-1].variadic:
            return count >= len(self.parameters)
        required = sum(not parameter.optional for parameter in self.parameters)
        return required <= count <= len(self.parameters)

    def accepts_names(self, names: Sequence[str]) -> bool:
        """Whether arguments of these names fit."""
        declared = {parameter.name for parameter in self.parameters}
        required = {parameter.name for parameter in self.parameters if not parameter.optional}
        return required <= set(names) <= declared

    def bind(self, arguments: Sequence[Any]) -> list[Any] | None:
        """The arguments as the implementation takes them, or ``None`` if one is of another kind."""
        bound: list[Any] = []
        for index, parameter in enumerate(self.parameters):
            if parameter.variadic:
                rest = list(arguments[index:])
                bound.append(rest[0] if len(rest) == 1 and type(rest[0]) is list else rest)
                break
            value = _convert(arguments[index], parameter) if index < len(arguments) else None
            if value is _REFUSED:
                return None
            bound.append(value)
        return bound


def _convert(value: Any, parameter: Parameter) -> Any:
    kinds = parameter.kinds
    name = kind(value)
    if name in kinds or "any" in kinds:
        return value
    if value is None:
        return None if parameter.optional else _REFUSED
    if "list" in kinds:
        return [value]
    if name == "list" and len(value) == 1 and kind(value[0]) in kinds:
        return value[0]
    return _REFUSED


class Builtin(FeelFunction):
    """A built-in function, itself a FEEL value."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.signatures: list[Signature] = []

    def call(self, arguments: Sequence[Any], runtime: Runtime) -> Any:
        """The result for positional ``arguments``: of the first signature they fit, null if none."""
        for signature in self.signatures:
            if signature.accepts_count(len(arguments)):
                bound = signature.bind(arguments)
                if bound is not None:
                    return invoke(signature, bound, runtime)
        return None

    def call_named(self, arguments: dict[str, Any], runtime: Runtime) -> Any:
        """The result for named ``arguments``."""
        for signature in self.signatures:
            if signature.accepts_names(list(arguments)):
                bound = signature.bind([arguments.get(parameter.name) for parameter in signature.parameters])
                if bound is not None:
                    return invoke(signature, bound, runtime)
        return None

    def usage(self) -> str:
        """How the function is called, for messages: ``substring(string, start position[, length])``."""
        return " | ".join(f"{self.name}({_parameters_text(signature)})" for signature in self.signatures)


def _parameters_text(signature: Signature) -> str:
    text = ""
    for parameter in signature.parameters:
        shown = (", " if text else "") + ("…" if parameter.variadic else "") + parameter.name
        text += f"[{shown}]" if parameter.optional else shown
    return text


def invoke(signature: Signature, bound: list[Any], runtime: Runtime) -> Any:
    """Call the implementation; arithmetic that has no answer is null."""
    try:
        return (
            signature.implementation(runtime, *bound) if signature.wants_runtime else signature.implementation(*bound)
        )
    except (ArithmeticError, ValueError):
        return None


BUILTINS: dict[str, Builtin] = {}


def _parameter(declaration: str) -> Parameter:
    name, _, types = declaration.partition(": ")
    kinds = frozenset(_ALIASES.get(short, short) for short in types.rstrip("?").split("|"))
    return Parameter(name.removeprefix("..."), kinds, types.endswith("?"), name.startswith("..."))


Implementation = TypeVar("Implementation", bound=Callable[..., Any])


def builtin(name: str, *parameters: str) -> Callable[[Implementation], Implementation]:
    """Declare the decorated function as the built-in ``name`` (again for a further way to call it).

    An implementation whose first parameter is called ``runtime`` is handed the evaluation under way.
    """

    def declare(implementation: Implementation) -> Implementation:
        wants_runtime = next(iter(inspect.signature(implementation).parameters), "") == "runtime"
        signature = Signature(tuple(map(_parameter, parameters)), implementation, wants_runtime)
        BUILTINS.setdefault(name, Builtin(name)).signatures.append(signature)
        return implementation

    return declare
