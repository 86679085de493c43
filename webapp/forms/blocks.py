"""The pieces a form is drawn from. They hold finished texts and decisions; the template adds only HTML."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from engine.forms import FileInfo


@dataclass(frozen=True)
class OptionView:
    id: str
    token: str
    label: str
    chosen: bool


@dataclass(frozen=True)
class RowView:
    """One row of a list; ``origin`` marks the earlier row it continues."""

    number: int
    prefix: str
    origin: int | None
    blocks: list[list[Block]]
    remove_action: str


@dataclass
class Block:
    """One component as drawn. ``kind`` selects the piece of template; what a kind does not need stays empty."""

    kind: str
    id: str = ""
    name: str = ""
    label: str = ""
    hint: str = ""
    value: str = ""
    required: bool = False
    disabled: bool = False
    live: bool = False
    errors: list[str] = field(default_factory=list)
    attributes: dict[str, str] = field(default_factory=dict)
    options: list[OptionView] = field(default_factory=list)
    style: str = ""
    prefix: str = ""
    suffix: str = ""
    width: str = "col-12"
    content: Any = None
    files: list[FileInfo] = field(default_factory=list)
    multiple: bool = False
    blocks: list[list[Block]] = field(default_factory=list)
    rows: list[RowView] = field(default_factory=list)
    add_action: str = ""

    @property
    def described_by(self) -> str:
        """The ids of the texts that belong to the control, hint first."""
        return " ".join(
            part for part in (f"{self.id}-hint" if self.hint else "", f"{self.id}-error" if self.errors else "") if part
        )


@dataclass(frozen=True)
class ProblemView:
    """A line of the error summary; ``id`` is the control to go to."""

    id: str
    label: str
    message: str


def all_blocks(lines: list[list[Block]]) -> Iterator[Block]:
    """Every block of the lines, those inside groups and rows included."""
    for line in lines:
        for block in line:
            yield block
            yield from all_blocks(block.blocks)
            for row in block.rows:
                yield from all_blocks(row.blocks)
