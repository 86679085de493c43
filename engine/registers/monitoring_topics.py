"""Topics of service monitoring: breaches of agreements followed up, and the monthly record of the five processes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import case, func, insert, select, update

from engine import periods
from engine.handlers import HandlerRegistry, ServiceCall
from engine.registers import keeping
from engine.registers.agreement_topics import project_of
from engine.registers.service_wording import METRICS, PROCESSES
from engine.sla import alarms
from engine.store.tables import incident, project, service_record, sla_clock, user
from engine.store.types import Record

_SHOWN = 50


def serve(handlers: HandlerRegistry, zone: ZoneInfo) -> None:
    """Serve the topics of this module; months are those of ``zone``."""
    topics = _Topics(zone)
    handlers.serve("sla.collect_breaches", topics.collect_breaches, required=("project",))
    handlers.serve("sla.record_handling", record_handling, required=("cause_category", "cause", "measure"))
    handlers.serve("sla.close_handling", topics.close_handling, required=("project",))
    handlers.serve("service_record.propose", topics.propose, required=("project",), optional=("month",))
    handlers.serve("service_record.keep", topics.keep, required=("project", "month", "records"))
    handlers.serve("sla.compare", topics.compare, optional=("month",))


class _Topics:
    """The topics that speak of moments and months."""

    def __init__(self, zone: ZoneInfo) -> None:
        self._zone = zone

    def collect_breaches(self, call: ServiceCall) -> dict[str, Any]:
        """Take the breaches of a project that nobody follows up into this case.

        Inputs: project (code). Results: ``breaches`` (number, what, priority, due, used, target, assigned_to; the first
        fifty), ``breach_count``, ``manager`` (login) and ``project_name``.
        """
        found = project_of(call, call.inputs["project"])
        ids = alarms.unhandled(call.connection, found.id)
        if ids:
            call.connection.execute(
                update(sla_clock)
                .where(sla_clock.c.id.in_(ids), sla_clock.c.handling_instance_id.is_(None))
                .values(handling_instance_id=call.instance_id)
            )
            keeping.note(call, "sla.collect_breaches", project, found.id, {"clocks": ids[:_SHOWN], "count": len(ids)})
        rows = call.connection.execute(
            select(sla_clock, incident.c.number, incident.c.summary, incident.c.assigned_to)
            .join(incident, incident.c.id == sla_clock.c.incident_id)
            .where(sla_clock.c.handling_instance_id == call.instance_id)
            .order_by(sla_clock.c.breached_at, sla_clock.c.id)
        ).all()
        return {
            "breaches": [self._told(row) for row in rows[:_SHOWN]],
            "breach_count": len(rows),
            "manager": _login(call, found.manager_id),
            "project_name": found.name,
        }

    def _told(self, row: Record) -> dict[str, Any]:
        due = "" if row.due_at is None else row.due_at.astimezone(self._zone).strftime("%m-%d %H:%M")
        return {
            "number": row.number,
            "summary": row.summary,
            "what": METRICS[row.metric].zh,
            "what_en": METRICS[row.metric].en,
            "priority": row.priority,
            "due": due,
            "assigned_to": row.assigned_to,
        }

    def close_handling(self, call: ServiceCall) -> None:
        """Call for another case if further targets of the project were missed meanwhile.

        Inputs: project (code).
        """
        found = project_of(call, call.inputs["project"])
        alarms.call_for_handling(call.connection, found.id, zone=self._zone, now=call.now, besides=call.instance_id)

    def propose(self, call: ServiceCall) -> dict[str, Any]:
        """The record of the five processes of a project in a month, with what the system knows of it.

        Inputs: project (code), month (``2026-03``; else the last one). Results: ``month`` and ``records``, one per
        process with process, opened, finished, failed, note.
        """
        found = project_of(call, call.inputs["project"])
        month = self._month(call, call.inputs.get("month"))
        since, until = self._bounds(month)
        opened, finished = call.connection.execute(
            select(
                func.coalesce(func.sum(case((incident.c.opened_at.between(since, until), 1), else_=0)), 0),
                func.coalesce(func.sum(case((incident.c.resolved_at.between(since, until), 1), else_=0)), 0),
            ).where(incident.c.project_id == found.id)
        ).one()
        counts = {"incident": (opened, finished)}
        records = [
            {
                "process": key,
                "opened": counts.get(key, (0, 0))[0],
                "finished": counts.get(key, (0, 0))[1],
                "failed": 0,
                "note": "",
            }
            for key in PROCESSES
        ]
        return {"month": month.key, "records": records}

    def keep(self, call: ServiceCall) -> None:
        """Keep the record of the five processes; keeping it again replaces it.

        Inputs: project (code), month, records (a list of process, opened, finished, failed, note, files).
        """
        found = project_of(call, call.inputs["project"])
        month = self._month(call, call.inputs["month"])
        for given in call.inputs["records"]:
            values = self._record(call, given)
            same = (
                service_record.c.project_id == found.id,
                service_record.c.month_on == month.first_on,
                service_record.c.process == values["process"],
            )
            changed = call.connection.execute(update(service_record).where(*same).values(**values))
            if changed.rowcount == 0:
                call.connection.execute(
                    insert(service_record).values(project_id=found.id, month_on=month.first_on, **values)
                )
        keeping.note(call, "service_record.keep", project, found.id, {"month": month.key})

    @staticmethod
    def _record(call: ServiceCall, given: Mapping[str, Any]) -> dict[str, Any]:
        files = keeping.listed(given.get("files"))
        return {
            "instance_id": call.instance_id,
            "process": str(given["process"]),
            **{name: int(given.get(name) or 0) for name in ("opened", "finished", "failed")},
            "note": str(given.get("note") or ""),
            "file_id": files[0] if files else None,
            "recorded_at": call.now,
            "recorded_by_id": call.actor.user_id,
        }

    def compare(self, call: ServiceCall) -> dict[str, Any]:
        """What of every running project's agreement was met in a month.

        Inputs: month (else the last one). Result: ``comparison``, a list of project, name, due (targets that ended in
        the month), missed.
        """
        month = self._month(call, call.inputs.get("month"))
        since, until = self._bounds(month)
        missed = func.coalesce(func.sum(case((sla_clock.c.status == "missed", 1), else_=0)), 0)
        rows = call.connection.execute(
            select(project.c.code, project.c.name, func.count(sla_clock.c.id).label("due"), missed.label("missed"))
            .outerjoin(
                sla_clock,
                (sla_clock.c.project_id == project.c.id)
                & sla_clock.c.due_at.between(since, until)
                & (sla_clock.c.status != "cancelled"),
            )
            .where(project.c.status == "running")
            .group_by(project.c.code, project.c.name)
            .order_by(project.c.code)
        ).all()
        return {
            "month": month.key,
            "comparison": [
                {"project": row.code, "name": row.name, "due": row.due, "missed": row.missed} for row in rows
            ],
        }

    def _month(self, call: ServiceCall, given: Any) -> periods.Period:
        if given:
            return periods.parse(str(given))
        return periods.of_day("month", call.now.astimezone(self._zone).date()).previous

    def _bounds(self, month: periods.Period) -> tuple[datetime, datetime]:
        since = datetime.combine(month.first_on, time(), self._zone)
        return since, datetime.combine(month.last_on, time.max, self._zone)


def record_handling(call: ServiceCall) -> None:
    """Keep what the project manager found, with every breach this case follows up.

    Inputs: cause_category (people, parts, customer, third_party, technology, other), cause, measure.
    """
    values = {name: str(call.inputs[name]) for name in ("cause_category", "cause", "measure")}
    call.connection.execute(
        update(sla_clock).where(sla_clock.c.handling_instance_id == call.instance_id).values(**values)
    )
    found = project_of(call, call.variables["project"])
    keeping.note(call, "sla.record_handling", project, found.id, values)


def _login(call: ServiceCall, user_id: int) -> str:
    return str(call.connection.execute(select(user.c.login).where(user.c.id == user_id)).scalar_one())
