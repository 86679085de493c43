"""What goes wrong on purpose, so that the compliance matrix can be seen to show it, and nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

from engine.periods import Period
from engine.store.types import Record

_ROOMY = (0, 1, 2, 6)  # Monday, Tuesday, Wednesday, Sunday


@dataclass
class Lapse:
    """A task of a period that is done late, or never.

    It is done ``delay`` after it arose, or at the beginning of ``on_day`` of the month, or never if both are None.
    ``shows`` are the duties and how the matrix must show them in the period; ``times`` how many tasks it befalls.
    """

    process: str
    element: str
    period: Period
    shows: Mapping[str, str]
    delay: timedelta | None = None
    on_day: int | None = None
    times: int = 1
    _befallen: set[str] = field(default_factory=set)

    def befalls(self, item: Record, zone: ZoneInfo) -> bool:
        """Whether a new task is one that goes wrong."""
        if (item.definition_key, item.element_id) != (self.process, self.element) or len(self._befallen) >= self.times:
            return False
        counted_at: datetime = item.due_at if self.process == "incident_callback" else item.created_at
        if not self.period.starts_at(zone) <= counted_at < self.period.ends_at(zone):
            return False
        self._befallen.add(item.id)
        return True

    def done_at(self, item: Record, zone: ZoneInfo) -> datetime | None:
        """When it is done all the same, or None."""
        if self.on_day is not None:
            return self.period.starts_at(zone).replace(day=self.on_day, minute=30)
        return None if self.delay is None else item.created_at + self.delay


def planted(year: Period, random: Random) -> list[Lapse]:
    """The lapses of a year; chance decides in which months they fall."""
    months = [Period("month", year.first_on.replace(month=number)) for number in range(2, 12)]
    # What is done as the 26th begins still leaves working days for what follows from it within the month.
    roomy = [one for one in months if one.first_on.replace(day=26).weekday() in _ROOMY]
    meeting, quality = random.sample(roomy, 2)
    # A quarterly summary would make up for the monthly one.
    between = [one for one in months if one.first_on.month % 3 != 1 and one not in (meeting, quality)]
    deviations, statistics, calls = random.sample(between, 3)
    return [
        Lapse(
            "incident_callback",
            "call",
            calls,
            dict.fromkeys(("O31", "O61", "O66", "O67", "O68"), "late"),
            delay=timedelta(hours=27),
            times=3,
        ),
        Lapse("quality_meeting", "hold_meeting", meeting, dict.fromkeys(("O26", "O77", "O79"), "late"), on_day=26),
        Lapse(
            "work_summary",
            "analyse_deviations",
            deviations,
            dict.fromkeys(("O02", "O49", "O50", "O96"), "missed"),
        ),
        Lapse(
            "monthly_quality_report",
            "analyse",
            quality,
            # The quarterly check of objectives proves O12 as well.
            dict.fromkeys(("O11", "O47", "O48", *(() if quality.first_on.month % 3 == 1 else ("O12",))), "late"),
            on_day=26,
            times=1000,
        ),
        Lapse(
            "monthly_statistics",
            "explain",
            statistics,
            dict.fromkeys(("O75", "O76"), "missed"),
            times=1000,
        ),
    ]
