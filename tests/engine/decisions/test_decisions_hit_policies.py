"""The hit policies, by the example tables of DMN 1.3, chapter 8.2.8 and 8.2.11."""

from __future__ import annotations

from typing import Any

import pytest

from engine.decisions import DecisionNotUnique, DecisionOutputsDiffer
from tests.support.tables import Table


def risk(policy: str) -> Table:
    """Applicant risk rating (figures 8.14 and 8.20)."""
    table = Table("risk", policy).input("age", "number").input("history", "string", '"good", "bad"')
    return table.output("rating", "string", '"High", "Medium", "Low"')


def test_unique() -> None:
    table = risk("UNIQUE").rule("> 60", '"good"', '"Medium"').rule("> 60", '"bad"', '"High"')
    table.rule("[25..60]", "-", '"Medium"').rule("< 25", '"good"', '"Low"').rule("< 25", '"bad"', '"Medium"')
    assert table.problems() == []
    expected = {(61, "good"): "Medium", (61, "bad"): "High", (25, "bad"): "Medium", (24, "good"): "Low"}
    assert {case: table.decide(age=case[0], history=case[1]).value for case in expected} == expected
    assert table.decide(age=61, history="bad").traces[0].rules == (2,)


def test_unique_means_one() -> None:
    table = risk("UNIQUE").rule("> 60", "-", '"High"').rule("-", '"bad"', '"High"').rule("-", '"good"', '"Low"')
    with pytest.raises(DecisionNotUnique) as refused:
        table.decide(age=70, history="bad")
    assert refused.value.details["rules"] == [1, 2]
    assert "规则 1, 2" in refused.value.message("zh")
    assert table.decide(age=7, history="bad").value == "High"


LOANS: list[tuple[tuple[str, int, int], str, tuple[int, ...]]] = [
    (("A", 5000, 20000), "Compliant", (1,)),
    (("B", 5000, 20000), "Not compliant", (2,)),
    (("B", 10000, 50000), "Not compliant", (2,)),
    (("A", 10000, 20000), "Not compliant", (3,)),
]


@pytest.mark.parametrize(("given", "answer", "rules"), LOANS)
def test_any(given: tuple[str, int, int], answer: str, rules: tuple[int, ...]) -> None:
    """Person loan compliance (figure 8.18): several rules match and say the same."""
    table = Table("loan", "ANY").input("rating", "string").input("card", "number").input("education", "number")
    table.output("compliance", "string").rule('"A"', "< 10000", "< 50000", '"Compliant"')
    table.rule('not("A")', "-", "-", '"Not compliant"').rule("-", ">= 10000", "-", '"Not compliant"')
    table.rule("-", "-", ">= 50000", '"Not compliant"')
    assert table.problems() == []
    decided = table.decide(rating=given[0], card=given[1], education=given[2])
    assert (decided.value, decided.traces[0].rules) == (answer, rules)


def test_any_needs_agreement() -> None:
    table = Table("t", "ANY").input("n", "number").output().rule("> 1", "1").rule("> 2", "2").rule("> 3", "2")
    assert table.decide(n=2).value == 1
    with pytest.raises(DecisionOutputsDiffer) as refused:
        table.decide(n=4)
    assert refused.value.details["rules"] == [1, 2, 3]


def test_priority_goes_by_the_order_of_the_output_values() -> None:
    table = risk("PRIORITY").rule(">= 25", '"good"', '"Medium"').rule("> 60", '"bad"', '"High"')
    table.rule("-", '"bad"', '"Medium"').rule("< 25", '"good"', '"Low"').rule("< 25", '"bad"', '"Medium"')
    assert table.problems() == []
    assert (decided := table.decide(age=70, history="bad")).value == "High"
    assert decided.traces[0].rules == (2,)
    assert table.decide(age=20, history="bad").value == "Medium"


def test_priority_over_several_outputs_goes_from_left_to_right() -> None:
    table = Table("t", "PRIORITY").input("n", "number").output("a", "string", '"x", "y"')
    table.output("b", "string", '"p", "q"').rule("-", '"y"', '"p"').rule("> 1", '"x"', '"q"').rule("> 2", '"x"', '"p"')
    assert table.decide(n=0).value == {"a": "y", "b": "p"}
    assert table.decide(n=2).value == {"a": "x", "b": "q"}
    assert table.decide(n=3).value == {"a": "x", "b": "p"}


APPROVALS: list[tuple[int, str, list[dict[str, str]]]] = [
    (17, "High", [{"Approved/Declined": "Approved", "Rate": "Standard"},
                  {"Approved/Declined": "Declined", "Rate": "Standard"}]),
    (19, "Low", [{"Approved/Declined": "Approved", "Rate": "Basic"}]),
    (10, "Low", [{"Approved/Declined": "Declined", "Rate": "Standard"}]),
]  # fmt: skip


@pytest.mark.parametrize(("age", "risk_category", "expected"), APPROVALS)
def test_only_listed_columns_are_ranked(age: int, risk_category: str, expected: list[dict[str, str]]) -> None:
    """Cases 0110 and 0118 of the public compatibility kit: OUTPUT ORDER, and PRIORITY, its first."""
    table = Table("approval", "OUTPUT ORDER").input("Age", "number").input("RiskCategory", "string")
    table.input("isAffordable", "boolean").output("Approved/Declined", "string", '"Approved", "Declined"')
    table.output("Rate", "string").rule(">=18", '"Medium","Low"', "true", '"Approved"', '"Basic"')
    table.rule("<18", "-", "-", '"Declined"', '"Standard"').rule("-", '"High"', "-", '"Approved"', '"Standard"')
    given = {"Age": age, "RiskCategory": risk_category, "isAffordable": True}
    assert table.decide(**given).value == expected
    table.hit_policy = "PRIORITY"
    assert table.decide(**given).value == expected[0]


VACATIONS = [
    (16, 1, 27),
    (25, 5, 22),
    (25, 20, 24),
    (44, 20, 24),
    (44, 30, 30),
    (50, 20, 24),
    (50, 30, 30),
    (60, 20, 30),
]


@pytest.mark.parametrize(("age", "years", "days"), VACATIONS)
def test_vacation_days(age: int, years: int, days: int) -> None:
    """Case 0020 of the public compatibility kit: requirements, names of several words, MAX with a default."""

    def extra(number: int, *rules: tuple[str, str, str]) -> Table:
        table = Table(f"case_{number}", "COLLECT", "MAX", name=f"Extra days case {number}").input("Age", "number")
        table.input("Years of Service", "number").output("days", "number", default="0")
        for rule in rules:
            table.rule(*rule)
        return table

    parts = [
        extra(1, ("<18,>=60", "-", "5"), ("-", ">=30", "5")),
        extra(2, ("-", ">=30", "3"), (">=60", "-", "3")),
        extra(3, ("-", "[15..30)", "2"), (">=45", "-", "2")),
        Table("base", name="Base Vacation Days", literal="22"),
    ]
    total = "Base Vacation Days + max( Extra days case 1, Extra days case 3 ) + Extra days case 2"
    table = Table("total", literal=total).needs("base", "case_1", "case_2", "case_3")
    given = {"Age": age, "Years of Service": years}
    assert table.decide(*parts, inputs=["Years of Service"], **given).value == days


def test_first() -> None:
    """Special discount (figure 8.22): the last rule is the rest."""
    table = Table("discount", "FIRST").input("order", "string").input("location", "string").input("customer", "string")
    table.output("percent", "number").rule('"Web"', '"US"', '"Wholesaler"', "10")
    table.rule('"Phone"', "-", "-", "0").rule("-", '"Non-US"', "-", "0").rule("-", "-", '"Retailer"', "5")
    assert table.decide(order="Web", location="US", customer="Wholesaler").value == 10
    decided = table.decide(order="Phone", location="US", customer="Retailer")
    assert (decided.value, decided.traces[0].rules) == (0, (2,))
    assert table.decide(order="Web", location="US", customer="Retailer").value == 5
    assert table.decide(order="Web", location="US", customer="Other").value is None


def test_first_does_not_look_further() -> None:
    table = Table("t", "FIRST").input("n", "number").output("a", "number").rule("> 1", "1").rule("-", '"no number"')
    assert table.decide(n=2).value == 1


def holidays(policy: str, aggregation: str = "") -> Table:
    """Holidays (figures 8.21 and 8.25): days by age and years of service."""
    table = Table("holidays", policy, aggregation).input("age", "number").input("years", "number")
    table.output("days", "number", "22, 5, 3, 2" if policy == "OUTPUT ORDER" else "")
    table.rule("-", "-", "22").rule(">= 60", "-", "3").rule("-", ">= 30", "3").rule("< 18", "-", "5")
    return table.rule(">= 60", "-", "5").rule("-", ">= 30", "5").rule("[18..60)", "[15..30)", "2")


ORDERS: list[tuple[str, str, int, int, Any]] = [
    ("OUTPUT ORDER", "", 58, 31, [22, 5, 3]),
    ("OUTPUT ORDER", "", 17, 1, [22, 5]),
    ("OUTPUT ORDER", "", 60, 30, [22, 5, 5, 3, 3]),
    ("RULE ORDER", "", 60, 30, [22, 3, 3, 5, 5]),
    ("RULE ORDER", "", 45, 16, [22, 2]),
    ("COLLECT", "", 45, 16, [22, 2]),
    ("COLLECT", "SUM", 60, 30, 38),
    ("COLLECT", "SUM", 45, 16, 24),
    ("COLLECT", "MIN", 60, 30, 3),
    ("COLLECT", "MAX", 60, 30, 22),
    ("COLLECT", "COUNT", 60, 30, 5),
]


@pytest.mark.parametrize(("policy", "aggregation", "age", "years", "expected"), ORDERS)
def test_several_hits(policy: str, aggregation: str, age: int, years: int, expected: Any) -> None:
    assert holidays(policy, aggregation).decide(age=age, years=years).value == expected


def test_the_trace_of_several_hits_follows_the_result() -> None:
    assert holidays("OUTPUT ORDER").decide(age=58, years=31).traces[0].rules == (1, 6, 3)


NOTHING: list[tuple[str, str, str, Any]] = [
    ("UNIQUE", "", "", None),
    ("UNIQUE", "", "0", 0),
    ("PRIORITY", "", "1", 1),
    ("COLLECT", "", "", []),
    ("COLLECT", "", "0", [0]),
    ("RULE ORDER", "", "", []),
    ("COLLECT", "SUM", "", None),
    ("COLLECT", "SUM", "7", 7),
    ("COLLECT", "MAX", "", None),
    ("COLLECT", "COUNT", "", 0),
    ("COLLECT", "COUNT", "7", 0),
]


@pytest.mark.parametrize(("policy", "aggregation", "default", "expected"), NOTHING)
def test_when_no_rule_matches(policy: str, aggregation: str, default: str, expected: Any) -> None:
    values = "1, 2" if policy == "PRIORITY" else ""
    table = Table("t", policy, aggregation).input("n", "number").output("a", "number", values, default).rule("> 5", "2")
    decided = table.decide(n=1)
    assert (decided.value, decided.traces[0].rules) == (expected, ())
