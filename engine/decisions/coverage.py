"""Which inputs two rules share, and which no rule takes: exact wherever cells only compare with constants."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

from engine.decisions.columns import Column

# One set of pieces per column: a corner of the space of all inputs.
Region = tuple[int, ...]
_LIMIT_STEPS = 2_000_000


class CoverageTooLarge(Exception):
    """The rules cut the inputs into more regions than can be looked at."""


@dataclass(frozen=True)
class Overlap:
    """Two rules, counted from 0, and where both match; ``region`` is None when that cannot be known."""

    first: int
    second: int
    region: Region | None


def overlaps(columns: Sequence[Column], rules: int) -> Iterator[Overlap]:
    """Every two rules that match, or may match, the same inputs."""
    possible = [column.domain | column.null for column in columns]
    for first, second in combinations(range(rules), 2):
        region: list[int] | None = []
        for column, values in zip(columns, possible, strict=True):
            one, other = column.tests[first], column.tests[second]
            shared = (values if one is None else one) & (values if other is None else other) & values
            if not shared:
                break
            if one is None or other is None:
                region = None
            elif region is not None:
                region.append(shared)
        else:
            yield Overlap(first, second, None if region is None else tuple(region))


def contains(columns: Sequence[Column], first: int, second: int) -> bool:
    """Whether rule ``first`` surely matches whatever rule ``second`` matches."""
    for column in columns:
        one, other = column.tests[first], column.tests[second]
        if one is None or (column.domain | column.null if other is None else other) & ~one:
            return False
    return True


def gaps(columns: Sequence[Column], rules: int, *, uncertain_matches: bool, limit: int) -> list[Region]:
    """Up to ``limit`` regions that no rule takes; null is no gap.

    A cell that cannot be compared counts as matching everything or nothing, as ``uncertain_matches`` says. Raises
    ``CoverageTooLarge``.
    """
    search = _GapSearch(columns, rules, uncertain_matches)
    found: list[Region] = []
    for region in search.below(0, (1 << rules) - 1, ()):
        found.append(region)
        if len(found) == limit:
            break
    return found


class _GapSearch:
    """Column by column: pieces that the same rules accept are followed together, and once."""

    def __init__(self, columns: Sequence[Column], rules: int, uncertain_matches: bool) -> None:
        self._columns = columns
        self._steps = 0
        self._covered: set[tuple[int, int]] = set()
        self._groups: list[list[tuple[int, int]]] = []
        for column in columns:
            uncertain = column.domain if uncertain_matches else 0
            masks = [uncertain if tests is None else tests for tests in column.tests[:rules]]
            self._groups.append(_grouped(column.domain, masks))

    def below(self, depth: int, rules: int, path: Region) -> Iterator[Region]:
        """The gaps among what ``rules`` take in the columns from ``depth`` on."""
        if not rules:
            yield (*path, *(column.domain for column in self._columns[depth:]))
            return
        if depth == len(self._columns) or (depth, rules) in self._covered:
            return
        self._steps += len(self._groups[depth])
        if self._steps > _LIMIT_STEPS:
            raise CoverageTooLarge
        together: dict[int, int] = {}
        for pieces, accepting in self._groups[depth]:
            left = accepting & rules
            together[left] = together.get(left, 0) | pieces
        is_covered = True
        for left, pieces in together.items():
            for region in self.below(depth + 1, left, (*path, pieces)):
                is_covered = False
                yield region
        if is_covered:
            self._covered.add((depth, rules))


def _grouped(domain: int, masks: Sequence[int]) -> list[tuple[int, int]]:
    """The possible pieces with the rules that accept them, pieces of the same rules together."""
    by_rules: dict[int, int] = {}
    for index in range(domain.bit_length()):
        if domain >> index & 1:
            accepting = sum((mask >> index & 1) << rule for rule, mask in enumerate(masks))
            by_rules[accepting] = by_rules.get(accepting, 0) | 1 << index
    return [(pieces, accepting) for accepting, pieces in by_rules.items()]
