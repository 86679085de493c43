"""Answers in, clean data out: a marshmallow schema per scope, made from the form's components."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from marshmallow import EXCLUDE, Schema, ValidationError, fields, missing

from engine.forms.messages import message
from engine.forms.model import Component, Form, FormContext, FormInvalid, scope_fields
from engine.forms.places import MAX_PLACES, MAX_ROWS, Place, lookup, starting_data
from engine.forms.rules import failures
from engine.forms.settling import Settled


def load(form: Form, submitted: Mapping[str, Any], initial: Mapping[str, Any], context: FormContext) -> dict[str, Any]:
    """Validate a submission and return its clean JSON data.

    Hidden fields, disabled fields and unknown keys are not in the result; read-only fields come from ``initial``;
    computed fields are computed here. Raises ``FormInvalid`` with a message at each field.
    """
    settled = Settled(form, submitted, initial, context)
    try:
        return _load_place(settled, settled.root)
    except ValidationError as error:
        found = dict(_flatten(error.messages_dict))
        raise FormInvalid(count=len(found), fields=found) from None


def settle(
    form: Form, data: Mapping[str, Any], context: FormContext, initial: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """The data with types applied where possible and computed fields filled; never raises on bad answers."""
    return copy.deepcopy(Settled(form, data, initial or {}, context).root.values)


def prefill(form: Form, initial: Mapping[str, Any], context: FormContext) -> dict[str, Any]:
    """The data of the form as it is first shown: earlier values, else the author's defaults, else empty."""
    return starting_data(form.components, initial, context)


class _Sent(dict[str, Any]):
    """The answers of one scope by dotted name, and what judging them needs; a field gets it as its ``data``."""

    def __init__(self, settled: Settled, place: Place) -> None:
        super().__init__({component.name: lookup(place.given, component.path, None) for component in place.fields()})
        self.settled, self.place = settled, place


class _Answer(fields.Field[Any]):
    """One component: its type rules, then its author's rules."""

    def __init__(self, component: Component) -> None:
        super().__init__(allow_none=True)
        self.component = component

    def deserialize(
        self, value: Any, attr: str | None = None, data: Mapping[str, Any] | None = None, **kwargs: Any
    ) -> Any:
        assert isinstance(data, _Sent)
        component, place = self.component, data.place
        if component in place.hidden or component.disabled:
            return missing
        if component.type == "expression" or component in place.locked:
            return copy.deepcopy(place.value(component))
        refused, language = place.refused.get(component), data.settled.context.language
        if refused is not None:
            raise ValidationError(message(refused.code, language, *refused.values))
        clean = place.value(component)
        found = failures(component, clean, data.settled, place)
        if found:
            raise ValidationError(found)
        return clean


class _Rows(fields.Field[Any]):
    """A dynamic list: each row is a scope of its own."""

    def __init__(self, component: Component) -> None:
        super().__init__(allow_none=True)
        self.component = component

    def deserialize(
        self, value: Any, attr: str | None = None, data: Mapping[str, Any] | None = None, **kwargs: Any
    ) -> Any:
        assert isinstance(data, _Sent)
        if self.component in data.place.hidden:
            return missing
        self._check_shape(value, data)
        clean, errors = [], {}
        for index, row in enumerate(data.place.rows[self.component]):
            try:
                clean.append(_load_place(data.settled, row))
            except ValidationError as error:
                errors[index] = error.messages
        if errors:
            raise ValidationError(errors)
        return clean

    def _check_shape(self, value: Any, sent: _Sent) -> None:
        language, component = sent.settled.context.language, self.component
        if value is not None and not isinstance(value, list):
            raise ValidationError(message("rows", language))
        count = len(value or [])
        if count > MAX_ROWS:
            raise ValidationError(message("rows_count", language, MAX_ROWS))
        if count > len(sent.place.rows[component]):
            raise ValidationError(message("rows_count", language, MAX_PLACES))
        before = lookup(sent.place.initial, component.path, None)
        fixed = len(before) if isinstance(before, list) else component.default_rows
        if not component.allows_rows and count != fixed:
            raise ValidationError(message("rows_fixed", language, fixed))


@lru_cache(maxsize=1024)
def _schema(components: tuple[Component, ...]) -> Schema:
    # marshmallow nests a value whose field name has dots, which is what a path such as supplier.name means.
    made: dict[str, fields.Field[Any]] = {
        component.name: _Rows(component) if component.is_list else _Answer(component)
        for component in scope_fields(components)
    }
    return Schema.from_dict(made)(unknown=EXCLUDE)


def _load_place(settled: Settled, place: Place) -> dict[str, Any]:
    clean: dict[str, Any] = _schema(place.components).load(_Sent(settled, place))
    return clean


def _flatten(messages: Mapping[Any, Any], prefix: str = "") -> Iterator[tuple[str, list[str]]]:
    for key, found in messages.items():
        path = f"{prefix}{key}"
        if isinstance(found, Mapping):
            yield from _flatten(found, f"{path}.")
        else:
            yield path, list(found)
