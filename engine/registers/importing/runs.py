"""Import runs: what was imported when, by whom, how far it is, and the rows that were rejected."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Select, insert, select, update

from engine.errors import Language, NotFound
from engine.registers.exports import BYTE_ORDER_MARK, safe_cell
from engine.registers.importing.reading import Export
from engine.store.tables import import_reject, import_run, user
from engine.store.types import Record

# A run writes its progress with every chunk; one that has been silent this long died with its process.
SILENCE = timedelta(seconds=60)
INTERRUPTED = (
    "导入中途中断，已导入的部分有效；重新导入同一文件即可继续",
    "The import was interrupted; what it had imported stands. Import the same file again to finish",
)


class ImportRunUnknown(NotFound):
    """No such import run."""

    code = "import_run_unknown"
    zh = "没有找到该次导入"
    en = "There is no such import"


def create_run(
    connection: Connection,
    export: Export,
    *,
    file_name: str,
    header: list[str],
    source: str,
    callbacks: str,
    shift_seconds: int | None,
    actor_id: int | None,
    now: datetime,
) -> int:
    """Note that an import begins; its id."""
    counts = dict.fromkeys(
        (
            "bytes_read",
            "rows_read",
            "rows_rejected",
            "incidents_created",
            "incidents_updated",
            "resolutions_created",
            "callbacks_started",
        ),
        0,
    )
    identifier: int = connection.execute(
        insert(import_run)
        .values(
            file_name=file_name[-255:],
            file_sha256=export.sha256,
            header=csv_line(header),
            source=source,
            callbacks=callbacks,
            shift_seconds=shift_seconds,
            status="running",
            bytes_total=export.size_bytes,
            started_at=now,
            progressed_at=now,
            started_by_id=actor_id,
            **counts,
        )
        .returning(import_run.c.id)
    ).scalar_one()
    return identifier


def earlier_shift(connection: Connection, source: str, sha256: str) -> timedelta | None:
    """How far this file was moved when it was first imported with a shift."""
    seconds = connection.execute(
        select(import_run.c.shift_seconds)
        .where(import_run.c.source == source, import_run.c.file_sha256 == sha256)
        .where(import_run.c.shift_seconds.is_not(None))
        .order_by(import_run.c.id)
        .limit(1)
    ).scalar()
    return None if seconds is None else timedelta(seconds=seconds)


def live_run(connection: Connection, now: datetime) -> Record | None:
    """The import that is under way, if any."""
    query = select(import_run).where(import_run.c.status == "running", import_run.c.progressed_at > now - SILENCE)
    return connection.execute(query.limit(1)).one_or_none()


def fail_interrupted(connection: Connection, now: datetime) -> None:
    """Close the runs whose process died."""
    connection.execute(
        update(import_run)
        .where(import_run.c.status == "running", import_run.c.progressed_at <= now - SILENCE)
        .values(status="failed", error_zh=INTERRUPTED[0], error_en=INTERRUPTED[1], finished_at=now)
    )


def is_interrupted(run: Record, now: datetime) -> bool:
    """Whether a run that says it is running has fallen silent."""
    return bool(run.status == "running" and run.progressed_at <= now - SILENCE)


def progress(connection: Connection, run_id: int, counts: dict[str, int], now: datetime) -> None:
    """Note how far a run is; ``counts`` are the columns of the table."""
    connection.execute(update(import_run).where(import_run.c.id == run_id).values(progressed_at=now, **counts))


def finish(connection: Connection, run_id: int, now: datetime) -> None:
    """The file is read to its end."""
    connection.execute(update(import_run).where(import_run.c.id == run_id).values(status="finished", finished_at=now))


def fail(connection: Connection, run_id: int, messages: tuple[str, str], now: datetime) -> None:
    """The run ended early, with its true reason."""
    values = {"status": "failed", "error_zh": messages[0], "error_en": messages[1], "finished_at": now}
    connection.execute(update(import_run).where(import_run.c.id == run_id).values(**values))


def add_rejects(connection: Connection, rows: Sequence[dict[str, Any]]) -> None:
    """Keep rejected rows with line number and reason."""
    if rows:
        connection.execute(insert(import_reject), list(rows))


def get_run(connection: Connection, run_id: int) -> Record:
    """One run with the name of who started it. Raises ``ImportRunUnknown``."""
    row = connection.execute(_runs().where(import_run.c.id == run_id)).one_or_none()
    if row is None:
        raise ImportRunUnknown()
    return row


def listed_runs(connection: Connection, *, limit: int = 20) -> list[Record]:
    """The latest runs, newest first."""
    return list(connection.execute(_runs().order_by(import_run.c.id.desc()).limit(limit)))


def reject_file(connection: Connection, run: Record, language: Language) -> Iterator[bytes]:
    """The rejected rows as CSV under the file's own header, with line and reason added; mended, it can be imported."""
    titles = ("行号", "原因") if language == "zh" else ("line", "reason")
    header = parse_line(run.header)
    yield (BYTE_ORDER_MARK + csv_line([*header, *titles]) + "\r\n").encode()
    for row in rejects(connection, run.id):
        reason = row.reason_zh if language == "zh" else row.reason_en
        given = parse_line(row.content)
        cells = [*given, *[""] * (len(header) - len(given)), str(row.line), reason]
        yield (csv_line([safe_cell(cell) for cell in cells]) + "\r\n").encode()


def csv_line(cells: Sequence[str]) -> str:
    """Cells as one record of CSV, without its line end."""
    text = io.StringIO()
    csv.writer(text, lineterminator="").writerow(cells)
    return text.getvalue()


def parse_line(text: str) -> list[str]:
    """The cells of one record of CSV."""
    return next(csv.reader(io.StringIO(text, newline="")), [])


def rejects(connection: Connection, run_id: int, *, limit: int | None = None) -> Iterator[Record]:
    """The rejected rows of a run by line number, streamed."""
    query = select(import_reject).where(import_reject.c.import_run_id == run_id).order_by(import_reject.c.line)
    result = connection.execution_options(yield_per=500).execute(query.limit(limit))
    yield from result


def _runs() -> Select[Any]:
    return select(import_run, user.c.name.label("started_by_name")).join(
        user, user.c.id == import_run.c.started_by_id, isouter=True
    )
