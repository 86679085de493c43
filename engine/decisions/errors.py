"""What can go wrong with a decision: its file (at publish) or its evaluation (at run time)."""

from __future__ import annotations

from typing import Any

from engine.decisions.model import Decision, Label
from engine.errors import Invalid


class DecisionSourceInvalid(Invalid):
    """The file is no decision model we can read; ``details['problems']`` lists every finding."""

    code = "decision_source_invalid"
    zh = "决策文件“{file}”有误：{reason_zh}"
    en = "Decision file “{file}”: {reason_en}"

    def __init__(self, file: str, problems: list[dict[str, str]]) -> None:
        super().__init__(
            file=file, reason_zh=problems[0]["zh"], reason_en=problems[0]["en"], problems=problems, count=len(problems)
        )


class DecisionError(Invalid):
    """Base of what stops an evaluation; ``details`` name the decision's key, and the rules or the cell if any."""

    code = "decision"

    def __init__(self, decision: Decision, **details: Any) -> None:
        super().__init__(
            decision=decision.key, name_zh=decision.label.text("zh"), name_en=decision.label.text("en"), **details
        )


class DecisionNotUnique(DecisionError):
    """More than one rule matches under UNIQUE."""

    code = "decision_not_unique"
    zh = "决策“{name_zh}”只允许一条规则符合，规则 {rules_text} 却同时符合"
    en = "Decision “{name_en}” allows one matching rule, but rules {rules_text} match at once"

    def __init__(self, decision: Decision, rules: list[int]) -> None:
        super().__init__(decision, rules=rules, rules_text=", ".join(map(str, rules)))


class DecisionOutputsDiffer(DecisionError):
    """The rules that match under ANY do not say the same."""

    code = "decision_outputs_differ"
    zh = "决策“{name_zh}”中同时符合的规则 {rules_text} 结论不同"
    en = "In decision “{name_en}”, rules {rules_text} match at once and do not say the same"

    def __init__(self, decision: Decision, rules: list[int]) -> None:
        super().__init__(decision, rules=rules, rules_text=", ".join(map(str, rules)))


class DecisionCellFailed(DecisionError):
    """A cell cannot be evaluated, or its value is not what its column takes."""

    code = "decision_cell_failed"
    zh = "决策“{name_zh}”，{place_zh}：{reason_zh}"
    en = "Decision “{name_en}”, {place_en}: {reason_en}"

    def __init__(self, decision: Decision, place: Label, element_id: str, reason_zh: str, reason_en: str) -> None:
        super().__init__(
            decision,
            place_zh=place.text("zh"),
            place_en=place.text("en"),
            element_id=element_id,
            reason_zh=reason_zh,
            reason_en=reason_en,
        )
