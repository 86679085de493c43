"""The people of a simulation: who takes up a task, and when they get round to it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from random import Random

from sqlalchemy import select

from engine import calendars, users, work_items
from engine.actors import Actor
from engine.bootstrap import Platform
from engine.store.tables import user
from engine.store.types import Record

DESK_HOURS = (8, 20)
# A call is made within hours of its arrival; other work takes its time, and is done well before it is due.
CALLS = frozenset({("incident_callback", "call")})
_LONGEST = timedelta(days=4)
# The years that a simulation may run into before their holidays are published.
OFFICE = replace(calendars.STANDARD, provisional_years=frozenset(range(2027, 2040)))


class Staff:
    """Everybody who works in the company."""

    def __init__(self, platform: Platform) -> None:
        self._zone = platform.settings.zone
        with platform.database.read() as connection:
            rows = connection.execute(select(user.c.id, user.c.login)).all()
            loaded = {row.login: users.load_actor(connection, row.id) for row in rows}
        self.by_login: dict[str, Actor] = {login: actor for login, actor in loaded.items() if actor is not None}

    def for_task(self, item: Record, random: Random) -> Actor | None:
        """Somebody who may do a task, by chance where several may; None if nobody may."""
        order = list(self.by_login.values())
        random.shuffle(order)
        order.sort(key=lambda actor: actor.is_administrator)
        return next((one for one in order if self._works_here(one) and _may(item, one)), None)

    def moment(self, item: Record, now: datetime, random: Random) -> datetime:
        """When a task that arrived at ``now`` is done, if nothing goes wrong: in time, in working hours."""
        if (item.definition_key, item.element_id) in CALLS:
            return self._in_desk_hours(now + timedelta(minutes=random.randint(20, 240)), random)
        left = _LONGEST if item.due_at is None else max(item.due_at - now, timedelta())
        planned = now + min(left * random.uniform(0.15, 0.6), _LONGEST)
        opening = calendars.next_opening(OFFICE, planned)
        due_at: datetime | None = item.due_at
        if due_at is None or opening <= due_at:
            return opening
        return max(now, due_at - timedelta(minutes=random.randint(5, 60)))

    def _in_desk_hours(self, at: datetime, random: Random) -> datetime:
        local: datetime = at.astimezone(self._zone)
        if local.hour < DESK_HOURS[0]:
            return local.replace(hour=DESK_HOURS[0], minute=random.randint(5, 55))
        if local.hour >= DESK_HOURS[1]:
            tomorrow = local + timedelta(days=1)
            return tomorrow.replace(hour=DESK_HOURS[0], minute=random.randint(5, 55))
        return at

    @staticmethod
    def _works_here(actor: Actor) -> bool:
        return bool(actor.groups)


def _may(item: Record, actor: Actor) -> bool:
    return work_items.permissions(item, actor).complete
