"""Changes of processes for the tests of the editors: who owns what, and a change to work on."""

from __future__ import annotations

from engine import process_changes
from tests.support.company import Company

OWNER, COLLEAGUE = "hexin", "xumei"  # both of the quality department


def give_to_owners(company: Company) -> None:
    """The quality department owns some processes; management reviews what it changes in them."""
    with company.platform.database.write() as connection:
        for key in ("nonconformity", "internal_audit", "complaint"):
            process_changes.set_owner(
                connection,
                actor=company.actor("admin"),
                key=key,
                owner_group="quality",
                reviewer_group="management",
                now=company.clock.now(),
            )


def opened(company: Company, key: str, login: str = OWNER) -> int:
    """A change of a published process."""
    with company.platform.database.write() as connection:
        return process_changes.open_change(connection, actor=company.actor(login), key=key, now=company.clock.now())


def begun(company: Company, key: str) -> int:
    """A change that makes a new process, with nothing in it but a start and an end."""
    with company.platform.database.write() as connection:
        return process_changes.open_new(
            connection,
            actor=company.actor("admin"),
            key=key,
            name_zh="采购申请",
            name_en="Purchase",
            area="quality",
            owner_group="quality",
            reviewer_group="management",
            now=company.clock.now(),
        )
