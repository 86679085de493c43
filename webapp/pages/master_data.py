"""Master data: forms to create and change it, imports of whole files, and agreements put in force."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext, lazy_gettext
from sqlalchemy import Connection, select
from werkzeug.wrappers import Response as Answer

from engine.errors import EngineError, Invalid
from engine.master_data import import_runs, importing, saving
from engine.master_data.kinds import CODES, KINDS, Kind, kind_of
from engine.sla.agreements import SIGNABLE, put_in_force
from engine.sla.projects import adopt
from engine.store.tables import contact, group, sla_item, user
from engine.store.types import Record
from engine.working_calendars import load_calendars
from webapp.context import (
    current_actor,
    current_language,
    current_platform,
    current_time,
    reading,
    writing,
)
from webapp.downloads import attached
from webapp.errors import message_of, status_of
from webapp.navigation import NavigationItem, administrators

blueprint = Blueprint("master_data", __name__, url_prefix="/master-data")

NAVIGATION = (
    NavigationItem(
        "master_data.imports",
        lazy_gettext("Import master data"),
        "upload",
        section="administration",
        order=30,
        shown_to=administrators,
        includes=("master_data",),
    ),
)
# What hangs below a record of a kind and is edited from its page.
PARTS: Mapping[str, str] = {"customer": "contact", "sla": "sla_item"}
_PARENTS: Mapping[str, str] = {part: whole for whole, part in PARTS.items()}
_REGISTERS = frozenset({"customer", "contract", "project", "sla", "spare_part"})


class FileMissing(Invalid):
    """The form was sent without a file."""

    code = "file_missing"
    zh = "请选择要导入的文件"
    en = "Choose the file to import"


@blueprint.app_template_global()
def master_links(key: str, record_id: int | None = None) -> list[tuple[str, str]]:
    """Where the one who looks at a register may create or change a record: addresses and labels."""
    if key not in _REGISTERS:
        return []
    with reading() as connection:
        if not saving.may_keep(connection, current_actor()):
            return []
    if record_id is None:
        label = gettext("Enter a signed agreement") if key == "sla" else gettext("New record")
        return [(url_for("master_data.new", key=key), label), (url_for("master_data.imports"), gettext("Import"))]
    return [(url_for("master_data.edit", key=key, record_id=record_id), gettext("Edit"))]


@blueprint.get("/<key>/new")
def new(key: str) -> str:
    """An empty form, perhaps with the whole it belongs to."""
    kind = kind_of(key)
    given = {one.key: one.written(one.default) for one in kind.attributes}
    return _form(kind, {**given, **request.args.to_dict()}, {})


@blueprint.post("/<key>/new")
def create(key: str) -> Answer | tuple[str, int]:
    """Create a record."""
    kind = kind_of(key)
    try:
        with writing() as connection:
            now = current_time()
            saved = saving.save(connection, actor=current_actor(), kind=kind, given=_given(kind), now=now, is_new=True)
            _adopt(connection, kind)
    except EngineError as error:
        return _form(kind, request.form, _problems(error)), status_of(error)
    flash(gettext("Saved."), "success")
    return redirect(_page_of(kind, saved.id))


@blueprint.get("/<key>/<int:record_id>")
def edit(key: str, record_id: int) -> str:
    """The form of a record."""
    kind = kind_of(key)
    with reading() as connection:
        given = saving.written(connection, kind, saving.get(connection, kind, record_id))
    return _form(kind, given, {}, record_id)


@blueprint.post("/<key>/<int:record_id>")
def change(key: str, record_id: int) -> Answer | tuple[str, int]:
    """Change a record."""
    kind = kind_of(key)
    try:
        with writing() as connection:
            now = current_time()
            saving.save(connection, actor=current_actor(), kind=kind, given=_given(kind), now=now, record_id=record_id)
            _adopt(connection, kind)
    except EngineError as error:
        return _form(kind, request.form, _problems(error), record_id), status_of(error)
    flash(gettext("Saved."), "success")
    return redirect(_page_of(kind, record_id))


@blueprint.post("/sla/<int:record_id>/activate")
def activate(record_id: int) -> Answer:
    """Put an agreement in force that was signed outside the system."""
    with writing() as connection:
        saving.require_keeper(connection, current_actor())
        saving.get(connection, KINDS["sla"], record_id)
        zone = current_platform().settings.zone
        put_in_force(connection, actor=current_actor(), sla_id=record_id, zone=zone, now=current_time())
    flash(gettext("The agreement is in force."), "success")
    return redirect(url_for("register.show", key="sla", record_id=record_id))


@blueprint.get("/imports")
def imports() -> str:
    """The form, and the latest imports."""
    return _imports("")


@blueprint.post("/imports")
def upload() -> Answer | tuple[str, int]:
    """Take a file over."""
    platform, given = current_platform(), request.files.get("file")
    try:
        kind = importing.import_kind(request.form.get("kind", ""))
        if given is None or not given.filename:
            raise FileMissing(fields=["file"])
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "upload"
            given.save(path)
            import_id = importing.import_file(
                platform.database,
                platform.clock,
                path,
                actor=current_actor(),
                kind=kind,
                zone=platform.settings.zone,
                file_name=Path(given.filename).name,
            )
    except EngineError as error:
        return _imports(message_of(error)), status_of(error)
    return redirect(url_for(".show_import", import_id=import_id))


@blueprint.get("/imports/<int:import_id>")
def show_import(import_id: int) -> str:
    """The report of an import."""
    with reading() as connection:
        saving.require_keeper(connection, current_actor())
        run = import_runs.get_import(connection, import_id)
        rejects = import_runs.rejects(connection, import_id, limit=50)
    kind = importing.import_kind(run.kind).name(current_language())
    return render_template("master_data/import.html", run=run, rejects=rejects, kind=kind)


@blueprint.get("/imports/<int:import_id>/rejects.csv")
def rejects(import_id: int) -> Response:
    """The refused rows with line number and reason, ready to be mended and imported."""
    with reading() as connection:
        saving.require_keeper(connection, current_actor())
        run = import_runs.get_import(connection, import_id)
        content = list(import_runs.reject_file(connection, run, current_language()))
    return attached(iter(content), f"rejected-{run.kind}-{import_id}.csv")


@blueprint.get("/imports/template-<key>.csv")
def template(key: str) -> Response:
    """An empty file of a kind, with a row that shows how to fill it in."""
    kind = importing.import_kind(key)

    def content() -> Iterator[bytes]:
        yield importing.template(kind, current_language())

    return attached(iter(list(content())), f"{kind.name(current_language())}.csv")


def _imports(problem: str) -> str:
    with reading() as connection:
        saving.require_keeper(connection, current_actor())
        runs = import_runs.listed_imports(connection)
    language = current_language()
    return render_template(
        "master_data/imports.html",
        runs=runs,
        kinds=[(key, one.name(language)) for key, one in importing.IMPORTS.items()],
        names={key: one.name(language) for key, one in importing.IMPORTS.items()},
        problem=problem,
    )


def _given(kind: Kind) -> dict[str, str]:
    """What the form sent; a box that is not ticked sends nothing."""
    return {
        one.key: ("1" if one.key in request.form else "0") if one.type == "yes_no" else request.form.get(one.key, "")
        for one in kind.attributes
    }


def _adopt(connection: Connection, kind: Kind) -> None:
    if kind.key in ("customer", "project"):
        adopt(connection, zone=current_platform().settings.zone, now=current_time())


def _form(kind: Kind, given: Mapping[str, str], problems: Mapping[str, str], record_id: int | None = None) -> str:
    language = current_language()
    with reading() as connection:
        saving.require_keeper(connection, current_actor())
        record = None if record_id is None else saving.get(connection, kind, record_id)
        return render_template(
            "master_data/form.html",
            kind=kind,
            record=record,
            given=given,
            problems=problems,
            choices=_choices(connection, kind),
            parts=_parts(connection, kind, record),
            part=KINDS[PARTS[kind.key]] if kind.key in PARTS else None,
            is_fixed=kind.key == "sla" and record is not None and record.status != "draft",
            may_activate=kind.key == "sla" and record is not None and record.status in SIGNABLE,
            back=_page_of(kind, record_id, given),
            language=language,
        )


def _choices(connection: Connection, kind: Kind) -> dict[str, list[tuple[str, str]]]:
    """What can be chosen for an attribute: its options, or the records it may name."""
    language, found = current_language(), {}
    for one in kind.attributes:
        empty = [] if one.is_required or one.default else [("", "—")]
        if one.options:
            found[one.key] = empty + [(option.code, option.name(language)) for option in one.options]
        elif one.key == "calendar":
            calendars, _ = load_calendars(connection)
            names = [(key, kept.name_zh if language == "zh" else kept.name_en) for key, kept in calendars.items()]
            found[one.key] = [("", gettext("Around the clock")), *[name for name in names if name[0] != "always"]]
        elif one.reference in ("user", "group", "customer", "contract", "project"):
            found[one.key] = empty + _known(connection, one.reference)
    return found


def _known(connection: Connection, reference: str) -> list[tuple[str, str]]:
    code = CODES[reference]
    table = code.table
    if table is group:
        rows = connection.execute(select(group).where(group.c.is_department).order_by(group.c.id))
        return [(row.key, row.name_zh if current_language() == "zh" else row.name_en) for row in rows]
    name = table.c["title" if "title" in table.c else "name"]
    query = select(code.label("code"), name.label("name")).order_by(code)
    if table is user:
        query = query.where(user.c.is_active)
    return [(row.code, f"{row.code} · {row.name}") for row in connection.execute(query)]


def _parts(connection: Connection, kind: Kind, record: Record | None) -> list[tuple[Record, str]]:
    """What hangs below a record: its rows, and what each is called."""
    if record is None or kind.key not in PARTS:
        return []
    if kind.key == "customer":
        rows = connection.execute(select(contact).where(contact.c.customer_id == record.id).order_by(contact.c.id))
        return [(row, " · ".join(part for part in (row.name, row.phone, row.email) if part)) for row in rows]
    rows = connection.execute(select(sla_item).where(sla_item.c.sla_id == record.id).order_by(sla_item.c.ordinal))
    return [(row, f"{row.ordinal}. {row.service} {row.priority}".strip()) for row in rows]


def _page_of(kind: Kind, record_id: int | None, given: Mapping[str, str] | None = None) -> str:
    """Where to go from a form: the record's page, or for a part that of its whole."""
    whole = _PARENTS.get(kind.key)
    if whole is not None:
        code = (given or request.form).get(whole, "")
        return url_for("register.find", key=whole, number=code) if code else url_for("register.index", key=whole)
    if record_id is None:
        return url_for("register.index", key=kind.key)
    return url_for("register.show", key=kind.key, record_id=record_id)


def _problems(error: EngineError) -> dict[str, str]:
    return dict.fromkeys(error.details.get("fields", ["form"]), message_of(error))
