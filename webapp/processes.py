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


def part_names(connection: Connection, version: ProcessVersion, language: Language) -> PartNames:
    """The names that the text of a version refers to."""
    return PartNames(
        process_names(connection, language),
        {one.key: one.form.title(language) for one in version.forms},
        {
            key: decision.label.text(language)
            for file in version.decisions
            for key, decision in file.model.decisions.items()
        },
    )


def startable(connection: Connection, actor: Actor) -> list[Record]:
    """What ``actor`` may start by hand; what only the clock or a message begins is not offered to anybody."""
    library = current_platform().runtime.library
    return [
        row
        for row in instances.startable(connection, actor)
        if any(not event.event for event in library.latest(connection, row.key).model.start_events())
    ]


def may_be_started(connection: Connection, actor: Actor, key: str) -> bool:
    """Whether the process is published and ``actor`` may start it by hand."""
    return any(row.key == key for row in startable(connection, actor))
