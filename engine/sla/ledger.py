"""Why is this late? The ledger of each clock of an incident, in lines that can be added up by hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, select

from engine.calendars import openings_between
from engine.sla.clock import Entry, Reading
from engine.sla.keeping import reading_of
from engine.sla.terms import Agreements, Term
from engine.store.tables import process_instance, project, sla, sla_clock, sla_item
from engine.store.types import Record

# A line over more opening hours than this is added up by machine.
_LONGEST_LIST = 40


@dataclass(frozen=True)
class Line:
    """A line of the ledger, and the opening hours that it adds up or leaves out."""

    entry: Entry
    openings: Sequence[tuple[datetime, datetime]]


@dataclass(frozen=True)
class Ledger:
    """The ledger of one clock: the promise, the reading now, its lines and their sums."""

    clock: Record
    term: Term
    reading: Reading
    lines: Sequence[Line]
    excluded: timedelta

    @property
    def is_missed(self) -> bool:
        """Whether more than the target was counted."""
        return self.reading.status == "missed"

    @property
    def difference(self) -> timedelta:
        """How much is left, or by how much it was missed."""
        return abs(self.term.target - self.reading.counted)


def ledgers(connection: Connection, incident_id: int, *, now: datetime) -> list[Ledger]:
    """The ledgers of an incident's clocks as of now."""
    clocks = connection.execute(
        select(
            sla_clock,
            sla_item.c.service,
            sla_item.c.target_value,
            sla_item.c.target_unit,
            sla.c.id.label("sla_id"),
            sla.c.number.label("sla_number"),
            sla.c.version.label("sla_version"),
            project.c.name.label("project_name"),
            process_instance.c.business_key.label("handling_number"),
        )
        .join(sla_item, sla_item.c.id == sla_clock.c.sla_item_id)
        .join(sla, sla.c.id == sla_item.c.sla_id)
        .join(project, project.c.id == sla_clock.c.project_id)
        .outerjoin(process_instance, process_instance.c.id == sla_clock.c.handling_instance_id)
        .where(sla_clock.c.incident_id == incident_id)
        .order_by(sla_clock.c.metric)
    ).all()
    agreements = Agreements(connection, ())
    return [_ledger(connection, clock, agreements, now) for clock in clocks]


def _ledger(connection: Connection, clock: Record, agreements: Agreements, now: datetime) -> Ledger:
    calendar = agreements.calendar(clock.calendar_key)
    term = Term(clock.sla_item_id, clock.metric, clock.priority, clock.target_minutes, clock.calendar_key, calendar)
    reading = reading_of(connection, clock, term, now=now)
    lines = []
    for entry in reading.entries:
        openings = (
            []
            if entry.kind in ("closed", "stop", "target_changed")
            else list(openings_between(calendar, entry.from_at, entry.to_at or now))
        )
        lines.append(Line(entry, openings if len(openings) <= _LONGEST_LIST else ()))
    excluded = sum((one.excluded for one in reading.entries), timedelta())
    return Ledger(clock, term, reading, lines, excluded)
