"""Decisions as their file tells them: tables, expressions and what each requires, without evaluating anything."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from engine.errors import Language

HitPolicy = Literal["UNIQUE", "FIRST", "PRIORITY", "ANY", "COLLECT", "RULE ORDER", "OUTPUT ORDER"]
Aggregation = Literal["", "SUM", "MIN", "MAX", "COUNT"]

# Those that keep one of the matching rules; the others keep all of them.
SINGLE_HIT: frozenset[HitPolicy] = frozenset({"UNIQUE", "FIRST", "PRIORITY", "ANY"})


@dataclass(frozen=True)
class ValueType:
    """What values a column or a decision takes.

    ``kind`` is FEEL's name of the kind of value, ``Any``, or empty for a type nobody knows; ``is_whole`` narrows
    numbers to integers; ``allowed`` are FEEL unary tests, empty for every value of the kind.
    """

    name: str = ""
    kind: str = "Any"
    is_whole: bool = False
    is_list: bool = False
    allowed: str = ""


@dataclass(frozen=True)
class Label:
    """What people call something, in both languages."""

    zh: str
    en: str

    def text(self, language: Language) -> str:
        """The label for a reader of ``language``; the other language's when one is missing."""
        return (self.zh or self.en) if language == "zh" else (self.en or self.zh)


@dataclass(frozen=True)
class Cell:
    """A text of a table with the element it stands in."""

    id: str
    text: str


@dataclass(frozen=True)
class Input:
    """A column that is tested."""

    id: str
    label: Label
    expression: Cell
    type: ValueType
    allowed: Cell  # the column's own allowed values; empty when its type alone says


@dataclass(frozen=True)
class Output:
    """A column that is answered. ``values`` are the possible answers, the most important first.

    ``words`` are what people call the answers, by the answer; with ``names_groups`` the answers are keys of groups.
    """

    id: str
    name: str
    label: Label
    type: ValueType
    values: Cell
    default: Cell
    words: Mapping[str, Label] = field(default_factory=dict)
    names_groups: bool = False


@dataclass(frozen=True)
class Rule:
    """A row; ``number`` counts from 1 as the editor shows it."""

    id: str
    number: int
    inputs: tuple[Cell, ...]
    outputs: tuple[Cell, ...]
    annotations: tuple[str, ...] = ()


@dataclass(frozen=True)
class DecisionTable:
    """Rules from inputs to outputs."""

    hit_policy: HitPolicy
    aggregation: Aggregation
    inputs: tuple[Input, ...]
    outputs: tuple[Output, ...]
    rules: tuple[Rule, ...]

    @property
    def has_default(self) -> bool:
        """Whether something is answered when no rule matches."""
        return any(output.default.text for output in self.outputs)


@dataclass(frozen=True)
class Decision:
    """One decision: ``key`` is what processes name, ``variable`` what other decisions call its result."""

    key: str
    label: Label
    variable: str
    type: ValueType
    requires: tuple[str, ...]
    table: DecisionTable | None = None
    expression: Cell | None = None


@dataclass(frozen=True)
class DecisionModel:
    """The decisions of one file; ``inputs`` are the variables it says it expects."""

    file: str
    decisions: dict[str, Decision] = field(default_factory=dict)
    inputs: frozenset[str] = frozenset()

    @property
    def names(self) -> frozenset[str]:
        """Every name that expressions of the file may use, so that one of several words is understood."""
        return self.inputs | {decision.variable for decision in self.decisions.values()}

    def required(self, key: str) -> Iterator[Decision]:
        """The decision with all it requires, directly or not: each once, the required before the requiring."""
        done: dict[str, None] = {}

        def visit(current: str) -> None:
            if current in done:
                return
            for needed in self.decisions[current].requires:
                visit(needed)
            done[current] = None

        visit(key)
        return (self.decisions[each] for each in done)


def column_place(column: Input | Output) -> Label:
    """The words for a column."""
    zh, en = ("输入", "input") if isinstance(column, Input) else ("输出", "output")
    return Label(f"{zh}“{column.label.text('zh')}”", f"{en} “{column.label.text('en')}”")


def rule_place(rule: Rule, column: Input | Output) -> Label:
    """The words for a cell: its rule and column."""
    column_label = column_place(column)
    return Label(f"规则 {rule.number}，{column_label.zh}", f"rule {rule.number}, {column_label.en}")
