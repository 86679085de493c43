"""People and the groups they work in, as an import brings them."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection, select

from engine import groups, users
from engine.actors import Actor
from engine.master_data.attributes import Attribute
from engine.master_data.kinds import LANGUAGES
from engine.master_data.saving import Outcome
from engine.store.tables import group, user

ATTRIBUTES = (
    Attribute("login", "登录名", "Login", is_required=True, limit=64, example="zhangsan"),
    Attribute("name", "姓名", "Name", is_required=True, limit=100, example="张三"),
    Attribute("email", "邮箱", "E-mail", default="", example="zhangsan@company.example"),
    Attribute("language", "语言", "Language", "choice", options=LANGUAGES, default="zh", example="中文"),
    Attribute("groups", "用户组", "Groups", "list", limit=2000, default=[], example="operations；auditors"),
    Attribute("is_active", "启用", "Active", "yes_no", default=True, example="是"),
)


def take(connection: Connection, actor: Actor, given: Mapping[str, str], now: datetime) -> Outcome:
    """A person and the groups they work in. Who is new cannot sign in until an administrator sets a password."""
    values = {one.key: one.read(given.get(one.key, "")) for one in ATTRIBUTES}
    group_ids = _group_ids(connection, values["groups"])
    found = connection.execute(select(user).where(user.c.login == values["login"].lower())).one_or_none()
    if found is None:
        user_id = users.create(
            connection,
            actor=actor,
            now=now,
            login=values["login"],
            name=values["name"],
            password=secrets.token_urlsafe(24),
            email=values["email"],
            language=values["language"],
        )
        groups.set_groups(connection, actor=actor, user_id=user_id, group_ids=group_ids, now=now)
        return "created"
    wanted = {name: values[name] for name in ("name", "email", "language", "is_active") if name in given}
    present = {row.id for row in groups.of_users(connection, [found.id])[found.id]}
    moves = "groups" in given and present != set(group_ids)
    changes = any(getattr(found, name) != value for name, value in wanted.items())
    if changes:
        users.change(
            connection,
            actor=actor,
            user_id=found.id,
            now=now,
            name=wanted.get("name", found.name),
            email=wanted.get("email", found.email),
            language=wanted.get("language", found.language),
            is_administrator=found.is_administrator,
            is_active=wanted.get("is_active", found.is_active),
        )
    if moves:
        groups.set_groups(connection, actor=actor, user_id=found.id, group_ids=group_ids, now=now)
    return "changed" if changes or moves else "unchanged"


def _group_ids(connection: Connection, keys: Sequence[str]) -> list[int]:
    known = {row.key: row.id for row in connection.execute(select(group.c.id, group.c.key))}
    for key in keys:
        if key not in known:
            raise ATTRIBUTES[4].refuse(f"“{key}”不是已有的用户组", f"“{key}” is no known group")
    return [known[key] for key in keys]
