"""Topics of the monthly assessment of staff on indicators: proposed, answered, settled (policy 5.2(4))."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import delete, insert, update

from engine.handlers import HandlerRegistry, ServiceCall
from engine.registers import keeping
from engine.reports import keeping as reports
from engine.store.tables import staff_assessment


def serve(handlers: HandlerRegistry) -> None:
    """Serve the topics of this module."""
    handlers.serve("assessment.propose", propose, required=("report", "assessments"))
    handlers.serve("assessment.answer", answer, required=("report", "person", "answer"), optional=("dispute",))
    handlers.serve("assessment.settle", settle, required=("report", "person", "decision"), optional=("score",))


def propose(call: ServiceCall) -> dict[str, Any]:
    """Keep the results of the people assessed at a meeting, in place of an earlier draft (policy 5.2(4)).

    Inputs: report (id of the minutes), assessments (a list of person, indicator, weight, target, actual, score).
    Result: ``assessed``, one per person: person (login), results.
    """
    report_id = int(call.inputs["report"])
    call.connection.execute(delete(staff_assessment).where(staff_assessment.c.report_id == report_id))
    given: Sequence[Mapping[str, Any]] = call.inputs["assessments"] or ()
    rows = [
        {
            "report_id": report_id,
            "person_id": keeping.person_id(call.connection, one["person"]),
            "indicator": str(one["indicator"])[:200],
            "weight_percent": int(one["weight"]),
            "target": str(one.get("target") or ""),
            "actual": str(one.get("actual") or ""),
            "score": Decimal(str(one["score"])),
            "status": "proposed",
        }
        for one in given
    ]
    if rows:
        call.connection.execute(insert(staff_assessment), rows)
    keeping.note(call, "assessment.propose", staff_assessment, report_id, {"count": len(rows)})
    people = list(dict.fromkeys(str(one["person"]) for one in given))
    return {
        "assessed": [
            {"person": login, "results": [one for one in given if str(one["person"]) == login]} for login in people
        ]
    }


def answer(call: ServiceCall) -> None:
    """What an assessed person says. Inputs: report (id), person (login), answer (``confirm``, ``dispute``), dispute."""
    disputed = call.inputs["answer"] == "dispute"
    _change_assessment(
        call,
        ("proposed",),
        {
            "status": "disputed" if disputed else "confirmed",
            "dispute": str(call.inputs.get("dispute") or "") if disputed else "",
        },
        "answer",
    )


def settle(call: ServiceCall) -> None:
    """The manager's decision on a disputed assessment. Inputs: report (id), person (login), decision, score (new)."""
    values: dict[str, Any] = {
        "status": "settled",
        "decision": str(call.inputs["decision"]),
        "decided_by_id": call.actor.user_id,
    }
    if call.inputs.get("score") not in (None, ""):
        values["score"] = Decimal(str(call.inputs["score"]))
    _change_assessment(call, ("disputed",), values, "settle")


def _change_assessment(call: ServiceCall, statuses: tuple[str, ...], values: Mapping[str, Any], action: str) -> None:
    report_id, person = int(call.inputs["report"]), keeping.person_id(call.connection, call.inputs["person"])
    changed = call.connection.execute(
        update(staff_assessment)
        .where(
            staff_assessment.c.report_id == report_id,
            staff_assessment.c.person_id == person,
            staff_assessment.c.status.in_(statuses),
        )
        .values(**values)
    )
    if changed.rowcount == 0:
        raise reports.ReportMoved(number=str(call.inputs["person"]), status=action)
    keeping.note(call, f"assessment.{action}", staff_assessment, report_id, {"person": str(call.inputs["person"])})
