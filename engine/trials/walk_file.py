"""The paths file of a change: its walks read, written, and kept in step with the diagram."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection, select

from engine import process_changes
from engine.actors import Actor
from engine.store.tables import process_change
from engine.trials.counterparts import other_names
from engine.trials.walk import Walk, read_walks, write_walks


def rename_elements(
    connection: Connection, *, actor: Actor, change_id: int, names: Mapping[str, str], now: datetime
) -> int:
    """Let the walks of a change follow elements that got other ids; how many walks named one.

    Raises ``WalksInvalid`` and what ``process_changes.save_file`` raises.
    """
    walks = walks_of(connection, change_id)
    renamed = [one.renamed(names) for one in walks]
    count = sum(first != second for first, second in zip(walks, renamed, strict=True))
    if count:
        save_walks(connection, actor=actor, change_id=change_id, walks=renamed, now=now)
    return count


def left_behind(connection: Connection, change_id: int) -> dict[str, str]:
    """The ids that walks of a change still name though their elements have others now, with these.

    Raises ``WalksInvalid``.
    """
    now_called = {earlier: name for name, earlier in other_names(connection, change_id).items()}
    walks = walks_of(connection, change_id)
    return {
        earlier: name
        for earlier, name in now_called.items()
        if any(one.renamed({earlier: name}) != one for one in walks)
    }


def walks_of(connection: Connection, change_id: int) -> tuple[Walk, ...]:
    """The walks of a change. Raises ``WalksInvalid``."""
    found = process_changes.files(connection, change_id).get(_file_name(connection, change_id))
    return () if found is None else read_walks(found.content)


def save_walks(connection: Connection, *, actor: Actor, change_id: int, walks: Sequence[Walk], now: datetime) -> None:
    """Write the walks of a change. Raises what ``process_changes.save_file`` raises."""
    name = _file_name(connection, change_id)
    known = process_changes.files(connection, change_id).get(name)
    process_changes.save_file(
        connection,
        actor=actor,
        change_id=change_id,
        name=name,
        content=write_walks(name.removesuffix(".paths.json"), walks),
        revision=0 if known is None else known.revision,
        now=now,
    )


def _file_name(connection: Connection, change_id: int) -> str:
    key = connection.execute(select(process_change.c.process_key).where(process_change.c.id == change_id)).scalar_one()
    return f"{key}.paths.json"
