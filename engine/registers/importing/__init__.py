"""Importing incidents from the exports of a ticket system: read, check, reduce, register, start callbacks."""

from engine.registers.importing.choices import CallbackChoice, ChoiceInvalid, parse_choice
from engine.registers.importing.job import (
    ImportForbidden,
    ImportReport,
    ImportRunning,
    Prepared,
    import_incidents,
    may_import,
    prepare_import,
    run_import,
)
from engine.registers.importing.mapping import Mapping, MappingUnknown, load_mapping, sources
from engine.registers.importing.reading import FileUnreadable
from engine.registers.importing.runs import ImportRunUnknown, get_run, is_interrupted, listed_runs, reject_file, rejects

__all__ = [
    "CallbackChoice",
    "ChoiceInvalid",
    "FileUnreadable",
    "ImportForbidden",
    "ImportReport",
    "ImportRunUnknown",
    "ImportRunning",
    "Mapping",
    "MappingUnknown",
    "Prepared",
    "get_run",
    "import_incidents",
    "is_interrupted",
    "listed_runs",
    "load_mapping",
    "may_import",
    "parse_choice",
    "prepare_import",
    "reject_file",
    "rejects",
    "run_import",
    "sources",
]
