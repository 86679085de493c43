"""Links that let a customer complain without an account: one complaint each, for a time. No token is kept."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, insert, select, update

from engine import instances, policy_settings
from engine.actors import Actor, system_actor
from engine.errors import Forbidden, Invalid
from engine.link_attempts import LinkUnusable, check_pace
from engine.registers.complaint_wording import KINDS
from engine.runtime.step import Runtime
from engine.store import audit
from engine.store.tables import complaint, public_link, user
from engine.store.types import Record

COMPLAINT = "complaint"
MESSAGE = "complaint.received"
CUSTOMER = system_actor("public_link")
ISSUERS = frozenset({"service_desk", "quality"})
LONGEST_DAYS = 90
SHOWN = 100
# What a customer may say, and how long it may be.
LIMITS: Mapping[str, int] = {
    "complainant": 200,
    "contact": 200,
    "project": 200,
    "kind": 32,
    "content": 4000,
    "remedy_sought": 4000,
}
REQUIRED = ("complainant", "contact", "content")
_TOKEN_BYTES = 24
_SUBJECT_LENGTH = 60


class LinkInvalid(Invalid):
    """A link for nobody, or for longer than links are valid."""

    code = "link_invalid"
    zh = "请填写客户单位（不超过 200 字）和有效天数（1 到 {longest} 天）"
    en = "Name the customer (at most 200 characters) and a validity of 1 to {longest} days"


class ComplaintIncomplete(Invalid):
    """Something that is needed is missing or too long; ``fields`` names it."""

    code = "complaint_incomplete"
    zh = "请检查标出的内容"
    en = "Please check what is marked"


@dataclass(frozen=True)
class Issued:
    """A new link: its token is known now and never again."""

    token: str
    expires_at: datetime


@dataclass(frozen=True)
class Link:
    """What the holder of a token may know: for whom it is, and what became of it (``number`` once it was used)."""

    id: int
    customer: str
    is_used: bool
    number: str


def may_issue(actor: Actor) -> bool:
    """Whether ``actor`` may give links to customers: the service desk and the quality department."""
    return actor.is_administrator or bool(ISSUERS & set(actor.groups.values()))


def issue(connection: Connection, *, actor: Actor, customer: str, days: int, now: datetime) -> Issued:
    """A link for one complaint of ``customer``, valid for ``days``. Raises ``Forbidden`` and ``LinkInvalid``."""
    if not may_issue(actor):
        raise Forbidden()
    customer = customer.strip()
    wrong = [
        name
        for name, bad in (("customer", not 1 <= len(customer) <= 200), ("days", not 1 <= days <= LONGEST_DAYS))
        if bad
    ]
    if wrong:
        raise LinkInvalid(fields=wrong, longest=LONGEST_DAYS)
    token = secrets.token_urlsafe(_TOKEN_BYTES)
    expires_at = now + timedelta(days=days)
    link_id = connection.execute(
        insert(public_link)
        .values(
            token_hash=_hash(token),
            kind=COMPLAINT,
            customer=customer,
            created_by_id=actor.user_id,
            created_at=now,
            expires_at=expires_at,
        )
        .returning(public_link.c.id)
    ).scalar_one()
    details = {"customer": customer, "expires_at": expires_at.isoformat()}
    _audit(connection, actor, "public_link.issue", link_id, now, details)
    return Issued(token, expires_at)


def default_days(connection: Connection) -> int:
    """How long a link is valid unless somebody says otherwise."""
    return int(policy_settings.value(connection, "complaint.link_days"))


def listed(connection: Connection, actor: Actor) -> list[Record]:
    """The latest links, with who issued them and the complaint they led to. Raises ``Forbidden``."""
    if not may_issue(actor):
        raise Forbidden()
    query = (
        select(public_link, user.c.name.label("issuer"), complaint.c.number, complaint.c.id.label("complaint_id"))
        .outerjoin(user, user.c.id == public_link.c.created_by_id)
        .outerjoin(complaint, complaint.c.id == public_link.c.record_id)
        .order_by(public_link.c.created_at.desc(), public_link.c.id.desc())
    )
    return list(connection.execute(query.limit(SHOWN)))


def look_up(connection: Connection, token: str, address: str, *, now: datetime) -> Link:
    """The link of a token. Raises ``LinkThrottled`` and ``LinkUnusable``; the caller then notes the failure."""
    check_pace(connection, address, now=now)
    row = connection.execute(
        select(public_link, complaint.c.number)
        .outerjoin(complaint, complaint.c.id == public_link.c.record_id)
        .where(
            public_link.c.token_hash == _hash(token),
            public_link.c.kind == COMPLAINT,
            public_link.c.expires_at > now,
        )
    ).one_or_none()
    if row is None:
        raise LinkUnusable()
    return Link(row.id, row.customer, row.used_at is not None, row.number or "")


def complain(
    runtime: Runtime,
    connection: Connection,
    *,
    token: str,
    address: str,
    given: Mapping[str, str],
    now: datetime,
) -> str:
    """Start a complaint with what a customer wrote, and use the link up; the number of the complaint.

    Raises ``LinkThrottled``, ``LinkUnusable`` and ``ComplaintIncomplete``.
    """
    link = look_up(connection, token, address, now=now)
    said = {name: str(given.get(name) or "").strip() for name in LIMITS}
    wrong = [name for name, text in said.items() if len(text) > LIMITS[name] or (name in REQUIRED and not text)]
    if said["kind"] and said["kind"] not in KINDS:
        wrong.append("kind")
    if wrong:
        raise ComplaintIncomplete(fields=wrong)
    used = connection.execute(
        update(public_link)
        .where(public_link.c.id == link.id, public_link.c.used_at.is_(None), public_link.c.expires_at > now)
        .values(used_at=now)
    )
    if used.rowcount != 1:
        raise LinkUnusable()
    number = instances.next_number(connection, COMPLAINT, runtime.zone, now)
    subject = " ".join(said["content"].split())[:_SUBJECT_LENGTH]
    variables = {**said, "received_through": "public_link", "customer": link.customer, "subject": subject}
    started = instances.correlate(
        runtime, connection, actor=CUSTOMER, message=MESSAGE, correlation_key=number, variables=variables, now=now
    )
    record_id = connection.execute(select(complaint.c.id).where(complaint.c.instance_id.in_(started))).scalar()
    connection.execute(update(public_link).where(public_link.c.id == link.id).values(record_id=record_id))
    _audit(connection, CUSTOMER, "public_link.use", link.id, now, {"number": number})
    return number


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _audit(
    connection: Connection, actor: Actor, action: str, link_id: int, now: datetime, details: Mapping[str, str]
) -> None:
    audit.record(
        connection,
        actor=actor.login,
        action=action,
        subject_type="public_link",
        subject_id=link_id,
        now=now,
        details=details,
    )
