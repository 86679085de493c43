"""The reader of decision tables."""

from __future__ import annotations

from collections.abc import Callable
from typing import get_args

from lxml import etree

from engine.decisions.model import Aggregation, DecisionTable, HitPolicy, Input, Label, Output, Rule
from engine.decisions.tree import cell_of, child, children, label_of, properties, text_of
from engine.decisions.types_source import TypeReader
from engine.xml import CAMUNDA

LIMIT_RULES = 1000
LIMIT_COLUMNS = 50
_HIT_POLICIES: dict[str, HitPolicy] = {policy: policy for policy in get_args(HitPolicy)}
_AGGREGATIONS: dict[str, Aggregation] = {aggregation: aggregation for aggregation in get_args(Aggregation)}

Problem = Callable[[etree._Element, str, str], None]


def read_table(node: etree._Element, types: TypeReader, problem: Problem) -> DecisionTable | None:
    """The table in ``node``; what is wrong with its shape goes to ``problem``, and a table beyond repair is None."""
    policy = _HIT_POLICIES.get(node.get("hitPolicy", "UNIQUE").upper())
    aggregation = _AGGREGATIONS.get(node.get("aggregation", "").upper())
    if policy is None or aggregation is None or (aggregation and policy != "COLLECT"):
        given = f"{node.get('hitPolicy', 'UNIQUE')} {node.get('aggregation', '')}".strip()
        problem(node, f"不存在的命中策略“{given}”", f"there is no hit policy “{given}”")
        return None
    if not _is_moderate(node, problem):
        return None
    inputs = tuple(_input(each, number, types, problem) for number, each in enumerate(children(node, "input"), 1))
    outputs = tuple(_output(each, number, types) for number, each in enumerate(children(node, "output"), 1))
    if not outputs:
        problem(node, "决策表没有输出列", "the table has no output column")
        return None
    rules = tuple(
        _rule(each, number, len(inputs), len(outputs), problem) for number, each in enumerate(children(node, "rule"), 1)
    )
    return DecisionTable(policy, aggregation, inputs, outputs, rules)


def _is_moderate(node: etree._Element, problem: Problem) -> bool:
    rules, columns = len(children(node, "rule")), max(len(children(node, "input")), len(children(node, "output")))
    if rules > LIMIT_RULES:
        problem(node, f"规则多于 {LIMIT_RULES} 条", f"the table has more than {LIMIT_RULES} rules")
    if columns > LIMIT_COLUMNS:
        problem(node, f"列多于 {LIMIT_COLUMNS} 列", f"the table has more than {LIMIT_COLUMNS} columns")
    return rules <= LIMIT_RULES and columns <= LIMIT_COLUMNS


def _input(node: etree._Element, number: int, types: TypeReader, problem: Problem) -> Input:
    identifier = node.get("id", "")
    if node.get(f"{{{CAMUNDA}}}inputVariable"):
        problem(node, "不支持 inputVariable；单元格中用 ? 表示输入值", "inputVariable is not read; write ? instead")
    expression = child(node, "inputExpression")
    reference = expression.get("typeRef", "") if expression is not None else ""
    text = cell_of(expression, identifier)
    return Input(
        id=identifier,
        label=label_of(node, "label", text.text or str(number)),
        expression=text,
        type=types(reference),
        allowed=cell_of(child(node, "inputValues"), identifier),
    )


def _output(node: etree._Element, number: int, types: TypeReader) -> Output:
    identifier, name = node.get("id", ""), " ".join(node.get("name", "").split())
    return Output(
        id=identifier,
        name=name,
        label=label_of(node, "label", name or str(number)),
        type=types(node.get("typeRef", "")),
        values=cell_of(child(node, "outputValues"), identifier),
        default=cell_of(child(node, "defaultOutputEntry"), identifier),
        words=_words(properties(node)),
        names_groups=properties(node).get("values") == "groups",
    )


def _words(given: dict[str, str]) -> dict[str, Label]:
    """What the answers are called: ``zh:urgent`` and ``en:urgent`` name the answer "urgent"."""
    answers = [name.split(":", 1)[1] for name in given if name.startswith(("zh:", "en:"))]
    return {one: Label(given.get(f"zh:{one}", ""), given.get(f"en:{one}", "")) for one in answers}


def _rule(node: etree._Element, number: int, inputs: int, outputs: int, problem: Problem) -> Rule:
    identifier = node.get("id", "")
    tests, answers = children(node, "inputEntry"), children(node, "outputEntry")
    if (len(tests), len(answers)) != (inputs, outputs):
        problem(
            node,
            f"规则 {number} 的单元格数与列数不符",
            f"rule {number} does not have as many cells as there are columns",
        )
    notes = [text_of(entry, "text") for entry in children(node, "annotationEntry")] + [text_of(node, "description")]
    return Rule(
        id=identifier,
        number=number,
        inputs=tuple(cell_of(each, identifier) for each in tests),
        outputs=tuple(cell_of(each, identifier) for each in answers),
        annotations=tuple(note for note in notes if note),
    )
