"""Topics of an improvement: proposed, evaluated, approved, carried out, checked, judged (policy 3.1(2), 4.1(3))."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from engine.handlers import HandlerRegistry, ServiceCall
from engine.registers import keeping
from engine.store.tables import corrective_action, improvement, user
from engine.store.types import Record

_PROPOSED = ("title", "problem", "goal", "measure", "department", "owner", "due_on")
_SOURCE = ("source_type", "source_id", "source_label")


def serve(handlers: HandlerRegistry) -> None:
    """Serve the topics of this module."""
    handlers.serve("improvement.register", register, required=_PROPOSED, optional=_SOURCE)
    handlers.serve("improvement.evaluate", evaluate, required=(*_PROPOSED, "evaluation", "priority"))
    handlers.serve("improvement.send_back", send_back, optional=("note",))
    handlers.serve("improvement.reject", reject, optional=("note",))
    handlers.serve("improvement.approve", approve, optional=("note", "process_change"))
    handlers.serve("improvement.record", record, required=("result",))
    handlers.serve("improvement.check", check, required=("passed",), optional=("note",))
    handlers.serve("improvement.close", close, required=("effective", "effect"))


def register(call: ServiceCall) -> dict[str, Any]:
    """Keep a proposal (policy 4.2(2)).

    Inputs: title, problem, goal, measure, department (group key), owner (login), due_on; source_type, source_id,
    source_label where it comes from a record. Result: number.
    """
    if keeping.of_case(call, improvement) is None:
        values = {**_proposed(call), **{name: str(call.inputs.get(name) or "") for name in _SOURCE}}
        values |= {"number": call.business_key, "instance_id": call.instance_id, "status": "proposed"}
        values |= {"proposed_at": call.now, "proposed_by_id": call.actor.user_id}
        keeping.add(call, improvement, values, "improvement.propose")
    return {"number": call.business_key}


def evaluate(call: ServiceCall) -> None:
    """Keep what quality thinks of it, and how quality words it.

    Inputs: title, problem, goal, measure, department, owner and due_on of the proposal, evaluation, priority (``high``,
    ``medium``, ``low``).
    """
    values = {**_proposed(call), **{name: str(call.inputs[name]) for name in ("evaluation", "priority")}}
    keeping.advance(call, improvement, "evaluate", ("proposed", "returned"), status="evaluated", **values)


def _proposed(call: ServiceCall) -> dict[str, Any]:
    inputs = call.inputs
    return {
        **{name: str(inputs[name] or "") for name in ("problem", "goal", "measure")},
        "title": str(inputs["title"])[:300],
        "department_id": keeping.department(call.connection, inputs["department"]).id,
        "owner_id": keeping.person_id(call.connection, inputs["owner"]),
        "due_on": keeping.day(inputs["due_on"], "due_on"),
    }


def send_back(call: ServiceCall) -> None:
    """Return the proposal to quality for another look. Inputs: note."""
    _decide(call, "return", status="returned")


def reject(call: ServiceCall) -> None:
    """Note that management does not take the proposal up, and why. Inputs: note."""
    _decide(call, "reject", status="rejected", closed_at=call.now)


def approve(call: ServiceCall) -> dict[str, Any]:
    """Note the approval by senior management and give the action to its owner (policy 3.1(2), 4.1(3)).

    Inputs: note, process_change (what changes in a process). Result: action with number, owner, owner_name, due_on.
    """
    process_change = str(call.inputs.get("process_change") or "")
    found = _decide(call, "approve", status="acting", process_change=process_change)
    values = {
        "number": f"{found.number}-01",
        "kind": "improvement",
        "description": f"{found.title}：{found.measure}",
        "owner_id": found.owner_id,
        "due_on": found.due_on,
        "status": "open",
    }
    action_id = keeping.add(call, corrective_action, values, "corrective_action.assign")
    keeping.advance(call, improvement, "assign", ("acting",), corrective_action_id=action_id)
    owner = call.connection.execute(select(user).where(user.c.id == found.owner_id)).one()
    action = {"number": values["number"], "owner": owner.login, "owner_name": owner.name}
    return {"action": {**action, "due_on": found.due_on.isoformat()}}


def record(call: ServiceCall) -> None:
    """Keep what the owner did. Inputs: result."""
    found = keeping.advance(call, improvement, "record", ("acting",), status="checking")
    values = {"status": "done", "result": str(call.inputs["result"]), "done_at": call.now}
    _move_action(call, found, ("open",), values, "record")


def check(call: ServiceCall) -> None:
    """Keep what quality found when it looked; what was not carried out is open again (policy 3.2(5)).

    Inputs: passed (boolean), note.
    """
    passed, note = call.inputs["passed"] is True, str(call.inputs.get("note") or "")
    status = "watching" if passed else "acting"
    found = keeping.advance(call, improvement, "check", ("checking",), status=status)
    values: dict[str, Any] = {"status": "open", "verification": note}
    if passed:
        values |= {"status": "verified", "verified_at": call.now, "verified_by_id": call.actor.user_id}
    _move_action(call, found, ("done",), values, "verify")


def close(call: ServiceCall) -> None:
    """Keep whether it helped; what did not is carried out again. Inputs: effective (boolean), effect."""
    effective, effect = call.inputs["effective"] is True, str(call.inputs["effect"])
    values: dict[str, Any] = {"effective": effective, "effect": effect}
    values |= {"status": "closed", "closed_at": call.now} if effective else {"status": "acting"}
    found = keeping.advance(call, improvement, "judge", ("watching",), **values)
    if not effective:
        _move_action(call, found, ("verified",), {"status": "open", "verification": effect}, "reopen")


def _decide(call: ServiceCall, action: str, **values: Any) -> Record:
    decided = {"decided_at": call.now, "decided_by_id": call.actor.user_id}
    note = str(call.inputs.get("note") or "")
    return keeping.advance(call, improvement, action, ("evaluated",), **decided, decision_note=note, **values)


def _move_action(
    call: ServiceCall, found: Record, statuses: Sequence[str], values: dict[str, Any], action: str
) -> None:
    query = select(corrective_action).where(corrective_action.c.id == found.corrective_action_id)
    one = call.connection.execute(query).one()
    keeping.move(call, corrective_action, one, statuses=statuses, values=values, action=f"corrective_action.{action}")
