"""What one attribute of a kind of master data may hold, and how it is read from a form or a cell."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

from engine.errors import Invalid, Language

Type = Literal["text", "long", "choice", "date", "count", "percent", "yes_no", "reference", "list"]
_TRUE = frozenset({"true", "1", "yes", "y", "是", "启用"})
_FALSE = frozenset({"false", "0", "no", "n", "否", "停用"})
_PERCENT = re.compile(r"(\d{1,3})(?:[.](\d{1,2}))?\s*%?")
_DAY = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:[ T]00:00(?::00)?)?")
_SEPARATOR = re.compile(r"[;；、,，\n]")
_MOST = 2**31 - 1


class ValueInvalid(Invalid):
    """A value that its attribute cannot hold."""

    code = "master_data_value_invalid"
    zh = "“{name_zh}”{reason_zh}"
    en = "“{name_en}” {reason_en}"


@dataclass(frozen=True)
class Option:
    """A code and what it is called."""

    code: str
    zh: str
    en: str

    def name(self, language: Language) -> str:
        """The name for a reader of ``language``."""
        return self.zh if language == "zh" else self.en


@dataclass(frozen=True)
class Attribute:
    """One attribute: its column, its names and what it may hold.

    ``reference`` is the kind its text is a code of; ``column`` then holds that record's id. ``is_new_only`` cannot be
    changed once the record is there.
    """

    key: str
    zh: str
    en: str
    type: Type = "text"
    is_required: bool = False
    limit: int = 200
    options: tuple[Option, ...] = ()
    reference: str = ""
    column: str = ""
    default: Any = None
    example: str = ""
    hint_zh: str = ""
    hint_en: str = ""
    is_new_only: bool = False

    def name(self, language: Language) -> str:
        """The label for a reader of ``language``."""
        return self.zh if language == "zh" else self.en

    def hint(self, language: Language) -> str:
        """What a person should know before filling it in."""
        return self.hint_zh if language == "zh" else self.hint_en

    @property
    def stored_as(self) -> str:
        """The column of the table."""
        return self.column or self.key

    def refuse(self, zh: str, en: str) -> ValueInvalid:
        """The error for a value, naming this attribute."""
        return ValueInvalid(name_zh=self.zh, name_en=self.en, reason_zh=zh, reason_en=en, fields=[self.key])

    def read(self, text: str) -> Any:
        """The value ``text`` writes; nothing is None or the default. Raises ``ValueInvalid``."""
        text = text.strip()
        if not text:
            if self.is_required:
                raise self.refuse("必须填写", "must be given")
            return self.default
        return _READERS[self.type](self, text)

    def written(self, value: Any) -> str:
        """The value as a form or a cell shows it."""
        if value is None:
            return ""
        if self.type == "percent":
            return f"{value / 100:g}"
        if self.type == "list":
            return "；".join(value)
        if self.type == "yes_no":
            return "是" if value else "否"
        return value.isoformat() if isinstance(value, (date, datetime)) else str(value)


def _text(attribute: Attribute, text: str) -> str:
    if len(text) > attribute.limit:
        raise attribute.refuse(f"不超过 {attribute.limit} 字", f"has at most {attribute.limit} characters")
    return text


def _choice(attribute: Attribute, text: str) -> str:
    wanted = text.casefold()
    for option in attribute.options:
        if wanted in (option.code.casefold(), option.zh.casefold(), option.en.casefold()):
            return option.code
    names = "、".join(option.zh for option in attribute.options), ", ".join(option.en for option in attribute.options)
    raise attribute.refuse(f"应为 {names[0]} 之一", f"is one of {names[1]}")


def _date(attribute: Attribute, text: str) -> date:
    match = _DAY.fullmatch(text)
    try:
        if match:
            return date(int(match[1]), int(match[2]), int(match[3]))
    except ValueError:
        pass
    raise attribute.refuse("不是日期（例如 2026-01-31）", "is no date such as 2026-01-31")


def _count(attribute: Attribute, text: str) -> int:
    whole = text.removesuffix(".0")
    if not (whole.isascii() and whole.isdigit()) or int(whole[:12]) > _MOST:
        raise attribute.refuse("应为不小于 0 的整数", "is a whole number, not below 0")
    return int(whole)


def _percent(attribute: Attribute, text: str) -> int:
    match = _PERCENT.fullmatch(text)
    points = int(match[1]) * 100 + int((match[2] or "").ljust(2, "0")) if match else 10_001
    if points > 10_000:
        raise attribute.refuse("应为 0 到 100 的百分数", "is a percentage from 0 to 100")
    return points


def _yes_no(attribute: Attribute, text: str) -> bool:
    if text.casefold() in _TRUE:
        return True
    if text.casefold() in _FALSE:
        return False
    raise attribute.refuse("应为 是 或 否", "is yes or no")


def _list(attribute: Attribute, text: str) -> list[str]:
    return list(dict.fromkeys(part for raw in _SEPARATOR.split(_text(attribute, text)) if (part := raw.strip())))


_READERS: Mapping[str, Callable[[Attribute, str], Any]] = {
    "text": _text,
    "long": _text,
    "choice": _choice,
    "date": _date,
    "count": _count,
    "percent": _percent,
    "yes_no": _yes_no,
    "reference": _text,
    "list": _list,
}
