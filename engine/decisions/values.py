"""Types of columns: which names there are, and whether a value is one of theirs."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from engine.decisions.model import ValueType
from engine.feel import EvaluationContext, FeelError, Runtime, UnaryTests
from engine.feel.numbers import to_integer
from engine.feel.temporal import parse_date, parse_datetime, parse_duration, parse_time
from engine.feel.text import feel_text
from engine.feel.values import kind

# DMN's own names and those of the free desktop modeler.
TYPE_KINDS: dict[str, str] = {
    "": "Any", "any": "Any", "string": "string", "boolean": "boolean", "number": "number", "integer": "number",
    "long": "number", "double": "number", "date": "date", "time": "time", "datetime": "date and time",
    "date and time": "date and time", "daytimeduration": "days and time duration",
    "days and time duration": "days and time duration", "yearmonthduration": "years and months duration",
    "years and months duration": "years and months duration", "context": "context", "list": "list",
}  # fmt: skip
WHOLE_TYPES = frozenset({"integer", "long"})
_KINDS_ZH = {
    "string": "文本", "boolean": "是否", "number": "数字", "date": "日期", "time": "时间", "date and time": "日期时间",
    "days and time duration": "时长", "years and months duration": "年月时长", "context": "记录", "list": "列表",
    "null": "空",
}  # fmt: skip
_PARSERS: dict[str, Callable[[str], Any]] = {
    "date": parse_date,
    "time": parse_time,
    "date and time": parse_datetime,
    "days and time duration": parse_duration,
    "years and months duration": parse_duration,
}


def kind_zh(name: str) -> str:
    """The Chinese word for a kind of value."""
    return _KINDS_ZH.get(name, name)


class ValueRefused(ValueError):
    """A value is not what its column takes; the reason in both languages."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.zh, self.en = zh, en


def accept(value: Any, wanted: ValueType, allowed: Iterable[UnaryTests], runtime: Runtime) -> Any:
    """``value`` as the type ``wanted`` has it; raises ``ValueRefused``.

    Null is always accepted: it means that nothing is known. Forms and imports hold dates as text, so text is read as
    the temporal value a column asks for.
    """
    if value is None:
        return None
    if wanted.is_list:
        items = value if type(value) is list else [value]
        runtime.tick_size(len(items))
        return [_accept_one(item, wanted, allowed, runtime) for item in items]
    return _accept_one(value, wanted, allowed, runtime)


def _accept_one(value: Any, wanted: ValueType, allowed: Iterable[UnaryTests], runtime: Runtime) -> Any:
    found = value
    if type(value) is str and wanted.kind in _PARSERS:
        found = _PARSERS[wanted.kind](value)
    if type(found) is datetime and found.tzinfo is not None:
        found = found.astimezone(runtime.context.zone)
    if wanted.kind != "Any" and kind(found) != wanted.kind:
        raise ValueRefused(
            f"{shown(value)} 不是{kind_zh(wanted.kind)}", f"{shown(value)} is no value of type {wanted.kind}"
        )
    if wanted.is_whole and to_integer(found) is None:
        raise ValueRefused(f"{shown(value)} 不是整数", f"{shown(value)} is no whole number")
    for tests in allowed:
        if not tests.matches(found, None, runtime):
            raise ValueRefused(
                f"{shown(value)} 不在允许的值 {tests.text} 之中",
                f"{shown(value)} is not among the allowed values {tests.text}",
            )
    return found


def shown(value: Any) -> str:
    """A value for a message, not too long."""
    try:
        text = feel_text(value, Runtime(EvaluationContext()), quoted=True)
    except FeelError:
        text = kind(value)
    return text if len(text) <= 60 else text[:59] + "…"
