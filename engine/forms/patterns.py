"""Regular expressions of form authors: JavaScript notation made to mean the same in Python, dangerous ones refused.

The danger is backtracking: a repeated group whose content can match the same text in many ways takes time that
doubles with every character. Such shapes are refused at publish, and a text longer than ``PATTERN_MAX_CHARACTERS``
never reaches a pattern.
"""

from __future__ import annotations

import re
from functools import lru_cache

PATTERN_MAX_CHARACTERS = 1_000
_LONGEST_PATTERN = 500
_JS_SPACE = r" \t\n\r\f\v\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff"
_QUANTIFIER = re.compile(r"[*+?]\??|\{\d+(?:,\d*)?\}\??")
_ESCAPE = re.compile(r"\\(?:u[0-9A-Fa-f]{4}|x[0-9A-Fa-f]{2}|.)", re.DOTALL)


class PatternRefused(ValueError):
    """The pattern is wrong, unsupported or dangerous; ``reason`` is ``invalid``, ``unsupported`` or ``dangerous``."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@lru_cache(maxsize=512)
def compiled_pattern(pattern: str) -> re.Pattern[str]:
    """The pattern for ``search``, as JavaScript's ``new RegExp(pattern).test`` would judge. Raises PatternRefused."""
    if len(pattern) > _LONGEST_PATTERN:
        raise PatternRefused("unsupported")
    translated = _Translator(pattern).translate()
    try:
        return re.compile(translated, re.ASCII)
    except (re.error, OverflowError, RecursionError):
        raise PatternRefused("invalid") from None


class _Group:
    """An open group while reading: what in it can make a repetition of it ambiguous."""

    def __init__(self, start: int) -> None:
        self.start = start
        self.repeated: list[str] = []
        self.inner_repeats = False
        self.alternatives = False
        self.first: str | None = None


class _Translator:
    def __init__(self, pattern: str) -> None:
        self.pattern = pattern
        self.at = 0
        self.out: list[str] = []
        self.groups = [_Group(0)]

    def translate(self) -> str:
        while self.at < len(self.pattern):
            self._item()
        if len(self.groups) > 1:
            raise PatternRefused("invalid")
        return "".join(self.out)

    def _item(self) -> None:
        here = self.pattern[self.at]
        if here == "(":
            self._open()
        elif here == ")":
            self._close()
        elif here == "|":
            self.groups[-1].alternatives = True
            self._emit(here, 1)
        elif here in "^$":
            # JavaScript's $ is the very end; Python's would also accept a line break after it.
            self._emit(r"\Z" if here == "$" else "^", 1)
        elif here in "*+?":
            raise PatternRefused("invalid")
        else:
            self._atom(here)

    def _emit(self, text: str, length: int) -> None:
        self.out.append(text)
        self.at += length

    def _open(self) -> None:
        group, length, text = _Group(len(self.out)), 1, "("
        if self.pattern.startswith("(?", self.at):
            if self.pattern.startswith(("(?:", "(?=", "(?!"), self.at):
                length, text = 3, self.pattern[self.at : self.at + 3]
            else:
                raise PatternRefused("unsupported")
        self.groups.append(group)
        self._emit(text, length)

    def _close(self) -> None:
        if len(self.groups) == 1:
            raise PatternRefused("invalid")
        group, outer = self.groups.pop(), self.groups[-1]
        self._emit(")", 1)
        unbounded = self._quantifier()
        if unbounded is None:
            outer.repeated += group.repeated
            outer.inner_repeats = outer.inner_repeats or group.inner_repeats
        elif unbounded and (group.inner_repeats or group.alternatives or not self._is_separated(group)):
            raise PatternRefused("dangerous")
        else:
            outer.inner_repeats = True
        outer.first = outer.first or ""

    def _is_separated(self, group: _Group) -> bool:
        """``(,\\d+)*`` is harmless: every lap starts with a character that nothing repeated inside it can match."""
        if not group.repeated:
            return True
        if not group.first:
            return False
        return not any(re.search(atom, group.first, re.ASCII) for atom in group.repeated)

    def _atom(self, here: str) -> None:
        start, literal = len(self.out), ""
        if here == "[":
            self._class()
        elif here == "\\":
            literal = self._escape()
        elif here == ".":
            self._emit(r"[^\n\r\u2028\u2029]", 1)
        else:
            literal = here
            self._emit(re.escape(here), 1)
        atom, group = "".join(self.out[start:]), self.groups[-1]
        unbounded = self._quantifier()
        if unbounded is not None:
            group.repeated.append(atom)
        if group.first is None:
            group.first = literal if unbounded is None else ""

    def _quantifier(self) -> bool | None:
        """None if the item is not repeated, else whether it may vary up to large counts."""
        found = _QUANTIFIER.match(self.pattern, self.at)
        if not found:
            return None
        self._emit(found[0], len(found[0]))
        if self.pattern[self.at : self.at + 1] in ("*", "+", "?"):
            raise PatternRefused("invalid")
        counts = re.findall(r"\d+", found[0])
        if found[0][0] in "?":
            return False
        if len(counts) == 1 and "," not in found[0]:
            return int(counts[0]) > 20
        return len(counts) < 2 or int(counts[1]) > 20

    def _escape(self) -> str:
        found = _ESCAPE.match(self.pattern, self.at)
        if not found:
            raise PatternRefused("invalid")
        text = found[0]
        kind = text[1]
        if kind in "sS":
            self._emit(f"[{'^' if kind == 'S' else ''}{_JS_SPACE}]", 2)
            return ""
        if (kind.isalnum() and kind not in "dDwWbBtnrfvux") or (kind in "ux" and len(text) == 2):
            raise PatternRefused("unsupported")
        self._emit(text, len(text))
        return "" if kind.isalnum() else kind

    def _class(self) -> None:
        self._emit("[", 1)
        if self.pattern.startswith("^", self.at):
            self._emit("^", 1)
        if self.pattern.startswith("]", self.at):
            raise PatternRefused("unsupported")
        while self.at < len(self.pattern) and self.pattern[self.at] != "]":
            here = self.pattern[self.at]
            if self.pattern.startswith("--", self.at):
                raise PatternRefused("unsupported")
            if here == "\\":
                self._class_escape()
            else:
                self._emit("\\" + here if here in "[&~|" else here, 1)
        if self.at >= len(self.pattern):
            raise PatternRefused("invalid")
        self._emit("]", 1)

    def _class_escape(self) -> None:
        if self.pattern.startswith(r"\s", self.at):
            self._emit(_JS_SPACE, 2)
        elif self.pattern.startswith((r"\S", r"\B"), self.at):
            raise PatternRefused("unsupported")
        else:
            self._escape()
