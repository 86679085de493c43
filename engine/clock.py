"""Where the time comes from. Only the entry points hold a clock; everything below is handed ``now``."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Anything that tells the present moment."""

    def now(self) -> datetime:
        """The present moment, aware, in UTC."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """The present moment, aware, in UTC."""
        return datetime.now(UTC)


class MovableClock:
    """A clock that stands until it is moved: tests, trials and simulations."""

    def __init__(self, start_at: datetime) -> None:
        self._now = start_at.astimezone(UTC)

    def now(self) -> datetime:
        """The moment the clock was last moved to."""
        return self._now

    def move(self, by: timedelta) -> datetime:
        """Move forward ``by`` and return the new moment."""
        self._now += by
        return self._now

    def move_to(self, at: datetime) -> datetime:
        """Move to the aware moment ``at`` and return it in UTC."""
        self._now = at.astimezone(UTC)
        return self._now
