"""The indicators of a report as they stand at a moment."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from engine.store.types import Record


def figures_of(connection: Connection, row: Record, zone: ZoneInfo, now: datetime) -> list[dict[str, Any]]:
    """What the indicators of a report's kind say of its period and project."""
    return []
