"""The owner of a process works on its decision tables: tries rows on what is not even saved, adds new tables."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from lxml import html

from engine.decisions import read_decisions
from tests.support.changes import OWNER, REVIEWER, STRANGER, changed_file, open_change
from tests.support.company import Company
from tests.support.tables import Table
from tests.support.visitor import Visitor

SignIn = Callable[[str], Visitor]
NAME = "complaint_class.dmn"

GRADES = (
    Table("complaint_class", name="等级")
    .input("people", "integer", label="人数")
    .input("kind", "string", '"a", "b"', label="类别")
    .output("grade", "string", label="等级")
    .output("hours", "number", label="小时")
    .rule(">= 10", "-", '"重大"', "1")
    .rule("< 10", '"a"', '"一般"', "4")
)


class Editor:
    """The page of one file of decisions, and the row as the page's script asks for it."""

    def __init__(self, company: Company, visitor: Visitor) -> None:
        self.change_id = open_change(company)
        self.address = f"/process-changes/{self.change_id}/decisions/{NAME}"
        self.visitor = visitor.visit(self.address)

    def row(self, source: bytes | str, **given: str) -> str:
        """What the fragment says of the values, by the ids of the inputs."""
        data = {
            "csrf_token": self.visitor._token(),
            "_source": source.decode() if isinstance(source, bytes) else source,
            **{f"in:{key}": value for key, value in given.items()},
        }
        found = self.visitor.client.post(f"{self.address}/test", data=data, headers={"HX-Request": "true"})
        assert found.status_code == 200
        self.fragment = html.fromstring(found.get_data(as_text=True))
        return " ".join(self.fragment.text_content().split())


def test_the_page_shows_the_inputs_and_the_task_that_takes_the_decision(company: Company, sign_in: SignIn) -> None:
    page = Editor(company, sign_in(OWNER)).visitor
    assert page.status == 200
    assert "投诉分级" in page.text and "严重程度" in page.text and "本变更: 判定等级" in page.text


def test_a_row_is_decided_by_the_table_as_it_was_sent(company: Company, sign_in: SignIn) -> None:
    editor = Editor(company, sign_in(OWNER))
    said = editor.row(GRADES.xml(), complaint_class_in1="12", complaint_class_in2="a")
    assert "符合的规则：1" in said and "等级重大小时1" in said
    assert editor.fragment.xpath("//@data-matching") == ["complaint_class_r1"]
    assert "没有规则符合" in editor.row(GRADES.xml(), complaint_class_in1="2", complaint_class_in2="b")
    assert "不在允许的值" in editor.row(GRADES.xml(), complaint_class_in1="2", complaint_class_in2="c")
    assert changed_file(company, editor.change_id, NAME).revision == 1


def test_rules_that_match_at_once_are_named_and_marked(company: Company, sign_in: SignIn) -> None:
    editor = Editor(company, sign_in(OWNER))
    overlapping = GRADES.xml().replace(b"&gt;= 10", b"-")
    assert "规则 1, 2 却同时符合" in editor.row(overlapping, complaint_class_in1="2", complaint_class_in2="a")
    assert editor.fragment.xpath("//@data-matching") == ["complaint_class_r1 complaint_class_r2"]


def test_owners_and_reviewers_try_rows_and_nobody_else(company: Company, sign_in: SignIn) -> None:
    editor = Editor(company, sign_in(OWNER))
    assert sign_in(REVIEWER).visit(editor.address).status == 200
    assert sign_in(STRANGER).visit(editor.address).status == 403
    assert sign_in(STRANGER).visit("/profile").send(f"{editor.address}/test", _source="x").status == 403
    assert sign_in(OWNER).visit(f"/process-changes/{editor.change_id}/decisions/complaint.bpmn").status == 404


BOMB = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><definitions>&b;</definitions>'
ENDLESS = Table("t").input("x", "number").output("a", "number").rule("-", "sum(for i in 1..99999999 return i)")


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("", "表格无法计算"),
        ("<html/>", "不是 DMN 文件"),
        (BOMB, "表格无法计算"),
        (Table("t").input("x").output("a").rule("<", "1").xml(), "规则 1"),
        (Table("t").input("x").output("a").rule("-", "__import__('os')").xml(), "规则 1"),
        (ENDLESS.xml(), "决策“t”"),
        (Table("t", name="<script>alert(1)</script>").input("x").output("a").rule("-", '"<script>"').xml(), "<script>"),
    ],
)
def test_hostile_tables_are_refused_in_words(company: Company, sign_in: SignIn, source: bytes | str, said: str) -> None:
    editor = Editor(company, sign_in(OWNER))
    assert said in editor.row(source, t_in1="1")
    assert editor.fragment.xpath("//script") == []


def test_a_new_table_is_readable_at_once(company: Company, sign_in: SignIn) -> None:
    change_id = open_change(company)
    address = f"/process-changes/{change_id}/decisions"
    owner = sign_in(OWNER).visit(address)
    assert "投诉分级" in owner.text
    owner.submit(address, key="discount", name_zh="折扣 & “优惠”", name_en="Discount <1>")
    assert owner.path == f"{address}/discount.dmn" and owner.status == 200
    made = read_decisions(changed_file(company, change_id, "discount.dmn").content).decisions["discount"]
    assert (made.label.zh, made.label.en) == ("折扣 & “优惠”", "Discount <1>")
    assert owner.visit(address).submit(address, key="discount", name_zh="折扣", name_en="Discount").status == 409
    assert owner.visit(address).submit(address, key="complaint_class", name_zh="折扣", name_en="x").status == 409
    assert owner.visit(address).submit(address, key="A b", name_zh="折扣", name_en="x").status == 422
