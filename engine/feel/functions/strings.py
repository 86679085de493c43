"""String functions (DMN 1.4, table 71)."""

from __future__ import annotations

from typing import Any

import regex

from engine.feel import numbers
from engine.feel.functions.patterns import compile_pattern, search
from engine.feel.functions.registry import builtin
from engine.feel.values import Runtime

_GROUP_REFERENCE = regex.compile(r"\\(.)|\$(\d)")


@builtin("substring", "string: string", "start position: number", "length: number?")
def substring(runtime: Runtime, string: str, start: numbers.Number, length: numbers.Number | None) -> str | None:
    """Counted from 1, or from -1 at the end."""
    first = int(start)
    count = None if length is None else int(length)
    if first == 0 or abs(first) > max(len(string), 1) or (count is not None and count < 0):
        return "" if first > 0 else None
    begin = first - 1 if first > 0 else len(string) + first
    return _cut(runtime, string, begin, len(string) if count is None else begin + count)


def _cut(runtime: Runtime, string: str, begin: int, end: int) -> str:
    part = string[begin:end]
    runtime.tick_size(len(part))
    return part


@builtin("string length", "string: string")
def string_length(string: str) -> int:
    """In characters, a Chinese one and an emoji counting as one."""
    return len(string)


@builtin("upper case", "string: string")
def upper_case(runtime: Runtime, string: str) -> str:
    """In capitals."""
    runtime.tick_size(len(string))
    return string.upper()


@builtin("lower case", "string: string")
def lower_case(runtime: Runtime, string: str) -> str:
    """In small letters."""
    runtime.tick_size(len(string))
    return string.lower()


@builtin("substring before", "string: string", "match: string")
def substring_before(runtime: Runtime, string: str, match: str) -> str:
    """What precedes the first ``match``, else the empty string."""
    return _cut(runtime, string, 0, max(string.find(match), 0))


@builtin("substring after", "string: string", "match: string")
def substring_after(runtime: Runtime, string: str, match: str) -> str:
    """What follows the first ``match``, else the empty string."""
    index = string.find(match)
    return "" if index < 0 else _cut(runtime, string, index + len(match), len(string))


@builtin("contains", "string: string", "match: string")
def contains(string: str, match: str) -> bool:
    """Whether ``match`` occurs."""
    return match in string


@builtin("starts with", "string: string", "match: string")
def starts_with(string: str, match: str) -> bool:
    """Whether it begins with ``match``."""
    return string.startswith(match)


@builtin("ends with", "string: string", "match: string")
def ends_with(string: str, match: str) -> bool:
    """Whether it ends with ``match``."""
    return string.endswith(match)


@builtin("matches", "input: string", "pattern: string", "flags: string?")
def matches(runtime: Runtime, text: str, pattern: str, flags: str | None) -> bool | None:
    """Whether the pattern occurs anywhere in the text."""
    runtime.tick_size(len(text))
    compiled = compile_pattern(pattern, flags or "")
    if compiled is None:
        return None
    return search(lambda seconds: compiled.search(text, timeout=seconds) is not None, text, runtime)


@builtin("replace", "input: string", "pattern: string", "replacement: string", "flags: string?")
def replace(runtime: Runtime, text: str, pattern: str, replacement: str, flags: str | None) -> str | None:
    """Every occurrence of the pattern; ``$1`` in the replacement is the first group, ``$0`` all of it."""
    compiled = compile_pattern(pattern, flags or "")
    if compiled is None:
        return None

    def filled(match: regex.Match[str]) -> str:
        def group(reference: regex.Match[str]) -> str:
            if reference[1]:
                return str(reference[1])
            number = int(reference[2])
            return (match[number] or "") if number <= compiled.groups else ""

        result = _GROUP_REFERENCE.sub(group, replacement)
        runtime.tick_size(len(result))
        return result

    runtime.tick_size(len(text))
    return search(lambda seconds: compiled.sub(filled, text, timeout=seconds), text, runtime)


@builtin("split", "string: string", "delimiter: string")
def split(runtime: Runtime, string: str, delimiter: str) -> list[str] | None:
    """The parts between the occurrences of the pattern ``delimiter``."""
    compiled = compile_pattern(delimiter)
    if compiled is None:
        return None
    if compiled.match(""):
        runtime.tick(1 + len(string))
        return list(string)
    spans = search(
        lambda seconds: [match.span() for match in compiled.finditer(string, timeout=seconds)], string, runtime
    )
    runtime.tick(1 + len(spans))
    starts = [0, *(end for _, end in spans)]
    ends = [*(start for start, _ in spans), len(string)]
    return [string[start:end] for start, end in zip(starts, ends, strict=True)]


@builtin("string join", "list: list", "delimiter: string?", "prefix: string?", "suffix: string?")
def string_join(
    runtime: Runtime, parts: list[Any], delimiter: str | None, prefix: str | None, suffix: str | None
) -> str | None:
    """The strings one after another; nulls among them are left out."""
    present = [part for part in parts if part is not None]
    if not all(type(part) is str for part in present):
        return None
    runtime.tick_size(sum(len(part) + len(delimiter or "") for part in present))
    return (prefix or "") + (delimiter or "").join(present) + (suffix or "")
