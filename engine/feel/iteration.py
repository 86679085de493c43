"""Closures for loops, quantifiers and filters; every element visited spends the budget."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date, timedelta
from typing import Any

from engine.feel import numbers, syntax
from engine.feel.compiler import Compiled, OperatorCompiler
from engine.feel.scopes import Frame, ItemFrame, Scope
from engine.feel.values import Range, Runtime

_DAY = timedelta(days=1)


class _NothingToIterate(Exception):
    """A loop's source is null or cannot be counted through."""


def elements(value: Any) -> Iterable[Any] | None:
    """What a loop visits: a list's elements, a range's numbers or days, else the value itself; None for null."""
    if type(value) is list:
        return value
    if type(value) is Range:
        return _count(value.start, value.end, value.start_included, value.end_included)
    return None if value is None else [value]


def _count(start: Any, end: Any, start_included: bool = True, end_included: bool = True) -> Iterable[Any] | None:
    if type(start) is date and type(end) is date:
        days = _count(start.toordinal(), end.toordinal(), start_included, end_included)
        return None if days is None else map(date.fromordinal, days)
    first, last = numbers.to_integer(start), numbers.to_integer(end)
    if first is None or last is None:
        return None
    step = 1 if first <= last else -1
    return range(first + (0 if start_included else step), last + (step if end_included else 0), step)


class IterationCompiler(OperatorCompiler):
    """Adds ``for``, ``some``, ``every`` and filters."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self._handlers |= {
            syntax.For: self._for,
            syntax.Quantified: self._quantified,
            syntax.Filter: self._filter,
        }

    def _frames(
        self, iterators: tuple[syntax.Iterator, ...], bound: dict[str, bool]
    ) -> Callable[[Scope, Runtime], Iterator[Frame]]:
        """Every combination of the iterators' values as a frame; a later iterator may use an earlier one."""
        steps: list[tuple[str, Callable[[Scope, Runtime], Iterable[Any] | None], int]] = []
        for iterator in iterators:
            before = self.nodes
            source = self._source(iterator)
            bound[iterator.name] = False
            steps.append((iterator.name, source, self.cost_since(before)))

        def walk(index: int, scope: Scope, runtime: Runtime) -> Iterator[Frame]:
            name, source, cost = steps[index]
            values = source(scope, runtime)
            if values is None:
                raise _NothingToIterate
            for value in values:
                runtime.tick(cost)
                frame = Frame({name: value}, scope)
                if index == len(steps) - 1:
                    yield frame
                else:
                    yield from walk(index + 1, frame, runtime)

        return lambda scope, runtime: walk(0, scope, runtime)

    def _source(self, iterator: syntax.Iterator) -> Callable[[Scope, Runtime], Iterable[Any] | None]:
        start = self.compile(iterator.source)
        if iterator.end is None:
            return lambda scope, runtime: elements(start(scope, runtime))
        end = self.compile(iterator.end)
        return lambda scope, runtime: _count(start(scope, runtime), end(scope, runtime))

    def _for(self, node: syntax.For) -> Compiled:
        before = self.nodes
        with self.binding() as bound:
            frames = self._frames(node.iterators, bound)
            bound["partial"] = False
            body = self.compile(node.body)
        cost, wants_partial = self.cost_since(before), bound["partial"]

        def loop(scope: Scope, runtime: Runtime) -> list[Any] | None:
            results: list[Any] = []
            try:
                for frame in frames(scope, runtime):
                    runtime.tick(cost)
                    if wants_partial:
                        runtime.tick_size(len(results))
                        frame.values["partial"] = list(results)
                    results.append(body(frame, runtime))
            except _NothingToIterate:
                return None
            return results

        return loop

    def _quantified(self, node: syntax.Quantified) -> Compiled:
        before = self.nodes
        with self.binding() as bound:
            frames = self._frames(node.iterators, bound)
            body = self.compile(node.body)
        cost, decisive = self.cost_since(before), not node.every

        def quantify(scope: Scope, runtime: Runtime) -> Any:
            answer: bool | None = not decisive
            try:
                for frame in frames(scope, runtime):
                    runtime.tick(cost)
                    value = body(frame, runtime)
                    if value is decisive:
                        return decisive
                    if value is not (not decisive):
                        answer = None
            except _NothingToIterate:
                return None
            return answer

        return quantify

    def _filter(self, node: syntax.Filter) -> Compiled:
        target = self.compile(node.target)
        before = self.nodes
        with self.binding("item"):
            condition = self.compile(node.condition)
        cost = self.cost_since(before)

        def select(scope: Scope, runtime: Runtime) -> Any:
            value = target(scope, runtime)
            if value is None:
                return None
            items = value if type(value) is list else [value]
            first = condition(ItemFrame(items[0] if items else None, scope), runtime)
            if numbers.is_number(first):
                outer = condition(scope, runtime)
                return _element(items, outer if numbers.is_number(outer) else first)
            kept = []
            for item in items:
                runtime.tick(cost)
                if condition(ItemFrame(item, scope), runtime) is True:
                    kept.append(item)
            return kept

        return select


def _element(items: list[Any], index: numbers.Number) -> Any:
    position = numbers.to_integer(index)
    if not position or abs(position) > len(items):
        return None
    return items[position - 1 if position > 0 else position]
