"""How many to ask, whom in which stratum, and a draw that anybody can repeat.

Formulas: Cochran, *Sampling Techniques* (1977), chapters 4 and 5; Neyman (1934). Quantiles are those of the printed
tables (1.645, 1.96, 2.576), so that a figure can be checked by hand.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from random import Random
from statistics import NormalDist

from engine.errors import Invalid


class SamplingImpossible(Invalid):
    """Figures with which no sample can be planned."""

    code = "sampling_impossible"
    zh = "抽样参数不合理：置信水平、误差、比例和预期回收率都必须在 0 与 1 之间，总体和各层人数不能为负"
    en = "No sample can be planned: confidence, margin, share and response lie between 0 and 1, counts are not negative"


@dataclass(frozen=True)
class Invitations:
    """How many of a stratum to invite; ``is_census``: everybody; ``falls_short``: even that will not be enough."""

    count: int
    is_census: bool
    falls_short: bool


def quantile(confidence: float) -> float:
    """The two-sided quantile of the normal distribution, as printed tables have it. Raises ``SamplingImpossible``."""
    _check(confidence)
    return round(NormalDist().inv_cdf((1 + confidence) / 2), 3)


def infinite_size(margin: float, *, confidence: float = 0.95, share: float = 0.5) -> float:
    """F1: the size for a proportion in an endless population, not rounded."""
    _check(margin, share)
    return quantile(confidence) ** 2 * share * (1 - share) / margin**2


def finite_size(population: int, margin: float, *, confidence: float = 0.95, share: float = 0.5) -> float:
    """F2: the size for a proportion in a population of that many, not rounded."""
    if population < 0:
        raise SamplingImpossible()
    endless = infinite_size(margin, confidence=confidence, share=share)
    return 0.0 if population == 0 else endless / (1 + (endless - 1) / population)


def size(population: int, margin: float, *, confidence: float = 0.95, share: float = 0.5) -> int:
    """F2: how many answers are needed, never more than there are people."""
    return min(population, math.ceil(finite_size(population, margin, confidence=confidence, share=share)))


def size_for_mean(
    populations: Mapping[str, int], deviations: Mapping[str, float], error: float, *, confidence: float = 0.95
) -> float:
    """The size for a mean with an error of at most ``error`` under Neyman's allocation, not rounded."""
    total = sum(populations.values())
    if total <= 0 or error <= 0:
        raise SamplingImpossible()
    variance = (error / quantile(confidence)) ** 2
    weighted = sum(count / total * deviations[code] for code, count in populations.items())
    squares = sum(count / total * deviations[code] ** 2 for code, count in populations.items())
    return weighted**2 / (variance + squares / total)


def proportional(size: int, populations: Mapping[str, int]) -> dict[str, int]:
    """F3: a sample in proportion to the strata, by the largest remainder; ties go by the code of the stratum."""
    return _largest_remainder(size, {code: float(count) for code, count in populations.items()}, populations)


def neyman(size: int, populations: Mapping[str, int], deviations: Mapping[str, float]) -> dict[str, int]:
    """F3: more where a stratum is large or its answers vary; in proportion where nothing varies."""
    shares = {code: count * deviations.get(code, 0.0) for code, count in populations.items()}
    if sum(shares.values()) <= 0:
        return proportional(size, populations)
    return _largest_remainder(size, shares, populations)


def with_minimum(sizes: Mapping[str, int], populations: Mapping[str, int], minimum: int) -> dict[str, int]:
    """F3: at least ``minimum`` per stratum, or everybody where there are fewer."""
    return {code: min(populations[code], max(count, minimum)) for code, count in sizes.items()}


def invitations(needed: int, population: int, response: float) -> Invitations:
    """F4: how many to invite for ``needed`` answers when the share ``response`` of those invited answer."""
    _check(response, upper=1.0)
    wanted = needed / response
    # A quotient such as 217.00000000000003 is 217: the division is not exact, the people are.
    whole = math.ceil(round(wanted, 9))
    return Invitations(min(population, whole), whole >= population > 0, whole > population)


def draw(seed: int, members: Collection[int], count: int) -> list[int]:
    """F8: ``count`` of ``members``, the same ones whenever the same seed is used; sorted."""
    return sorted(Random(seed).sample(sorted(members), min(count, len(members))))  # noqa: S311 - to be repeated


def stratum_seed(seed: int, ordinal: int) -> int:
    """The seed of one stratum: that of the survey plus its place in the order of the codes, from 0."""
    return seed + ordinal


def _largest_remainder(size: int, shares: Mapping[str, float], populations: Mapping[str, int]) -> dict[str, int]:
    total = sum(shares.values())
    if total <= 0:
        return dict.fromkeys(shares, 0)
    exact = {code: size * share / total for code, share in shares.items()}
    whole = {code: math.floor(value) for code, value in exact.items()}
    rest = sorted(shares, key=lambda code: (-round(exact[code] - whole[code], 9), code))
    for code in rest[: size - sum(whole.values())]:
        whole[code] += 1
    return {code: min(whole[code], populations[code]) for code in sorted(whole)}


def _check(*values: float, upper: float | None = None) -> None:
    for value in values:
        if not 0 < value < 1 and value != upper:
            raise SamplingImpossible()
