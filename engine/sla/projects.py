"""Which project an incident belongs to: its customer's, by the group of the ticket system that works on it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, bindparam, select, update

from engine.sla.keeping import recompute
from engine.store.tables import customer, incident, project


@dataclass(frozen=True)
class Served:
    """A project as incidents find it."""

    id: int
    groups: frozenset[str]
    begins_on: date
    ends_on: date


class ProjectFinder:
    """The projects of every customer, read once for a chunk of incidents.

    An incident names its customer by code or by either name. Of the customer's projects that run on the day it was
    opened, one that names its assignment group takes it, else the only one that names no groups. Where two would, or
    none, it belongs to none. A row without a customer is found by its assignment group alone.
    """

    def __init__(self, connection: Connection) -> None:
        rows = connection.execute(
            select(project, customer.c.code.label("customer_code"), customer.c.name.label("customer_name"))
            .add_columns(customer.c.name_en.label("customer_name_en"))
            .join(customer, customer.c.id == project.c.customer_id)
        ).all()
        self._by_customer: dict[str, list[Served]] = {}
        self._all: list[Served] = []
        for row in rows:
            served = Served(
                row.id, frozenset(row.assignment_groups or ()), row.begins_on, row.completed_on or row.ends_on
            )
            self._all.append(served)
            for name in {row.customer_code, row.customer_name, row.customer_name_en} - {""}:
                self._by_customer.setdefault(name.casefold(), []).append(served)

    @property
    def is_empty(self) -> bool:
        """Whether no projects are known, so that no incident needs asking."""
        return not self._all

    def find(self, named: Mapping[str, str], opened_on: date) -> int | None:
        """The project of an incident with these ``customer`` and ``assignment_group``, or None."""
        known = self._by_customer.get(named["customer"].casefold(), []) if named["customer"] else self._all
        running = [one for one in known if one.begins_on <= opened_on <= one.ends_on]
        takers = [one for one in running if named["assignment_group"] in one.groups]
        if not takers and named["customer"]:
            takers = [one for one in running if not one.groups]
        return takers[0].id if len(takers) == 1 else None


def adopt(connection: Connection, *, zone: ZoneInfo, now: datetime) -> int:
    """Give the incidents that belong to no project the one that takes them by now; how many found one."""
    finder = ProjectFinder(connection)
    if finder.is_empty:
        return 0
    homeless = select(incident.c.id, incident.c.customer, incident.c.assignment_group, incident.c.opened_at).where(
        incident.c.project_id.is_(None)
    )
    found = []
    for row in connection.execute(homeless):
        named = {"customer": row.customer, "assignment_group": row.assignment_group}
        project_id = finder.find(named, row.opened_at.astimezone(zone).date())
        if project_id is not None:
            found.append({"b_id": row.id, "b_project_id": project_id})
    if found:
        statement = update(incident).where(incident.c.id == bindparam("b_id"))
        connection.execute(statement.values(project_id=bindparam("b_project_id")), found)
        recompute(connection, [row["b_id"] for row in found], zone=zone, now=now)
    return len(found)
