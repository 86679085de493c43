"""Documents as people find them: who may read one, the list, one with its recipients and versions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, false, func, or_, select, true

from engine import instances
from engine.actors import Actor
from engine.errors import NotFound
from engine.registers import evidence
from engine.registers.incidents import contains
from engine.store.tables import document, document_recipient, user
from engine.store.types import Record

_INFO = [column for column in document.c if column.name not in ("content", "data")]


class DocumentUnknown(NotFound):
    """No such document, or not for this person."""

    code = "document_unknown"
    zh = "没有找到该文件"
    en = "There is no such document"


@dataclass(frozen=True)
class DocumentQuery:
    """What a person wants to see; ``after`` is the id of the document before the page."""

    kind: str = ""
    status: str = ""
    search: str = ""
    unread: bool = False
    after: int | None = None
    size: int = 50


def page(connection: Connection, actor: Actor, wanted: DocumentQuery) -> tuple[list[Record], int | None]:
    """One page of the documents ``actor`` may read, newest first, and the id the next page comes after."""
    conditions = [_readable(actor)]
    if wanted.kind:
        conditions.append(document.c.kind == wanted.kind)
    if wanted.status:
        conditions.append(document.c.status == wanted.status)
    if wanted.unread:
        conditions.append(document.c.id.in_(_unread(actor)))
    if wanted.search.strip():
        conditions.append(contains(wanted.search.strip(), document.c.number, document.c.title))
    if wanted.after is not None:
        conditions.append(document.c.id < wanted.after)
    received = document_recipient.c.document_id == document.c.id
    query = (
        select(
            *_INFO,
            user.c.name.label("creator_name"),
            select(func.count()).where(received).scalar_subquery().label("recipients"),
            select(func.count(document_recipient.c.read_at)).where(received).scalar_subquery().label("readers"),
        )
        .outerjoin(user, user.c.id == document.c.created_by_id)
        .where(*conditions)
        .order_by(document.c.id.desc())
        .limit(wanted.size + 1)
    )
    rows = list(connection.execute(query))
    return rows[: wanted.size], rows[wanted.size - 1].id if len(rows) > wanted.size else None


def get(connection: Connection, actor: Actor, document_id: int) -> Record:
    """One document with its data, without the Word file. Raises ``DocumentUnknown``."""
    query = (
        select(*_INFO, document.c.data, user.c.name.label("creator_name"))
        .outerjoin(user, user.c.id == document.c.created_by_id)
        .where(document.c.id == document_id)
    )
    row = connection.execute(query).one_or_none()
    if row is None or not _may_read(connection, actor, row):
        raise DocumentUnknown()
    return row


def content_of(connection: Connection, actor: Actor, document_id: int) -> tuple[Record, bytes]:
    """One document and its Word file. Raises ``DocumentUnknown``."""
    row = get(connection, actor, document_id)
    content = connection.execute(select(document.c.content).where(document.c.id == document_id)).scalar_one()
    return row, content


def of_record(connection: Connection, actor: Actor, record_type: str, record_id: int) -> list[Record]:
    """The documents of a record that ``actor`` may read, newest first."""
    query = select(*_INFO).where(document.c.record_type == record_type, document.c.record_id == record_id)
    rows = connection.execute(query.order_by(document.c.id.desc())).all()
    return [row for row in rows if _may_read(connection, actor, row)]


def versions(connection: Connection, actor: Actor, number: str) -> list[Record]:
    """All versions of a document that ``actor`` may read, newest first."""
    query = select(*_INFO).where(document.c.number == number).order_by(document.c.version.desc())
    return [row for row in connection.execute(query) if _may_read(connection, actor, row)]


def recipients(connection: Connection, document_id: int) -> list[Record]:
    """Who got a document and when they read it."""
    query = (
        select(user.c.id, user.c.name, user.c.login, document_recipient.c.sent_at, document_recipient.c.read_at)
        .join(user, user.c.id == document_recipient.c.user_id)
        .where(document_recipient.c.document_id == document_id)
        .order_by(user.c.name, user.c.id)
    )
    return list(connection.execute(query))


def unread_count(connection: Connection, actor: Actor) -> int:
    """How many documents wait for ``actor`` to read them."""
    query = select(func.count()).select_from(document).where(document.c.id.in_(_unread(actor)))
    return int(connection.execute(query).scalar_one())


def _may_read(connection: Connection, actor: Actor, row: Record) -> bool:
    if evidence.oversees(actor) or (actor.user_id is not None and row.created_by_id == actor.user_id):
        return True
    addressed = select(document_recipient.c.user_id).where(
        document_recipient.c.document_id == row.id, document_recipient.c.user_id == actor.user_id
    )
    if actor.user_id is not None and connection.execute(addressed).first() is not None:
        return True
    if row.instance_id is None:
        return False
    return instances.may_see(connection, instances.get(connection, row.instance_id), actor)


def _readable(actor: Actor) -> ColumnElement[bool]:
    """The documents of the list: those who took part in a case find its documents at its record."""
    if evidence.oversees(actor):
        return true()
    if actor.user_id is None:
        return false()
    mine = select(document_recipient.c.document_id).where(document_recipient.c.user_id == actor.user_id)
    return or_(document.c.created_by_id == actor.user_id, document.c.id.in_(mine))


def _unread(actor: Actor) -> Any:
    return (
        select(document_recipient.c.document_id)
        .join(document, document.c.id == document_recipient.c.document_id)
        .where(
            document_recipient.c.user_id == actor.user_id,
            document_recipient.c.read_at.is_(None),
            document.c.status == "issued",
        )
    )


def summary(connection: Connection, document_id: int) -> dict[str, Any]:
    """Id, number and version of a document, as a case keeps them. Raises ``DocumentUnknown``."""
    columns = (document.c.id, document.c.number, document.c.version)
    row = connection.execute(select(*columns).where(document.c.id == document_id)).one_or_none()
    if row is None:
        raise DocumentUnknown()
    return {"id": row.id, "number": row.number, "version": row.version}
