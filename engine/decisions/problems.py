"""What is wrong with a decision: where, how bad, and one sentence per language."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from engine.decisions.model import Decision, Label

Level = Literal["error", "warning"]

_TEXTS: dict[str, tuple[str, str]] = {
    "label_untranslated": ("没有英文名称（属性 en）", "it has no English name (property en)"),
    "type_unknown": ("未知类型“{type}”", "unknown type “{type}”"),
    "expression_missing": ("没有表达式", "there is no expression"),
    "expression_invalid": ("{reason_zh}", "{reason_en}"),
    "function_unknown": ("未知函数“{function}”", "unknown function “{function}”"),
    "name_unknown": (
        "“{name}”不是已知的名称：文本请加引号，变量请声明为输入数据",
        "“{name}” is no known name: put text in quotation marks, and declare a variable as input data",
    ),
    "rules_missing": ("没有规则", "there are no rules"),
    "output_name_missing": ("有多个输出列时，每列须有名称", "with several outputs, each needs a name"),
    "output_name_twice": ("输出名称“{name}”重复", "the output name “{name}” is used twice"),
    "output_empty": ("没有结论", "it answers nothing"),
    "aggregation_many": ("有多个输出列时不能汇总", "several outputs cannot be aggregated"),
    "priority_missing": (
        "命中策略 {policy} 按输出值的次序取舍，请列出输出值",
        "hit policy {policy} goes by the order of the output values, so list them",
    ),
    "value_kind": (
        "{value} 的类型不是{kind_zh}，永远不会符合",
        "{value} is not of type {kind}, so it never matches",
    ),
    "value_not_allowed": ("{value} 不在允许的值之中", "{value} is not among the allowed values"),
    "overlap": (
        "规则 {one} 和规则 {other} 会同时符合，例如 {example_zh}",
        "rules {one} and {other} match at once, e.g. {example_en}",
    ),
    "overlap_more": ("另有至少 {count} 对规则会同时符合", "at least {count} more pairs of rules match at once"),
    "overlap_unchecked": (
        "无法判断规则 {rules} 会不会同时符合：有的单元格不只是与固定值比较",
        "whether rules {rules} match at once cannot be checked: some cells do more than compare with fixed values",
    ),
    "outputs_differ": (
        "规则 {one} 和规则 {other} 会同时符合，结论却不同，例如 {example_zh}",
        "rules {one} and {other} match at once but do not say the same, e.g. {example_en}",
    ),
    "rule_never": (
        "规则 {other} 永远用不上：规则 {one} 已包含它",
        "rule {other} is never used: rule {one} contains it",
    ),
    "gap": ("没有规则符合，例如 {example_zh}", "no rule matches, e.g. {example_en}"),
    "gap_unchecked": (
        "无法判断规则是否覆盖所有情况：有的单元格不只是与固定值比较",
        "whether the rules cover every case cannot be checked: some cells do more than compare with fixed values",
    ),
    "gap_too_large": ("规则过于复杂，无法判断是否覆盖所有情况", "too complex to check whether every case is covered"),
}


@dataclass(frozen=True)
class DecisionProblem:
    """One finding of the publish checks; ``element`` is the id of the cell, column, rule or decision."""

    code: str
    decision: str
    element: str
    zh: str
    en: str
    level: Level = "error"


def found(
    code: str, decision: Decision, place: Label | None, element: str, *, level: Level = "error", **details: Any
) -> DecisionProblem:
    """The finding ``code`` at ``place`` of ``decision``, its sentences filled in from ``details``."""
    zh, en = _TEXTS[code]
    where_zh = f"决策“{decision.label.text('zh')}”" + (f"，{place.text('zh')}" if place else "")
    where_en = f"decision “{decision.label.text('en')}”" + (f", {place.text('en')}" if place else "")
    return DecisionProblem(
        code,
        decision.key,
        element or decision.key,
        f"{where_zh}：{zh.format_map(details)}",
        f"{where_en}: {en.format_map(details)}",
        level,
    )
