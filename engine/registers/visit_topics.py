"""Topics of the visit to a customer whose project, or a milestone of it, is done, and of its report (policy 5.2(2))."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import exists, select, update

from engine import instances, periods
from engine.handlers import HandlerRegistry, ServiceCall
from engine.registers import keeping, notices
from engine.store.tables import customer, project, project_visit, user
from engine.store.types import Record

MESSAGE = "project.completed"


def serve(handlers: HandlerRegistry, zone: ZoneInfo) -> None:
    """Serve the topics of this module; months and visits are numbered by ``zone``."""
    topics = _Topics(zone)
    handlers.serve("project_visit.call_for", topics.call_for)
    handlers.serve("project_visit.open", open_visit, required=("project",), optional=("occasion",))
    answers = ("visited_on", "spoken_to", "score")
    handlers.serve("project_visit.record", record, required=answers, optional=("praise", "problems"))
    handlers.serve("project_visit.collect", topics.collect)
    handlers.serve("project_visit.receive", receive, required=("visits", "conclusion"), optional=("instruction",))


class _Topics:
    """The topics that speak of days."""

    def __init__(self, zone: ZoneInfo) -> None:
        self._zone = zone

    def call_for(self, call: ServiceCall) -> dict[str, Any]:
        """Begin a visit for every completed project nobody has visited since. Result: called, how many."""
        rows = call.connection.execute(
            select(project.c.code)
            .where(
                project.c.status == "completed",
                ~exists().where(project_visit.c.project_id == project.c.id, project_visit.c.occasion == _COMPLETED),
            )
            .order_by(project.c.code)
        ).scalars()
        codes = list(rows)
        for code in codes:
            number = instances.next_number(call.connection, "project_visit", self._zone, call.now)
            notices.send_message(call, MESSAGE, number, {"project": code, "occasion": _COMPLETED})
        return {"called": len(codes)}

    def collect(self, call: ServiceCall) -> dict[str, Any]:
        """The visits of last month that no report has spoken of.

        Result: visits (a list of id, project, spoken_to, score, problems), visits_text.
        """
        month = periods.of_day("month", call.now.astimezone(self._zone).date()).previous
        rows = call.connection.execute(
            select(project_visit, project.c.name.label("project_name"))
            .join(project, project.c.id == project_visit.c.project_id)
            .where(project_visit.c.status == "visited", project_visit.c.visited_on <= month.last_on)
            .order_by(project_visit.c.visited_on, project_visit.c.id)
        ).all()
        visits = [
            {
                "id": row.id,
                "number": row.number,
                "project": row.project_name,
                "spoken_to": row.spoken_to,
                "score": row.score,
                "problems": row.problems or "",
            }
            for row in rows
        ]
        return {"visits": visits, "visits_text": "\n".join(_line(row) for row in rows)}


_COMPLETED = "项目完成"


def open_visit(call: ServiceCall) -> dict[str, Any]:
    """Plan a visit.

    Inputs: project (its code), occasion. Result: visit with number, project_name, customer, manager.
    """
    code = str(call.inputs["project"])
    row = call.connection.execute(
        select(project, customer.c.name.label("customer_name"), user.c.name.label("manager_name"))
        .join(customer, customer.c.id == project.c.customer_id)
        .join(user, user.c.id == project.c.manager_id)
        .where(project.c.code == code)
    ).one_or_none()
    if row is None:
        raise keeping.RecordUnknown(id=code)
    if keeping.of_case(call, project_visit) is None:
        values = {
            "number": call.business_key,
            "instance_id": call.instance_id,
            "project_id": row.id,
            "occasion": str(call.inputs.get("occasion") or ""),
            "status": "planned",
            "opened_at": call.now,
        }
        keeping.add(call, project_visit, values, "project_visit.open")
    named = {"project_name": row.name, "customer": row.customer_name, "manager": row.manager_name}
    return {"visit": {"number": call.business_key, **named}}


def record(call: ServiceCall) -> None:
    """Keep what the customer said. Inputs: visited_on, spoken_to, score (1 to 5), praise, problems."""
    inputs = call.inputs
    values = {
        "status": "visited",
        "visited_on": keeping.day(inputs["visited_on"], "visited_on"),
        "visitor_id": call.actor.user_id,
        "spoken_to": str(inputs["spoken_to"])[:200],
        "score": int(inputs["score"]),
        "praise": str(inputs.get("praise") or ""),
        "problems": str(inputs.get("problems") or ""),
    }
    keeping.advance(call, project_visit, "record", ("planned",), **values)


def receive(call: ServiceCall) -> None:
    """Note that the general manager received the report on these visits (policy 5.2(2)).

    Inputs: visits (as collected), conclusion, instruction.
    """
    identifiers = [int(one["id"]) for one in call.inputs["visits"] or ()]
    values = {
        "status": "closed",
        "conclusion": str(call.inputs["conclusion"]),
        "instruction": str(call.inputs.get("instruction") or ""),
        "received_by_id": call.actor.user_id,
        "received_at": call.now,
        "closed_at": call.now,
    }
    for identifier in identifiers:
        changed = call.connection.execute(
            update(project_visit)
            .where(project_visit.c.id == identifier, project_visit.c.status == "visited")
            .values(**values)
        )
        if changed.rowcount:
            keeping.note(call, "project_visit.receive", project_visit, identifier, {})


def _line(row: Record) -> str:
    said = f"：{row.problems}" if row.problems else ""
    return f"{row.visited_on.isoformat()} {row.project_name}（{row.spoken_to}）{row.score} 分{said}"
