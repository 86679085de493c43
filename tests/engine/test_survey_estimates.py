"""The vectors by which anybody can check what a survey says."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.surveys import estimates
from engine.surveys.estimates import Dispositions, Interval, Stratum

ANSWERED = [
    Stratum("A", 420, 120, 108),
    Stratum("B", 260, 70, 63),
    Stratum("C", 120, 34, 27),
    Stratum("D", 60, 24, 18),
]


def limits(interval: Interval | None) -> tuple[float, float]:
    assert interval is not None
    return interval.low, interval.high


def near(*values: float) -> object:
    return pytest.approx(values, abs=1e-6)


def test_the_stratified_share_with_its_error() -> None:
    found = estimates.stratified(ANSWERED)
    assert found is not None and found.error is not None
    assert (found.share, found.error) == (pytest.approx(0.874761, abs=1e-6), pytest.approx(0.0175757, abs=1e-7))
    assert limits(found.interval) == near(0.840312, 0.909209)
    assert found.collapsed == ()


def test_the_wilson_interval_of_each_stratum() -> None:
    assert limits(estimates.wilson(108, 120)) == near(0.833317, 0.941867)
    assert limits(estimates.wilson(63, 70)) == near(0.807669, 0.950711)
    assert limits(estimates.wilson(27, 34)) == near(0.632013, 0.896506)
    assert limits(estimates.wilson(18, 24)) == near(0.551002, 0.880008)
    assert limits(estimates.wilson(216, 248)) == near(0.823520, 0.907098)


@given(st.integers(1, 3000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_a_wilson_limit_is_the_share_from_which_the_one_found_lies_one_quantile_away(found: tuple[int, int]) -> None:
    satisfied, answered = found
    interval = estimates.wilson(satisfied, answered)
    assert interval is not None
    for limit in (interval.low, interval.high):
        away, spread = satisfied / answered - limit, limit * (1 - limit) / answered
        assert away**2 == pytest.approx(1.96**2 * spread, abs=1e-14)
    assert 0 <= interval.low < interval.high <= 1


def test_small_numbers_and_shares_at_the_edge() -> None:
    assert limits(estimates.wilson(0, 10)) == near(0, 0.277540)
    assert limits(estimates.wilson(10, 10)) == near(0.722460, 1)
    assert limits(estimates.wilson(45, 50)) == near(0.786395, 0.956525)


def test_rates() -> None:
    assert estimates.ratio(463, 860) == pytest.approx(0.538372, abs=1e-6)
    assert estimates.ratio(248, 860) == pytest.approx(0.288372, abs=1e-6)
    assert Dispositions(complete=248, unknown=215).response_rate == pytest.approx(0.535637, abs=1e-6)
    reach = estimates.coverage(ANSWERED)
    assert (reach.by_strata, reach.by_population) == (1, 1)


def test_the_response_rate_counts_complete_answers_only_and_leaves_out_who_does_not_belong() -> None:
    found = Dispositions(complete=50, partial=10, refused=5, not_reached=15, other=0, unknown=20, ineligible=7)
    assert found.response_rate == pytest.approx(0.5)


def test_coverage_weighs_strata_by_their_people() -> None:
    reach = estimates.coverage([Stratum("A", 90, 5, 4), Stratum("B", 10, 0, 0)])
    assert (reach.by_strata, reach.by_population) == (0.5, 0.9)


def test_no_answers_are_nothing_and_not_zero() -> None:
    silent = [Stratum("A", 10, 0, 0)]
    assert estimates.stratified(silent) is None
    assert estimates.stratified([]) is None
    assert estimates.wilson(0, 0) is None
    assert estimates.mean({"A": []}, {"A": 10}) is None
    assert estimates.index_by_range(None) is None and estimates.index_by_fifths(None) is None
    assert Dispositions().response_rate is None
    assert estimates.ratio(0, 0) is None
    assert silent[0].share is None


def test_a_stratum_with_one_answer_is_joined_to_the_next_and_that_is_said() -> None:
    found = estimates.stratified([*ANSWERED[:3], Stratum("D", 60, 1, 1)])
    joined = estimates.stratified([*ANSWERED[:2], Stratum("C+D", 180, 35, 28)])
    assert found is not None and joined is not None
    assert found.collapsed == ("C", "D")
    assert (found.share, found.error) == (joined.share, joined.error)


def test_a_single_answer_has_no_interval() -> None:
    found = estimates.stratified([Stratum("A", 10, 1, 1), Stratum("B", 5, 0, 0)])
    assert found is not None
    assert (found.share, found.error, found.interval) == (1.0, None, None)


def test_a_census_has_no_sampling_error() -> None:
    found = estimates.stratified([Stratum("A", 10, 10, 7)])
    assert found is not None
    assert (found.share, found.error) == (0.7, 0.0)


def test_mean_and_the_two_indices() -> None:
    score = estimates.mean({"A": [5, 5, 4, 4], "B": [3, 3]}, {"A": 300, "B": 100})
    assert score == pytest.approx(0.75 * 4.5 + 0.25 * 3)
    assert estimates.index_by_range(score) == pytest.approx(78.125)
    assert estimates.index_by_fifths(score) == pytest.approx(82.5)
