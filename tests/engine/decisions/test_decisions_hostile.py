"""Decision files a stranger made: refused in under two seconds, with a reason, and nothing of them is run or read."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from engine.decisions import DecisionError, DecisionSourceInvalid, check_decisions, read_decisions
from tests.support.tables import DMN_1_3, Table, dmn

SOUND = Table("grade").input("x", "number").output("a", "number").rule("< 5", "1").rule(">= 5", "2").xml()
LITERAL = '<decision id="d" name="d">{body}</decision>'


def definitions(body: str) -> bytes:
    return f'<definitions xmlns="{DMN_1_3}" id="m" name="m">{body}</definitions>'.encode()


def external(tmp_path: Path) -> bytes:
    secret = tmp_path / "secret"
    secret.write_text("top-secret")
    return f'<!DOCTYPE d [<!ENTITY x SYSTEM "file://{secret}">]><d>&x;</d>'.encode()


def circle(length: int) -> bytes:
    tables = [Table(f"d{n}", literal="1").needs(f"d{(n + 1) % length}") for n in range(length)]
    return dmn(*tables)


def wide(rules: int, columns: int, cell: str = "-") -> bytes:
    table = Table("wide")
    for number in range(columns):
        table.input(f"x{number}", "number")
    table.output("a", "number")
    for _ in range(rules):
        table.rule(*[cell] * columns, "1")
    return table.xml()


HOSTILE: list[tuple[str, str, Callable[[Path], bytes]]] = [
    ("external entity", "DOCTYPE", external),
    ("ten megabytes", "larger than", lambda _: b"<d>" + b"x" * 10_000_000 + b"</d>"),
    ("deep nesting", "deeper than", lambda _: b"<d>" * 5_000 + b"</d>" * 5_000),
    ("empty", "well-formed", lambda _: b""),
    ("a diagram", "not a DMN", lambda _: b"<svg xmlns='http://www.w3.org/2000/svg'/>"),
    ("some other namespace", "not a DMN", lambda _: b"<definitions xmlns='http://example.org'/>"),
    ("no decision", "no decision", lambda _: definitions("")),
    ("no id", "no id", lambda _: definitions("<decision name='x'/>")),
    ("a long id", "too long", lambda _: definitions(f"<decision id='{'x' * 101}' name='x'/>")),
    ("one id twice", "already used", lambda _: dmn(Table("d", literal="1"), Table("d", name="e", literal="2"))),
    ("one name twice", "same name", lambda _: dmn(Table("d", name="x", literal="1"),
                                                  Table("e", name="x", literal="2"))),
    ("nothing inside", "neither a table", lambda _: definitions(LITERAL.format(body=""))),
    ("a circle of two", "without end", lambda _: circle(2)),
    ("itself", "without end", lambda _: circle(1)),
    ("a circle of 150", "without end", lambda _: circle(150)),
    ("300 decisions", "more than 200", lambda _: dmn(*(Table(f"d{n}", literal="1") for n in range(300)))),
    ("required, not there", "does not exist", lambda _: dmn(Table("d", literal="1").needs("nothing"))),
    ("required from elsewhere", "another file", lambda _: definitions(LITERAL.format(
        body="<informationRequirement><requiredDecision href='http://example.invalid/#d'/></informationRequirement>"
        "<literalExpression><text>1</text></literalExpression>"))),
    ("Java", "only FEEL", lambda _: definitions(LITERAL.format(
        body="<literalExpression expressionLanguage='javascript'><text>1</text></literalExpression>"))),
    ("an external function", "not supported", lambda _: definitions(
        "<businessKnowledgeModel id='b' name='b'/>" + LITERAL.format(
            body="<literalExpression><text>1</text></literalExpression>"))),
    ("an import", "not supported", lambda _: definitions("<import namespace='x' locationURI='file:///etc/passwd'/>")),
    ("an unknown hit policy", "hit policy “RANDOM”", lambda _: Table("d", "RANDOM").output("a").rule("1").xml()),
    ("an unknown aggregation", "hit policy", lambda _: Table("d", "COLLECT", "AVG").output("a").rule("1").xml()),
    ("UNIQUE with SUM", "hit policy", lambda _: Table("d", "UNIQUE", "SUM").output("a").rule("1").xml()),
    ("no output", "no output", lambda _: Table("d").input("x").xml()),
    ("a cell too few", "as many cells", lambda _: Table("d").input("x").output("a").rule("1").xml()),
    ("2000 rules", "more than 1000", lambda _: wide(2000, 1)),
    ("90 columns", "more than 50", lambda _: wide(1, 90)),
    ("too much text", "characters of text", lambda _: wide(40, 1, ", ".join(["123456789"] * 1000))),
]  # fmt: skip


@pytest.mark.parametrize(("name", "words", "build"), HOSTILE, ids=[name for name, _, _ in HOSTILE])
def test_it_is_refused_quickly(name: str, words: str, build: Callable[[Path], bytes], tmp_path: Path) -> None:
    source = build(tmp_path)
    began = time.process_time()
    with pytest.raises(DecisionSourceInvalid) as refused:
        read_decisions(source, "hostile.dmn")
    assert time.process_time() - began < 2
    said = " ".join(problem["en"] for problem in refused.value.details["problems"])
    assert words in said
    assert refused.value.message("zh").startswith("决策文件“hostile.dmn”有误")
    assert "top-secret" not in str(refused.value.details)


SLOW: list[tuple[str, Callable[[], bytes]]] = [
    ("1000 rules that all overlap", lambda: wide(1000, 5)),
    ("many values in each cell", lambda: wide(20, 1, ", ".join(str(n) for n in range(2000)))),
    ("brackets", lambda: wide(1, 1, "(" * 9000 + ")" * 9000)),
    ("a long sum", lambda: wide(1, 1, "< " + "+".join(["1"] * 5000))),
    ("a large power", lambda: wide(1, 1, "< 10 ** 6000 ** 6000")),
    ("an endless loop", lambda: wide(1, 1, "< sum(for i in 1..999999999 return i)")),
    ("a long decimal", lambda: wide(2, 2, "< " + "9" * 5000)),
]


@pytest.mark.parametrize(("name", "build"), SLOW, ids=[name for name, _ in SLOW])
def test_it_is_checked_in_a_moment(name: str, build: Callable[[], bytes]) -> None:
    model = read_decisions(build())
    began = time.process_time()
    check_decisions(model)
    assert time.process_time() - began < 5


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_a_damaged_file_is_read_or_refused_but_never_crashes(data: st.DataObject) -> None:
    position = data.draw(st.integers(0, len(SOUND) - 1))
    length = data.draw(st.integers(0, 60))
    damaged = SOUND[:position] + data.draw(st.binary(max_size=40)) + SOUND[position + length :]
    try:
        check_decisions(read_decisions(damaged, "damaged.dmn"))
    except (DecisionSourceInvalid, DecisionError) as refused:
        assert refused.message("en")


@example(["==null", "-"])
@settings(max_examples=300, deadline=None)
@given(st.lists(st.text("-<>=()[].,\"'abc? 0159nottruefalsenull@", max_size=12), min_size=2, max_size=2))
def test_any_text_in_a_cell_is_checked_without_a_crash(texts: list[str]) -> None:
    table = Table("t").input("x").input("y", "string").output("a").rule(texts[0], texts[1], texts[0])
    for problem in table.rule(texts[1], "-", "1").problems():
        assert problem.zh and problem.en
