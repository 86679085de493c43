"""Published processes: their names for lists that show many of them, and whether a person may start one."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, select

from engine import instances
from engine.actors import Actor
from engine.errors import Language
from engine.process_library import ProcessVersion
from engine.store.tables import process_definition
from engine.store.types import Record
from webapp.context import current_platform


def process_names(connection: Connection, language: Language) -> dict[str, str]:
    """The name of every latest definition by key."""
    column = process_definition.c.name_zh if language == "zh" else process_definition.c.name_en
    query = select(process_definition.c.key, column).where(process_definition.c.is_latest)
    return {row.key: row[1] for row in connection.execute(query)}


@dataclass(frozen=True)
class PartNames:
    """What the parts of a version are called, by their keys."""

    processes: dict[str, str]
    forms: dict[str, str]
    decisions: dict[str, str]

    def beside(self, earlier: PartNames) -> PartNames:
        """These, and the earlier ones of parts that are no more."""
        return PartNames(
            earlier.processes | self.processes, earlier.forms | self.forms, earlier.decisions | self.decisions
        )


def part_names(connection: Connection, version: ProcessVersion, language: Language) -> PartNames:
    """The names that the text of a version refers to."""
    decisions = (one for file in version.decisions for one in file.model.decisions.items())
    return PartNames(
        process_names(connection, language),
        {one.key: one.form.title(language) for one in version.forms},
        {key: decision.label.text(language) for key, decision in decisions},
    )


def part_names_of(connection: Connection, definition_id: int, language: Language) -> PartNames:
    """The same for a version by its id, from what the library keeps of it: it never changes."""
    library = current_platform().runtime.library
    form_keys = library.get(connection, definition_id).model.form_keys
    return PartNames(
        process_names(connection, language),
        {key: library.form(connection, definition_id, key).title(language) for key in form_keys},
        {key: one.label.text(language) for key, one in library.decisions(connection, definition_id).items()},
    )


def startable(connection: Connection, actor: Actor) -> list[Record]:
    """What ``actor`` may start by hand; what only the clock or a message begins is not offered to anybody."""
    return [row for row in instances.startable(connection, actor) if _begins_by_hand(connection, row.key)]


def may_be_started(connection: Connection, actor: Actor, key: str) -> bool:
    """Whether the process is published and ``actor`` may start it by hand."""
    permitted = any(row.key == key for row in instances.startable(connection, actor))
    return permitted and _begins_by_hand(connection, key)


def _begins_by_hand(connection: Connection, key: str) -> bool:
    return current_platform().runtime.library.latest(connection, key).model.plain_start is not None
