"""What a version changed against the one before it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from engine.decisions import DecisionSourceInvalid
from engine.decisions.model import Label
from engine.definitions.model import Element
from engine.forms import FormSourceInvalid
from engine.process_library.decision_comparison import compare_decisions
from engine.process_library.diagram_comparison import (
    ChangedElement,
    ChangedFlow,
    changed_elements,
    changed_flows,
    changed_lanes,
)
from engine.process_library.differences import ChangedThing, PartDifference, change_of
from engine.process_library.form_comparison import compare_forms
from engine.process_library.listing import PinnedDecisions, PinnedForm, ProcessVersion
from engine.process_library.rule_comparison import changed_calls, changed_process, changed_rules


@dataclass(frozen=True)
class Comparison:
    """Everything that differs; ``redrawn`` if the files differ though all of this is the same.

    ``things`` are rules, lanes, called processes and the process itself; ``contents`` are the forms and tables.
    """

    added: tuple[Element, ...]
    removed: tuple[Element, ...]
    changed: tuple[ChangedElement, ...]
    flows: tuple[ChangedFlow, ...]
    things: tuple[ChangedThing, ...]
    redrawn: bool
    contents: tuple[PartDifference, ...] = ()

    @property
    def is_same(self) -> bool:
        """Whether nothing that a case could notice is different."""
        return not (self.added or self.removed or self.changed or self.flows or self.things or self.contents)


def compare(before: ProcessVersion, after: ProcessVersion) -> Comparison:
    """What ``after`` changed against ``before``."""
    old, new = before.model, after.model
    return Comparison(
        added=tuple(one for key, one in new.elements.items() if key not in old.elements),
        removed=tuple(one for key, one in old.elements.items() if key not in new.elements),
        changed=tuple(changed_elements(old, new)),
        flows=tuple(changed_flows(old, new)),
        things=(
            *changed_rules(old, new),
            *changed_lanes(old, new),
            *changed_calls(before.calls, after.calls),
            *changed_process(old, new),
        ),
        redrawn=before.xml != after.xml,
        contents=tuple(_contents(before, after)),
    )


def _contents(before: ProcessVersion, after: ProcessVersion) -> Iterator[PartDifference]:
    """What is different inside the forms and the tables."""
    for kind in ("form", "decision"):
        first, second = _files(before, kind), _files(after, kind)
        for key in {**second, **first}:
            old, new = first.get(key), second.get(key)
            if old is None or new is None or old.content_hash != new.content_hash:
                yield _content(kind, key, change_of(old, new), old, new)


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
