"""What a reviewer reads of a changed form or decision table: every field, column, row and cell that is not the same."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Callable
from typing import Any

import pytest

from engine.decisions import read_decisions
from engine.forms import parse_form
from engine.process_library.decision_comparison import compare_decisions
from engine.process_library.differences import ChangedThing, moved
from engine.process_library.form_comparison import compare_forms
from engine.settings import ROOT

REGISTER = json.loads((ROOT / "forms" / "service_desk" / "complaint_register.json").read_bytes())
TABLE = (ROOT / "processes" / "service_desk" / "complaint_class.dmn").read_text()
FORMS = sorted((ROOT / "forms").rglob("*.json"))
TABLES = sorted((ROOT / "processes").rglob("*.dmn"))


def form_changed(change: Callable[[list[dict[str, Any]]], None]) -> tuple[ChangedThing, ...]:
    after = copy.deepcopy(REGISTER)
    change(after["components"])
    return compare_forms(parse_form(REGISTER), parse_form(after))


def table_changed(change: Callable[[str], str]) -> tuple[ChangedThing, ...]:
    after = change(TABLE)
    assert after != TABLE
    return compare_decisions(read_decisions(TABLE.encode(), "a.dmn"), read_decisions(after.encode(), "a.dmn"))


def told(things: tuple[ChangedThing, ...]) -> list[tuple[Any, ...]]:
    """What is said, without the languages of the names."""
    return [
        (one.kind, one.change, one.key, {(a.name, a.subject.zh): (a.before, a.after) for a in one.aspects})
        for one in things
    ]


def component(components: list[dict[str, Any]], key: str) -> dict[str, Any]:
    return next(one for one in components if one.get("key") == key)


@pytest.mark.parametrize("path", FORMS, ids=lambda path: path.stem)
def test_a_form_is_the_same_as_itself_and_all_new_beside_nothing(path: Any) -> None:
    form = parse_form(path.read_bytes())
    assert compare_forms(form, parse_form(path.read_bytes())) == ()
    fresh, gone = compare_forms(None, form), compare_forms(form, None)
    assert [one.change for one in fresh] == ["added"] * len(list(form.walk()))
    assert [one.change for one in gone] == ["removed"] * len(list(form.walk()))


@pytest.mark.parametrize("path", TABLES, ids=lambda path: path.stem)
def test_a_table_is_the_same_as_itself_and_all_new_beside_nothing(path: Any) -> None:
    model = read_decisions(path.read_bytes(), path.name)
    assert compare_decisions(model, read_decisions(path.read_bytes(), path.name)) == ()
    assert {one.change for one in compare_decisions(None, model)} == {"added"}
    assert {one.change for one in compare_decisions(model, None)} == {"removed"}


def test_a_field_is_named_required_hidden_otherwise() -> None:
    def change(components: list[dict[str, Any]]) -> None:
        subject = component(components, "subject")
        subject["label"] = "投诉主题"
        subject["properties"]["en"] = "What it is about"
        subject["validate"]["required"] = False
        subject["conditional"] = {"hide": "=acknowledged"}

    [(kind, what, key, aspects)] = told(form_changed(change))
    assert (kind, what, key) == ("field", "changed", "subject")
    assert aspects[("label", "")][1] == "投诉主题"
    assert aspects[("properties.en", "")][1] == "What it is about"
    assert aspects[("validate.required", "")] == (True, None)
    assert aspects[("conditional.hide", "")] == (None, "=acknowledged")
    assert len(aspects) == 4


def test_options_come_go_and_are_called_otherwise() -> None:
    def change(components: list[dict[str, Any]]) -> None:
        options = component(components, "kind")["values"]
        options[0]["label"] = "服务品质"
        del options[1]
        options.append({"value": "price", "label": "价格", "label_en": "Price"})

    [(_, _, key, aspects)] = told(form_changed(change))
    before = component(REGISTER["components"], "kind")["values"]
    assert key == "kind"
    assert aspects[("values", before[0]["value"])][1].startswith("服务品质")
    assert aspects[("values", before[1]["value"])][1] is None
    assert aspects[("values", "price")] == (None, "价格 / Price")
    assert len(aspects) == 3, "that others come or go is no other order"


def test_options_in_another_order() -> None:
    def change(components: list[dict[str, Any]]) -> None:
        component(components, "kind")["values"].reverse()

    [(_, _, _, aspects)] = told(form_changed(change))
    keys = [one["value"] for one in component(REGISTER["components"], "kind")["values"]]
    assert aspects == {("values.order", ""): (", ".join(keys), ", ".join(reversed(keys)))}


def test_fields_come_go_move_and_answer_under_another_key() -> None:
    def change(components: list[dict[str, Any]]) -> None:
        components.remove(component(components, "project"))
        components.insert(0, components.pop(components.index(component(components, "content"))))
        component(components, "subject")["key"] = "headline"
        components.append({"type": "number", "id": "Field_new", "key": "calls", "label": "来电次数"})

    things = form_changed(change)
    found = {(one.kind, one.change, one.key): {a.name: (a.before, a.after) for a in one.aspects} for one in things}
    assert found[("field", "removed", "project")] == {"type": ("textfield", None)}
    assert found[("field", "changed", "headline")] == {"key": ("subject", "headline")}
    assert found[("field", "added", "calls")] == {"type": (None, "number"), "label": (None, "来电次数")}
    [(before, after)] = found[("field", "changed", "content")].values()
    assert (before.zh, after.zh) == (component(REGISTER["components"], "subject")["label"], "")
    assert len(found) == 4


def test_a_field_that_goes_into_a_group_says_so() -> None:
    def change(components: list[dict[str, Any]]) -> None:
        moving = components.pop(components.index(component(components, "contact")))
        components.append({"type": "group", "id": "Group_new", "label": "联系方式", "components": [moving]})

    found = {one.key: {a.name: (a.before, a.after) for a in one.aspects} for one in form_changed(change)}
    before, after = found["contact"]["inside"]
    assert (before.zh, after.zh) == ("", "联系方式")


def test_a_cell_is_shown_under_its_column() -> None:
    def change(text: str) -> str:
        first = re.search(r"<outputEntry .*?</outputEntry>", text, re.DOTALL)
        assert first is not None
        return text.replace(first[0], re.sub(r"<text>.*?</text>", '<text>"urgent"</text>', first[0]), 1)

    [(kind, what, number, aspects)] = told(table_changed(change))
    column = read_decisions(TABLE.encode(), "a.dmn").decisions["complaint_class"].table.outputs[0]  # type: ignore[union-attr]
    assert (kind, what, number) == ("rule", "changed", "1")
    assert aspects == {("answer", column.label.zh): ('"major"', '"urgent"')}


def test_what_a_value_is_called() -> None:
    [(kind, what, _, aspects)] = told(table_changed(lambda text: text.replace('value="Urgent"', 'value="Pressing"')))
    before, after = aspects[("words", "")]
    assert (kind, what, len(aspects)) == ("output", "changed", 1)
    assert ("urgent: 紧急投诉 / Urgent" in before, "urgent: 紧急投诉 / Pressing" in after) == (True, True)


def test_a_row_is_gone_and_another_comes_first() -> None:
    rules = re.findall(r"<rule .*?</rule>", TABLE, re.DOTALL)

    def change(text: str) -> str:
        text = text.replace(rules[1], "")
        return text.replace(rules[3], "").replace(rules[0], rules[3] + rules[0])

    found = told(table_changed(change))
    assert [(kind, what, number) for kind, what, number, _ in found] == [
        ("rule", "changed", "1"),
        ("rule", "removed", "2"),
    ]
    assert found[0][3] == {("number", ""): (4, 1)}
    assert all(after is None for _, after in found[1][3].values())


def test_a_table_whose_ids_were_all_given_anew_is_the_same() -> None:
    assert table_changed(lambda text: re.sub(r'(<(?:rule|inputEntry|outputEntry) id=")', r"\1x_", text)) == ()


def test_columns_and_the_hit_policy() -> None:
    model = read_decisions(TABLE.encode(), "a.dmn").decisions["complaint_class"].table
    assert model is not None
    policy = f'hitPolicy="{model.hit_policy}"'
    found = table_changed(
        lambda text: text.replace(policy, 'hitPolicy="ANY"').replace(
            f">{model.inputs[0].expression.text}<", ">gravity<", 1
        )
    )
    assert told(found) == [
        ("decision", "changed", "complaint_class", {("hit_policy", ""): (model.hit_policy, "ANY")}),
        ("input", "changed", "", {("expression", ""): (model.inputs[0].expression.text, "gravity")}),
    ]


@pytest.mark.parametrize(
    ("order", "expected"),
    [([], set()), ([0, 1, 2], set()), ([2, 0, 1], {2}), ([1, 2, 0], {0}), ([3, 0, 1, 2, 4], {3}), ([5, 7, 9], set())],
)
def test_the_fewest_that_moved(order: list[int], expected: set[int]) -> None:
    assert moved(order) == expected
