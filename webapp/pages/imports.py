"""Importing incidents: upload an export, watch it being read, and see what came of it."""

from __future__ import annotations

import hashlib
import logging
import os
import threading
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext, lazy_gettext
from sqlalchemy import Connection
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response as AnyResponse

from engine.actors import Actor
from engine.bootstrap import Platform
from engine.errors import EngineError, Invalid
from engine.registers import importing
from engine.registers.importing import ImportForbidden
from webapp.context import current_actor, current_language, current_platform, current_time, reading
from webapp.downloads import attached
from webapp.errors import message_of, status_of
from webapp.navigation import NavigationItem

blueprint = Blueprint("import_run", __name__, url_prefix="/imports")
log = logging.getLogger("yunzhi.imports")


def running(connection: Connection, actor: Actor, now: datetime) -> int:
    """The number in the menu: one while an import is under way."""
    return sum(
        one.status == "running" and not importing.is_interrupted(one, now)
        for one in importing.listed_runs(connection, limit=1)
    )


NAVIGATION = (
    NavigationItem(
        "import_run.index",
        lazy_gettext("Import incidents"),
        "upload",
        section="registers",
        order=30,
        includes=("import_run",),
        shown_to=importing.may_import,
        count=running,
    ),
)


class FileMissing(Invalid):
    """The form was sent without a file."""

    code = "file_missing"
    zh = "请选择要导入的文件"
    en = "Choose the file to import"


@blueprint.get("")
def index() -> str:
    """The form, and the latest imports."""
    return _page("")


@blueprint.post("")
def create() -> AnyResponse | tuple[str, int]:
    """Take a file and import it in the background."""
    _require_importer()
    try:
        run_id = _begin(_callbacks_chosen(), request.files.get("file"))
    except EngineError as error:
        return _page(message_of(error)), status_of(error)
    return redirect(url_for(".show", run_id=run_id))


@blueprint.get("/<int:run_id>")
def show(run_id: int) -> str:
    """How far an import is, or its report."""
    _require_importer()
    with reading() as connection:
        run = importing.get_run(connection, run_id)
        rejects = list(importing.rejects(connection, run_id, limit=50))
    interrupted = importing.is_interrupted(run, current_time())
    return render_template(
        "imports/show.html",
        run=run,
        rejects=rejects,
        source=_source_name(run.source),
        is_running=run.status == "running" and not interrupted,
        is_interrupted=interrupted,
        percent=min(100, run.bytes_read * 100 // max(run.bytes_total, 1)),
        can_resume=(interrupted or run.status == "failed") and _kept_file(current_platform(), run.file_sha256).exists(),
    )


@blueprint.post("/<int:run_id>/resume")
def resume(run_id: int) -> AnyResponse:
    """Read the kept file of an interrupted import again: what is known changes nothing, the rest follows."""
    _require_importer()
    with reading() as connection:
        run = importing.get_run(connection, run_id)
    kept = _kept_file(current_platform(), run.file_sha256)
    if not kept.exists():
        flash(gettext("The file is no longer here; please upload it again"), "warning")
        return redirect(url_for(".index"))
    new_id = _start(
        kept, run.file_name, source=run.source, callbacks=run.callbacks, shift=run.shift_seconds is not None
    )
    return redirect(url_for(".show", run_id=new_id))


@blueprint.get("/<int:run_id>/rejects.csv")
def rejects(run_id: int) -> Response:
    """The rejected rows with line number and reason, ready to be mended and imported."""
    _require_importer()
    platform, language = current_platform(), current_language()
    with reading() as connection:
        run = importing.get_run(connection, run_id)

    def stream() -> Iterator[bytes]:
        with platform.database.read() as connection:
            yield from importing.reject_file(connection, run, language)

    return attached(stream(), f"rejected-{run_id}.csv")


def _page(problem: str) -> str:
    _require_importer()
    with reading() as connection:
        runs = importing.listed_runs(connection)
    now = current_time()
    return render_template(
        "imports/index.html",
        runs=runs,
        interrupted={run.id for run in runs if importing.is_interrupted(run, now)},
        sources=[(source, _source_name(source)) for source in importing.sources()],
        problem=problem,
        given=request.form,
        today=now.astimezone(current_platform().settings.zone).date(),
    )


def _callbacks_chosen() -> str:
    choice = request.form.get("callbacks", "all")
    return f"since:{request.form.get('since', '')}" if choice == "since" else choice


def _begin(callbacks: str, upload: FileStorage | None) -> int:
    """Keep the upload and start its import; the id of the run."""
    if upload is None or not upload.filename:
        raise FileMissing(fields=["file"])
    folder = current_platform().settings.data_directory / "imports"
    folder.mkdir(parents=True, exist_ok=True)
    partial = folder / f".{os.urandom(8).hex()}"
    try:
        digest = _save(upload, partial)
        kept = partial.replace(_kept_file(current_platform(), digest))
        return _start(
            kept,
            Path(upload.filename).name,
            source=request.form.get("source", "servicenow"),
            callbacks=callbacks,
            shift="shift_to_now" in request.form,
        )
    finally:
        partial.unlink(missing_ok=True)


def _save(upload: FileStorage, target: Path) -> str:
    digest = hashlib.sha256()
    with target.open("wb") as file:
        while block := upload.stream.read(1 << 20):
            digest.update(block)
            file.write(block)
    return digest.hexdigest()


def _start(path: Path, file_name: str, *, source: str, callbacks: str, shift: bool) -> int:
    """Note the run, then read the file in a thread of this process. Raises what ``prepare_import`` raises."""
    platform = current_platform()
    prepared = importing.prepare_import(
        platform.database,
        platform.runtime,
        platform.clock,
        path,
        actor=current_actor(),
        source=source,
        callbacks=callbacks,
        shift_to_now=shift,
        file_name=file_name,
    )
    name = f"yunzhi-import-{prepared.run_id}"
    threading.Thread(target=_run, args=(platform, prepared, path), name=name, daemon=True).start()
    return prepared.run_id


def _run(platform: Platform, prepared: importing.Prepared, path: Path) -> None:
    try:
        importing.run_import(platform.database, platform.runtime, platform.clock, prepared)
    except Exception:
        log.exception("import %s failed", prepared.run_id)
    else:
        path.unlink(missing_ok=True)


def _kept_file(platform: Platform, sha256: str) -> Path:
    """Where an upload lies until it has been imported whole."""
    return platform.settings.data_directory / "imports" / f"{sha256}.upload"


def _source_name(source: str) -> str:
    return importing.load_mapping(source).name(current_language()) if source in importing.sources() else source


def _require_importer() -> None:
    if not importing.may_import(current_actor()):
        raise ImportForbidden()
