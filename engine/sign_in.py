"""Signing in: passwords are checked at the same pace for known and unknown logins, and guessing is slowed down.

Three steps, so that the costly comparison holds no transaction: ``look_up`` reads, ``Candidate.matches`` computes,
``conclude`` writes the attempt down and decides.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, delete, func, insert, select

from engine.actors import Actor
from engine.errors import TooMany
from engine.store import audit
from engine.store.tables import sign_in_attempt, user
from engine.users import load_actor, password_matches

WINDOW = timedelta(minutes=15)
FAILURES_PER_LOGIN = 5
FAILURES_PER_ADDRESS = 30
KEPT = timedelta(days=90)
# The hash of a random password nobody knows: an unknown login costs as much time as a known one.
_NOBODY = "$argon2id$v=19$m=65536,t=3,p=4$hGpnzxTpW0CMRnF0LmD5Kg$67LNPij+QUgl8HEltS+K3z8+umtEaDyLzr/4p+rvdLA"


class SignInThrottled(TooMany):
    """Too many wrong passwords for a login, or from an address."""

    code = "sign_in_throttled"
    zh = "登录失败次数过多，请在 {seconds} 秒后重试"
    en = "Too many failed attempts to sign in; try again in {seconds} seconds"


@dataclass(frozen=True)
class Candidate:
    """Somebody who says they are ``login``; ``user_id`` is None where there is no such active user."""

    login: str
    address: str
    user_id: int | None
    password_hash: str = field(repr=False)

    def matches(self, password: str) -> bool:
        """Whether the password is theirs (tens of milliseconds of CPU)."""
        return password_matches(self.password_hash, password) and self.user_id is not None


def look_up(connection: Connection, login: str, address: str, *, now: datetime) -> Candidate:
    """Who wants to sign in, from which network address. Raises ``SignInThrottled``."""
    login, address = login.strip().lower()[:64], address[:64]
    _check_pace(connection, login, address, now)
    row = connection.execute(
        select(user.c.id, user.c.password_hash).where(user.c.login == login, user.c.is_active)
    ).one_or_none()
    if row is None:
        return Candidate(login, address, None, _NOBODY)
    return Candidate(login, address, row.id, row.password_hash)


def conclude(connection: Connection, candidate: Candidate, *, matches: bool, now: datetime) -> Actor | None:
    """Write the attempt down; the actor if it succeeded. Raises ``SignInThrottled`` if others were faster to fail."""
    _check_pace(connection, candidate.login, candidate.address, now)
    actor = load_actor(connection, candidate.user_id) if matches and candidate.user_id is not None else None
    connection.execute(
        insert(sign_in_attempt).values(
            login=candidate.login, address=candidate.address, at=now, succeeded=actor is not None
        )
    )
    if candidate.user_id is not None:
        audit.record(
            connection,
            actor=candidate.login,
            action="sign_in.success" if actor else "sign_in.failure",
            subject_type="user",
            subject_id=candidate.user_id,
            now=now,
            details={"address": candidate.address},
        )
    if actor is not None:
        connection.execute(delete(sign_in_attempt).where(sign_in_attempt.c.at < now - KEPT))
    return actor


def _check_pace(connection: Connection, login: str, address: str, now: datetime) -> None:
    last_success = connection.execute(
        select(func.max(sign_in_attempt.c.at)).where(
            sign_in_attempt.c.login == login, sign_in_attempt.c.succeeded, sign_in_attempt.c.at > now - WINDOW
        )
    ).scalar()
    since = last_success or now - WINDOW
    _check_failures(connection, sign_in_attempt.c.login == login, FAILURES_PER_LOGIN, since, now)
    _check_failures(connection, sign_in_attempt.c.address == address, FAILURES_PER_ADDRESS, now - WINDOW, now)


def _check_failures(
    connection: Connection, whose: ColumnElement[bool], allowed: int, since: datetime, now: datetime
) -> None:
    """The ``allowed``-th latest failure decides until when the next attempt has to wait."""
    decisive = connection.execute(
        select(sign_in_attempt.c.at)
        .where(whose, sign_in_attempt.c.at > since, ~sign_in_attempt.c.succeeded)
        .order_by(sign_in_attempt.c.at.desc())
        .offset(allowed - 1)
        .limit(1)
    ).scalar()
    if decisive is not None:
        raise SignInThrottled(seconds=max(1, round((decisive + WINDOW - now).total_seconds())))
