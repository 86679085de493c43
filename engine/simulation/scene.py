"""What a simulated person sees when a task is on the desk, and how an answer is given."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from engine.store.types import Record


@dataclass(frozen=True)
class Scene:
    """A task as its form shows it: the data of the case, the work item, the moment, and chance with a known seed."""

    data: Mapping[str, Any]
    item: Record
    now: datetime
    zone: ZoneInfo
    random: Random
    connection: Connection

    @property
    def today(self) -> date:
        """The day in the organisation's zone."""
        return self.now.astimezone(self.zone).date()


# What a form is given; None leaves the task lying for today.
Answer = Callable[[Scene], Mapping[str, Any] | None]


@dataclass(frozen=True)
class Opening:
    """The moment a process is started by hand: what its start form is given."""

    connection: Connection
    now: datetime
    zone: ZoneInfo
    random: Random

    @property
    def today(self) -> date:
        """The day in the organisation's zone."""
        return self.now.astimezone(self.zone).date()


@dataclass(frozen=True)
class Start:
    """A process that somebody starts by hand now and then: who, which, about how often in a year, and with what."""

    login: str
    process: str
    times_a_year: int
    answers: Callable[[Opening], Mapping[str, Any] | None]
