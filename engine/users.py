"""Users: who may sign in, under which name, with which rights.

Administrators create and change users; everybody sets their own password and language. Nobody is ever deleted: records
keep pointing at the people who made them, so a user who leaves is deactivated.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import Connection, bindparam, func, insert, or_, select, update

from engine.actors import Actor
from engine.errors import LANGUAGES, Conflict, Forbidden, Invalid, Language, NotFound
from engine.store import audit, configuration
from engine.store.prepared import Prepared
from engine.store.tables import group, membership, user
from engine.store.types import Record

PASSWORD_MIN_LENGTH = 10
PASSWORD_MAX_LENGTH = 200
_LOGIN = re.compile(r"[a-z0-9][a-z0-9._@-]{1,63}")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+")
_HASHER = PasswordHasher()
_actor_rows = Prepared(
    select(
        user.c.id,
        user.c.login,
        user.c.name,
        user.c.language,
        user.c.is_administrator,
        user.c.password_changed_at,
        membership.c.group_id,
        group.c.key.label("group_key"),
    )
    .outerjoin(membership, membership.c.user_id == user.c.id)
    .outerjoin(group, group.c.id == membership.c.group_id)
    .where(user.c.id == bindparam("b_id"), user.c.is_active)
)


class UserUnknown(NotFound):
    """No such user."""

    code = "user_unknown"
    zh = "没有找到该用户"
    en = "There is no such user"


class LoginInvalid(Invalid):
    """A login that cannot be typed or quoted safely."""

    code = "login_invalid"
    zh = "登录名须为 2–64 位小写字母、数字或 . _ @ -，并以字母或数字开头"
    en = "A login has 2–64 lower-case letters, digits or . _ @ - and starts with a letter or digit"


class LoginTaken(Conflict):
    """Two users with one login."""

    code = "login_taken"
    zh = "登录名 {login} 已被使用"
    en = "The login {login} is taken"


class NameMissing(Invalid):
    """A user or group without a name."""

    code = "name_missing"
    zh = "请填写名称（不超过 100 字）"
    en = "Enter a name (at most 100 characters)"


class EmailInvalid(Invalid):
    """Not an e-mail address."""

    code = "email_invalid"
    zh = "电子邮箱格式不正确"
    en = "This is not an e-mail address"


class PasswordRefused(Invalid):
    """A password that is too easy to guess."""

    code = "password_refused"
    zh = "密码须为 10–200 位，且不能与登录名相同"
    en = "A password has 10–200 characters and differs from the login"


class PasswordWrong(Invalid):
    """The present password was not given correctly."""

    code = "password_wrong"
    zh = "当前密码不正确"
    en = "The current password is not correct"


class LastAdministrator(Conflict):
    """The change would leave nobody who can administer the installation."""

    code = "last_administrator"
    zh = "至少须保留一名启用的管理员"
    en = "At least one active administrator must remain"


def require_administrator(actor: Actor) -> None:
    """The guard of everything an administrator does. Raises ``Forbidden``."""
    if not actor.is_administrator:
        raise Forbidden()


def load_actor(connection: Connection, user_id: int, *, password_changed_at: datetime | None = None) -> Actor | None:
    """The active user as an actor, with their groups; None for everybody else.

    ``password_changed_at`` is what a session remembers: a session from before a change of password gets None.
    """
    rows = _actor_rows.all(connection, {"b_id": user_id})
    if not rows or password_changed_at not in {None, rows[0].password_changed_at}:
        return None
    first = rows[0]
    return Actor(
        user_id=first.id,
        login=first.login,
        name=first.name,
        is_administrator=first.is_administrator,
        groups={row.group_id: row.group_key for row in rows if row.group_id is not None},
        language=first.language,
    )


def listed(
    connection: Connection,
    *,
    actor: Actor,
    search: str = "",
    only_active: bool = False,
    after: str = "",
    limit: int = 50,
) -> list[Record]:
    """Users by login, those after the login ``after``; ``search`` looks in login, name, e-mail. For administrators."""
    require_administrator(actor)
    query = select(user).where(user.c.login > after).order_by(user.c.login).limit(limit)
    if search.strip():
        wanted = search.strip()
        fields = (user.c.login, user.c.name, user.c.email)
        query = query.where(or_(*(field.icontains(wanted, autoescape=True) for field in fields)))
    if only_active:
        query = query.where(user.c.is_active)
    return list(connection.execute(query))


def active(connection: Connection) -> list[Record]:
    """All active users (id, login, name) by name: for choosing a colleague."""
    query = select(user.c.id, user.c.login, user.c.name).where(user.c.is_active).order_by(user.c.name, user.c.id)
    return list(connection.execute(query))


def get(connection: Connection, user_id: int) -> Record:
    """One user. Raises ``UserUnknown``."""
    row = connection.execute(select(user).where(user.c.id == user_id)).one_or_none()
    if row is None:
        raise UserUnknown()
    return row


def create(
    connection: Connection,
    *,
    actor: Actor,
    now: datetime,
    login: str,
    name: str,
    password: str,
    email: str = "",
    language: Language = "zh",
    is_administrator: bool = False,
) -> int:
    """Create a user and return the id. Raises ``Forbidden``, ``LoginInvalid``, ``LoginTaken``, …."""
    require_administrator(actor)
    login = login.strip().lower()
    if not _LOGIN.fullmatch(login):
        raise LoginInvalid(fields=["login"])
    values = _checked(name, email, language)
    _check_password(login, password)
    if connection.execute(select(user.c.id).where(user.c.login == login)).first():
        raise LoginTaken(login=login, fields=["login"])
    values |= {"login": login, "is_administrator": is_administrator, "is_active": True, "created_at": now}
    values |= {"password_hash": _HASHER.hash(password), "password_changed_at": now}
    user_id: int = connection.execute(insert(user).values(values).returning(user.c.id)).scalar_one()
    details = {"login": login, "name": values["name"], "is_administrator": is_administrator}
    _audit(connection, actor, "user.create", user_id, now, details)
    return user_id


def change(
    connection: Connection,
    *,
    actor: Actor,
    user_id: int,
    now: datetime,
    name: str,
    email: str,
    language: Language,
    is_administrator: bool,
    is_active: bool,
) -> None:
    """Change a user; a deactivated one is signed out everywhere. Raises ``Forbidden``, ``UserUnknown``, …"""
    require_administrator(actor)
    before = get(connection, user_id)
    values = _checked(name, email, language) | {"is_administrator": is_administrator, "is_active": is_active}
    loses_rights = before.is_administrator and before.is_active and not (is_administrator and is_active)
    if loses_rights and _administrators(connection) <= 1:
        raise LastAdministrator(fields=["is_active" if is_administrator else "is_administrator"])
    changed = {key: value for key, value in values.items() if before._mapping[key] != value}
    if changed:
        connection.execute(update(user).where(user.c.id == user_id).values(changed))
        _audit(connection, actor, "user.change", user_id, now, changed)


def set_password(connection: Connection, *, actor: Actor, user_id: int, password: str, now: datetime) -> None:
    """A new password, by an administrator; every session of the user ends. Raises ``PasswordRefused``."""
    require_administrator(actor)
    _store_password(connection, actor, get(connection, user_id), password, now)


def change_own_password(
    connection: Connection, *, actor: Actor, current: str, password: str, now: datetime
) -> datetime:
    """A new password, by its owner. Returns what the session shall remember.

    Raises ``PasswordWrong`` and ``PasswordRefused``.
    """
    row = get(connection, actor.user_id or 0)
    if not password_matches(row.password_hash, current):
        raise PasswordWrong(fields=["current"])
    return _store_password(connection, actor, row, password, now)


def set_language(connection: Connection, *, actor: Actor, language: Language, now: datetime) -> None:
    """The language in which the actor reads."""
    if language not in LANGUAGES:
        raise Invalid(fields=["language"])
    changed = connection.execute(
        update(user).where(user.c.id == actor.user_id, user.c.language != language).values(language=language)
    )
    if changed.rowcount:
        _audit(connection, actor, "user.change", actor.user_id, now, {"language": language})


def password_matches(password_hash: str, password: str) -> bool:
    """Whether the password belongs to the hash (argon2id)."""
    try:
        return len(password) <= PASSWORD_MAX_LENGTH and _HASHER.verify(password_hash, password)
    except (VerificationError, InvalidHashError):
        return False


def _store_password(connection: Connection, actor: Actor, row: Record, password: str, now: datetime) -> datetime:
    _check_password(row.login, password)
    values = {"password_hash": _HASHER.hash(password), "password_changed_at": now}
    connection.execute(update(user).where(user.c.id == row.id).values(values))
    _audit(connection, actor, "user.password", row.id, now, {})
    return now


def _check_password(login: str, password: str) -> None:
    too_easy = password.lower() == login.lower() or not password.strip()
    if too_easy or not PASSWORD_MIN_LENGTH <= len(password) <= PASSWORD_MAX_LENGTH:
        raise PasswordRefused(fields=["password"])


def _checked(name: str, email: str, language: str) -> dict[str, Any]:
    name, email = name.strip(), email.strip()
    if not 1 <= len(name) <= 100:
        raise NameMissing(fields=["name"])
    if email and (len(email) > 200 or not _EMAIL.fullmatch(email)):
        raise EmailInvalid(fields=["email"])
    if language not in LANGUAGES:
        raise Invalid(fields=["language"])
    return {"name": name, "email": email, "language": language}


def _administrators(connection: Connection) -> int:
    """How many active administrators there are; their rows stay locked until the commit."""
    query = select(user.c.id).where(user.c.is_administrator, user.c.is_active).with_for_update()
    return len(connection.execute(query).all())


def count(connection: Connection) -> int:
    """How many users there are: none means a new installation."""
    return connection.execute(select(func.count()).select_from(user)).scalar_one()


def _audit(
    connection: Connection, actor: Actor, action: str, user_id: int | None, now: datetime, details: dict[str, Any]
) -> None:
    configuration.note(connection, "roles", now)
    audit.record(
        connection,
        actor=actor.login,
        action=action,
        subject_type="user",
        subject_id=user_id,
        now=now,
        details=details,
    )
