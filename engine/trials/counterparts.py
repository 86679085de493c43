"""Elements of a change that have another id in the version in force: a walk is to pass them in both."""

from __future__ import annotations

from sqlalchemy import Connection

from engine import process_changes, process_library
from engine.definitions.model import Element, read_process
from engine.definitions.problems import DefinitionInvalid
from engine.process_library import VersionUnknown


def other_names(connection: Connection, change_id: int) -> dict[str, str]:
    """By their id in the change, those of the same kind and name that are the only such on either side.

    Nothing for a new process, or for a diagram that cannot be read.
    """
    diagram = next(one for one in process_changes.files(connection, change_id).values() if one.kind == "diagram")
    try:
        before = process_library.version_of(connection, diagram.key).model.elements
        after = read_process(diagram.content, diagram.name).elements
    except (VersionUnknown, DefinitionInvalid):
        return {}
    gone = [one for one in before.values() if one.id not in after and one.name_zh]
    fresh = [one for one in after.values() if one.id not in before and one.name_zh]
    found = {}
    for one in fresh:
        earlier, alike = ([other.id for other in group if _looks(other) == _looks(one)] for group in (gone, fresh))
        if len(earlier) == len(alike) == 1:
            found[one.id] = earlier[0]
    return found


def _looks(one: Element) -> tuple[str, str, str]:
    return one.type, one.name_zh, one.scope
