"""The demo company with its two months of work behind it, on a clock that stands still."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from engine.bootstrap import Platform, compose
from engine.clock import MovableClock
from engine.settings import Settings

THURSDAY_MORNING = datetime(2026, 3, 12, 2, 30, tzinfo=UTC)


def demo_platform(folder: Path, at: datetime = THURSDAY_MORNING) -> Platform:
    """The installation of a data folder at a moment."""
    settings = Settings(
        database_url=f"sqlite:///{folder / 'yunzhi.sqlite3'}",
        secret_key="a key for tests",
        data_directory=folder,
        heartbeat=False,
        secure_cookies=False,
    )
    return compose(settings, clock=MovableClock(at))
