"""A month at the service desk: exports are imported, customers called, complaints dealt with, timers fire."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, and_, select

from engine import inbox, timers, users
from engine.actors import Actor
from engine.bootstrap import Platform
from engine.clock import MovableClock
from engine.demo import acts, answers, complaints
from engine.demo.incident_log import DemoEvent, write_export
from engine.demo.quality import QualityWork
from engine.registers.importing import import_incidents
from engine.store.tables import complaint, user, work_item
from engine.store.types import Record
from engine.worker import Worker

DAY_HOURS = range(8, 20)
IMPORT_HOURS = (9, 14, 18)
OFFICE_HOURS = range(9, 18)
# From here on only a few calls are made, so that whoever opens the demo finds some due, some late.
LAST_STRETCH = timedelta(hours=29)
LAST_IMPORT = timedelta(hours=5)
CALLERS = ("liuyang", "zhaoqian", "sunli", "emily", "liuyang", "zhaoqian")
OPERATORS = ("lihao", "zhoukai", "huangwei")
TODAYS_EXPORT = "incidents-today.csv"


class Month:
    """Plays the month on ``platform``, whose clock is ``clock``. Mail of the past is not sent to anybody."""

    def __init__(self, platform: Platform, clock: MovableClock, events: list[DemoEvent]) -> None:
        self.platform, self.clock, self.events = platform, clock, events
        self.zone = platform.settings.zone
        self.random = Random(2026)  # noqa: S311 - a demo, the same every time
        self.worker = Worker(platform, channels={"mail": lambda payload: None})
        self.folder = platform.settings.data_directory / "demo"
        self.exported_at = clock.now()
        self.calls = list(complaints.CALLS)
        self.people = self._load_people()

    def play(self, end: datetime) -> None:
        """Everything from the clock's present to ``end``; the last export waits in the demo folder to be imported."""
        self.folder.mkdir(parents=True, exist_ok=True)
        quality = QualityWork(self.platform, self.clock, self.people, end)
        for local in _hours(self.clock.now(), end, self.zone):
            self._walk_to(local)
            left = end - self.clock.now()
            if local.hour in IMPORT_HOURS and left > LAST_IMPORT:
                self._import()
            if local.hour in OFFICE_HOURS:
                self._work(left)
                quality.work()
                self._deal_with_complaints(end)
        self._walk_to(end)
        self._leave_things_lying(end)
        write_export(self._events_since(self.exported_at), self.folder / TODAYS_EXPORT, self.zone)

    def _walk_to(self, at: datetime) -> None:
        """Move the clock, stopping at every timer on the way."""
        while True:
            with self.platform.database.read() as connection:
                due_at = timers.next_due_at(connection)
            if due_at is None or due_at > at:
                break
            self.clock.move_to(max(due_at, self.clock.now()))
            self.worker.beat()
        self.clock.move_to(at)
        self.worker.beat()

    def _events_since(self, moment: datetime) -> list[DemoEvent]:
        return [one for one in self.events if moment < one.at <= self.clock.now()]

    def _import(self) -> None:
        events, local = self._events_since(self.exported_at), self.clock.now().astimezone(self.zone)
        self.exported_at = self.clock.now()
        if not events:
            return
        path = self.folder / f"incidents-{local:%Y%m%d-%H%M}.csv"
        write_export(events, path, self.zone)
        import_incidents(self.platform.database, self.platform.runtime, self.clock, path, actor=self.people["chenjing"])
        path.unlink()

    def _work(self, left: timedelta) -> None:
        """An hour of calls and follow-ups."""
        patience = 0.75 if left > LAST_STRETCH else 0.02
        for item in self._open(work_item.c.element_id == "call")[:8]:
            neglected = _digits(item.business_key) % 23 == 0 and item.due_at + timedelta(hours=2) > self.clock.now()
            if not neglected and self.random.random() < patience:
                caller = self.people[self.random.choice(CALLERS)]
                self._complete(
                    item, caller, answers.call(self.random, can_be_reached=_digits(item.business_key) % 41 != 0)
                )
        for item in self._open(work_item.c.element_id == "follow_up"):
            if left > timedelta(days=2) and self.random.random() < 0.2:
                operator = self.people[self.random.choice(OPERATORS)]
                self._complete(item, operator, answers.follow_up(self.random, self.clock.now()))

    def _deal_with_complaints(self, end: datetime) -> None:
        """Calls with complaints are registered; every fourth hour somebody does what is waiting, until two days ago."""
        now = self.clock.now()
        while self.calls and end - self.calls[0].before <= now:
            call = self.calls.pop(0)
            self._start(call.login, "complaint", call.answers)
        if now.hour % 4 or end - now < timedelta(days=2):
            return
        steps = and_(work_item.c.definition_key == "complaint", work_item.c.element_id.in_(complaints.STEPS))
        for item in self._open(steps):
            step = complaints.STEPS[item.element_id]
            with self.platform.database.read() as connection:
                row = connection.execute(select(complaint).where(complaint.c.number == item.business_key)).one()
            self._complete(item, self.people[step.login], step.answers(row))

    def _start(self, login: str, key: str, given: Mapping[str, Any]) -> None:
        acts.start(self.platform, self.people[login], key, given)

    def _complete(self, item: Record, actor: Actor, given: Mapping[str, Any]) -> None:
        acts.complete(self.platform, actor, item.id, given)
        if given.get("solved") == "no":
            self._reopen_at_source(item.business_key.partition("-")[0])

    def _reopen_at_source(self, number: str) -> None:
        """The ticket system learns of it, too: the incident is worked on, resolved again and closed later."""
        now = self.clock.now()
        self.events = [one for one in self.events if one.number != number or one.at <= now]
        last = [one for one in self.events if one.number == number][-1]
        count = last.modification_count
        active = replace(
            last,
            state="Active",
            modification_count=count + 1,
            at=now + timedelta(minutes=35),
            resolved_at=None,
            closed_at=None,
            reopen_count=last.reopen_count + 1,
        )
        again = active.at + timedelta(minutes=self.random.randint(90, 480))
        resolved = replace(active, state="Resolved", modification_count=count + 2, at=again, resolved_at=again)
        closing = again + timedelta(days=5)
        closed = replace(resolved, state="Closed", modification_count=count + 3, at=closing, closed_at=closing)
        self.events += [active, resolved, closed]
        self.events.sort(key=lambda one: (one.at, one.number))

    def _leave_things_lying(self, end: datetime) -> None:
        """Two calls are claimed, and customers' opinions are on their way through the house."""
        with self.platform.database.write() as connection:
            for login, item in zip(
                ("liuyang", "emily"), self._open(work_item.c.element_id == "call")[1:3], strict=False
            ):
                inbox.claim(connection, actor=self.people[login], work_item_id=item.id, now=end)
        for login, given in answers.FEEDBACK:
            self._start(login, "customer_feedback", given)
        for item in self._open(work_item.c.element_id == "evaluate")[:1]:
            self._complete(item, self.people["wangqiang"], {**answers.ADOPTED, "promised_on": answers.in_days(end, 9)})

    def _open(self, condition: ColumnElement[bool]) -> list[Record]:
        with self.platform.database.read() as connection:
            query = select(work_item.c.id, work_item.c.business_key, work_item.c.element_id, work_item.c.due_at)
            ready = query.where(condition, work_item.c.state == "ready")
            return list(connection.execute(ready.order_by(work_item.c.due_at, work_item.c.id)))

    def _load_people(self) -> dict[str, Actor]:
        with self.platform.database.read() as connection:
            rows = connection.execute(select(user.c.id, user.c.login)).all()
            loaded = {row.login: users.load_actor(connection, row.id) for row in rows}
        return {login: actor for login, actor in loaded.items() if actor is not None}


def _hours(start: datetime, end: datetime, zone: ZoneInfo) -> Iterator[datetime]:
    """The full hours of every day between two moments, as the house's clock shows them."""
    day = start.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
    while day < end:
        yield from (at for hour in DAY_HOURS if start < (at := day.replace(hour=hour)) < end)
        day += timedelta(days=1)


def _digits(business_key: str) -> int:
    return int("".join(one for one in business_key.partition("-")[0] if one.isdigit()) or "0")
