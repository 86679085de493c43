"""List functions (DMN 1.4, table 72) and ``sort`` (table 76)."""

from __future__ import annotations

from functools import cmp_to_key
from typing import Any

from engine.feel import numbers
from engine.feel.comparison import equal
from engine.feel.functions.registry import builtin
from engine.feel.text import identity
from engine.feel.values import FeelFunction, Runtime

_DEEPEST = 100


@builtin("list contains", "list: list", "element: any")
def list_contains(runtime: Runtime, items: list[Any], element: Any) -> bool:
    """Whether an element equals ``element`` (null too)."""
    runtime.tick_size(len(items))
    return any(equal(item, element, runtime) is True for item in items)


@builtin("count", "list: list")
def count(items: list[Any]) -> int:
    """How many elements."""
    return len(items)


@builtin("append", "list: list", "...items: any")
def append(runtime: Runtime, items: list[Any], added: list[Any]) -> list[Any]:
    """With ``items`` at the end."""
    runtime.tick_size(len(items))
    return [*items, *added]


@builtin("concatenate", "...lists: any")
def concatenate(runtime: Runtime, lists: list[Any]) -> list[Any]:
    """The lists one after another."""
    parts = [part if type(part) is list else [part] for part in lists]
    runtime.tick_size(sum(map(len, parts)))
    return [item for part in parts for item in part]


@builtin("insert before", "list: list", "position: number", "newItem: any")
def insert_before(runtime: Runtime, items: list[Any], position: numbers.Number, new_item: Any) -> list[Any] | None:
    """With ``newItem`` at ``position``."""
    runtime.tick_size(len(items))
    index = _index(items, position)
    return None if index is None else [*items[:index], new_item, *items[index:]]


@builtin("remove", "list: list", "position: number")
def remove(runtime: Runtime, items: list[Any], position: numbers.Number) -> list[Any] | None:
    """Without the element at ``position``."""
    runtime.tick_size(len(items))
    index = _index(items, position)
    return None if index is None else [*items[:index], *items[index + 1 :]]


@builtin("list replace", "list: list", "position: number", "newItem: any")
def list_replace(runtime: Runtime, items: list[Any], position: numbers.Number, new_item: Any) -> list[Any] | None:
    """With ``newItem`` instead of the element at ``position``."""
    runtime.tick_size(len(items))
    index = _index(items, position)
    return None if index is None else [*items[:index], new_item, *items[index + 1 :]]


@builtin("list replace", "list: list", "match: function", "newItem: any")
def list_replace_matching(runtime: Runtime, items: list[Any], match: FeelFunction, new_item: Any) -> list[Any]:
    """With ``newItem`` instead of every element for which ``match(element, newItem)`` is true."""
    runtime.tick_size(len(items))
    return [new_item if match.call([item, new_item], runtime) is True else item for item in items]


def _index(items: list[Any], position: numbers.Number) -> int | None:
    whole = numbers.to_integer(position)
    if not whole or abs(whole) > len(items):
        return None
    return whole - 1 if whole > 0 else len(items) + whole


@builtin("sublist", "list: list", "start position: number", "length: number?")
def sublist(
    runtime: Runtime, items: list[Any], start: numbers.Number, length: numbers.Number | None
) -> list[Any] | None:
    """Counted from 1, or from -1 at the end; null if it reaches outside the list."""
    runtime.tick_size(len(items))
    index = _index(items, start)
    if index is None:
        return None
    count = len(items) - index if length is None else numbers.to_integer(length)
    return None if count is None or count < 0 or index + count > len(items) else items[index : index + count]


@builtin("reverse", "list: list")
def reverse(runtime: Runtime, items: list[Any]) -> list[Any]:
    """In reverse order."""
    runtime.tick_size(len(items))
    return items[::-1]


@builtin("index of", "list: list", "match: any")
def index_of(runtime: Runtime, items: list[Any], match: Any) -> list[int]:
    """Every position of ``match``."""
    runtime.tick_size(len(items))
    return [index for index, item in enumerate(items, 1) if equal(item, match, runtime) is True]


@builtin("distinct values", "list: list")
def distinct_values(runtime: Runtime, items: list[Any]) -> list[Any]:
    """Every element once, in the order of first appearance."""
    kept: dict[Any, Any] = {}
    for item in items:
        kept.setdefault(identity(item, runtime), item)
    return list(kept.values())


@builtin("union", "...lists: any")
def union(runtime: Runtime, lists: list[Any]) -> list[Any]:
    """The lists one after another, every element once."""
    return distinct_values(runtime, concatenate(runtime, lists))


@builtin("flatten", "list: list")
def flatten(runtime: Runtime, items: list[Any]) -> list[Any] | None:
    """With the elements of lists within in their place, at any depth."""
    result: list[Any] = []
    return result if _flatten_into(result, items, runtime, 0) else None


def _flatten_into(result: list[Any], items: list[Any], runtime: Runtime, depth: int) -> bool:
    if depth > _DEEPEST:
        return False
    runtime.tick(1)
    for item in items:
        if type(item) is list:
            if not _flatten_into(result, item, runtime, depth + 1):
                return False
        else:
            runtime.tick(1)
            result.append(item)
    return True


@builtin("sort", "list: list", "precedes: function")
def sort(runtime: Runtime, items: list[Any], precedes: FeelFunction) -> list[Any]:
    """In the order of ``precedes(a, b)``, which tells whether ``a`` comes before ``b``."""

    def compare(left: Any, right: Any) -> int:
        if precedes.call([left, right], runtime) is True:
            return -1
        return 1 if precedes.call([right, left], runtime) is True else 0

    runtime.tick_size(len(items))
    return sorted(items, key=cmp_to_key(compare))
