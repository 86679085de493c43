"""A process of the demo company under change: who owns it, who reviews it, and the files somebody works on."""

from __future__ import annotations

from engine import process_changes
from engine.process_changes import ChangeFile
from tests.support.company import Company

OWNER, REVIEWER, STRANGER = "xumei", "linfang", "lihao"


def open_change(company: Company, key: str = "complaint") -> int:
    """The quality department changes a process, management reviews it; the number of the change."""
    with company.platform.database.write() as connection:
        now = company.clock.now()
        process_changes.set_owner(
            connection,
            actor=company.actor("admin"),
            key=key,
            owner_group="quality",
            reviewer_group="management",
            now=now,
        )
        return process_changes.open_change(connection, actor=company.actor(OWNER), key=key, now=now)


def changed_file(company: Company, change_id: int, name: str) -> ChangeFile:
    """A file of the change as it is stored."""
    with company.platform.database.read() as connection:
        return process_changes.file(connection, change_id, name)


def save(company: Company, change_id: int, name: str, content: str) -> None:
    """The owner saves a file over what is there."""
    with company.platform.database.write() as connection:
        known = process_changes.files(connection, change_id).get(name)
        process_changes.save_file(
            connection,
            actor=company.actor(OWNER),
            change_id=change_id,
            name=name,
            content=content.encode(),
            revision=known.revision if known is not None else 0,
            now=company.clock.now(),
        )
