"""What changed in a diagram: elements attribute by attribute, ways, lanes with the steps that came in and left."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields
from typing import Any

from engine.decisions.model import Label
from engine.definitions.model import Element, Flow, Lane, ProcessModel
from engine.process_library.differences import NOBODY, Aspect, ChangedThing, aspects_between, change_of, paired

# The default way is compared with the ways, the lane with the lanes, the English name as one of the model's fields.
_IGNORED = frozenset({"id", "default_flow", "lane"})
_ELEMENTS = frozenset({"scope", "attached_to"})


@dataclass(frozen=True)
class ChangedElement:
    """An element of both versions that is not the same, what is said of it otherwise, the lanes it lay and lies in."""

    before: Element
    after: Element
    aspects: tuple[Aspect, ...]
    lanes: tuple[Lane | None, Lane | None]


@dataclass(frozen=True)
class ChangedFlow:
    """A way from one element to another that is new, gone, or stands under another name or condition."""

    kind: str  # added, removed, changed
    source: Element
    target: Element
    aspects: tuple[Aspect, ...]


def label_of(model: ProcessModel, ids: Iterable[str]) -> Label:
    """The names of elements; the process itself where an id is none of an element."""
    found = [model.elements.get(one, model) for one in ids]
    return Label("、".join(one.name("zh") for one in found), ", ".join(one.name("en") for one in found))


def changed_elements(old: ProcessModel, new: ProcessModel) -> Iterator[ChangedElement]:
    """The elements of both that differ."""
    same = {first.id: second.id for first, second in _lane_pairs(old, new) if first is not None and second is not None}
    for key, element in new.elements.items():
        before = old.elements.get(key)
        if before is None:
            continue
        lanes = old.lane_of(before), new.lane_of(element)
        aspects = list(_aspects(before, element, old, new))
        first, second = ("" if one is None else one.id for one in lanes)
        if same.get(first, first) != second:
            aspects.append(Aspect("lane", _name(lanes[0]), _name(lanes[1])))
        if aspects:
            yield ChangedElement(before, element, tuple(aspects), lanes)


def _aspects(old: Element, new: Element, before: ProcessModel, after: ProcessModel) -> Iterator[Aspect]:
    """Fields of the model; of attributes, properties and inputs each by itself."""
    for field in fields(Element):
        first, second = getattr(old, field.name), getattr(new, field.name)
        if field.name in _IGNORED or first == second:
            continue
        if isinstance(first, dict):
            for name, said, says in aspects_between(first, second):
                if field.name == "inputs":
                    yield Aspect("inputs", said, says, Label(name, name))
                elif (field.name, name) != ("properties", "en"):
                    yield Aspect(name, said, says)
        elif field.name in _ELEMENTS:
            yield Aspect(field.name, label_of(before, [first]), label_of(after, [second]))
        else:
            yield Aspect(field.name, first, second)


def changed_flows(old: ProcessModel, new: ProcessModel) -> Iterator[ChangedFlow]:
    """Ways are told apart by where they lead: an editor gives a redrawn one a new id."""
    first, second = _ways(old), _ways(new)
    for place in {**first, **second}:
        before, after = first.get(place), second.get(place)
        model = old if after is None else new
        source, target = model.elements[place[0]], model.elements[place[1]]
        aspects = tuple(Aspect(*one) for one in aspects_between(_of_flow(old, before), _of_flow(new, after)))
        if before is None or after is None or aspects:
            yield ChangedFlow(change_of(before, after), source, target, tuple(one for one in aspects if _tells(one)))


def _ways(model: ProcessModel) -> dict[tuple[str, str, int], Flow]:
    ways: dict[tuple[str, str, int], Flow] = {}
    for flow in model.flows.values():
        if flow.source in model.elements and flow.target in model.elements:
            same = sum(1 for place in ways if place[:2] == (flow.source, flow.target))
            ways[flow.source, flow.target, same] = flow
    return ways


def _of_flow(model: ProcessModel, flow: Flow | None) -> dict[str, Any]:
    if flow is None:
        return {}
    is_default = model.elements[flow.source].default_flow == flow.id
    return {"name_zh": flow.name_zh, "name_en": flow.name_en, "condition": flow.condition, "default_flow": is_default}


def changed_lanes(old: ProcessModel, new: ProcessModel) -> Iterator[ChangedThing]:
    """Lanes: what they are called, whose they are, which steps of both versions came in or went elsewhere."""
    for first, second in _lane_pairs(old, new):
        shown = second or first
        before, after = _of_lane(first), _of_lane(second)
        aspects = [Aspect(*one) for one in aspects_between(before, after)]
        held, holds = ({*()} if one is None else set(one.members) for one in (first, second))
        if joined := [one for one in new.elements if one in holds - held and one in old.elements]:
            aspects.append(Aspect("joined", None, label_of(new, joined)))
        if left := [one for one in old.elements if one in held - holds and one in new.elements]:
            aspects.append(Aspect("left", label_of(old, left), None))
        if first is None or second is None or aspects:
            told = tuple(one for one in aspects if _tells(one))
            yield ChangedThing("lane", change_of(first, second), _name(shown), shown.group or shown.id, told)


def _lane_pairs(old: ProcessModel, new: ProcessModel) -> list[tuple[Any, Any]]:
    """By their ids; a lane that was drawn anew by its group."""
    return paired(old.lanes, new.lanes, lambda one: one.id, lambda one: one.group)


def _of_lane(lane: Lane | None) -> dict[str, Any]:
    return {} if lane is None else {"name_zh": lane.name_zh, "name_en": lane.name_en, "group": lane.group}


def _name(lane: Lane | None) -> Label:
    return NOBODY if lane is None else Label(lane.name("zh"), lane.name("en"))


def _tells(aspect: Aspect) -> bool:
    """Whether something is said on one side at least."""
    return bool(aspect.before) or bool(aspect.after)
