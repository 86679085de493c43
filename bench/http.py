"""Server CPU per act over HTTP: one process of the production server (waitress), its database included.

Completing a work item, claiming and completing one, starting an instance, firing a due timer: the CPU time the server
process used, divided by the acts. Then eight clients at once: no error may reach any of them.

    python -m bench.http [acts]
"""

from __future__ import annotations

import json
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import func, select, update

from bench.diagrams import CALLBACK_FORMS, callback
from bench.house import platform_with
from bench.work_items import StockProcess
from engine import instances
from engine.actors import Actor
from engine.bootstrap import Platform, compose
from engine.settings import Settings
from engine.store.tables import timer, work_item
from tests.support.diagrams import Diagram
from tests.support.server import Caller, Server

TARGETS_MS = {"complete": 3.5, "claim + complete": 5.0, "start": 3.0, "due timer": 2.0}
CLIENTS = 8


def errand() -> Diagram:
    """Three tasks and a reminder."""
    diagram = Diagram("errand").start().user("call", camunda_dueDate="PT24H").user("note").user("close").end()
    diagram.boundary("late", "call", "PT20H", interrupting=False).user("chase").end("chased")
    return diagram.flow("begin", "call", "note", "close", "done").flow("late", "chase", "chased")


def furnish(folder: Path, cases: int) -> None:
    """An installation with open cases."""
    platform, clerk = platform_with(errand(), folder=folder)
    for _ in range(cases // 50):
        _start_many(platform, clerk, 50)
    platform.database.close()


def open_again(folder: Path) -> Platform:
    """The same installation, seen from here."""
    return compose(Settings(f"sqlite:///{folder / 'yunzhi.sqlite3'}", "key", data_directory=folder))


def _start_many(platform: Platform, clerk: Actor, count: int) -> None:
    with platform.database.write() as connection:
        for _ in range(count):
            instances.start(
                platform.runtime, connection, actor=clerk, key="errand", variables={}, now=platform.clock.now()
            )


def open_items(platform: Platform, element: str, limit: int) -> list[str]:
    """Ids of ready work items of an element."""
    with platform.database.read() as connection:
        query = select(work_item.c.id).where(work_item.c.element_id == element, work_item.c.state == "ready")
        return list(connection.execute(query.limit(limit)).scalars())


def measure(server: Server, acts: int, act: Callable[[int], None]) -> float:
    """Milliseconds of server CPU per act; the first tenth warms up."""
    for number in range(acts // 10):
        act(number)
    before = server.cpu_seconds
    for number in range(acts // 10, acts):
        act(number)
    return (server.cpu_seconds - before) * 1000 / (acts - acts // 10)


def expect(answer: tuple[int, str], status: int = 302) -> None:
    assert answer[0] == status, (answer[0], answer[1][:2000])


def one_client(folder: Path, acts: int) -> dict[str, float]:
    """The figures of one client after another, without the clock's own work in between."""
    furnish(folder, 3 * acts)
    platform = open_again(folder)
    server = Server(folder, YUNZHI_HEARTBEAT="false")
    server.begin()
    server.wait_until_ready()
    clerk = Caller(server.port).sign_in("clerk")
    found: dict[str, float] = {}
    calls = open_items(platform, "call", 2 * acts)
    found["complete"] = measure(server, acts, lambda n: expect(clerk.post(f"/work-items/{calls[n]}")))

    def claim_and_complete(number: int) -> None:
        expect(clerk.post(f"/work-items/{calls[acts + number]}/claim"))
        expect(clerk.post(f"/work-items/{calls[acts + number]}"))

    found["claim + complete"] = measure(server, acts, claim_and_complete)
    found["start"] = measure(server, acts, lambda _: expect(clerk.post("/start/errand")))
    found["first page"] = measure(server, acts // 4, lambda _: expect(clerk.get("/"), 200))
    page = open_items(platform, "call", 1)[0]
    found["task page"] = measure(server, acts // 4, lambda _: expect(clerk.get(f"/work-items/{page}"), 200))
    clerk.close()
    server.end()
    platform.database.close()
    return found


def due_timers(folder: Path) -> dict[str, float]:
    """All armed timers fall due while the server stands; it starts and fires them."""
    platform = open_again(folder)
    pending = timer.c.status == "pending"

    def left() -> int:
        with platform.database.read() as connection:
            return connection.execute(select(func.count()).select_from(timer).where(pending)).scalar_one()

    count = left()
    server = Server(folder)
    server.begin()
    server.wait_until_ready()
    time.sleep(2)
    before = server.cpu_seconds
    with platform.database.write() as connection:
        connection.execute(update(timer).where(pending).values(due_at=platform.clock.now() - timedelta(hours=1)))
    while left():
        time.sleep(0.1)
    spent = server.cpu_seconds - before
    server.end()
    platform.database.close()
    return {"due timer": spent * 1000 / count, "timers": count}


def many_clients(folder: Path, acts: int) -> dict[str, Any]:
    """Eight at once, each claiming and completing its own items, reading its page, starting cases."""
    furnish(folder, CLIENTS * acts)
    platform = open_again(folder)
    items = open_items(platform, "call", CLIENTS * acts)
    platform.database.close()
    server = Server(folder)
    server.begin()
    server.wait_until_ready()
    answers: list[int] = []
    bodies: list[str] = []

    def work(number: int) -> None:
        caller = Caller(server.port).sign_in("clerk")
        for item in items[number::CLIENTS]:
            for status, body in (
                caller.post(f"/work-items/{item}/claim"),
                caller.get("/"),
                caller.post(f"/work-items/{item}"),
                caller.post("/start/errand"),
            ):
                answers.append(status)
                if status >= 400:
                    bodies.append(body)
        caller.close()

    began = time.monotonic()
    threads = [threading.Thread(target=work, args=(number,)) for number in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    elapsed = time.monotonic() - began
    server.end()
    log = server.log.read_text()
    return {
        "clients": CLIENTS,
        "requests": len(answers),
        "errors": sum(status >= 400 for status in answers),
        "lock_messages": sum("locked" in text for text in (*bodies, log)),
        "requests_per_second": round(len(answers) / elapsed, 1),
    }


def yardstick() -> float:
    """How fast the machine is just now: CPU milliseconds of one completion by stock SpiffWorkflow, commit excluded."""
    stock = StockProcess(callback())
    return statistics.median(1000 * spent / count for spent, count, _ in (stock.run(CALLBACK_FORMS) for _ in range(30)))


def main() -> None:
    acts = int(sys.argv[1]) if len(sys.argv) > 1 else 400
    before = yardstick()
    folder = Path(tempfile.mkdtemp())
    found = {**one_client(folder, acts), **due_timers(folder)}
    after = yardstick()
    together = many_clients(Path(tempfile.mkdtemp()), acts // 8)
    for name, value in found.items():
        target = TARGETS_MS.get(name)
        print(f"{name:18} {value:8.2f}" + (f" ms   target ≤ {target} ms" if target else ""))
    print(f"{'yardstick':18} {before:8.2f} ms before, {after:.2f} ms after (one completion by stock SpiffWorkflow)")
    print("  ".join(f"{name}={value}" for name, value in together.items()))
    print(
        json.dumps(
            {
                **{name: round(value, 3) for name, value in found.items()},
                "yardstick": [round(before, 3), round(after, 3)],
                "eight": together,
            }
        )
    )


if __name__ == "__main__":
    main()
