"""A change as its page shows it: what it is called, what it changes, what is wrong with it."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress

from sqlalchemy import Connection

from engine import process_changes, process_library
from engine.definitions.model import read_process, rules_file
from engine.definitions.problems import DefinitionInvalid, Problem
from engine.errors import EngineError
from engine.forms import FormSourceInvalid, parse_form
from engine.process_library import ProcessVersion
from engine.store.types import Record
from webapp.context import current_language, current_platform
from webapp.diagram_difference_words import DiagramDifferenceWords
from webapp.process_words import ProcessWords
from webapp.processes import PartNames, part_names, process_names


def problems(connection: Connection, change: Record) -> list[Problem]:
    """What the publish checks say of an open change, errors first."""
    if change.status in ("published", "discarded"):
        return []
    found = process_changes.problems(connection, current_platform().runtime, change.id)
    return sorted(found, key=lambda one: (one.level != "error", one.file, one.element_id))


def reached(connection: Connection, change: Record) -> list[str]:
    """The names of other processes that would get a new version."""
    if change.status in ("published", "discarded"):
        return []
    names = process_names(connection, current_language())
    return [names.get(one, one) for one in process_changes.reached(connection, change.id, change.process_key)]


def difference(
    connection: Connection, change: Record, base: ProcessVersion | None
) -> process_library.Comparison | None:
    """What the change does to its base; None for a new process, or a diagram that cannot be read."""
    if base is None:
        return None
    try:
        return process_library.compare(base, process_changes.as_version(connection, change))
    except EngineError:
        return None


def told(connection: Connection, base: ProcessVersion | None, titles: Mapping[str, str]) -> DiagramDifferenceWords:
    """The words for what a change does to its base; ``titles`` are those of its forms."""
    names = PartNames({}, {}, {}) if base is None else part_names(connection, base, current_language())
    forms = {name.removesuffix(".json"): title for name, title in titles.items()}
    return DiagramDifferenceWords(ProcessWords(connection), PartNames({}, forms, {}).beside(names))


def diagram_of(connection: Connection, change_id: int) -> process_changes.ChangeFile:
    """Its diagram."""
    return next(one for one in process_changes.files(connection, change_id).values() if one.kind == "diagram")


def name(connection: Connection, change: Record) -> str:
    """What the process is called in the change."""
    own, files = diagram_of(connection, change.id), process_changes.files(connection, change.id)
    rules = files.get(rules_file(own.name))
    try:
        return read_process(own.content, own.name, None if rules is None else rules.content).name(current_language())
    except DefinitionInvalid:
        return str(change.process_key)


def titles(connection: Connection, change_id: int) -> dict[str, str]:
    """What each form is called, by the name of its file; nothing for one that cannot be read."""
    found = {}
    for one in process_changes.files(connection, change_id).values():
        if one.kind == "form":
            with suppress(FormSourceInvalid):
                found[one.name] = parse_form(one.content, file=one.name).title(current_language())
    return found
