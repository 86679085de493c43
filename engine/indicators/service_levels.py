"""I01 to I05, I11, I24, I26: how fast and how well incidents are dealt with."""

from __future__ import annotations

import math
import statistics
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, case, exists, func, or_, select
from sqlalchemy import null as sql_null

from engine.indicators.counting import Counting, Span, counted_columns, listed, yes
from engine.store.moments import seconds_between
from engine.store.tables import (
    incident,
    incident_resolution,
    incident_wait,
    project,
    service_record,
    sla_clock,
)

OPEN = ("open", "reopened")
_RECORDED = ("change", "release")
_IS_CANCELLED = incident.c.state == "cancelled"
_ABOUT_INCIDENT: dict[str, ColumnElement[Any]] = {
    "number": incident.c.number,
    "title": incident.c.summary,
    "project_id": incident.c.project_id,
    "priority": incident.c.priority,
}


def _is_late(span: Span) -> ColumnElement[bool]:
    """The target is missed, whether the clock's keeper has noted it yet or not."""
    return or_(sla_clock.c.status == "missed", and_(sla_clock.c.status == "running", sla_clock.c.due_at < span.now))


def _settled_at(span: Span) -> ColumnElement[Any]:
    """When the clock's outcome was known; null while it is open."""
    return case(
        (sla_clock.c.status == "met", sla_clock.c.stopped_at),
        (_is_late(span), func.coalesce(sla_clock.c.breached_at, sla_clock.c.due_at, type_=sla_clock.c.due_at.type)),
        (sla_clock.c.status == "cancelled", func.coalesce(sla_clock.c.stopped_at, sla_clock.c.started_at)),
        else_=sql_null(),
    )


def response(_connection: Connection, span: Span) -> Counting:
    """I01: clocks of responses whose outcome became known."""
    at = _settled_at(span)
    columns = counted_columns(
        "incident",
        incident.c.id,
        **_ABOUT_INCIDENT,
        at=at,
        numerator=yes(sla_clock.c.status == "met"),
        excluded=sla_clock.c.status == "cancelled",
    )
    rows = select(*columns).join(incident, incident.c.id == sla_clock.c.incident_id)
    return rows.where(sla_clock.c.metric == "response", span.within(at))


def _clock_met() -> ColumnElement[Any]:
    """What the agreement's clocks say of an incident's resolution: 1, 0, or null without one."""
    return (
        select(func.min(yes(sla_clock.c.status == "met")))
        .where(
            sla_clock.c.incident_id == incident.c.id,
            sla_clock.c.metric == "resolution",
            sla_clock.c.status.in_(("met", "missed")),
        )
        .scalar_subquery()
    )


def resolution(_connection: Connection, span: Span) -> Counting:
    """I02: incidents by the resolution that stands; without a clock of ours what the ticket system says counts."""
    reported = case((incident.c.made_sla.is_(None), sql_null()), (incident.c.made_sla, 1), else_=0)
    met = func.coalesce(_clock_met(), reported)
    columns = counted_columns(
        "incident",
        incident.c.id,
        **_ABOUT_INCIDENT,
        at=incident.c.resolved_at,
        numerator=func.coalesce(met, 0),
        excluded=or_(_IS_CANCELLED, met.is_(None)),
    )
    return select(*columns).where(span.within(incident.c.resolved_at))


def still_overdue(connection: Connection, _counted: Counting, span: Span, project_id: int | None) -> dict[str, Any]:
    """Incidents that were open and overdue when the period ended (or are now), so that nothing hides by not closing."""
    end = min(span.now, span.periods[-1].ends_at(span.zone))
    late = (
        select(sla_clock.c.incident_id)
        .where(sla_clock.c.metric == "resolution", _is_late(span))
        .where(func.coalesce(sla_clock.c.breached_at, sla_clock.c.due_at) < end)
    )
    reported = and_(incident.c.made_sla.is_(False), ~_has_clock())
    query = (
        select(func.count())
        .select_from(incident)
        .where(
            incident.c.opened_at < end,
            incident.c.state != "cancelled",
            or_(incident.c.resolved_at.is_(None), incident.c.resolved_at >= end),
            or_(incident.c.closed_at.is_(None), incident.c.closed_at >= end),
            or_(incident.c.id.in_(late), reported),
        )
    )
    if project_id is not None:
        query = query.where(incident.c.project_id == project_id)
    return {"open_overdue": connection.execute(query).scalar_one()}


def _has_clock() -> ColumnElement[bool]:
    return exists().where(sla_clock.c.incident_id == incident.c.id, sla_clock.c.metric == "resolution")


def attainment(_connection: Connection, span: Span) -> Counting:
    """I03: incidents all of whose items have an outcome, at the last of them."""
    per_incident = _items(span)
    columns = counted_columns(
        "incident", incident.c.id, **_ABOUT_INCIDENT, at=per_incident.c.at, numerator=per_incident.c.met
    )
    rows = select(*columns).join(per_incident, per_incident.c.incident_id == incident.c.id)
    return rows.where(span.within(per_incident.c.at))


def _items(span: Span) -> Any:
    settled = _settled_at(span)
    is_met = yes(sla_clock.c.status == "met")
    return (
        select(
            sla_clock.c.incident_id,
            func.max(settled, type_=sla_clock.c.due_at.type).label("at"),
            func.min(is_met).label("met"),
            func.count().label("measured"),
            func.sum(is_met).label("items_met"),
        )
        .where(sla_clock.c.status != "cancelled")
        .group_by(sla_clock.c.incident_id)
        .having(func.count(settled) == func.count())
        .subquery()
    )


def items(connection: Connection, _counted: Counting, span: Span, project_id: int | None) -> dict[str, Any]:
    """The same by items, as contracts count."""
    found = _items(span)
    query = (
        select(func.coalesce(func.sum(found.c.items_met), 0), func.coalesce(func.sum(found.c.measured), 0))
        .join(incident, incident.c.id == found.c.incident_id)
        .where(span.within(found.c.at))
    )
    if project_id is not None:
        query = query.where(incident.c.project_id == project_id)
    met, measured = connection.execute(query).one()
    return {"items_met": int(met), "items_measured": int(measured)}


def resolved_of_closed(_connection: Connection, span: Span) -> Counting:
    """I04: incidents closed, and whether they had been resolved."""
    columns = counted_columns(
        "incident",
        incident.c.id,
        **_ABOUT_INCIDENT,
        at=incident.c.closed_at,
        numerator=yes(incident.c.resolved_at.is_not(None)),
        excluded=_IS_CANCELLED,
    )
    return select(*columns).where(span.within(incident.c.closed_at))


def backlog(connection: Connection, _counted: Counting, span: Span, project_id: int | None) -> dict[str, Any]:
    """How many came, how many were resolved, how many were open at the end."""
    end = min(span.now, span.periods[-1].ends_at(span.zone))
    was_open = and_(
        incident.c.opened_at < end, or_(incident.c.resolved_at.is_(None), incident.c.resolved_at >= end)
    ) & or_(incident.c.closed_at.is_(None), incident.c.closed_at >= end)
    query = select(
        func.count().filter(span.within(incident.c.opened_at)).label("opened"),
        func.count().filter(span.within(incident.c.resolved_at)).label("resolved"),
        func.count().filter(was_open).label("backlog"),
    ).where(~_IS_CANCELLED)
    if project_id is not None:
        query = query.where(incident.c.project_id == project_id)
    return dict(connection.execute(query).one()._mapping)


def time_to_resolve(_connection: Connection, span: Span) -> Counting:
    """I05: seconds it took; by the clock of the agreement, else by the wall clock without waiting for the customer."""
    counted = (
        select(func.max(sla_clock.c.counted_seconds))
        .where(
            sla_clock.c.incident_id == incident.c.id,
            sla_clock.c.metric == "resolution",
            sla_clock.c.stopped_at.is_not(None),
        )
        .scalar_subquery()
    )
    ended_at = func.coalesce(incident_wait.c.ended_at, incident.c.resolved_at)
    waited = (
        select(func.sum(seconds_between(incident_wait.c.began_at, ended_at)))
        .where(incident_wait.c.incident_id == incident.c.id)
        .scalar_subquery()
    )
    elapsed = seconds_between(incident.c.opened_at, incident.c.resolved_at) - func.coalesce(waited, 0)
    seconds = func.coalesce(counted, case((elapsed < 0, 0), else_=elapsed))
    columns = counted_columns(
        "incident",
        incident.c.id,
        **_ABOUT_INCIDENT,
        at=incident.c.resolved_at,
        numerator=seconds,
        excluded=_IS_CANCELLED,
    )
    return select(*columns).where(span.within(incident.c.resolved_at))


def spread(connection: Connection, counted: Counting, _span: Span, _project_id: int | None) -> dict[str, Any]:
    """Median and P90 (nearest rank) in hundredths of an hour."""
    if isinstance(counted, Select):
        found = counted.subquery()
        seconds = sorted(connection.scalars(select(found.c.numerator).where(found.c.denominator == 1)))
    else:
        seconds = sorted(one.numerator for one in listed(connection, counted) if one.denominator == 1)
    if not seconds:
        return {}
    ninetieth = seconds[math.ceil(0.9 * len(seconds)) - 1]
    return {"median": round(statistics.median(seconds) / 36), "p90": round(ninetieth / 36)}


_earlier = incident_resolution.alias("earlier")
# Reopenings that the ticket system counts and of which no resolution of ours knows fall to the first one known.
_known_reopenings = (
    select(func.count())
    .where(_earlier.c.incident_id == incident.c.id, _earlier.c.reopened_at.is_not(None))
    .scalar_subquery()
)
_WAS_REOPENED = or_(
    incident_resolution.c.reopened_at.is_not(None),
    and_(
        incident_resolution.c.ordinal
        == select(func.min(_earlier.c.ordinal)).where(_earlier.c.incident_id == incident.c.id).scalar_subquery(),
        incident.c.reopen_count > _known_reopenings,
    ),
)


def reopened(_connection: Connection, span: Span) -> Counting:
    """I11: resolutions, and which of them proved to be none."""
    return _resolutions(span, yes(_WAS_REOPENED))


def first_time(_connection: Connection, span: Span) -> Counting:
    """I26: first resolutions, and which of them held."""
    return _resolutions(span, 1 - yes(_WAS_REOPENED)).where(incident_resolution.c.ordinal == 1)


def _resolutions(span: Span, numerator: ColumnElement[Any]) -> Select[Any]:
    columns = counted_columns(
        "incident",
        incident.c.id,
        **_ABOUT_INCIDENT,
        at=incident_resolution.c.resolved_at,
        numerator=numerator,
        excluded=_IS_CANCELLED,
    )
    rows = select(*columns).join(incident, incident.c.id == incident_resolution.c.incident_id)
    return rows.where(span.within(incident_resolution.c.resolved_at))


def changes(_connection: Connection, span: Span) -> Counting:
    """I24: changes and releases in the projects' process records, and how many were not rolled back."""
    columns = counted_columns(
        "service_record",
        service_record.c.id,
        number=project.c.code,
        title=service_record.c.process,
        at=service_record.c.month_on,
        numerator=service_record.c.finished - service_record.c.failed,
        denominator=service_record.c.finished,
        project_id=service_record.c.project_id,
    )
    rows = select(*columns).join(project, project.c.id == service_record.c.project_id)
    return rows.where(service_record.c.process.in_(_RECORDED), span.within(service_record.c.month_on))
