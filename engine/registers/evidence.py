"""The evidence behind a record: who may see what was answered in its case."""

from __future__ import annotations

from sqlalchemy import Connection, select

from engine import instances
from engine.actors import Actor
from engine.attachments import AttachmentUnknown
from engine.store.tables import attachment
from engine.store.types import Record

OVERSEERS = frozenset({"quality", "management", "management_representative"})


def oversees(actor: Actor) -> bool:
    """Whether ``actor`` answers for the quality system and may therefore see the evidence of every record."""
    return actor.is_administrator or bool(OVERSEERS & set(actor.groups.values()))


def may_see(connection: Connection, instance_id: str | None, actor: Actor) -> bool:
    """Whether ``actor`` may see the answers and files of the case behind a record they may read."""
    if instance_id is None:
        return False
    return oversees(actor) or instances.may_see(connection, instances.get(connection, instance_id), actor)


def file(connection: Connection, actor: Actor, instance_id: str | None, attachment_id: str) -> Record:
    """A file of the case behind a record, with its content. Raises ``AttachmentUnknown``."""
    query = select(attachment).where(attachment.c.id == attachment_id, attachment.c.instance_id == instance_id)
    row = connection.execute(query).one_or_none() if may_see(connection, instance_id, actor) else None
    if row is None:
        raise AttachmentUnknown()
    return row
