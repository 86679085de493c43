"""What goes wrong on purpose, so that the compliance matrix can be seen to show it, and nothing else."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

from engine.periods import Period
from engine.store.types import Record

WEDNESDAY = 2


@dataclass
class Lapse:
    """A task of a period that is done late (``delay`` after it arose) or never (``delay`` None).

    ``shows`` are the duties and how the matrix must show them in the period; ``times`` how many tasks it befalls.
    """

    process: str
    element: str
    period: Period
    delay: timedelta | None
    shows: dict[str, str]
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

    def done_at(self, item: Record) -> datetime | None:
        """When it is done all the same, or None."""
        return None if self.delay is None else item.created_at + self.delay


def planted(year: Period, random: Random) -> list[Lapse]:
    """The lapses of a year; chance decides in which months they fall."""
    months = [Period("month", year.first_on.replace(month=number)) for number in range(2, 12)]
    # A meeting as the 26th begins still leaves working days for its analysis within the month.
    meeting = random.choice([one for one in months if one.first_on.replace(day=26).weekday() <= WEDNESDAY])
    calls, deviations, quality, statistics = random.sample([one for one in months if one != meeting], 4)
    late = "late"
    return [
        Lapse(
            "incident_callback",
            "call",
            calls,
            timedelta(hours=27),
            dict.fromkeys(("O31", "O61", "O66", "O67", "O68"), late),
            times=3,
        ),
        Lapse(
            "quality_meeting",
            "hold_meeting",
            meeting,
            timedelta(days=17, hours=16),
            dict.fromkeys(("O26", "O77", "O79"), late),
        ),
        Lapse(
            "work_summary",
            "analyse_deviations",
            deviations,
            None,
            dict.fromkeys(("O02", "O49", "O50", "O96"), "missed"),
        ),
        Lapse(
            "monthly_quality_report",
            "analyse",
            quality,
            timedelta(days=21),
            dict.fromkeys(("O11", "O12", "O47", "O48"), late),
            times=1000,
        ),
        Lapse(
            "monthly_statistics",
            "explain",
            statistics,
            None,
            dict.fromkeys(("O75", "O76"), "missed"),
            times=1000,
        ),
    ]
