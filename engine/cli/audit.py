"""``yunzhi audit …``"""

from __future__ import annotations

import click
from sqlalchemy import select

from engine.cli.terminal import open_platform
from engine.store import audit as chain
from engine.store.tables import audit as records

REASONS = {
    "missing": "a record is missing or out of order here",
    "link": "it does not continue the record before it",
    "content": "its content was altered",
    "truncated": "records at the end of the chain were removed",
    "history_altered": "the history it vouches for was altered",
    "history_missing": "the history it vouches for was removed",
    "history_added": "history was added that no record vouches for",
}


@click.group("audit")
def audit() -> None:
    """Prove that nobody altered the audit trail."""


@audit.command()
def verify() -> None:
    """Walk the whole chain and name the first altered record."""
    with open_platform() as platform, platform.database.read() as connection:
        found = chain.verify(connection)
        if found.broken_at is None:
            click.echo(f"{found.records:,} records, unbroken.")
            return
        row = connection.execute(select(records).where(records.c.sequence == found.broken_at)).one_or_none()
    what = f" ({row.at:%Y-%m-%d %H:%M:%S}Z {row.actor} {row.action} {row.subject_type} {row.subject_id})" if row else ""
    raise click.ClickException(
        f"the chain breaks at record {found.broken_at}{what}: {REASONS[found.reason]}. "
        f"The {found.records:,} records before it are sound."
    )
