"""The vectors by which anybody can check how a sample is planned and drawn."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.surveys import sampling
from engine.surveys.sampling import SamplingImpossible

FRAME = {"A": 420, "B": 260, "C": 120, "D": 60}


def test_the_size_for_a_proportion() -> None:
    assert sampling.infinite_size(0.05) == pytest.approx(384.16, abs=1e-6)
    assert sampling.finite_size(860, 0.05) == pytest.approx(265.7563, abs=1e-4)
    assert sampling.size(860, 0.05) == 266
    assert [sampling.size(count, 0.05) for count in (50, 100, 200, 500, 1000)] == [45, 80, 132, 218, 278]
    assert sampling.size(10_000, 0.05) == 370


def test_quantiles_are_those_of_the_tables() -> None:
    assert [sampling.quantile(confidence) for confidence in (0.90, 0.95, 0.99)] == [1.645, 1.96, 2.576]


def test_nobody_and_hardly_anybody() -> None:
    assert sampling.size(0, 0.05) == 0
    assert sampling.size(1, 0.05) == 1
    assert sampling.size(3, 0.01) == 3


def test_in_proportion_by_the_largest_remainder() -> None:
    assert sampling.proportional(266, FRAME) == {"A": 130, "B": 80, "C": 37, "D": 19}


def test_equal_remainders_go_by_the_code_of_the_stratum() -> None:
    assert sampling.proportional(2, {"c": 10, "a": 10, "b": 10}) == {"a": 1, "b": 1, "c": 0}


def test_each_stratum_has_its_minimum_but_not_more_than_it_has_people() -> None:
    sizes = sampling.with_minimum(sampling.proportional(266, FRAME), FRAME, 30)
    assert (sizes, sum(sizes.values())) == ({"A": 130, "B": 80, "C": 37, "D": 30}, 277)
    assert sampling.with_minimum({"A": 2}, {"A": 12}, 30) == {"A": 12}


def test_neyman_asks_more_where_answers_vary() -> None:
    assert sampling.neyman(100, {"A": 100, "B": 100}, {"A": 0.5, "B": 1.5}) == {"A": 25, "B": 75}
    assert sampling.neyman(100, {"A": 300, "B": 100}, {"A": 0.0, "B": 0.0}) == {"A": 75, "B": 25}
    assert sampling.neyman(150, {"A": 1000, "B": 100}, {"A": 0.1, "B": 9.0})["B"] == 100


def test_the_size_for_a_mean() -> None:
    # One stratum of 1000 with a deviation of 0.9 and an error of 0.1: 0.81 / ((0.1 / 1.96)² + 0.81 / 1000).
    assert sampling.size_for_mean({"A": 1000}, {"A": 0.9}, 0.1) == pytest.approx(
        0.81 / (0.01 / 3.8416 + 0.00081), abs=1e-6
    )
    with pytest.raises(SamplingImpossible):
        sampling.size_for_mean({}, {}, 0.1)


def test_more_are_invited_than_are_needed() -> None:
    sizes = {"A": 130, "B": 80, "C": 37, "D": 30}
    wanted = {code: sampling.invitations(count, FRAME[code], 0.6) for code, count in sizes.items()}
    assert {code: one.count for code, one in wanted.items()} == {"A": 217, "B": 134, "C": 62, "D": 50}
    assert sum(one.count for one in wanted.values()) / 860 == pytest.approx(0.5384, abs=1e-4)
    assert not any(one.is_census or one.falls_short for one in wanted.values())


def test_a_small_stratum_is_asked_whole_and_it_is_said_when_that_will_not_do() -> None:
    assert sampling.invitations(12, 20, 0.6) == sampling.Invitations(20, is_census=True, falls_short=False)
    assert sampling.invitations(13, 20, 0.6) == sampling.Invitations(20, is_census=True, falls_short=True)
    assert sampling.invitations(0, 0, 0.6) == sampling.Invitations(0, is_census=False, falls_short=False)
    assert sampling.invitations(21, 50, 0.7).count == 30


@pytest.mark.parametrize("wrong", [0.0, 1.0, -0.1, 1.5])
def test_figures_that_make_no_sample(wrong: float) -> None:
    with pytest.raises(SamplingImpossible):
        sampling.infinite_size(0.05, confidence=wrong)
    with pytest.raises(SamplingImpossible):
        sampling.infinite_size(wrong)


def test_whoever_draws_again_with_the_seed_gets_the_same_list() -> None:
    members = list(range(1, 421))
    first = sampling.draw(20261001, members, 217)
    assert sampling.draw(20261001, list(reversed(members)), 217) == first
    assert sampling.draw(20261002, members, 217) != first
    assert len(set(first)) == 217


counts = st.dictionaries(st.sampled_from("abcdefgh"), st.integers(0, 500), min_size=1)


@given(counts, st.data())
def test_an_allocation_adds_up_and_never_exceeds_a_stratum(populations: dict[str, int], data: st.DataObject) -> None:
    size = data.draw(st.integers(0, sum(populations.values())))
    sizes = sampling.proportional(size, populations)
    assert sum(sizes.values()) == size
    assert all(sizes[code] <= populations[code] for code in populations)
