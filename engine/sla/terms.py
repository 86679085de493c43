"""What was promised: the items of the agreement in force on a day, and which of them an incident falls under."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import cast

from sqlalchemy import Connection, select

from engine.calendars import ALWAYS, Calendar
from engine.sla.clock import Metric
from engine.store.tables import sla, sla_item
from engine.working_calendars import load_calendars

METRICS: tuple[Metric, ...] = ("response", "resolution")
IN_FORCE = ("active", "expired", "replaced")
_DIGIT = re.compile(r"[1-9]")


@dataclass(frozen=True)
class Term:
    """One item with a target in time."""

    item_id: int
    metric: Metric
    priority: str
    target_minutes: int
    calendar_key: str | None
    calendar: Calendar

    @property
    def target(self) -> timedelta:
        """How much open time there is."""
        return timedelta(minutes=self.target_minutes)


@dataclass(frozen=True)
class Agreement:
    """One version of an agreement, with its items that clocks measure."""

    begins_on: date
    ends_on: date
    version: int
    terms: tuple[Term, ...]

    def covers(self, day: date) -> bool:
        """Whether it is in force on ``day``."""
        return self.begins_on <= day <= self.ends_on

    def term(self, metric: Metric, priority: str) -> Term | None:
        """The item for incidents of this priority, else the one for any."""
        own = [one for one in self.terms if one.metric == metric and one.priority]
        wanted = rank(priority)
        found = next((one for one in own if rank(one.priority) == wanted), None)
        return found or next((one for one in self.terms if one.metric == metric and not one.priority), None)


def rank(priority: str) -> str:
    """What makes two ways of writing a priority the same: its number (``P1``, ``1 - Critical``), else its text."""
    digit = _DIGIT.search(priority)
    return digit[0] if digit else priority.strip().casefold()


class Agreements:
    """The agreements of some projects."""

    def __init__(self, connection: Connection, project_ids: Collection[int]) -> None:
        self._calendars, _ = load_calendars(connection)
        rows = connection.execute(
            select(sla_item, sla.c.project_id, sla.c.begins_on, sla.c.ends_on, sla.c.version)
            .join(sla, sla.c.id == sla_item.c.sla_id)
            .where(sla.c.project_id.in_(list(project_ids)), sla.c.status.in_(IN_FORCE))
            .where(sla_item.c.metric.in_(METRICS), sla_item.c.target_minutes.is_not(None))
            .order_by(sla_item.c.ordinal)
        ).all()
        found: dict[int, dict[int, list[Term]]] = {}
        heads: dict[int, tuple[date, date, int]] = {}
        for row in rows:
            term = Term(
                row.id,
                cast("Metric", row.metric),
                row.priority,
                row.target_minutes,
                row.calendar_key,
                self.calendar(row.calendar_key),
            )
            found.setdefault(row.project_id, {}).setdefault(row.sla_id, []).append(term)
            heads[row.sla_id] = (row.begins_on, row.ends_on, row.version)
        self._of_project: Mapping[int, list[Agreement]] = {
            project_id: [Agreement(*heads[sla_id], tuple(terms)) for sla_id, terms in agreements.items()]
            for project_id, agreements in found.items()
        }

    def calendar(self, key: str | None) -> Calendar:
        """The calendar of that key; none means around the clock."""
        return ALWAYS if key is None else self._calendars.get(key, ALWAYS)

    def in_force(self, project_id: int, day: date) -> Agreement | None:
        """The latest version in force for a project on ``day``."""
        known = [one for one in self._of_project.get(project_id, []) if one.covers(day)]
        return max(known, key=lambda one: (one.begins_on, one.version), default=None)
