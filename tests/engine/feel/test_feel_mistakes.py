"""A mistake is named with its character, in both languages; hostile text costs nothing."""

from __future__ import annotations

import time
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from engine.feel import (
    EvaluationContext,
    FeelBudgetExceeded,
    FeelError,
    FeelSyntaxError,
    compile_expression,
    compile_unary_tests,
    known_functions,
    to_json,
)


@pytest.mark.parametrize(
    ("text", "position", "reason"),
    [
        ("", 0, "too early"),
        ("1 +", 3, "too early"),
        ("= 1 +", 5, "too early"),
        ("a b", 2, "no variable “a b”"),
        ("a = 1 b", 6, "unexpected b"),
        ("1 + * 2", 4, "unexpected *"),
        ("(1 + 2", 6, ") is missing"),
        ("[1, 2", 5, "] is missing"),
        ("{a: 1", 5, "} is missing"),
        ("{a 1}", 4, "unexpected }"),
        ("{a: 1, a: 2}", 10, "twice"),
        ('"abc', 0, "never closed"),
        ("a == 1", 3, "unexpected ="),
        ("a && b", 2, "write and"),
        ("a || b", 2, "write or"),
        ("!a", 0, "not(…)"),
        ("a % 2", 2, "modulo"),
        ("评分 ＜ 3", 3, "full-width ＜"),
        ("sum（1）", 3, "full-width （"),
        ("a # b", 2, "unexpected character"),
        ("if a then b", 11, "else is missing"),
        ("if a", 4, "then is missing"),
        ("for i in list", 13, "return is missing"),
        ("for in list return 1", 4, "unexpected"),
        ("some i in list", 14, "satisfies is missing"),
        ("x between 1 or 2", 12, "expected and"),
        ("x instance of thing", 14, "unknown type thing"),
        ("x instance number", 11, "expected of"),
        ("a.", 2, "a name must follow"),
        ("a.5", 1, "unexpected .5"),
        ('@"tomorrow"', 1, "no date"),
        ("@5", 1, "no date"),
        ("]1", 0, "unexpected ]"),
        ("[1..2", 5, "too early"),
        ("substring(\"a\")", 0, "substring(string, start position[, length])"),
        ("now(1)", 0, "now()"),
        ("substring(string: \"a\", begin: 1)", 0, "substring(string"),
        ("contains(\"a\", match: \"b\")", 0, "all named or all not"),
        ("contains(string: \"a\", string: \"b\")", 0, "given twice"),
        ('matches(name, "(")', 14, "regular expression"),
        ('1 + replace(input: name, pattern: "[", replacement: "")', 34, "regular expression"),
        ("function(x) external {}", 12, "external"),
        ("function(1) 2", 9, "unexpected 1"),
        ("x in (!= 1..2)", 6, "unexpected !="),
        ("(!= 1)", 1, "unexpected !="),
        ("1" + "0" * 200, 0, "too large"),
        ("1e99999", 0, "too large"),
        ("and", 0, "unexpected and"),
    ],
)  # fmt: skip
def test_a_mistake_is_named_with_its_character_in_both_languages(text: str, position: int, reason: str) -> None:
    with pytest.raises(FeelSyntaxError) as caught:
        compile_expression(text)
    error = caught.value
    assert (error.code, error.details["position"], error.details["text"]) == ("feel_syntax", position, text)
    assert reason in error.details["reason"]
    assert str(position + 1) in error.message("zh")
    assert "{" not in error.message("zh").replace(text, "") + error.message("en").replace(text, "")


@pytest.mark.parametrize(
    "text",
    [
        "(" * 9_000,
        "(" * 9_000 + "1" + ")" * 9_000,
        "[" * 9_000,
        "-" * 9_000 + "1",
        "1" + "+1" * 9_000,
        "a" + ".a" * 9_000,
        "a" + "[1]" * 6_000,
        "f" + "()" * 9_000,
        "if a then " * 1_900,
        "function() " * 1_800,
        "x instance of " + "list<" * 3_000,
        "for i in " * 2_000,
        "{a:" * 6_000,
        '"' + "\\" * 19_000,
        "/*" * 9_000,
        "1 " * 9_000,
        "a" * 50_000,
        "not(" * 4_000,
    ],
    ids=lambda text: text[:12],
)
def test_endless_nesting_is_refused_at_once(text: str) -> None:
    began = time.thread_time()
    for compile_text in (compile_expression, compile_unary_tests):
        with pytest.raises(FeelSyntaxError) as caught:
            compile_text(text)
        assert len(caught.value.message("zh")) < 1_300
    assert time.thread_time() - began < 2


@pytest.mark.parametrize(
    "text",
    [
        "for i in 1..1000000000000 return i",
        "some i in 1..1000000000000 satisfies i < 0",
        "count(for i in 1..1000, j in 1..1000 return 1)",
        "for i in 1..60 return if i = 1 then [1] else concatenate(partial[-1], partial[-1])",
        'for i in 1..60 return if i = 1 then "abc" else partial[-1] + partial[-1]',
        'for i in 1..60 return if i = 1 then "abc" else replace(partial[-1], ".", "$0$0")',
        'for i in 1..60 return if i = 1 then "abc" else string join([partial[-1], partial[-1]])',
        "count(flatten(for i in 1..60 return if i = 1 then [1] else [partial[-1], partial[-1]]))",
        "string(for i in 1..60 return if i = 1 then [1] else [partial[-1], partial[-1]])",
        "distinct values(for i in 1..60 return if i = 1 then [1] else [partial[-1], partial[-1]])",
        "{l: for i in 1..60 return if i = 1 then [1] else [partial[-1], partial[-1]], r: l[-1] = l[-1]}.r",
        "for i in 1..2000 return partial",
        "{f: function(n) f(n), r: f(1)}.r",
        "{f: function(n) [f(n), f(n)], r: f(1)}.r",
        "{f: function(g) g(g), r: f(f)}.r",
        "sort(for i in 1..5000 return modulo(i * 7919, 5003), function(a, b) a > b)",
        "big[item = item]",
        "big[item > 1 and item > 2][item > 3]",
        'matches(text, "^(a|a)*$")',
        'split(text, "(a|aa)+$")',
        "for i in 1..100000 return upper case(text)",
        "for i in 1..19000 return any(big)",
        "for i in 1..19000 return sum(big)",
        "for i in 1..19000 return 0.123456789 ** 0.3333333",
        "for i in 1..19000 return substring(long, 2)",
        "for i in 1..19000 return string(10 ** 6000)",
        'for i in 1..19000 return matches(hard, "(a|a)*$")',
    ],
)
def test_an_expression_that_would_not_end_is_stopped(text: str) -> None:
    variables = {"big": list(range(30_000)), "text": "a" * 90 + "!", "hard": "a" * 22 + "!", "long": "x" * 1_000_000}
    expression = compile_expression(text)
    began = time.thread_time()
    with pytest.raises(FeelBudgetExceeded) as caught:
        expression.evaluate(variables)
    assert time.thread_time() - began < 3
    assert caught.value.details["text"] == text
    assert caught.value.message("zh") != caught.value.message("en")


def test_a_small_budget_stops_earlier_and_a_simple_condition_spends_none() -> None:
    short = EvaluationContext(step_budget=5)
    assert compile_expression("a <= 2 and b = true or c in [1..3]").evaluate({"a": 2, "b": True}, context=short) is True
    with pytest.raises(FeelBudgetExceeded):
        compile_expression("for i in 1..9 return i").evaluate({}, context=short)


def test_a_result_too_large_or_too_deep_never_becomes_json() -> None:
    doubled = compile_expression("for i in 1..60 return if i = 1 then [1] else [partial[-1], partial[-1]]").evaluate({})
    with pytest.raises(FeelBudgetExceeded):
        to_json(doubled)
    deep: Any = []
    for _ in range(5_000):
        deep = [deep]
    with pytest.raises(FeelBudgetExceeded):
        to_json(deep)
    with pytest.raises(FeelBudgetExceeded):
        compile_expression("deep = deep").evaluate({"deep": deep})
    with pytest.raises(FeelBudgetExceeded):
        compile_unary_tests("? = deep").matches(deep, {"deep": deep})


def test_a_text_too_long_for_a_pattern_is_refused_and_a_bad_pattern_from_data_is_null() -> None:
    with pytest.raises(FeelBudgetExceeded):
        compile_expression('matches(text, "x")').evaluate({"text": "a" * 200_000})
    assert compile_expression("matches(text, pattern)").evaluate({"text": "a", "pattern": "(" * 600}) is None
    assert compile_expression("replace(text, pattern, text)").evaluate({"text": "a", "pattern": "["}) is None
    assert compile_expression("split(text, pattern)").evaluate({"text": "a", "pattern": "["}) is None


WORDS = st.sampled_from(
    [
        "a", "b", "1", "2.5", '"x"', '"2026-01-01"', "true", "null", "+", "-", "*", "/", "**", "=", "!=", "<", "<=",
        ">", "(", ")", "[", "]", "{", "}", ",", ":", ".", "..", "and", "or", "not", "if", "then", "else", "for", "in",
        "return", "some", "every", "satisfies", "between", "instance", "of", "number", "list", "function", "item",
        "partial", "@", '"P1D"', '"P1M"', "?", "date", "duration", "评分", " ", "//", "/*", "\n",
        *sorted(known_functions()),
    ]
)  # fmt: skip
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["a", "b", "评分"]), inner, max_size=3),
    max_leaves=6,
)
CONTEXT = EvaluationContext(step_budget=500)


@settings(max_examples=400, deadline=None)
@given(st.text(max_size=60) | st.lists(WORDS, max_size=25).map(" ".join), JSON)
@example('"\\ud83d"', None)
@example("[1..", None)
@example("@", None)
@example("not(", None)
@example("x instance of context<", None)
@example("{a", None)
@example("a in (", None)
def test_any_text_is_an_expression_or_a_mistake_and_its_evaluation_a_value_or_an_error(text: str, data: Any) -> None:
    try:
        expression = compile_expression(text)
    except FeelSyntaxError as error:
        assert 0 <= error.details["position"] <= len(text)
    else:
        with suppress(FeelError):
            to_json(expression.evaluate({"a": data, "b": [data, 1], "评分": data}, context=CONTEXT))
    try:
        tests = compile_unary_tests(text)
    except FeelSyntaxError:
        return
    with suppress(FeelError):
        assert tests.matches(data, {"a": data}, CONTEXT) in (True, False)


OPERANDS = st.sampled_from(
    ["a", "b", "评分", "1", "2.5", "-3", '"x"', "true", "null", "[1, 2]", "{a: 1}", "[1..5]", '@"2026-01-31"',
     '@"10:00:00"',
     '@"2026-01-31T10:00:00Z"', '@"2026-01-31T10:00:00"', '@"P1D"', '@"P1Y"', "(function(x) x)", "sum"]
)  # fmt: skip
BINARY = st.sampled_from(["+", "-", "*", "/", "**", "=", "!=", "<", "<=", ">", ">=", "and", "or", "in"])


@st.composite
def calls(draw: st.DrawFn) -> str:
    arguments = draw(st.lists(OPERANDS, max_size=4))
    return f"{draw(st.sampled_from(sorted(known_functions())))}({', '.join(arguments)})"


EXPRESSIONS = st.recursive(
    OPERANDS | calls(),
    lambda inner: (
        st.tuples(inner, BINARY, inner).map(lambda parts: "({} {} {})".format(*parts))
        | st.tuples(inner, inner, inner).map(lambda parts: "(if {} then {} else {})".format(*parts))
        | st.tuples(inner, inner).map(lambda parts: "({}[{}])".format(*parts))
        | st.tuples(inner, inner).map(lambda parts: "(for i in {} return {})".format(*parts))
        | st.tuples(inner, st.sampled_from(["year", "days", "start", "a", "time offset"])).map("({0[0]}).{0[1]}".format)
        | st.tuples(inner, inner, inner).map(lambda parts: "({} between {} and {})".format(*parts))
    ),
    max_leaves=5,
)


@settings(max_examples=600, deadline=None)
@given(EXPRESSIONS, JSON)
def test_every_operator_and_function_has_an_answer_for_every_kind_of_value(text: str, data: Any) -> None:
    try:
        expression = compile_expression(text)
    except FeelSyntaxError as error:
        assert "called as" in error.details["reason"] or "regular expression" in error.details["reason"]
        return
    with suppress(FeelError):
        to_json(expression.evaluate({"a": data, "b": [data], "评分": data}, context=CONTEXT))
