"""A case as pages show it: its diagram with marks, its timeline, its earlier answers, its files."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from engine import attachments, instances
from engine.definitions.model import ProcessModel
from engine.forms import AnswerLine, FormContext, summary
from engine.runtime.library import DefinitionUnknown
from engine.store.types import Record
from webapp.context import current_language, current_platform, current_time


@dataclass(frozen=True)
class Entry:
    """One line of the timeline."""

    kind: str
    at: datetime
    who: str
    element: str
    details: dict[str, Any]


@dataclass(frozen=True)
class Answers:
    """What was answered in one completed task."""

    element: str
    who: str
    at: datetime
    lines: list[AnswerLine]


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

    @property
    def open_items(self) -> list[Record]:
        """The tasks that wait for somebody."""
        return [item for item in self.items if item.state in ("ready", "reserved")]


def load_case(connection: Connection, instance_id: str) -> CaseView:
    """Gather a case for its pages."""
    library = current_platform().runtime.library
    instance = instances.get(connection, instance_id)
    published = library.get(connection, instance.definition_id)
    history = instances.timeline(connection, instance_id)
    items = instances.work_items(connection, instance_id)
    return CaseView(
        instance=instance,
        model=published.model,
        version=published.version,
        items=items,
        timeline=[_entry(published.compiled.models, row) for row in history],
        answers=_answers(connection, instance, items, history),
        marks=_marks(history, items),
        files=attachments.listed(connection, instance_id),
    )


def element_name(models: Any, element_id: str) -> str:
    """The label of an element in the reader's language, wherever in the called processes it lies."""
    for model in models.values():
        if element_id in model.elements:
            return str(model.elements[element_id].name(current_language()))
    return element_id


def _entry(models: Any, row: Record) -> Entry:
    name = element_name(models, row.element_id) if row.element_id else ""
    return Entry(row.kind, row.at, row.actor_name or "", name, row.data or {})


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
    found = []
    for row in history:
        item = by_id.get(row.work_item_id or "")
        submitted = (row.data or {}).get("submitted")
        if item is None or submitted is None or not item.form_key:
            continue
        try:
            form = current_platform().runtime.library.form(connection, item.definition_id, item.form_key)
        except DefinitionUnknown:
            continue
        lines = summary(form, submitted, current_language(), _context(connection))
        name = item.name_zh if current_language() == "zh" else item.name_en
        found.append(Answers(name, row.actor_name or "", row.at, lines))
    return found


def _context(connection: Connection) -> FormContext:
    runtime = current_platform().runtime
    return FormContext(current_language(), current_time(), runtime.zone, runtime.host_functions(connection))
