"""Range functions, after Allen's interval algebra (DMN 1.4, table 79): each takes ranges or single values.

A bound is a pair: -1 or 1 for no limit below or above, 0 for a value, and that value.
"""

from __future__ import annotations

from typing import Any

from engine.feel.comparison import equal, includes, ordered
from engine.feel.functions.registry import builtin
from engine.feel.values import Range, Runtime

Bound = tuple[int, Any]


def _start(interval: Range) -> Bound:
    return (-1, None) if interval.start is None else (0, interval.start)


def _end(interval: Range) -> Bound:
    return (1, None) if interval.end is None else (0, interval.end)


def _compare(left: Bound, right: Bound, runtime: Runtime) -> int:
    """-1, 0 or 1; ValueError (null) for values that cannot be ordered."""
    if left[0] or right[0]:
        return (left[0] > right[0]) - (left[0] < right[0])
    pair = ordered(left[1], right[1], runtime)
    if pair is None:
        raise ValueError("not comparable")
    return int(pair[0] > pair[1]) - int(pair[0] < pair[1])


def _as_range(value: Any) -> Range:
    return value if type(value) is Range else Range(value, value, True, True)


@builtin("before", "a: any", "b: any")
@builtin("before", "point1: any", "point2: any")
@builtin("before", "range1: range", "range2: range")
@builtin("before", "point: any", "range: range")
def before(runtime: Runtime, first: Any, second: Any) -> bool | None:
    """Whether all of the first lies before all of the second."""
    if first is None or second is None:
        return None
    left, right = _as_range(first), _as_range(second)
    order = _compare(_end(left), _start(right), runtime)
    return order < 0 or (order == 0 and not (left.end_included and right.start_included))


@builtin("after", "a: any", "b: any")
@builtin("after", "point1: any", "point2: any")
@builtin("after", "range1: range", "range2: range")
@builtin("after", "point: any", "range: range")
def after(runtime: Runtime, first: Any, second: Any) -> bool | None:
    """Whether all of the first lies after all of the second."""
    return before(runtime, second, first)


@builtin("meets", "range1: range", "range2: range")
def meets(runtime: Runtime, first: Range, second: Range) -> bool:
    """Whether the first ends on the value with which the second starts."""
    return first.end_included and second.start_included and _compare(_end(first), _start(second), runtime) == 0


@builtin("met by", "range1: range", "range2: range")
def met_by(runtime: Runtime, first: Range, second: Range) -> bool:
    """Whether the second meets the first."""
    return meets(runtime, second, first)


@builtin("overlaps", "range1: range", "range2: range")
def overlaps(runtime: Runtime, first: Range, second: Range) -> bool | None:
    """Whether they have a value in common."""
    return before(runtime, first, second) is False and before(runtime, second, first) is False


@builtin("overlaps before", "range1: range", "range2: range")
def overlaps_before(runtime: Runtime, first: Range, second: Range) -> bool:
    """Whether the first starts earlier, and ends within the second."""
    starts = _compare(_start(first), _start(second), runtime)
    reaches = _compare(_end(first), _start(second), runtime)
    ends = _compare(_end(first), _end(second), runtime)
    return (
        (starts < 0 or (starts == 0 and first.start_included and not second.start_included))
        and (reaches > 0 or (reaches == 0 and first.end_included and second.start_included))
        and (ends < 0 or (ends == 0 and (not first.end_included or second.end_included)))
    )


@builtin("overlaps after", "range1: range", "range2: range")
def overlaps_after(runtime: Runtime, first: Range, second: Range) -> bool:
    """Whether the second overlaps before the first."""
    return overlaps_before(runtime, second, first)


@builtin("finishes", "range1: range", "range2: range")
@builtin("finishes", "point: any", "range: range")
def finishes(runtime: Runtime, first: Any, second: Range) -> bool:
    """Whether the first is the end of the second."""
    if type(first) is not Range:
        return second.end_included and equal(first, second.end, runtime) is True
    starts = _compare(_start(first), _start(second), runtime)
    return (
        first.end_included == second.end_included
        and _compare(_end(first), _end(second), runtime) == 0
        and (starts > 0 or (starts == 0 and (not first.start_included or second.start_included)))
    )


@builtin("finished by", "range1: range", "range2: range")
@builtin("finished by", "range: range", "point: any")
def finished_by(runtime: Runtime, first: Range, second: Any) -> bool:
    """Whether the second finishes the first."""
    return finishes(runtime, second, first)


@builtin("includes", "range: range", "point: any")
@builtin("includes", "range: range", "value: any")
@builtin("includes", "range1: range", "range2: range")
def range_includes(runtime: Runtime, first: Range, second: Any) -> bool | None:
    """Whether all of the second lies within the first."""
    if type(second) is not Range:
        return includes(first, second, runtime)
    starts = _compare(_start(first), _start(second), runtime)
    ends = _compare(_end(first), _end(second), runtime)
    return (starts < 0 or (starts == 0 and (first.start_included or not second.start_included))) and (
        ends > 0 or (ends == 0 and (first.end_included or not second.end_included))
    )


@builtin("during", "range1: range", "range2: range")
@builtin("during", "point: any", "range: range")
def during(runtime: Runtime, first: Any, second: Range) -> bool | None:
    """Whether all of the first lies within the second."""
    return range_includes(runtime, second, first)


@builtin("starts", "range1: range", "range2: range")
@builtin("starts", "point: any", "range: range")
def starts(runtime: Runtime, first: Any, second: Range) -> bool:
    """Whether the first is the beginning of the second."""
    if type(first) is not Range:
        return second.start_included and equal(first, second.start, runtime) is True
    ends = _compare(_end(first), _end(second), runtime)
    return (
        first.start_included == second.start_included
        and _compare(_start(first), _start(second), runtime) == 0
        and (ends < 0 or (ends == 0 and (not first.end_included or second.end_included)))
    )


@builtin("started by", "range1: range", "range2: range")
@builtin("started by", "range: range", "point: any")
def started_by(runtime: Runtime, first: Range, second: Any) -> bool:
    """Whether the second starts the first."""
    return starts(runtime, second, first)


@builtin("coincides", "range1: range", "range2: range")
@builtin("coincides", "point1: any", "point2: any")
def coincides(runtime: Runtime, first: Any, second: Any) -> bool | None:
    """Whether both are the same range or the same value."""
    return equal(first, second, runtime)
