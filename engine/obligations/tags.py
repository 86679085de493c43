"""Which steps of which published processes are the evidence of a duty: their property ``obligations``."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, select

from engine.definitions.model import WAITING_TASKS, Element, ProcessModel
from engine.runtime.library import Library
from engine.store.tables import process_definition

PROPERTY = "obligations"


@dataclass(frozen=True)
class Tag:
    """One step that is evidence: people complete it (``is_task``) or the engine passes it."""

    definition_key: str
    element: Element
    process: ProcessModel

    @property
    def is_task(self) -> bool:
        """Whether people do it, so that it has a work item."""
        return self.element.type in WAITING_TASKS


def tags(connection: Connection, library: Library) -> dict[str, list[Tag]]:
    """The tagged steps of the latest version of every process, by the duty's id."""
    keys = connection.scalars(select(process_definition.c.key).distinct().order_by(process_definition.c.key))
    found: dict[str, list[Tag]] = {}
    for key in list(keys):
        model = library.latest(connection, key).model
        for element in model.elements.values():
            for obligation in element.properties.get(PROPERTY, "").replace(",", " ").split():
                found.setdefault(obligation, []).append(Tag(key, element, model))
    return found
