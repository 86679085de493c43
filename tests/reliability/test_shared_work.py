"""Two servers and two workers as processes over one PostgreSQL: they share the work, and a killed one is not missed."""

from __future__ import annotations

import sys
import threading
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import func, select

from engine import doctor
from engine.actors import system_actor
from engine.bootstrap import Platform, compose
from engine.deployments import Sources, publish
from engine.settings import Settings
from engine.store.tables import history, outbox, process_instance, timer, work_item
from tests.support.diagrams import Diagram
from tests.support.people import People
from tests.support.server import COMMAND, Caller, Server

WORKER = (sys.executable, "-c", "from webapp.cli import main; main()", "worker")
CASES = 40


def errand() -> Diagram:
    """A call that makes itself heard twice."""
    diagram = Diagram("errand").start().user("call").end().end("told")
    diagram.boundary("late", "call", "R2/PT1S", kind="timeCycle", interrupting=False)
    diagram.message("intermediateThrowEvent", "tell", "late")
    return diagram.flow("begin", "call", "done").flow("late", "tell", "told")


def chase() -> Diagram:
    return Diagram("chase").message("startEvent", "heard", "late").end().flow("heard", "done")


@pytest.fixture
def house(postgresql_settings: Settings) -> Platform:
    """Two clerks and two processes on PostgreSQL, by the real clock."""
    platform = compose(postgresql_settings)
    people = People(platform)
    for login in ("anna", "bert"):
        people.user(login, groups=["staff"])
    sources = Sources({f"area/{one.key}.bpmn": one.xml() for one in (errand(), chase())}, {})
    with platform.database.write() as connection:
        now = platform.clock.now()
        publish(connection, platform.runtime, sources, actor=system_actor("owner"), reason="a story", now=now)
    return platform


def count(platform: Platform, query: object) -> int:
    with platform.database.read() as connection:
        return int(connection.execute(query).scalar_one())  # type: ignore[call-overload]


def wait_until(reached: Callable[[], bool], seconds: float = 180) -> None:
    until = time.monotonic() + seconds
    while not reached():
        assert time.monotonic() < until, "the work was not done in time"
        time.sleep(0.1)


@pytest.fixture
def processes(house: Platform, tmp_path: Path) -> Iterator[list[Server]]:
    """Two servers, which do not run the clock, and two workers."""
    shared = {"YUNZHI_DATABASE_URL": house.settings.database_url, "YUNZHI_HEARTBEAT": "false"}
    found = []
    for name, command in (("one", COMMAND), ("two", COMMAND), ("three", WORKER), ("four", WORKER)):
        (tmp_path / name).mkdir()
        found.append(Server(tmp_path / name, command=command, **shared))
        found[-1].begin()
    for server in found[:2]:
        server.wait_until_ready(120)
    yield found
    for one in found:
        one.end()


@pytest.mark.postgres
def test_servers_and_workers_share_one_postgresql(house: Platform, processes: list[Server]) -> None:
    servers, workers = processes[:2], processes[2:]
    callers = [Caller(servers[0].port).sign_in("anna"), Caller(servers[1].port).sign_in("bert")]
    for number in range(CASES):
        assert callers[number % 2].post("/start/errand", instance_id=str(uuid.uuid4()))[0] == 302

    workers[0].kill()  # whatever it was doing, the other one goes on with it
    rung = select(func.count()).where(history.c.kind == "timer_fired")
    wait_until(lambda: count(house, rung) == 2 * CASES)
    unsent = select(func.count()).select_from(outbox).where(outbox.c.status != "sent")
    wait_until(lambda: count(house, unsent) == 0)

    with house.database.read() as connection:
        items = list(connection.scalars(select(work_item.c.id).order_by(work_item.c.id)))
    answers: list[tuple[str, int]] = []

    def complete(caller: Caller) -> None:
        answers.extend((item, caller.post(f"/work-items/{item}")[0]) for item in items)

    racing = [threading.Thread(target=complete, args=(caller,)) for caller in callers]
    for thread in racing:
        thread.start()
    for thread in racing:
        thread.join(60)
    for caller in callers:
        caller.close()

    assert Counter(status for _, status in answers) == {302: CASES, 409: CASES}
    assert {item for item, status in answers if status == 302} == set(items)
    with house.database.read() as connection:
        cases = Counter(connection.scalars(select(process_instance.c.definition_key)))
        states = set(connection.scalars(select(process_instance.c.status)))
        timers = set(connection.scalars(select(timer.c.status)))
    assert cases == {"errand": CASES, "chase": 2 * CASES}
    assert (states, timers) == ({"completed"}, {"fired"})
    assert doctor.examine(house) == []
    house.database.close()
