"""Files people attach: kept in the database with their hash, tied to the case they belong to."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Connection, bindparam, insert, select, update

from engine import instances, work_items
from engine.actors import Actor
from engine.errors import Invalid, NotFound
from engine.forms import FileInfo
from engine.runtime.step import new_id
from engine.store import audit
from engine.store.prepared import Prepared
from engine.store.tables import attachment, user
from engine.store.types import Record

_NAME_LENGTH = 255
_info = select(attachment.c.id, attachment.c.name, attachment.c.size_bytes, attachment.c.content_type)
_of_work_item = Prepared(_info.where(attachment.c.work_item_id == bindparam("b_id")))
_loose = Prepared(
    _info.where(attachment.c.uploaded_by_id == bindparam("b_user")).where(
        attachment.c.instance_id.is_(None), attachment.c.work_item_id.is_(None)
    )
)


class AttachmentTooLarge(Invalid):
    """A file beyond the limit."""

    code = "attachment_too_large"
    zh = "文件“{name}”超过 {limit_mib} MiB"
    en = "“{name}” is larger than {limit_mib} MiB"


class AttachmentUnknown(NotFound):
    """No such attachment, or not for this person."""

    code = "attachment_unknown"
    zh = "没有找到该附件"
    en = "There is no such attachment"


def save(
    connection: Connection,
    *,
    actor: Actor,
    content: bytes,
    name: str,
    content_type: str,
    limit_bytes: int,
    now: datetime,
    work_item_id: str | None = None,
    instance_id: str | None = None,
) -> FileInfo:
    """Keep a file. ``name`` is cut to its last part, so that no path comes back.

    A file for a work item belongs to its case; only who may complete the work item may add one. Raises
    ``AttachmentTooLarge`` and what ``inbox.complete`` raises.
    """
    if work_item_id is not None:
        instance_id = work_items.get_to_complete(connection, work_item_id, actor).instance_id
    shown = name.replace("\\", "/").rsplit("/", 1)[-1].replace("\0", "")[-_NAME_LENGTH:] or "file"
    if len(content) > limit_bytes:
        raise AttachmentTooLarge(name=shown, limit_mib=limit_bytes // 1024 // 1024)
    identifier, digest = new_id(), hashlib.sha256(content).hexdigest()
    connection.execute(
        insert(attachment).values(
            id=identifier,
            instance_id=instance_id,
            work_item_id=work_item_id,
            name=shown,
            content_type=content_type[:100],
            size_bytes=len(content),
            sha256=digest,
            content=content,
            uploaded_by_id=actor.user_id,
            uploaded_at=now,
        )
    )
    audit.record(
        connection,
        actor=actor.login,
        action="attachment.save",
        subject_type="attachment",
        subject_id=identifier,
        now=now,
        details={"name": shown, "sha256": digest, "size_bytes": len(content), "work_item": work_item_id},
    )
    return FileInfo(identifier, shown, len(content), content_type)


def usable(connection: Connection, *, actor: Actor, work_item_id: str | None = None) -> dict[str, FileInfo]:
    """The files a submission may name: those of the work item, or one's own that belong to no case yet."""
    if work_item_id is not None:
        rows = _of_work_item.all(connection, {"b_id": work_item_id})
    else:
        rows = _loose.all(connection, {"b_user": actor.user_id})
    return {row.id: FileInfo(row.id, row.name, row.size_bytes, row.content_type) for row in rows}


def adopt(connection: Connection, ids: Iterable[str], *, actor: Actor, instance_id: str) -> None:
    """Tie one's own loose files to the case that was started with them."""
    wanted = list(ids)
    if wanted:
        connection.execute(
            update(attachment)
            .where(attachment.c.id.in_(wanted), attachment.c.uploaded_by_id == actor.user_id)
            .where(attachment.c.instance_id.is_(None))
            .values(instance_id=instance_id)
        )


def listed(connection: Connection, instance_id: str) -> list[Record]:
    """The files of a case without their content, oldest first."""
    columns = [c for c in attachment.c if c.name != "content"]
    query = (
        select(*columns, user.c.name.label("uploader_name"))
        .join(user, user.c.id == attachment.c.uploaded_by_id, isouter=True)
        .where(attachment.c.instance_id == instance_id)
        .order_by(attachment.c.uploaded_at)
    )
    return list(connection.execute(query))


def read(connection: Connection, *, actor: Actor, attachment_id: str) -> Record:
    """One file with its content, for those who may see its case. Raises ``AttachmentUnknown``."""
    row = connection.execute(select(attachment).where(attachment.c.id == attachment_id)).one_or_none()
    if row is None:
        raise AttachmentUnknown()
    if row.instance_id is None:
        if row.uploaded_by_id != actor.user_id:
            raise AttachmentUnknown()
        return row
    if not instances.may_see(connection, instances.get(connection, row.instance_id), actor):
        raise AttachmentUnknown()
    return row
