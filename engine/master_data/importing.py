"""Importing master data from CSV or XLSX with the manners of the incident import.

Rows are streamed and taken over each as a whole or not at all; what is known already changes nothing; what is refused
goes out again under the file's own header, with line and reason, to be mended and imported.
"""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, insert

from engine import users
from engine.actors import Actor
from engine.clock import Clock
from engine.errors import EngineError, Language
from engine.master_data import people
from engine.master_data.attributes import Attribute
from engine.master_data.kinds import KINDS, Kind, KindUnknown
from engine.master_data.saving import Outcome, require_keeper, save
from engine.registers.exports import BYTE_ORDER_MARK, safe_cell
from engine.registers.importing.reading import FileUnreadable, Line, header_and_lines, inspect
from engine.registers.importing.runs import csv_line
from engine.sla.projects import adopt
from engine.store import audit
from engine.store.database import Database
from engine.store.tables import master_import, master_import_reject

CHUNK_ROWS = 200
_XLSX_BYTES_LIMIT = 100_000_000
_ADDED = frozenset({"行号", "原因", "line", "reason"})


@dataclass(frozen=True)
class ImportKind:
    """Something that can be imported: its columns, and how a row is taken over."""

    key: str
    zh: str
    en: str
    attributes: tuple[Attribute, ...]
    take: Callable[[Connection, Actor, Mapping[str, str], datetime], Outcome]
    guard: Callable[[Connection, Actor], None]

    def name(self, language: Language) -> str:
        """What its records are called."""
        return self.zh if language == "zh" else self.en


def _record_kind(kind: Kind) -> ImportKind:
    def take(connection: Connection, actor: Actor, given: Mapping[str, str], now: datetime) -> Outcome:
        return save(connection, actor=actor, kind=kind, given=given, now=now).outcome

    return ImportKind(kind.key, kind.zh, kind.en_plural, kind.attributes, take, require_keeper)


IMPORTS: Mapping[str, ImportKind] = {
    **{key: _record_kind(kind) for key, kind in KINDS.items()},
    "people": ImportKind(
        "people", "人员", "People", people.ATTRIBUTES, people.take, lambda _, actor: users.require_administrator(actor)
    ),
}


def import_kind(key: str) -> ImportKind:
    """The kind called ``key``. Raises ``KindUnknown``."""
    if key not in IMPORTS:
        raise KindUnknown()
    return IMPORTS[key]


@dataclass
class _Report:
    outcomes: dict[Outcome, int] = field(default_factory=lambda: {"created": 0, "changed": 0, "unchanged": 0})
    rows: int = 0
    rejects: list[dict[str, Any]] = field(default_factory=list)


def import_file(
    database: Database,
    clock: Clock,
    path: Path,
    *,
    actor: Actor,
    kind: ImportKind,
    zone: ZoneInfo,
    file_name: str | None = None,
) -> int:
    """Import the file at ``path``; the id of the record of this import.

    Raises ``FileUnreadable`` (nothing is imported), ``MasterDataForbidden`` and ``Forbidden``.
    """
    with database.read() as connection:
        kind.guard(connection, actor)
    header, lines, sha256 = _opened(path)
    columns = _columns(kind, header)
    report, chunk = _Report(), []
    for line in lines:
        chunk.append(line)
        if len(chunk) >= CHUNK_ROWS:
            _take(database, clock, actor, kind, columns, chunk, report)
            chunk = []
    _take(database, clock, actor, kind, columns, chunk, report)
    now = clock.now()
    with database.write() as connection:
        if kind.key in ("customer", "project"):
            adopt(connection, zone=zone, now=now)
        return _keep(connection, actor, kind, (file_name or path.name, sha256, csv_line(header)), report, now)


def _take(
    database: Database,
    clock: Clock,
    actor: Actor,
    kind: ImportKind,
    columns: Sequence[str],
    lines: Sequence[Line],
    report: _Report,
) -> None:
    now = clock.now()
    with database.write() as connection:
        for line in lines:
            report.rows += 1
            try:
                if line.is_broken or len(line.cells) > len(columns):
                    raise FileUnreadable(reason_zh="该行的引号或列数有误", reason_en="quotes or columns are broken")
                cells = [*line.cells, *[""] * (len(columns) - len(line.cells))]
                given = {name: cell for name, cell in zip(columns, cells, strict=True) if name}
                report.outcomes[kind.take(connection, actor, given, now)] += 1
            except EngineError as error:
                report.rejects.append(
                    {
                        "line": line.number,
                        "reason_zh": error.message("zh")[:300],
                        "reason_en": error.message("en")[:300],
                        "content": csv_line(line.cells)[:20_000],
                    }
                )


def _keep(
    connection: Connection, actor: Actor, kind: ImportKind, file: tuple[str, str, str], report: _Report, now: datetime
) -> int:
    counts = {f"rows_{name}": count for name, count in report.outcomes.items()}
    values = {
        "kind": kind.key,
        "file_name": file[0][-255:],
        "file_sha256": file[1],
        "header": file[2],
        "rows_read": report.rows,
        "rows_rejected": len(report.rejects),
        **counts,
    }
    statement = insert(master_import).values(imported_at=now, imported_by_id=actor.user_id, **values)
    identifier = int(connection.execute(statement.returning(master_import.c.id)).scalar_one())
    if report.rejects:
        connection.execute(insert(master_import_reject), [{"import_id": identifier, **row} for row in report.rejects])
    audit.record(
        connection,
        actor=actor.login,
        action="master_data.import",
        subject_type="master_import",
        subject_id=identifier,
        now=now,
        details={name: value for name, value in values.items() if name != "header"},
    )
    return identifier


def _columns(kind: ImportKind, header: Sequence[str]) -> list[str]:
    """The attribute of each column; ``""`` for those that only an earlier reject file added."""
    names: dict[str, str] = {}
    for one in kind.attributes:
        names |= dict.fromkeys((one.key.casefold(), one.zh.casefold(), one.en.casefold()), one.key)
    wanted = [cell.strip().rstrip("*").strip().casefold() for cell in header]
    unknown = [
        cell for cell, name in zip(header, wanted, strict=True) if name not in names and name not in _ADDED | {""}
    ]
    missing = [one for one in kind.attributes if one.is_required and one.key not in {names.get(n) for n in wanted}]
    if unknown:
        raise FileUnreadable(
            reason_zh=f"不认识列 {'、'.join(unknown)}", reason_en=f"unknown columns {', '.join(unknown)}"
        )
    if missing:
        raise FileUnreadable(
            reason_zh=f"缺少列 {'、'.join(one.zh for one in missing)}",
            reason_en=f"columns missing: {', '.join(one.en for one in missing)}",
        )
    return [names.get(name, "") for name in wanted]


def _opened(path: Path) -> tuple[list[str], Iterator[Line], str]:
    if not zipfile.is_zipfile(path):
        export = inspect(path)
        header, lines = header_and_lines(export)
        return header, lines, export.sha256
    with zipfile.ZipFile(path) as packed:
        if sum(one.file_size for one in packed.infolist()) > _XLSX_BYTES_LIMIT:
            raise FileUnreadable(reason_zh="工作簿过大", reason_en="the workbook is too large")
    rows = _sheet(path)
    header = next((line.cells for line in rows), [])
    if not any(header):
        raise FileUnreadable(reason_zh="文件是空的", reason_en="it is empty")
    with path.open("rb") as file:
        return header, rows, hashlib.file_digest(file, "sha256").hexdigest()


def _sheet(path: Path) -> Iterator[Line]:
    """The rows of the first sheet as texts."""
    from openpyxl import load_workbook  # noqa: PLC0415 - with numpy half a second that a start need not wait for
    from openpyxl.utils.exceptions import InvalidFileException  # noqa: PLC0415

    with path.open("rb") as file:
        try:
            book = load_workbook(file, read_only=True, data_only=True)
        except (InvalidFileException, KeyError, ValueError, OSError) as error:
            raise FileUnreadable(reason_zh="不是有效的 Excel 工作簿", reason_en="it is no Excel workbook") from error
        for number, row in enumerate(book.worksheets[0].iter_rows(values_only=True), 1):
            cells = [_text(cell) for cell in row]
            while cells and not cells[-1]:
                cells.pop()
            if cells:
                yield Line(number, cells, 0)


def _text(cell: Any) -> str:
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == datetime.min.time() else cell.isoformat(sep=" ")
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return cell.isoformat() if isinstance(cell, date) else str(cell).strip()


def template(kind: ImportKind, language: Language) -> bytes:
    """An empty file to fill in: the columns (``*`` must be filled) and a row that shows how."""
    titles = [one.name(language) + (" *" if one.is_required else "") for one in kind.attributes]
    examples = [safe_cell(one.example) for one in kind.attributes]
    return (BYTE_ORDER_MARK + csv_line(titles) + "\r\n" + csv_line(examples) + "\r\n").encode()
