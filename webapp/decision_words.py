"""What a decision said, for people: its name, answers and values in the words of its table instead of keys."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from flask_babel import gettext

from engine.decisions.model import Cell, Decision, Output
from webapp.context import current_language

Decisions = Mapping[str, Decision]


def sentences(decisions: Decisions, traces: Iterable[Mapping[str, Any]], groups: Mapping[str, str]) -> list[str]:
    """One sentence for each decision that was taken; ``groups`` are the names of groups by their keys."""
    return [
        gettext(
            "Decision %(name)s: %(result)s (rule %(rules)s)",
            name=_name(decisions, trace["decision"]),
            result=_result(_outputs(decisions.get(trace["decision"])), trace["result"], groups),
            rules=", ".join(str(rule) for rule in trace["rules"]),
        )
        for trace in traces
    ]


def _name(decisions: Decisions, key: str) -> str:
    return decisions[key].label.text(current_language()) if key in decisions else key


def _outputs(decision: Decision | None) -> tuple[Output, ...]:
    return decision.table.outputs if decision is not None and decision.table is not None else ()


def _result(outputs: tuple[Output, ...], result: Any, groups: Mapping[str, str]) -> str:
    """A record names its values; a table with one output answers them bare."""
    if isinstance(result, list):
        return "; ".join(_result(outputs, one, groups) for one in result)
    if not isinstance(result, dict):
        return _value_said(result, outputs[0] if len(outputs) == 1 else None, groups)
    named = {one.name: one for one in outputs}
    return ", ".join(
        f"{named[name].label.text(current_language()) if name in named else name} "
        f"{_value_said(value, named.get(name), groups)}"
        for name, value in result.items()
    )


def _value_said(value: Any, output: Output | None, groups: Mapping[str, str]) -> str:
    """What a value means by the words of its column; as it is where nothing names it."""
    if isinstance(value, bool):
        return gettext("Yes") if value else gettext("No")
    if value is None:
        return "—"
    return _word(str(value), output, groups) or str(value)


def _word(said: str, output: Output | None, groups: Mapping[str, str]) -> str:
    if output is None:
        return ""
    word = output.words[said].text(current_language()) if said in output.words else ""
    return word or (groups.get(said, "") if output.names_groups else "")


def answer_said(cell: Cell, output: Output, groups: Mapping[str, str]) -> str:
    """What the answer in a cell is called, '' for one that has no name or is computed."""
    return _word(cell.text.strip().strip('"'), output, groups)
