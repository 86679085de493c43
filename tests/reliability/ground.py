"""A house under load that is killed at random moments, over and over.

    python -m tests.reliability.ground FOLDER SEED KILLS

Everything is imported once; each life is a fork that opens the installation in FOLDER as a server does (schema, clock,
threads that start, claim and complete) and works until this process kills it with SIGKILL. What a life was told to be
committed it appends to ``acknowledged``; whatever it should never meet goes to ``errors``.
"""

from __future__ import annotations

import os
import random
import signal
import sys
import threading
import time
import traceback
import uuid
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sqlalchemy import insert, select

from engine import deployments, inbox, instances
from engine.actors import Actor
from engine.bootstrap import Platform, compose
from engine.clock import Clock
from engine.errors import Conflict, NotFound
from engine.handlers import ServiceCall
from engine.settings import Settings
from engine.store.tables import group, membership, outbox, user, work_item
from engine.worker import Worker
from tests.support.diagrams import Diagram

CLERKS = 3
LONGEST_LIFE_SECONDS = 0.9


def errand() -> Diagram:
    """A call with three reminders, a rest, a mail, and word to the archive."""
    diagram = Diagram("errand").start().user("call").catch("rest", "PT1S").service("thank", "test.mail")
    diagram.message("intermediateThrowEvent", "tell", "finished").user("note").end()
    diagram.boundary("late", "call", "R3/PT1S", kind="timeCycle", interrupting=False).service("remind", "test.mail")
    diagram.end("reminded")
    diagram.flow("begin", "call", "rest", "thank", "tell", "note", "done")
    return diagram.flow("late", "remind", "reminded")


def archive() -> Diagram:
    """Started by each errand that has told it so."""
    diagram = Diagram("archive").message("startEvent", "told", "finished").user("file").end()
    return diagram.flow("told", "file", "done")


def open_house(folder: Path, clock: Clock | None = None) -> Platform:
    """The installation in ``folder``."""
    settings = Settings(f"sqlite:///{folder / 'yunzhi.sqlite3'}", "key", data_directory=folder)
    platform = compose(settings, clock=clock)
    platform.runtime.handlers.serve("test.mail", put_mail_in_the_outbox)
    return platform


def put_mail_in_the_outbox(call: ServiceCall) -> Mapping[str, Any]:
    """One mail per call, whatever happens."""
    call.connection.execute(
        insert(outbox).values(
            kind="mail",
            dedup_key=f"mail:{call.dedup_key}",
            instance_id=call.instance_id,
            payload={"to": "customer@example.org", "subject": call.business_key, "text": call.element_id},
            status="pending",
            available_at=call.now,
            attempts=0,
            created_at=call.now,
        )
    )
    return {}


def furnish(folder: Path) -> None:
    """Users and processes, before the first life."""
    platform = open_house(folder)
    now = platform.clock.now()
    with platform.database.write() as connection:
        connection.execute(insert(group).values(id=1, key="staff", name_zh="员工", name_en="Staff"))
        for number in range(1, CLERKS + 1):
            row = {"login": f"clerk{number}", "name": f"Clerk {number}", "password_hash": "-", "is_active": True}
            connection.execute(
                insert(user).values(
                    **row, id=number, password_changed_at=now, is_administrator=number == 1, created_at=now
                )
            )
            connection.execute(insert(membership).values(user_id=number, group_id=1))
        sources = deployments.Sources({f"area/{one.key}.bpmn": one.xml() for one in (errand(), archive())}, {})
        deployments.publish(connection, platform.runtime, sources, actor=clerk(1), reason="test", now=now)
    platform.database.close()


def clerk(number: int) -> Actor:
    """One of those who work here."""
    return Actor(number, f"clerk{number}", f"Clerk {number}", is_administrator=number == 1, groups={1: "staff"})


class Life:
    """One process: works until it is killed."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.random = random.Random(seed)
        self.acknowledged = os.open(folder / "acknowledged", os.O_WRONLY | os.O_APPEND | os.O_CREAT)
        self.errors = os.open(folder / "errors", os.O_WRONLY | os.O_APPEND | os.O_CREAT)
        self.platform = open_house(folder)
        self.worker = Worker(self.platform)

    def run(self) -> None:
        """Start the threads and wait for the end."""
        for work in (self.beat, self.start_cases, *[self.do_work_items] * CLERKS):
            threading.Thread(target=self._keep_doing, args=(work,), daemon=True).start()
        time.sleep(60)

    def beat(self) -> None:
        """The clock's part."""
        self.worker.beat()
        time.sleep(0.02)

    def start_cases(self) -> None:
        """Somebody starts an errand under an id of their own, as a start form does."""
        identifier = str(uuid.uuid4())
        with self.platform.database.write() as connection:
            instances.start(
                self.platform.runtime,
                connection,
                actor=clerk(1),
                key="errand",
                variables={"note": "客户来电"},
                now=self.platform.clock.now(),
                instance_id=identifier,
            )
        self._acknowledge(f"started {identifier}")
        time.sleep(0.03)

    def do_work_items(self) -> None:
        """Somebody takes any open work item, claims it or not, and completes it."""
        actor = clerk(self.random.randint(1, CLERKS))
        with self.platform.database.read() as connection:
            ready = select(work_item.c.id).where(work_item.c.state.in_(("ready", "reserved")))
            found = connection.execute(ready.order_by(work_item.c.created_at).limit(30)).scalars().all()
        if not found:
            time.sleep(0.01)
            return
        chosen, now = self.random.choice(found), self.platform.clock.now()
        try:
            if self.random.random() < 0.5:
                with self.platform.database.write() as connection:
                    inbox.claim(connection, actor=actor, work_item_id=chosen, now=now)
                self._acknowledge(f"claimed {chosen} {actor.user_id}")
            with self.platform.database.write() as connection:
                inbox.complete(
                    self.platform.runtime,
                    connection,
                    actor=actor,
                    work_item_id=chosen,
                    variables={"answer": self.random.random()},
                    now=now,
                )
            self._acknowledge(f"completed {chosen} {actor.user_id}")
        except (Conflict, NotFound):
            return

    def _acknowledge(self, line: str) -> None:
        os.write(self.acknowledged, f"{line}\n".encode())

    def _keep_doing(self, work: Any) -> None:
        while True:
            try:
                work()
            except Exception:
                os.write(self.errors, traceback.format_exc().encode())
                time.sleep(0.1)


def main(folder: Path, seed: int, kills: int) -> None:
    """Let ``kills`` lives begin and end."""
    furnish(folder)
    chance = random.Random(seed)
    for number in range(kills):
        child = os.fork()
        if child == 0:
            try:
                Life(folder, seed * 1000 + number).run()
            except BaseException:
                (folder / f"died-{number}").write_text(traceback.format_exc())
            os._exit(1)
        time.sleep(chance.uniform(0.02, LONGEST_LIFE_SECONDS))
        os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
        assert os.WIFSIGNALED(status), (folder / f"died-{number}").read_text()


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
