"""The registers that are declared: list with filters, one record with its evidence, export."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass

from flask import Blueprint, Response, abort, redirect, render_template, request, send_file, url_for
from flask_babel import LazyString
from sqlalchemy import Connection
from werkzeug.wrappers import Response as Answer

from engine import documents, instances
from engine.definitions.translate import translated_xml
from engine.registers import evidence, records
from engine.registers.catalogue import REGISTERS, register_of
from engine.registers.records import RecordQuery
from engine.registers.register import Register
from engine.store.types import Record
from webapp.case_view import CaseView, diagram_of, lane_name, load_case
from webapp.context import current_actor, current_language, current_platform, current_time, reading
from webapp.downloads import download
from webapp.navigation import NavigationItem
from webapp.paging import read_day
from webapp.processes import may_be_started
from webapp.records import record_link

blueprint = Blueprint("register", __name__, url_prefix="/registers")
blueprint.add_app_template_global(record_link)

NONCONFORMITY = "nonconformity"


def _entry(register: Register, order: int) -> NavigationItem:
    return NavigationItem(
        "register.index",
        LazyString(lambda: register.name(current_language())),
        register.icon,
        section=register.section,
        order=order,
        includes=("register",),
        shown_to=register.may_read,
        arguments={"key": register.key},
    )


NAVIGATION = tuple(_entry(register, order) for order, register in enumerate(REGISTERS.values(), 30))


@dataclass(frozen=True)
class Evidence:
    """What is known of a record beyond its own fields, as far as the reader may see it."""

    case: CaseView | None
    may_open_case: bool
    open_items: list[Record]
    lanes: Mapping[str, str]  # whose lane each of these lies in, by its id
    documents: list[Record]


@blueprint.get("/<key>")
def index(key: str) -> str:
    """The list, latest first."""
    register, actor, now = register_of(key), current_actor(), current_time()
    wanted, zone = _wanted(register), current_platform().settings.zone
    with reading() as connection:
        page = records.page(connection, actor, register, wanted, zone=zone, now=now)
        counts = records.counts(connection, actor, register, zone=zone, now=now)
        departments = [] if register.department is None else records.departments(connection)
        start = register.key if may_be_started(connection, actor, register.key) else ""
    given = {name: value for name, value in request.args.to_dict().items() if name not in ("after", "key") and value}
    return render_template(
        "registers/index.html",
        register=register,
        items=page.items,
        wanted=wanted,
        given=given,
        counts=counts,
        departments=departments,
        start=start,
        following=url_for(".index", key=key, **given, after=page.following) if page.following else None,
    )


@blueprint.get("/<key>/<int:record_id>")
def show(key: str, record_id: int) -> str:
    """One record with everything that belongs to it."""
    register, actor = register_of(key), current_actor()
    with reading() as connection:
        detail = records.get(connection, actor, register, record_id)
        found = _evidence(connection, register, detail.record)
        may_raise = register.key != NONCONFORMITY and may_be_started(connection, actor, NONCONFORMITY)
    return render_template(
        "registers/show.html",
        register=register,
        record=detail.record,
        related=detail.related,
        evidence=found,
        may_raise=may_raise,
    )


@blueprint.get("/<key>/numbers/<number>")
def find(key: str, number: str) -> Answer:
    """A record by the number people quote."""
    register = register_of(key)
    with reading() as connection:
        record_id = records.id_of(connection, current_actor(), register, number)
    return redirect(url_for(".show", key=key, record_id=record_id))


@blueprint.get("/<key>/export.<file_format>")
def export(key: str, file_format: str) -> Response:
    """What the filters show, as CSV or XLSX."""
    if file_format not in ("csv", "xlsx"):
        abort(404)
    register, actor, now, language = register_of(key), current_actor(), current_time(), current_language()
    wanted, zone = _wanted(register), current_platform().settings.zone
    records.require_reader(register, actor)
    return download(
        register.name(language),
        register.export_columns(language),
        lambda connection: records.every(connection, actor, register, wanted, zone=zone, now=now),
        "xlsx" if file_format == "xlsx" else "csv",
    )


@blueprint.get("/<key>/<int:record_id>/diagram")
def diagram(key: str, record_id: int) -> Response:
    """The diagram of the record's case, for those who may see its evidence."""
    register, actor = register_of(key), current_actor()
    with reading() as connection:
        instance_id = register.instance_of(records.get(connection, actor, register, record_id).record)
        if not evidence.may_see(connection, instance_id, actor):
            raise records.RecordUnknown()
        definition_id = instances.get(connection, instance_id).definition_id
        model = diagram_of(connection, definition_id, request.args.get("process", ""))
    return Response(translated_xml(model, current_language()), mimetype="application/xml")


@blueprint.get("/<key>/<int:record_id>/attachments/<attachment_id>")
def attachment(key: str, record_id: int, attachment_id: str) -> Answer:
    """A file of the record's case; never shown in place, whatever it claims to be."""
    register, actor = register_of(key), current_actor()
    with reading() as connection:
        instance_id = register.instance_of(records.get(connection, actor, register, record_id).record)
        row = evidence.file(connection, actor, instance_id, attachment_id)
    return send_file(
        io.BytesIO(row.content),
        mimetype="application/octet-stream",
        as_attachment=True,
        download_name=row.name,
        max_age=0,
    )


def _evidence(connection: Connection, register: Register, record: Record) -> Evidence:
    actor, instance_id = current_actor(), register.instance_of(record)
    visible = evidence.may_see(connection, instance_id, actor)
    may_open = (
        visible
        and instance_id is not None
        and instances.may_see(connection, instances.get(connection, instance_id), actor)
    )
    library = current_platform().runtime.library
    open_items = instances.open_work(connection, [instance_id]).get(instance_id, []) if instance_id else []
    lanes = {
        item.id: lane_name(library.get(connection, item.definition_id).compiled.models.values(), item)
        for item in open_items
    }
    return Evidence(
        case=load_case(connection, instance_id) if visible else None,
        may_open_case=may_open,
        open_items=open_items,
        lanes=lanes,
        documents=documents.of_record(connection, actor, register.key, record.id),
    )


def _wanted(register: Register) -> RecordQuery:
    """The query of the address; what it does not know falls back to "all"."""
    department = request.args.get("department", "")
    return RecordQuery(
        standing=request.args.get("standing", ""),
        search=request.args.get("q", "").strip()[:100],
        since=read_day(request.args.get("from", "")),
        until=read_day(request.args.get("to", "")),
        department=int(department) if department.isdecimal() and len(department) < 10 else None,
        choices={choice.key: request.args.get(choice.key, "") for choice in register.choices},
        after=request.args.get("after", ""),
    )
