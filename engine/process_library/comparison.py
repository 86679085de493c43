"""What a version changed against the one before it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from typing import Any

from engine.decisions import DecisionSourceInvalid
from engine.decisions.model import Label
from engine.definitions.model import Element, Flow, Lane, ProcessModel
from engine.forms import FormSourceInvalid
from engine.process_library.decision_comparison import compare_decisions
from engine.process_library.differences import PartDifference
from engine.process_library.form_comparison import compare_forms
from engine.process_library.listing import PinnedDecisions, PinnedForm, ProcessVersion

# The default way is compared with the ways, the lane by who works in it.
_IGNORED = frozenset({"id", "default_flow", "lane"})


@dataclass(frozen=True)
class ChangedElement:
    """An element of both versions that is not the same, and the names of what differs."""

    before: Element
    after: Element
    aspects: tuple[str, ...]


@dataclass(frozen=True)
class ChangedFlow:
    """A way from one element to another that is new, gone, or stands under another label or condition."""

    kind: str  # added, removed, changed
    source: Element
    target: Element
    before: Flow | None
    after: Flow | None


@dataclass(frozen=True)
class ChangedPart:
    """A form, a file of decisions, a rule, a lane or a called process that is not the same."""

    kind: str  # form, decision, separation, completion, lane, call, process
    key: str
    change: str  # added, removed, changed


@dataclass(frozen=True)
class Comparison:
    """Everything that differs; ``redrawn`` if the files differ though all of this is the same.

    ``parts`` names the forms and tables among the rest, ``contents`` tells what is different in each of them.
    """

    added: tuple[Element, ...]
    removed: tuple[Element, ...]
    changed: tuple[ChangedElement, ...]
    flows: tuple[ChangedFlow, ...]
    parts: tuple[ChangedPart, ...]
    redrawn: bool
    contents: tuple[PartDifference, ...] = ()

    @property
    def is_same(self) -> bool:
        """Whether nothing that a case could notice is different."""
        return not (self.added or self.removed or self.changed or self.flows or self.parts)


def compare(before: ProcessVersion, after: ProcessVersion) -> Comparison:
    """What ``after`` changed against ``before``."""
    old, new = before.model, after.model
    changed = []
    for key, element in new.elements.items():
        aspects = _aspects(old.elements[key], element, old, new) if key in old.elements else ()
        if aspects:
            changed.append(ChangedElement(old.elements[key], element, aspects))
    return Comparison(
        added=tuple(one for key, one in new.elements.items() if key not in old.elements),
        removed=tuple(one for key, one in old.elements.items() if key not in new.elements),
        changed=tuple(changed),
        flows=tuple(_flows(old, new)),
        parts=tuple(_parts(before, after)),
        redrawn=before.xml != after.xml,
        contents=tuple(_contents(before, after)),
    )


def _aspects(old: Element, new: Element, before: ProcessModel, after: ProcessModel) -> tuple[str, ...]:
    """The names of what differs: fields of the model, single attributes and properties, the lane."""
    found: list[str] = []
    for field in fields(Element):
        first, second = getattr(old, field.name), getattr(new, field.name)
        if field.name in _IGNORED or first == second:
            continue
        if isinstance(first, dict):
            names = sorted(name for name in {**first, **second} if first.get(name) != second.get(name))
            found += [name for name in names if (field.name, name) != ("properties", "en")]
        else:
            found.append(field.name)
    if _lane_key(before.lane_of(old)) != _lane_key(after.lane_of(new)):
        found.append("lane")
    return tuple(dict.fromkeys(found))


def _lane_key(lane: Lane | None) -> str:
    return "" if lane is None else lane.group or lane.name_zh


def _flows(old: ProcessModel, new: ProcessModel) -> list[ChangedFlow]:
    """Ways are told apart by where they lead: an editor gives a redrawn one a new id."""
    first, second = _ways(old), _ways(new)
    found = []
    for place in {**first, **second}:
        before, after = first.get(place), second.get(place)
        model = old if after is None else new
        source, target = model.elements[place[0]], model.elements[place[1]]
        if before is None or after is None:
            found.append(ChangedFlow("added" if before is None else "removed", source, target, before, after))
        elif _said(old, before) != _said(new, after):
            found.append(ChangedFlow("changed", source, target, before, after))
    return found


def _ways(model: ProcessModel) -> dict[tuple[str, str, int], Flow]:
    ways: dict[tuple[str, str, int], Flow] = {}
    for flow in model.flows.values():
        if flow.source in model.elements and flow.target in model.elements:
            same = sum(1 for place in ways if place[:2] == (flow.source, flow.target))
            ways[flow.source, flow.target, same] = flow
    return ways


def _said(model: ProcessModel, flow: Flow) -> tuple[Any, ...]:
    is_default = model.elements[flow.source].default_flow == flow.id
    return flow.name_zh, flow.name_en, flow.condition, is_default


def _parts(before: ProcessVersion, after: ProcessVersion) -> list[ChangedPart]:
    old, new = before.model, after.model
    kinds: dict[str, tuple[Mapping[str, Any], Mapping[str, Any]]] = {
        "form": (
            {one.key: one.content_hash for one in before.forms},
            {one.key: one.content_hash for one in after.forms},
        ),
        "decision": (
            {one.key: one.content_hash for one in before.decisions},
            {one.key: one.content_hash for one in after.decisions},
        ),
        "separation": ({r.key: r for r in old.rules.separation}, {r.key: r for r in new.rules.separation}),
        "completion": ({r.key: r for r in old.rules.completion}, {r.key: r for r in new.rules.completion}),
        "lane": (_lanes(old), _lanes(new)),
        "call": (before.calls, after.calls),
        "process": (_own(old), _own(new)),
    }
    return [
        ChangedPart(kind, key, "added" if key not in first else "removed" if key not in second else "changed")
        for kind, (first, second) in kinds.items()
        for key in {**first, **second}
        if first.get(key) != second.get(key)
    ]


def _lanes(model: ProcessModel) -> dict[str, tuple[str, str, str]]:
    return {lane.group or lane.id: (lane.name_zh, lane.name_en, lane.group) for lane in model.lanes}


def _own(model: ProcessModel) -> dict[str, Any]:
    return {
        "name": (model.name_zh, model.name_en),
        "title": model.title,
        "starter_groups": model.starter_groups,
        "version_tag": model.version_tag,
        "area": model.area,
    }


def _contents(before: ProcessVersion, after: ProcessVersion) -> Iterator[PartDifference]:
    """What is different inside the forms and the tables."""
    for kind in ("form", "decision"):
        first, second = _files(before, kind), _files(after, kind)
        for key in {**second, **first}:
            old, new = first.get(key), second.get(key)
            if old is None or new is None or old.content_hash != new.content_hash:
                change = "added" if old is None else "removed" if new is None else "changed"
                yield _content(kind, key, change, old, new)


def _files(version: ProcessVersion, kind: str) -> dict[str, PinnedForm | PinnedDecisions]:
    files: tuple[PinnedForm | PinnedDecisions, ...] = version.forms if kind == "form" else version.decisions
    return {one.key: one for one in files}


def _content(
    kind: str,
    key: str,
    change: str,
    old: PinnedForm | PinnedDecisions | None,
    new: PinnedForm | PinnedDecisions | None,
) -> PartDifference:
    shown = new or old
    try:
        if isinstance(shown, PinnedForm):
            forms = [one.form if isinstance(one, PinnedForm) else None for one in (old, new)]
            title = shown.form
            return PartDifference(kind, key, change, Label(title.title("zh"), title.title("en")), compare_forms(*forms))
        models = [one.model if isinstance(one, PinnedDecisions) else None for one in (old, new)]
        decisions = [one for model in models[::-1] if model is not None for one in model.decisions.values()]
        name = decisions[0].label if len({one.key for one in decisions}) == 1 else Label(key, key)
        return PartDifference(kind, key, change, name, compare_decisions(*models))
    except (FormSourceInvalid, DecisionSourceInvalid):
        return PartDifference(kind, key, change, Label(key, key), (), is_readable=False)
