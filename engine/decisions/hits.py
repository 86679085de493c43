"""Hit policies: from the rules that match to the table's answer (DMN 1.3, chapter 8.2.8)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from engine.decisions.errors import DecisionCellFailed, DecisionNotUnique, DecisionOutputsDiffer
from engine.decisions.model import Decision, DecisionTable, HitPolicy, Rule, column_place
from engine.feel import Runtime, compile_expression
from engine.feel.comparison import equal

# One answer per output column, in their order.
Answers = tuple[Any, ...]
_AGGREGATES = {name: compile_expression(f"{name.lower()}(values)") for name in ("SUM", "MIN", "MAX")}


@dataclass(frozen=True)
class Hit:
    """A matching rule and what it answers."""

    rule: Rule
    answers: Answers


@dataclass(frozen=True)
class Matches:
    """Everything that matches in one evaluation; ``priorities`` are the listed values of each output column."""

    decision: Decision
    table: DecisionTable
    hits: Sequence[Hit]
    priorities: Sequence[Sequence[Any]]
    runtime: Runtime

    @property
    def numbers(self) -> list[int]:
        """The numbers of the matching rules."""
        return [hit.rule.number for hit in self.hits]

    def ranked(self) -> list[Hit]:
        """The hits by the importance of their answers, first column first; those of the same importance stay put."""
        return sorted(self.hits, key=lambda hit: tuple(map(self._rank, hit.answers, self.priorities)))

    def _rank(self, answer: Any, values: Sequence[Any]) -> int:
        ranks = (rank for rank, value in enumerate(values) if equal(answer, value, self.runtime) is True)
        return next(ranks, len(values))


def _unique(matches: Matches) -> list[Hit]:
    if len(matches.hits) > 1:
        raise DecisionNotUnique(matches.decision, matches.numbers)
    return list(matches.hits)


def _any(matches: Matches) -> list[Hit]:
    first = matches.hits[0]
    for other in matches.hits[1:]:
        if equal(list(first.answers), list(other.answers), matches.runtime) is not True:
            raise DecisionOutputsDiffer(matches.decision, matches.numbers)
    return [first]


# Which hits count, and in which order. At least one rule has matched.
_CHOICES: dict[HitPolicy, Callable[[Matches], list[Hit]]] = {
    "UNIQUE": _unique,
    "ANY": _any,
    "FIRST": lambda matches: [matches.hits[0]],
    "PRIORITY": lambda matches: matches.ranked()[:1],
    "OUTPUT ORDER": Matches.ranked,
    "RULE ORDER": lambda matches: list(matches.hits),
    "COLLECT": lambda matches: list(matches.hits),
}


def choose(matches: Matches) -> list[Hit]:
    """The hits that count under the table's policy.

    Raises ``DecisionNotUnique`` and ``DecisionOutputsDiffer``.
    """
    return _CHOICES[matches.table.hit_policy](matches) if matches.hits else []


def aggregate(matches: Matches, hits: Sequence[Hit]) -> Any:
    """SUM, MIN, MAX or COUNT of the only output column; null (0 for COUNT) if there is nothing to sum up."""
    operation = matches.table.aggregation
    if operation == "COUNT":
        return len(hits)
    values = [hit.answers[0] for hit in hits]
    result = _AGGREGATES[operation].evaluate({"values": values}, context=matches.runtime)
    if values and result is None:
        output = matches.table.outputs[0]
        zh, en = f"规则的结论无法求 {operation}", f"there is no {operation} of what the rules answer"
        raise DecisionCellFailed(matches.decision, column_place(output), output.id, zh, en)
    return result
