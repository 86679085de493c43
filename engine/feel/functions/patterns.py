"""Regular expressions (``matches``, ``replace``, ``split``) that cannot hold up the server.

The dialect is that of the ``regex`` package, close enough to XML Schema's: ``\\p{L}``, ``\\p{Han}`` and the flags
``s m i x`` work. A search is given up after a fraction of a second.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from time import perf_counter
from typing import TypeVar

import regex

from engine.feel.errors import FeelBudgetExceeded
from engine.feel.values import Runtime

_LONGEST_PATTERN = 500
_LONGEST_INPUT = 100_000
_FLAGS = {"s": regex.DOTALL, "m": regex.MULTILINE, "i": regex.IGNORECASE, "x": regex.VERBOSE}

Answer = TypeVar("Answer")


@lru_cache(512)
def compile_pattern(pattern: str, flags: str = "") -> regex.Pattern[str] | None:
    """The compiled pattern, or ``None`` if it (or a flag) is not valid or it is too long."""
    if len(pattern) > _LONGEST_PATTERN or set(flags) - _FLAGS.keys():
        return None
    try:
        return regex.compile(pattern, sum({_FLAGS[flag] for flag in flags}, regex.VERSION0), cache_pattern=False)
    except (regex.error, ValueError, OverflowError, RecursionError):
        return None


def pattern_fault(pattern: str) -> tuple[str, str] | None:
    """Why a pattern written in an expression cannot be used, in English and Chinese."""
    if compile_pattern(pattern) is not None:
        return None
    return "not a valid regular expression", "正则表达式无效"


def search(run: Callable[[float], Answer], text: str, runtime: Runtime) -> Answer:
    """``run`` over ``text``, given the seconds it may take; all searches of an evaluation share a fraction of one.

    Raises :class:`FeelBudgetExceeded` if the text is too long or time runs out.
    """
    began = perf_counter()
    try:
        if len(text) <= _LONGEST_INPUT and runtime.search_seconds_left > 0:
            return run(runtime.search_seconds_left)
    except TimeoutError:
        pass
    finally:
        runtime.search_seconds_left -= perf_counter() - began
    raise FeelBudgetExceeded(
        reason="the regular expression takes too long on this text", reason_zh="正则表达式在此文本上耗时过长"
    )
