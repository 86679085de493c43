"""What a register is: its records, filters, columns and lists. List, detail and export follow from this declaration."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import ColumnElement, Date, Integer, Select, Table

from engine.actors import Actor
from engine.errors import Language
from engine.registers.exports import Column
from engine.store.types import Record, UtcDateTime

Kind = Literal[
    "text", "long", "number", "moment", "date", "due", "badge", "person", "yes_no", "named", "record", "lines"
]
Tone = Literal["grey", "blue", "green", "orange", "red"]
Condition = Callable[[datetime], ColumnElement[bool]]


@dataclass(frozen=True)
class Word:
    """What a code is called, and the colour of its badge."""

    zh: str
    en: str
    tone: Tone = "grey"

    def name(self, language: Language) -> str:
        """The name for a reader of ``language``."""
        return self.zh if language == "zh" else self.en


Words = Mapping[str, Word]


@dataclass(frozen=True)
class Field:
    """One value of a record: a column of a list, a line of the detail, a column of the export.

    ``value`` is a column of the query or a function of the row. Kinds:

    * ``text``, ``long`` (its lines are kept), ``number``, ``person`` (a name), ``yes_no``; ``lines`` is a list of texts
    * ``moment`` and ``due`` (UTC moments; ``due`` is shown as what is left, and plainly once the record is settled:
      then let ``value`` return None), ``date`` (a day)
    * ``badge``: a code of ``words`` (which any kind of text may have)
    * ``named``: ``value`` is a prefix, the query has ``<value>_zh`` and ``<value>_en``
    * ``record``: (type, id, label), a link to that record
    """

    zh: str
    en: str
    value: str | Callable[[Record], Any]
    kind: Kind = "text"
    words: Words = field(default_factory=dict)
    on_phone: bool = False
    width: int = 16

    def name(self, language: Language) -> str:
        """Its label for a reader of ``language``."""
        return self.zh if language == "zh" else self.en

    def raw(self, row: Record, language: Language = "zh") -> Any:
        """The value as it is kept; of a ``named`` one the name for the reader."""
        if callable(self.value):
            return self.value(row)
        if self.kind == "named":
            zh, en = getattr(row, f"{self.value}_zh"), getattr(row, f"{self.value}_en")
            return (zh or en) if language == "zh" else (en or zh)
        return getattr(row, self.value)

    def plain(self, row: Record, language: Language) -> Any:
        """The value as an export shows it: codes by their names, links by their labels."""
        value = self.raw(row, language)
        if value is None:
            return None
        if self.kind == "record":
            return value[2]
        if self.kind == "lines":
            return "\n".join(self.lines(row, language))
        return self.words[value].name(language) if value in self.words else value

    def lines(self, row: Record, language: Language) -> list[str]:
        """The texts of a list, codes by their names."""
        return [self.words[one].name(language) if one in self.words else str(one) for one in self.raw(row) or ()]

    def tone(self, row: Record) -> Tone:
        """The colour of its badge."""
        word = self.words.get(self.raw(row))
        return "grey" if word is None else word.tone


@dataclass(frozen=True)
class Standing:
    """A tab of the list: the records that meet ``condition`` at a moment."""

    code: str
    zh: str
    en: str
    condition: Condition
    tone: Tone = "blue"

    def name(self, language: Language) -> str:
        """The name for a reader of ``language``."""
        return self.zh if language == "zh" else self.en


@dataclass(frozen=True)
class Choice:
    """A further filter: records whose ``column`` has one of the codes of ``words``."""

    key: str
    zh: str
    en: str
    column: ColumnElement[Any]
    words: Words

    def name(self, language: Language) -> str:
        """The label for a reader of ``language``."""
        return self.zh if language == "zh" else self.en


@dataclass(frozen=True)
class Section:
    """A card of the detail page, shown as soon as one of its fields has a value."""

    zh: str
    en: str
    fields: tuple[Field, ...]

    def has_content(self, row: Record) -> bool:
        """Whether any of the fields has a value."""
        return any(field.raw(row) not in (None, "", []) for field in self.fields)

    def name(self, language: Language) -> str:
        """The heading for a reader of ``language``."""
        return self.zh if language == "zh" else self.en


@dataclass(frozen=True)
class Related:
    """A list that belongs to one record, e.g. its corrective actions.

    ``query`` gives the rows for a record's id. With ``record_type``, the first column of each row links to the record
    of that type whose id the row has as ``id``.
    """

    zh: str
    en: str
    query: Callable[[int], Select[Any]]
    columns: tuple[Field, ...]
    record_type: str = ""

    def name(self, language: Language) -> str:
        """The heading for a reader of ``language``."""
        return self.zh if language == "zh" else self.en


def every_member(actor: Actor) -> bool:
    """Whoever is signed in may read; so may the system."""
    return actor.user_id is not None or actor.is_administrator


@dataclass(frozen=True)
class Register:
    """A register. ``key`` is its address, its table's name and the record type of its records.

    ``query`` selects all columns of ``table`` and what is joined to it (names of groups and people); ``number`` and
    ``title`` name columns of it. ``moment`` orders the list, latest first: a column of ``table`` that is never null, of
    a moment, a day or a whole number; moments and days are also the filter "from … to". ``department`` is the column
    with the id of the department by which the list can be filtered. ``section`` is the part of the menu it stands in.
    """

    key: str
    zh: str
    en: str
    en_plural: str
    icon: str
    table: Table
    query: Select[Any]
    title: str
    moment: ColumnElement[Any]
    search: tuple[ColumnElement[Any], ...]
    standings: tuple[Standing, ...]
    columns: tuple[Field, ...]
    sections: tuple[Section, ...]
    exports: tuple[Field, ...]
    number: str = "number"
    related: tuple[Related, ...] = ()
    choices: tuple[Choice, ...] = ()
    department: ColumnElement[Any] | None = None
    hint_zh: str = ""
    hint_en: str = ""
    order: int = 50
    section: Literal["registers", "service"] = "registers"
    may_read: Callable[[Actor], bool] = every_member

    def __post_init__(self) -> None:
        if self.table.name != self.key:
            raise ValueError(f"the register {self.key} is called otherwise than its table {self.table.name}")
        if not isinstance(self.moment.type, (UtcDateTime, Date, Integer)):
            raise ValueError(f"the register {self.key} cannot be ordered by {self.moment.type}")

    def name(self, language: Language) -> str:
        """What the register is called: 投诉, Complaints."""
        return self.zh if language == "zh" else self.en_plural

    def one(self, language: Language) -> str:
        """What one of its records is called."""
        return self.zh if language == "zh" else self.en

    def hint(self, language: Language) -> str:
        """A sentence below the heading."""
        return self.hint_zh if language == "zh" else self.hint_en

    @property
    def badges(self) -> tuple[Field, ...]:
        """The marks of a record beside its title."""
        return tuple(one for one in self.columns if one.kind in ("badge", "due"))

    @property
    def has_period(self) -> bool:
        """Whether the list can be limited to days."""
        return not isinstance(self.moment.type, Integer)

    def standing(self, code: str) -> Standing | None:
        """The standing of that code, or None for all records."""
        return next((one for one in self.standings if one.code == code), None)

    def label(self, row: Record) -> str:
        """How other records call a record: number and title."""
        return f"{getattr(row, self.number)} {getattr(row, self.title)}"

    def instance_of(self, row: Record) -> str | None:
        """The id of the case behind a record, if it has one of its own."""
        found: str | None = row._mapping.get("instance_id")
        return found

    def export_columns(self, language: Language) -> tuple[Column, ...]:
        """The columns of its export for a reader of ``language``."""
        return tuple(_export(one, language) for one in self.exports)


def _export(one: Field, language: Language) -> Column:
    return Column(one.zh, one.en, lambda row: one.plain(row, language), one.width)
