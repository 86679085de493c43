"""What a kind of document is, and how its data is written so that every figure knows where it comes from."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from engine.errors import Language, NotFound

FOLDER = Path(__file__).parent / "templates"
Data = dict[str, Any]


class DocumentKindUnknown(NotFound):
    """No such kind of document."""

    code = "document_kind_unknown"
    zh = "没有“{kind}”这种文件"
    en = "There is no document of the kind “{kind}”"


class RecordMissing(NotFound):
    """The record a document is to be made of does not exist."""

    code = "document_record_missing"
    zh = "没有找到文件所依据的记录"
    en = "The record this document is to be made of does not exist"


@dataclass(frozen=True)
class Collected:
    """What a document says: its title, the data, and the case of the record if it has one."""

    title: str
    data: Data
    instance_id: str | None


Collect = Callable[[Connection, int, ZoneInfo], Collected]


@dataclass(frozen=True)
class DocumentKind:
    """A kind of document: ``record_type`` says what it is made of, ``example`` is data of the same shape.

    ``layout`` names the template and the page when several kinds look alike; else they are the kind's own.
    """

    key: str
    zh: str
    en: str
    record_type: str
    collect: Collect
    example: Mapping[str, Any]
    layout: str = ""

    def name(self, language: Language) -> str:
        """What it is called for a reader of ``language``."""
        return self.zh if language == "zh" else self.en

    @property
    def page(self) -> str:
        """The name of the template and of the page that show it."""
        return self.layout or self.key

    @property
    def fields(self) -> list[tuple[str, str]]:
        """What a template may show: expressions and their examples; of a list, ``list[].field`` for each row."""
        return list(_fields("", self.example))

    @property
    def shipped(self) -> bytes:
        """The Word template that comes with the system."""
        return (FOLDER / f"{self.page}.docx").read_bytes()


def _fields(path: str, value: Any) -> Iterator[tuple[str, str]]:
    shown = as_text(value)
    if isinstance(shown, Mapping):
        for key, one in shown.items():
            yield from _fields(f"{path}.{key}" if path else key, one)
    elif isinstance(shown, list):
        yield from _fields(f"{path}[]", shown[0]) if shown else ()
    else:
        yield path, str(shown)


def linked(text: object, record_type: str, record: int | str) -> Data:
    """A text or figure that comes from a record."""
    return {"text": str(text), "record": [record_type, record]}


def listed(text: object, record_type: str, **filters: str) -> Data:
    """A figure that counts records: it leads to their list in the register."""
    return {"text": str(text), "register": record_type, "filters": filters}


def day(value: date | datetime | None, zone: ZoneInfo) -> str:
    """A day in the organisation's zone."""
    if isinstance(value, datetime):
        value = value.astimezone(zone)
    return "" if value is None else value.strftime("%Y-%m-%d")


def moment(value: datetime | None, zone: ZoneInfo) -> str:
    """A moment in the organisation's zone."""
    return "" if value is None else value.astimezone(zone).strftime("%Y-%m-%d %H:%M")


def as_text(data: Any) -> Any:
    """The data with every link as its plain text, as Word shows it."""
    if isinstance(data, Mapping):
        if "text" in data and ("record" in data or "register" in data):
            return str(data["text"])
        return {key: as_text(value) for key, value in data.items()}
    if isinstance(data, list):
        return [as_text(value) for value in data]
    return "" if data is None else data
