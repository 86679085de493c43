"""Reading the audit trail: who changed what, and whether anybody altered the record of it."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, select

from engine.actors import Actor
from engine.store import audit as chain
from engine.store.tables import audit
from engine.store.types import Record
from engine.users import require_administrator


@dataclass(frozen=True)
class AuditQuery:
    """What to show: empty fields do not narrow; ``before`` is the sequence the page starts below."""

    actor: str = ""
    action: str = ""
    subject_type: str = ""
    subject_id: str = ""
    before: int | None = None
    size: int = 50


def listed(connection: Connection, wanted: AuditQuery, *, actor: Actor) -> list[Record]:
    """Audit records, latest first, one more than ``size`` if there are more. Raises ``Forbidden``."""
    require_administrator(actor)
    query = select(audit).order_by(audit.c.sequence.desc()).limit(wanted.size + 1)
    if wanted.before is not None:
        query = query.where(audit.c.sequence < wanted.before)
    if wanted.actor:
        query = query.where(audit.c.actor == wanted.actor)
    if wanted.action:
        query = query.where(audit.c.action.startswith(wanted.action, autoescape=True))
    if wanted.subject_type:
        query = query.where(audit.c.subject_type == wanted.subject_type)
    if wanted.subject_id:
        query = query.where(audit.c.subject_id == wanted.subject_id)
    return list(connection.execute(query))


def verify(connection: Connection, *, actor: Actor) -> chain.Verification:
    """Walk the whole chain. Raises ``Forbidden``."""
    require_administrator(actor)
    return chain.verify(connection)
