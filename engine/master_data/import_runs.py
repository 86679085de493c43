"""Imports that were done: their counts, and the rows that were refused."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, Select, select

from engine.errors import Language, NotFound
from engine.registers.exports import BYTE_ORDER_MARK, safe_cell
from engine.registers.importing.runs import csv_line, parse_line
from engine.store.tables import master_import, master_import_reject, user
from engine.store.types import Record


class ImportUnknown(NotFound):
    """No such import."""

    code = "master_import_unknown"
    zh = "没有找到该次导入"
    en = "There is no such import"


def get_import(connection: Connection, import_id: int) -> Record:
    """One import with the name of who did it. Raises ``ImportUnknown``."""
    found = connection.execute(_imports().where(master_import.c.id == import_id)).one_or_none()
    if found is None:
        raise ImportUnknown()
    return found


def listed_imports(connection: Connection, *, limit: int = 20) -> list[Record]:
    """The latest imports, newest first."""
    return list(connection.execute(_imports().order_by(master_import.c.id.desc()).limit(limit)))


def _imports() -> Select[Any]:
    return select(master_import, user.c.name.label("imported_by_name")).outerjoin(
        user, user.c.id == master_import.c.imported_by_id
    )


def rejects(connection: Connection, import_id: int, *, limit: int | None = None) -> list[Record]:
    """The refused rows by line."""
    query = select(master_import_reject).where(master_import_reject.c.import_id == import_id)
    return list(connection.execute(query.order_by(master_import_reject.c.line).limit(limit)))


def reject_file(connection: Connection, run: Record, language: Language) -> Iterator[bytes]:
    """The refused rows under the file's own header, with line and reason added; mended, it can be imported."""
    header = parse_line(run.header)
    yield (
        BYTE_ORDER_MARK + csv_line([*header, *(("行号", "原因") if language == "zh" else ("line", "reason"))])
    ).encode()
    yield b"\r\n"
    for row in rejects(connection, run.id):
        given = parse_line(row.content)
        cells = [*given, *[""] * (len(header) - len(given)), str(row.line)]
        cells.append(row.reason_zh if language == "zh" else row.reason_en)
        yield (csv_line([safe_cell(cell) for cell in cells]) + "\r\n").encode()
