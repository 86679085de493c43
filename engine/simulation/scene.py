"""What a simulated person sees when a task is on the desk, and how an answer is given."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cached_property
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from engine.store.types import Record


@dataclass(frozen=True)
class Opening:
    """The moment a process is started by hand: when, and chance with a known seed."""

    connection: Connection
    now: datetime
    zone: ZoneInfo
    random: Random

    @property
    def today(self) -> date:
        """The day in the organisation's zone."""
        return self.now.astimezone(self.zone).date()

    def day(self, days: int) -> str:
        """A day so many days from today, as a form holds it."""
        return (self.today + timedelta(days=days)).isoformat()


@dataclass(frozen=True)
class Scene(Opening):
    """A task on the desk: the work item, and the data of its case as the form shows it (read when asked for)."""

    item: Record
    load: Callable[[], Mapping[str, Any]] = field(repr=False)

    @cached_property
    def data(self) -> Mapping[str, Any]:
        """The data of the case."""
        return self.load()


# What a form is given; None leaves the task lying for today.
Answer = Callable[[Scene], Mapping[str, Any] | None]
APPROVE: Answer = lambda scene: {"decision": "approve"}  # noqa: E731 - an answer like the others, only shorter
Step = tuple[str, str]  # process key, element id


@dataclass(frozen=True)
class Start:
    """A process that somebody starts by hand now and then: who, which, about how often in a year, and with what."""

    login: str
    process: str
    times_a_year: int
    answers: Callable[[Opening], Mapping[str, Any] | None]
