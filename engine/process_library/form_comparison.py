"""What changed in a form, field by field."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from engine.decisions.model import Label
from engine.forms import Component, Form
from engine.forms.model import CONTAINER_TYPES
from engine.process_library.differences import NOBODY, Aspect, ChangedThing, aspects_between, change_of, moved, paired

# What tells nothing of the form, or is told otherwise: its fields are compared one by one.
_IGNORED = frozenset({"id", "components", "key", "path", "schemaVersion", "exporter"})
_TRUE_UNLESS_SAID = frozenset({"allowAddRemove"})
_Said = dict[tuple[str, str], Any]
_LONGEST_NAME = 60
_ORDER = ".order"


def compare_forms(before: Form | None, after: Form | None) -> tuple[ChangedThing, ...]:
    """The form itself, then its fields in their order, then those that are gone."""
    old, new = _fields(before), _fields(after)
    pairs = paired(old, new, _place_of, lambda one: one.id)
    places = {id(one): place for place, one in enumerate(old)}
    order = [places[id(first)] for first, second in pairs if first is not None and second is not None]
    elsewhere = moved(order)
    found = list(_of_form(before, after))
    for first, second in pairs:
        aspects = list(_aspects(first, second))
        if first is not None and second is not None:
            inside = _inside(before, first), _inside(after, second)
            if inside[0] != inside[1]:
                aspects.append(Aspect("inside", *inside))
            elif places[id(first)] in elsewhere:
                aspects.append(Aspect("place", _before(old, first), _before(new, second)))
        if first is None or second is None or aspects:
            shown = second or first
            found.append(ChangedThing("field", change_of(first, second), _name(shown), shown.name, tuple(aspects)))
    return tuple(found)


def _fields(form: Form | None) -> list[Component]:
    return [] if form is None else list(form.walk())


def _place_of(one: Component) -> tuple[Any, ...]:
    """By what an answer is known; groups and texts are known by their id only."""
    return (one.type in CONTAINER_TYPES, one.path) if one.holds_answer else ()


def _of_form(before: Form | None, after: Form | None) -> Iterator[ChangedThing]:
    first, second = ({} if one is None else _said(one.source) for one in (before, after))
    shown = after or before
    aspects = tuple(_differing(first, second))
    if before is not None and after is not None and aspects and shown is not None:
        title = Label(shown.title("zh"), shown.title("en"))
        yield ChangedThing("form", "changed", title, shown.key, aspects)


def _aspects(before: Component | None, after: Component | None) -> Iterator[Aspect]:
    if after is None:
        yield Aspect("type", None if before is None else before.type, None)
        return
    first = {} if before is None else _said(before.source)
    if before is not None and before.name != after.name:
        yield Aspect("key", before.name, after.name)
    yield from _differing(first, _said(after.source))


def _differing(first: _Said, second: _Said) -> Iterator[Aspect]:
    for (name, subject), before, after in aspects_between(first, second):
        if name.endswith(_ORDER):
            # Options that are new or gone speak for themselves.
            kept = [
                [one for one in order or () if one in (before or ()) and one in (after or ())]
                for order in (before, after)
            ]
            if kept[0] != kept[1]:
                yield Aspect(name, ", ".join(kept[0]), ", ".join(kept[1]))
        else:
            yield Aspect(name, before, after, Label(subject, subject))


def _said(source: Mapping[str, Any], prefix: str = "") -> _Said:
    """Everything a source says, flat: by its place, and within a list of options by the value of the option."""
    found: _Said = {}
    for name, value in source.items():
        place = prefix + name
        if (not prefix and name in _IGNORED) or value in (None, "", [], {}) or place.startswith("layout"):
            continue
        if isinstance(value, dict):
            found |= _said(value, f"{place}.")
        elif isinstance(value, list) and all(isinstance(one, dict) for one in value):
            found |= _listed(place, value)
        elif isinstance(value, bool):
            found |= {(place, ""): value} if value != (place in _TRUE_UNLESS_SAID) else {}
        else:
            found[place, ""] = json.dumps(value, ensure_ascii=False) if isinstance(value, list) else value
    return found


def _listed(place: str, members: list[dict[str, Any]]) -> _Said:
    keys = [str(one.get("value", one.get("key", number))) for number, one in enumerate(members, 1)]
    rest = (" / ".join(str(said) for name, said in one.items() if name not in ("value", "key")) for one in members)
    said: _Said = {(place, key): text for key, text in zip(keys, rest, strict=True)}
    return {**said, (place + _ORDER, ""): tuple(keys)}


def _inside(form: Form | None, wanted: Component) -> Label:
    """The group or list a field lies in; nobody where it lies in none."""
    holders = (one for one in _fields(form) if any(inner is wanted for inner in one.components))
    return next((_name(one) for one in holders), NOBODY)


def _before(fields: list[Component], wanted: Component) -> Label:
    """The field that stands before another; nobody before the first."""
    place = next(number for number, one in enumerate(fields) if one is wanted)
    return NOBODY if place == 0 else _name(fields[place - 1])


def _name(one: Component) -> Label:
    """What a field is called: its label, else its text, else its key."""
    found = []
    for language in ("zh", "en"):
        text = one.label(language) or one.wording("text", language) or one.name or one.type
        found.append(text if len(text) <= _LONGEST_NAME else f"{text[:_LONGEST_NAME]}…")
    return Label(*found)
