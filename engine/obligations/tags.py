"""Which steps of which published processes are the evidence of a duty: their property ``obligations``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, select

from engine.definitions.model import WAITING_TASKS, Element, ProcessModel
from engine.runtime.library import Library
from engine.store.tables import process_definition

PROPERTY = "obligations"


@dataclass(frozen=True)
class Tag:
    """One step that is evidence: people complete it (``is_task``) or the engine passes it.

    ``definition_key`` is the process whose cases pass it, which may call the ``process`` it is drawn in.
    """

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
    models = {key: library.latest(connection, key).model for key in list(keys)}
    for key in models:
        for model in _with_called(key, models):
            for element in model.elements.values():
                for obligation in element.properties.get(PROPERTY, "").replace(",", " ").split():
                    found.setdefault(obligation, []).append(Tag(key, element, model))
    return found


def _with_called(key: str, models: Mapping[str, ProcessModel]) -> list[ProcessModel]:
    """A process and all it calls, however deep: their steps are steps of its cases."""
    reached, waiting = dict[str, ProcessModel](), [key]
    while waiting:
        one = waiting.pop()
        if one in models and one not in reached:
            reached[one] = models[one]
            waiting += models[one].called_keys
    return list(reached.values())
