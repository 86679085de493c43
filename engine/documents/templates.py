"""The Word templates of documents: the one that is shipped, those that owners put in its place, and their history."""

from __future__ import annotations

import hashlib
from datetime import datetime

from sqlalchemy import Connection, func, insert, select, update

from engine.actors import Actor
from engine.documents.checking import check_package
from engine.documents.kinds import kind_of
from engine.documents.rendering import render
from engine.errors import Forbidden, Invalid, NotFound
from engine.store import audit
from engine.store.tables import document_template, user
from engine.store.types import Record

EXAMPLE = {"number": "XXX-20260101-001", "version": 1, "title": "示例", "date": "2026-01-01", "is_draft": True}
_INFO = [column for column in document_template.c if column.name != "content"]


class TemplateReasonMissing(Invalid):
    """A template replaced without saying why."""

    code = "template_reason_missing"
    zh = "请说明更换模板的原因"
    en = "Say why the template is replaced"


class TemplateUnknown(NotFound):
    """No such version."""

    code = "template_unknown"
    zh = "没有找到该模板"
    en = "There is no such template"


def may_replace(actor: Actor) -> bool:
    """Whether ``actor`` owns the templates: administrators and quality management."""
    return actor.is_administrator or "quality" in actor.groups.values()


def current(connection: Connection, kind: str) -> tuple[int | None, bytes]:
    """Id and content of the template in use; no id for the one that is shipped."""
    query = select(document_template.c.id, document_template.c.content)
    row = connection.execute(query.where(document_template.c.kind == kind, document_template.c.is_latest)).one_or_none()
    return (None, kind_of(kind).shipped) if row is None else (row.id, row.content)


def history(connection: Connection, kind: str) -> list[Record]:
    """The templates people uploaded for a kind, newest first, with who did and why."""
    query = (
        select(*_INFO, user.c.name.label("uploader_name"))
        .outerjoin(user, user.c.id == document_template.c.uploaded_by_id)
        .where(document_template.c.kind == kind)
        .order_by(document_template.c.version.desc())
    )
    return list(connection.execute(query))


def content_of(connection: Connection, kind: str, version: int) -> bytes:
    """The Word file of a version; 0 is the one that is shipped. Raises ``TemplateUnknown``."""
    if version == 0:
        return kind_of(kind).shipped
    query = select(document_template.c.content).where(
        document_template.c.kind == kind, document_template.c.version == version
    )
    found = connection.execute(query).scalar()
    if found is None:
        raise TemplateUnknown()
    return bytes(found)


def replace(connection: Connection, *, actor: Actor, kind: str, content: bytes, reason: str, now: datetime) -> int:
    """Use ``content`` for this kind from now on; the new version. What was issued stays as it is.

    Raises ``Forbidden``, ``TemplateReasonMissing`` and ``TemplateInvalid`` with what is wrong with the file.
    """
    if not may_replace(actor):
        raise Forbidden()
    if not reason.strip():
        raise TemplateReasonMissing(fields=["reason"])
    check_package(content)
    render(content, kind_of(kind).example, EXAMPLE)
    of_kind = document_template.c.kind == kind
    latest = connection.execute(select(func.max(document_template.c.version)).where(of_kind)).scalar() or 0
    connection.execute(update(document_template).where(of_kind, document_template.c.is_latest).values(is_latest=False))
    digest = hashlib.sha256(content).hexdigest()
    connection.execute(
        insert(document_template).values(
            kind=kind,
            version=latest + 1,
            content=content,
            sha256=digest,
            reason=reason.strip()[:500],
            is_latest=True,
            uploaded_by_id=actor.user_id,
            uploaded_at=now,
        )
    )
    audit.record(
        connection,
        actor=actor.login,
        action="document_template.replace",
        subject_type="document_template",
        subject_id=kind,
        now=now,
        details={"version": latest + 1, "sha256": digest, "reason": reason.strip()[:500]},
    )
    return int(latest) + 1
