"""The demo company for stories: everybody who works there, all processes published, and a clock that is moved."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Table, select, update

from engine import (
    calendars,
    deployments,
    inbox,
    inbox_queries,
    instances,
    submissions,
    timers,
    work_items,
    working_calendars,
)
from engine.actors import Actor, system_actor
from engine.bootstrap import Platform
from engine.clock import MovableClock
from engine.demo.company import PEOPLE, UNITS
from engine.demo.master_data import found_master_data
from engine.runtime.step import new_id
from engine.settings import ROOT
from engine.store.tables import engine_incident, group, history, process_instance, schedule, user, work_item
from engine.store.types import Record
from engine.trials import proving
from engine.worker import Worker
from tests.support.people import People


class Company:
    """People by the logins of the demo company; what they do goes through the use cases the pages use."""

    def __init__(self, platform: Platform, people: People, folder: Path, *, is_founded: bool = False) -> None:
        self.platform, self.folder, self._people = platform, folder, people
        assert isinstance(platform.clock, MovableClock)
        self.clock = platform.clock
        self.mails: list[Mapping[str, Any]] = []
        self.worker = Worker(platform, channels={"mail": self.mails.append}, proof=proving)
        if not is_founded:
            self._found()
            self._publish()

    def _publish(self) -> None:
        platform = self.platform
        with platform.database.write() as connection:
            sources = deployments.read_sources(ROOT / "processes", ROOT / "forms")
            deployments.publish(
                connection, platform.runtime, sources, actor=system_actor("test"), reason="test", now=self.clock.now()
            )

    def _found(self) -> None:
        for person in PEOPLE:
            self._people.user(
                person.login,
                person.name,
                groups=list(person.groups),
                administrator=person.is_administrator,
                language=person.language,
            )
        with self.platform.database.write() as connection:
            connection.execute(update(user).values(email=user.c.login + "@yunqi.example"))
            for unit in UNITS:
                manager = select(user.c.id).where(user.c.login == unit.manager).scalar_subquery()
                changed = connection.execute(
                    update(group)
                    .where(group.c.key == unit.key)
                    .values(name_zh=unit.zh, name_en=unit.en, manager_id=manager, is_department=unit.is_department)
                )
                assert changed.rowcount == 1, f"nobody works in {unit.key}"
            standard = replace(calendars.STANDARD, provisional_years=frozenset({2027}))
            working_calendars.save(
                connection,
                actor=system_actor("test"),
                key=standard.key,
                data=calendars.calendar_to_json(standard),
                is_default=True,
                now=self.clock.now(),
            )

    def actor(self, login: str) -> Actor:
        """Somebody as they are now, with today's groups."""
        return self._people.actor(login)

    def hire(self, login: str, name: str, *groups: str) -> Actor:
        """Somebody new."""
        return self._people.user(login, name, groups=groups)

    def speak(self, language: str) -> None:
        """From now on everybody reads in this language."""
        with self.platform.database.write() as connection:
            connection.execute(update(user).values(language=language))

    def enter_master_data(self, customers: int = 1) -> None:
        """The demo company's customers, as many as the story needs, with projects and agreements; its spare parts."""
        with self.platform.database.write() as connection:
            found_master_data(
                connection,
                actor=system_actor("test"),
                year=self.clock.now().year,
                zone=self.platform.settings.zone,
                now=self.clock.now(),
                customers=customers,
            )
        self.deliver()

    # What people do

    def start(self, login: str, key: str, **answers: Any) -> str:
        """Send a start form; the id of the new instance."""
        with self.platform.database.write() as connection:
            started = submissions.start(
                self.platform.runtime,
                connection,
                actor=self.actor(login),
                key=key,
                submitted=answers,
                instance_id=new_id(),
                language="zh",
                now=self.clock.now(),
            )
        self.deliver()
        return started.instance_id

    def send(self, message: str, correlation_key: str, **variables: Any) -> str:
        """A message arrives; the id of the first instance it started or reached."""
        with self.platform.database.write() as connection:
            reached = instances.correlate(
                self.platform.runtime,
                connection,
                actor=system_actor("test"),
                message=message,
                correlation_key=correlation_key,
                variables=variables,
                now=self.clock.now(),
            )
        self.deliver()
        return reached[0]

    def inbox(self, login: str) -> list[Record]:
        """What a person finds in the inbox."""
        with self.platform.database.read() as connection:
            now = self.clock.now()
            query = inbox_queries.InboxQuery()
            end = now + timedelta(hours=8)
            return inbox_queries.page(connection, self.actor(login), query, now=now, today_ends_at=end).items

    def todo(self, login: str) -> list[str]:
        """The elements of the tasks in a person's inbox, sorted."""
        return sorted(item.element_id for item in self.inbox(login))

    def item(self, login: str, element_id: str) -> Record:
        """The first task of this element in a person's inbox, whole."""
        found = next(one for one in self.inbox(login) if one.element_id == element_id)
        with self.platform.database.read() as connection:
            return work_items.get(connection, found.id, self.actor(login))

    def form_data(self, item: Record) -> dict[str, Any]:
        """What the form of a task knows when somebody opens it."""
        with self.platform.database.read() as connection:
            return instances.waiting_variables(self.platform.runtime, connection, item, now=self.clock.now())

    def claim(self, login: str, element_id: str) -> None:
        """Take a task."""
        item = self.item(login, element_id)
        with self.platform.database.write() as connection:
            inbox.claim(connection, actor=self.actor(login), work_item_id=item.id, now=self.clock.now())

    def submit(self, login: str, element_id: str, **answers: Any) -> None:
        """Complete the first task of this element in a person's inbox."""
        self.complete(login, self.item(login, element_id).id, **answers)

    def complete(self, login: str, work_item_id: str, **answers: Any) -> None:
        """Complete a task."""
        with self.platform.database.write() as connection:
            submissions.complete(
                self.platform.runtime,
                connection,
                actor=self.actor(login),
                work_item_id=work_item_id,
                submitted=answers,
                language="zh",
                now=self.clock.now(),
            )
        self.deliver()

    # Time

    def stop_what_recurs(self) -> None:
        """Nothing begins by itself any more: for stories of one case over months."""
        with self.platform.database.write() as connection:
            connection.execute(update(schedule).values(is_enabled=False, next_due_at=None))

    def deliver(self) -> None:
        """The heartbeat: mail and messages leave, what is due fires; messages may send more."""
        for _ in range(4):
            self.worker.beat()

    def pass_time(self, **length: float) -> None:
        """Time goes by; what falls due meanwhile is done when it falls due."""
        end = self.clock.now() + timedelta(**length)
        while (due_at := self._next_due_at()) is not None and due_at <= end:
            self.clock.move_to(max(due_at, self.clock.now()))
            self.deliver()
        self.clock.move_to(end)
        self.deliver()

    def _next_due_at(self) -> datetime | None:
        with self.platform.database.read() as connection:
            return timers.next_due_at(connection)

    # What is known

    def rows(self, table: Table) -> list[Record]:
        """All rows of a table in the order of its key."""
        with self.platform.database.read() as connection:
            return list(connection.execute(select(table).order_by(next(iter(table.primary_key)))))

    @property
    def instances(self) -> list[Record]:
        """All process instances in the order they started."""
        return sorted(self.rows(process_instance), key=lambda one: (one.started_at, one.business_key))

    @property
    def open_items(self) -> list[Record]:
        """All work items that wait."""
        return [one for one in self.rows(work_item) if one.state in ("ready", "reserved")]

    @property
    def engine_incidents(self) -> list[Record]:
        """What failed inside the engine."""
        return self.rows(engine_incident)

    def passed(self, instance_id: str) -> set[str]:
        """The elements an instance has gone through."""
        return {
            element
            for row in self.rows(history)
            if row.instance_id == instance_id
            for element in (row.data or {}).get("passed", ())
        }

    @property
    def subjects(self) -> list[tuple[str, str]]:
        """Mails sent: recipient (login) and subject."""
        return [(str(mail["to"]).split("@")[0], str(mail["subject"])) for mail in self.mails]
