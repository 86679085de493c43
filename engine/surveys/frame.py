"""The frame: everybody who could be asked, each once, in a stratum; and who is left out, and why."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, func, select

from engine.store.tables import contact, customer, project, sla, survey_invitation, user
from engine.store.types import Record
from engine.surveys.questionnaire import in_force
from engine.surveys.wording import LEVELS


@dataclass(frozen=True)
class Frame:
    """Contacts under agreements in force on a day: ``members`` by stratum, ``excluded`` with the reason for each."""

    members: Mapping[str, Sequence[int]]
    names: Mapping[str, str]
    excluded: Mapping[int, str]

    @property
    def size(self) -> int:
        """How many could be asked."""
        return sum(len(ids) for ids in self.members.values())

    @property
    def populations(self) -> dict[str, int]:
        """How many could be asked in each stratum, by code."""
        return {code: len(self.members[code]) for code in sorted(self.members)}


def take(connection: Connection, on: date, stratify_by: str) -> Frame:
    """The frame of a day, stratified by ``customer``, ``project`` or ``level`` (of the customer).

    The unit is a contact. A customer with several projects stands in the one with the lowest code.
    """
    strata = _strata(connection, on, stratify_by)
    contacts = connection.execute(
        select(contact.c.id, contact.c.email, contact.c.customer_id)
        .where(contact.c.is_active, contact.c.customer_id.in_(strata))
        .order_by(contact.c.id)
    ).all()
    staff, opted_out = _staff(connection), _opted_out(connection)
    members: dict[str, list[int]] = defaultdict(list)
    excluded: dict[int, str] = {}
    seen: set[str] = set()
    for one in contacts:
        address = one.email.strip().lower()
        reason = _reason(address, one.id, staff, opted_out, seen)
        if reason:
            excluded[one.id] = reason
            continue
        seen.add(address)
        members[strata[one.customer_id][0]].append(one.id)
    names = {code: name for code, name in strata.values() if code in members}
    return Frame(members, names, excluded)


def _reason(address: str, contact_id: int, staff: set[str], opted_out: set[int], seen: set[str]) -> str:
    if not address:
        return "no_address"
    if address in staff:
        return "staff"
    if contact_id in opted_out:
        return "opted_out"
    return "duplicate" if address in seen else ""


def _strata(connection: Connection, on: date, stratify_by: str) -> dict[int, tuple[str, str]]:
    """Code and name of the stratum of each customer under an agreement in force."""
    rows: Sequence[Record] = connection.execute(
        select(
            customer.c.id,
            customer.c.code,
            customer.c.name,
            customer.c.level,
            project.c.code.label("project_code"),
            project.c.name.label("project_name"),
        )
        .join(sla, sla.c.customer_id == customer.c.id)
        .join(project, project.c.id == sla.c.project_id)
        .where(customer.c.is_active, *in_force(on))
        .order_by(project.c.code.desc())
    ).all()
    if stratify_by == "project":
        return {row.id: (row.project_code, row.project_name) for row in rows}
    if stratify_by == "level":
        return {row.id: (row.level, LEVELS[row.level].zh if row.level in LEVELS else row.level) for row in rows}
    return {row.id: (row.code, row.name) for row in rows}


def _staff(connection: Connection) -> set[str]:
    return set(connection.scalars(select(func.lower(user.c.email)).where(user.c.email != "")))


def _opted_out(connection: Connection) -> set[int]:
    return set(
        connection.scalars(select(survey_invitation.c.contact_id).where(survey_invitation.c.status == "refused"))
    )
