"""Excusing a duty of one period, with a reason that stays on record."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, delete, insert, select

from engine import periods
from engine.actors import Actor
from engine.errors import Conflict, Forbidden, Invalid
from engine.obligations.catalogue import obligation_of
from engine.store import audit
from engine.store.tables import obligation_waiver

WAIVING_GROUP = "management_representative"


class WaiverReasonMissing(Invalid):
    """A duty is not excused without saying why."""

    code = "waiver_reason_missing"
    zh = "请填写豁免理由"
    en = "Say why the duty is waived"


class AlreadyWaived(Conflict):
    """The duty of this period is excused already."""

    code = "already_waived"
    zh = "{period} 的义务 {obligation} 已经豁免"
    en = "Obligation {obligation} is waived for {period} already"


def may_waive(actor: Actor) -> bool:
    """Whether somebody may excuse duties: the management representative."""
    return WAIVING_GROUP in actor.groups.values()


def waive(connection: Connection, *, actor: Actor, obligation: str, period: str, reason: str, now: datetime) -> None:
    """Excuse a duty in one period.

    Raises ``Forbidden``, ``ObligationUnknown``, ``PeriodInvalid``, ``WaiverReasonMissing`` and ``AlreadyWaived``.
    """
    if not may_waive(actor):
        raise Forbidden()
    found, of = obligation_of(obligation), periods.parse(period)
    if of.cadence != found.cadence:
        raise periods.PeriodInvalid(period=period)
    if not reason.strip():
        raise WaiverReasonMissing(fields=["reason"])
    same = (obligation_waiver.c.obligation == obligation, obligation_waiver.c.period == period)
    if connection.execute(select(obligation_waiver.c.period).where(*same)).first() is not None:
        raise AlreadyWaived(obligation=obligation, period=period)
    values = {"obligation": obligation, "period": period, "reason": reason.strip()[:500]}
    connection.execute(insert(obligation_waiver).values(**values, waived_by_id=actor.user_id, waived_at=now))
    _audit(connection, actor, "obligation.waive", obligation, period, reason, now)


def withdraw(connection: Connection, *, actor: Actor, obligation: str, period: str, now: datetime) -> None:
    """Take an excuse back: the duty counts again. Raises ``Forbidden``; nothing happens if there was none."""
    if not may_waive(actor):
        raise Forbidden()
    gone = connection.execute(
        delete(obligation_waiver).where(
            obligation_waiver.c.obligation == obligation, obligation_waiver.c.period == period
        )
    )
    if gone.rowcount:
        _audit(connection, actor, "obligation.unwaive", obligation, period, "", now)


def _audit(
    connection: Connection, actor: Actor, action: str, obligation: str, period: str, reason: str, now: datetime
) -> None:
    audit.record(
        connection,
        actor=actor.login,
        action=action,
        subject_type="obligation",
        subject_id=f"{obligation}@{period}",
        now=now,
        details={"reason": reason} if reason else {},
    )
