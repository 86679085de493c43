"""流程库: every published process with its versions, as a diagram and as text; bundles to take away and to bring."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from flask import Blueprint, flash, redirect, render_template, request, send_file, url_for
from flask_babel import gettext, lazy_gettext
from werkzeug.wrappers import Response

from engine import groups, process_changes, process_library, users
from engine.definitions.dialect import expression_in
from engine.definitions.problems import DefinitionInvalid, Problem
from engine.definitions.translate import translated_xml
from engine.process_library import BundleRefused, ReasonNeeded
from engine.registers.catalogue import REGISTERS
from webapp import process_words
from webapp.context import current_actor, current_language, current_platform, current_time, reading, writing
from webapp.decision_words import answer_said
from webapp.diagram_difference_words import DiagramDifferenceWords
from webapp.difference_words import FIELD_KINDS
from webapp.errors import message_of
from webapp.moments import DayInvalid
from webapp.navigation import NavigationItem
from webapp.process_words import ProcessWords
from webapp.processes import part_names

blueprint = Blueprint("process", __name__, url_prefix="/processes")

NAVIGATION = (
    NavigationItem(
        "process.index",
        lazy_gettext("Process library"),
        "diagram",
        section="registers",
        order=95,
        includes=(
            "process",
            "process_change",
            "diagram_editor",
            "form_editor",
            "decision_editor",
            "trial",
            "instance_migration",
        ),
    ),
)


@blueprint.get("")
def index() -> str:
    """All published processes."""
    with reading() as connection:
        rows = process_library.listed(connection)
        problems = process_library.problems_of(connection, current_platform().runtime)
        words = ProcessWords(connection)
        owners = process_changes.owners(connection)
        changes = process_changes.listed(connection, current_actor())
        may_open_new = process_changes.may_open_new(connection, current_actor())
    return render_template(
        "processes/index.html",
        owners=owners,
        changes=changes,
        may_open_new=may_open_new,
        rows=rows,
        problems=problems,
        words=words,
        areas=dict.fromkeys(one.row.area for one in rows),
        lists={one.row.key: _running_list(one.row.key) for one in rows},
        may_publish=current_actor().is_administrator,
    )


@blueprint.get("/<key>")
def show(key: str) -> str:
    """The version in force."""
    return _version(key, None)


@blueprint.post("/<key>/owner")
def set_owner(key: str) -> Response:
    """Say who may change a process and who reviews the changes (administrators)."""
    with writing() as connection:
        process_library.version_of(connection, key)
        process_changes.set_owner(
            connection,
            actor=current_actor(),
            key=key,
            owner_group=request.form.get("owner_group", ""),
            reviewer_group=request.form.get("reviewer_group", ""),
            now=current_time(),
        )
    flash(gettext("Saved."), "success")
    return redirect(url_for(".show", key=key))


@blueprint.get("/<key>/versions/<int:number>")
def version(key: str, number: int) -> str:
    """A version and what it changed."""
    return _version(key, number)


@blueprint.get("/<key>/versions/<int:number>/diagram")
def diagram(key: str, number: int) -> Response:
    """The diagram with its labels in the reader's language."""
    with reading() as connection:
        model = process_library.version_of(connection, key, number).model
    return Response(translated_xml(model, current_language()), mimetype="application/xml")


@blueprint.get("/<key>/versions/<int:number>.bpmn")
def bpmn(key: str, number: int) -> Response:
    """The diagram as it was published."""
    with reading() as connection:
        found = process_library.version_of(connection, key, number)
    return _attached(found.xml, "application/xml", f"{key}.bpmn")


@blueprint.get("/<key>/versions/<int:number>.zip")
def bundle(key: str, number: int) -> Response:
    """All files of a version as they were published."""
    with reading() as connection:
        found = process_library.version_of(connection, key, number)
    return _attached(process_library.packed(found), "application/zip", f"{key}-v{number}.zip")


@blueprint.get("/<key>/as-of.zip")
def as_of(key: str) -> Response:
    """What a case begun at the end of a past day ran with."""
    zone = current_platform().settings.zone
    try:
        day = date.fromisoformat(request.args.get("on", ""))
    except ValueError as error:
        raise DayInvalid(fields=["on"]) from error
    end = min(datetime.combine(day + timedelta(days=1), time(), zone) - timedelta(microseconds=1), current_time())
    with reading() as connection:
        packed = process_library.packed_at(connection, key, end)
    return _attached(packed, "application/zip", f"{key}-{day.isoformat()}.zip")


@blueprint.get("/upload")
def choose() -> str:
    """Choose files to check or to publish."""
    users.require_administrator(current_actor())
    return _upload_page()


@blueprint.post("/upload")
def upload() -> Response | str | tuple[str, int]:
    """Check what was sent; publish it if that was asked for and nothing speaks against it."""
    actor, runtime, reason = current_actor(), current_platform().runtime, request.form.get("reason", "")
    users.require_administrator(actor)
    limit = process_library.LIMIT_BYTES + 1
    files = [(one.filename, one.stream.read(limit)) for one in request.files.getlist("files") if one.filename]
    try:
        sources = process_library.read_upload(files)
        if request.form.get("action") != "publish":
            with reading() as connection:
                problems = process_library.check_upload(connection, runtime, sources, actor=actor)
            return _upload_page(problems=problems, checked=[name for name, _ in files], reason=reason)
        with writing() as connection:
            published = process_library.publish_upload(
                connection, runtime, sources, actor=actor, reason=reason, now=current_time()
            )
    except DefinitionInvalid as refused:
        return _upload_page(problems=refused.problems, reason=reason, refused=gettext("Nothing was published")), 422
    except (BundleRefused, ReasonNeeded) as refused:
        return _upload_page(reason=reason, refused=message_of(refused), asks=isinstance(refused, ReasonNeeded)), 422
    _tell(published.processes, {**published.forms, **published.decisions})
    if len(published.processes) == 1:
        return redirect(url_for(".show", key=next(iter(published.processes))))
    return redirect(url_for(".index"))


def _upload_page(
    *,
    problems: Sequence[Problem] = (),
    checked: Sequence[str] = (),
    reason: str = "",
    refused: str = "",
    asks: bool = False,
) -> str:
    ordered = sorted(problems, key=lambda one: (one.level != "error", one.file, one.element_id))
    return render_template(
        "processes/upload.html", problems=ordered, checked=checked, reason=reason, refused=refused, asks=asks
    )


def _tell(processes: dict[str, int], others: dict[str, int]) -> None:
    """What a publication did."""
    if not processes and not others:
        flash(gettext("Nothing was published: it is all in force already"), "info")
        return
    said = ", ".join(f"{key} v{number}" for key, number in {**processes, **others}.items())
    flash(gettext("Published: %(what)s", what=said), "success")


def _version(key: str, number: int | None) -> str:
    with reading() as connection:
        found = process_library.version_of(connection, key, number)
        versions = process_library.versions(connection, key)
        earlier = next((one.row.version for one in versions if one.row.version < found.row.version), None)
        before = None if earlier is None else process_library.version_of(connection, key, earlier)
        problems = process_library.problems_of(connection, current_platform().runtime) if found.row.is_latest else {}
        names = part_names(connection, found, current_language())
        earlier_names = names if before is None else part_names(connection, before, current_language())
        words = ProcessWords(connection)
        ownership = {
            "owner": process_changes.owner_of(connection, key),
            "owns": process_changes.owns(connection, current_actor(), key),
            "under_way": process_changes.open_of(connection, key),
            "may_see_changes": process_changes.may_see(connection, current_actor(), key),
            "change_history": process_changes.of_process(connection, key),
            "groups": groups.listed(connection) if current_actor().is_administrator else [],
        }
    difference = None if before is None else process_library.compare(before, found)
    return render_template(
        "processes/show.html",
        version=found,
        outline=process_library.outline_of(found.model),
        versions=versions,
        before=before,
        difference=difference,
        told=DiagramDifferenceWords(words, names.beside(earlier_names)),
        shows_difference=number is not None,
        marks=_marks(difference) if number is not None else {},
        problems=problems.get(key, ()),
        running=next(one.running for one in versions if one.row.id == found.row.id),
        running_list=_running_list(key),
        names=names,
        words=words,
        phrases=process_words,
        field_kinds=FIELD_KINDS,
        older_running=sum(one.running for one in versions if not one.row.is_latest),
        **ownership,
    )


def _marks(difference: process_library.Comparison | None) -> dict[str, list[str]]:
    """New elements are drawn like those that are done, changed ones like those that wait."""
    if difference is None:
        return {}
    return {
        "done": [one.id for one in difference.added],
        "active": [one.after.id for one in difference.changed],
    }


def _running_list(key: str) -> str:
    """Where the running cases of a process can be seen, if this reader may see them."""
    if key in REGISTERS and REGISTERS[key].may_read(current_actor()):
        return url_for("register.index", key=key)
    return ""


blueprint.add_app_template_filter(answer_said)


@blueprint.app_template_filter("group_name")
def group_name(key: str, words: ProcessWords) -> str:
    """The name of a group in the reader's language."""
    return words.group(key)


@blueprint.app_template_filter("expression")
def expression(text: str) -> str:
    """An expression without the sign that marks it as one."""
    found = expression_in(text)
    return text if found is None else found


def _attached(content: bytes, mimetype: str, name: str) -> Response:
    return send_file(io.BytesIO(content), mimetype=mimetype, as_attachment=True, download_name=name, max_age=0)
