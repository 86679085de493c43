"""Topics for the corrective actions of a nonconformity: assigned, carried out, verified or sent back."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from sqlalchemy import Connection, insert, select, update

from engine.errors import NotFound
from engine.handlers import HandlerRegistry, ServiceCall
from engine.registers import keeping, notices
from engine.registers.nonconformities import (
    ActionElsewhere,
    ActionUnknown,
    actions_of,
    move,
    next_action_number,
    of_instance,
)
from engine.store.tables import corrective_action, nonconformity, user
from engine.store.types import Record


class OwnerUnknown(NotFound):
    """An action for somebody who does not work here."""

    code = "owner_unknown"
    zh = "没有找到整改负责人“{login}”"
    en = "There is nobody called “{login}” who could own the action"


def serve(handlers: HandlerRegistry) -> None:
    """Serve the topics of this module."""
    handlers.serve("corrective_action.assign", assign, required=("actions",))
    handlers.serve("corrective_action.record", record, required=("number", "result"))
    handlers.serve("corrective_action.submit", submit)
    handlers.serve("corrective_action.verify", verify, required=("verdicts",))


def assign(call: ServiceCall) -> dict[str, Any]:
    """Put the planned actions of this round into the register and tell their owners by mail.

    Inputs: actions, a list of ``{description, owner, due_on}``. Results: ``open_actions``, a list of ``{number,
    description, owner, owner_name, due_on, verification}``, and ``action_owners``, the logins of all who own an action
    of this nonconformity, in whatever round.
    """
    found = of_instance(call.connection, call.instance_id)
    current = found.reopen_count + 1
    if move(call, found, "acting", after=("analysing",)):
        for planned in call.inputs["actions"] or ():
            _insert(call, found, current, planned)
    actions = actions_of(call.connection, found.id)
    mine = [one for one in actions if one.round == current and one.status == "open"]
    _tell_owners(call, mine, "请落实纠正措施", "Corrective actions to carry out")
    return {"open_actions": [_row(one) for one in mine], "action_owners": sorted({one.owner for one in actions})}


def _insert(call: ServiceCall, found: Record, current: int, planned: Mapping[str, Any]) -> None:
    values = {
        "number": next_action_number(call.connection, found),
        "nonconformity_id": found.id,
        "round": current,
        "kind": "corrective",
        "description": str(planned["description"]),
        "owner_id": _owner_id(call.connection, str(planned["owner"])),
        "due_on": date.fromisoformat(str(planned["due_on"])),
        "status": "open",
    }
    new = call.connection.execute(
        insert(corrective_action).values(values).returning(corrective_action.c.id)
    ).scalar_one()
    details = {"number": values["number"], "owner": planned["owner"], "due_on": str(planned["due_on"])}
    keeping.note(call, "corrective_action.assign", corrective_action, new, details)


def record(call: ServiceCall) -> dict[str, Any]:
    """Record that an action was carried out.

    Inputs: number, result (what was done). Result: ``{number, result}``.
    """
    found, result = _action(call, str(call.inputs["number"])), str(call.inputs["result"])
    if found.status != "done":
        _change(call, found, "open", status="done", result=result, done_at=call.now)
        keeping.note(call, "corrective_action.record", corrective_action, found.id, {"number": found.number})
    return {"number": found.number, "result": result}


def submit(call: ServiceCall) -> dict[str, Any]:
    """Hand what was carried out to the verifier.

    Result: ``verdicts``, a row for each action to verify: ``{number, description, owner_name, due_on, result}``.
    """
    found = of_instance(call.connection, call.instance_id)
    if move(call, found, "verifying", after=("acting",)):
        keeping.note(call, "nonconformity.submit", nonconformity, found.id, {})
    rows = [one for one in actions_of(call.connection, found.id) if one.status == "done"]
    return {"verdicts": [{**_row(one), "result": one.result} for one in rows]}


def verify(call: ServiceCall) -> dict[str, Any]:
    """Record which actions were found carried out; the others go back to their owners with a new due day.

    Inputs: verdicts, a list of ``{number, verdict (``verified`` or ``failed``), note, new_due_on}``. Result:
    ``open_actions``: those that go back.
    """
    found = of_instance(call.connection, call.instance_id)
    failed = [given for given in call.inputs["verdicts"] or () if not _verified(call, given)]
    if failed and move(call, found, "acting", after=("verifying",)):
        details = {"actions": [given["number"] for given in failed]}
        keeping.note(call, "nonconformity.send_back", nonconformity, found.id, details)
    back = [one for one in actions_of(call.connection, found.id) if one.status == "open"]
    _tell_owners(call, back, "纠正措施未通过验证，请重新落实", "Corrective actions sent back by the verifier")
    return {"open_actions": [_row(one) for one in back]}


def _verified(call: ServiceCall, given: Mapping[str, Any]) -> bool:
    """Write one verdict; whether the action was found carried out."""
    found, is_verified = _action(call, str(given["number"])), bool(given["verdict"] == "verified")
    if found.status == "done":
        values: dict[str, Any] = {"verification": str(given.get("note") or "")}
        if is_verified:
            values |= {"status": "verified", "verified_at": call.now, "verified_by_id": call.actor.user_id}
        else:
            due_on = date.fromisoformat(str(given["new_due_on"]))
            values |= {"status": "open", "done_at": None, "due_on": due_on}
        _change(call, found, "done", **values)
        details = {"number": found.number, "note": values["verification"], "due_on": str(given.get("new_due_on") or "")}
        action = f"corrective_action.{'verify' if is_verified else 'send_back'}"
        keeping.note(call, action, corrective_action, found.id, details)
    return is_verified


def _change(call: ServiceCall, found: Record, after: str, **values: Any) -> None:
    changed = call.connection.execute(
        update(corrective_action)
        .where(corrective_action.c.id == found.id, corrective_action.c.status == after)
        .values(**values)
    )
    if changed.rowcount != 1:
        raise ActionElsewhere(number=found.number, status=found.status)


def _action(call: ServiceCall, number: str) -> Record:
    """One action of the nonconformity this case is about. Raises ``ActionUnknown``."""
    found = of_instance(call.connection, call.instance_id)
    for one in actions_of(call.connection, found.id):
        if one.number == number:
            return one
    raise ActionUnknown(number=number)


def _owner_id(connection: Connection, login: str) -> int:
    found = connection.execute(select(user.c.id).where(user.c.login == login, user.c.is_active)).scalar()
    if found is None:
        raise OwnerUnknown(login=login)
    return int(found)


def _row(one: Record) -> dict[str, Any]:
    return {
        "number": one.number,
        "description": one.description,
        "owner": one.owner,
        "owner_name": one.owner_name,
        "due_on": one.due_on.isoformat(),
        "verification": one.verification or "",
    }


def _tell_owners(call: ServiceCall, actions: Iterable[Record], zh: str, en: str) -> None:
    """One mail to each owner, with all that is theirs."""
    lines: dict[int, list[str]] = defaultdict(list)
    for one in actions:
        lines[one.owner_id].append(f"{one.number} {one.description} ({one.due_on})")
    for owner_id, mine in lines.items():
        notices.mail(
            call,
            notices.people(call.connection, user.c.id == owner_id),
            subject_zh=f"{zh}：{call.business_key}",
            subject_en=f"{en}: {call.business_key}",
            text="\n".join(mine),
        )
