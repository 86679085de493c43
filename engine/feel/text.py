"""Values as text, as JSON, and as something that can be hashed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from engine.feel import numbers
from engine.feel.comparison import ordered
from engine.feel.errors import FeelBudgetExceeded, FeelEvaluationError
from engine.feel.temporal import temporal_text
from engine.feel.values import Range, Runtime, kind

_LARGEST_JSON = 200_000
_DEEPEST_JSON = 100


def feel_text(value: Any, runtime: Runtime, *, quoted: bool = False) -> str:
    """``value`` as FEEL would write it; a string without quotation marks unless ``quoted``."""
    runtime.tick(1)
    if type(value) is str:
        runtime.tick_size(len(value))
        return f'"{_escape(value)}"' if quoted else value
    name = kind(value)
    write = _TEXTS.get(name)
    if write is not None:
        return write(value, runtime)
    return f"<{name}>" if name in ("function", "unknown") else temporal_text(value)


def _number_text(value: numbers.Number, runtime: Runtime) -> str:
    text = numbers.number_text(value)
    runtime.tick_size(len(text))
    return text


def _list_text(items: list[Any], runtime: Runtime) -> str:
    return f"[{', '.join(feel_text(item, runtime, quoted=True) for item in items)}]"


def _context_text(context: dict[str, Any], runtime: Runtime) -> str:
    entries = (f"{_key_text(key)}: {feel_text(item, runtime, quoted=True)}" for key, item in context.items())
    return f"{{{', '.join(entries)}}}"


def _escape(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')


def _key_text(key: Any) -> str:
    text = str(key)
    return text if text.isidentifier() else f'"{_escape(text)}"'


def _range_text(interval: Range, runtime: Runtime) -> str:
    start, end = (feel_text(endpoint, runtime, quoted=True) for endpoint in (interval.start, interval.end))
    return f"{'[' if interval.start_included else '('}{start}..{end}{']' if interval.end_included else ')'}"


_TEXTS: dict[str, Callable[[Any, Runtime], str]] = {
    "null": lambda _value, _runtime: "null",
    "boolean": lambda value, _runtime: "true" if value else "false",
    "number": _number_text,
    "list": _list_text,
    "context": _context_text,
    "range": _range_text,
}


def identity(value: Any, runtime: Runtime) -> Any:
    """Something hashable that two values share exactly when FEEL holds them equal."""
    runtime.tick(1)
    name = kind(value)
    write = _IDENTITIES.get(name)
    return name, write(value, runtime) if write else value


def _moment_identity(value: datetime, runtime: Runtime) -> datetime:
    pair = ordered(value, value, runtime)
    return pair[0] if pair else value


_IDENTITIES: dict[str, Callable[[Any, Runtime], Any]] = {
    "number": lambda value, _runtime: numbers.to_decimal(value),
    "list": lambda value, runtime: tuple(identity(item, runtime) for item in value),
    "context": lambda value, runtime: frozenset((key, identity(item, runtime)) for key, item in value.items()),
    "range": lambda value, runtime: (
        identity(value.start, runtime),
        identity(value.end, runtime),
        value.start_included,
        value.end_included,
    ),
    "date and time": _moment_identity,
    "function": lambda value, _runtime: id(value),
    "unknown": lambda value, _runtime: id(value),
}


class _JsonWriter:
    def __init__(self) -> None:
        self._left = _LARGEST_JSON

    def write(self, value: Any, depth: int = 0) -> Any:
        self._left -= 1
        if self._left < 0 or depth > _DEEPEST_JSON:
            raise FeelBudgetExceeded(reason="the result is too large", reason_zh="结果过大")
        if type(value) is list:
            return [self.write(item, depth + 1) for item in value]
        if type(value) is dict:
            return {str(key): self.write(item, depth + 1) for key, item in value.items()}
        return value if value is None or type(value) in (str, bool) else self._scalar(value)

    def _scalar(self, value: Any) -> Any:
        name = kind(value)
        if name == "number":
            return _json_number(value)
        if name in ("function", "unknown"):
            raise FeelEvaluationError(reason="the result is no value but a function", reason_zh="结果是函数而不是值")
        if name == "range":
            start, end = (self._endpoint(endpoint) for endpoint in (value.start, value.end))
            return f"{'[' if value.start_included else '('}{start}..{end}{']' if value.end_included else ')'}"
        return temporal_text(value, name_zones=False)

    def _endpoint(self, value: Any) -> str:
        return numbers.number_text(value) if numbers.is_number(value) else str(self.write(value))


def _json_number(value: numbers.Number) -> int | float | None:
    if type(value) is int:
        return value
    number = numbers.to_decimal(value)
    if number is None:
        return None
    whole = numbers.to_integer(number) if number.adjusted() < 34 else None
    return float(number) if whole is None else whole


def to_json(value: Any) -> Any:
    """``value`` in JSON: numbers as int or float, temporal values as ISO 8601 text (``P1DT2H``, with offset).

    Raises :class:`FeelEvaluationError` for a function and :class:`FeelBudgetExceeded` for a value of more than
    200,000 parts.
    """
    return _JsonWriter().write(value)
