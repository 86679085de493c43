"""A column of tests as a line cut into pieces, so that tests can be compared exactly.

All the constants of a column cut the ordered values into points and the open pieces between them; null is a piece of
its own. No test can tell two values of one piece apart, so a test is the set of its pieces: an integer's bits.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, time, timedelta
from decimal import ROUND_FLOOR, Decimal
from typing import Any

from engine.decisions.model import Label, ValueType
from engine.decisions.values import shown
from engine.feel import AnyBut, ConstantTest, ConstantTests, OneOf, Range
from engine.feel.numbers import to_decimal
from engine.feel.values import kind

_ORDERED = frozenset(
    {"number", "string", "boolean", "date", "time", "date and time", "days and time duration",
     "years and months duration"}
)  # fmt: skip
_DAY = timedelta(days=1)
_LIMIT_POINTS = 1000


class Column:
    """The pieces of one input column.

    ``tests`` are the set of pieces each rule accepts, or None where that cannot be known; ``domain`` are the pieces
    that hold a possible value, null left out; ``null`` is the piece of null.
    """

    def __init__(
        self, type_: ValueType, cells: Sequence[ConstantTests | None], allowed: Sequence[ConstantTests | None]
    ) -> None:
        known = [tests for tests in (*cells, *allowed) if tests is not None]
        values = [value for tests in known for test in tests.tests for value in _values(test)]
        self.kind = _kind_of(type_, values)
        self._is_whole = type_.is_whole
        self._has_ranges = any(isinstance(test, Range) for tests in known for test in tests.tests)
        ordered = self._line(type_, values)
        self.is_comparable = ordered is not None and None not in allowed
        self._points: list[Any] = ordered or []
        self._places = {point: 2 * index + 1 for index, point in enumerate(self._points)}
        self._last = 2 * len(self._points)
        self.null = 1 << (self._last + 1)
        self._all = (self.null << 1) - 1
        self.domain = self._possible()
        for tests in allowed:
            if tests is not None and self.is_comparable:
                self.domain &= self._pieces(tests)
        self.tests = [self._accepted(tests) for tests in cells]

    def _line(self, type_: ValueType, values: Iterable[Any]) -> list[Any] | None:
        """The constants in order, or None if they do not lie on one line."""
        keys = {_key(value) for value in values if kind(value) == self.kind}
        if not keys and not type_.is_list:
            return [False, True] if self.kind == "boolean" else []
        if type_.is_list or self.kind not in _ORDERED or len(keys) > _LIMIT_POINTS:
            return None
        if len({value.tzinfo is None for value in keys if isinstance(value, datetime | time)}) > 1:
            return None
        return sorted({*keys, False, True} if self.kind == "boolean" else keys)

    def _possible(self) -> int:
        """Every piece but null, and but those between neighbours of a kind that counts."""
        found = 0
        for index in range(self._last + 1):
            if index % 2:
                point = self._points[index // 2]
                holds = not self._is_whole or point == point.to_integral_value()
            else:
                below = self._points[index // 2 - 1] if index else None
                above = self._points[index // 2] if index < self._last else None
                holds = self._has_between(below, above)
            found |= holds << index
        return found

    def _has_between(self, below: Any, above: Any) -> bool:
        if self.kind == "boolean":
            return False
        if below is None:
            return above not in ("", time(0)) if self.kind in ("string", "time") else True
        if above is None:
            return True
        if self._is_whole:
            return bool(below.to_integral_value(ROUND_FLOOR) + 1 < above)
        return bool(above - below > _DAY) if self.kind == "date" else True

    def _accepted(self, tests: ConstantTests | None) -> int | None:
        if tests is not None and not tests.tests:
            return self._all
        return None if tests is None or not self.is_comparable else self._pieces(tests)

    def _pieces(self, tests: ConstantTests) -> int:
        found = 0
        for test in tests.tests:
            found |= self._pieces_of(test)
        return self._all & ~found if tests.negated else found if tests.tests else self._all

    def _pieces_of(self, test: ConstantTest) -> int:
        if isinstance(test, Range):
            return self._range(test)
        one = self.null if test.value is None else self._point(test.value)
        if isinstance(test, OneOf):
            return one
        is_comparable = test.value is None or kind(test.value) == self.kind
        return self._all & ~one if is_comparable else self.null

    def _point(self, value: Any) -> int:
        return 1 << self._places[_key(value)] if kind(value) == self.kind else 0

    def _range(self, interval: Range) -> int:
        ends = [end for end in (interval.start, interval.end) if end is not None]
        if any(kind(end) != self.kind for end in ends):
            return 0
        first, last = 0, self._last
        if interval.start is not None:
            first = self._places[_key(interval.start)] + (not interval.start_included)
        if interval.end is not None:
            last = self._places[_key(interval.end)] - (not interval.end_included)
        return 0 if first > last else (1 << (last + 1)) - (1 << first)

    def misfits(self, tests: ConstantTests | None) -> list[Any]:
        """The constants of a cell that are of another kind than the column."""
        if tests is None or self.kind == "Any":
            return []
        values = [value for test in tests.tests for value in _values(test)]
        return [value for value in values if kind(value) != self.kind]

    def strangers(self, tests: ConstantTests | None) -> list[Any]:
        """The constants a cell names that no allowed value equals."""
        if tests is None or not self.is_comparable:
            return []
        named = [test.value for test in tests.tests if isinstance(test, OneOf | AnyBut) and test.value is not None]
        return [value for value in named if kind(value) == self.kind and not self._point(value) & self.domain]

    def example(self, pieces: int) -> Label | None:
        """The first possible values among ``pieces`` in words; None if that is no restriction at all."""
        possible = pieces & self.domain
        if possible == self.domain:
            return None
        if not possible:
            return Label("为空（null）", "null")
        first = (possible & -possible).bit_length() - 1
        last = first
        for index in range(first + 1, self._last + 1):
            if possible >> index & 1:
                last = index
            elif self.domain >> index & 1:
                break
        return self._words(first, last)

    def _words(self, first: int, last: int) -> Label:
        if self.kind == "string" and not self._has_ranges and not first % 2:
            return Label("其他值", "any other value")
        low = self._points[(first - 1) // 2] if first else None
        high = self._points[last // 2] if last < self._last else None
        if first == last and first % 2:
            text = shown(self._points[first // 2])
        elif low is None:
            text = f"<{'=' * (last % 2)} {shown(high)}"
        elif high is None:
            text = f">{'=' * (first % 2)} {shown(low)}"
        else:
            text = f"{'[' if first % 2 else '('}{shown(low)}..{shown(high)}{']' if last % 2 else ')'}"
        return Label(text, text)


def _values(test: ConstantTest) -> list[Any]:
    values = [test.start, test.end] if isinstance(test, Range) else [test.value]
    return [value for value in values if value is not None]


def _kind_of(type_: ValueType, values: Iterable[Any]) -> str:
    """The kind a column is declared to have, else that of all its constants."""
    if type_.kind != "Any":
        return type_.kind
    kinds = {kind(value) for value in values}
    return kinds.pop() if len(kinds) == 1 else "Any"


def _key(value: Any) -> Any:
    """Something that Python orders and hashes as FEEL does."""
    if type(value) in (int, float, Decimal):
        return to_decimal(value)
    return value
