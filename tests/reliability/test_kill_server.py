"""The product's own server, killed under HTTP clients: what they were answered is there once, after every restart."""

from __future__ import annotations

import http.client
import random
import threading
import time
import uuid
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import select

from bench.house import platform_with
from engine import doctor
from engine.bootstrap import compose
from engine.clock import MovableClock
from engine.settings import Settings
from engine.store.tables import history, process_instance, work_item
from engine.worker import Worker
from tests.reliability.test_kill import seed
from tests.support.diagrams import Diagram
from tests.support.server import Caller, Server

KILLS, CLIENTS = 5, 3


def errand() -> Diagram:
    """A call that makes itself heard twice, and a note."""
    diagram = Diagram("errand").start().user("call").user("note").end().end("told")
    diagram.boundary("late", "call", "R2/PT1S", kind="timeCycle", interrupting=False)
    diagram.message("intermediateThrowEvent", "tell", "late")
    return diagram.flow("begin", "call", "note", "done").flow("late", "tell", "told")


def chase() -> Diagram:
    diagram = Diagram("chase").message("startEvent", "heard", "late").user("look").end()
    return diagram.flow("heard", "look", "done")


class Crowd:
    """Clients that start, claim and complete as fast as they are answered."""

    def __init__(self, server: Server, folder: Path, chance: random.Random) -> None:
        self.server, self.chance = server, chance
        self.watching = compose(Settings(f"sqlite:///{folder / 'yunzhi.sqlite3'}", "key", data_directory=folder))
        self.told: list[tuple[str, str]] = []
        self.unexpected: list[tuple[int, str]] = []
        self.stopping = threading.Event()

    def run(self) -> None:
        """One client: hangs up when the server is gone, comes back when it is there again."""
        caller: Caller | None = None
        while not self.stopping.is_set():
            try:
                if caller is None:
                    caller = Caller(self.server.port)
                    caller.sign_in("clerk")
                self._act(caller)
            except (OSError, http.client.HTTPException):
                if caller is not None:
                    caller.close()
                caller = None
                time.sleep(0.05)
        if caller is not None:
            caller.close()

    def _act(self, caller: Caller) -> None:
        identifier = str(uuid.uuid4())
        self._note("started", identifier, caller.post("/start/errand", instance_id=identifier))
        with self.watching.database.read() as connection:
            ready = select(work_item.c.id).where(work_item.c.state.in_(("ready", "reserved")))
            found = connection.execute(ready.order_by(work_item.c.created_at).limit(20)).scalars().all()
        for chosen in self.chance.sample(list(found), min(3, len(found))):
            self._note("claimed", chosen, caller.post(f"/work-items/{chosen}/claim"))
            self._note("completed", chosen, caller.post(f"/work-items/{chosen}"))

    def _note(self, kind: str, identifier: str, answer: tuple[int, str]) -> None:
        if answer[0] == 302:
            self.told.append((kind, identifier))
        elif answer[0] not in (404, 409):
            self.unexpected.append(answer)


def test_the_server_dies_and_comes_back(tmp_path: Path) -> None:
    chance = random.Random(seed())
    platform_with(errand(), chase(), folder=tmp_path)[0].database.close()
    server = Server(tmp_path)
    crowd = Crowd(server, tmp_path, chance)
    threads = [threading.Thread(target=crowd.run) for _ in range(CLIENTS)]
    server.begin()
    server.wait_until_ready()
    for thread in threads:
        thread.start()
    for _ in range(KILLS):
        time.sleep(chance.uniform(0.3, 2.5))
        server.kill()
        server.begin()
        server.wait_until_ready()
    time.sleep(1)
    crowd.stopping.set()
    for thread in threads:
        thread.join(30)
    server.kill()
    crowd.watching.database.close()

    assert crowd.unexpected == []
    clock = MovableClock(datetime.now(UTC) + timedelta(minutes=10))
    settings = Settings(f"sqlite:///{tmp_path / 'yunzhi.sqlite3'}", "key", data_directory=tmp_path)
    platform = compose(settings, clock=clock)
    Worker(platform).beat()
    assert doctor.examine(platform) == []
    with platform.database.read() as connection:
        cases = connection.execute(select(process_instance.c.id, process_instance.c.definition_key)).all()
        events = connection.execute(select(history.c.instance_id, history.c.work_item_id, history.c.kind)).all()
    platform.database.close()
    completions = Counter(row.work_item_id for row in events if row.kind == "completed")
    counts = Counter(kind for kind, _ in crowd.told)
    print(f"acknowledged: {dict(counts)}")
    assert min(counts["started"], counts["completed"]) > KILLS
    begun = {row.id for row in cases}
    for kind, identifier in crowd.told:
        assert kind != "started" or identifier in begun
        assert kind != "completed" or completions[identifier] == 1
    fired = sum(row.kind == "timer_fired" for row in events)
    assert fired == sum(row.definition_key == "chase" for row in cases)
