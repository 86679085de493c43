"""The heartbeat: it beats by itself, stops cleanly, and one bad unit of work never holds up the others."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import text

from engine import timers
from engine.bootstrap import Platform, compose
from engine.clock import MovableClock, SystemClock
from engine.settings import Settings
from engine.store.tables import timer
from engine.worker import LocalExecutor, Worker
from tests.support.diagrams import Diagram
from tests.support.house import House


def wait() -> Diagram:
    return Diagram("wait").start().catch("rest", "PT1H").end().flow("begin", "rest", "done")


def test_it_beats_by_itself_until_it_is_stopped(settings: Settings) -> None:
    beats = threading.Semaphore(0)

    class Watched(Worker):
        def beat(self) -> int:
            beats.release()
            return super().beat()

    platform = compose(settings, clock=SystemClock())
    worker = Watched(platform)
    worker.start()
    assert beats.acquire(timeout=60)
    assert beats.acquire(timeout=60)
    worker.stop()
    worker.stop()
    while beats.acquire(blocking=False):
        pass
    assert not beats.acquire(timeout=1.5)
    platform.database.close()


def test_a_pool_does_the_work_in_parallel_and_waits_for_all() -> None:
    meeting, done = threading.Barrier(3), []

    def work() -> None:
        meeting.wait(10)
        done.append(1)

    executor = LocalExecutor(3)
    for _ in range(3):
        executor.submit(work)
    executor.wait()
    assert len(done) == 3
    executor.submit(lambda: 1 / 0)  # type: ignore[arg-type,return-value]
    with pytest.raises(ZeroDivisionError):
        executor.wait()


class Elsewhere:
    """A queue behind the port of the executor: units are done later, some twice, in no order of ours."""

    def __init__(self) -> None:
        self.kept: list[Callable[[], None]] = []

    def submit(self, work: Callable[[], None]) -> None:
        self.kept.append(work)

    def wait(self) -> None:
        """Somebody else will do it."""

    def work_off(self) -> None:
        kept, self.kept = self.kept, []
        for work in [*reversed(kept), *kept[:2]]:
            work()


def test_a_queue_elsewhere_may_stand_behind_the_executor(house: House) -> None:
    house.publish(wait())
    cases = [house.start("wait") for _ in range(5)]
    house.clock.move(timedelta(hours=1))
    queue = Elsewhere()
    worker = Worker(house.platform, executor=queue)
    worker.beat()
    assert {house.instance(case).status for case in cases} == {"active"}
    queue.work_off()
    assert {house.instance(case).status for case in cases} == {"completed"}
    assert [row.status for row in house.rows(timer)] == ["fired"] * 5
    assert worker.beat() == 0
    assert queue.kept == []


def test_what_is_due_is_taken_in_its_order_and_in_portions(house: House) -> None:
    house.publish(wait())
    for _ in range(5):
        house.start("wait")
        house.clock.move(timedelta(minutes=1))
    house.clock.move(timedelta(hours=2))
    with house.reading() as connection:
        first = timers.due(connection, house.now, limit=2).timers
    by_due = sorted(house.rows(timer), key=lambda row: row.due_at)
    assert list(first) == [row.id for row in by_due[:2]]
    assert house.worker.beat() == 5


def test_a_failure_that_cannot_even_be_noted_blocks_nobody(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    house.publish(wait())
    bad, good = house.start("wait"), house.start("wait")
    house.clock.move(timedelta(hours=1))
    with house.writing() as connection:
        connection.execute(
            text("UPDATE process_instance SET state = :state WHERE id = :id"),
            {"state": b"not a state", "id": bad.instance_id},
        )
    monkeypatch.setattr(timers, "postpone_timer", lambda *_args, **_options: 1 / 0)
    assert house.worker.beat() == 1
    assert house.instance(good).status == "completed"
    monkeypatch.undo()
    house.worker.beat()
    row = next(row for row in house.rows(timer) if row.instance_id == bad.instance_id)
    assert (row.status, row.attempts) == ("pending", 1)


@pytest.mark.postgres
def test_on_postgresql_a_busy_case_is_left_for_the_next_beat(
    postgresql_settings: Settings, clock: MovableClock
) -> None:
    platform = compose(postgresql_settings, clock=clock)
    house = House(platform)
    house.publish(wait())
    case = house.start("wait")
    clock.move(timedelta(hours=1))
    with house.writing() as busy:
        busy.execute(text("SELECT 1 FROM process_instance WHERE id = :id FOR UPDATE"), {"id": case.instance_id})
        assert house.worker.beat() == 0
    assert house.worker.beat() == 1
    assert house.instance(case).status == "completed"
    platform.database.close()


def test_beats_do_not_overlap(platform: Platform) -> None:
    worker, running, most = Worker(platform), [], []
    real = worker._round

    def counted() -> int:
        running.append(1)
        most.append(len(running))
        time.sleep(0.02)
        running.pop()
        return real()

    worker._round = counted  # type: ignore[method-assign]
    threads = [threading.Thread(target=worker.beat) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert max(most) == 1
