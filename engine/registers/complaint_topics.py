"""Topics of the complaint process: what was heard, decided, done and said becomes the register's record.

Each finds the complaint by its process instance; a complaint belongs to exactly one.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select

from engine import assignments
from engine.feel.temporal import parse_datetime
from engine.handlers import HandlerRegistry, ServiceCall
from engine.registers import complaints, notices
from engine.registers.complaints import HIGHEST_LEVEL, Assessment
from engine.store.tables import outbox, user
from engine.store.types import Record

_ASSESSED = (
    "customer",
    "complainant",
    "contact",
    "project",
    "kind",
    "subject",
    "content",
    "remedy_sought",
    "severity",
    "flags",
)
_TECHNICAL_CENTER = 2


def serve(handlers: HandlerRegistry) -> None:
    """Serve the topics of this module."""
    handlers.serve(
        "complaint.register",
        register,
        required=("received_through", "content"),
        optional=(*(one for one in _ASSESSED if one != "content"), "source_type", "source_id", "acknowledged"),
    )
    handlers.serve(
        "complaint.record_class",
        record_class,
        required=("classification", "acknowledge_due_at", "resolve_due_at"),
        optional=("handled_by",),
    )
    handlers.serve("complaint.record_acknowledgement", record_acknowledgement, optional=_ASSESSED)
    handlers.serve("complaint.escalate", escalate)
    handlers.serve(
        "complaint.record_handling",
        record_handling,
        required=("handling",),
        optional=("measures", "whys", "cause_category", "root_cause"),
    )
    handlers.serve(
        "complaint.record_answer", record_answer, required=("answer", "accepted"), optional=("next_resolve_due_at",)
    )
    handlers.serve("complaint.record_visit", record_visit, required=("score",), optional=("note",))
    again = ("note", "next_resolve_due_at")
    handlers.serve("complaint.record_verification", record_verification, required=("effective",), optional=again)
    handlers.serve("complaint.record_recurrence", record_recurrence, required=("recurred",), optional=again)
    handlers.serve("complaint.close", close)


def register(call: ServiceCall) -> dict[str, Any]:
    """Put the complaint into the register.

    Inputs: received_through and content; what else is known of it: customer, complainant, contact, project, kind,
    subject, remedy_sought, severity, flags; source_type and source_id of the record it came from; acknowledged (the
    customer has been told at once). Result: everything known, with is_repeat, received_at,
    acknowledged and level.
    """
    inputs = call.inputs
    found = complaints.register(
        call.connection,
        instance_id=call.instance_id,
        number=call.business_key,
        assessment=Assessment.of(inputs),
        received_through=str(inputs["received_through"]),
        source=(str(inputs.get("source_type") or ""), str(inputs.get("source_id") or "")),
        received_at=call.now,
        acknowledged=inputs.get("acknowledged") is True,
        actor=call.actor.login,
    )
    return {**_known(found), "acknowledged": found.acknowledged_at is not None, "level": found.level}


def record_acknowledgement(call: ServiceCall) -> dict[str, Any]:
    """Note that the customer was told, and what the first assessment found.

    Inputs: what is known of the complaint now: customer, complainant, contact, project, kind, subject, content,
    remedy_sought, severity, flags. Result: the same, with is_repeat and acknowledged.
    """
    found = _complaint(call)
    given = {**found._mapping, **{name: one for name, one in call.inputs.items() if one is not None}}
    assessment = Assessment.of(given)
    repeated = complaints.is_repeat(
        call.connection, assessment, instance_id=call.instance_id, received_at=found.received_at
    )
    values = {**assessment.values, "is_repeat": repeated, "status": "handling"}
    values["acknowledged_at"] = found.acknowledged_at or call.now
    _change(call, found, "acknowledge", values, statuses=("registered", "handling"), severity=assessment.severity)
    return {**_known(_complaint(call)), "acknowledged": True}


def _known(found: Record) -> dict[str, Any]:
    """What the case's expressions may ask about the complaint."""
    return {
        **{name: getattr(found, name) for name in _ASSESSED},
        "received_through": found.received_through,
        "received_at": found.received_at.isoformat(),
        "is_repeat": found.is_repeat,
    }


def record_class(call: ServiceCall) -> dict[str, Any]:
    """Note the class the table decided, and the clocks that follow from it.

    Inputs: classification (grade, is_important, is_major), acknowledge_due_at, resolve_due_at, handled_by
    (``operations``: the service desk hands it over at once). Result: level and both clocks.
    """
    found, inputs = _complaint(call), call.inputs
    decided: Mapping[str, Any] = inputs["classification"]
    level = found.level
    if decided["is_major"] is True:
        level = max(level, _TECHNICAL_CENTER)
    elif inputs.get("handled_by") == "operations":
        level = max(level, 1)
    values = {
        "grade": decided["grade"],
        "is_important": decided["is_important"] is True,
        "is_major": decided["is_major"] is True,
        "level": level,
        "acknowledge_due_at": _moment(inputs["acknowledge_due_at"]),
        "resolve_due_at": _moment(inputs["resolve_due_at"]),
    }
    _change(call, found, "classify", values, grade=decided["grade"], level=level)
    names = ("acknowledge_due_at", "resolve_due_at")
    return {"level": level, **{name: inputs[name] for name in names}}


def escalate(call: ServiceCall) -> dict[str, Any] | None:
    """Raise a complaint whose time is up: its open work goes to the next manager as well, who is told by mail.

    Service desk, operations, technical service centre, senior management. What is answered in time stays where it is.
    """
    found = _complaint(call)
    item = complaints.open_work(call.connection, found)
    if found.status != "handling" or found.level >= HIGHEST_LEVEL or item is None or _has_told(call):
        return None
    level = found.level + 1
    _change(call, found, "escalate", {"level": level}, statuses=("handling",), level=level, reason="overdue")
    manager_id = complaints.manager_of(call.connection, level)
    if manager_id is not None:
        assignments.escalate(call.connection, item_id=item.id, to_user_ids=[manager_id], actor=call.actor, now=call.now)
        notices.mail(
            call,
            notices.people(call.connection, user.c.id == manager_id),
            subject_zh=f"投诉超期升级：{found.number} 未按时答复客户",
            subject_en=f"Complaint {found.number} is overdue and has been escalated to you",
            text=_summary(found),
        )
    return None


def _has_told(call: ServiceCall) -> bool:
    told = select(outbox.c.id).where(outbox.c.dedup_key.startswith(f"mail:{call.dedup_key}:", autoescape=True))
    return call.connection.execute(told.limit(1)).first() is not None


def record_handling(call: ServiceCall) -> None:
    """Note what was found out and done.

    Inputs: handling; of a major complaint also measures, whys (the answers of the 5-why analysis, in order),
    cause_category and root_cause.
    """
    found, inputs = _complaint(call), call.inputs
    values: dict[str, Any] = {"handling": str(inputs["handling"])}
    whys = inputs.get("whys")
    if isinstance(whys, list):
        values["whys"] = [str(one.get("why") if isinstance(one, Mapping) else one) for one in whys]
    for name in ("measures", "cause_category", "root_cause"):
        if inputs.get(name) is not None:
            values[name] = str(inputs[name])
    _change(call, found, "handle", values, statuses=("handling",))


def record_answer(call: ServiceCall) -> dict[str, Any]:
    """Note the answer the customer got and what they say to it.

    Inputs: answer, accepted (``yes`` or ``no``), next_resolve_due_at (the clock that starts with a dispute).
    Result: level, and resolve_due_at of the next round.
    """
    found, inputs = _complaint(call), call.inputs
    accepted = inputs["accepted"] == "yes"
    values: dict[str, Any] = {"answer": str(inputs["answer"]), "accepted": accepted, "answered_at": call.now}
    if accepted:
        _change(call, found, "accept", {**values, "status": "answered"}, statuses=("handling",))
    else:
        values |= _next_round(call, min(found.level + 1, HIGHEST_LEVEL)) | {"disputes": found.disputes + 1}
        _change(call, found, "dispute", values, statuses=("handling",), level=values["level"])
    return _clock(call)


def record_visit(call: ServiceCall) -> None:
    """Note the follow-up visit after a major complaint. Inputs: score (1 to 5), note."""
    values = {"visit_score": int(call.inputs["score"]), "visit_note": str(call.inputs.get("note") or "")}
    _change(call, _complaint(call), "visit", values, statuses=("answered",), score=values["visit_score"])


def record_verification(call: ServiceCall) -> dict[str, Any]:
    """Note what the quality department found.

    Inputs: effective (``yes`` or ``no``), note, next_resolve_due_at (the clock that starts when it is not effective).
    Result: resolve_due_at and level of the next round.
    """
    effective = call.inputs["effective"] == "yes"
    values: dict[str, Any] = {
        "verified_at": call.now,
        "verified_by_id": call.actor.user_id,
        "verification": str(call.inputs.get("note") or ""),
        "status": "watching",
    }
    if not effective:
        values |= _next_round(call, _complaint(call).level)
    _change(call, _complaint(call), "verify", values, statuses=("answered",), effective=effective)
    return _clock(call)


def record_recurrence(call: ServiceCall) -> dict[str, Any]:
    """Note whether the cause came back; then senior management joins in.

    Inputs: recurred (``yes`` or ``no``), note, next_resolve_due_at (the clock that starts when it did).
    Result: resolve_due_at and level of the next round.
    """
    recurred = call.inputs["recurred"] == "yes"
    values: dict[str, Any] = {"recurred": recurred, "recurrence_checked_at": call.now}
    if recurred:
        values |= _next_round(call, HIGHEST_LEVEL)
    note = str(call.inputs.get("note") or "")
    _change(call, _complaint(call), "check_recurrence", values, statuses=("watching",), recurred=recurred, note=note)
    return _clock(call)


def _next_round(call: ServiceCall, level: int) -> dict[str, Any]:
    found = _complaint(call)
    due_at = _moment(call.inputs.get("next_resolve_due_at")) or found.resolve_due_at
    return {"status": "handling", "level": level, "resolve_due_at": due_at}


def _clock(call: ServiceCall) -> dict[str, Any]:
    found = _complaint(call)
    due_at = found.resolve_due_at
    return {"level": found.level, "resolve_due_at": None if due_at is None else due_at.isoformat()}


def close(call: ServiceCall) -> None:
    """Close the complaint."""
    found = _complaint(call)
    if found.status != "closed":
        _change(call, found, "close", {"status": "closed", "closed_at": call.now})


def _complaint(call: ServiceCall) -> Record:
    return complaints.of_instance(call.connection, call.instance_id)


def _change(
    call: ServiceCall,
    found: Record,
    action: str,
    values: Mapping[str, Any],
    *,
    statuses: tuple[str, ...] = complaints.OPEN_STATUSES,
    **shown: Any,
) -> None:
    complaints.change(
        call.connection,
        found,
        actor=call.actor.login,
        action=action,
        now=call.now,
        values=values,
        statuses=statuses,
        shown=shown,
    )


def _summary(found: Record) -> str:
    return "\n".join(
        part for part in (found.number, found.customer, found.project, found.subject, found.content) if part
    )


def _moment(given: Any) -> datetime | None:
    return parse_datetime(given) if isinstance(given, str) else None
