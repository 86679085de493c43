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
from engine.forms.typed import Refused, read_value


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


class ScopeSchema(Schema):
    """The schema of one scope; ``settled`` and ``place`` say which submission it is judging."""

    settled: Settled
    place: Place

    class Meta:
        unknown = EXCLUDE
        register = False


class Answer(fields.Field[Any]):
    """One component: its type rules, then its author's rules."""

    def __init__(self, component: Component) -> None:
        super().__init__(allow_none=True)
        self.component = component

    def deserialize(
        self, value: Any, attr: str | None = None, data: Mapping[str, Any] | None = None, **kwargs: Any
    ) -> Any:
        schema, component = _schema_of(self), self.component
        if component in schema.place.hidden or component.disabled:
            return missing
        if component.type == "expression" or component in schema.place.locked:
            return copy.deepcopy(schema.place.value(component))
        return self._judge(None if value is missing else value, schema)

    def _judge(self, value: Any, schema: ScopeSchema) -> Any:
        context = schema.settled.context
        try:
            clean = read_value(self.component, value, context)
        except Refused as refused:
            raise ValidationError(message(refused.code, context.language, *refused.values)) from None
        found = failures(self.component, clean, schema.settled, schema.place)
        if found:
            raise ValidationError(found)
        return clean


class Rows(fields.Field[Any]):
    """A dynamic list: each row is a scope of its own."""

    def __init__(self, component: Component) -> None:
        super().__init__(allow_none=True)
        self.component = component

    def deserialize(
        self, value: Any, attr: str | None = None, data: Mapping[str, Any] | None = None, **kwargs: Any
    ) -> Any:
        schema, component = _schema_of(self), self.component
        if component in schema.place.hidden:
            return missing
        self._check_shape(None if value is missing else value, schema)
        clean, errors = [], {}
        for index, row in enumerate(schema.place.rows[component]):
            try:
                clean.append(_load_place(schema.settled, row))
            except ValidationError as error:
                errors[index] = error.messages
        if errors:
            raise ValidationError(errors)
        return clean

    def _check_shape(self, value: Any, schema: ScopeSchema) -> None:
        language, component = schema.settled.context.language, self.component
        if value is not None and not isinstance(value, list):
            raise ValidationError(message("rows", language))
        count = len(value or [])
        if count > MAX_ROWS:
            raise ValidationError(message("rows_count", language, MAX_ROWS))
        if count > len(schema.place.rows[component]):
            raise ValidationError(message("rows_count", language, MAX_PLACES))
        before = lookup(schema.place.initial, component.path, None)
        fixed = len(before) if isinstance(before, list) else component.default_rows
        if not component.allows_rows and count != fixed:
            raise ValidationError(message("rows_fixed", language, fixed))


def _schema_of(field: fields.Field[Any]) -> ScopeSchema:
    schema = field.parent
    assert isinstance(schema, ScopeSchema)
    return schema


@lru_cache(maxsize=1024)
def _schema_class(components: tuple[Component, ...]) -> type[Schema]:
    # marshmallow nests a value whose field name has dots, which is what a path such as supplier.name means.
    made: dict[str, fields.Field[Any]] = {
        component.name: Rows(component) if component.is_list else Answer(component)
        for component in scope_fields(components)
    }
    return ScopeSchema.from_dict(made)


def _load_place(settled: Settled, place: Place) -> dict[str, Any]:
    schema = _schema_class(place.components)()
    assert isinstance(schema, ScopeSchema)
    schema.settled, schema.place = settled, place
    given = {component.name: lookup(place.given, component.path, None) for component in place.fields()}
    clean: dict[str, Any] = schema.load(given)
    return clean


def _flatten(messages: Mapping[Any, Any], prefix: str = "") -> Iterator[tuple[str, list[str]]]:
    for key, found in messages.items():
        path = f"{prefix}{key}"
        if isinstance(found, Mapping):
            yield from _flatten(found, f"{path}.")
        else:
            yield path, list(found)
