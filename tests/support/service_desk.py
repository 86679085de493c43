"""A service desk for stories: its people, its published processes and the calls it makes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Table, select, update

from engine import deployments, inbox_queries, instances, submissions
from engine.actors import Actor, system_actor
from engine.bootstrap import Platform
from engine.demo.company import UNITS
from engine.settings import ROOT
from engine.store.tables import callback, incident, outbox, process_instance, user, work_item
from engine.store.types import Record
from engine.worker import Worker
from tests.support.people import People
from tests.support.ticket_system import TicketSystem

REACHED = {"channel": "phone", "reached": "yes"}
NOT_REACHED = {"channel": "phone", "reached": "no", "note": "无人接听"}


class ServiceDesk(TicketSystem):
    """Chen Jing leads the service desk, Liu Yang calls customers, Wang Qiang leads operations, Li Hao works there."""

    def __init__(self, platform: Platform, people: People, folder: Path, *, is_founded: bool = False) -> None:
        if not is_founded:
            self._found(platform, people)
        self.liu_yang, self.chen_jing = people.actor("liuyang"), people.actor("chenjing")
        self.li_hao, self.wang_qiang = people.actor("lihao"), people.actor("wangqiang")
        super().__init__(platform, folder, importer=self.chen_jing)
        self.mails: list[Mapping[str, Any]] = []
        self.worker = Worker(platform, channels={"mail": self.mails.append})

    @staticmethod
    def _found(platform: Platform, people: People) -> None:
        people.user("liuyang", "刘洋", groups=["service_desk"])
        chen_jing = people.user("chenjing", "陈静", groups=["service_desk"])
        people.user("lihao", "李浩", groups=["operations"])
        wang_qiang = people.user("wangqiang", "王强", groups=["operations"])
        for unit in UNITS:
            people.group(unit.key, unit.zh, unit.en)
        people.group("service_desk", manager=chen_jing)
        people.group("operations", manager=wang_qiang)
        now = platform.clock.now()
        with platform.database.write() as connection:
            connection.execute(update(user).values(email=user.c.login + "@example.com"))
            sources = deployments.read_sources(ROOT / "processes", ROOT / "forms")
            deployments.publish(
                connection, platform.runtime, sources, actor=system_actor("test"), reason="test", now=now
            )

    # The service desk's side

    def pass_time(self, **length: float) -> None:
        """Time goes by; what falls due meanwhile is done when it falls due."""
        end = self.clock.now() + timedelta(**length)
        while (due_at := self._next_due_at()) is not None and due_at <= end:
            self.clock.move_to(max(due_at, self.clock.now()))
            self.worker.beat()
        self.clock.move_to(end)
        self.worker.beat()

    def inbox(self, actor: Actor) -> list[Record]:
        """What a person finds in the inbox."""
        with self.platform.database.read() as connection:
            now = self.clock.now()
            query = inbox_queries.InboxQuery()
            end = now + timedelta(hours=8)
            return inbox_queries.page(connection, actor, query, now=now, today_ends_at=end).items

    def todo(self, actor: Actor) -> list[str]:
        """The elements of the tasks in a person's inbox, sorted."""
        return sorted(item.element_id for item in self.inbox(actor))

    def submit(self, actor: Actor, element_id: str, **answers: Any) -> None:
        """Complete the first task of this element in a person's inbox."""
        item = next(one for one in self.inbox(actor) if one.element_id == element_id)
        with self.platform.database.write() as connection:
            submissions.complete(
                self.platform.runtime,
                connection,
                actor=actor,
                work_item_id=item.id,
                submitted=answers,
                language="zh",
                now=self.clock.now(),
            )
        self.worker.beat()

    def hear_of_a_stranger(self, number: str) -> None:
        """A message from elsewhere says that an incident is resolved of which the register knows nothing."""
        now = self.clock.now()
        told = dict.fromkeys(("customer", "caller_phone", "assignment_group"), "")
        told |= {"incident_number": number, "incident_summary": "来路不明", "caller": "某人"}
        with self.platform.database.write() as connection:
            instances.correlate(
                self.platform.runtime,
                connection,
                actor=self.chen_jing,
                message="incident.resolved",
                correlation_key=number,
                variables={**told, "resolved_at": now.isoformat()},
                now=now,
            )

    def rows(self, table: Table) -> list[Record]:
        """All rows of a table."""
        with self.platform.database.read() as connection:
            return list(connection.execute(select(table).order_by(next(iter(table.primary_key)))))

    @property
    def incidents(self) -> dict[str, Record]:
        """The register of incidents by number."""
        return {row.number: row for row in self.rows(incident)}

    @property
    def callbacks(self) -> list[Record]:
        """All callbacks, oldest first."""
        return self.rows(callback)

    @property
    def instances(self) -> list[Record]:
        """All process instances in the order they started."""
        return sorted(self.rows(process_instance), key=lambda one: (one.started_at, one.business_key))

    @property
    def work_items(self) -> list[Record]:
        """All work items."""
        return self.rows(work_item)

    @property
    def subjects(self) -> list[tuple[str, str]]:
        """Mails sent: recipient and subject."""
        return [(str(mail["to"]), str(mail["subject"])) for mail in self.mails]

    @property
    def unsent(self) -> list[Record]:
        """Outbox rows that have not been sent."""
        return [row for row in self.rows(outbox) if row.status != "sent"]

    def _next_due_at(self) -> datetime | None:
        from engine import timers

        with self.platform.database.read() as connection:
            return timers.next_due_at(connection)
