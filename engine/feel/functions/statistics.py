"""Functions that sum up a list (DMN 1.4, table 72); most take a list or its elements as arguments."""

from __future__ import annotations

from collections import Counter
from typing import Any

from engine.feel import numbers
from engine.feel.comparison import ordered
from engine.feel.functions.registry import builtin
from engine.feel.numbers import CONTEXT, Number
from engine.feel.values import Runtime


@builtin("min", "...list: any")
def minimum(runtime: Runtime, items: list[Any]) -> Any:
    """The least element; null for an empty list or elements of different kinds."""
    return _extreme(runtime, items, smallest=True)


@builtin("max", "...list: any")
def maximum(runtime: Runtime, items: list[Any]) -> Any:
    """The greatest element; null for an empty list or elements of different kinds."""
    return _extreme(runtime, items, smallest=False)


def _extreme(runtime: Runtime, items: list[Any], *, smallest: bool) -> Any:
    runtime.tick_size(8 * len(items))
    best = items[0] if items else None
    for item in items:
        pair = ordered(item, best, runtime)
        if pair is None:
            return None
        if pair[0] < pair[1] if smallest else pair[0] > pair[1]:
            best = item
    return best


def _decimals(runtime: Runtime, items: list[Any]) -> list[Number] | None:
    runtime.tick_size(8 * len(items))
    return items if items and all(map(numbers.is_number, items)) else None


@builtin("sum", "...list: any")
def total(runtime: Runtime, items: list[Any]) -> Number | None:
    """The sum; null for an empty list."""
    values = _decimals(runtime, items)
    return None if values is None else _fold(values)


def _fold(values: list[Number]) -> Number | None:
    result: Number | None = 0
    for value in values:
        if result is None:
            return None
        result = numbers.add(result, value)
    return result


@builtin("product", "...list: any")
def product(runtime: Runtime, items: list[Any]) -> Number | None:
    """The product; null for an empty list."""
    values = _decimals(runtime, items)
    result: Number | None = None if values is None else 1
    for value in values or ():
        result = None if result is None else numbers.multiply(result, value)
    return result


@builtin("mean", "...list: any")
def mean(runtime: Runtime, items: list[Any]) -> Number | None:
    """The arithmetic mean; null for an empty list."""
    values = _decimals(runtime, items)
    return None if values is None else _mean(values)


def _mean(values: list[Number]) -> Number | None:
    result = _fold(values)
    return None if result is None else numbers.divide(result, len(values))


@builtin("median", "...list: any")
def median(runtime: Runtime, items: list[Any]) -> Number | None:
    """The middle element, or the mean of the two in the middle."""
    values = _sorted_decimals(runtime, items)
    if not values:
        return None
    middle = len(values) // 2
    return values[middle] if len(values) % 2 else _mean([values[middle - 1], values[middle]])


def _sorted_decimals(runtime: Runtime, items: list[Any]) -> list[Number] | None:
    values = _decimals(runtime, items)
    exact = [numbers.to_decimal(value) for value in values or ()]
    return None if values is None or None in exact else sorted(value for value in exact if value is not None)


@builtin("stddev", "...list: any")
def stddev(runtime: Runtime, items: list[Any]) -> Number | None:
    """The standard deviation of a sample; null for fewer than two elements."""
    values = _sorted_decimals(runtime, items)
    average = None if values is None or len(values) < 2 else _mean(values)
    if values is None or average is None:
        return None
    differences = [numbers.subtract(value, average) or 0 for value in values]
    variance = numbers.divide(_fold([numbers.multiply(one, one) or 0 for one in differences]) or 0, len(values) - 1)
    exact = None if variance is None else numbers.to_decimal(variance)
    return None if exact is None else CONTEXT.sqrt(exact)


@builtin("mode", "...list: any")
def mode(runtime: Runtime, items: list[Any]) -> list[Number] | None:
    """The most frequent elements in ascending order; an empty list for an empty list."""
    if not items:
        return []
    values = _sorted_decimals(runtime, items)
    if values is None:
        return None
    counts = Counter(values)
    highest = max(counts.values())
    return [value for value, times in counts.items() if times == highest]


@builtin("all", "...list: any")
def every_true(runtime: Runtime, items: list[Any]) -> bool | None:
    """False if an element is false, else true if all are true, else null."""
    runtime.tick_size(len(items))
    if any(item is False for item in items):
        return False
    return True if all(item is True for item in items) else None


@builtin("any", "...list: any")
def some_true(runtime: Runtime, items: list[Any]) -> bool | None:
    """True if an element is true, else false if all are false, else null."""
    runtime.tick_size(len(items))
    if any(item is True for item in items):
        return True
    return False if all(item is False for item in items) else None
