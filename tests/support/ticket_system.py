"""The ticket system of a customer's company: it writes exports of incidents, and somebody imports them."""

from __future__ import annotations

import csv
import gzip
import io
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from engine.actors import Actor
from engine.bootstrap import Platform
from engine.clock import MovableClock
from engine.registers.importing import ImportReport, import_incidents

COLUMNS = (
    "number",
    "incident_state",
    "reopen_count",
    "sys_mod_count",
    "made_sla",
    "caller_id",
    "company",
    "opened_at",
    "sys_updated_at",
    "short_description",
    "priority",
    "assignment_group",
    "resolved_at",
    "closed_at",
)


class TicketSystem:
    """Exports of one ticket system, imported by ``importer`` unless somebody else is named."""

    def __init__(self, platform: Platform, folder: Path, *, importer: Actor) -> None:
        assert isinstance(platform.clock, MovableClock)
        self.platform, self.folder, self.importer = platform, folder, importer
        self.clock = platform.clock
        self.exports = 0

    def local(self, at: datetime | None) -> str:
        """A moment as the ticket system writes it."""
        return "?" if at is None else at.astimezone(self.platform.settings.zone).strftime("%d/%m/%Y %H:%M")

    def row(self, number: str, state: str, modification: int, **given: Any) -> dict[str, str]:
        """One event of an export, by default happening now."""
        now = self.clock.now()
        at: datetime = given.get("at", now)
        resolved_at = given.get("resolved_at", at if state in ("Resolved", "Closed") else None)
        return {
            "number": number,
            "incident_state": state,
            "reopen_count": str(given.get("reopened", 0)),
            "sys_mod_count": str(modification),
            "made_sla": "true",
            "caller_id": "张慧",
            "company": str(given.get("company", "滨江市第一人民医院")),
            "opened_at": self.local(given.get("opened_at", now - timedelta(hours=3))),
            "sys_updated_at": self.local(at),
            "short_description": str(given.get("summary", "三楼办公区网络时断时续")),
            "priority": "3 - 中",
            "assignment_group": "网络组",
            "resolved_at": self.local(resolved_at),
            "closed_at": self.local(given.get("closed_at")),
        }

    def export(self, rows: Iterable[Mapping[str, str]], *, encoding: str = "utf-8", packed: bool = False) -> Path:
        """Write rows as an export file."""
        self.exports += 1
        path = self.folder / f"export-{self.exports}.csv{'.gz' if packed else ''}"
        text = io.StringIO()
        writer = csv.DictWriter(text, COLUMNS)
        writer.writeheader()
        writer.writerows(rows)
        content = text.getvalue().encode(encoding)
        path.write_bytes(gzip.compress(content) if packed else content)
        return path

    def import_file(self, path: Path, *, by: Actor | None = None, **options: Any) -> ImportReport:
        """The importer (or whoever is named) imports a file."""
        platform = self.platform
        return import_incidents(
            platform.database, platform.runtime, self.clock, path, actor=by or self.importer, **options
        )

    def import_rows(self, *rows: Mapping[str, str], **options: Any) -> ImportReport:
        """Import an export of these rows."""
        return self.import_file(self.export(rows), **options)
