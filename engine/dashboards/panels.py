"""What a panel is: groups of records; its numbers are how many each holds."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from engine.errors import Language
from engine.periods import Period
from engine.runtime.library import Library


@dataclass(frozen=True)
class View:
    """The moment and the period a dashboard looks at."""

    period: Period
    zone: ZoneInfo
    now: datetime
    library: Library

    @property
    def today_starts_at(self) -> datetime:
        """Midnight of today."""
        return datetime.combine(self.now.astimezone(self.zone).date(), datetime.min.time(), self.zone)

    @property
    def starts_at(self) -> datetime:
        """The first moment of the period."""
        return self.period.starts_at(self.zone)

    @property
    def ends_at(self) -> datetime:
        """The first moment after it."""
        return self.period.ends_at(self.zone)


@dataclass(frozen=True)
class Item:
    """One record in a group; one of a case alone is found by its ``instance_id``."""

    record_type: str
    record_id: int | None
    number: str
    title: str
    at: Any = None
    note: str = ""
    instance_id: str | None = None
    title_en: str = ""
    note_en: str = ""

    def name(self, language: Language) -> str:
        """Its title for a reader of ``language``, as far as it has one of each."""
        return self.title if language == "zh" else self.title_en or self.title

    def concerns(self, language: Language) -> str:
        """Whom or what it concerns."""
        return self.note if language == "zh" else self.note_en or self.note


@dataclass(frozen=True)
class Group:
    """Records that are counted together."""

    key: str
    zh: str
    en: str
    items: Sequence[Item]
    tone: str = "blue"

    def name(self, language: Language) -> str:
        """What it is called for a reader of ``language``."""
        return self.zh if language == "zh" else self.en


@dataclass(frozen=True)
class Panel:
    """Groups under one heading. ``is_of_period`` says whether it looks at the period or at this moment."""

    key: str
    zh: str
    en: str
    groups: Callable[[Connection, View], list[Group]]
    is_of_period: bool = False

    def name(self, language: Language) -> str:
        """Its heading for a reader of ``language``."""
        return self.zh if language == "zh" else self.en


def grouped(words: Mapping[str, tuple[str, str, str]], items: Iterable[tuple[str, Item]]) -> list[Group]:
    """Items by the code they come with; every code of ``words`` (zh, en, tone) has its group, empty or not."""
    found: dict[str, list[Item]] = {code: [] for code in words}
    for code, item in items:
        found.setdefault(code, []).append(item)
    return [Group(code, *words[code][:2], held, words[code][2]) for code, held in found.items() if code in words]
