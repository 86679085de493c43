"""The heartbeat: finds what is due and does it, in this process, on every node that runs one.

APScheduler beats; the tables hold every deadline, so that nothing depends on a process staying alive. Claims are atomic
rows, so any number of nodes may beat at once.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any, Protocol

from apscheduler.schedulers.background import BackgroundScheduler
from sqlalchemy import Connection

from engine import timers
from engine.bootstrap import Platform
from engine.errors import Conflict

BEAT_SECONDS = 1
_CONFLICT_TRIES = 5

log = logging.getLogger("yunzhi.worker")

Unit = Callable[[Connection], bool]
Recovery = Callable[[Connection, Exception], None]
Work = tuple[Unit, Recovery]


class Executor(Protocol):
    """Where due work is done: here, or handed to a queue that does it elsewhere."""

    def submit(self, work: Callable[[], None]) -> None:
        """Take on one unit of work."""

    def wait(self) -> None:
        """Wait until what was taken on is done (a queue elsewhere may return at once)."""


class LocalExecutor:
    """Does the work in this process: one thread on SQLite, several on PostgreSQL."""

    def __init__(self, threads: int) -> None:
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="yunzhi-worker") if threads > 1 else None
        self._running: list[Any] = []

    def submit(self, work: Callable[[], None]) -> None:
        """Do the work now, or in a pool thread."""
        if self._pool is None:
            work()
        else:
            self._running.append(self._pool.submit(work))

    def wait(self) -> None:
        """Wait for the pool."""
        running, self._running = self._running, []
        for one in running:
            one.result()


class Worker:
    """One node's clock."""

    def __init__(
        self,
        platform: Platform,
        *,
        executor: Executor | None = None,
        channels: Mapping[str, timers.Channel] | None = None,
    ) -> None:
        self.platform = platform
        self.channels = dict(channels or platform.channels)
        self.executor = executor or LocalExecutor(1 if platform.database.is_sqlite else 4)
        self._scheduler: BackgroundScheduler | None = None
        self._beating = threading.Lock()

    def start(self) -> None:
        """Beat in the background until ``stop``."""
        self._scheduler = BackgroundScheduler(timezone="UTC")
        self._scheduler.add_job(
            self.beat,
            "interval",
            seconds=BEAT_SECONDS,
            coalesce=True,
            max_instances=1,
            misfire_grace_time=None,
        )
        self._scheduler.start()

    def stop(self) -> None:
        """Finish the beat under way and stop."""
        if self._scheduler is not None:
            self._scheduler.shutdown(wait=True)
            self._scheduler = None

    def beat(self) -> int:
        """Do everything due now; how many units were done. Called by the scheduler, by tests and simulations."""
        with self._beating:
            total = 0
            while done := self._round():
                total += done
            return total

    def _round(self) -> int:
        platform = self.platform
        now = platform.clock.now()
        with platform.database.read() as connection:
            due = timers.due(connection, now)
        done: list[bool] = []
        for timer_id in due.timers:
            self._submit(done, self._timer(timer_id, now))
        for schedule_id in due.schedules:
            self._submit(done, self._schedule(schedule_id, now))
        for row_id in due.outbox:
            self._submit(done, self._outbox_row(row_id, now))
        self.executor.wait()
        return sum(done)

    def _timer(self, timer_id: str, now: datetime) -> Work:
        return (
            lambda connection: timers.fire_timer(self.platform.runtime, connection, timer_id, now=now),
            lambda connection, error: timers.postpone_timer(connection, timer_id, error, now=now),
        )

    def _schedule(self, schedule_id: int, now: datetime) -> Work:
        return (
            lambda connection: timers.start_scheduled(self.platform.runtime, connection, schedule_id, now=now),
            lambda connection, error: timers.postpone_schedule(connection, schedule_id, error, now=now),
        )

    def _outbox_row(self, row_id: int, now: datetime) -> Work:
        runtime, channels = self.platform.runtime, self.channels
        return (
            lambda connection: timers.send_outbox_row(runtime, connection, row_id, channels, now=now),
            lambda connection, error: timers.postpone_outbox_row(connection, row_id, error, now=now),
        )

    def _submit(self, done: list[bool], work: Work) -> None:
        self.executor.submit(lambda: done.append(self._do(*work)))

    def _do(self, unit: Unit, recovery: Recovery) -> bool:
        """One unit in its own transaction; what goes wrong is noted in another."""
        database = self.platform.database
        for attempt in range(_CONFLICT_TRIES):
            try:
                with database.write() as connection:
                    return unit(connection)
            except Conflict as conflict:
                if attempt < _CONFLICT_TRIES - 1:
                    continue
                failure: Exception = conflict
            except Exception as error:
                failure = error
            log.exception("a unit of due work failed", exc_info=failure)
            with database.write() as connection:
                recovery(connection, failure)
            return False
        return False
