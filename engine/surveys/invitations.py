"""Inviting people by mail with a link of their own, reminding the silent, and who could not be reached."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, insert, select, update

from engine.actors import Actor
from engine.errors import Forbidden, Invalid, NotFound
from engine.handlers import ServiceCall
from engine.store import audit
from engine.store.outbox_rows import outbox_row
from engine.store.tables import contact, customer, outbox, survey_invitation, survey_link
from engine.store.types import Record

_TOKEN_BYTES = 24
UNANSWERED = ("sent", "partial")
MARKS = ("not_reached", "ineligible", "refused")


class InvitationUnknown(NotFound):
    """No such invitation that still waits for an answer."""

    code = "survey_invitation_unknown"
    zh = "没有找到待答的邀请"
    en = "There is no such invitation waiting for an answer"


class ReasonMissing(Invalid):
    """An invitation marked without saying why."""

    code = "survey_reason_missing"
    zh = "请说明原因（不超过 500 字）"
    en = "Say why, in at most 500 characters"


def token_hash(token: str) -> str:
    """What is kept of a link's token."""
    return hashlib.sha256(token.encode()).hexdigest()


def send(call: ServiceCall, found: Record, zone: ZoneInfo) -> int:
    """Mail their link to everybody who was drawn; how many."""
    return _mail(call, found, people_of(call.connection, found.id, ("drawn",)), zone, is_reminder=False)


def remind(call: ServiceCall, found: Record, zone: ZoneInfo) -> int:
    """Mail a link again to those who have not answered; how many."""
    return _mail(call, found, people_of(call.connection, found.id, UNANSWERED), zone, is_reminder=True)


def people_of(connection: Connection, survey_id: int, statuses: Sequence[str] = ()) -> list[Record]:
    """The invitations of a survey with the people they went to."""
    query = (
        select(
            survey_invitation,
            contact.c.name,
            contact.c.email,
            contact.c.phone,
            contact.c.language,
            customer.c.name.label("customer_name"),
        )
        .join(contact, contact.c.id == survey_invitation.c.contact_id)
        .join(customer, customer.c.id == contact.c.customer_id)
        .where(survey_invitation.c.survey_id == survey_id)
        .order_by(survey_invitation.c.stratum, survey_invitation.c.id)
    )
    return list(connection.execute(query.where(survey_invitation.c.status.in_(statuses)) if statuses else query))


def may_mark(actor: Actor) -> bool:
    """Whether ``actor`` may say that somebody cannot be reached: those who reach out, quality and the service desk."""
    return actor.is_administrator or bool({"quality", "service_desk"} & set(actor.groups.values()))


def mark(connection: Connection, *, actor: Actor, invitation_id: int, status: str, reason: str, now: datetime) -> None:
    """Note that somebody bounced, does not belong to the frame, or does not want to answer.

    Raises ``Forbidden``, ``ReasonMissing`` and ``InvitationUnknown``.
    """
    if not may_mark(actor):
        raise Forbidden()
    if status not in MARKS or not 1 <= len(reason.strip()) <= 500:
        raise ReasonMissing(fields=["reason"])
    settle(connection, actor=actor, invitation_id=invitation_id, status=status, reason=reason.strip(), now=now)


def settle(
    connection: Connection, *, actor: Actor, invitation_id: int, status: str, reason: str, now: datetime
) -> None:
    """Take an invitation out of those that wait for an answer. Raises ``InvitationUnknown``."""
    changed = connection.execute(
        update(survey_invitation)
        .where(survey_invitation.c.id == invitation_id, survey_invitation.c.status.in_(UNANSWERED))
        .values(status=status, reason=reason, settled_at=now)
    )
    if changed.rowcount != 1:
        raise InvitationUnknown()
    audit.record(
        connection,
        actor=actor.login,
        action=f"survey_invitation.{status}",
        subject_type="survey_invitation",
        subject_id=invitation_id,
        now=now,
        details={"reason": reason} if reason else {},
    )


def new_link(connection: Connection, invitation_id: int, now: datetime) -> str:
    """Another link to the same answers; its token is known now and never again."""
    token = secrets.token_urlsafe(_TOKEN_BYTES)
    connection.execute(
        insert(survey_link).values(token_hash=token_hash(token), invitation_id=invitation_id, created_at=now)
    )
    return token


def _mail(call: ServiceCall, found: Record, people: Sequence[Record], zone: ZoneInfo, *, is_reminder: bool) -> int:
    connection = call.connection
    for one in people:
        values = {"reminders": one.reminders + 1} if is_reminder else {"status": "sent", "sent_at": call.now}
        connection.execute(
            update(survey_invitation)
            .where(survey_invitation.c.id == one.id, survey_invitation.c.status == one.status)
            .values(**values)
        )
    rows = [
        outbox_row(
            "mail",
            f"mail:{call.dedup_key}:survey:{one.id}",
            {
                "to": one.email,
                "is_secret": True,
                **_letter(found, one, new_link(connection, one.id, call.now), zone, is_reminder),
            },
            instance_id=call.instance_id,
            now=call.now,
        )
        for one in people
    ]
    if rows:
        connection.execute(insert(outbox), rows)
    return len(rows)


def _letter(found: Record, one: Record, token: str, zone: ZoneInfo, is_reminder: bool) -> dict[str, str]:
    until = found.closes_at.astimezone(zone).strftime("%Y-%m-%d")
    if one.language == "en":
        title = found.title_en or found.title
        subject = f"Reminder: {title}" if is_reminder else title
        body = f"Dear {one.name},\n\n{found.introduction_en}\n\nYour own link, until {until}:\n/survey/{token}\n"
    else:
        subject = f"提醒：{found.title}" if is_reminder else found.title
        body = f"{one.name}，您好：\n\n{found.introduction}\n\n您的专属链接（{until} 前有效）：\n/survey/{token}\n"
    return {"subject": subject, "text": body}
