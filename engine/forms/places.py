"""Where answers live while a form is being worked on: one place for the form, one for each row of each list."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from engine.forms.model import Component, Form, FormContext, scope_fields
from engine.forms.typed import Refused, empty_value, read_value

MAX_ROWS = 200
MAX_PLACES = 2_000
ROW_ORIGIN = "_row"
_ABSENT = object()


@dataclass(eq=False)
class Place:
    """One scope: the whole form or one row.

    ``values`` are typed where possible and as sent where not (``refused`` says why); ``view`` is what expressions see:
    ``values`` without what is hidden. ``given`` is what was sent, ``initial`` what was there before. ``hidden`` and
    ``locked`` (read-only or disabled) name the components of this scope that are so right now.
    """

    components: tuple[Component, ...]
    indexes: tuple[int, ...]
    given: Mapping[str, Any]
    initial: Mapping[str, Any]
    parent: Place | None = None
    values: dict[str, Any] = field(default_factory=dict)
    view: dict[str, Any] = field(default_factory=dict)
    hidden: set[Component] = field(default_factory=set)
    locked: set[Component] = field(default_factory=set)
    refused: dict[Component, Refused] = field(default_factory=dict)
    rows: dict[Component, list[Place]] = field(default_factory=dict)
    env: dict[str, Any] = field(default_factory=dict)

    def value(self, component: Component) -> Any:
        return lookup(self.values, component.path, None)

    def fields(self) -> tuple[Component, ...]:
        return scope_fields(self.components)

    def all_places(self) -> Iterator[Place]:
        """This place and every row below, in document order."""
        yield self
        for rows in self.rows.values():
            for row in rows:
                yield from row.all_places()

    def look(self) -> dict[str, Any]:
        """Refresh ``view`` here and in every row below, and return it."""
        self.view = {}
        for component in self.fields():
            if component in self.hidden:
                continue
            if component.is_list:
                put(self.view, component.path, [row.look() for row in self.rows[component]])
            else:
                put(self.view, component.path, self.value(component))
        return self.view


def build_places(form: Form, given: Mapping[str, Any], initial: Mapping[str, Any], context: FormContext) -> Place:
    """The places of a form with typed values; conditions and computed fields are not yet applied."""
    return _Builder(context).place(form.components, (), given, initial, None)


class _Builder:
    def __init__(self, context: FormContext) -> None:
        self.context = context
        self.count = 0

    def place(
        self,
        components: tuple[Component, ...],
        indexes: tuple[int, ...],
        given: Mapping[str, Any],
        initial: Mapping[str, Any],
        parent: Place | None,
    ) -> Place:
        self.count += 1
        place = Place(components, indexes, given, initial, parent)
        for component in place.fields():
            if component.is_list:
                self.rows(place, component)
            else:
                put(place.values, component.path, self.value(place, component))
        return place

    def value(self, place: Place, component: Component) -> Any:
        if component.type == "expression":
            return None
        if component.always_readonly or component.disabled:
            return starting_value(component, place.initial, self.context)
        raw = lookup(place.given, component.path, None)
        try:
            return read_value(component, raw, self.context)
        except Refused as refused:
            place.refused[component] = refused.with_traceback(None)
            return _raw(component, raw)

    def rows(self, place: Place, component: Component) -> None:
        raw = lookup(place.given, component.path, None)
        before = lookup(place.initial, component.path, None)
        before = before if isinstance(before, list) else []
        place.rows[component] = rows = []
        values: list[Any] = []
        for index, row in enumerate(raw[:MAX_ROWS] if isinstance(raw, list) else []):
            if self.count >= MAX_PLACES:
                break
            given = row if isinstance(row, Mapping) else {}
            origin = _origin(component, before, given, index)
            rows.append(self.place(component.components, (*place.indexes, index), given, origin, place))
            values.append(rows[-1].values)
        put(place.values, component.path, values)


def _origin(component: Component, before: list[Any], row: Mapping[str, Any], index: int) -> Mapping[str, Any]:
    """The earlier row this one continues: by its mark, since rows above it may have been removed; else by position."""
    mark = row.get(ROW_ORIGIN, index) if component.allows_rows else index
    if isinstance(mark, int) and 0 <= mark < len(before) and isinstance(before[mark], Mapping):
        found: Mapping[str, Any] = before[mark]
        return found
    return {}


def _raw(component: Component, raw: Any) -> Any:
    """What cannot be typed stays if it is a plain scalar, so that expressions and people still see it."""
    return raw if isinstance(raw, (str, int, float, bool)) else empty_value(component)


def starting_value(component: Component, initial: Mapping[str, Any], context: FormContext) -> Any:
    """What the component holds when nobody may change it or before anybody did: earlier value, default, or empty."""
    raw = lookup(initial, component.path, _ABSENT)
    if raw is _ABSENT:
        raw = component.source.get("defaultValue")
    try:
        return read_value(component, raw, context)
    except Refused:
        return _raw(component, raw)


def starting_data(
    components: tuple[Component, ...], initial: Mapping[str, Any], context: FormContext
) -> dict[str, Any]:
    """The data of a form (or row) as it is first shown."""
    data: dict[str, Any] = {}
    for component in scope_fields(components):
        if component.is_list:
            before = lookup(initial, component.path, None)
            rows = before[:MAX_ROWS] if isinstance(before, list) else [{}] * component.default_rows
            put(data, component.path, [_starting_row(component, row, n, context) for n, row in enumerate(rows)])
        elif component.type != "expression":
            put(data, component.path, starting_value(component, initial, context))
    return data


def _starting_row(component: Component, row: Any, index: int, context: FormContext) -> dict[str, Any]:
    known = row if isinstance(row, Mapping) else {}
    return {**starting_data(component.components, known, context), ROW_ORIGIN: index}


def lookup(data: Any, path: tuple[str, ...], default: Any) -> Any:
    """The value at ``path`` of nested mappings, else ``default``."""
    for part in path:
        if not isinstance(data, Mapping) or part not in data:
            return default
        data = data[part]
    return data


def put(data: dict[str, Any], path: tuple[str, ...], value: Any) -> None:
    """Set the value at ``path``, making the mappings on the way."""
    for part in path[:-1]:
        inner = data.get(part)
        if not isinstance(inner, dict):
            inner = data[part] = {}
        data = inner
    data[path[-1]] = value
