"""The files of a publication."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class Sources:
    """Files to publish, by their path inside the repository."""

    processes: Mapping[str, bytes]
    forms: Mapping[str, bytes]
    decisions: Mapping[str, bytes] = field(default_factory=dict)
    rules: Mapping[str, bytes] = field(default_factory=dict)
    paths: Mapping[str, bytes] = field(default_factory=dict)


def read_sources(processes_directory: Path, forms_directory: Path) -> Sources:
    """The ``.bpmn``, ``.dmn``, ``.rules.yaml`` and ``.paths.json`` files below the first directory, the forms below the
    second."""
    return Sources(
        processes=_read(processes_directory, "*.bpmn"),
        forms=_read(forms_directory, "*.json"),
        decisions=_read(processes_directory, "*.dmn"),
        rules=_read(processes_directory, "*.rules.yaml"),
        paths=_read(processes_directory, "*.paths.json"),
    )


def _read(directory: Path, pattern: str) -> dict[str, bytes]:
    return {str(path.relative_to(directory)): path.read_bytes() for path in sorted(directory.rglob(pattern))}
