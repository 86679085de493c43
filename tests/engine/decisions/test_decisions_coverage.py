"""What the static check says about overlaps and gaps is what really happens, for any table of comparisons."""

from __future__ import annotations

from itertools import product
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from engine.decisions import CompiledDecision, DecisionNotUnique, read_decisions
from tests.support.tables import Table

NUMBERS = st.integers(0, 4)


@st.composite
def number_cells(draw: st.DrawFn) -> str:
    low = draw(NUMBERS)
    high = draw(st.integers(low, 5))
    plain = draw(
        st.sampled_from(
            [
                str(low),
                f"< {low}",
                f"<= {low}",
                f"> {high}",
                f">= {high}",
                f"[{low}..{high}]",
                f"({low}..{high})",
                f"[{low}..{high})",
                f"{low}, > {high}",
                "null",
                f"!= {low}",
            ]
        )
    )
    return draw(st.sampled_from(["-", plain, plain, f"not({plain})"]))


TEXT_CELLS = st.sampled_from(['"a"', '"b"', '"a", "b"', 'not("a")', 'not("a", "b")', "-", "-", "null", '!= "b"'])
BOOLEAN_CELLS = st.sampled_from(["true", "false", "-", "not(true)", "true, false"])

# For each kind of column: its type, its allowed values, its cells, and values of which one lies in every piece.
COLUMNS: dict[str, tuple[str, str, st.SearchStrategy[str], list[Any]]] = {
    "number": ("number", "", number_cells(), [n / 2 for n in range(-1, 13)]),
    "whole": ("integer", "", number_cells(), list(range(-1, 8))),
    "limited": ("number", "[1..3]", number_cells(), [1, 1.5, 2, 2.5, 3]),
    "text": ("string", "", TEXT_CELLS, ["", "a", "aa", "b", "c"]),
    "listed": ("string", '"a", "b"', TEXT_CELLS, ["a", "b"]),
    "flag": ("boolean", "", BOOLEAN_CELLS, [True, False]),
}


@st.composite
def tables(draw: st.DrawFn) -> tuple[Table, list[str]]:
    kinds = draw(st.lists(st.sampled_from(sorted(COLUMNS)), min_size=1, max_size=3))
    table = Table("t")
    for index, kind in enumerate(kinds):
        table.input(f"x{index}", COLUMNS[kind][0], COLUMNS[kind][1])
    table.output("answer", "number")
    for number in range(draw(st.integers(1, 5))):
        table.rule(*(draw(COLUMNS[kind][2]) for kind in kinds), str(number))
    return table, kinds


@settings(max_examples=400, deadline=None)
@given(tables())
def test_overlaps_and_gaps_are_exact(drawn: tuple[Table, list[str]]) -> None:
    table, kinds = drawn
    decision = CompiledDecision(read_decisions(table.xml()), "t")
    has_overlap = has_gap = False
    for values in product(*([*COLUMNS[kind][3], None] for kind in kinds)):
        try:
            answer = decision.decide({f"x{index}": value for index, value in enumerate(values)}).value
        except DecisionNotUnique:
            has_overlap = True
        else:
            has_gap |= answer is None and None not in values
    problems = table.problems()
    found = {problem.code for problem in problems}
    if "value_not_allowed" in found:
        return
    assert ("overlap" in found, "gap" in found) == (has_overlap, has_gap), problems
    assert not found & {"overlap_unchecked", "gap_unchecked"}
