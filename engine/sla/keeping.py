"""Keeping the clocks: every clock of an incident is written anew from what is known of the incident.

Nothing is added up over time, so that an import repeated, rows that come late and a changed agreement all lead to the
same ledger.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from engine.errors import EngineError
from engine.sla.clock import Entry, History, Reading, Resolution, TargetChange, Wait, read
from engine.sla.terms import METRICS, Agreements, Term
from engine.store.tables import incident, incident_resolution, incident_wait, sla_clock, sla_clock_entry
from engine.store.types import Record

# A breach that is found later than this is history: it stands in the register, and nobody is woken for it.
RECENT = timedelta(days=7)
_SECOND = timedelta(seconds=1)
_BATCH = 500

log = logging.getLogger("yunzhi.sla")


@dataclass(frozen=True)
class _Known:
    """The clocks of one incident as they stand, by metric, and the changes of target their ledgers tell."""

    clocks: Mapping[str, Record]
    changes: Mapping[int, list[TargetChange]]


@dataclass
class _Writing:
    """What is to be written, gathered for a few statements."""

    fresh: list[dict[str, Any]] = field(default_factory=list)
    changed: list[dict[str, Any]] = field(default_factory=list)
    entries: dict[tuple[int, str], tuple[Entry, ...]] = field(default_factory=dict)


def recompute(connection: Connection, incident_ids: Collection[int], *, zone: ZoneInfo, now: datetime) -> None:
    """Bring the clocks of these incidents in line with what is known of them."""
    ids = sorted(incident_ids)
    for start in range(0, len(ids), _BATCH):
        _recompute(connection, ids[start : start + _BATCH], zone, now)


def recompute_project(
    connection: Connection, project_id: int, *, since: datetime, zone: ZoneInfo, now: datetime
) -> int:
    """Bring the clocks of a project's incidents opened since a moment in line; how many incidents that were."""
    ids = connection.execute(
        select(incident.c.id).where(incident.c.project_id == project_id, incident.c.opened_at >= since)
    ).scalars()
    found = list(ids)
    recompute(connection, found, zone=zone, now=now)
    return len(found)


def histories(connection: Connection, incidents: Collection[Record]) -> dict[int, History]:
    """What happened to each of these incidents, by id; their changes of target are left to the ledgers."""
    ids = [row.id for row in incidents]
    waits: dict[int, list[Wait]] = {}
    for row in connection.execute(
        select(incident_wait).where(incident_wait.c.incident_id.in_(ids)).order_by(incident_wait.c.began_at)
    ):
        waits.setdefault(row.incident_id, []).append(Wait(row.began_at, row.ended_at, row.reason))
    resolved: dict[int, list[Resolution]] = {}
    for row in connection.execute(
        select(incident_resolution)
        .where(incident_resolution.c.incident_id.in_(ids))
        .order_by(incident_resolution.c.resolved_at)
    ):
        resolved.setdefault(row.incident_id, []).append(Resolution(row.resolved_at, row.reopened_at))
    return {row.id: _history(row, waits.get(row.id, []), resolved.get(row.id, [])) for row in incidents}


def reading_of(connection: Connection, clock: Record, term: Term, *, now: datetime) -> Reading:
    """What one clock says now."""
    found = connection.execute(select(incident).where(incident.c.id == clock.incident_id)).one()
    history = histories(connection, [found])[found.id]
    changes = _changes(connection, [clock.id]).get(clock.id, [])
    told = History(**{**history.__dict__, "changes": changes})
    return read(told, term.metric, term.target, term.calendar, until=now)


def _history(row: Record, waits: list[Wait], resolved: list[Resolution]) -> History:
    # A resolution that another one follows without a reopening between them was one whose moment was corrected.
    kept = [one for position, one in enumerate(resolved, 1) if one.reopened_at is not None or position == len(resolved)]
    still_open = row.state in ("open", "reopened")
    if kept and still_open and kept[-1].reopened_at is None:
        kept[-1] = Resolution(kept[-1].resolved_at, max(row.modified_at, kept[-1].resolved_at))
    return History(
        opened_at=row.opened_at,
        responded_at=row.responded_at,
        waits=tuple(waits),
        resolutions=tuple(kept),
        cancelled_at=row.modified_at if row.state == "cancelled" else None,
    )


def _recompute(connection: Connection, ids: list[int], zone: ZoneInfo, now: datetime) -> None:
    incidents = connection.execute(
        select(incident).where(incident.c.id.in_(ids), incident.c.project_id.is_not(None))
    ).all()
    if not incidents:
        return
    agreements = Agreements(connection, {row.project_id for row in incidents})
    known = _known(connection, [row.id for row in incidents])
    stories = histories(connection, incidents)
    writing = _Writing()
    for row in incidents:
        agreement = agreements.in_force(row.project_id, row.opened_at.astimezone(zone).date())
        if agreement is None:
            continue
        for metric in METRICS:
            term = agreement.term(metric, row.priority)
            if term is not None:
                try:
                    _keep(writing, row, stories[row.id], term, known.get(row.id), now)
                except EngineError as error:
                    # A calendar that does not know the year must not stop an import; the log tells.
                    log.error("no SLA clock for incident %s: %s", row.number, error.message("en"))
    _write(connection, writing)


def _keep(writing: _Writing, row: Record, history: History, term: Term, known: _Known | None, now: datetime) -> None:
    before = known.clocks.get(term.metric) if known is not None else None
    changes = list(known.changes.get(before.id, ())) if known is not None and before is not None else []
    if before is not None and (before.target_minutes, before.calendar_key) != (term.target_minutes, term.calendar_key):
        changes.append(TargetChange(row.modified_at, f"{before.target_minutes} → {term.target_minutes}"))
    reading = read(
        History(**{**history.__dict__, "changes": tuple(changes)}), term.metric, term.target, term.calendar, until=now
    )
    values = {
        "sla_item_id": term.item_id,
        "project_id": row.project_id,
        "priority": row.priority,
        "target_minutes": term.target_minutes,
        "calendar_key": term.calendar_key,
        **standing(reading, before, now),
    }
    if before is None:
        writing.fresh.append({"incident_id": row.id, "metric": term.metric, **values})
    elif all(getattr(before, name) == value for name, value in values.items()):
        return
    else:
        writing.changed.append({**values, "b_id": before.id})
    writing.entries[row.id, term.metric] = reading.entries


def standing(reading: Reading, before: Record | None, now: datetime) -> dict[str, Any]:
    """The columns of a clock that follow from its reading."""
    stopped = reading.stopped_at is not None
    warned = before is not None and before.warned_at is not None
    reported = before is not None and before.reported_at is not None
    return {
        "started_at": reading.started_at,
        "due_at": reading.due_at,
        "stopped_at": reading.stopped_at,
        "counted_seconds": _seconds(
            sum((one.counted for one in reading.entries if one.to_at is not None), timedelta())
        ),
        "paused_seconds": _seconds(
            sum((one.excluded for one in reading.entries if one.kind == "pause" and one.to_at is not None), timedelta())
        ),
        "status": reading.status,
        "is_stopped": stopped,
        "breached_at": reading.breached_at,
        "alarm_at": alarm_at(reading, now, is_warned=warned, is_reported=reported),
    }


def alarm_at(reading: Reading, now: datetime, *, is_warned: bool, is_reported: bool) -> datetime | None:
    """When people are to be told next of this clock, or None."""
    if is_reported or reading.status in ("cancelled", "met") or reading.late_from is None:
        return None
    if reading.breached_at is not None:
        late = reading.breached_at
        return late if now - late <= RECENT else None
    if not is_warned and reading.warn_at is not None:
        return reading.warn_at
    return reading.late_from + _SECOND


def _known(connection: Connection, ids: list[int]) -> dict[int, _Known]:
    clocks: dict[int, dict[str, Record]] = {}
    for row in connection.execute(select(sla_clock).where(sla_clock.c.incident_id.in_(ids))):
        clocks.setdefault(row.incident_id, {})[row.metric] = row
    changes = _changes(connection, [row.id for own in clocks.values() for row in own.values()])
    return {incident_id: _Known(own, changes) for incident_id, own in clocks.items()}


def _changes(connection: Connection, clock_ids: list[int]) -> dict[int, list[TargetChange]]:
    found: dict[int, list[TargetChange]] = {}
    for row in connection.execute(
        select(sla_clock_entry)
        .where(sla_clock_entry.c.clock_id.in_(clock_ids), sla_clock_entry.c.kind == "target_changed")
        .order_by(sla_clock_entry.c.ordinal)
    ):
        found.setdefault(row.clock_id, []).append(TargetChange(row.from_at, row.reason))
    return found


def _write(connection: Connection, writing: _Writing) -> None:
    ids: dict[int, tuple[Entry, ...]] = {}
    if writing.changed:
        columns: dict[str, Any] = {name: bindparam(name) for name in writing.changed[0] if name != "b_id"}
        statement = update(sla_clock).where(sla_clock.c.id == bindparam("b_id"))
        connection.execute(statement.values(columns), writing.changed)
        changed = [row["b_id"] for row in writing.changed]
        connection.execute(delete(sla_clock_entry).where(sla_clock_entry.c.clock_id.in_(changed)))
        for row in connection.execute(
            select(sla_clock.c.id, sla_clock.c.incident_id, sla_clock.c.metric).where(sla_clock.c.id.in_(changed))
        ):
            ids[row.id] = writing.entries[row.incident_id, row.metric]
    if writing.fresh:
        wanted = (sla_clock.c.id, sla_clock.c.incident_id, sla_clock.c.metric)
        for row in connection.execute(insert(sla_clock).returning(*wanted), writing.fresh):
            ids[row.id] = writing.entries[row.incident_id, row.metric]
    lines = list(_lines(ids))
    if lines:
        connection.execute(insert(sla_clock_entry), lines)


def _lines(entries: Mapping[int, tuple[Entry, ...]]) -> Iterator[dict[str, Any]]:
    for clock_id, own in entries.items():
        for ordinal, one in enumerate(own, 1):
            goes_on = one.to_at is None
            yield {
                "clock_id": clock_id,
                "ordinal": ordinal,
                "kind": one.kind,
                "from_at": one.from_at,
                "to_at": one.to_at,
                "counted_seconds": 0 if goes_on else _seconds(one.counted),
                "excluded_seconds": 0 if goes_on else _seconds(one.excluded),
                "reason": one.reason[:100],
            }


def _seconds(length: timedelta) -> int:
    return int(length.total_seconds())
