"""What changed in a file of decisions: its tables column by column and row by row."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from engine.decisions.model import Cell, Decision, DecisionModel, DecisionTable, Input, Label, Output, Rule
from engine.process_library.differences import Aspect, ChangedThing, aspects_between, change_of, moved, paired

_NOTE = Label("备注", "Note")
_Pairs = list[tuple[Any, Any]]


def compare_decisions(before: DecisionModel | None, after: DecisionModel | None) -> tuple[ChangedThing, ...]:
    """Every decision that is added, removed or changed, each followed by its columns and its rows."""
    old = [] if before is None else list(before.decisions.values())
    new = [] if after is None else list(after.decisions.values())
    found: list[ChangedThing] = []
    for first, second in paired(old, new, lambda one: one.key):
        shown = second or first
        said = tuple(Aspect(*one) for one in aspects_between(_said(first), _said(second))) if first and second else ()
        if first is None or second is None or said:
            found.append(ChangedThing("decision", change_of(first, second), shown.label, shown.key, said))
        found += _table(None if first is None else first.table, None if second is None else second.table)
    return tuple(found)


def _said(decision: Decision) -> dict[str, Any]:
    table, expression = decision.table, decision.expression
    return {
        "name_zh": decision.label.zh,
        "name_en": decision.label.en,
        "variable": decision.variable,
        "type": decision.type.name,
        "requires": ", ".join(decision.requires),
        "expression": None if expression is None else expression.text,
        "hit_policy": None if table is None else f"{table.hit_policy} {table.aggregation}".strip(),
    }


def _table(before: DecisionTable | None, after: DecisionTable | None) -> Iterator[ChangedThing]:
    inputs = paired(_of(before, "inputs"), _of(after, "inputs"), lambda one: one.id, lambda one: one.expression.text)
    outputs = paired(_of(before, "outputs"), _of(after, "outputs"), lambda one: one.id, lambda one: one.name)
    yield from _columns("input", inputs)
    yield from _columns("output", outputs)
    yield from _rules(before, after, inputs, outputs)


def _of(table: DecisionTable | None, part: str) -> tuple[Any, ...]:
    return () if table is None else getattr(table, part)


def _columns(kind: str, pairs: _Pairs) -> Iterator[ChangedThing]:
    for first, second in pairs:
        shown = second or first
        if first is not None and second is not None:
            aspects = tuple(Aspect(*one) for one in aspects_between(_of_column(first), _of_column(second)))
            if not aspects:
                continue
        else:
            aspects = tuple(Aspect(name, None, value) for name, value in _of_column(shown).items() if value and second)
        yield ChangedThing(kind, change_of(first, second), _name(shown), "", aspects)


def _of_column(column: Input | Output) -> dict[str, Any]:
    own: dict[str, Any] = {"name_zh": column.label.zh, "name_en": column.label.en, "type": column.type.name}
    if isinstance(column, Input):
        return {**own, "expression": column.expression.text, "allowed": column.allowed.text or column.type.allowed}
    words = "; ".join(f"{answer}: {' / '.join(filter(None, (one.zh, one.en)))}" for answer, one in column.words.items())
    return {
        **own,
        "variable": column.name,
        "allowed": column.values.text,
        "default": column.default.text,
        "words": words or None,
        "names_groups": column.names_groups or None,
    }


def _name(column: Input | Output) -> Label:
    plain = column.expression.text if isinstance(column, Input) else column.name
    return Label(column.label.text("zh") or plain, column.label.text("en") or plain)


def _rules(before: DecisionTable | None, after: DecisionTable | None, *columns: _Pairs) -> Iterator[ChangedThing]:
    pairs: list[tuple[Rule | None, Rule | None]]
    pairs = paired(_of(before, "rules"), _of(after, "rules"), lambda one: one.id, _texts)
    order = [first.number for first, second in pairs if first is not None and second is not None]
    elsewhere = moved(order)
    for first, second in pairs:
        aspects = list(_cells(before, after, first, second, *columns))
        if first is not None and second is not None and first.number in elsewhere:
            aspects.append(Aspect("number", first.number, second.number))
        shown = second or first
        if shown is not None and (first is None or second is None or aspects):
            number = Label(f"规则 {shown.number}", f"rule {shown.number}")
            yield ChangedThing("rule", change_of(first, second), number, str(shown.number), tuple(aspects))


def _texts(rule: Rule) -> tuple[str, ...]:
    return tuple(_text(cell) for cell in (*rule.inputs, *rule.outputs))


def _cells(
    before: DecisionTable | None, after: DecisionTable | None, first: Rule | None, second: Rule | None, *columns: _Pairs
) -> Iterator[Aspect]:
    """The cells of a row that say something else, each under its column; a column that is gone speaks for itself."""
    for (part, name), pairs in zip((("inputs", "cell"), ("outputs", "answer")), columns, strict=True):
        for old, new in pairs:
            if new is None and second is not None:
                continue
            texts = (_cell(before, part, first, old), _cell(after, part, second, new))
            if texts[0] != texts[1] and any(texts):
                yield Aspect(name, texts[0] or None, texts[1] or None, _name(new or old))
    notes = tuple("; ".join(one.annotations) if one is not None else "" for one in (first, second))
    if notes[0] != notes[1]:
        yield Aspect("answer", notes[0] or None, notes[1] or None, _NOTE)


def _cell(table: DecisionTable | None, part: str, rule: Rule | None, column: Input | Output | None) -> str:
    if table is None or rule is None or column is None:
        return ""
    place = next(number for number, one in enumerate(_of(table, part)) if one is column)
    cells: tuple[Cell, ...] = getattr(rule, part)
    return _text(cells[place]) if place < len(cells) else ""


def _text(cell: Cell) -> str:
    return "" if cell.text.strip() == "-" else cell.text.strip()
