"""Registers as downloads: CSV as it is read from the database, XLSX through a file that spills to disk."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from tempfile import SpooledTemporaryFile
from typing import Literal, cast
from urllib.parse import quote

from flask import Response, send_file
from sqlalchemy import Connection

from engine.registers.exports import Column, csv_chunks, write_xlsx
from engine.store.types import Record
from webapp.context import current_language, current_platform, current_time

Format = Literal["csv", "xlsx"]
Rows = Callable[[Connection], Iterator[Record]]
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_IN_MEMORY_BYTES = 8 * 1024 * 1024


def download(name: str, columns: Sequence[Column], rows: Rows, file_format: Format) -> Response:
    """The rows as a file called after the register and the day."""
    platform, language = current_platform(), current_language()
    zone = platform.settings.zone
    file_name = f"{name}-{current_time().astimezone(zone):%Y%m%d}.{file_format}"
    if file_format == "xlsx":
        target = SpooledTemporaryFile(max_size=_IN_MEMORY_BYTES)  # noqa: SIM115 - closed when it has been sent
        with platform.database.read() as connection:
            write_xlsx(target, name, columns, rows(connection), language=language, zone=zone)
        target.seek(0)
        return cast(Response, send_file(target, XLSX, as_attachment=True, download_name=file_name))

    def stream() -> Iterator[bytes]:
        with platform.database.read() as connection:
            yield from csv_chunks(columns, rows(connection), language=language, zone=zone)

    return attached(stream(), file_name)


def attached(chunks: Iterator[bytes], file_name: str) -> Response:
    """CSV pieces as a download; they must not need the request, which is over when they are made."""
    response = Response(chunks, mimetype="text/csv")
    names = {"filename*": f"UTF-8''{quote(file_name)}"}  # headers are Latin-1; RFC 8187 lets a name be Chinese
    response.headers.set("Content-Disposition", "attachment", **names)
    return response
