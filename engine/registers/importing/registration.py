"""Taking one chunk of events over into the register: incidents, their resolutions and the callbacks these call for.

An incident is what its latest event says. A resolution is a distinct moment on an event whose state is resolved or
closed, so the outcome does not depend on the order of the rows or on how often a file is imported.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select, update

from engine import instances
from engine.actors import Actor
from engine.registers.importing.course_keeping import keep_courses
from engine.registers.importing.courses import Before, Course, Waits, course_of
from engine.registers.importing.events import Event, RowReader
from engine.runtime.changes import Changes
from engine.runtime.step import Runtime, new_id
from engine.sla import keeping as clocks
from engine.sla.projects import ProjectFinder
from engine.store.tables import callback, incident, incident_resolution, incident_wait
from engine.store.types import Record

PROCESS = "incident_callback"
CALL_WITHIN = timedelta(hours=24)

WantsCallback = Callable[[datetime], bool]


@dataclass
class Candidate:
    """What a chunk says about one incident: its latest event, and every moment it was resolved."""

    latest: Event
    resolved: set[datetime] = field(default_factory=set)
    events: list[Event] = field(default_factory=list)

    def add(self, event: Event) -> None:
        """Take one more event into account."""
        self.events.append(event)
        if event.order > self.latest.order:
            self.latest = event
        if event.is_resolution and event.resolved_at is not None:
            self.resolved.add(event.resolved_at)


@dataclass
class Outcome:
    """What a chunk changed: ids of incidents, and counts."""

    created: list[int] = field(default_factory=list)
    updated: list[int] = field(default_factory=list)
    resolutions: int = 0
    callbacks: int = 0


@dataclass(frozen=True)
class Known:
    """What the register has about an incident."""

    id: int
    order: tuple[int, datetime]
    state: str
    resolved: Mapping[datetime, int]
    responded_at: datetime | None
    project_id: int | None
    waits: Waits

    @property
    def before(self) -> Before:
        """Where its course stood, with the moment of resolution that held then."""
        stands = self.state in ("resolved", "closed")
        return Before(self.order, max(self.resolved, default=None) if stands else None)


@dataclass(frozen=True)
class Registrar:
    """Registers chunks of one import."""

    runtime: Runtime
    source: str
    reader: RowReader
    actor: Actor
    wants_callback: WantsCallback

    def register(self, connection: Connection, candidates: Mapping[str, Candidate], now: datetime) -> Outcome:
        """Take ``candidates`` (by incident number) over; everything in the caller's transaction."""
        outcome = Outcome()
        if not candidates:
            return outcome
        known = self._known(connection, candidates)
        courses = {
            number: course_of(one.events, known[number].before if number in known else None)
            for number, one in candidates.items()
        }
        finder = ProjectFinder(connection)
        ids = {number: one.id for number, one in known.items()}
        fresh = [
            self._row(one.latest, courses[number], None, finder)
            for number, one in candidates.items()
            if number not in known
        ]
        if fresh:
            created = connection.execute(insert(incident).returning(incident.c.id, incident.c.number), fresh).all()
            ids.update({row.number: row.id for row in created})
            outcome.created = [row.id for row in created]
        changed = [
            {
                **self._row(one.latest, courses[number], known[number], finder),
                **self._standing(known[number], one.latest),
                "b_id": known[number].id,
            }
            for number, one in candidates.items()
            if number in known and one.latest.order > known[number].order
        ]
        if changed:
            columns: dict[str, Any] = {name: bindparam(name) for name in changed[0] if name != "b_id"}
            connection.execute(update(incident).where(incident.c.id == bindparam("b_id")).values(columns), changed)
            outcome.updated = [row["b_id"] for row in changed]
        keep_courses(connection, courses, known, ids)
        self._resolve(connection, candidates, courses, known, ids, outcome, now)
        if not finder.is_empty:
            clocks.recompute(connection, ids.values(), zone=self.runtime.zone, now=now)
        return outcome

    def _known(self, connection: Connection, candidates: Mapping[str, Candidate]) -> dict[str, Known]:
        rows = connection.execute(
            select(
                incident.c.id,
                incident.c.number,
                incident.c.modification_count,
                incident.c.modified_at,
                incident.c.state,
                incident.c.responded_at,
                incident.c.project_id,
            ).where(incident.c.source == self.source, incident.c.number.in_(candidates))
        ).all()
        if not rows:
            return {}
        resolved: dict[int, dict[datetime, int]] = {row.id: {} for row in rows}
        for one in connection.execute(
            select(incident_resolution).where(incident_resolution.c.incident_id.in_(resolved))
        ):
            resolved[one.incident_id][one.resolved_at] = one.ordinal
        waits: dict[int, Waits] = {row.id: {} for row in rows}
        for one in connection.execute(select(incident_wait).where(incident_wait.c.incident_id.in_(waits))):
            waits[one.incident_id][one.began_at] = (one.ended_at, one.reason)
        return {
            row.number: Known(
                row.id,
                (row.modification_count, row.modified_at),
                row.state,
                resolved[row.id],
                row.responded_at,
                row.project_id,
                waits[row.id],
            )
            for row in rows
        }

    def _row(self, event: Event, course: Course, known: Known | None, finder: ProjectFinder) -> dict[str, Any]:
        details = self.reader.details(event)
        project_id = known.project_id if known is not None else None
        if project_id is None and not finder.is_empty:
            project_id = finder.find(details, event.opened_at.astimezone(self.runtime.zone).date())
        answers = (course.responded_at, known.responded_at if known is not None else None)
        return {
            "source": self.source,
            "number": event.number,
            "state": event.state,
            "source_state": event.source_state,
            "opened_at": event.opened_at,
            "responded_at": min((at for at in answers if at is not None), default=None),
            "resolved_at": event.resolved_at if event.is_resolution else None,
            "closed_at": event.closed_at if event.state == "closed" else None,
            "modification_count": event.modification_count,
            "modified_at": event.modified_at,
            "project_id": project_id,
            **details,
        }

    @staticmethod
    def _standing(known: Known, event: Event) -> dict[str, Any]:
        """A callback found it not solved: an automatic close of that same resolution does not bury it."""
        if known.state == "reopened" and event.is_resolution and event.resolved_at in known.resolved:
            return {"state": "reopened", "resolved_at": None}
        return {}

    def _resolve(
        self,
        connection: Connection,
        candidates: Mapping[str, Candidate],
        courses: Mapping[str, Course],
        known: Mapping[str, Known],
        ids: Mapping[str, int],
        outcome: Outcome,
        now: datetime,
    ) -> None:
        rows, events = [], {}
        for number, one in candidates.items():
            before = known[number].resolved if number in known else {}
            for position, resolved_at in enumerate(sorted(one.resolved - before.keys()), len(before) + 1):
                row = {"incident_id": ids[number], "ordinal": position, "resolved_at": resolved_at}
                row["reopened_at"] = courses[number].reopened.get(resolved_at)
                rows.append(row)
                events[ids[number]] = one.latest
        if not rows:
            return
        columns = (
            incident_resolution.c.id,
            incident_resolution.c.incident_id,
            incident_resolution.c.ordinal,
            incident_resolution.c.resolved_at,
        )
        created = connection.execute(insert(incident_resolution).returning(*columns), rows).all()
        outcome.resolutions = len(created)
        wanted = [row for row in created if self.wants_callback(row.resolved_at)]
        outcome.callbacks = len(wanted)
        self._start_callbacks(connection, wanted, events, now)

    def _start_callbacks(
        self, connection: Connection, resolutions: list[Record], events: Mapping[int, Event], now: datetime
    ) -> None:
        changes, rows = Changes(), []
        for resolution in resolutions:
            event = events[resolution.incident_id]
            instance_id = new_id()
            instances.start(
                self.runtime,
                connection,
                actor=self.actor,
                key=PROCESS,
                variables=self._variables(event, resolution),
                now=now,
                business_key=event.number if resolution.ordinal == 1 else f"{event.number}-{resolution.ordinal}",
                instance_id=instance_id,
                changes=changes,
            )
            due_at = resolution.resolved_at + CALL_WITHIN
            rows.append(
                {
                    "resolution_id": resolution.id,
                    "instance_id": instance_id,
                    "due_at": due_at,
                    "status": "open",
                    "attempts": 0,
                }
            )
        changes.write(connection)
        if rows:
            connection.execute(insert(callback), rows)

    def _variables(self, event: Event, resolution: Record) -> dict[str, Any]:
        """What the process knows of the incident; moments in the organisation's zone, as people read them."""
        details = self.reader.details(event)
        shown = ("customer", "caller", "caller_phone", "priority", "assignment_group")
        return {
            "incident_number": event.number,
            "incident_summary": details["summary"],
            **{name: details[name] for name in shown},
            "resolved_at": resolution.resolved_at.astimezone(self.runtime.zone).isoformat(),
            "resolution": resolution.ordinal,
        }
