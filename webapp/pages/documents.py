"""Documents: what was issued and who read it, in the browser and as Word files; and the templates they are made of."""

from __future__ import annotations

import io
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, send_file, url_for
from flask_babel import gettext, lazy_gettext
from werkzeug.wrappers import Response

from engine import documents
from engine.documents import templates
from engine.documents.checking import LIMIT_BYTES
from engine.documents.kinds import KINDS, kind_of
from engine.documents.rendering import TemplateInvalid
from engine.documents.templates import TemplateReasonMissing
from webapp.context import current_actor, current_language, current_time, reading, writing
from webapp.errors import message_of
from webapp.navigation import NavigationItem
from webapp.records import record_link, register_link

blueprint = Blueprint("document", __name__, url_prefix="/documents")

NAVIGATION = (
    NavigationItem(
        "document.index",
        lazy_gettext("Documents"),
        "file",
        section="registers",
        order=90,
        includes=("document",),
        count=lambda connection, actor, _now: documents.unread_count(connection, actor),
    ),
)
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
STATUSES = {
    "draft": (lazy_gettext("Draft"), "orange"),
    "issued": (lazy_gettext("Issued"), "green"),
    "superseded": (lazy_gettext("Superseded"), "grey"),
}


@blueprint.get("")
def index() -> str:
    """The documents a person may read, newest first."""
    given = request.args
    after = given.get("after", "")
    wanted = documents.DocumentQuery(
        kind=given.get("kind", "") if given.get("kind") in KINDS else "",
        status=given.get("status", "") if given.get("status") in STATUSES else "",
        search=given.get("q", "").strip()[:100],
        unread=given.get("unread") == "1",
        after=int(after) if after.isdecimal() and len(after) < 10 else None,
    )
    with reading() as connection:
        rows, following = documents.page(connection, current_actor(), wanted)
        unread = documents.unread_count(connection, current_actor())
    kept = {name: value for name, value in given.to_dict().items() if name != "after" and value}
    return render_template(
        "documents/index.html",
        rows=rows,
        wanted=wanted,
        given=kept,
        unread=unread,
        kinds=KINDS,
        statuses=STATUSES,
        following=url_for(".index", **kept, after=following) if following else None,
    )


@blueprint.get("/<int:document_id>")
def show(document_id: int) -> str:
    """One document as it was issued; whoever it is addressed to has read it now."""
    actor = current_actor()
    with reading() as connection:
        row = documents.get(connection, actor, document_id)
        received = documents.recipients(connection, document_id)
    if row.status == "issued" and any(one.id == actor.user_id and one.read_at is None for one in received):
        with writing() as connection:
            documents.mark_read(connection, actor=actor, document_id=document_id, now=current_time())
    with reading() as connection:
        return render_template(
            f"documents/kinds/{kind_of(row.kind).page}.html",
            row=row,
            kind=kind_of(row.kind),
            data=row.data,
            recipients=documents.recipients(connection, document_id),
            versions=documents.versions(connection, actor, row.number),
            statuses=STATUSES,
        )


@blueprint.get("/<int:document_id>.docx")
def word(document_id: int) -> Response:
    """The Word file as it was made when the document was issued."""
    with reading() as connection:
        row, content = documents.content_of(connection, current_actor(), document_id)
    return _word(content, f"{row.title} v{row.version}")


@blueprint.get("/templates")
def template_list() -> str:
    """The templates in use, their history, and the form to replace one."""
    return _templates()


@blueprint.get("/templates/<kind>/<int:version>.docx")
def template(kind: str, version: int) -> Response:
    """A template as a Word file; version 0 is the one that is shipped."""
    with reading() as connection:
        content = templates.content_of(connection, kind, version)
    return _word(content, f"{kind_of(kind).name(current_language())} {version}")


@blueprint.post("/templates/<kind>")
def replace(kind: str) -> Response | tuple[str, int]:
    """Use another Word file from now on."""
    upload, reason = request.files.get("file"), request.form.get("reason", "")
    content = b"" if upload is None else upload.stream.read(LIMIT_BYTES + 1)
    try:
        with writing() as connection:
            templates.replace(
                connection, actor=current_actor(), kind=kind, content=content, reason=reason, now=current_time()
            )
    except (TemplateInvalid, TemplateReasonMissing) as refused:
        return _templates(wrong=kind, message=message_of(refused), reason=reason), 422
    flash(gettext("The template is in use for documents made from now on"), "success")
    return redirect(url_for(".template_list"))


def _templates(**refused: str) -> str:
    with reading() as connection:
        histories = {key: templates.history(connection, key) for key in KINDS}
    may_replace = templates.may_replace(current_actor())
    return render_template(
        "documents/templates.html", kinds=KINDS, histories=histories, may_replace=may_replace, refused=refused
    )


def _word(content: bytes, name: str) -> Response:
    return send_file(io.BytesIO(content), mimetype=WORD, as_attachment=True, download_name=f"{name}.docx", max_age=0)


@blueprint.app_template_test("linked")
def is_linked(value: Any) -> bool:
    """Whether a value of a document's data leads to where it comes from."""
    return isinstance(value, dict) and "text" in value


@blueprint.app_template_global()
def source_link(value: dict[str, Any]) -> str:
    """The address a linked value of a document leads to; empty where there is none."""
    if "record" in value:
        return record_link(*value["record"])
    return register_link(value["register"], value["filters"])
