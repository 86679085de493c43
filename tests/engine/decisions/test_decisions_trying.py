"""A row is tried on a table as it stands: by the values of its columns, without the process around it."""

from __future__ import annotations

import pytest

from engine.decisions import read_decisions
from engine.decisions.trying import Outcome, TriedRow
from engine.feel import EvaluationContext
from tests.support.tables import Table, dmn


def tried(table: Table, **given: str) -> Outcome:
    """What comes out for texts by the labels of the inputs."""
    return decide(TriedRow(read_decisions(table.xml()), "t"), given)


def decide(row: TriedRow, given: dict[str, str]) -> Outcome:
    keys = {one.label.zh: one.key for one in row.inputs}
    return row.decide({keys[label]: text for label, text in given.items()}, EvaluationContext())


def graded(policy: str = "UNIQUE", aggregation: str = "") -> Table:
    """A table over a computed number and a yes or no."""
    return (
        Table("t", policy, aggregation)
        .input("count(list) + 1", "integer", label="人数")
        .input("urgent", "boolean", label="紧急")
        .output("grade", "number")
        .rule(">= 10", "-", "3")
        .rule("< 10", "true", "2")
        .rule("-", "true", "1")
    )


def test_the_value_of_a_column_is_given_whatever_it_is_computed_from() -> None:
    outcome = tried(graded("FIRST"), 人数="12", 紧急="false")
    assert (outcome.matching, outcome.deciding, outcome.result) == ((1,), (1,), 3)


def test_all_matching_rules_are_told_from_those_that_decide() -> None:
    outcome = tried(graded("FIRST"), 人数="12", 紧急="true")
    assert (outcome.matching, outcome.deciding, outcome.result) == ((1, 3), (1,), 3)
    assert tried(graded("COLLECT", "SUM"), 人数="12", 紧急="true").result == 4


def test_rules_that_match_at_once_under_unique_are_named() -> None:
    outcome = tried(graded(), 人数="5", 紧急="true")
    assert outcome.matching == (2, 3) and outcome.error is not None
    assert "2, 3" in outcome.error.message("zh")


def test_nothing_given_is_no_value_and_nothing_may_come_out() -> None:
    assert tried(graded("FIRST"), 人数="", 紧急=" ") == Outcome()


@pytest.mark.parametrize(
    ("type", "cell", "typed", "matches"),
    [
        ("string", '"a"', "a", True),
        ("string", '""', '""', True),
        ("string", '"true"', "true", True),
        ("number", "1.5", " 1.5 ", True),
        ("date", '> @"2026-03-01"', "2026-03-02", True),
        ("dayTimeDuration", '@"PT2H"', "PT2H", True),
        ("", "[1, 2]", "[1, 2]", True),
        ("", '"plain"', "plain", True),
        ("", "-", "{a: 1}", True),
    ],
)
def test_what_is_typed_is_read_as_the_column_has_it(type: str, cell: str, typed: str, matches: bool) -> None:
    table = Table("t").input("x", type, label="值").output("hit", "boolean").rule(cell, "true")
    assert (tried(table, 值=typed).result is True) is matches


UNFIT = [
    *(("number", "ten"), ("number", "1e999999999"), ("number", "9" * 5000), ("number", "NaN")),
    *(("integer", "1.5"), ("boolean", "maybe"), ("date", "soon")),
]


@pytest.mark.parametrize(("type", "typed"), UNFIT)
def test_what_does_not_fit_is_refused_in_words(type: str, typed: str) -> None:
    table = Table("t").input("x", type, label="值").output("hit", "boolean").rule("-", "true")
    error = tried(table, 值=typed).error
    assert error is not None and "值" in error.message("zh")


def test_variables_that_cells_read_are_asked_for_too() -> None:
    table = (
        Table("t")
        .input("amount", "number", label="金额")
        .output("due", "number")
        .rule("<= limit", "amount * 2")
        .rule("> limit", "fee")
    )
    row = TriedRow(read_decisions(table.xml(inputs=["limit", "fee"])), "t")
    assert [one.label.zh for one in row.inputs] == ["金额", "fee", "limit"]
    assert decide(row, {"金额": "5", "limit": "10"}).result == 10
    assert decide(row, {"金额": "50", "limit": "10", "fee": "7"}).result == 7


def test_what_a_decision_requires_is_an_input_like_others() -> None:
    class_ = Table("class").input("n", "number").output("class", "string").rule("-", '"A"')
    table = Table("t").needs("class").input("class", "string", label="级别").output("hours", "number").rule('"B"', "8")
    row = TriedRow(read_decisions(dmn(class_, table)), "t")
    assert [one.label.zh for one in row.inputs] == ["级别"]
    assert decide(row, {"级别": "B"}).result == 8


def test_a_broken_cell_is_named() -> None:
    table = Table("t").input("x", "number", label="值").output("hit", "boolean").rule("< ", "true")
    error = tried(table, 值="1").error
    assert error is not None and "规则 1" in error.message("zh")


def test_an_endless_cell_ends() -> None:
    table = (
        Table("t")
        .input("x", "number", label="值")
        .output("hit", "number")
        .rule("-", "sum(for i in 1..99999999 return i)")
    )
    assert tried(table, 值="1").error is not None
