"""What a version says otherwise of its diagram and rules, in the reader's words: what was said, what is said now."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext, lazy_gettext

from engine.decisions.model import Label
from engine.definitions.dialect import expression_in
from engine.definitions.model import Element, Lane
from engine.process_library.diagram_comparison import ChangedElement, ChangedFlow
from engine.process_library.differences import Aspect, ChangedThing
from webapp.context import current_language
from webapp.process_words import KINDS, ProcessWords, Said, sentence_of
from webapp.processes import PartNames

_NAMES = {
    "type": lazy_gettext("Kind of step"),
    "name_zh": lazy_gettext("Chinese name"),
    "name_en": lazy_gettext("English name"),
    "lane": lazy_gettext("Lane"),
    "scope": lazy_gettext("Place in the process"),
    "inputs": lazy_gettext("Input"),
    "event": lazy_gettext("Event"),
    "event_reference": lazy_gettext("What the event is about"),
    "timer": lazy_gettext("Term"),
    "attached_to": lazy_gettext("Place in the process"),
    "interrupting": lazy_gettext("Whether it breaks off the step"),
    "called": lazy_gettext("Called process"),
    "repetition": lazy_gettext("Repetition"),
    "script": lazy_gettext("Computed as"),
    "formRef": lazy_gettext("Form"),
    "formKey": lazy_gettext("Form"),
    "who": lazy_gettext("Who does it"),
    "dueDate": lazy_gettext("Due date"),
    "priority": lazy_gettext("Priority"),
    "topic": lazy_gettext("Service"),
    "decisionRef": lazy_gettext("Decision table"),
    "resultVariable": lazy_gettext("Result"),
    "summary": lazy_gettext("Summary line"),
    "obligations": lazy_gettext("Duties it proves"),
    "correlationKey": lazy_gettext("For which case"),
    "condition": lazy_gettext("Condition"),
    "default_flow": lazy_gettext("Default flow"),
    "zh": lazy_gettext("What it says (Chinese)"),
    "en": lazy_gettext("What it says (English)"),
    "tasks": lazy_gettext("Tasks"),
    "completers_of": lazy_gettext("Barred: whoever completed"),
    "people": lazy_gettext("Barred: the people"),
    "members_of": lazy_gettext("Barred: the members of"),
    "holds": lazy_gettext("Must hold"),
    "field": lazy_gettext("Field that shows it"),
    "group": lazy_gettext("Group that does its tasks"),
    "joined": lazy_gettext("Steps that came in"),
    "left": lazy_gettext("Steps that went elsewhere"),
    "version": lazy_gettext("Version"),
    "title": lazy_gettext("Title of a case"),
    "starter_groups": lazy_gettext("Who may start it"),
    "version_tag": lazy_gettext("Version tag"),
    "area": lazy_gettext("Area"),
}
_EVENTS = {
    "timer": lazy_gettext("Timer"),
    "message": lazy_gettext("Message"),
    "error": lazy_gettext("Error"),
    "escalation": lazy_gettext("Escalation"),
}
# What is said by several attributes together.
_TOGETHER = {
    "assignee": "who",
    "candidateUsers": "who",
    "candidateGroups": "who",
    "timer_kind": "timer",
    "timer_term": "timer",
    "is_multiple": "repetition",
    "is_sequential": "repetition",
    "collection": "repetition",
    "completion_condition": "repetition",
}
_OF_GROUPS = frozenset({"members_of", "starter_groups", "group", "area"})


@dataclass(frozen=True)
class Row:
    """What one thing was and is; ``change`` says whether it is told on both sides."""

    name: str
    before: str
    after: str
    change: str = "changed"


class DiagramDifferenceWords:
    """Tells differences with the people, groups and figures of today and the names of the forms and tables."""

    def __init__(self, words: ProcessWords, names: PartNames) -> None:
        self.words, self.names = words, names

    def element(self, changed: ChangedElement) -> list[Row]:
        """What is said otherwise of an element, each thing once."""
        found: dict[str, Row] = {}
        sides = tuple(zip((changed.before, changed.after), changed.lanes, strict=True))
        for aspect in changed.aspects:
            kind = _TOGETHER.get(aspect.name, aspect.name)
            if kind in ("who", "timer", "repetition", "dueDate"):
                texts = [self._of_element(kind, element, lane) for element, lane in sides]
                if texts[0] != texts[1]:
                    found.setdefault(kind, Row(_name(aspect, kind), *texts))
                    continue
            row = self._row(aspect)
            found.setdefault(row.name + aspect.name, row)
        return list(found.values())

    def _of_element(self, kind: str, element: Element, lane: Lane | None) -> str:
        if kind == "who":
            return gettext(", ").join(_said(one) for one in self.words.who(element, lane))
        if kind == "timer":
            return _moment(self.words.timer(element), element.timer_term)
        if kind == "dueDate":
            return _moment(self.words.due(element), element.attributes.get("dueDate", ""))
        return _repetition(element)

    def flow(self, flow: ChangedFlow) -> list[Row]:
        """What is said otherwise of a way."""
        return [self._row(aspect, flow.kind) for aspect in flow.aspects]

    def thing(self, thing: ChangedThing) -> list[Row]:
        """What is said otherwise of a rule, a lane, a called process or the process itself."""
        one_sided = {"joined": "added", "left": "removed"}
        return [self._row(aspect, one_sided.get(aspect.name, thing.change)) for aspect in thing.aspects]

    def name(self, thing: ChangedThing) -> str:
        """What such a thing is called; a rule by what it says."""
        known = self.names.processes if thing.kind == "call" else {}
        said = thing.name.text(current_language())
        return known.get(thing.key) or (sentence_of(said) if thing.kind in ("separation", "completion") else said)

    def _row(self, aspect: Aspect, change: str = "changed") -> Row:
        before, after = self._value(aspect.before, aspect.name), self._value(aspect.after, aspect.name)
        if before == after:
            before, after = _plain(aspect.before), _plain(aspect.after)
        return Row(_name(aspect, aspect.name), before, after, change)

    def _value(self, value: Any, name: str) -> str:
        if name in _OF_GROUPS:
            return gettext(", ").join(self.words.groups.get(one) or _plain(one) for one in _listed(value))
        if name == "people":
            return gettext(", ").join(self.words.people.get(one) or _plain(one) for one in _listed(value))
        said = _plain(value)
        known = {
            "type": KINDS,
            "event": _EVENTS,
            "called": self.names.processes,
            "formRef": self.names.forms,
            "formKey": self.names.forms,
            "decisionRef": self.names.decisions,
        }
        if name in ("zh", "en"):
            return sentence_of(value or "")
        return str(known.get(name, {}).get(said, said))


def _name(aspect: Aspect, kind: str) -> str:
    """What is called otherwise; what has no word of its own by its technical name."""
    known = str(_NAMES.get(kind) or _NAMES.get(aspect.name, aspect.name))
    subject = aspect.subject.text(current_language())
    return f"{known} “{subject}”" if subject else known


def _plain(value: Any) -> str:
    """A value as it stands, an expression without its mark; '' for nothing."""
    if isinstance(value, bool):
        return gettext("Yes") if value else gettext("No")
    if isinstance(value, Label):
        return value.text(current_language())
    if isinstance(value, tuple):
        return gettext(", ").join(_plain(one) for one in value)
    text = "" if value is None else str(value)
    return expression_in(text) or text


def _listed(value: Any) -> Iterator[str]:
    parts: Iterable[str] = value if isinstance(value, tuple) else [value or ""]
    return (one for one in parts if one)


def _said(one: Said) -> str:
    return f"{one.words} {one.code}".strip()


def _moment(said: Said | None, written: str) -> str:
    """A term in words; as it is written where it is computed, or where there are no words for it."""
    if said is None:
        return ""
    return _said(said) if expression_in(written) is not None else said.words or said.code


def _repetition(element: Element) -> str:
    if not element.is_multiple:
        return ""
    how = (
        gettext("one after the other, for each of") if element.is_sequential else gettext("for each at the same time:")
    )
    said = f"{how} {_plain(element.collection)}"
    until = _plain(element.completion_condition)
    return gettext("%(what)s, until %(condition)s", what=said, condition=until) if until else said
