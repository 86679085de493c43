"""Which inputs two rules share, and which no rule takes: exact wherever cells only compare with constants."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

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
    masks = [
        [everything if tests is None else tests & everything for tests in column.tests]
        for column in columns
        for everything in [column.domain | column.null]
    ]
    # A column of many different tests tells most rules apart at once.
    by_variety = sorted(masks, key=lambda column_masks: -len(set(column_masks)))
    for first in range(rules):
        candidates = list(range(first + 1, rules))
        for column_masks in by_variety:
            mine = column_masks[first]
            candidates = [second for second in candidates if mine & column_masks[second]]
        for second in candidates:
            is_certain = all(column.tests[first] is not None is not column.tests[second] for column in columns)
            shared = tuple(column_masks[first] & column_masks[second] for column_masks in masks)
            yield Overlap(first, second, shared if is_certain else None)


def has_uncertain_cells(columns: Sequence[Column]) -> bool:
    """Whether some cell cannot be compared."""
    return any(tests is None for column in columns for tests in column.tests)


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
        # Per column the rules that take everything from there on: the usual last row of dashes ends the search at once.
        self._rest = [(1 << rules) - 1] * (len(columns) + 1)
        for depth, column in reversed(list(enumerate(columns))):
            uncertain = column.domain if uncertain_matches else 0
            masks = [uncertain if tests is None else tests for tests in column.tests[:rules]]
            self._groups.insert(0, _grouped(column.domain, masks))
            full = sum((not column.domain & ~mask) << rule for rule, mask in enumerate(masks))
            self._rest[depth] = self._rest[depth + 1] & full

    def below(self, depth: int, rules: int, path: Region) -> Iterator[Region]:
        """The gaps among what ``rules`` take in the columns from ``depth`` on."""
        if not rules:
            yield (*path, *(column.domain for column in self._columns[depth:]))
            return
        if rules & self._rest[depth] or (depth, rules) in self._covered:
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
    size = domain.bit_length()
    # Turning the bits of the rules into bits of the pieces through text is far faster than bit by bit.
    texts = [format(mask & domain, f"0{size}b") for mask in reversed(masks)]
    for position, bits in enumerate(zip(*texts, strict=True), 1):
        piece = 1 << (size - position)
        if domain & piece:
            accepting = int("".join(bits), 2)
            by_rules[accepting] = by_rules.get(accepting, 0) | piece
    return [(pieces, accepting) for accepting, pieces in by_rules.items()]
