"""Equality and order, with null where DMN 1.4 (tables 42 to 46) has no answer."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, time, timedelta
from typing import Any

from engine.feel import numbers
from engine.feel.values import Range, Runtime, kind, to_utc


def ordered(left: Any, right: Any, runtime: Runtime) -> tuple[Any, Any] | None:
    """The two values in a form that Python orders natively, or ``None`` if FEEL does not order them."""
    name = kind(left)
    if name != kind(right):
        return None
    if name == "number":
        return numbers.comparable(left, right)
    if name in ("string", "date", "days and time duration", "years and months duration"):
        return left, right
    if name == "date and time":
        return _moments(left, right, runtime)
    if name == "time":
        return _times(left, right)
    return None


def _moments(left: datetime, right: datetime, runtime: Runtime) -> tuple[datetime, datetime] | None:
    if left.tzinfo is None and right.tzinfo is None:
        return left, right
    try:
        return to_utc(left, runtime.context.zone), to_utc(right, runtime.context.zone)
    except OverflowError:
        return None


def _times(left: time, right: time) -> tuple[timedelta, timedelta] | None:
    first, second = left.utcoffset(), right.utcoffset()
    if (first is None) != (second is None):
        return None
    return _since_midnight(left) - (first or timedelta()), _since_midnight(right) - (second or timedelta())


def _since_midnight(value: time) -> timedelta:
    return timedelta(hours=value.hour, minutes=value.minute, seconds=value.second, microseconds=value.microsecond)


def equal(left: Any, right: Any, runtime: Runtime) -> bool | None:
    """``left = right``: null for values of different kinds, unless one is null."""
    if left is None or right is None:
        return left is right
    name = kind(left)
    if name != kind(right):
        return None
    composite = _EQUALITIES.get(name)
    if composite is not None:
        return composite(left, right, runtime)
    pair = ordered(left, right, runtime)
    return None if pair is None else bool(pair[0] == pair[1])


def _equal_lists(left: list[Any], right: list[Any], runtime: Runtime) -> bool:
    runtime.tick(1 + len(left))
    return len(left) == len(right) and all(
        equal(one, other, runtime) is True for one, other in zip(left, right, strict=True)
    )


def _equal_contexts(left: dict[str, Any], right: dict[str, Any], runtime: Runtime) -> bool:
    runtime.tick(1 + len(left))
    return left.keys() == right.keys() and all(equal(value, right[key], runtime) is True for key, value in left.items())


def _equal_ranges(left: Range, right: Range, runtime: Runtime) -> bool:
    return (
        (left.start_included, left.end_included) == (right.start_included, right.end_included)
        and equal(left.start, right.start, runtime) is True
        and equal(left.end, right.end, runtime) is True
    )


_EQUALITIES: dict[str, Callable[[Any, Any, Runtime], bool]] = {
    "boolean": lambda left, right, _runtime: left is right,
    "function": lambda left, right, _runtime: left is right,
    "list": _equal_lists,
    "context": _equal_contexts,
    "range": _equal_ranges,
}


def includes(interval: Range, value: Any, runtime: Runtime) -> bool | None:
    """Whether ``value`` lies in ``interval``; null if they cannot be compared."""
    for endpoint, included, is_start in (
        (interval.start, interval.start_included, True),
        (interval.end, interval.end_included, False),
    ):
        if endpoint is None:
            continue
        pair = ordered(endpoint, value, runtime) if is_start else ordered(value, endpoint, runtime)
        if pair is None:
            return None
        if not (pair[0] < pair[1] or (included and pair[0] == pair[1])):
            return False
    return None if value is None else True


def satisfies(value: Any, test: Any, runtime: Runtime) -> bool | None:
    """``value in test``: inside a range, among the elements of a list, or equal."""
    if type(test) is Range:
        return includes(test, value, runtime)
    if type(test) is list:
        runtime.tick(1 + len(test))
        if type(value) is list and equal(value, test, runtime):
            return True
        return any_true(
            [satisfies(value, one, runtime) if type(one) is Range else equal(value, one, runtime) for one in test]
        )
    return equal(value, test, runtime)


def any_true(answers: list[bool | None]) -> bool | None:
    """The disjunction of three-valued answers."""
    if True in answers:
        return True
    return None if None in answers else False
