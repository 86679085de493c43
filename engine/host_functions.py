"""What expressions may ask the installation: calendars, settings, people and departments.

Diagrams, forms, decisions and rules share these functions. Nothing is read until an expression calls one; what is read
is kept for the one transaction the functions are made for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from typing import Any

from sqlalchemy import Connection, select

from engine import policy_settings, working_calendars
from engine.store.tables import contract, customer, group, membership, project, spare_part, user


def host_functions(connection: Connection) -> Mapping[str, Callable[..., Any]]:
    """All functions over one connection.

    * ``setting(key)``: a figure of the policy, see ``policy_settings``
    * ``people()``, ``people(groups)``: active people as options (value: login), all or those of a group or of several
    * ``departments()``: the departments as options (value: key)
    * ``person name(login)``, ``department name(key)``: what they are called
    * ``belongs to(login, groups)``: whether somebody belongs to a group, or to one of several
    * ``manager of(group)``: the login of the one who answers for it, or null
    * ``projects()``: the running projects as options (value: code) with manager and department, customer and the
      cadence of the service report its contract asks for
    * ``spare parts()``: the parts in use as options (value: code), with what is in stock
    * ``calendars()``: the working calendars as options (value: key)
    * the calendar functions of ``working_calendars``
    """
    return _HostFunctions(connection)


class _HostFunctions(Mapping[str, Callable[..., Any]]):
    """The functions over one connection, made when the first is asked for: most steps ask for none."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def __getitem__(self, name: str) -> Callable[..., Any]:
        return self._made[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._made)

    def __len__(self) -> int:
        return len(self._made)

    @cached_property
    def _made(self) -> Mapping[str, Callable[..., Any]]:
        house = _House(self._connection)
        return {
            **working_calendars.host_functions(self._connection),
            "setting": lambda key: policy_settings.value(self._connection, str(key)),
            "people": house.people,
            "departments": house.departments,
            "person name": house.person_name,
            "department name": house.department_name,
            "belongs to": house.belongs_to,
            "manager of": house.manager_of,
            "projects": house.projects,
            "spare parts": house.spare_parts,
            "calendars": house.calendars,
        }


class _House:
    """The people and groups of the house, each table read once."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    @cached_property
    def _users(self) -> dict[str, Any]:
        query = select(user.c.id, user.c.login, user.c.name, user.c.is_active).order_by(user.c.name, user.c.login)
        return {row.login: row for row in self._connection.execute(query)}

    @cached_property
    def _groups(self) -> dict[str, Any]:
        query = select(group).order_by(group.c.id)
        return {row.key: row for row in self._connection.execute(query)}

    @cached_property
    def _members(self) -> dict[str, set[str]]:
        query = (
            select(group.c.key, user.c.login)
            .join(membership, membership.c.group_id == group.c.id)
            .join(user, user.c.id == membership.c.user_id)
            .where(user.c.is_active)
        )
        found: dict[str, set[str]] = {}
        for row in self._connection.execute(query):
            found.setdefault(row.key, set()).add(row.login)
        return found

    def people(self, groups: Any = None) -> list[dict[str, str]]:
        allowed = None if groups is None else {login for key in _keys(groups) for login in self._members.get(key, ())}
        return [
            {"label": row.name, "value": row.login}
            for row in self._users.values()
            if row.is_active and (allowed is None or row.login in allowed)
        ]

    def departments(self) -> list[dict[str, str]]:
        return [
            {"label": row.name_zh, "label_en": row.name_en, "value": row.key}
            for row in self._groups.values()
            if row.is_department
        ]

    def projects(self) -> list[dict[str, Any]]:
        query = (
            select(
                project.c.code,
                project.c.name,
                user.c.login,
                group.c.key,
                customer.c.name.label("customer"),
                contract.c.report_cadence,
            )
            .join(user, user.c.id == project.c.manager_id)
            .join(group, group.c.id == project.c.department_id)
            .join(customer, customer.c.id == project.c.customer_id)
            .outerjoin(contract, contract.c.id == project.c.contract_id)
            .where(project.c.status == "running")
        )
        return [
            {
                "label": row.name,
                "value": row.code,
                "code": row.code,
                "name": row.name,
                "manager": row.login,
                "department": row.key,
                "customer": row.customer,
                "report_cadence": row.report_cadence or "none",
            }
            for row in self._connection.execute(query.order_by(project.c.code))
        ]

    def spare_parts(self) -> list[dict[str, str]]:
        query = select(spare_part).where(spare_part.c.is_active).order_by(spare_part.c.code)
        return [
            {
                "label": f"{row.code} {row.name} {row.model}（库存 {row.stock}）",
                "label_en": f"{row.code} {row.name} {row.model} ({row.stock} in stock)",
                "value": row.code,
            }
            for row in self._connection.execute(query)
        ]

    def calendars(self) -> list[dict[str, str]]:
        known, _ = working_calendars.load_calendars(self._connection)
        return [{"label": one.name_zh, "label_en": one.name_en, "value": key} for key, one in known.items()]

    def person_name(self, login: Any) -> str:
        found = self._users.get(str(login))
        return str(login or "") if found is None else str(found.name)

    def department_name(self, key: Any) -> str:
        found = self._groups.get(str(key))
        return str(key or "") if found is None else str(found.name_zh)

    def belongs_to(self, login: Any, groups: Any) -> bool:
        return any(str(login) in self._members.get(key, ()) for key in _keys(groups))

    def manager_of(self, key: Any) -> str | None:
        found = self._groups.get(str(key))
        identifier = None if found is None else found.manager_id
        return next((row.login for row in self._users.values() if row.id == identifier), None)


def _keys(groups: Any) -> list[str]:
    return [str(key) for key in groups] if isinstance(groups, list) else [str(groups)]
