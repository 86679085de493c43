"""Published processes: their names for lists that show many of them, and whether a person may start one."""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass

from sqlalchemy import Connection, select

from engine import instances
from engine.actors import Actor
from engine.errors import Language
from engine.process_library import ProcessVersion, version_of
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


_Titles = tuple[dict[str, str], dict[str, str]]  # of the forms and of the decisions
_KEPT = 500
_titles: OrderedDict[tuple[str, str], _Titles] = OrderedDict()
_lock = threading.Lock()


def part_names(connection: Connection, version: ProcessVersion, language: Language) -> PartNames:
    """The names that the text of a version refers to."""
    return PartNames(process_names(connection, language), *_titles_of(version, language))


def part_names_of(connection: Connection, definition_id: int, language: Language) -> PartNames:
    """The same for a version by its id. It never changes: its files are read when it is asked for the first time."""
    own = process_definition.c
    row = connection.execute(select(own.key, own.version, own.content_hash).where(own.id == definition_id)).one()
    place = (row.content_hash, language)
    with _lock:
        known = _titles.get(place)
    if known is None:
        known = _titles_of(version_of(connection, row.key, row.version), language)
        with _lock:
            _titles[place] = known
            while len(_titles) > _KEPT:
                _titles.popitem(last=False)
    return PartNames(process_names(connection, language), *known)


def _titles_of(version: ProcessVersion, language: Language) -> _Titles:
    decisions = (one for file in version.decisions for one in file.model.decisions.items())
    return (
        {one.key: one.form.title(language) for one in version.forms},
        {key: decision.label.text(language) for key, decision in decisions},
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
