"""What a decision said, for people: its name and its answers by their labels instead of keys."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from flask_babel import gettext

from engine.decisions.model import Decision
from webapp.context import current_language

Decisions = Mapping[str, Decision]


def sentences(decisions: Decisions, traces: Iterable[Mapping[str, Any]]) -> list[str]:
    """One sentence for each decision that was taken."""
    return [
        gettext(
            "Decision %(name)s: %(result)s (rule %(rules)s)",
            name=_name(decisions, trace["decision"]),
            result=_result(decisions.get(trace["decision"]), trace["result"]),
            rules=", ".join(str(rule) for rule in trace["rules"]),
        )
        for trace in traces
    ]


def _name(decisions: Decisions, key: str) -> str:
    return decisions[key].label.text(current_language()) if key in decisions else key


def _result(decision: Decision | None, result: Any) -> str:
    if isinstance(result, list):
        return "; ".join(_result(decision, one) for one in result)
    if isinstance(result, dict):
        return ", ".join(f"{_label(decision, name)} {_word(value)}" for name, value in result.items())
    return _word(result)


def _label(decision: Decision | None, name: str) -> str:
    outputs = decision.table.outputs if decision is not None and decision.table is not None else ()
    return next((one.label.text(current_language()) for one in outputs if one.name == name), name)


def _word(value: Any) -> str:
    if isinstance(value, bool):
        return gettext("Yes") if value else gettext("No")
    return "—" if value is None else str(value)
