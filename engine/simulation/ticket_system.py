"""The customers' ticket system of a simulation: incidents happen there, and are exported to be imported here."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from zoneinfo import ZoneInfo

from engine.actors import Actor
from engine.bootstrap import Platform
from engine.demo.incident_log import DemoEvent, write_export
from engine.registers.importing import import_incidents


class TicketSystem:
    """Holds what happens to incidents, in order of time; ``folder`` is where exports are put for the import.

    ``events`` come in that order.
    """

    def __init__(self, events: list[DemoEvent], folder: Path, zone: ZoneInfo, random: Random) -> None:
        self.events = list(events)
        self._by_number: dict[str, list[DemoEvent]] = {}
        for one in events:
            self._by_number.setdefault(one.number, []).append(one)
        self._folder, self._zone, self._random = folder, zone, random
        self._exported_at: datetime | None = None
        self._folder.mkdir(parents=True, exist_ok=True)

    def since(self, now: datetime) -> list[DemoEvent]:
        """What happened since the last export."""
        after = self._exported_at
        begin = 0 if after is None else bisect_right(self.events, after, key=_moment)
        return self.events[begin : bisect_right(self.events, now, key=_moment)]

    def import_into(self, platform: Platform, actor: Actor, now: datetime) -> None:
        """Export what is new and let somebody import it."""
        fresh = self.since(now)
        self._exported_at = now
        del self.events[: bisect_right(self.events, now, key=_moment)]
        if not fresh:
            return
        path = self._folder / f"incidents-{now.astimezone(self._zone):%Y%m%d-%H%M}.csv"
        write_export(fresh, path, self._zone)
        import_incidents(platform.database, platform.runtime, platform.clock, path, actor=actor)
        path.unlink()

    def leave_export(self, path: Path, now: datetime) -> None:
        """Put what is new into a file that nobody has imported yet."""
        write_export(self.since(now), path, self._zone)

    def reopen(self, number: str, now: datetime) -> None:
        """The customer says it is not solved: the incident is worked on, resolved again and closed later."""
        known = [one for one in self._by_number.get(number, ()) if one.at <= now]
        if not known:
            return
        self.events = [one for one in self.events if one.number != number]
        last, count = known[-1], known[-1].modification_count
        active = replace(
            last,
            state="Active",
            modification_count=count + 1,
            at=now + timedelta(minutes=35),
            resolved_at=None,
            closed_at=None,
            reopen_count=last.reopen_count + 1,
        )
        again = active.at + timedelta(minutes=self._random.randint(90, 480))
        resolved = replace(active, state="Resolved", modification_count=count + 2, at=again, resolved_at=again)
        closing = again + timedelta(days=5)
        closed = replace(resolved, state="Closed", modification_count=count + 3, at=closing, closed_at=closing)
        self._by_number[number] = [*known, active, resolved, closed]
        self.events += [active, resolved, closed]
        self.events.sort(key=lambda one: (one.at, one.number))


def _moment(event: DemoEvent) -> datetime:
    return event.at
