"""One sandbox: people act in it through the use cases the pages use, its clock is moved, and nothing leaves it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from mimetypes import guess_type
from typing import Any

from sqlalchemy import Connection, func, select, text

from engine import attachments, instances, submissions, timers, users, work_items
from engine.actors import Actor, system_actor
from engine.bootstrap import Platform
from engine.clock import MovableClock
from engine.errors import Invalid
from engine.runtime.people import ADMINISTRATORS
from engine.runtime.step import new_id
from engine.store.tables import (
    engine_incident,
    group,
    history,
    membership,
    message_subscription,
    outbox,
    process_instance,
    schedule,
    user,
    work_item,
)
from engine.store.types import Record
from engine.worker import Worker

OPEN = ("ready", "reserved")
STAND_IN_BYTES = 1024
_ROUNDS = 40
_MOMENTS = 250
_log = logging.getLogger("yunzhi.trials")
_log.addHandler(logging.NullHandler())
_log.propagate = False  # what fails in a sandbox is shown to whoever tries, not to who runs the installation


class TooMuchHappens(Invalid):
    """More falls due than anybody wants to watch: a timer that repeats, or processes that call each other for ever."""

    code = "too_much_happens"
    zh = "到期的事项过多（超过 {limit} 项）。请把时钟拨近一些，或检查循环的定时器与互相触发的消息"
    en = "More than {limit} things fall due; move the clock less far, or look for timers and messages that never end"


class TimeRunsForward(Invalid):
    """The clock of a sandbox moved back."""

    code = "time_runs_forward"
    zh = "试跑的时间只能往后拨"
    en = "The clock of a trial can only be moved forward"


class Sandbox:
    """A copy of the organisation to act in, for one thread at a time."""

    def __init__(self, platform: Platform, close: Callable[[], None]) -> None:
        assert isinstance(platform.clock, MovableClock)
        self.platform, self.clock, self._close = platform, platform.clock, close
        self._worker = Worker(platform, channels={"mail": lambda payload: None}, log=_log)

    def close(self) -> None:
        """Forget it."""
        self._close()

    @property
    def now(self) -> datetime:
        """What its clock says."""
        return self.clock.now()

    # Who is there

    def actor(self, login: str) -> Actor | None:
        """Somebody by their login, if they work here."""
        with self.platform.database.read() as connection:
            user_id = connection.execute(select(user.c.id).where(user.c.login == login)).scalar()
            return None if user_id is None else users.load_actor(connection, user_id)

    def members(self, group_key: str) -> list[Actor]:
        """Those who belong to a group; nobody if there is no such group."""
        query = (
            select(membership.c.user_id)
            .join(group, group.c.id == membership.c.group_id)
            .where(group.c.key == group_key)
            .order_by(membership.c.user_id)
        )
        with self.platform.database.read() as connection:
            return _actors(connection, connection.execute(query).scalars().all())

    def everybody(self) -> list[Actor]:
        """All who are active, by their id."""
        with self.platform.database.read() as connection:
            query = select(user.c.id).where(user.c.is_active).order_by(user.c.id)
            return _actors(connection, connection.execute(query).scalars().all())

    def starters(self, key: str) -> list[Actor]:
        """Those who may start the process."""
        with self.platform.database.read() as connection:
            allowed = self.platform.runtime.library.latest(connection, key).model.starter_groups
        return [one for one in self.everybody() if instances.may_start(allowed, one)]

    def able(self, item: Record) -> list[Actor]:
        """Those who may do a task now, whoever is named personally first."""
        recipients = [*item.candidates, *([] if item.assignee_id is None else [f"user:{item.assignee_id}"])]
        with self.platform.database.read() as connection:
            found = _actors(connection, _user_ids(connection, recipients))
            whole = work_items.find(connection, item.id)
        return [one for one in found if whole is not None and work_items.permissions(whole, one).complete]

    # What people do

    def start(self, actor: Actor, key: str, answers: Mapping[str, Any]) -> str:
        """Send a start form; the id of the new case. Raises what ``submissions.start`` raises."""
        with self.platform.database.write() as connection:
            started = submissions.start(
                self.platform.runtime,
                connection,
                actor=actor,
                key=key,
                submitted=answers,
                instance_id=new_id(),
                language="zh",
                now=self.now,
            )
        self.settle()
        return started.instance_id

    def complete(self, actor: Actor, work_item_id: str, answers: Mapping[str, Any]) -> None:
        """Complete a task. Raises what ``submissions.complete`` raises."""
        with self.platform.database.write() as connection:
            submissions.complete(
                self.platform.runtime,
                connection,
                actor=actor,
                work_item_id=work_item_id,
                submitted=answers,
                language="zh",
                now=self.now,
            )
        self.settle()

    def send(self, message: str, correlation_key: str, variables: Mapping[str, Any]) -> list[str]:
        """A message arrives; the ids of the cases it reached or started."""
        with self.platform.database.write() as connection:
            reached = instances.correlate(
                self.platform.runtime,
                connection,
                actor=system_actor("trial"),
                message=message,
                correlation_key=correlation_key,
                variables=variables,
                now=self.now,
            )
        self.settle()
        return reached

    def upload(self, actor: Actor, name: str, *, item: Record | None = None) -> str:
        """Upload a stand-in of that name for a start form or a task; its id."""
        with self.platform.database.write() as connection:
            kept = attachments.save(
                connection,
                actor=actor,
                content=name.encode()[:STAND_IN_BYTES],
                name=name,
                content_type=guess_type(name)[0] or "text/plain",
                limit_bytes=STAND_IN_BYTES,
                now=self.now,
                work_item_id=None if item is None else item.id,
            )
        return kept.id

    # Time

    def settle(self) -> None:
        """Mail and messages leave, what is due now fires. Raises ``TooMuchHappens``."""
        for _ in range(_ROUNDS):
            if not self._worker.beat(rounds=1):
                return
        raise TooMuchHappens(limit=_ROUNDS)

    def next_due_at(self) -> datetime | None:
        """When the next timer or recurring start falls due."""
        own = schedule.c
        with self.platform.database.read() as connection:
            starts = connection.execute(select(func.min(own.next_due_at)).where(own.is_enabled)).scalar()
            found = [one for one in (timers.next_due_at(connection), starts) if one is not None]
        return min(found, default=None)

    def next_deadline_at(self) -> datetime | None:
        """What comes next: a timer, a recurring start, or the deadline of a task."""
        deadlines = [one.due_at for one in self.open_items() if one.due_at is not None and one.due_at > self.now]
        due_at = self.next_due_at()
        return min([*deadlines, *([] if due_at is None else [due_at])], default=None)

    def pass_time(self, length: timedelta) -> None:
        """Time goes by; what falls due meanwhile is done when it falls due.

        Raises ``TimeRunsForward`` and ``TooMuchHappens``.
        """
        if length < timedelta():
            raise TimeRunsForward()
        end = self.now + length
        for _ in range(_MOMENTS):
            due_at = self.next_due_at()
            if due_at is None or due_at > end:
                self.clock.move_to(end)
                self.settle()
                return
            self.clock.move_to(max(due_at, self.now))
            self.settle()
        raise TooMuchHappens(limit=_MOMENTS)

    # What is known

    def instances_of(self, key: str) -> list[Record]:
        """The cases of a process in the order they started."""
        own = process_instance.c
        query = select(own.id, own.business_key).where(own.definition_key == key)
        return self._rows(query.order_by(own.started_at, own.business_key))

    def instance(self, instance_id: str) -> Record:
        """One case."""
        with self.platform.database.read() as connection:
            return instances.get(connection, instance_id)

    def open_items(self, element_id: str = "") -> list[Record]:
        """The tasks that wait for somebody, of one element or of all, the most urgent first; with who has them."""
        query = (
            select(work_item, user.c.name.label("assignee_name"))
            .outerjoin(user, user.c.id == work_item.c.assignee_id)
            .where(work_item.c.state.in_(OPEN))
        )
        if element_id:
            query = query.where(work_item.c.element_id == element_id)
        # Those that came at one moment in the order they were written: it is the same whenever this is done again.
        return self._rows(
            query.order_by(work_item.c.due_at.nulls_last(), work_item.c.created_at, text("work_item.rowid"))
        )

    def awaited_messages(self) -> list[Record]:
        """The messages that cases wait for."""
        return self._rows(select(message_subscription).order_by(message_subscription.c.created_at))

    def passed(self, instance_id: str) -> list[str]:
        """The elements a case has gone through, each once, in the order it first did."""
        query = select(history.c.data).where(history.c.instance_id == instance_id)
        rows = self._rows(query.order_by(history.c.revision, history.c.sequence))
        return list(dict.fromkeys(element for row in rows for element in (row.data or {}).get("passed", ())))

    def mails(self) -> list[Mapping[str, Any]]:
        """What would have been sent, oldest first."""
        query = select(outbox.c.payload).where(outbox.c.kind == "mail").order_by(outbox.c.id)
        return [row.payload for row in self._rows(query)]

    def engine_incidents(self) -> list[Record]:
        """What failed inside the engine and still does."""
        return self._rows(
            select(engine_incident).where(engine_incident.c.status == "open").order_by(engine_incident.c.id)
        )

    def _rows(self, query: Any) -> list[Record]:
        with self.platform.database.read() as connection:
            return list(connection.execute(query))


def _actors(connection: Connection, user_ids: Sequence[int]) -> list[Actor]:
    found = (users.load_actor(connection, one) for one in user_ids)
    return [one for one in found if one is not None]


def _user_ids(connection: Connection, recipients: Sequence[str]) -> list[int]:
    """The users behind recipients such as ``user:3`` and ``group:5``, those named personally first."""
    named = [int(one.removeprefix("user:")) for one in recipients if one.startswith("user:")]
    groups = [int(one.removeprefix("group:")) for one in recipients if one.startswith("group:")]
    members = connection.execute(
        select(membership.c.user_id).where(membership.c.group_id.in_(groups)).order_by(membership.c.user_id)
    ).scalars()
    everyone: Sequence[int] = ()
    if ADMINISTRATORS in recipients:
        everyone = (
            connection.execute(select(user.c.id).where(user.c.is_administrator).order_by(user.c.id)).scalars().all()
        )
    return list(dict.fromkeys([*named, *members, *everyone]))
