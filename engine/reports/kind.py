"""What a kind of report, plan or minutes is, and the parts that several kinds share."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from engine.errors import Language
from engine.periods import Cadence, Period, of_day


@dataclass(frozen=True)
class Column:
    """A column of a section that is a table."""

    key: str
    zh: str
    en: str


@dataclass(frozen=True)
class Section:
    """A part of a report: a text, or a table if it has columns; ``key`` is its place in the report's content."""

    key: str
    zh: str
    en: str
    columns: tuple[Column, ...] = ()


@dataclass(frozen=True)
class ReportKind:
    """One kind. ``offset`` says which period it is about, counted from the one in which it is made: -1 the last one.

    ``indicators`` are keys of engine.indicators; ``policy`` is the clause that asks for it.
    """

    key: str
    zh: str
    en: str
    cadence: Cadence
    offset: int
    sections: tuple[Section, ...]
    policy: str
    indicators: tuple[str, ...] = ()

    def name(self, language: Language) -> str:
        """What it is called for a reader of ``language``."""
        return self.zh if language == "zh" else self.en

    def period(self, day: date) -> Period:
        """The period a report made on ``day`` is about."""
        return of_day(self.cadence, day).shifted(self.offset)


ACTIONS = (
    Column("description", "措施", "Measure"),
    Column("owner", "负责人", "Owner"),
    Column("due_on", "完成期限", "Due on"),
)
MEASURES = Section("measures", "改进措施", "Measures", ACTIONS)
SERVICE = ("I01", "I02", "I03", "I05", "I06", "I07", "I09", "I11", "I12", "I13")
ORGANISATION = (*SERVICE, "I08", "I14", "I16", "I17", "I19", "I20", "I21", "I23", "I27")
