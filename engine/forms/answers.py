"""Answers as people read them: labels and wording instead of keys and codes, for read-only views and exports."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from engine.errors import Language
from engine.forms.model import CHOICE_TYPES, Component, Form, FormContext
from engine.forms.places import Place, lookup
from engine.forms.rules import same_value
from engine.forms.settling import Settled
from engine.forms.showing import joined, shown

_ABSENT = object()


@dataclass(frozen=True)
class AnswerLine:
    """One answer: ``path`` as in errors, ``text`` for people (empty if nothing was answered).

    A dynamic list has no text but ``rows``, each a tuple of lines. ``section`` is the label of the group around it.
    """

    path: str
    label: str
    text: str
    section: str = ""
    rows: tuple[tuple[AnswerLine, ...], ...] = ()


def summary(form: Form, data: Mapping[str, Any], language: Language, context: FormContext) -> list[AnswerLine]:
    """The answers in ``data`` in the order of the form; fields that are not in it (they were hidden) are left out."""
    settled = Settled(form, data, data, context)
    return list(_Reader(settled, language).lines(settled.root, form.components, "", ""))


class _Reader:
    def __init__(self, settled: Settled, language: Language) -> None:
        self.settled, self.language = settled, language

    def lines(self, place: Place, components: tuple[Component, ...], prefix: str, section: str) -> Iterator[AnswerLine]:
        for component in components:
            label = self.settled.label(component, place, self.language)
            if component.type == "group":
                yield from self.lines(place, component.components, prefix, label or section)
            elif component.holds_answer and (label or component.type != "expression"):
                value = lookup(place.given, component.path, _ABSENT)
                if value is not _ABSENT:
                    yield self.line(place, component, value, AnswerLine(prefix + component.name, label, "", section))

    def line(self, place: Place, component: Component, value: Any, line: AnswerLine) -> AnswerLine:
        if not component.is_list:
            return replace(line, text=value_text(self.settled, place, component, value, self.language))
        rows = tuple(
            tuple(self.lines(row, row.components, f"{line.path}.{number}.", ""))
            for number, row in enumerate(place.rows[component])
        )
        return replace(line, rows=rows)


def value_text(settled: Settled, place: Place, component: Component, value: Any, language: Language) -> str:
    """One value as text: options by their label, yes/no, local times, file names."""
    if component.type in CHOICE_TYPES:
        options = settled.options(component, place)
        return joined([_option_text(one, options, settled.context, language) for one in _listed(value)], language)
    if component.type == "filepicker":
        return joined([_file_name(one, settled.context) for one in _listed(value)], language)
    return shown(value, settled.context, language)


def _listed(value: Any) -> list[Any]:
    """The value as a list of single answers; nothing answered is the empty list."""
    return value if isinstance(value, list) else [] if value is None or value == "" else [value]


def option_label(option: Mapping[str, Any], language: Language) -> str:
    """The option's label; in English its ``label_en`` if it has one."""
    return str((option.get("label_en") if language == "en" else None) or option["label"])


def _option_text(value: Any, options: list[dict[str, Any]], context: FormContext, language: Language) -> str:
    found = next((option for option in options if same_value(option["value"], value)), None)
    return option_label(found, language) if found else shown(value, context, language)


def _file_name(identity: Any, context: FormContext) -> str:
    if not isinstance(identity, str):
        return ""
    return context.files[identity].name if identity in context.files else identity
