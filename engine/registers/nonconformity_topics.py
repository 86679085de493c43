"""Topics of the nonconformity process: from what was raised to the record that is closed, withdrawn or reopened.

Each finds its nonconformity by the process instance; a nonconformity belongs to exactly one.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import insert, select, update

from engine import policy_settings
from engine.errors import Invalid
from engine.handlers import HandlerRegistry, ServiceCall
from engine.registers import keeping, nonconformities, notices
from engine.registers.nonconformities import move, of_instance
from engine.registers.nonconformity_wording import GRADES, STATUSES
from engine.store.tables import nonconformity, user
from engine.store.types import Record

_KEPT = ("clause", "area", "evidence", "source_type", "source_id", "source_label")


class GradeUnknown(Invalid):
    """A grade nobody has defined."""

    code = "grade_unknown"
    zh = "不符合等级“{grade}”无效，应为 minor 或 major"
    en = "“{grade}” is no grade of a nonconformity; it is minor or major"


def serve(handlers: HandlerRegistry, zone: ZoneInfo) -> None:
    """Serve the topics of this module; days are those of ``zone``."""
    topics = _Topics(zone)
    raised = ("title", "description", "department")
    handlers.serve("nonconformity.register", topics.register, required=raised, optional=("grade", "raised_by", *_KEPT))
    handlers.serve(
        "nonconformity.accept", topics.accept, required=("grade", "department"), optional=("clause", "area", "upgrade")
    )
    handlers.serve("nonconformity.withdraw", withdraw, required=("reason",))
    handlers.serve("nonconformity.record_containment", record_containment, required=("containment",))
    analysis = ("whys", "root_cause", "cause_category", "similar_finding")
    handlers.serve("nonconformity.record_analysis", record_analysis, required=analysis)
    handlers.serve("nonconformity.watch", topics.watch)
    handlers.serve("nonconformity.close", close, optional=("note",))
    handlers.serve("nonconformity.reopen", topics.reopen, optional=("note",))


class _Topics:
    """The topics that speak of days."""

    def __init__(self, zone: ZoneInfo) -> None:
        self._zone = zone

    def register(self, call: ServiceCall) -> dict[str, Any]:
        """Put what was raised into the register, under the number of the case.

        Inputs: title, description, department (group key), grade (minor unless it says major), clause, area, evidence,
        source_type, source_id and source_label (the record it came from), raised_by (login; else who started the
        case). Results: ``grade``, ``raiser`` (login) and ``earlier``: the minor nonconformity at the same clause of the
        audit before (number, title, raised_on, root_cause), or null.
        """
        raiser = str(call.inputs.get("raised_by") or call.variables.get("initiator") or "")
        known = select(nonconformity.c.id).where(nonconformity.c.instance_id == call.instance_id)
        if call.connection.execute(known).scalar() is None:
            self._insert(call, raiser)
        found = of_instance(call.connection, call.instance_id)
        earlier = nonconformities.earlier_minor(call.connection, found)
        return {
            "grade": found.grade,
            "raiser": raiser,
            "earlier": None if earlier is None else self._told(earlier, "number", "title", "root_cause"),
        }

    def _insert(self, call: ServiceCall, raiser: str) -> None:
        given = {name: str(call.inputs.get(name) or "").strip() for name in _KEPT}
        values = {
            **given,
            "number": call.business_key,
            "instance_id": call.instance_id,
            "department_id": notices.group_row(call.connection, str(call.inputs["department"])).id,
            "grade": _grade(call.inputs.get("grade") or "minor"),
            "title": str(call.inputs["title"])[:300],
            "description": str(call.inputs["description"]),
            "status": "raised",
            "raised_at": call.now,
            "raised_by_id": call.connection.execute(select(user.c.id).where(user.c.login == raiser)).scalar(),
        }
        new = call.connection.execute(insert(nonconformity).values(values).returning(nonconformity.c.id)).scalar_one()
        details = {**given, "grade": values["grade"], "title": values["title"]}
        keeping.note(call, "nonconformity.register", nonconformity, new, details)

    def accept(self, call: ServiceCall) -> dict[str, Any]:
        """Take a nonconformity as the quality department confirms it, and begin the analysis.

        Inputs: grade, department, clause, area, upgrade (``yes`` makes a minor one a major one that repeats the earlier
        of the audit before). Results: ``grade`` and ``similar``, a list of other nonconformities at the same clause or
        of the same department.
        """
        found = of_instance(call.connection, call.instance_id)
        values = {
            "department_id": notices.group_row(call.connection, str(call.inputs["department"])).id,
            "grade": _grade(call.inputs["grade"]),
            "clause": str(call.inputs.get("clause") or "").strip(),
            "area": str(call.inputs.get("area") or ""),
        }
        earlier = nonconformities.earlier_minor(call.connection, found)
        if call.inputs.get("upgrade") == "yes" and earlier is not None:
            values |= {"grade": "major", "repeats_id": earlier.id}
        if move(call, found, "analysing", after=("raised",), **values):
            keeping.note(call, "nonconformity.accept", nonconformity, found.id, values)
        accepted = of_instance(call.connection, call.instance_id)
        return {"grade": accepted.grade, "similar": self._similar(call, accepted)}

    def watch(self, call: ServiceCall) -> dict[str, Any]:
        """Wait for the effect of what was carried out.

        Result: ``effectiveness_due_on``, the day on which somebody is to look whether it helped.
        """
        found = of_instance(call.connection, call.instance_id)
        days = policy_settings.value(call.connection, "nonconformity.effectiveness_days")
        due_on = call.now.astimezone(self._zone).date() + timedelta(days=days)
        if move(call, found, "watching", after=("verifying",), effectiveness_due_on=due_on):
            details = {"effectiveness_due_on": due_on.isoformat()}
            keeping.note(call, "nonconformity.watch", nonconformity, found.id, details)
        return {"effectiveness_due_on": str(of_instance(call.connection, call.instance_id).effectiveness_due_on)}

    def reopen(self, call: ServiceCall) -> dict[str, Any]:
        """Begin another round, because the actions had no effect.

        Inputs: note (what was found). Results: ``reopen_count`` and ``similar`` (as of now).
        """
        found = of_instance(call.connection, call.instance_id)
        values = {
            "effective": False,
            "effectiveness_note": str(call.inputs.get("note") or ""),
            "effectiveness_due_on": None,
            "reopen_count": nonconformity.c.reopen_count + 1,
        }
        if move(call, found, "analysing", after=("watching",), **values):
            keeping.note(call, "nonconformity.reopen", nonconformity, found.id, {"note": values["effectiveness_note"]})
        reopened = of_instance(call.connection, call.instance_id)
        return {"reopen_count": reopened.reopen_count, "similar": self._similar(call, reopened)}

    def _similar(self, call: ServiceCall, found: Record) -> list[dict[str, Any]]:
        rows = nonconformities.similar(call.connection, found)
        names = ("number", "clause", "title", "department_zh", "department_en", "root_cause")
        return [
            {
                **self._told(row, *names),
                "grade_zh": GRADES[row.grade].zh,
                "grade_en": GRADES[row.grade].en,
                "status_zh": STATUSES[row.status].zh,
                "status_en": STATUSES[row.status].en,
            }
            for row in rows
        ]

    def _told(self, row: Record, *names: str) -> dict[str, Any]:
        raised_on = row.raised_at.astimezone(self._zone).date().isoformat()
        return {**{name: getattr(row, name) or "" for name in names}, "raised_on": raised_on}


def withdraw(call: ServiceCall) -> None:
    """Record that there is no nonconformity.

    Inputs: reason (why it is none).
    """
    found = of_instance(call.connection, call.instance_id)
    if move(call, found, "withdrawn", after=("raised",), closed_at=call.now):
        keeping.note(call, "nonconformity.withdraw", nonconformity, found.id, {"reason": str(call.inputs["reason"])})


def record_containment(call: ServiceCall) -> None:
    """Record what was done at once.

    Inputs: containment.
    """
    _record(call, "contain", {"containment": str(call.inputs["containment"])})


def record_analysis(call: ServiceCall) -> None:
    """Record why it happened.

    Inputs: whys (a list of ``{why}``, each the reason of the one before), root_cause, cause_category (people, process,
    technology, resources, supplier, other), similar_finding (what the similar ones say).
    """
    given = call.inputs["whys"]
    values = {
        "whys": [str(one.get("why") or "") for one in given or ()],
        "root_cause": str(call.inputs["root_cause"]),
        "cause_category": str(call.inputs["cause_category"]),
        "similar_cases": str(call.inputs["similar_finding"]),
    }
    _record(call, "analyse", values)


def close(call: ServiceCall) -> None:
    """Close a nonconformity whose actions have helped.

    Inputs: note (how that was found).
    """
    found = of_instance(call.connection, call.instance_id)
    values = {"effective": True, "effectiveness_note": str(call.inputs.get("note") or ""), "closed_at": call.now}
    if move(call, found, "closed", after=("watching",), **values):
        keeping.note(call, "nonconformity.close", nonconformity, found.id, {"note": values["effectiveness_note"]})


def _record(call: ServiceCall, action: str, values: dict[str, Any]) -> None:
    """Write what the department found while it analyses; doing so twice changes nothing."""
    found = of_instance(call.connection, call.instance_id)
    changed = call.connection.execute(
        update(nonconformity)
        .where(nonconformity.c.id == found.id, nonconformity.c.status == "analysing")
        .values(**values)
    )
    if changed.rowcount != 1:
        raise nonconformities.NonconformityElsewhere(number=found.number, status=found.status)
    if any(getattr(found, name) != value for name, value in values.items()):
        keeping.note(call, f"nonconformity.{action}", nonconformity, found.id, values)


def _grade(given: Any) -> str:
    if given not in GRADES:
        raise GradeUnknown(grade=str(given))
    return str(given)
