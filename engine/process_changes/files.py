"""The files of a change: read, saved under their revision by whoever holds the lock, removed."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, insert, or_, select, update

from engine.actors import Actor
from engine.process_changes.changes import get, note
from engine.process_changes.errors import (
    ChangeLocked,
    ChangeMovedOn,
    ChangeNotOpen,
    FileMissing,
    FileNameInvalid,
    FileNeeded,
    FileTooLarge,
    NotAnOwner,
)
from engine.process_changes.ownership import owns
from engine.store.tables import process_change, process_change_editor, process_change_file
from engine.store.types import Record

LIMIT_BYTES = 2 * 1024 * 1024
LOCK_SECONDS = 60  # a lock not renewed for this long is free: a browser that is open renews it three times a minute
_NAME = re.compile(r"[a-z][a-z0-9_-]{0,99}\.(json|dmn)")
_ENDINGS = ((".bpmn", "diagram"), (".rules.yaml", "rules"), (".paths.json", "paths"), (".json", "form"))


@dataclass(frozen=True)
class ChangeFile:
    """One file of a change; ``kind`` is diagram, rules, paths, form or decisions."""

    name: str
    kind: str
    revision: int
    content: bytes
    content_hash: str

    @property
    def key(self) -> str:
        """The name without its ending: the key of the form, the process, the file of decisions."""
        return self.name.partition(".")[0]


@dataclass(frozen=True)
class Lock:
    """Who edits a change at this moment; ``editor`` is empty when nobody does."""

    is_mine: bool
    editor: str
    seen_at: datetime | None


def kind_of(name: str) -> str:
    """What a file of this name is."""
    return next((kind for ending, kind in _ENDINGS if name.endswith(ending)), "decisions")


def files(connection: Connection, change_id: int) -> dict[str, ChangeFile]:
    """All files of a change by name: the diagram first, then rules, forms, decisions and walks."""
    order = ("diagram", "rules", "form", "decisions", "paths")
    rows = connection.execute(select(process_change_file).where(process_change_file.c.change_id == change_id))
    found = [ChangeFile(row.name, kind_of(row.name), row.revision, row.content, row.content_hash) for row in rows]
    return {one.name: one for one in sorted(found, key=lambda one: (order.index(one.kind), one.name))}


def file(connection: Connection, change_id: int, name: str) -> ChangeFile:
    """One file. Raises ``FileMissing``."""
    found = files(connection, change_id).get(name)
    if found is None:
        raise FileMissing(name=name[:100])
    return found


def save_file(
    connection: Connection, *, actor: Actor, change_id: int, name: str, content: bytes, revision: int, now: datetime
) -> int:
    """Write a file over the ``revision`` its writer saw (0: it is new); its new revision. Takes the lock.

    The same content again changes nothing. Raises ``NotAnOwner``, ``ChangeNotOpen``, ``ChangeLocked``,
    ``ChangeMovedOn``, ``FileNameInvalid`` and ``FileTooLarge``.
    """
    change = _editable(connection, actor, change_id)
    _check_name(change.process_key, name)
    if len(content) > LIMIT_BYTES:
        raise FileTooLarge(limit_mib=LIMIT_BYTES // 1024 // 1024)
    if not hold(connection, actor=actor, change_id=change_id, now=now).is_mine:
        raise ChangeLocked(editor=change.editor_name)
    known = files(connection, change_id).get(name)
    digest = hashlib.sha256(content).hexdigest()
    if known is not None and known.content_hash == digest and known.revision == revision:
        return known.revision
    if (known.revision if known is not None else 0) != revision:
        raise ChangeMovedOn(name=name, revision=known.revision if known is not None else 0)
    _write(connection, actor, change_id, name, content, digest, revision, now)
    _touch(connection, actor, change_id, now)
    note(connection, actor, change_id, "save", now, {"file": name, "revision": revision + 1, "content_hash": digest})
    return revision + 1


def remove_file(connection: Connection, *, actor: Actor, change_id: int, name: str, now: datetime) -> None:
    """Take a file out of a change. Raises as ``save_file``, ``FileMissing``, and ``FileNeeded`` for the diagram."""
    change = _editable(connection, actor, change_id)
    if kind_of(name) == "diagram":
        raise FileNeeded(name=name)
    if not hold(connection, actor=actor, change_id=change_id, now=now).is_mine:
        raise ChangeLocked(editor=change.editor_name)
    one = process_change_file.c
    if (
        connection.execute(delete(process_change_file).where(one.change_id == change_id, one.name == name)).rowcount
        != 1
    ):
        raise FileMissing(name=name[:100])
    _touch(connection, actor, change_id, now)
    note(connection, actor, change_id, "remove_file", now, {"file": name})


def hold(connection: Connection, *, actor: Actor, change_id: int, now: datetime, take_over: bool = False) -> Lock:
    """Hold the lock for another minute, if it is free or one's own; ``take_over`` takes it from whoever has it.

    Who takes it over loses nothing of the other's: what was saved is there, and the other's next save is refused.
    """
    change = _editable(connection, actor, change_id)
    free = or_(
        process_change.c.editor_id.is_(None),
        process_change.c.editor_id == actor.user_id,
        process_change.c.editor_seen_at < now - timedelta(seconds=LOCK_SECONDS),
    )
    wanted = update(process_change).where(process_change.c.id == change_id)
    wanted = wanted if take_over else wanted.where(free)
    held = connection.execute(wanted.values(editor_id=actor.user_id, editor_seen_at=now)).rowcount == 1
    if held and take_over and change.editor_id not in (None, actor.user_id):
        note(connection, actor, change_id, "take_over", now, {"from": change.editor_name})
    return Lock(True, actor.name, now) if held else Lock(False, change.editor_name, change.editor_seen_at)


def release(connection: Connection, *, actor: Actor, change_id: int, now: datetime) -> None:
    """Let go of the lock, if one has it."""
    connection.execute(
        update(process_change)
        .where(process_change.c.id == change_id, process_change.c.editor_id == actor.user_id)
        .values(editor_id=None, editor_seen_at=None)
    )


def lock_of(change: Record, actor: Actor, now: datetime) -> Lock:
    """Who edits ``change`` at this moment."""
    is_held = change.editor_id is not None and change.editor_seen_at >= now - timedelta(seconds=LOCK_SECONDS)
    if not is_held:
        return Lock(False, "", None)
    return Lock(change.editor_id == actor.user_id, change.editor_name, change.editor_seen_at)


def _editable(connection: Connection, actor: Actor, change_id: int) -> Record:
    change = get(connection, actor, change_id)
    if not owns(connection, actor, change.process_key):
        raise NotAnOwner(key=change.process_key)
    if change.status != "editing":
        raise ChangeNotOpen()
    return change


def _check_name(process_key: str, name: str) -> None:
    own = (f"{process_key}.bpmn", f"{process_key}.rules.yaml", f"{process_key}.paths.json")
    if name not in own and not _NAME.fullmatch(name):
        raise FileNameInvalid(name=name[:100])


def _write(
    connection: Connection,
    actor: Actor,
    change_id: int,
    name: str,
    content: bytes,
    digest: str,
    revision: int,
    now: datetime,
) -> None:
    values = {
        "content": content,
        "content_hash": digest,
        "revision": revision + 1,
        "changed_at": now,
        "changed_by_id": actor.user_id,
    }
    if revision == 0:
        connection.execute(insert(process_change_file).values(change_id=change_id, name=name, **values))
        return
    one = process_change_file.c
    written = connection.execute(
        update(process_change_file)
        .where(one.change_id == change_id, one.name == name, one.revision == revision)
        .values(**values)
    )
    if written.rowcount != 1:
        raise ChangeMovedOn(name=name, revision=revision)


def _touch(connection: Connection, actor: Actor, change_id: int, now: datetime) -> None:
    """A change remembers everybody who wrote in it: none of them may approve it."""
    connection.execute(
        update(process_change)
        .where(process_change.c.id == change_id)
        .values(revision=process_change.c.revision + 1, changed_at=now)
    )
    editor = process_change_editor.c
    known = select(editor.user_id).where(editor.change_id == change_id, editor.user_id == actor.user_id)
    if connection.execute(known).first() is None:
        connection.execute(insert(process_change_editor).values(change_id=change_id, user_id=actor.user_id))
