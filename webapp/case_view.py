"""A case as pages show it: its diagram with marks, its timeline, its earlier answers, its files."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from engine import attachments, instances
from engine.definitions.model import Element, ProcessModel
from engine.forms import AnswerLine, summary
from engine.runtime.library import DefinitionUnknown, PublishedProcess
from engine.store.types import Record
from webapp.context import current_language, current_platform, current_time
from webapp.decision_words import Decisions, sentences
from webapp.forms.context import form_context
from webapp.process_words import group_names


@dataclass(frozen=True)
class Entry:
    """One line of the timeline."""

    kind: str
    at: datetime
    who: str
    element: str
    details: dict[str, Any]
    decided: list[str]  # a sentence for each decision taken on the way


@dataclass(frozen=True)
class ChangedLine:
    """One answer, and what it was the last time the same task was done (None: the same, or the first time).

    For a list, ``fresh`` are the numbers of the rows that were not there before, ``gone`` the rows that are no more.
    """

    line: AnswerLine
    before: AnswerLine | None = None
    fresh: frozenset[int] = frozenset()
    gone: tuple[tuple[AnswerLine, ...], ...] = ()


@dataclass(frozen=True)
class Answers:
    """What was answered in the start form or in one completed task; ``again`` if the task had been done before."""

    element: str
    who: str
    at: datetime
    lines: list[ChangedLine]
    again: bool = False


@dataclass(frozen=True)
class Marks:
    """Element ids for the diagram."""

    done: list[str]
    active: list[str]
    overdue: list[str]

    def to_json(self) -> dict[str, list[str]]:
        """The marks as the diagram's script reads them."""
        return {"done": self.done, "active": self.active, "overdue": self.overdue}


@dataclass(frozen=True)
class CaseView:
    """Everything around one instance."""

    instance: Record
    model: ProcessModel
    version: int
    items: list[Record]
    timeline: list[Entry]
    answers: list[Answers]
    marks: Marks
    files: list[Record]
    called: list[ProcessModel]  # the processes it has called so far

    @property
    def open_items(self) -> list[Record]:
        """The tasks that wait for somebody."""
        return [item for item in self.items if item.state in ("ready", "reserved")]

    def lane(self, item: Record) -> str:
        """Whose lane a task lies in, in the reader's language."""
        return lane_name((self.model, *self.called), item)


def lane_name(models: Iterable[ProcessModel], item: Record) -> str:
    """Whose lane a task lies in, in the reader's language, by the processes it may belong to."""
    for model in models:
        element = model.elements.get(item.element_id)
        lane = None if element is None else model.lane_of(element)
        if lane is not None:
            return lane.name(current_language())
    return str(item.lane)


def load_case(connection: Connection, instance_id: str) -> CaseView:
    """Gather a case for its pages."""
    library = current_platform().runtime.library
    instance = instances.get(connection, instance_id)
    published = library.get(connection, instance.definition_id)
    history = instances.timeline(connection, instance_id)
    items = instances.work_items(connection, instance_id)
    marks = _marks(history, items)
    has_decided = any((row.data or {}).get("decisions") for row in history)
    decisions = library.decisions(connection, published.id) if has_decided else {}
    groups = group_names(connection) if has_decided else {}
    return CaseView(
        instance=instance,
        model=published.model,
        version=published.version,
        items=items,
        timeline=[_entry(published.compiled.models, decisions, groups, row) for row in history],
        answers=_answers(connection, instance, items, history),
        marks=marks,
        files=attachments.listed(connection, instance_id),
        called=_called(published, marks),
    )


def diagram_of(connection: Connection, definition_id: int, wanted: str) -> ProcessModel:
    """The model of a version, or of the process ``wanted`` that it calls."""
    published = current_platform().runtime.library.get(connection, definition_id)
    models = published.compiled.models.values()
    return next((model for model in models if model.key == wanted), published.model)


def _called(published: PublishedProcess, marks: Marks) -> list[ProcessModel]:
    reached = {*marks.done, *marks.active, *marks.overdue}
    models = {model.key: model for model in published.compiled.models.values() if reached & model.elements.keys()}
    return [model for key, model in models.items() if key != published.model.key]


def element_name(models: Any, element_id: str) -> str:
    """The label of an element in the reader's language, wherever in the called processes it lies."""
    for model in models.values():
        if element_id in model.elements:
            return str(model.elements[element_id].name(current_language()))
    return element_id


def _entry(models: Any, decisions: Decisions, groups: Mapping[str, str], row: Record) -> Entry:
    name, details = element_name(models, row.element_id) if row.element_id else "", row.data or {}
    decided = sentences(decisions, details.get("decisions", ()), groups)
    return Entry(row.kind, row.at, row.actor_name or "", name, details, decided)


def _marks(history: list[Record], items: list[Record]) -> Marks:
    passed = dict.fromkeys(element for row in history for element in (row.data or {}).get("passed", ()))
    waiting = [item for item in items if item.state in ("ready", "reserved")]
    now = current_time()
    overdue = [item.element_id for item in waiting if item.due_at is not None and item.due_at < now]
    active = [item.element_id for item in waiting if item.element_id not in overdue]
    done = [element for element in passed if element not in active and element not in overdue]
    return Marks(done=done, active=active, overdue=overdue)


def _answers(connection: Connection, instance: Record, items: list[Record], history: list[Record]) -> list[Answers]:
    """The submitted forms, oldest first, each read with the form of the version it was filled in on."""
    by_id = {item.id: item for item in items}
    library = current_platform().runtime.library
    context = form_context(connection)
    last: dict[tuple[str, str], list[AnswerLine]] = {}
    found = []
    for row in history:
        item, given = by_id.get(row.work_item_id or ""), row.data or {}
        submitted = given.get("submitted")
        if row.kind == "started":
            start = _start_element(connection, instance)
            if start is not None:
                form = library.form(connection, instance.definition_id, start.form_key)
                lines = summary(form, given.get("variables") or {}, current_language(), context)
                name = start.name(current_language())
                found.append(Answers(name, row.actor_name or "", row.at, changed_lines(lines, None)))
        if item is None or submitted is None or not item.form_key:
            continue
        try:
            form = library.form(connection, item.definition_id, item.form_key)
        except DefinitionUnknown:
            continue
        lines = summary(form, submitted, current_language(), context)
        name = item.name_zh if current_language() == "zh" else item.name_en
        place = (item.element_id, item.summary)
        before = last.get(place)
        found.append(Answers(name, row.actor_name or "", row.at, changed_lines(lines, before), before is not None))
        last[place] = lines
    return found


def _start_element(connection: Connection, instance: Record) -> Element | None:
    """The start event whose form was filled in, if the process has one."""
    model = current_platform().runtime.library.get(connection, instance.definition_id).model
    return next((one for one in model.start_events() if not one.event and one.form_key), None)


def changed_lines(lines: list[AnswerLine], before: list[AnswerLine] | None) -> list[ChangedLine]:
    """Answers beside the last answers of the same task, so that a reader sees what a resubmission changed."""
    if before is None:
        return [ChangedLine(line) for line in lines]
    known = {line.path: line for line in before}
    found = []
    for line in lines:
        earlier = known.get(line.path)
        if earlier is None or _said(earlier) == _said(line):
            found.append(ChangedLine(line))
            continue
        old, new = [_row(row) for row in earlier.rows], [_row(row) for row in line.rows]
        fresh = frozenset(number for number, row in enumerate(new) if row not in old)
        gone = tuple(row for row, said in zip(earlier.rows, old, strict=True) if said not in new)
        found.append(ChangedLine(line, earlier, fresh, gone))
    return found


def _said(line: AnswerLine) -> tuple[str, list[tuple[str, ...]]]:
    return line.text, [_row(row) for row in line.rows]


def _row(row: tuple[AnswerLine, ...]) -> tuple[str, ...]:
    return tuple(f"{line.label}: {line.text}" for line in row)
