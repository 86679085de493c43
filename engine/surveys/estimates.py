"""What the answers say about everybody: rates, intervals, the stratified proportion, means and indices.

Satisfied is a score of 4 or 5 of 5. Nobody asked, or nobody answered, is None: never 0 % and never 100 %.
Response rate: AAPOR RR1. Intervals of a stratum: Wilson (Brown, Cai, DasGupta 2001).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from engine.surveys.sampling import quantile

SATISFIED_FROM = 4
HIGHEST = 5
# Below this response rate nothing is claimed about those who did not answer.
LEAST_RESPONSE = 0.30


@dataclass(frozen=True)
class Interval:
    """The limits between which a share lies, with a known confidence."""

    low: float
    high: float


@dataclass(frozen=True)
class Stratum:
    """What came back from one stratum: ``population`` people, ``answered`` of them, ``satisfied`` of those."""

    code: str
    population: int
    answered: int
    satisfied: int

    @property
    def share(self) -> float | None:
        """The share of the satisfied, or None while nobody has answered."""
        return self.satisfied / self.answered if self.answered else None


@dataclass(frozen=True)
class Dispositions:
    """What became of the invitations (AAPOR): ``ineligible`` are proven not to belong to the frame."""

    complete: int = 0
    partial: int = 0
    refused: int = 0
    not_reached: int = 0
    other: int = 0
    unknown: int = 0
    ineligible: int = 0

    @property
    def response_rate(self) -> float | None:
        """F5, RR1: only complete answers above the line, everybody who may belong to the frame below it."""
        base = self.complete + self.partial + self.refused + self.not_reached + self.other + self.unknown
        return self.complete / base if base else None


@dataclass(frozen=True)
class Coverage:
    """F5, 覆盖面: the strata with an answer, and the people who live in them."""

    strata: int
    answered_strata: int
    population: int
    answered_population: int

    @property
    def by_strata(self) -> float | None:
        """Answered strata by all strata."""
        return self.answered_strata / self.strata if self.strata else None

    @property
    def by_population(self) -> float | None:
        """People in answered strata by all people."""
        return self.answered_population / self.population if self.population else None


@dataclass(frozen=True)
class Estimate:
    """F6: the satisfied share of the whole frame. ``collapsed`` are strata that were joined because of too few answers.

    ``error`` and ``interval`` are None where fewer than two answered.
    """

    share: float
    error: float | None
    interval: Interval | None
    collapsed: tuple[str, ...] = ()


def ratio(part: int, whole: int) -> float | None:
    """F5: sampling ratio (invited by frame), achieved fraction (answers by frame); None where there is nothing."""
    return part / whole if whole else None


def coverage(strata: Sequence[Stratum]) -> Coverage:
    """F5: how far the answers reach."""
    answered = [one for one in strata if one.answered]
    return Coverage(
        len(strata), len(answered), sum(one.population for one in strata), sum(one.population for one in answered)
    )


def wilson(satisfied: int, answered: int, *, confidence: float = 0.95) -> Interval | None:
    """F6: the interval of one stratum, sound for few answers and for shares near 0 and 1 (Wilson 1927)."""
    if not answered:
        return None
    share, z = satisfied / answered, quantile(confidence)
    spread = z**2 / answered
    middle, scale = share + spread / 2, 1 + spread
    reach = z * math.sqrt(share * (1 - share) / answered + spread / (4 * answered))
    return Interval(max(0.0, (middle - reach) / scale), min(1.0, (middle + reach) / scale))


def stratified(strata: Sequence[Stratum], *, confidence: float = 0.95) -> Estimate | None:
    """F6: the share of the whole frame from what came back of each stratum; None while nobody has answered.

    A stratum with fewer than two answers is joined to the next smallest, and ``collapsed`` says so.
    """
    usable, collapsed = _collapse([one for one in strata if one.population])
    total = sum(one.population for one in usable)
    if not any(one.answered for one in usable):
        return None
    share = sum(one.population / total * one.satisfied / one.answered for one in usable)
    if any(one.answered < 2 for one in usable):
        return Estimate(share, None, None, collapsed)
    variance = sum(_variance(one, one.population / total) for one in usable)
    error, z = math.sqrt(max(0.0, variance)), quantile(confidence)
    interval = Interval(max(0.0, share - z * error), min(1.0, share + z * error))
    return Estimate(share, error, interval, collapsed)


def _variance(one: Stratum, weight: float) -> float:
    share = one.satisfied / one.answered
    left = max(0.0, 1 - one.answered / one.population)
    return weight**2 * left * share * (1 - share) / (one.answered - 1)


def _collapse(strata: Sequence[Stratum]) -> tuple[list[Stratum], tuple[str, ...]]:
    """Join strata of fewer than two answers, the fewest first, each to the smallest of the others."""
    kept, joined = sorted(strata, key=lambda one: one.code), set()
    while len(kept) > 1 and any(one.answered < 2 for one in kept):
        poor = min(kept, key=lambda one: (one.answered, one.population, one.code))
        others = [one for one in kept if one is not poor]
        host = min(others, key=lambda one: (one.population, one.code))
        joined |= {*poor.code.split("+"), *host.code.split("+")}
        both = Stratum(
            "+".join(sorted([*poor.code.split("+"), *host.code.split("+")])),
            poor.population + host.population,
            poor.answered + host.answered,
            poor.satisfied + host.satisfied,
        )
        kept = [one for one in others if one is not host] + [both]
    return kept, tuple(sorted(joined))


def mean(scores: Mapping[str, Sequence[int]], populations: Mapping[str, int]) -> float | None:
    """F7: the mean score, weighted by the strata that answered; None while nobody has."""
    answered = {code: values for code, values in scores.items() if values}
    total = sum(populations[code] for code in answered)
    if not total:
        return None
    return sum(populations[code] / total * sum(values) / len(values) for code, values in answered.items())


INDEX_BY_RANGE = "100 × (ȳ − 1) ÷ 4"
INDEX_BY_FIFTHS = "100 × ȳ ÷ 5"


def index_by_range(score: float | None) -> float | None:
    """F7, 满意度指数 from 0 (all 1) to 100 (all 5): ``INDEX_BY_RANGE``."""
    return None if score is None else 100 * (score - 1) / (HIGHEST - 1)


def index_by_fifths(score: float | None) -> float | None:
    """F7, 满意度指数 as many Chinese houses count it, from 20 to 100: ``INDEX_BY_FIFTHS``."""
    return None if score is None else 100 * score / HIGHEST
