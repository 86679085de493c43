"""The play: a moved clock on which timers fire, exports are imported, and people do what lies on their desks."""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from random import Random
from typing import Any

from sqlalchemy import select

from engine import calendars, instances, timers, work_items
from engine.bootstrap import Platform
from engine.clock import MovableClock
from engine.demo import acts
from engine.errors import EngineError
from engine.simulation.lapses import Lapse
from engine.simulation.scene import Answer, Opening, Scene, Start, Step
from engine.simulation.staff import OFFICE, Staff
from engine.simulation.ticket_system import TicketSystem
from engine.sla import alarms
from engine.store.tables import work_item
from engine.store.tables.instances import OPEN_WORK_ITEM
from engine.store.types import Record
from engine.worker import Worker

IMPORT_HOURS = (9, 14, 18)
BEAT_HOURS = (8, 10)  # when recurring starts come due, besides the hours of the imports
LEFT_LYING = 0.9
Daily = Callable[[Platform, datetime], None]


@dataclass
class Told:
    """What happened, for whoever watches."""

    acts: int = 0
    imports: int = 0
    refused: list[str] = field(default_factory=list)  # acts the engine refused: element and why


class Play:
    """One company on one clock. ``answers`` say what people write, ``starts`` what they begin on their own accord.

    ``daily`` is called every morning, for what people outside the house do (customers answer a survey). Nothing is
    imported after ``imports_until``; of what arrives after ``quiet_from`` most is left lying.
    """

    def __init__(
        self,
        platform: Platform,
        clock: MovableClock,
        *,
        tickets: TicketSystem,
        answers: Mapping[Step, Answer],
        starts: Sequence[Start] = (),
        lapses: Sequence[Lapse] = (),
        daily: Sequence[Daily] = (),
        seed: int = 1,
        imports_until: datetime | None = None,
        quiet_from: datetime | None = None,
    ) -> None:
        self.platform, self.clock, self.tickets = platform, clock, tickets
        self.answers, self.starts, self.lapses, self.daily = answers, starts, lapses, daily
        self.imports_until, self.quiet_from = imports_until, quiet_from
        self.random = Random(seed)  # noqa: S311 - a simulation, the same for the same seed
        self.staff = Staff(platform)
        self._seed = seed
        self.worker = Worker(platform, channels={"mail": lambda payload: None})
        self.told = Told()
        self._zone = platform.settings.zone
        self._agenda: list[tuple[datetime, int, Callable[[], None]]] = []
        self._order = itertools.count()
        self._known: set[str] = set()

    def until(self, end: datetime) -> Told:
        """Play from the clock's present to ``end``."""
        self._plan_days(end)
        self._plan_starts(end)
        while (following := self._next()) is not None and following[0] <= end:
            at, is_clockwork = following
            self.clock.move_to(max(at, self.clock.now()))
            if is_clockwork:
                self.worker.beat()
            if self._act_on_agenda() or not is_clockwork:
                self.worker.beat()
            self._notice()
        self.clock.move_to(max(end, self.clock.now()))
        self.worker.beat()
        return self.told

    def _act_on_agenda(self) -> bool:
        """Do what is planned for now; whether anything was."""
        is_planned = False
        while self._agenda and self._agenda[0][0] <= self.clock.now():
            is_planned = True
            heapq.heappop(self._agenda)[2]()
        return is_planned

    def at(self, moment: datetime, act: Callable[[], None]) -> None:
        """Put something on the agenda."""
        heapq.heappush(self._agenda, (moment, next(self._order), act))

    def _next(self) -> tuple[datetime, bool] | None:
        """The next moment something happens, and whether the engine's own clocks are part of it."""
        with self.platform.database.read() as connection:
            armed = [timers.next_due_at(connection), alarms.next_due_at(connection)]
        due_at = min((one for one in armed if one is not None), default=None)
        if not self._agenda:
            return None if due_at is None else (due_at, True)
        planned = self._agenda[0][0]
        return (planned, False) if due_at is None or planned < due_at else (due_at, True)

    def _plan_days(self, end: datetime) -> None:
        day = self.clock.now().astimezone(self._zone).replace(hour=0, minute=0, second=0, microsecond=0)
        while day < end:
            for hour in IMPORT_HOURS:
                at = day.replace(hour=hour)
                if at > self.clock.now() and (self.imports_until is None or at <= self.imports_until):
                    self.at(at, self._import)
            for each in self.daily:
                self.at(day.replace(hour=10, minute=30), partial(self._outside, each))
            for hour in BEAT_HOURS:
                self.at(day.replace(hour=hour), _nothing)
            day += timedelta(days=1)

    def _plan_starts(self, end: datetime) -> None:
        """Spread what people begin on their own accord over the time, by chance."""
        begin = self.clock.now()
        years = (end - begin) / timedelta(days=365)
        for one in self.starts:
            for _ in range(round(one.times_a_year * years)):
                wanted = begin + (end - begin) * self.random.random()
                self.at(calendars.next_opening(OFFICE, wanted), partial(self.start, one))

    def _outside(self, act: Daily) -> None:
        act(self.platform, self.clock.now())

    def _import(self) -> None:
        self.tickets.import_into(self.platform, self.staff.by_login["chenjing"], self.clock.now())
        self.told.imports += 1

    def start(self, one: Start) -> None:
        """Somebody begins a process on their own accord."""
        with self.platform.database.read() as connection:
            given = one.answers(Opening(connection, self.clock.now(), self._zone, self.random))
        if given is None:
            return
        try:
            acts.start(self.platform, self.staff.by_login[one.login], one.process, given)
        except EngineError as refused:
            self.told.refused.append(f"{one.process}: {refused.code} {refused.details}")

    def _notice(self) -> None:
        """Put every new task on somebody's agenda."""
        with self.platform.database.read() as connection:
            opened = select(work_item.c.id).where(OPEN_WORK_ITEM)
            fresh = [one for one in connection.scalars(opened) if one not in self._known]
            self._known.update(fresh)
            items = [work_items.find(connection, one) for one in sorted(fresh)]
        for item in sorted((one for one in items if one is not None), key=_name):
            if (item.definition_key, item.element_id) in self.answers:
                self._take_up(item)

    def _chance(self, item: Record, act: str) -> Random:
        """What happens to a task by chance: the same at the same seed, whatever happens to others and in what order."""
        return Random(f"{self._seed} {act} {_name(item)}")  # noqa: S311 - a simulation

    def _take_up(self, item: Record) -> None:
        is_quiet = self.quiet_from is not None and self.clock.now() >= self.quiet_from
        random = self._chance(item, "taken up")
        if is_quiet and random.random() < LEFT_LYING:
            return
        lapse = next((one for one in self.lapses if one.befalls(item, self._zone)), None)
        if lapse is None:
            self.at(self.staff.moment(item, self.clock.now(), random), lambda: self._act(item.id))
        elif (moment := lapse.done_at(item, self._zone)) is not None:
            self.at(moment, lambda: self._act(item.id))

    def _act(self, work_item_id: str) -> None:
        """Do a task, if it is still there; what cannot be done today is tried again tomorrow."""
        with self.platform.database.read() as connection:
            item = work_items.find(connection, work_item_id)
            if item is None or item.state not in ("ready", "reserved"):
                return
            random = self._chance(item, "done")
            actor = self.staff.for_task(item, random)
            if actor is None:
                self.told.refused.append(f"{item.definition_key}.{item.element_id}: nobody may do it")
                return

            def load() -> Mapping[str, Any]:
                return instances.waiting_variables(self.platform.runtime, connection, item, now=self.clock.now())

            scene = Scene(connection, self.clock.now(), self._zone, random, item, load)
            given = self.answers[item.definition_key, item.element_id](scene)
        if given is None:
            self.at(self.clock.now() + timedelta(days=1), lambda: self._act(work_item_id))
            return
        try:
            acts.complete(self.platform, actor, item.id, given)
        except EngineError as refused:
            self.told.refused.append(f"{item.definition_key}.{item.element_id}: {refused.code} {refused.details}")
            return
        self.told.acts += 1
        if given.get("solved") == "no":
            self.tickets.reopen(item.business_key.partition("-")[0], self.clock.now())


def _name(item: Record) -> tuple[str, ...]:
    """What a task is called in every play of the same seed; its id is drawn anew each time."""
    return (item.created_at.isoformat(), item.definition_key, item.business_key, item.element_id, item.summary)


def _nothing() -> None:
    """The clock only has to stop here."""
