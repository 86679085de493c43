"""What leaves a step through the outbox: mail to people of the house, and messages to other processes.

One row per person or message, sent once however often a step is retried.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, insert, select

from engine.errors import NotFound
from engine.handlers import ServiceCall
from engine.store.outbox_rows import outbox_row
from engine.store.tables import group, membership, outbox, user
from engine.store.types import Record


class GroupUnknown(NotFound):
    """A notification names a group nobody has created."""

    code = "group_unknown"
    zh = "没有找到组“{group}”"
    en = "There is no group “{group}”"


def group_row(connection: Connection, key: str) -> Record:
    """Id and manager of a group. Raises ``GroupUnknown``."""
    row = connection.execute(select(group.c.id, group.c.manager_id).where(group.c.key == key)).one_or_none()
    if row is None:
        raise GroupUnknown(group=key)
    return row


def members_of(connection: Connection, key: str) -> list[Record]:
    """The active members of a group who have an address."""
    members = select(membership.c.user_id).where(membership.c.group_id == group_row(connection, key).id)
    return people(connection, user.c.id.in_(members))


def people(connection: Connection, condition: ColumnElement[bool]) -> list[Record]:
    """Active users with an address (id, email, language) that fulfil ``condition``."""
    query = select(user.c.id, user.c.email, user.c.language).where(condition, user.c.is_active, user.c.email != "")
    return list(connection.execute(query.order_by(user.c.id)))


def mail(
    call: ServiceCall, recipients: Sequence[Record], *, subject_zh: str, subject_en: str, text: str, key: str = ""
) -> None:
    """Put one mail per recipient into the outbox, in the recipient's language.

    ``key`` tells several mails of one step to the same person apart.
    """
    rows = [
        outbox_row(
            "mail",
            f"mail:{call.dedup_key}:{key}{person.id}",
            {"to": person.email, "subject": subject_zh if person.language == "zh" else subject_en, "text": text},
            instance_id=call.instance_id,
            now=call.now,
        )
        for person in recipients
    ]
    _put(call, rows)


def send_message(call: ServiceCall, message: str, correlation_key: str, variables: Mapping[str, Any]) -> None:
    """Send a message to whoever waits for it under this key; else it starts the process that begins with it."""
    payload = {"message": message, "correlation_key": correlation_key, "variables": dict(variables)}
    key = f"message:{call.dedup_key}:{message}:{correlation_key}"
    _put(call, [outbox_row("message", key, payload, instance_id=call.instance_id, now=call.now)])


def has_sent(call: ServiceCall, message: str) -> bool:
    """Whether this step has sent such a message before, under whatever key."""
    sent = select(outbox.c.id).where(
        outbox.c.dedup_key.startswith(f"message:{call.dedup_key}:{message}:", autoescape=True)
    )
    return call.connection.execute(sent.limit(1)).first() is not None


def _put(call: ServiceCall, rows: list[dict[str, Any]]) -> None:
    known = set(
        call.connection.execute(
            select(outbox.c.dedup_key).where(outbox.c.dedup_key.in_([row["dedup_key"] for row in rows]))
        ).scalars()
    )
    wanted = [row for row in rows if row["dedup_key"] not in known]
    if wanted:
        call.connection.execute(insert(outbox), wanted)
