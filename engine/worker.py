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
from typing import Any, Protocol, TypeVar

from apscheduler.schedulers.background import BackgroundScheduler
from sqlalchemy import Connection

from engine import process_changes, timers
from engine.bootstrap import Platform
from engine.errors import Conflict
from engine.sla import alarms

BEAT_SECONDS = 1
_CONFLICT_TRIES = 5

log = logging.getLogger("yunzhi.worker")

Outcome = TypeVar("Outcome")
Recovery = Callable[[Connection, Exception], None]


class Proof(Protocol):
    """What must stand when an approved change comes into force."""

    def renew(self, platform: Platform, change_id: int) -> bool:
        """Bring it up to date, outside any transaction; False while somebody else does. Raises what sends the change
        back."""

    def check(self, connection: Connection, change_id: int) -> None:
        """Raises a ``Conflict`` unless it stands, in the transaction that publishes."""


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
        proof: Proof | None = None,
        log: logging.Logger = log,
    ) -> None:
        self.platform, self._proof, self._log = platform, proof, log
        self.channels = dict(channels or platform.channels)
        self.executor = executor or LocalExecutor(1 if platform.database.is_sqlite else 4)
        self._scheduler: BackgroundScheduler | None = None
        self._beating, self._bringing = threading.Lock(), threading.Lock()

    def start(self) -> None:
        """Beat in the background until ``stop``; what was approved comes into force beside the beats."""
        self._scheduler = BackgroundScheduler(timezone="UTC")
        for act in (self.beat, self.bring_into_force):
            self._scheduler.add_job(
                act,
                "interval",
                seconds=BEAT_SECONDS,
                coalesce=True,
                max_instances=1,
                misfire_grace_time=None,
            )
        self._scheduler.start()

    def stop(self) -> None:
        """Finish what is under way and stop."""
        if self._scheduler is not None:
            self._scheduler.shutdown(wait=True)
            self._scheduler = None

    def beat(self, rounds: int | None = None) -> int:
        """Do everything due now; how many units were done. Called by the scheduler, by tests and simulations.

        What is done may make more due: that is the next round, of which ``rounds`` may limit the number.
        """
        with self._beating:
            total = 0
            while (rounds is None or rounds > 0) and (done := self._round()):
                total += done
                rounds = None if rounds is None else rounds - 1
            return total

    def _round(self) -> int:
        platform = self.platform
        now = platform.clock.now()
        with platform.database.read() as connection:
            due = timers.due(connection, now)
            clocks = alarms.due(connection, now)
        done: list[bool] = []
        for work, ids in (
            (self._timer, due.timers),
            (self._schedule, due.schedules),
            (self._clock, clocks),
            (self._message, due.messages),
            (self._sending, due.sendings),
        ):
            for one in ids:
                self._submit(done, work, one, now)
        self.executor.wait()
        # A worker that beats by itself does this beside its beats, which must not wait for walks.
        return sum(done) + (self.bring_into_force() if self._scheduler is None else 0)

    def bring_into_force(self) -> int:
        """Publish the approved changes whose moment has come, one after the other; how many were published.

        Their walks, if they have to be done again, take seconds: nothing is held meanwhile.
        """
        with self._bringing:
            now = self.platform.clock.now()
            with self.platform.database.read() as connection:
                changes = process_changes.due(connection, now)
            return sum(self._change(one, now) for one in changes)

    def _submit(self, done: list[bool], work: Callable[[Any, datetime], bool], one: Any, now: datetime) -> None:
        self.executor.submit(lambda: done.append(work(one, now)))

    def _change(self, change_id: int, now: datetime) -> bool:
        def publish(connection: Connection) -> bool:
            if self._proof is not None:
                self._proof.check(connection, change_id)
            process_changes.put_in_force(self.platform.runtime, connection, change_id, now=now)
            return True

        def prove_and_publish() -> bool:
            if self._proof is not None and not self._proof.renew(self.platform, change_id):
                return False
            return self._commit(publish)

        return self._do(
            prove_and_publish,
            lambda connection, error: process_changes.fail(connection, change_id, error, now=now),
        )

    def _timer(self, timer_id: str, now: datetime) -> bool:
        return self._do(
            lambda: self._commit(lambda c: timers.fire_timer(self.platform.runtime, c, timer_id, now=now)),
            lambda connection, error: timers.postpone_timer(connection, timer_id, error, now=now),
        )

    def _schedule(self, schedule_id: int, now: datetime) -> bool:
        return self._do(
            lambda: self._commit(lambda c: timers.start_scheduled(self.platform.runtime, c, schedule_id, now=now)),
            lambda connection, error: timers.postpone_schedule(connection, schedule_id, error, now=now),
        )

    def _clock(self, clock_id: int, now: datetime) -> bool:
        zone = self.platform.settings.zone
        return self._do(
            lambda: self._commit(lambda c: alarms.ring(c, clock_id, zone=zone, now=now)),
            lambda connection, error: alarms.postpone(connection, clock_id, now=now),
        )

    def _message(self, row_id: int, now: datetime) -> bool:
        return self._do(
            lambda: self._commit(lambda c: timers.deliver_message(self.platform.runtime, c, row_id, now=now)),
            lambda connection, error: timers.postpone_outbox_row(connection, row_id, error, now=now),
        )

    def _sending(self, row_id: int, now: datetime) -> bool:
        return self._do(
            lambda: self._send(row_id, now),
            lambda connection, error: timers.postpone_outbox_row(connection, row_id, error, now=now),
        )

    def _send(self, row_id: int, now: datetime) -> bool:
        # The lease runs from this moment, not from the beginning of a beat that may have been sending for minutes.
        now = max(now, self.platform.clock.now())
        send = self._commit(lambda connection: timers.lease_sending(connection, row_id, self.channels, now=now))
        if send is None:
            return False
        send()
        self._commit(lambda connection: timers.note_sent(connection, row_id, now=now))
        return True

    def _commit(self, unit: Callable[[Connection], Outcome]) -> Outcome:
        with self.platform.database.write() as connection:
            return unit(connection)

    def _do(self, work: Callable[[], bool], recovery: Recovery) -> bool:
        """One unit of work; what goes wrong is noted in a transaction of its own."""
        for attempt in range(_CONFLICT_TRIES):
            try:
                return work()
            except Conflict as conflict:
                if attempt < _CONFLICT_TRIES - 1:
                    continue
                failure: Exception = conflict
            except Exception as error:
                failure = error
            self._log.exception("a unit of due work failed", exc_info=failure)
            self._note(recovery, failure)
            return False
        return False

    def _note(self, recovery: Recovery, failure: Exception) -> None:
        try:
            self._commit(lambda connection: recovery(connection, failure))
        except Exception:
            # The row stays as it is and the next beat tries again; the others due now must not wait for it.
            self._log.exception("a failure could not be noted")
