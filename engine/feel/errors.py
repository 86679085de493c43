"""What can go wrong with an expression: its text (at publish) or its evaluation (at run time)."""

from __future__ import annotations

from typing import Any, NoReturn

from engine.errors import Invalid

_LONGEST_TEXT = 1000


class FeelError(Invalid):
    """Base of every error of the expression language."""

    code = "feel"
    zh = "表达式有误：{reason_zh}"
    en = "The expression is wrong: {reason}"

    def __init__(self, *, reason: str, reason_zh: str, text: str = "", **details: Any) -> None:
        shown = text if len(text) <= _LONGEST_TEXT else text[:_LONGEST_TEXT] + "…"
        super().__init__(reason=reason, reason_zh=reason_zh, text=shown, **details)


class FeelSyntaxError(FeelError):
    """The text is not FEEL; ``details["position"]`` counts characters from 0."""

    code = "feel_syntax"
    zh = "表达式“{text}”的第 {column} 个字符处有误：{reason_zh}"
    en = "The expression “{text}” is wrong at character {column}: {reason}"


class FeelEvaluationError(FeelError):
    """The expression is FEEL but cannot be evaluated here, e.g. it calls a function nobody offers."""

    code = "feel_evaluation"
    zh = "表达式“{text}”无法求值：{reason_zh}"
    en = "The expression “{text}” cannot be evaluated: {reason}"


class FeelBudgetExceeded(FeelEvaluationError):
    """The evaluation was stopped because it took too many steps or built too large a value."""

    code = "feel_budget"


def refuse(text: str, position: int, reason: str, reason_zh: str) -> NoReturn:
    """Raise the :class:`FeelSyntaxError` for the character at ``position`` (from 0) of ``text``."""
    raise FeelSyntaxError(text=text, position=position, column=position + 1, reason=reason, reason_zh=reason_zh)
