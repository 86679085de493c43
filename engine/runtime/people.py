"""Who may do a work item: from what a diagram says (keys, logins, expressions) to recipients."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, bindparam, select

from engine.definitions.model import Element, ProcessModel
from engine.runtime.expressions import Expressions
from engine.store.prepared import Prepared
from engine.store.tables import group, user

ADMINISTRATORS = "administrators"

_group_id = Prepared(select(group.c.id).where(group.c.key == bindparam("b_key")))
_active_user = Prepared(select(user.c.id).where(user.c.login == bindparam("b_login"), user.c.is_active))


class Directory:
    """Group keys and logins to ids, remembered for the length of one transaction."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self._groups: dict[str, int | None] = {}
        self._users: dict[str, int | None] = {}

    def group_recipient(self, key: str) -> str | None:
        """``group:<id>``, or None for a group nobody has created."""
        if key not in self._groups:
            self._groups[key] = self._find(_group_id, {"b_key": key})
        identifier = self._groups[key]
        return None if identifier is None else f"group:{identifier}"

    def user_id(self, login: str) -> int | None:
        """The id of an active user, or None."""
        if login not in self._users:
            self._users[login] = self._find(_active_user, {"b_login": login})
        return self._users[login]

    def _find(self, query: Prepared, parameters: Mapping[str, Any]) -> int | None:
        row = query.first(self.connection, parameters)
        return None if row is None else int(row.id)


def assignee_of(
    element: Element, expressions: Expressions, variables: Mapping[str, Any], directory: Directory
) -> int | None:
    """The id of the user a diagram assigns the work to, or None."""
    text = element.attributes.get("assignee", "")
    value = expressions.resolve(text, variables) if text else None
    return directory.user_id(str(value)) if value else None


def candidates_of(
    element: Element,
    model: ProcessModel,
    expressions: Expressions,
    variables: Mapping[str, Any],
    directory: Directory,
) -> list[str]:
    """The recipients who may claim the work: named groups and users, else the lane's group, else administrators."""
    groups = _listed(expressions, element.attributes.get("candidateGroups", ""), variables)
    logins = _listed(expressions, element.attributes.get("candidateUsers", ""), variables)
    if not groups and not logins:
        lane = model.lane_of(element)
        groups = [lane.group] if lane is not None and lane.group else []
    found = [directory.group_recipient(key) for key in groups]
    users = [directory.user_id(login) for login in logins]
    recipients = [one for one in found if one] + [f"user:{one}" for one in users if one is not None]
    return list(dict.fromkeys(recipients)) or [ADMINISTRATORS]


def _listed(expressions: Expressions, text: str, variables: Mapping[str, Any]) -> list[str]:
    if not text:
        return []
    value = expressions.resolve(text, variables)
    parts = value if isinstance(value, list) else str(value or "").split(",")
    return [str(part).strip() for part in parts if str(part).strip()]
