"""One file of a process change, as the pages that edit it need it."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection

from engine import process_changes
from engine.definitions.model import ProcessModel, read_process
from engine.definitions.problems import DefinitionInvalid
from engine.process_changes import ChangeFile
from engine.process_changes.errors import FileMissing
from engine.store.types import Record
from webapp.context import current_actor, current_language


@dataclass(frozen=True)
class OpenedChange:
    """A change the reader may see, with the diagram as it stands in it (None: it cannot be read)."""

    row: Record
    may_edit: bool
    files: dict[str, ChangeFile]
    model: ProcessModel | None

    @property
    def id(self) -> int:
        """The number of the change."""
        return int(self.row.id)

    @property
    def key(self) -> str:
        """The process that is changed."""
        return str(self.row.process_key)

    @property
    def name(self) -> str:
        """What the process is called in the change."""
        return self.key if self.model is None else self.model.name(current_language())

    def of_kind(self, kind: str) -> list[ChangeFile]:
        """Its forms, or its files of decisions."""
        return [one for one in self.files.values() if one.kind == kind]

    def file(self, name: str, kind: str) -> ChangeFile:
        """One of its files. Raises ``FileMissing``, for a file of another kind too."""
        found = self.files.get(name)
        if found is None or found.kind != kind:
            raise FileMissing(name=name[:100])
        return found


def opened_change(connection: Connection, change_id: int) -> OpenedChange:
    """The change for the reader. Raises ``ChangeUnknown`` and ``NotAnOwner``."""
    row = process_changes.get(connection, current_actor(), change_id)
    files = process_changes.files(connection, change_id)
    diagram = files.get(f"{row.process_key}.bpmn")
    try:
        model = read_process(diagram.content, diagram.name) if diagram is not None else None
    except DefinitionInvalid:
        model = None
    return OpenedChange(row, process_changes.may_edit(connection, current_actor(), row), files, model)
