"""Keeping the courses of incidents: waits as far as they are news, and resolutions that proved to be none."""

from __future__ import annotations

from collections.abc import Container, Mapping
from typing import Any, Protocol

from sqlalchemy import Connection, bindparam, insert, update

from engine.registers.importing.courses import Course, Waits, merged_waits
from engine.store.tables import incident_resolution, incident_wait


class KnownCourse(Protocol):
    """What the register has of an incident's course."""

    @property
    def waits(self) -> Waits:
        """Its waits by their beginning."""

    @property
    def resolved(self) -> Container[Any]:
        """The moments at which it was resolved."""


def keep_courses(
    connection: Connection,
    courses: Mapping[str, Course],
    known: Mapping[str, KnownCourse],
    ids: Mapping[str, int],
) -> None:
    """Write what ``courses`` tell beyond what is ``known``; all by incident number."""
    fresh: list[dict[str, Any]] = []
    changed: list[dict[str, Any]] = []
    reopened: list[dict[str, Any]] = []
    for number, course in courses.items():
        before = known[number].waits if number in known else {}
        for began_at, wait in (merged_waits(before, course) if before else course.waits).items():
            if began_at not in before:
                row = {"incident_id": ids[number], "began_at": began_at, "ended_at": wait[0], "reason": wait[1]}
                fresh.append(row)
            elif before[began_at] != wait:
                changed.append({"b_id": ids[number], "b_began_at": began_at, "b_ended_at": wait[0]})
        if number in known:
            reopened += [
                {"b_id": ids[number], "b_resolved_at": resolved_at, "b_reopened_at": at}
                for resolved_at, at in course.reopened.items()
                if resolved_at in known[number].resolved
            ]
    _write(connection, fresh, changed, reopened)


def _write(
    connection: Connection,
    fresh: list[dict[str, Any]],
    changed: list[dict[str, Any]],
    reopened: list[dict[str, Any]],
) -> None:
    if fresh:
        connection.execute(insert(incident_wait), fresh)
    if changed:
        connection.execute(
            update(incident_wait)
            .where(incident_wait.c.incident_id == bindparam("b_id"))
            .where(incident_wait.c.began_at == bindparam("b_began_at"))
            .values(ended_at=bindparam("b_ended_at")),
            changed,
        )
    if reopened:
        connection.execute(
            update(incident_resolution)
            .where(incident_resolution.c.incident_id == bindparam("b_id"))
            .where(incident_resolution.c.resolved_at == bindparam("b_resolved_at"))
            .where(incident_resolution.c.reopened_at.is_(None))
            .values(reopened_at=bindparam("b_reopened_at")),
            reopened,
        )
