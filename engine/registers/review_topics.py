"""Topics of the management review: plan, inputs, attendance, conclusions, decisions (policy 5.3.2)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import delete, insert, select, update

from engine import instances, policy_settings
from engine.errors import Invalid
from engine.handlers import HandlerRegistry, ServiceCall
from engine.registers import keeping, notices
from engine.store.tables import corrective_action, group, management_review, review_attendance, review_input, user
from engine.store.types import Record


class MomentMissing(Invalid):
    """A plan without the moment of its meeting."""

    code = "moment_missing"
    zh = "“{value}”不是日期时间"
    en = "“{value}” is no date and time"


def serve(handlers: HandlerRegistry, zone: ZoneInfo) -> None:
    """Serve the topics of this module; days and nonconformities are numbered by ``zone``."""
    topics = _Topics(zone)
    plan = ("year", "title", "meets_at", "inputs")
    handlers.serve("management_review.submit", topics.submit, required=plan, optional=("purpose", "agenda", "place"))
    handlers.serve("management_review.send_back", send_back)
    handlers.serve("management_review.approve", topics.approve)
    handlers.serve("management_review.record_input", record_input, required=("ordinal", "summary"), optional=("files",))
    handlers.serve("management_review.waive_input", waive_input, required=("ordinal", "reason"))
    handlers.serve(
        "management_review.record_meeting",
        topics.record_meeting,
        required=("held_at", "attendance"),
        optional=("minutes",),
    )
    verdicts = tuple(f"{one}{part}" for one in _JUDGED for part in ("", "_note"))
    handlers.serve("management_review.record_conclusions", record_conclusions, required=verdicts)
    handlers.serve("management_review.decide", topics.decide, required=("decisions",))
    handlers.serve("management_review.record_action", record_action, required=("number", "result"))
    handlers.serve("management_review.verify_action", verify_action, required=("number", "passed"), optional=("note",))
    handlers.serve("management_review.close", close)


_JUDGED = ("suitability", "adequacy", "effectiveness")


class _Topics:
    """The topics that speak of days."""

    def __init__(self, zone: ZoneInfo) -> None:
        self._zone = zone

    def submit(self, call: ServiceCall) -> None:
        """Keep the plan of a review with the inputs it asks for, in place of an earlier draft.

        Inputs: year, title, meets_at, inputs (a list of title, title_en, owner), purpose, agenda, place.
        """
        inputs = call.inputs
        values = {
            "year": int(inputs["year"]),
            "title": str(inputs["title"]),
            "purpose": str(inputs.get("purpose") or ""),
            "agenda": str(inputs.get("agenda") or ""),
            "place": str(inputs.get("place") or ""),
            "meets_at": self._moment(inputs["meets_at"]),
            "status": "submitted",
        }
        found = keeping.of_case(call, management_review)
        if found is None:
            given = {"number": call.business_key, "instance_id": call.instance_id, **values}
            review_id = keeping.add(call, management_review, given, "management_review.submit")
        else:
            review_id = found.id
            keeping.advance(call, management_review, "submit", ("submitted", "returned"), **values)
            call.connection.execute(delete(review_input).where(review_input.c.review_id == review_id))
        rows = [_asked(call, review_id, ordinal, one) for ordinal, one in enumerate(inputs["inputs"], start=1)]
        call.connection.execute(insert(review_input), rows)

    def approve(self, call: ServiceCall) -> dict[str, Any]:
        """Note the approval of the plan by senior management, and ask for the inputs.

        Result: requests, one per input: ordinal, title, owner (group key), due_at.
        """
        values = {"status": "collecting", "approved_at": call.now, "approved_by_id": call.actor.user_id}
        found = keeping.advance(call, management_review, "approve", ("submitted",), **values)
        days = policy_settings.value(call.connection, "review.material_days")
        due_at = found.meets_at - timedelta(days=days)
        mine = review_input.c.review_id == found.id
        call.connection.execute(update(review_input).where(mine).values(due_at=due_at))
        query = select(review_input, group.c.key).join(group, group.c.id == review_input.c.owner_group_id).where(mine)
        rows = call.connection.execute(query.order_by(review_input.c.ordinal)).all()
        local = due_at.astimezone(self._zone).isoformat()
        return {
            "requests": [
                {"ordinal": row.ordinal, "title": row.title_zh, "owner": row.key, "due_at": local} for row in rows
            ]
        }

    def record_meeting(self, call: ServiceCall) -> None:
        """Keep who attended for each of the seven kinds, and the minutes (policy 5.3.2(2)).

        Inputs: held_at, attendance (a list of kind, person, present ``yes`` or ``no``, waiver_reason), minutes.
        """
        inputs = call.inputs
        values = {
            "held_at": self._moment(inputs["held_at"]),
            "minutes": str(inputs.get("minutes") or ""),
            "status": "reporting",
        }
        found = keeping.advance(call, management_review, "meet", ("collecting",), **values)
        rows = {
            (str(one["kind"]), str(one.get("person") or "")): {
                "review_id": found.id,
                "kind": str(one["kind"]),
                "person": str(one.get("person") or ""),
                "is_present": one["present"] == "yes",
                "waiver_reason": str(one.get("waiver_reason") or ""),
            }
            for one in inputs["attendance"]
        }
        call.connection.execute(insert(review_attendance), list(rows.values()))

    def decide(self, call: ServiceCall) -> dict[str, Any]:
        """Turn the decisions into improvement actions to be tracked here, and nonconformities with their own process.

        Inputs: decisions (a list of description, kind ``improvement`` or ``corrective``, owner, department, due_on).
        Result: improvements, a list of number, description, owner, owner_name, due_on; nonconformities, their numbers.
        """
        found = keeping.advance(call, management_review, "decide", ("reporting",), status="tracking")
        improvements, raised = [], []
        for ordinal, one in enumerate(call.inputs["decisions"] or (), start=1):
            if one["kind"] == "corrective":
                number = instances.next_number(call.connection, "nonconformity", self._zone, call.now)
                _raise(call, found, number, one)
                raised.append(number)
            else:
                improvements.append(_begin(call, found, f"{found.number}-{ordinal:02d}", one))
        return {"improvements": improvements, "nonconformities": raised}

    def _moment(self, value: Any) -> datetime:
        """A moment of a form; one without an offset is meant in the organisation's zone. Raises ``MomentMissing``."""
        found = keeping.moment(value, self._zone)
        if found is None:
            raise MomentMissing(value=str(value))
        return found


def _asked(call: ServiceCall, review_id: int, ordinal: int, one: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "review_id": review_id,
        "ordinal": ordinal,
        "title_zh": str(one["title"]),
        "title_en": str(one.get("title_en") or ""),
        "owner_group_id": keeping.department(call.connection, one["owner"]).id,
        "status": "asked",
        "files": [],
    }


def send_back(call: ServiceCall) -> None:
    """Note that senior management returned the plan."""
    keeping.advance(call, management_review, "return", ("submitted",), status="returned")


def record_input(call: ServiceCall) -> None:
    """Keep the material an owner handed in.

    Inputs: ordinal, summary, files (ids of attachments).
    """
    values = {
        "status": "received",
        "summary": str(call.inputs["summary"]),
        "files": list(call.inputs.get("files") or ()),
        "provided_by_id": call.actor.user_id,
        "provided_at": call.now,
    }
    _settle_input(call, values, "receive_input")


def waive_input(call: ServiceCall) -> None:
    """Note that the review goes on without a material, and why.

    Inputs: ordinal, reason.
    """
    values = {"status": "waived", "waiver_reason": str(call.inputs["reason"]), "waived_by_id": call.actor.user_id}
    _settle_input(call, values, "waive_input")


def _settle_input(call: ServiceCall, values: Mapping[str, Any], action: str) -> None:
    found, ordinal = keeping.required(call, management_review), int(call.inputs["ordinal"])
    settled = call.connection.execute(
        update(review_input)
        .where(
            review_input.c.review_id == found.id, review_input.c.ordinal == ordinal, review_input.c.status == "asked"
        )
        .values(**values)
    )
    if settled.rowcount != 1:
        raise keeping.RecordMoved(number=f"{found.number}/{ordinal}", status=found.status)
    keeping.note(call, f"management_review.{action}", management_review, found.id, {"ordinal": ordinal})


def record_conclusions(call: ServiceCall) -> None:
    """Keep the conclusions on suitability, adequacy and effectiveness (policy 4.1(2)).

    Inputs: suitability, adequacy, effectiveness (``suitable``, ``partly``, ``unsuitable``), and the reasons for each:
    suitability_note, adequacy_note, effectiveness_note.
    """
    values = {name: str(call.inputs[name] or "") for one in _JUDGED for name in (one, f"{one}_note")}
    keeping.advance(call, management_review, "conclude", ("reporting",), **values)


def _raise(call: ServiceCall, found: Record, number: str, one: Mapping[str, Any]) -> None:
    variables = {
        "title": str(one["description"])[:200],
        "description": str(one["description"]),
        "grade": "minor",
        "clause": "",
        "area": "management",
        "department": str(one["department"]),
        "evidence": "",
        "source_type": "management_review",
        "source_id": str(found.id),
        "source_label": f"{found.number} {found.title}",
    }
    notices.send_message(call, "nonconformity.raised", number, variables)


def _begin(call: ServiceCall, found: Record, number: str, one: Mapping[str, Any]) -> dict[str, Any]:
    owner = call.connection.execute(select(user).where(user.c.login == str(one["owner"]))).one_or_none()
    if owner is None:
        raise keeping.PersonUnknown(login=str(one["owner"]))
    values = {
        "number": number,
        "management_review_id": found.id,
        "kind": "improvement",
        "description": str(one["description"]),
        "owner_id": owner.id,
        "due_on": keeping.day(one["due_on"], "due_on"),
        "status": "open",
    }
    keeping.add(call, corrective_action, values, "corrective_action.assign")
    return {
        "number": number,
        "description": values["description"],
        "owner": owner.login,
        "owner_name": owner.name,
        "due_on": str(one["due_on"]),
        "verification": "",
    }


def record_action(call: ServiceCall) -> None:
    """Keep what the owner of an improvement did. Inputs: number, result."""
    values = {"status": "done", "result": str(call.inputs["result"]), "done_at": call.now}
    _move_action(call, ("open",), values, "record")


def verify_action(call: ServiceCall) -> None:
    """Keep what the verification of an improvement found; one that failed is open again.

    Inputs: number, passed (boolean), note.
    """
    note = str(call.inputs.get("note") or "")
    values: dict[str, Any] = {"status": "open", "verification": note}
    if call.inputs["passed"] is True:
        values = {
            "status": "verified",
            "verification": note,
            "verified_at": call.now,
            "verified_by_id": call.actor.user_id,
        }
    _move_action(call, ("done",), values, "verify")


def _move_action(call: ServiceCall, statuses: Sequence[str], values: Mapping[str, Any], action: str) -> None:
    found = call.connection.execute(
        select(corrective_action).where(corrective_action.c.number == str(call.inputs["number"]))
    ).one_or_none()
    if found is None:
        raise keeping.RecordUnknown(id=call.instance_id)
    action = f"corrective_action.{action}"
    keeping.move(call, corrective_action, found, statuses=statuses, values=values, action=action)


def close(call: ServiceCall) -> None:
    """Close the review: its report is issued and every improvement verified."""
    keeping.advance(call, management_review, "close", ("tracking",), status="closed", closed_at=call.now)
