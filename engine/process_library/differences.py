"""What is different in a form or a decision table: field by field, row by row, aspect by aspect."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from engine.decisions.model import Label

Key = TypeVar("Key", bound=Hashable)
NOBODY = Label("", "")


@dataclass(frozen=True)
class Aspect:
    """One thing that was said otherwise; None where nothing was said, a ``Label`` where it is another field.

    ``name`` is its place in the file, such as ``validate.required``, or ``place``, ``number``, ``cell`` (of an input),
    ``answer`` (of an output); ``subject`` tells which of several: the option, the column.
    """

    name: str
    before: Any
    after: Any
    subject: Label = NOBODY


@dataclass(frozen=True)
class ChangedThing:
    """A form, field, decision, input, output or rule that is added, removed or changed."""

    kind: str
    change: str
    name: Label
    key: str
    aspects: tuple[Aspect, ...] = ()


@dataclass(frozen=True)
class PartDifference:
    """What is different in one form or file of decisions; ``is_readable`` is false where a side cannot be read."""

    kind: str  # form, decision
    key: str
    change: str  # added, removed, changed
    title: Label
    things: tuple[ChangedThing, ...]
    is_readable: bool = True


def aspects_between(before: Mapping[Key, Any], after: Mapping[Key, Any]) -> list[tuple[Key, Any, Any]]:
    """What is not the same in two sets of sayings, in the order of the later one, then what is gone."""
    keys = dict.fromkeys([*after, *before])
    return [(key, before.get(key), after.get(key)) for key in keys if before.get(key) != after.get(key)]


def change_of(before: object, after: object) -> str:
    """added, removed or changed."""
    return "added" if before is None else "removed" if after is None else "changed"


def moved(order: Sequence[int]) -> set[int]:
    """The fewest members of ``order`` (earlier places, in the present order) that were moved for it to come about."""
    ends: list[int] = []  # the smallest last member of a rising run of each length
    lengths = []
    for place in order:
        length = bisect_left(ends, place)
        ends[length : length + 1] = [place]
        lengths.append(length)
    kept, wanted = set(), len(ends) - 1
    for place, length in zip(reversed(order), reversed(lengths), strict=True):
        if length == wanted:
            kept.add(place)
            wanted -= 1
    return set(order) - kept


def paired(old: Iterable[Any], new: Iterable[Any], *keys: Any) -> list[tuple[Any, Any]]:
    """Each of ``new`` with its counterpart in ``old`` (None: it is new), found by the first of ``keys`` that agrees;
    then what is left of ``old``, with None."""
    left, found = list(old), {}
    fresh = list(new)
    for key in keys:
        known = {key(one): one for one in reversed(left) if key(one)}
        for place, one in enumerate(fresh):
            if place not in found and key(one) in known:
                found[place] = known.pop(key(one))
                left = [other for other in left if other is not found[place]]
    return [*((found.get(place), one) for place, one in enumerate(fresh)), *((one, None) for one in left)]
