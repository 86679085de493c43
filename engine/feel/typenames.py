"""Reading tokens, and the types that ``instance of`` and function parameters name."""

from __future__ import annotations

from typing import NoReturn

from engine.feel.errors import refuse
from engine.feel.syntax import Type
from engine.feel.tokens import KEYWORDS, Token

_TYPE_NAMES = (
    "days and time duration", "years and months duration", "day time duration", "year month duration", "date and time",
    "dateTime", "string", "number", "boolean", "date", "time", "list", "context", "function", "range", "Any", "Null",
)  # fmt: skip
_OLD_NAMES = {
    "day time duration": "days and time duration",
    "year month duration": "years and months duration",
    "dateTime": "date and time",
}
_DEEPEST_TYPE = 20


class TypeParser:
    """A cursor over tokens that can read types."""

    def __init__(self, text: str, tokens: list[Token]) -> None:
        self._text = text
        self._tokens = tokens
        self._index = 0

    def _current(self) -> Token:
        return self._tokens[self._index]

    def _peek(self) -> str:
        token = self._tokens[self._index]
        return token.text if token.kind in ("op", "name") else ""

    def _take(self, text: str) -> bool:
        found = self._peek() == text
        self._index += found
        return found

    def _expect(self, text: str) -> None:
        if self._take(text):
            return
        token = self._current()
        if token.kind == "end":
            refuse(self._text, token.position, f"{text} is missing at the end", f"末尾缺少 {text}")
        refuse(self._text, token.position, f"expected {text}, found {token.text}", f"应为 {text}，却是 {token.text}")

    def _unexpected(self) -> NoReturn:
        token = self._current()
        if token.kind == "end":
            refuse(self._text, token.position, "the expression ends too early", "表达式不完整")
        previous = self._tokens[self._index - 1] if self._index else None
        if (
            token.kind == "name"
            and previous is not None
            and previous.kind == "name"
            and not {
                token.text,
                previous.text,
            }
            & KEYWORDS
        ):
            name = f"{previous.text} {token.text}"
            refuse(self._text, token.position, f"no variable “{name}” is known here", f"此处没有名为“{name}”的变量")
        refuse(self._text, token.position, f"unexpected {token.text}", f"此处不应出现 {token.text}")

    def _type(self, depth: int = 0) -> Type:
        token = self._current()
        if depth > _DEEPEST_TYPE:
            refuse(self._text, token.position, "nested too deeply", "嵌套过深")
        for candidate in _TYPE_NAMES:
            words = candidate.split(" ")
            row = self._tokens[self._index : self._index + len(words)]
            if [one.text for one in row] == words:
                self._index += len(words)
                name = _OLD_NAMES.get(candidate, candidate)
                return Type(token.position, name, self._type_parts(name, depth + 1))
        refuse(self._text, token.position, f"unknown type {token.text}", f"未知类型 {token.text}")

    def _type_parts(self, name: str, depth: int) -> tuple[tuple[str, Type], ...]:
        if name not in ("list", "range", "context", "function") or not self._take("<"):
            return ()
        parts: list[tuple[str, Type]] = []
        while self._peek() != ">":
            key = ""
            if name == "context":
                key = self._current().text
                if self._current().kind != "name":
                    self._unexpected()
                self._index += 1
                self._expect(":")
            parts.append((key, self._type(depth)))
            if not self._take(","):
                break
        self._expect(">")
        if name == "function":
            self._expect("->")
            self._type(depth)
        return tuple(parts)
