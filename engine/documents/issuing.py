"""A document's life: drafted as often as wanted, issued once per state of its record, handed out, read."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, insert, select, update

from engine import instances
from engine.actors import Actor
from engine.documents import templates
from engine.documents.kind import Collected
from engine.documents.kinds import kind_of
from engine.documents.reading import DocumentUnknown
from engine.documents.rendering import render
from engine.errors import Conflict, NotFound
from engine.store import audit
from engine.store.outbox_rows import outbox_row
from engine.store.tables import document, document_recipient, outbox, user
from engine.store.types import Record


class NothingToIssue(NotFound):
    """No document of this kind was made of the record."""

    code = "document_missing"
    zh = "该记录还没有这种文件"
    en = "No such document has been made of this record yet"


class DocumentNotIssued(Conflict):
    """A draft is not handed out, a superseded version no more."""

    code = "document_not_issued"
    zh = "只能分发已发布的文件"
    en = "Only an issued document can be handed out"


def draft(connection: Connection, *, actor: Actor, kind: str, record_id: int, zone: ZoneInfo, now: datetime) -> int:
    """The draft of a document with the record's present figures; a draft there was is brought up to date.

    Raises ``DocumentKindUnknown``, ``RecordMissing`` and ``TemplateInvalid``.
    """
    collected = kind_of(kind).collect(connection, record_id, zone)
    latest = _latest(connection, kind, record_id)
    if latest is not None and latest.status == "draft":
        made = _made(connection, kind, collected, latest.number, latest.version, now, zone, is_draft=True)
        _change_draft(connection, latest.id, {**made, "created_at": now, "created_by_id": actor.user_id})
        return int(latest.id)
    number, version = _next(connection, kind, latest, zone, now)
    made = _made(connection, kind, collected, number, version, now, zone, is_draft=True)
    document_id = _add(connection, actor, kind, record_id, collected, number, version, now, {**made, "status": "draft"})
    _audit(connection, actor, "document.draft", document_id, now, {"number": number, "version": version, "kind": kind})
    return document_id


def issue(connection: Connection, *, actor: Actor, kind: str, record_id: int, zone: ZoneInfo, now: datetime) -> int:
    """Freeze the record's figures in a document that does not change any more; an earlier issue is superseded.

    As long as nothing has changed since the last issue, that one stands. Raises what ``draft`` raises.
    """
    collected = kind_of(kind).collect(connection, record_id, zone)
    standing = _latest(connection, kind, record_id)
    if standing is not None and standing.status == "issued" and _says_the_same(connection, standing, kind, collected):
        return int(standing.id)
    if standing is not None and standing.status == "draft":
        number, version = standing.number, standing.version
    else:
        number, version = _next(connection, kind, standing, zone, now)
    connection.execute(
        update(document).where(document.c.number == number, document.c.status == "issued").values(status="superseded")
    )
    made = _made(connection, kind, collected, number, version, now, zone, is_draft=False)
    issued = {**made, "status": "issued", "issued_at": now}
    if standing is not None and standing.status == "draft":
        document_id = int(standing.id)
        _change_draft(connection, document_id, issued)
    else:
        document_id = _add(connection, actor, kind, record_id, collected, number, version, now, issued)
    details = {"number": number, "version": version, "kind": kind, "sha256": made["sha256"]}
    _audit(connection, actor, "document.issue", document_id, now, details)
    return document_id


def distribute(
    connection: Connection, *, actor: Actor, document_id: int, user_ids: Collection[int], now: datetime
) -> int:
    """Hand an issued document to people and tell them by mail; how many got it that had not got it before.

    Raises ``DocumentUnknown`` and ``DocumentNotIssued``.
    """
    row = connection.execute(select(document).where(document.c.id == document_id)).one_or_none()
    if row is None:
        raise DocumentUnknown()
    if row.status != "issued":
        raise DocumentNotIssued()
    known = set(
        connection.scalars(select(document_recipient.c.user_id).where(document_recipient.c.document_id == document_id))
    )
    query = select(user.c.id, user.c.login, user.c.email, user.c.language).where(user.c.id.in_(set(user_ids) - known))
    people = connection.execute(query.where(user.c.is_active).order_by(user.c.id)).all()
    if people:
        rows = [{"document_id": document_id, "user_id": person.id, "sent_at": now} for person in people]
        connection.execute(insert(document_recipient), rows)
        mails = [_mail(row, person, now) for person in people if person.email]
        if mails:
            connection.execute(insert(outbox), mails)
        details = {"number": row.number, "to": [person.login for person in people]}
        _audit(connection, actor, "document.distribute", document_id, now, details)
    return len(people)


def mark_read(connection: Connection, *, actor: Actor, document_id: int, now: datetime) -> bool:
    """Note that ``actor`` opened a document addressed to them; whether it was the first time."""
    marked = connection.execute(
        update(document_recipient)
        .where(
            document_recipient.c.document_id == document_id,
            document_recipient.c.user_id == actor.user_id,
            document_recipient.c.read_at.is_(None),
        )
        .values(read_at=now)
    )
    if marked.rowcount == 1:
        _audit(connection, actor, "document.read", document_id, now, {})
    return marked.rowcount == 1


def latest_issued(connection: Connection, kind: str, record_id: int) -> int:
    """The id of the issued document of a record. Raises ``NothingToIssue``."""
    row = _latest(connection, kind, record_id, status="issued")
    if row is None:
        raise NothingToIssue()
    return int(row.id)


def _latest(connection: Connection, kind: str, record_id: int, status: str = "") -> Record | None:
    columns = (document.c.id, document.c.number, document.c.version, document.c.status)
    query = select(*columns).where(document.c.kind == kind, document.c.record_id == record_id)
    if status:
        query = query.where(document.c.status == status)
    return connection.execute(query.order_by(document.c.version.desc()).limit(1)).one_or_none()


def _next(connection: Connection, kind: str, latest: Record | None, zone: ZoneInfo, now: datetime) -> tuple[str, int]:
    """Number and version of a document that does not exist yet: another version of the latest, or the first one."""
    if latest is None:
        return instances.next_number(connection, kind, zone, now), 1
    return latest.number, latest.version + 1


def _add(
    connection: Connection,
    actor: Actor,
    kind: str,
    record_id: int,
    collected: Collected,
    number: str,
    version: int,
    now: datetime,
    values: Mapping[str, Any],
) -> int:
    added = connection.execute(
        insert(document)
        .values(
            number=number,
            version=version,
            kind=kind,
            record_type=kind_of(kind).record_type,
            record_id=record_id,
            instance_id=collected.instance_id,
            created_by_id=actor.user_id,
            created_at=now,
            **values,
        )
        .returning(document.c.id)
    ).scalar_one()
    return int(added)


def _says_the_same(connection: Connection, standing: Record, kind: str, collected: Collected) -> bool:
    columns = (document.c.data, document.c.title, document.c.template_id)
    row = connection.execute(select(*columns).where(document.c.id == standing.id)).one()
    template_id, _content = templates.current(connection, kind)
    return bool(row.data == collected.data and row.title == collected.title and row.template_id == template_id)


def _made(
    connection: Connection,
    kind: str,
    collected: Collected,
    number: str,
    version: int,
    now: datetime,
    zone: ZoneInfo,
    *,
    is_draft: bool,
) -> dict[str, Any]:
    """The columns that hold what the document says."""
    template_id, template = templates.current(connection, kind)
    about = {
        "number": number,
        "version": version,
        "title": collected.title,
        "date": now.astimezone(zone).strftime("%Y-%m-%d"),
        "is_draft": is_draft,
    }
    content = render(template, collected.data, about)
    return {
        "title": collected.title[:300],
        "data": collected.data,
        "template_id": template_id,
        "content": content,
        "sha256": hashlib.sha256(content).hexdigest(),
    }


def _change_draft(connection: Connection, document_id: int, values: Mapping[str, Any]) -> None:
    changed = connection.execute(
        update(document).where(document.c.id == document_id, document.c.status == "draft").values(**values)
    )
    if changed.rowcount != 1:
        raise Conflict()


def _mail(row: Record, person: Record, now: datetime) -> dict[str, Any]:
    subject = f"请查阅：{row.title}" if person.language == "zh" else f"Please read: {row.title}"
    text = f"{row.number} v{row.version}\n{row.title}\n/documents/{row.id}"
    payload = {"to": person.email, "subject": subject, "text": text}
    return outbox_row("mail", f"mail:document:{row.id}:{person.id}", payload, instance_id=row.instance_id, now=now)


def _audit(
    connection: Connection, actor: Actor, action: str, document_id: int, now: datetime, details: dict[str, Any]
) -> None:
    audit.record(
        connection,
        actor=actor.login,
        action=action,
        subject_type="document",
        subject_id=document_id,
        now=now,
        details=details,
    )
