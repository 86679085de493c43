"""One import from first look to report. Like the worker it opens its own transactions: one per chunk of rows.

A chunk and its progress are committed together, so an import that is killed has done exactly what its run says; the
same file imported again goes on from there, because rows that are known change nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from engine.actors import Actor
from engine.clock import Clock
from engine.errors import Conflict, EngineError, Forbidden
from engine.registers.importing import runs
from engine.registers.importing.choices import CallbackChoice, parse_choice
from engine.registers.importing.events import Event, RowInvalid, RowReader
from engine.registers.importing.mapping import Mapping, load_mapping
from engine.registers.importing.reading import Export, Line, header_and_lines, inspect
from engine.registers.importing.registration import Candidate, Registrar
from engine.runtime.step import Runtime
from engine.store import audit
from engine.store.database import Database

CHUNK_ROWS = 1_000
IMPORTERS = "service_desk"
_BROKEN = RowInvalid("该行的引号或格式有误", "quotes or format of this row are broken")

Progress = Callable[["ImportReport"], None]


class ImportForbidden(Forbidden):
    """Only the service desk and administrators import."""

    code = "import_forbidden"
    zh = "只有服务台和管理员可以导入事件"
    en = "Only the service desk and administrators may import incidents"


class ImportRunning(Conflict):
    """One import at a time."""

    code = "import_running"
    zh = "正在导入“{file}”，请待其完成"
    en = "“{file}” is being imported; wait until it is done"


@dataclass
class ImportReport:
    """What an import did so far."""

    run_id: int
    bytes_total: int
    bytes_read: int = 0
    rows_read: int = 0
    rows_rejected: int = 0
    resolutions_created: int = 0
    callbacks_started: int = 0
    created: set[int] = field(default_factory=set, repr=False)
    updated: set[int] = field(default_factory=set, repr=False)

    @property
    def counts(self) -> dict[str, int]:
        """The counts as the run keeps them."""
        return {
            "bytes_read": self.bytes_read,
            "rows_read": self.rows_read,
            "rows_rejected": self.rows_rejected,
            "incidents_created": len(self.created),
            "incidents_updated": len(self.updated),
            "resolutions_created": self.resolutions_created,
            "callbacks_started": self.callbacks_started,
        }


@dataclass(frozen=True)
class Prepared:
    """An import that was accepted and noted, ready to run."""

    run_id: int
    export: Export
    mapping: Mapping
    header: list[str]
    choice: CallbackChoice
    shift: timedelta
    actor: Actor


def may_import(actor: Actor) -> bool:
    """Whether ``actor`` may import incidents."""
    return actor.is_administrator or IMPORTERS in actor.groups.values()


def import_incidents(
    database: Database,
    runtime: Runtime,
    clock: Clock,
    path: Path,
    *,
    actor: Actor,
    source: str = "servicenow",
    callbacks: str = "all",
    shift_to_now: bool = False,
    on_progress: Progress | None = None,
) -> ImportReport:
    """Import the export at ``path`` and report. Raises what ``prepare_import`` and ``run_import`` raise."""
    prepared = prepare_import(
        database,
        runtime,
        clock,
        path,
        actor=actor,
        source=source,
        callbacks=callbacks,
        shift_to_now=shift_to_now,
    )
    return run_import(database, runtime, clock, prepared, on_progress=on_progress)


def prepare_import(
    database: Database,
    runtime: Runtime,
    clock: Clock,
    path: Path,
    *,
    actor: Actor,
    source: str = "servicenow",
    callbacks: str = "all",
    shift_to_now: bool = False,
    file_name: str | None = None,
) -> Prepared:
    """Look the file over and note the run, before any row is taken over.

    ``shift_to_now`` moves the whole log so that its newest event is now; the same file is moved alike every time.
    Raises ``ImportForbidden``, ``MappingUnknown``, ``ChoiceInvalid``, ``FileUnreadable`` and ``ImportRunning``.
    """
    if not may_import(actor):
        raise ImportForbidden()
    mapping, choice, now = load_mapping(source), parse_choice(callbacks), clock.now()
    export = inspect(path)
    header, lines = header_and_lines(export)
    reader = RowReader(mapping, header, runtime.zone, shift=timedelta(), latest=now)
    shift = timedelta()
    if shift_to_now:
        with database.read() as connection:
            known = runs.earlier_shift(connection, source, export.sha256)
        shift = known if known is not None else _shift(reader, lines, now)
    with database.write() as connection:
        runs.fail_interrupted(connection, now)
        live = runs.live_run(connection, now)
        if live is not None:
            raise ImportRunning(file=live.file_name)
        run_id = runs.create_run(
            connection,
            export,
            file_name=file_name or path.name,
            header=header,
            source=source,
            callbacks=choice.text,
            shift_seconds=int(shift.total_seconds()) if shift_to_now else None,
            actor_id=actor.user_id,
            now=now,
        )
        _audit(connection, actor, run_id, "incident.import", now, {"file_sha256": export.sha256, "source": source})
    return Prepared(run_id, export, mapping, header, choice, shift, actor)


def run_import(
    database: Database, runtime: Runtime, clock: Clock, prepared: Prepared, *, on_progress: Progress | None = None
) -> ImportReport:
    """Do a prepared import. A failure is noted in the run with its reason and raised; chunks done before it stand."""
    report = ImportReport(prepared.run_id, prepared.export.size_bytes)
    try:
        _run(database, runtime, clock, prepared, report, on_progress)
    except Exception as error:
        told = isinstance(error, EngineError)
        messages = (error.message("zh"), error.message("en")) if isinstance(error, EngineError) else ("", "")
        text = f"{type(error).__name__}: {error}"[:1000]
        with database.write() as connection:
            runs.fail(connection, prepared.run_id, messages if told else (text, text), clock.now())
        raise
    return report


def _run(
    database: Database,
    runtime: Runtime,
    clock: Clock,
    prepared: Prepared,
    report: ImportReport,
    on_progress: Progress | None,
) -> None:
    reader = RowReader(prepared.mapping, prepared.header, runtime.zone, shift=prepared.shift, latest=clock.now())
    wants = prepared.choice.wants(runtime.zone)
    registrar = Registrar(runtime, prepared.mapping.source, reader, prepared.actor, wants)
    _, lines = header_and_lines(prepared.export)
    for chunk in _chunks(lines, reader, prepared.run_id):
        now = clock.now()
        with database.write() as connection:
            outcome = registrar.register(connection, chunk.candidates, now)
            report.created.update(outcome.created)
            report.updated.update(set(outcome.updated) - report.created)
            report.resolutions_created += outcome.resolutions
            report.callbacks_started += outcome.callbacks
            report.bytes_read, report.rows_read = chunk.bytes_read, report.rows_read + chunk.rows
            report.rows_rejected += len(chunk.rejects)
            runs.add_rejects(connection, chunk.rejects)
            runs.progress(connection, prepared.run_id, report.counts, now)
            if outcome.created or outcome.updated:
                details = {"created": len(outcome.created), "updated": len(outcome.updated)}
                _audit(connection, prepared.actor, prepared.run_id, "incident.register", now, details)
        if on_progress is not None:
            on_progress(report)
    report.bytes_read = report.bytes_total
    with database.write() as connection:
        runs.progress(connection, prepared.run_id, report.counts, clock.now())
        runs.finish(connection, prepared.run_id, clock.now())
        _audit(connection, prepared.actor, prepared.run_id, "incident.imported", clock.now(), report.counts)


@dataclass
class _Chunk:
    rows: int = 0
    bytes_read: int = 0
    candidates: dict[str, Candidate] = field(default_factory=dict)
    rejects: list[dict[str, Any]] = field(default_factory=list)

    def add(self, event: Event) -> None:
        known = self.candidates.setdefault(event.number, Candidate(event))
        known.add(event)


def _chunks(lines: Iterator[Line], reader: RowReader, run_id: int) -> Iterator[_Chunk]:
    """Rows in chunks; a chunk ends between two incidents, so that neighbouring rows of one are reduced to one write."""
    chunk, last = _Chunk(), ""
    for line in lines:
        event: Event | None = None
        try:
            if line.is_broken:
                raise _BROKEN
            event = reader.read(line.cells)
        except RowInvalid as invalid:
            chunk.rejects.append(_reject(run_id, line, invalid))
        is_full = chunk.rows >= CHUNK_ROWS and (event is None or event.number != last)
        if is_full or chunk.rows >= 2 * CHUNK_ROWS:
            yield chunk
            chunk = _Chunk()
        chunk.rows, chunk.bytes_read = chunk.rows + 1, line.bytes_read
        if event is not None:
            chunk.add(event)
            last = event.number
    yield chunk


def _reject(run_id: int, line: Line, invalid: RowInvalid) -> dict[str, Any]:
    return {
        "import_run_id": run_id,
        "line": line.number,
        "reason_zh": invalid.zh[:300],
        "reason_en": invalid.en[:300],
        "content": runs.csv_line(line.cells)[:20_000],
    }


def _shift(reader: RowReader, lines: Iterator[Line], now: datetime) -> timedelta:
    moments = (reader.modified_at(line.cells) for line in lines)
    newest = max((at for at in moments if at is not None), default=None)
    if newest is None:
        return timedelta()
    return timedelta(seconds=int((now - newest).total_seconds()))


def _audit(
    connection: Connection, actor: Actor, run_id: int, action: str, now: datetime, details: dict[str, Any]
) -> None:
    audit.record(
        connection,
        actor=actor.login,
        action=action,
        subject_type="import_run",
        subject_id=run_id,
        now=now,
        details=details,
    )
