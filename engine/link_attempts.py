"""Whoever tries links that do not work is slowed down, so that nobody finds one by guessing."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, func, insert, select

from engine.errors import NotFound, TooMany
from engine.store.tables import public_link_failure

WINDOW = timedelta(minutes=15)
FAILURES_PER_ADDRESS = 20
_KEPT = timedelta(days=1)


class LinkUnusable(NotFound):
    """No such link, or its time is over, or it has been used: which of them is nobody's business."""

    code = "link_unusable"
    zh = "该链接无效、已使用或已过期，请联系为您服务的服务台"
    en = "This link is not valid any more. Please contact the service desk that looks after you"


class LinkThrottled(TooMany):
    """Too many unusable links tried from one address."""

    code = "link_throttled"
    zh = "尝试次数过多，请在 {seconds} 秒后重试"
    en = "Too many attempts; try again in {seconds} seconds"


def check_pace(connection: Connection, address: str, *, now: datetime) -> None:
    """Raise ``LinkThrottled`` for an address that has tried too many unusable links."""
    count, first = connection.execute(
        select(func.count(), func.min(public_link_failure.c.at)).where(
            public_link_failure.c.address == address[:64], public_link_failure.c.at > now - WINDOW
        )
    ).one()
    if count >= FAILURES_PER_ADDRESS:
        raise LinkThrottled(seconds=max(1, round((first + WINDOW - now).total_seconds())))


def note_failure(connection: Connection, address: str, *, now: datetime) -> None:
    """Remember that somebody tried an unusable link."""
    connection.execute(delete(public_link_failure).where(public_link_failure.c.at < now - _KEPT))
    connection.execute(insert(public_link_failure).values(address=address[:64], at=now))
