"""Deciding: values in and out, requirements, and errors that name the cell."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from engine.decisions import CompiledDecision, DecisionCellFailed, DecisionError, read_decisions
from engine.feel import EvaluationContext
from tests.support.tables import DMN_1_3, Table, dmn


def one(type: str, cell: str, allowed: str = "") -> Table:
    return Table("t").input("x", type, allowed, label="数值").output("hit", "boolean").rule(cell, "true")


MATCHES: list[tuple[str, str, Any, bool]] = [
    ("number", "[1..5]", 5, True),
    ("number", "(1..5)", 5, False),
    ("number", "1, 3, [7..9]", 8, True),
    ("number", "not(1, 3)", 3, False),
    ("number", "? > 3 and ? < 6", 5, True),
    ("number", "< limit", 5, True),
    ("number", "-", None, True),
    ("number", "< 5", None, False),
    ("number", "null", None, True),
    ("integer", "5", 5.0, True),
    ("string", '"外观", "性能"', "性能", True),
    ("string", 'contains(?, "投诉")', "客户投诉", True),
    ("boolean", "true", True, True),
    ("boolean", "true", 1, DecisionCellFailed),
    ("date", '> date("2026-03-01")', "2026-03-02", True),
    ("date", '[@"2026-01-01"..@"2026-03-31"]', "2026-04-01", False),
    ("dateTime", "?.hour >= 18", "2026-03-02T10:30:00Z", True),
    ("dayTimeDuration", '> @"PT4H"', "P1D", True),
    ("time", '< @"12:00:00"', "08:30:00", True),
    ("", '"a", 3', 3, True),
]  # type: ignore[list-item]


@pytest.mark.parametrize(("type", "cell", "value", "expected"), MATCHES)
def test_a_cell_matches(type: str, cell: str, value: Any, expected: Any) -> None:
    decision = CompiledDecision(read_decisions(one(type, cell).xml(inputs=["limit"])), "t")
    context = EvaluationContext(zone=ZoneInfo("Asia/Shanghai"))
    if expected is DecisionCellFailed:
        with pytest.raises(DecisionCellFailed):
            decision.decide({"x": value, "limit": 6}, context)
    else:
        assert decision.decide({"x": value, "limit": 6}, context).value is (True if expected else None)


WRONG: list[tuple[Table, dict[str, Any], str, str]] = [
    (one("number", "-"), {"x": "5"}, "输入“数值”", '"5" 不是数字'),
    (one("integer", "-"), {"x": 1.5}, "输入“数值”", "不是整数"),
    (one("date", "-"), {"x": "明天"}, "输入“数值”", "不是日期"),
    (one("string", "-", '"a", "b"'), {"x": "c"}, "输入“数值”", '允许的值 "a", "b"'),
    (one("number", "nothing(?)"), {"x": 1}, "规则 1，输入“数值”", "nothing"),
    (Table("t").input("x").output("n", "number", label="期限").rule("-", '"4h"'), {"x": 1},
     "规则 1，输出“期限”", "数字"),
    (Table("t").input("x").output("n", "string", '"a","b"').rule("-", '"c"'), {"x": 1}, "规则 1，输出“n”", '"c"'),
    (Table("t").input("x").output("n").rule("> 2", "1").rule("-", "for i in 1..9999999 return i"), {"x": 1},
     "规则 2，输出“n”", "20000"),
    (Table("t", "COLLECT", "SUM").input("x").output("n", label="分值").rule("-", '"a"'), {"x": 1}, "输出“分值”", "SUM"),
    (Table("t", literal="nothing(1)"), {}, "表达式", "nothing"),
    (Table("t", literal="function(a) a"), {}, "结果", "函数"),
]  # fmt: skip


@pytest.mark.parametrize(("table", "variables", "place", "reason"), WRONG)
def test_the_cell_at_fault_is_named(table: Table, variables: dict[str, Any], place: str, reason: str) -> None:
    with pytest.raises(DecisionCellFailed) as refused:
        table.decide(**variables)
    assert f"，{place}：" in refused.value.message("zh")
    assert reason in refused.value.message("zh")
    assert refused.value.message("en").startswith("Decision “t”, ")
    assert refused.value.details["decision"] == "t"


def test_text_that_is_not_feel_is_named_when_the_decision_is_compiled() -> None:
    table = Table("t").input("x", label="金额").output("n").rule("< ", "1")
    with pytest.raises(DecisionCellFailed) as refused:
        table.decide(x=1)
    assert refused.value.details["element_id"] == "t_r1i1"
    assert "规则 1，输入“金额”" in refused.value.message("zh")


def test_one_output_is_a_value_and_several_are_a_record() -> None:
    table = Table("t").input("x").output("等级", "string").output("小时", "number").output("到期", "date")
    table.rule("> 1", '"重大"', "2 * x", 'date("2026-03-01") + @"P1D"').rule("<= 1", '"一般"', "24", "null")
    assert table.decide(x=4).value == {"等级": "重大", "小时": 8, "到期": "2026-03-02"}
    assert table.decide(x=1).value == {"等级": "一般", "小时": 24, "到期": None}


def test_defaults_answer_for_every_column() -> None:
    table = Table("t").input("x").output("a", "string", default='"无"').output("b", "number").rule("> 5", '"有"', "1")
    assert table.decide(x=1).value == {"a": "无", "b": None}


def test_required_decisions_come_first_and_are_known_by_name() -> None:
    score = Table("score", "COLLECT", "SUM", name="风险 评分").input("金额", "number").input("重复", "boolean")
    score.output("s", "number").rule("> 1000", "-", "2").rule("-", "true", "3")
    doubled = Table("doubled", name="加倍", literal="风险 评分 * 2").needs("score")
    final = Table("final", name="等级").input("加倍", "number").input("风险 评分", "number").output("g", "string")
    final.rule(">= 10", "-", '"高"').rule("< 10", "> 0", '"中"').needs("doubled", "score")
    decided = final.decide(doubled, score, 金额=2000, 重复=True)
    assert decided.value == "高"
    assert [trace.to_json() for trace in decided.traces] == [
        {"decision": "score", "rules": [1, 2], "result": 5},
        {"decision": "doubled", "rules": [], "result": 10},
        {"decision": "final", "rules": [1], "result": "高"},
    ]


def test_a_result_stays_what_it_is_between_decisions() -> None:
    due = Table("due", literal='date("2026-03-01")')
    later = Table("later").input("due", "date").output().rule('< date("2026-04-01")', 'due + @"P1D"').needs("due")
    assert later.decide(due).value == "2026-03-02"


def test_the_budget_is_shared_by_all_cells() -> None:
    loop = "count(for i in 1..2000 return i) > 0"
    table = Table("t", "COLLECT", "COUNT").input("x").output()
    for _ in range(3):
        table.rule(loop.replace("> 0", "> x"), "1")
    assert table.decide(x=1).value == 3
    for _ in range(9):
        table.rule(loop.replace("> 0", "> x"), "1")
    with pytest.raises(DecisionError) as refused:
        table.decide(x=1)
    assert "20000" in refused.value.message("en")


def test_the_clock_is_the_caller_s() -> None:
    decision = CompiledDecision(read_decisions(Table("t", literal="today()").xml()), "t")
    context = EvaluationContext(now=datetime(2026, 3, 1, 18, tzinfo=UTC), zone=ZoneInfo("Asia/Shanghai"))
    assert decision.decide({}, context).value == "2026-03-02"
    with pytest.raises(DecisionCellFailed):
        decision.decide({})


TYPES = (
    '<itemDefinition name="grade"><typeRef>string</typeRef><allowedValues><text>"A","B"</text></allowedValues>'
    '</itemDefinition><itemDefinition name="customer"><itemComponent name="level"><typeRef>number</typeRef>'
    '</itemComponent></itemDefinition><itemDefinition name="grades" isCollection="true"><typeRef>grade</typeRef>'
    "</itemDefinition>"
)


def test_types_of_the_file_s_own() -> None:
    table = Table("t").input("g", "tns:grade").input("all", "grades").output("n", "number").rule('"A"', "-", "1")
    decision = CompiledDecision(read_decisions(table.xml(types=TYPES)), "t")
    assert decision.decide({"g": "A", "all": ["A", "B"]}).value == 1
    for given in ({"g": "C", "all": []}, {"g": "A", "all": ["A", "C"]}):
        with pytest.raises(DecisionCellFailed) as refused:
            decision.decide(given)
        assert '"C"' in refused.value.message("en")


def test_a_record_is_a_type_too() -> None:
    table = Table("t").input("customer", "customer").output("n", "number").rule("?.level > 3", "1")
    decision = CompiledDecision(read_decisions(table.xml(types=TYPES)), "t")
    assert decision.decide({"customer": {"level": 5}}).value == 1
    with pytest.raises(DecisionCellFailed):
        decision.decide({"customer": 5})


@pytest.mark.parametrize("version", ["20151101/dmn.xsd", "20180521/MODEL/", "20191111/MODEL/", "20230324/MODEL/"])
def test_every_version_of_the_format_is_read(version: str) -> None:
    scheme = "https" if version > "2019" else "http"
    source = dmn(one("number", "1"), namespace=f"{scheme}://www.omg.org/spec/DMN/{version}")
    assert CompiledDecision(read_decisions(source), "t").decide({"x": 1}).value is True
    assert DMN_1_3.encode() in dmn(one("number", "1"))


def test_labels_and_annotations_are_read_in_both_languages() -> None:
    table = (
        Table("t", name="投诉分级", en="Complaint class")
        .input("x", label="金额")
        .output("a")
        .rule("-", "1", note="依据 5.2")
    )
    decision = read_decisions(table.xml()).decisions["t"]
    assert (decision.label.text("zh"), decision.label.text("en")) == ("投诉分级", "Complaint class")
    assert decision.table is not None
    assert decision.table.rules[0].annotations == ("依据 5.2",)
    assert decision.table.inputs[0].label.text("en") == "金额"
