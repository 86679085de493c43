"""Changes of processes: opening one, finding them, giving one up."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Connection, Select, insert, select, update

from engine.actors import Actor
from engine.process_changes import new_process
from engine.process_changes.errors import (
    ChangeNotOpen,
    ChangeUnderWay,
    ChangeUnknown,
    NameNeeded,
    NotAnOwner,
    ProcessKeyInvalid,
    ProcessKeyTaken,
)
from engine.process_changes.ownership import owns, reviews, set_owner
from engine.process_library import ProcessVersion, packed_parts, version_of
from engine.store import audit
from engine.store.tables import (
    process_change,
    process_change_editor,
    process_change_file,
    process_definition,
    process_owner,
    user,
)
from engine.store.types import Record

OPEN = ("editing", "submitted", "approved")
_KEY = re.compile(r"[a-z][a-z0-9_]{1,63}")
_author, _editor = user.alias("author"), user.alias("editor")
_submitter, _reviewer = user.alias("submitter"), user.alias("reviewer")


def _rows() -> Select[tuple[object, ...]]:
    return (
        select(
            process_change,
            _author.c.name.label("author_name"),
            _editor.c.name.label("editor_name"),
            _submitter.c.name.label("submitted_by"),
            _reviewer.c.name.label("reviewed_by"),
            process_definition.c.version.label("base_version"),
        )
        .join(_author, _author.c.id == process_change.c.author_id)
        .outerjoin(_editor, _editor.c.id == process_change.c.editor_id)
        .outerjoin(_submitter, _submitter.c.id == process_change.c.submitted_by_id)
        .outerjoin(_reviewer, _reviewer.c.id == process_change.c.reviewed_by_id)
        .outerjoin(process_definition, process_definition.c.id == process_change.c.base_definition_id)
    )


def get(connection: Connection, actor: Actor, change_id: int) -> Record:
    """A change with the names of everybody who has to do with it. Raises ``ChangeUnknown`` and ``NotAnOwner``."""
    row = connection.execute(_rows().where(process_change.c.id == change_id)).one_or_none()
    if row is None:
        raise ChangeUnknown()
    if not may_see(connection, actor, row.process_key):
        raise NotAnOwner(key=row.process_key)
    return row


def may_see(connection: Connection, actor: Actor, key: str) -> bool:
    """Owners and reviewers see what is being changed in a process."""
    return owns(connection, actor, key) or reviews(connection, actor, key)


def may_edit(connection: Connection, actor: Actor, change: Record) -> bool:
    """Whether somebody may edit the files of a change now."""
    return change.status == "editing" and owns(connection, actor, change.process_key)


def listed(connection: Connection, actor: Actor) -> list[Record]:
    """The open changes somebody may see, latest first."""
    rows = connection.execute(_rows().where(process_change.c.status.in_(OPEN)).order_by(process_change.c.id.desc()))
    return [row for row in rows if may_see(connection, actor, row.process_key)]


def of_process(connection: Connection, key: str) -> list[Record]:
    """All changes of a process, latest first."""
    query = _rows().where(process_change.c.process_key == key).order_by(process_change.c.id.desc())
    return list(connection.execute(query))


def open_of(connection: Connection, key: str) -> Record | None:
    """The change under way in a process."""
    query = _rows().where(process_change.c.process_key == key, process_change.c.status.in_(OPEN))
    return connection.execute(query).one_or_none()


def open_change(connection: Connection, *, actor: Actor, key: str, now: datetime) -> int:
    """Begin to change a published process, from its version in force; the id of the change.

    Raises ``VersionUnknown``, ``NotAnOwner`` and ``ChangeUnderWay``.
    """
    version = version_of(connection, key)
    if not owns(connection, actor, key):
        raise NotAnOwner(key=key)
    return _open(connection, actor, key, version, dict(packed_parts(version)), now)


def open_new(
    connection: Connection,
    *,
    actor: Actor,
    key: str,
    name_zh: str,
    name_en: str,
    area: str,
    now: datetime,
    owner_group: str = "",
    reviewer_group: str = "",
) -> int:
    """Begin a new process; the id of its change. Only administrators name its groups.

    Raises ``ProcessKeyInvalid``, ``ProcessKeyTaken``, ``NameNeeded``, ``GroupUnknown``, and ``NotAnOwner`` for whoever
    owns no process yet.
    """
    if not may_open_new(connection, actor):
        raise NotAnOwner(key=key)
    if not _KEY.fullmatch(key):
        raise ProcessKeyInvalid(fields=["key"])
    if not name_zh.strip() or not name_en.strip():
        raise NameNeeded(fields=["name_zh" if not name_zh.strip() else "name_en"])
    known = select(process_definition.c.id).where(process_definition.c.key == key)
    if connection.execute(known.limit(1)).first() is not None or open_of(connection, key) is not None:
        raise ProcessKeyTaken(key=key, fields=["key"])
    if owner_group or reviewer_group:
        set_owner(connection, actor=actor, key=key, owner_group=owner_group, reviewer_group=reviewer_group, now=now)
    elif not actor.is_administrator:
        _own_like_others(connection, actor, key)
    files = {f"{key}.bpmn": new_process.diagram(key, name_zh.strip(), name_en.strip(), area)}
    return _open(connection, actor, key, None, files, now)


def may_open_new(connection: Connection, actor: Actor) -> bool:
    """Whether somebody may begin a new process: administrators, and whoever owns one already."""
    if actor.is_administrator:
        return True
    owned = select(process_owner.c.process_key).where(process_owner.c.owner_group_id.in_(list(actor.groups)))
    return connection.execute(owned.limit(1)).first() is not None


def _own_like_others(connection: Connection, actor: Actor, key: str) -> None:
    """A new process belongs to the groups that the founder's other processes belong to."""
    query = select(process_owner).where(process_owner.c.owner_group_id.in_(list(actor.groups)))
    first = connection.execute(query.order_by(process_owner.c.process_key).limit(1)).one()
    connection.execute(
        insert(process_owner).values(
            process_key=key, owner_group_id=first.owner_group_id, reviewer_group_id=first.reviewer_group_id
        )
    )


def discard(connection: Connection, *, actor: Actor, change_id: int, now: datetime) -> None:
    """Give a change up; it stays readable. Raises ``NotAnOwner`` and ``ChangeNotOpen``."""
    change = get(connection, actor, change_id)
    if not owns(connection, actor, change.process_key):
        raise NotAnOwner(key=change.process_key)
    move(connection, actor, change_id, "discard", OPEN, now, status="discarded", ended_at=now, editor_id=None)


def move(
    connection: Connection,
    actor: Actor,
    change_id: int,
    action: str,
    statuses: tuple[str, ...],
    now: datetime,
    *,
    details: Mapping[str, object] | None = None,
    **values: object,
) -> None:
    """Take a change out of one of ``statuses``, with its audit record. Raises ``ChangeNotOpen`` if it is in another."""
    changed = connection.execute(
        update(process_change)
        .where(process_change.c.id == change_id, process_change.c.status.in_(statuses))
        .values(revision=process_change.c.revision + 1, changed_at=now, **values)
    )
    if changed.rowcount != 1:
        raise ChangeNotOpen()
    note(connection, actor, change_id, action, now, details)


def note(
    connection: Connection,
    actor: Actor,
    change_id: int,
    action: str,
    now: datetime,
    details: Mapping[str, object] | None = None,
) -> None:
    """The audit record of what was done to a change."""
    audit.record(
        connection,
        actor=actor.login,
        action=f"process_change.{action}",
        subject_type="process_change",
        subject_id=change_id,
        now=now,
        details=dict(details or {}),
    )


def _open(
    connection: Connection,
    actor: Actor,
    key: str,
    base: ProcessVersion | None,
    files: Mapping[str, bytes],
    now: datetime,
) -> int:
    known = open_of(connection, key)
    if known is not None:
        raise ChangeUnderWay(key=key, author=known.author_name, change=known.id)
    change_id = connection.execute(
        insert(process_change)
        .values(
            process_key=key,
            base_definition_id=None if base is None else base.row.id,
            status="editing",
            revision=1,
            author_id=actor.user_id,
            opened_at=now,
            changed_at=now,
        )
        .returning(process_change.c.id)
    ).scalar_one()
    rows = [
        {
            "change_id": change_id,
            "name": name,
            "revision": 1,
            "content": content,
            "content_hash": hashlib.sha256(content).hexdigest(),
            "changed_at": now,
            "changed_by_id": actor.user_id,
        }
        for name, content in files.items()
    ]
    connection.execute(insert(process_change_file), rows)
    connection.execute(insert(process_change_editor).values(change_id=change_id, user_id=actor.user_id))
    note(
        connection, actor, change_id, "open", now, {"process": key, "base": None if base is None else base.row.version}
    )
    return int(change_id)
