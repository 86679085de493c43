"""Errors that people see: a stable code, JSON-safe details and one sentence per language.

The five kinds below are what the entry points map to HTTP statuses and exit codes
(``Invalid`` 422, ``Forbidden`` 403, ``NotFound`` 404, ``Conflict`` 409, ``TooMany`` 429); each use
case raises a named subclass of one of them.
"""

from __future__ import annotations

from typing import Any, ClassVar, Literal

Language = Literal["zh", "en"]
LANGUAGES: tuple[Language, ...] = ("zh", "en")


class EngineError(Exception):
    """Base of every error of the engine.

    ``details`` fill the placeholders of the two sentences and go into the JSON answer as they are,
    so they hold JSON values only.
    """

    code: ClassVar[str] = "engine_error"
    zh: ClassVar[str] = "系统未能完成该操作"
    en: ClassVar[str] = "The system could not complete this"

    def __init__(self, **details: Any) -> None:
        super().__init__(self.code)
        self.details = details

    def message(self, language: Language) -> str:
        """The sentence for a reader of ``language``."""
        return (self.zh if language == "zh" else self.en).format_map(_Blanks(self.details))

    def __str__(self) -> str:
        return f"{self.code}: {self.message('en')}"


class _Blanks(dict[str, Any]):
    """A missing detail prints as its name: an incomplete message must not hide the error itself."""

    def __missing__(self, key: str) -> str:
        return "{" + key + "}"


class Invalid(EngineError):
    """What was sent cannot be accepted as it is; ``details['fields']`` names the fields if any."""

    code = "invalid"


class Forbidden(EngineError):
    """This person may not do this."""

    code = "forbidden"
    zh = "您没有权限执行此操作"
    en = "You are not allowed to do this"


class NotFound(EngineError):
    """The thing named does not exist (or is not visible to this person)."""

    code = "not_found"
    zh = "没有找到：{what}"
    en = "Not found: {what}"


class Conflict(EngineError):
    """The state has moved on since the person looked; nothing was changed."""

    code = "conflict"
    zh = "该记录已被他人更新，请刷新后重试"
    en = "This record was changed in the meantime; reload and try again"


class TooMany(EngineError):
    """Too many attempts in a short time."""

    code = "too_many"
    zh = "尝试次数过多，请在 {seconds} 秒后重试"
    en = "Too many attempts; try again in {seconds} seconds"
