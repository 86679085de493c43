"""Reading an export as it comes: plain or gzip, UTF-8 or GB18030, row by row with line numbers, in bounded memory."""

from __future__ import annotations

import codecs
import csv
import gzip
import hashlib
import io
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

from engine.errors import Invalid

LINE_LIMIT = 2_000_000
_BLOCK = 1 << 20
_GZIP = b"\x1f\x8b"


class FileUnreadable(Invalid):
    """The file as a whole cannot be imported."""

    code = "file_unreadable"
    zh = "无法读取文件：{reason_zh}"
    en = "The file cannot be read: {reason_en}"


@dataclass(frozen=True)
class Export:
    """What a first look at the file found out."""

    path: Path
    encoding: str
    sha256: str
    size_bytes: int


@dataclass(frozen=True, slots=True)
class Line:
    """One record of the file: where it starts, its cells, and how far the file is read (bytes of the file on disk)."""

    number: int
    cells: list[str]
    bytes_read: int
    is_broken: bool = False


def inspect(path: Path) -> Export:
    """Read the file once for its hash, its encoding and whether it is whole. Raises ``FileUnreadable``."""
    digest = hashlib.sha256()
    with path.open("rb") as raw:
        while block := raw.read(_BLOCK):
            digest.update(block)
    return Export(path, _encoding(path), digest.hexdigest(), path.stat().st_size)


def header_and_lines(export: Export) -> tuple[list[str], Iterator[Line]]:
    """The column names and then every record. Raises ``FileUnreadable`` for an empty file."""
    lines = _lines(export)
    header = next(lines, None)
    if header is None or not any(cell.strip() for cell in header.cells):
        raise FileUnreadable(reason_zh="文件是空的", reason_en="it is empty")
    return [cell.strip() for cell in header.cells], lines


def _lines(export: Export) -> Iterator[Line]:
    with export.path.open("rb") as raw, _unpacked(raw) as content:
        text = io.TextIOWrapper(content, encoding=export.encoding, newline="")
        reader = csv.reader(_bounded(text), strict=False)
        while True:
            start = reader.line_num + 1
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error:
                yield Line(start, [], raw.tell(), is_broken=True)
                continue
            if cells:
                yield Line(start, cells, raw.tell())


def _bounded(text: io.TextIOWrapper) -> Iterator[str]:
    """Lines of a bounded length (a file without line ends must not fill the memory), without what no text holds."""
    while line := text.readline(LINE_LIMIT):
        yield line.replace("\x00", "") if "\x00" in line else line


def _unpacked(raw: BinaryIO) -> BinaryIO:
    start = raw.read(2)
    raw.seek(0)
    return cast("BinaryIO", gzip.GzipFile(fileobj=raw)) if start == _GZIP else raw


def _encoding(path: Path) -> str:
    """UTF-8 where the whole content is; else GB18030, the encoding of Chinese spreadsheets."""
    decoders = {name: codecs.getincrementaldecoder(name)() for name in ("utf-8", "gb18030")}
    first = b""
    try:
        with path.open("rb") as raw, _unpacked(raw) as content:
            while block := content.read(_BLOCK):
                first = first or block[:3]
                _feed(decoders, block, final=False)
        _feed(decoders, b"", final=True)
    except (EOFError, zlib.error, gzip.BadGzipFile):
        raise FileUnreadable(
            reason_zh="压缩文件已损坏或不完整", reason_en="the compressed file is damaged or incomplete"
        ) from None
    if not decoders:
        raise FileUnreadable(reason_zh="编码既不是 UTF-8 也不是 GB18030", reason_en="it is neither UTF-8 nor GB18030")
    if first.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    return next(iter(decoders))


def _feed(decoders: dict[str, codecs.IncrementalDecoder], block: bytes, *, final: bool) -> None:
    for name, decoder in list(decoders.items()):
        try:
            decoder.decode(block, final)
        except UnicodeDecodeError:
            del decoders[name]
