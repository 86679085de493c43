"""The built-in functions of DMN 1.4, chapter 10.3.4."""

from engine.feel.functions import contexts, conversion, dates, lists, numeric, ranges, statistics, strings
from engine.feel.functions.registry import BUILTINS, Builtin

__all__ = [
    "BUILTINS",
    "Builtin",
    "contexts",
    "conversion",
    "dates",
    "lists",
    "numeric",
    "ranges",
    "statistics",
    "strings",
]
