"""Conditions, read-only rules and computed fields, worked out until nothing changes any more."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from engine.errors import Language
from engine.feel import EvaluationContext, FeelError, compile_expression, to_json
from engine.forms.model import Component, Form, FormContext, fill_template, is_expression
from engine.forms.places import Place, build_places, lookup, put, starting_value
from engine.forms.showing import shown

# Enough for a chain of eleven fields that each depend on the one before; a form that never settles stops here too.
_ROUNDS = 12
_STEPS = 20_000


class Settled:
    """A form with its answers, conditions applied and computed fields filled.

    ``root`` is the place of the whole form. Nothing here raises on bad answers or on expressions that fail: a failed
    expression is null, as in form-js.
    """

    def __init__(self, form: Form, given: Mapping[str, Any], initial: Mapping[str, Any], context: FormContext) -> None:
        self.form = form
        self.context = context
        self._feel = EvaluationContext(
            now=context.now, zone=context.zone, functions=context.functions, step_budget=_STEPS
        )
        self._base = {**context.variables, **initial}
        self.root = build_places(form, given, initial, context)
        self._settle()

    def evaluate(self, text: str, place: Place) -> Any:
        """The JSON value of a FEEL expression (without ``=``) as seen from ``place``; null if it fails."""
        try:
            return to_json(compile_expression(text).evaluate(place.env, context=self._feel))
        except FeelError:
            return None

    def value_of(self, setting: Any, place: Place) -> Any:
        """A setting that may be an expression."""
        return self.evaluate(setting[1:], place) if is_expression(setting) else setting

    def options(self, component: Component, place: Place) -> list[dict[str, Any]]:
        """The choices on offer as ``{value, label, label_en?}``; malformed ones are left out, as in form-js."""
        source = component.source
        if source.get("valuesExpression"):
            raw = self.value_of(source["valuesExpression"], place)
        elif source.get("valuesKey"):
            raw = lookup(self._base, (str(source["valuesKey"]),), None)
        else:
            raw = source.get("values")
        found = (_option(item) for item in (raw if isinstance(raw, list) else []))
        return [option for option in found if option is not None]

    def text(self, text: str, place: Place) -> str:
        """A label or text for people: an expression or ``{{ }}`` parts are filled in."""
        if is_expression(text):
            return shown(self.evaluate(text[1:], place), self.context)
        return fill_template(text, lambda inner: shown(self.evaluate(inner, place), self.context))

    def label(self, component: Component, place: Place, language: Language) -> str:
        return self.text(component.label(language), place)

    def _settle(self) -> None:
        seen: list[dict[str, Any]] = []
        for _ in range(_ROUNDS):
            view = self.root.look()
            if view in seen:
                break
            seen.append(view)
            for place in self.root.all_places():
                place.env = self._environment(place)
                self._judge(place)
            if not self.form.has_expressions:
                break

    def _environment(self, place: Place) -> dict[str, Any]:
        """form-js scoping: the form's data by name, plus ``this``, ``parent`` and ``i`` (from 1) inside lists."""
        special = {
            "this": place.view,
            "parent": place.parent.view if place.parent else None,
            "i": [index + 1 for index in place.indexes],
        }
        return {**special, **self._base, **self.root.view, **{f"_{name}_": value for name, value in special.items()}}

    def _judge(self, place: Place) -> None:
        place.hidden, place.locked = set(), set()
        for component in place.components:
            self._judge_component(component, place, hidden=False, locked=False)

    def _judge_component(self, component: Component, place: Place, hidden: bool, locked: bool) -> None:
        condition = component.hide_condition
        hidden = hidden or (condition is not None and self.evaluate(condition[1:], place) is True)
        locked = locked or component.disabled or self.value_of(component.source.get("readonly"), place) is True
        if hidden:
            place.hidden.add(component)
        if locked:
            place.locked.add(component)
        if component.type == "group":
            for inner in component.components:
                self._judge_component(inner, place, hidden, locked)
        elif component.type == "expression":
            self._fill(component, place, self.value_of(component.source.get("expression"), place))
        elif locked and component.holds_answer and not component.is_list:
            self._fill(component, place, starting_value(component, place.initial, self.context))

    def _fill(self, component: Component, place: Place, value: Any) -> None:
        put(place.values, component.path, value)
        if component in place.hidden:
            return
        put(place.view, component.path, value)
        if place is self.root:
            place.env[component.path[0]] = place.view[component.path[0]]


def _option(item: Any) -> dict[str, Any] | None:
    if _is_scalar(item):
        return {"value": item, "label": _label(item)}
    if not isinstance(item, dict):
        return None
    label, value = item.get("label"), item.get("value")
    if isinstance(label, str) and label and (_is_scalar(value) or (isinstance(value, dict) and value)):
        return item
    return {**item, "label": _label(value)} if _is_scalar(value) else None


def _is_scalar(value: Any) -> bool:
    return isinstance(value, (int, float)) or (isinstance(value, str) and value != "")


def _label(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)
