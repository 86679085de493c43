"""What changed in the rules beside a diagram, in the processes it calls and in what is said of the process itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from engine.decisions.model import Label
from engine.definitions.model import ProcessModel
from engine.definitions.rules import CompletionRule, Rule, SeparationRule
from engine.process_library.diagram_comparison import label_of
from engine.process_library.differences import Aspect, ChangedThing, aspects_between, change_of

_TASKS = frozenset({"tasks", "completers_of"})


def changed_rules(old: ProcessModel, new: ProcessModel) -> Iterator[ChangedThing]:
    """The rules by their keys: first who may not, then what must hold."""
    for kind in ("separation", "completion"):
        first, second = ({one.key: one for one in getattr(model.rules, kind)} for model in (old, new))
        for key in {**second, **first}:
            before, after = first.get(key), second.get(key)
            shown = after or before
            if shown is not None and before != after:
                aspects = tuple(_aspects(_said(before), _said(after), old, new))
                yield ChangedThing(kind, change_of(before, after), Label(shown.zh, shown.en), key, aspects)


def _said(rule: Rule | None) -> dict[str, Any]:
    if rule is None:
        return {}
    said: dict[str, Any] = {"zh": rule.zh, "en": rule.en, "tasks": rule.tasks}
    if isinstance(rule, SeparationRule):
        said |= {"completers_of": rule.completers_of, "people": rule.people, "members_of": rule.members_of}
    if isinstance(rule, CompletionRule):
        said |= {"holds": rule.holds, "field": rule.field}
    return said


def _aspects(
    before: Mapping[str, Any], after: Mapping[str, Any], old: ProcessModel, new: ProcessModel
) -> Iterator[Aspect]:
    for name, first, second in aspects_between(before, after):
        if not first and not second:
            continue
        if name in _TASKS:
            yield Aspect(name, label_of(old, first) if first else None, label_of(new, second) if second else None)
        else:
            yield Aspect(name, first, second)


def changed_calls(before: Mapping[str, int], after: Mapping[str, int]) -> Iterator[ChangedThing]:
    """The versions of called processes that were pinned."""
    for key, first, second in aspects_between(before, after):
        aspect = Aspect("version", first, second)
        yield ChangedThing("call", change_of(first, second), Label(key, key), key, (aspect,))


def changed_process(old: ProcessModel, new: ProcessModel) -> Iterator[ChangedThing]:
    """What is said of the process as a whole."""
    aspects = tuple(Aspect(*one) for one in aspects_between(_own(old), _own(new)))
    if aspects:
        yield ChangedThing("process", "changed", Label(new.name("zh"), new.name("en")), new.key, aspects)


def _own(model: ProcessModel) -> dict[str, Any]:
    return {
        "name_zh": model.name_zh,
        "name_en": model.name_en,
        "title": model.title,
        "starter_groups": model.starter_groups,
        "version_tag": model.version_tag,
        "area": model.area,
    }
