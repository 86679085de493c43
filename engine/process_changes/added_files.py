"""New forms and decision tables in a change. What another process has under the same key is never written over."""

from __future__ import annotations

import re
from datetime import datetime

from sqlalchemy import Connection, Table, select

from engine.actors import Actor
from engine.decisions.blank import blank_table
from engine.errors import Conflict, Invalid
from engine.forms.blank import blank_form
from engine.process_changes.errors import NameNeeded
from engine.process_changes.files import files, save_file
from engine.store.tables import decision_definition, form_definition

_KEY = re.compile(r"[a-z][a-z0-9_]{1,63}")
LIMIT_NAME = 200


class FileKeyInvalid(Invalid):
    """A key that neither a file nor a diagram can name."""

    code = "change_file_key_invalid"
    zh = "标识须为 2–64 位小写字母、数字或 _，并以字母开头"
    en = "A key has 2–64 lower-case letters, digits or _ and starts with a letter"


class FileKeyTaken(Conflict):
    """There is such a form or decision, here or in another process."""

    code = "change_file_key_taken"
    zh = "标识 {key} 已被使用"
    en = "The key {key} is taken"


def add_form(
    connection: Connection, *, actor: Actor, change_id: int, key: str, name_zh: str, name_en: str, now: datetime
) -> str:
    """Add an empty form; the name of its file.

    Raises ``FileKeyInvalid``, ``FileKeyTaken``, ``NameNeeded`` and what ``save_file`` raises.
    """
    name_zh, name_en = _checked(connection, form_definition, key, name_zh, name_en)
    return _add(connection, actor, change_id, f"{key}.json", blank_form(key, name_zh, name_en), now)


def add_decision(
    connection: Connection, *, actor: Actor, change_id: int, key: str, name_zh: str, name_en: str, now: datetime
) -> str:
    """Add a decision table without rules; the name of its file. Raises as ``add_form``."""
    name_zh, name_en = _checked(connection, decision_definition, key, name_zh, name_en)
    return _add(connection, actor, change_id, f"{key}.dmn", blank_table(key, name_zh, name_en), now)


def _checked(connection: Connection, table: Table, key: str, name_zh: str, name_en: str) -> tuple[str, str]:
    if not _KEY.fullmatch(key):
        raise FileKeyInvalid()
    if connection.execute(select(table.c.id).where(table.c.key == key).limit(1)).first() is not None:
        raise FileKeyTaken(key=key)
    names = " ".join(name_zh.split())[:LIMIT_NAME], " ".join(name_en.split())[:LIMIT_NAME]
    if not all(names):
        raise NameNeeded()
    return names


def _add(connection: Connection, actor: Actor, change_id: int, name: str, content: bytes, now: datetime) -> str:
    if name in files(connection, change_id):
        raise FileKeyTaken(key=name.partition(".")[0])
    save_file(connection, actor=actor, change_id=change_id, name=name, content=content, revision=0, now=now)
    return name
