"""A complaint is classified by a table its owner edits; the history says by which rule."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from engine.bootstrap import Platform
from engine.decisions import DecisionNotUnique
from engine.definitions.problems import DefinitionInvalid
from engine.store.tables import (
    audit,
    decision_definition,
    engine_incident,
    history,
    process_definition,
    process_definition_decision,
    process_instance,
)
from tests.support.diagrams import Diagram, called, multiple
from tests.support.house import House
from tests.support.people import People
from tests.support.tables import Table, dmn


@pytest.fixture
def house(any_platform: Platform, people: People) -> House:
    people.group("staff")
    return House(any_platform)


def complaint_class(important_hours: int = 8) -> bytes:
    """Clocks by class: how serious a complaint is, and within how many hours it is answered and resolved."""
    score = Table("complaint_score", "COLLECT", "SUM", name="严重程度", en="Severity")
    score.input("影响人数", "integer", ">= 0").input("重复投诉", "boolean").input("渠道", "string")
    score.output("分值", "number", default="0").rule(">= 100", "-", "-", "3").rule("[10..99]", "-", "-", "1")
    score.rule("-", "true", "-", "2").rule("-", "-", '"监管转办", "媒体"', "5")
    table = Table("complaint_class", name="投诉分级", en="Complaint class").needs("complaint_score")
    table.input("严重程度", "number", label="严重程度").input("类别", "string", '"服务态度", "服务质量", "费用"')
    table.output("等级", "string", '"重大", "重要", "一般"').output("响应小时", "number").output("解决小时", "number")
    table.rule(">= 5", "-", '"重大"', "1", "24", note="服务台一小时内上报技术服务中心")
    table.rule("[2..5)", "-", '"重要"', "2", str(important_hours))
    table.rule("< 2", '"服务质量", "费用"', '"一般"', "4", "72").rule("< 2", '"服务态度"', '"重要"', "2", "48")
    return dmn(table, score, inputs=["影响人数", "重复投诉", "渠道", "类别"])


def complaint(*, by: str = "complaint_class") -> Diagram:
    diagram = Diagram("complaint").start().user("register").decision("classify", by, "分级").exclusive("serious")
    diagram.user("centre").user("desk").end().flow("begin", "register", "classify", "serious")
    diagram.flow("serious", "centre", when='分级.等级 = "重大"').flow("serious", "desk", default=True)
    return diagram.flow("centre", "done").flow("desk", "done")


SLIGHT: dict[str, Any] = {"影响人数": 1, "重复投诉": False, "渠道": "电话", "类别": "费用"}
SERIOUS: dict[str, Any] = {**SLIGHT, "影响人数": 20, "渠道": "媒体"}


def evidence(house: House) -> list[dict[str, Any]]:
    """The decisions in the history of all cases, oldest first."""
    with house.reading() as connection:
        query = select(history.c.data).join(process_instance, process_instance.c.id == history.c.instance_id)
        order = process_instance.c.business_key, history.c.revision, history.c.sequence
        found = connection.execute(query.order_by(*order)).scalars()
        return [decision for data in found for decision in (data or {}).get("decisions", ())]


def test_the_class_decides_the_way_and_the_history_says_why(house: House, people: People) -> None:
    li = people.user("li.lei", groups=["staff"])
    assert house.publish(complaint(), decisions={"complaint": complaint_class()}).decisions == {
        "complaint_class": 1,
        "complaint_score": 1,
    }
    slight, serious = house.start("complaint"), house.start("complaint")
    house.complete(house.item(slight, "register"), li, **SLIGHT)
    house.complete(house.item(serious, "register"), li, **SERIOUS)
    assert (house.open(slight), house.open(serious)) == (["desk"], ["centre"])
    assert evidence(house) == [
        {"decision": "complaint_score", "rules": [], "result": 0},
        {"decision": "complaint_class", "rules": [3], "result": {"等级": "一般", "响应小时": 4, "解决小时": 72}},
        {"decision": "complaint_score", "rules": [2, 4], "result": 6},
        {"decision": "complaint_class", "rules": [1], "result": {"等级": "重大", "响应小时": 1, "解决小时": 24}},
    ]


def test_running_cases_keep_the_table_they_started_with(house: House, people: People) -> None:
    li = people.user("li.lei", groups=["staff"])
    house.publish(complaint(), decisions={"complaint": complaint_class()})
    old = house.start("complaint")
    again = house.publish(complaint(), decisions={"complaint": complaint_class()})
    assert (again.deployment_id, again.processes, again.decisions) == (None, {}, {})
    changed = house.publish(complaint(), decisions={"complaint": complaint_class(important_hours=4)})
    assert changed.processes == {"complaint": 2}
    assert changed.decisions == {"complaint_class": 2, "complaint_score": 2}
    new = house.start("complaint")
    for case in (old, new):
        house.complete(house.item(case, "register"), li, **{**SLIGHT, "重复投诉": True})
    hours = [one["result"]["解决小时"] for one in evidence(house) if one["decision"] == "complaint_class"]
    assert hours == [8, 4]
    rows = house.rows(decision_definition)
    assert sorted((row.key, row.version, row.is_latest, row.name_zh, row.name_en) for row in rows) == [
        ("complaint_class", 1, False, "投诉分级", "Complaint class"),
        ("complaint_class", 2, True, "投诉分级", "Complaint class"),
        ("complaint_score", 1, False, "严重程度", "Severity"),
        ("complaint_score", 2, True, "严重程度", "Severity"),
    ]
    assert len(house.rows(process_definition_decision)) == 2
    actions = [row.action for row in house.rows(audit)]
    assert actions.count("decision_definition.publish") == 4


def test_a_called_process_brings_its_own_table(house: House, people: People) -> None:
    """Caller and called use the same key, published at different times: each keeps its own version."""
    li = people.user("li.lei", groups=["staff"])

    def answering(text: str) -> dict[str, bytes]:
        return {"grade": Table("grade", literal=text).xml()}

    callee = Diagram("callee").start("b").decision("inner", "grade", "内").end("e").flow("b", "inner", "e")
    house.publish(callee, decisions=answering('"old"'))
    caller = Diagram("caller").start().node("callActivity", "call", **called("callee"))
    caller.decision("outer", "grade", "外").user("look").end().flow("begin", "call", "outer", "look", "done")
    house.publish(caller, decisions=answering('"new"'))
    case = house.start("caller")
    house.complete(house.item(case, "look"), li)
    assert [one["result"] for one in evidence(house)] == ["old", "new"]


def test_each_of_several_lines_is_decided(house: House, people: People) -> None:
    table = Table("size", name="大小").input("line", "number").output("s", "string").rule("< 5", '"小"')
    table.rule(">= 5", '"大"')
    diagram = Diagram("lines").start()
    diagram.node("businessRuleTask", "each", multiple("=数量", "line"), camunda_decisionRef="size",
                 camunda_resultVariable="each_result").user("look").end()  # fmt: skip
    house.publish(diagram.flow("begin", "each", "look", "done"), decisions={"size": table.xml()})
    house.start("lines", 数量=[1, 7, 5])
    assert [(one["rules"], one["result"]) for one in evidence(house)] == [([1], "小"), ([2], "大"), ([2], "大")]


def test_a_table_that_contradicts_itself_is_not_published(house: House) -> None:
    table = Table("complaint_class", name="投诉分级", en="Class").input("影响人数", "number").output("等级", "string")
    table.rule(">= 10", '"重大"').rule("<= 10", '"一般"')
    with pytest.raises(DefinitionInvalid) as refused:
        house.publish(complaint(), decisions={"complaint": table.xml()})
    (found,) = [problem for problem in refused.value.problems if problem.level == "error"]
    assert (found.code, found.file, found.element_id) == ("overlap", "area/complaint.dmn", "complaint_class_r2")
    assert "规则 1 和规则 2 会同时符合，例如 影响人数：10" in found.zh
    assert house.rows(decision_definition) == house.rows(process_definition) == []


def test_files_that_are_no_tables_are_refused_with_the_others(house: House) -> None:
    with pytest.raises(DefinitionInvalid) as refused:
        house.publish(complaint(by="other"), decisions={"a": b"<!DOCTYPE x []><x/>", "b": Table("x").xml(),
                                                        "c": Table("x", literal="1").xml()})  # fmt: skip
    codes = {(problem.code, problem.file) for problem in refused.value.problems if problem.level == "error"}
    assert {("decision_invalid", "area/a.dmn"), ("decision_invalid", "area/b.dmn")} <= codes
    assert ("decision_unknown", "area/complaint.bpmn") in codes


def test_one_decision_lies_in_one_file(house: House) -> None:
    with pytest.raises(DefinitionInvalid) as refused:
        house.publish(decisions={"a": Table("x", literal="1").xml(), "b": Table("x", literal="2").xml()})
    assert [problem.code for problem in refused.value.problems if problem.level == "error"] == ["decision_duplicate"]


def test_what_cannot_be_decided_is_told_to_whoever_submits(house: House, people: People) -> None:
    """The check cannot compare these two rules; when both match, nothing is submitted and the rules are named."""
    li = people.user("li.lei", groups=["staff"])
    table = Table("complaint_class", name="投诉分级", en="Class").input("类别", "string").output("等级", "string")
    table.rule('contains(?, "服务")', '"重大"').rule('contains(?, "态度")', '"一般"')
    published = house.publish(complaint(), decisions={"complaint": table.xml()})
    assert "overlap_unchecked" in {warning.code for warning in published.warnings}
    case = house.start("complaint")
    with pytest.raises(DecisionNotUnique) as refused:
        house.complete(house.item(case, "register"), li, 类别="服务态度")
    assert refused.value.message("zh") == "决策“投诉分级”只允许一条规则符合，规则 1, 2 却同时符合"
    assert house.open(case) == ["register"]
    house.complete(house.item(case, "register"), li, 类别="态度")
    assert evidence(house) == [{"decision": "complaint_class", "rules": [2], "result": "一般"}]


def test_every_start_decides_anew(house: House, people: People) -> None:
    table = (
        Table("grade", name="等级").input("n", "number").output("g", "string").rule("< 5", '"低"').rule(">= 5", '"高"')
    )
    diagram = Diagram("errand").start().decision("judge", "grade", "g").exclusive("way").user("low").user("high").end()
    diagram.flow("begin", "judge", "way").flow("way", "high", when='g = "高"').flow("way", "low", default=True)
    house.publish(diagram.flow("low", "done").flow("high", "done"), decisions={"grade": table.xml()})
    assert [house.open(house.start("errand", n=n)) for n in (1, 9, 2)] == [["low"], ["high"], ["low"]]
    assert [one["result"] for one in evidence(house)] == ["低", "高", "低"]


def test_what_cannot_be_decided_when_a_timer_fires_becomes_an_engine_incident(house: House) -> None:
    table = Table("grade", name="等级", en="Grade").input("n", "number", label="数量").output("g").rule("-", "1")
    diagram = (
        Diagram("late").start().user("work").boundary("after", "work", "PT1H").decision("judge", "grade", "g").end()
    )
    house.publish(
        diagram.flow("begin", "work", "done").flow("after", "judge", "done"), decisions={"grade": table.xml()}
    )
    case = house.start("late", n="three")
    house.pass_time(hours=8)
    assert house.open(case) == ["work"]
    (trouble,) = house.rows(engine_incident)
    assert trouble.error_code == "decision_cell_failed"
    assert "输入“数量”" in trouble.message_zh
    assert evidence(house) == []
