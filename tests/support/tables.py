"""Decision tables for tests, written as a few calls; ``dmn`` gives the file a modeler would save."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from engine.decisions import CompiledDecision, Decided, DecisionProblem, check_decisions, read_decisions
from engine.feel import EvaluationContext

DMN_1_3 = "https://www.omg.org/spec/DMN/20191111/MODEL/"


@dataclass
class Table:
    """A decision under construction: columns as ``(label, expression, type, allowed values)``, rules as rows."""

    key: str = "decision"
    hit_policy: str = "UNIQUE"
    aggregation: str = ""
    name: str = ""
    en: str = ""
    inputs: list[tuple[str, str, str, str]] = field(default_factory=list)
    outputs: list[tuple[str, str, str, str, str]] = field(default_factory=list)
    rules: list[tuple[list[str], list[str], str]] = field(default_factory=list)
    requires: list[str] = field(default_factory=list)
    literal: str | None = None

    def input(self, expression: str, type: str = "", allowed: str = "", label: str = "") -> Table:
        self.inputs.append((label, expression, type, allowed))
        return self

    def output(
        self, name: str = "answer", type: str = "", values: str = "", default: str = "", label: str = ""
    ) -> Table:
        self.outputs.append((name, type, values, default, label))
        return self

    def rule(self, *cells: str, note: str = "") -> Table:
        """One row: the inputs' cells, then the outputs'."""
        count = len(self.inputs)
        self.rules.append((list(cells[:count]), list(cells[count:]), note))
        return self

    def needs(self, *keys: str) -> Table:
        self.requires += keys
        return self

    def element(self) -> str:
        extension = (
            '<extensionElements><camunda:properties><camunda:property name="en" '
            f"value={quoteattr(self.en)}/></camunda:properties></extensionElements>"
            if self.en
            else ""
        )
        required = "".join(
            f'<informationRequirement><requiredDecision href="#{key}"/></informationRequirement>'
            for key in self.requires
        )
        body = (
            self._table() if self.literal is None else f"<literalExpression>{_text(self.literal)}</literalExpression>"
        )
        name = quoteattr(self.name or self.key)
        return f'<decision id="{self.key}" name={name}>{extension}{required}{body}</decision>'

    def _table(self) -> str:
        key, parts = self.key, []
        for number, (label, expression, type, allowed) in enumerate(self.inputs, 1):
            values = f"<inputValues>{_text(allowed)}</inputValues>" if allowed else ""
            parts.append(
                f'<input id="{key}_in{number}" label={quoteattr(label)}><inputExpression typeRef="{type}">'
                f"{_text(expression)}</inputExpression>{values}</input>"
            )
        for number, (name, type, values, default, label) in enumerate(self.outputs, 1):
            listed = f"<outputValues>{_text(values)}</outputValues>" if values else ""
            otherwise = f"<defaultOutputEntry>{_text(default)}</defaultOutputEntry>" if default else ""
            parts.append(
                f'<output id="{key}_out{number}" name={quoteattr(name)} label={quoteattr(label)} typeRef="{type}">'
                f"{listed}{otherwise}</output>"
            )
        for number, (tests, answers, note) in enumerate(self.rules, 1):
            cells = _cells("inputEntry", tests, f"{key}_r{number}i") + _cells(
                "outputEntry", answers, f"{key}_r{number}o"
            )
            parts.append(f'<rule id="{key}_r{number}"><description>{escape(note)}</description>{cells}</rule>')
        aggregation = f' aggregation="{self.aggregation}"' if self.aggregation else ""
        return f'<decisionTable hitPolicy="{self.hit_policy}"{aggregation}>{"".join(parts)}</decisionTable>'

    def xml(self, *others: Table, inputs: Sequence[str] = (), types: str = "") -> bytes:
        return dmn(self, *others, inputs=inputs, types=types)

    def decide(self, *others: Table, inputs: Sequence[str] = (), **variables: Any) -> Decided:
        """The decision taken for ``variables``, its file read anew."""
        model = read_decisions(self.xml(*others, inputs=inputs), f"{self.key}.dmn")
        return CompiledDecision(model, self.key).decide(variables, EvaluationContext())

    def problems(self, *others: Table, inputs: Sequence[str] = (), types: str = "") -> list[DecisionProblem]:
        """What the publish checks say, missing translations left out."""
        found = check_decisions(read_decisions(self.xml(*others, inputs=inputs, types=types)))
        return [problem for problem in found if problem.code != "label_untranslated"]


def dmn(*tables: Table, inputs: Sequence[str] = (), types: str = "", namespace: str = DMN_1_3) -> bytes:
    """The file with these decisions."""
    data = "".join(f'<inputData id="data_{i}" name={quoteattr(name)}/>' for i, name in enumerate(inputs))
    decisions = "".join(table.element() for table in tables)
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><definitions xmlns="{namespace}" '
        'xmlns:camunda="http://camunda.org/schema/1.0/bpmn" id="model" name="model" namespace="http://example.org">'
        f"{types}{data}{decisions}</definitions>"
    ).encode()


def _text(feel: str) -> str:
    return f"<text>{escape(feel)}</text>"


def _cells(tag: str, texts: Sequence[str], prefix: str) -> str:
    return "".join(f'<{tag} id="{prefix}{number}">{_text(text)}</{tag}>' for number, text in enumerate(texts, 1))
