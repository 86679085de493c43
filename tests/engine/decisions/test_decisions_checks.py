"""The publish checks name what is wrong with a table, with its cell, in both languages."""

from __future__ import annotations

from random import Random

import pytest

from engine.decisions import check_decisions, read_decisions
from tests.support.tables import Table


def graded(policy: str = "UNIQUE") -> Table:
    """A column of numbers, a column of listed texts, one answer."""
    table = Table("t", policy).input("金额", "number").input("类别", "string", '"服务", "质量", "费用"')
    return table.output("等级", "string", '"重大", "一般"')


def simple(type: str = "number", policy: str = "UNIQUE") -> Table:
    return Table("t", policy).input("x", type).output("a", "number")


SOUND: list[Table] = [
    graded().rule("< 1000", "-", '"一般"').rule(">= 1000", '"服务"', '"一般"').rule(">= 1000", 'not("服务")', '"重大"'),
    simple("integer").rule("< 5", "1").rule("[5..9]", "2").rule(">= 10", "3"),
    simple("date").rule('<= date("2026-03-01")', "1").rule('>= date("2026-03-02")', "2"),
    simple("boolean").rule("true", "1").rule("false", "2"),
    simple("string").rule('"a"', "1").rule('not("a")', "2"),
    simple().rule("-", "1"),
    simple(policy="FIRST").rule("< 5", "1").rule("-", "2"),
    Table("t").input("x", "number").output("a", "number", default="0").rule("> 5", "1"),
    Table("t").input("x", "number", "[0..100]").output("a").rule("< 50", "1").rule("[50..100]", "2"),
    simple("dateTime").rule('< @"2026-03-01T00:00:00Z"', "1").rule('>= @"2026-03-01T00:00:00Z"', "2"),
    simple("dayTimeDuration").rule('<= @"PT4H"', "1").rule('> @"PT4H"', "2"),
    simple("string").rule('"a"', "1").rule('"b"', "2").rule('not("a", "b")', "3"),
    Table("t", "COLLECT", "SUM").input("x", "number").output("a", "number").rule("> 1", "1").rule("> 2", "1"),
    Table("t", "ANY").input("x", "number").output("a", "number").rule("<= 2", "1").rule("> 1", "1"),
    simple().rule("<= 5", "limit").rule("> 5", "x * 2"),
    Table("t", literal="金额 * 2"),
    simple("time").rule('< @"12:00:00"', "1").rule('>= @"12:00:00"', "2"),
]


@pytest.mark.parametrize("table", SOUND)
def test_a_sound_table_has_no_finding(table: Table) -> None:
    assert table.problems(inputs=["limit"]) == []


WRONG: list[tuple[str, str, Table, str]] = [
    ("expression_invalid", "t_r1i1", simple().rule("< ", "1"), "规则 1，输入“x”"),
    ("expression_invalid", "t_r1o1", simple().rule("-", "1 +"), "规则 1，输出“a”"),
    ("expression_invalid", "t_in1", Table("t").input("x +").output("a").rule("-", "1"), "输入“x +”"),
    ("expression_invalid", "t_in1", Table("t").input("x", "", "[1..").output("a").rule("-", "1"), "输入“x”"),
    ("expression_invalid", "t", Table("t", literal="1 +"), "表达式"),
    ("expression_missing", "t_in1", Table("t").input("", label="金额").output("a").rule("-", "1"), "输入“金额”"),
    ("expression_missing", "t", Table("t", literal=""), "表达式"),
    ("function_unknown", "t_r1i1", simple().rule("open(?)", "1"), "open"),
    ("function_unknown", "t_r1o1", simple().rule("-", "system(1)"), "system"),
    ("name_unknown", "t_r1i1", simple("string").rule("外观", "1"), "“外观”不是已知的名称"),
    ("name_unknown", "t_r1i1", simple("string").rule('not("性能", 外观)', "1"), "外观"),
    ("name_unknown", "t_r1o1", simple().rule("-", "重大"), "重大"),
    ("type_unknown", "t_in1", simple("money").rule("-", "1"), "money"),
    ("type_unknown", "t_out1", Table("t").input("x").output("a", "money").rule("-", "1"), "money"),
    ("rules_missing", "t", simple(), "没有规则"),
    ("output_name_missing", "t_out1", Table("t").input("x").output("").output("b").rule("-", "1", "2"), "名称"),
    ("output_name_twice", "t_out2", Table("t").input("x").output("b").output("b").rule("-", "1", "2"), "重复"),
    ("aggregation_many", "t", Table("t", "COLLECT", "SUM").input("x").output("a").output("b").rule("-", "1", "2"), ""),
    ("priority_missing", "t_out1", Table("t", "PRIORITY").input("x").output("a").rule("-", "1"), "输出值"),
    ("value_kind", "t_r1i1", simple().rule('"5"', "1"), '"5" 的类型不是数字'),
    ("value_kind", "t_r1i1", simple("date").rule('> "2026-03-01"', "1"), "日期"),
    ("value_kind", "t_r1o1", simple().rule("-", '"1"'), "数字"),
    ("value_not_allowed", "t_r1i2", graded().rule("-", '"服务", "付费"', '"一般"'), '"付费"'),
    ("value_not_allowed", "t_r1o1", graded().rule("-", "-", '"特大"'), '"特大"'),
    ("overlap", "t_r2", simple().rule("<= 5", "1").rule(">= 5", "2"), "规则 1 和规则 2 会同时符合，例如 x：5"),
    ("overlap", "t_r2", simple().rule("(1..5)", "1").rule("[2..3]", "2"), "例如 x：[2..3]"),
    ("overlap", "t_r2", simple().rule("-", "1").rule("-", "2"), "任何输入"),
    ("overlap", "t_r2", simple("integer").rule("<= 5", "1").rule("(4..6)", "2"), "x：5"),
    ("overlap", "t_r2", simple("string").rule('not("a")', "1").rule('not("b")', "2"), "其他值"),
    ("overlap", "t_r2", simple("date").rule('<= @"2026-03-01"', "1").rule('> @"2026-02-27"', "2"), "2026-03-01"),
    ("overlap", "t_r2", Table("t").input("x", "string", '"a", "b"').output("a").rule('not("a")', "1").rule(
        'not("b")', "2"), "x：为空"),
    ("outputs_differ", "t_r2", simple(policy="ANY").rule("<= 5", "1").rule(">= 5", "2"), "x：5"),
]  # fmt: skip


@pytest.mark.parametrize(("code", "element", "table", "words"), WRONG)
def test_a_mistake_is_named_with_its_cell(code: str, element: str, table: Table, words: str) -> None:
    found = [p for p in table.problems() if p.level == "error" and (p.code, p.element) == (code, element)]
    assert found, table.problems()
    assert words in found[0].zh
    assert found[0].zh.startswith("决策“t”")
    assert found[0].en.startswith("decision “t”")
    assert "{" not in found[0].zh + found[0].en


WARNINGS: list[tuple[str, Table, str]] = [
    ("gap", simple().rule("< 5", "1").rule("> 5", "2"), "x：5"),
    ("gap", simple().rule("[1..5]", "1"), "x：< 1"),
    ("gap", simple("date").rule('< @"2026-03-01"', "1").rule('> @"2026-03-02"', "2"), "2026-03-01"),
    ("gap", simple("boolean").rule("true", "1"), "x：false"),
    ("gap", simple("string").rule('"a"', "1").rule('"b"', "2"), "x：其他值"),
    ("gap", graded().rule("< 1000", "-", '"一般"').rule(">= 1000", '"服务"', '"重大"'), "金额：>= 1000，类别："),
    ("gap", Table("t").input("x", "number").input("s").output("a").rule("< 5", "contains(?, y)", "1"), "x：>= 5"),
    ("gap_unchecked", simple().rule("< y", "1").rule(">= 5", "2"), "无法判断"),
    ("overlap_unchecked", simple().rule("< y", "1").rule(">= 5", "2"), "规则 1, 2"),
    ("overlap_unchecked", simple("context").rule("?.a = 1", "1").rule("?.a = 2", "1"), "规则 1, 2"),
    ("rule_never", simple(policy="FIRST").rule("< 5", "1").rule("[1..3]", "2").rule("-", "3"), "规则 2 永远用不上"),
    ("gap_unchecked", simple("time").rule('< @"12:00:00"', "1").rule('>= @"12:00:00Z"', "2"), "无法判断"),
    ("output_empty", simple().rule("-", ""), "规则 1，输出“a”"),
]


@pytest.mark.parametrize(("code", "table", "words"), WARNINGS)
def test_what_is_only_odd_is_a_warning(code: str, table: Table, words: str) -> None:
    found = [p for p in table.problems(inputs=["y"]) if p.code == code]
    assert found, table.problems(inputs=["y"])
    assert found[0].level == "warning"
    assert words in found[0].zh
    assert not [p for p in table.problems(inputs=["y"]) if p.level == "error" and p.code in ("overlap", "value_kind")]


def test_cells_that_cannot_be_compared_do_not_hide_what_can() -> None:
    table = Table("t").input("x", "number").input("s", "string").output("a", "number")
    table.rule("< 5", "contains(?, s)", "1").rule(">= 5", "-", "2").rule("< 5", "-", "3").rule(">= 6", "-", "4")
    codes = [(p.code, p.element) for p in table.problems()]
    assert codes == [("overlap", "t_r4"), ("overlap_unchecked", "t")]
    assert "规则 1, 3" in table.problems()[1].zh


def test_a_thousand_rules_are_checked_in_time() -> None:
    table = Table("t").input("x", "number").input("y", "number").output("a", "number")
    for number in range(999):
        table.rule(f"[{number}..{number + 1})", "-", str(number))
    table.rule("< 0", "-", "0")
    assert [p.code for p in table.problems()] == ["gap"]
    assert "x：>= 999" in table.problems()[0].zh


def test_what_is_too_complex_says_so() -> None:
    chance = Random(5)
    table = Table("t", "FIRST")
    for column in range(20):
        table.input(f"x{column}", "number")
    table.output("a", "number")
    for _ in range(40):
        table.rule(*(f"[{chance.randint(0, 99)}..100]" if chance.random() < 0.5 else "-" for _ in range(20)), "1")
    assert "gap" in {p.code for p in table.problems()}
    table.rule(*["-"] * 19, "< 5", "1").rule(*["-"] * 19, ">= 5", "1")
    assert [p.code for p in table.problems()] == ["gap_too_large"]
    table.rules.pop()
    assert table.rule(*["-"] * 20, "1").problems() == []


def test_many_overlaps_are_counted_not_listed() -> None:
    table = simple()
    for _ in range(30):
        table.rule("-", "1")
    codes = [p.code for p in table.problems()]
    assert codes == ["overlap"] * 20 + ["overlap_more"]
    assert "415" in table.problems()[-1].en


def test_the_host_s_functions_are_known() -> None:
    model = read_decisions(simple("date").rule("> working days after(today(), 2)", "1").xml())
    assert "function_unknown" in {p.code for p in check_decisions(model)}
    assert "function_unknown" not in {p.code for p in check_decisions(model, {"working days after"})}


def test_a_missing_english_name_is_a_warning() -> None:
    found = check_decisions(read_decisions(Table("t", name="分级", literal="1").xml()))
    assert [(p.code, p.level) for p in found] == [("label_untranslated", "warning")]
    assert check_decisions(read_decisions(Table("t", name="分级", en="Class", literal="1").xml())) == []
