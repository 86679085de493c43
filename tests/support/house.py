"""A house in which processes run: what a story does to it, each act in its own transaction."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from typing import Any, TypeVar

import orjson
from sqlalchemy import Connection, Table, select

from engine import assignments, deployments, inbox, instances, work_items
from engine.actors import Actor, system_actor
from engine.bootstrap import Platform
from engine.clock import MovableClock
from engine.handlers import ServiceCall
from engine.instances import Started
from engine.runtime.execution import Waits
from engine.store import audit
from engine.store.tables import process_instance
from engine.store.types import Record
from engine.worker import Worker
from tests.support.diagrams import Diagram

Result = TypeVar("Result")
OWNER = system_actor("process-owner")


class House:
    """One installation and its clock."""

    def __init__(self, platform: Platform) -> None:
        self.platform = platform
        assert isinstance(platform.clock, MovableClock)
        self.clock: MovableClock = platform.clock
        self.worker = Worker(platform)

    @property
    def now(self) -> Any:
        return self.platform.clock.now()

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        with self.platform.database.write() as connection:
            yield connection

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        with self.platform.database.read() as connection:
            yield connection

    def serve(self, topic: str, handler: Callable[[ServiceCall], Mapping[str, Any] | None], *required: str) -> None:
        """Let ``handler`` serve a topic from now on."""
        self.platform.runtime.handlers.serve(topic, handler, required=required)

    def publish(
        self,
        *diagrams: Diagram,
        forms: Mapping[str, Mapping[str, Any]] | None = None,
        decisions: Mapping[str, bytes] | None = None,
        rules: Mapping[str, str] | None = None,
        by: Actor = OWNER,
    ) -> deployments.Published:
        """Publish diagrams (and forms, decision and rules files by key) as a process owner does."""
        sources = deployments.Sources(
            {f"area/{one.key}.bpmn": one.xml() for one in diagrams},
            {f"{key}.json": orjson.dumps(form) for key, form in (forms or {}).items()},
            {f"area/{key}.dmn": source for key, source in (decisions or {}).items()},
            {f"area/{key}.rules.yaml": text.encode() for key, text in (rules or {}).items()},
        )
        with self.writing() as connection:
            return deployments.publish(
                connection, self.platform.runtime, sources, actor=by, reason="a story", now=self.now
            )

    def start(self, key: str, actor: Actor = OWNER, **variables: Any) -> Started:
        with self.writing() as connection:
            return instances.start(
                self.platform.runtime, connection, actor=actor, key=key, variables=variables, now=self.now
            )

    def claim(self, item: Record, actor: Actor) -> None:
        with self.writing() as connection:
            inbox.claim(connection, actor=actor, work_item_id=item.id, now=self.now)

    def release(self, item: Record, actor: Actor) -> None:
        with self.writing() as connection:
            inbox.release(connection, actor=actor, work_item_id=item.id, now=self.now)

    def complete(self, item: Record, actor: Actor, **variables: Any) -> None:
        with self.writing() as connection:
            inbox.complete(
                self.platform.runtime,
                connection,
                actor=actor,
                work_item_id=item.id,
                variables=variables,
                now=self.now,
            )

    def reassign(self, item: Record, actor: Actor, to: Actor) -> None:
        assert to.user_id is not None
        with self.writing() as connection:
            assignments.reassign(connection, actor=actor, work_item_id=item.id, to_user_id=to.user_id, now=self.now)

    def forward(self, item: Record, actor: Actor, to: Actor, comment: str = "") -> None:
        assert to.user_id is not None
        with self.writing() as connection:
            assignments.forward(
                connection,
                actor=actor,
                work_item_id=item.id,
                to_user_id=to.user_id,
                comment=comment,
                now=self.now,
            )

    def cancel(self, started: Started, actor: Actor, reason: str = "no longer wanted") -> None:
        with self.writing() as connection:
            instances.cancel(
                self.platform.runtime,
                connection,
                actor=actor,
                instance_id=started.instance_id,
                reason=reason,
                now=self.now,
            )

    def send(self, message: str, key: str, **variables: Any) -> list[str]:
        """Deliver a message from outside; the instances that took it."""
        with self.writing() as connection:
            return instances.correlate(
                self.platform.runtime,
                connection,
                actor=OWNER,
                message=message,
                correlation_key=key,
                variables=variables,
                now=self.now,
            )

    def pass_time(self, **by: float) -> int:
        """Move the clock and let the worker beat; how many units of work it did."""
        self.clock.move(timedelta(**by))
        return self.worker.beat()

    # Looking

    def see(self, item: Record, actor: Actor) -> Record:
        with self.reading() as connection:
            return work_items.get(connection, item.id, actor)

    def open(self, started: Started) -> list[str]:
        """The elements of an instance that wait for somebody, sorted."""
        with self.reading() as connection:
            items = instances.open_work(connection, [started.instance_id]).get(started.instance_id, [])
        return sorted(item.element_id for item in items)

    def item(self, started: Started, element_id: str) -> Record:
        """The latest work item of an element, open or not."""
        with self.reading() as connection:
            found = [i for i in instances.work_items(connection, started.instance_id) if i.element_id == element_id]
        return found[-1]

    def instance(self, started: Started | str) -> Record:
        with self.reading() as connection:
            return instances.get(connection, started if isinstance(started, str) else started.instance_id)

    def variables(self, started: Started) -> dict[str, Any]:
        with self.reading() as connection:
            return instances.variables(self.platform.runtime, connection, started.instance_id, now=self.now)

    def waits(self, started: Started) -> Waits:
        with self.reading() as connection:
            row = connection.execute(select(process_instance).where(process_instance.c.id == started.instance_id)).one()
            return instances.look(self.platform.runtime, connection, row.definition_id, row.state, now=self.now).waits()

    def kinds(self, started: Started) -> list[str]:
        """What happened in an instance, oldest first."""
        with self.reading() as connection:
            return [row.kind for row in instances.timeline(connection, started.instance_id)]

    def rows(self, table: Table, **equal: Any) -> list[Record]:
        """Rows of a table."""
        with self.reading() as connection:
            return list(connection.execute(select(table).filter_by(**equal)))

    def verify(self) -> audit.Verification:
        with self.reading() as connection:
            return audit.verify(connection)
