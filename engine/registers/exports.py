"""Registers as CSV and XLSX, streamed: UTF-8 with a byte order mark for spreadsheets, no cell that is a formula."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import IO, Any
from zoneinfo import ZoneInfo

from engine.errors import Language
from engine.store.types import Record

BYTE_ORDER_MARK = "\ufeff"
_FORMULA = re.compile(r"^\s*[=+\-@\t\r]")
_NUMBER = re.compile(r"[+-]?\d+([.,]\d+)?")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")
_YES_NO: dict[Language, tuple[str, str]] = {"zh": ("是", "否"), "en": ("yes", "no")}


@dataclass(frozen=True)
class Column:
    """One column of an export: its titles, where its value comes from and how wide it is shown."""

    zh: str
    en: str
    value: Callable[[Record], Any]
    width: int = 16

    def title(self, language: Language) -> str:
        """The title for a reader of ``language``."""
        return self.zh if language == "zh" else self.en


def csv_chunks(
    columns: Sequence[Column], rows: Iterable[Record], *, language: Language, zone: ZoneInfo
) -> Iterator[bytes]:
    """The export as CSV, in pieces; moments are local to ``zone``."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    buffer.write(BYTE_ORDER_MARK)
    writer.writerow([column.title(language) for column in columns])
    for row in rows:
        writer.writerow([safe_cell(text_of(column.value(row), language, zone)) for column in columns])
        if buffer.tell() > 60_000:
            yield _taken(buffer)
    yield _taken(buffer)


def write_xlsx(
    target: IO[bytes],
    title: str,
    columns: Sequence[Column],
    rows: Iterable[Record],
    *,
    language: Language,
    zone: ZoneInfo,
) -> None:
    """The export as XLSX, row by row in bounded memory; texts are never formulas."""
    from openpyxl import Workbook  # noqa: PLC0415 - with numpy half a second that a start need not wait for
    from openpyxl.cell import WriteOnlyCell  # noqa: PLC0415
    from openpyxl.styles import Font  # noqa: PLC0415
    from openpyxl.utils import get_column_letter  # noqa: PLC0415

    workbook = Workbook(write_only=True)
    sheet = workbook.create_sheet(title)
    cell_of, bold = partial(WriteOnlyCell, sheet), Font(bold=True)
    sheet.freeze_panes = "A2"
    for position, column in enumerate(columns, 1):
        sheet.column_dimensions[get_column_letter(position)].width = column.width
    headings = [cell_of(value=column.title(language)) for column in columns]
    for heading in headings:
        heading.font = bold
    sheet.append(headings)
    for row in rows:
        sheet.append([_cell(cell_of, column.value(row), language, zone) for column in columns])
    workbook.save(target)


def safe_cell(text: str) -> str:
    """A text a spreadsheet will not take for a formula: a leading apostrophe where it would."""
    return f"'{text}" if _FORMULA.match(text) and not _NUMBER.fullmatch(text.strip()) else text


def text_of(value: Any, language: Language, zone: ZoneInfo) -> str:
    """A value as a reader expects it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return _YES_NO[language][0 if value else 1]
    if isinstance(value, datetime):
        return value.astimezone(zone).strftime("%Y-%m-%d %H:%M")
    return str(value)


def _taken(buffer: io.StringIO) -> bytes:
    piece = buffer.getvalue().encode()
    buffer.seek(0)
    buffer.truncate()
    return piece


def _cell(cell_of: Callable[..., Any], value: Any, language: Language, zone: ZoneInfo) -> Any:
    if value is None or (isinstance(value, (int, float)) and not isinstance(value, bool)):
        return value
    if isinstance(value, datetime):
        cell = cell_of(value=value.astimezone(zone).replace(tzinfo=None))
        cell.number_format = "yyyy-mm-dd hh:mm"
        return cell
    cell = cell_of(value=_CONTROL.sub("", text_of(value, language, zone)))
    cell.data_type = "s"
    return cell
