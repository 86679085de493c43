"""Topics of documents under control: drafted, reviewed, published in place of the version before (policy 6)."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, select, update

from engine import policy_settings
from engine.handlers import HandlerRegistry, ServiceCall
from engine.registers import keeping
from engine.store.tables import attachment, controlled_document


def serve(handlers: HandlerRegistry, zone: ZoneInfo) -> None:
    """Serve the topics of this module; days are those of ``zone``."""
    required = ("number", "title", "category", "department", "files")
    handlers.serve(
        "controlled_document.submit", submit, required=required, optional=("change_reason", "retention_years")
    )
    handlers.serve("controlled_document.review", review)
    handlers.serve("controlled_document.withdraw", withdraw)

    def publishing(call: ServiceCall) -> dict[str, Any]:
        return publish(call, zone)

    publishing.__doc__ = publish.__doc__
    handlers.serve("controlled_document.publish", publishing)


def submit(call: ServiceCall) -> dict[str, Any]:
    """Keep a document as it was drafted: the next version of its number, with a digest over its files.

    Inputs: number, title, category, department (key), files (ids), change_reason, retention_years.
    Result: ``version``.
    """
    inputs = call.inputs
    files = [str(one) for one in inputs["files"] or ()]
    values = {
        "title": str(inputs["title"]),
        "category": str(inputs["category"]),
        "department_id": keeping.department(call.connection, inputs["department"]).id,
        "change_reason": str(inputs.get("change_reason") or ""),
        "retention_years": int(inputs.get("retention_years") or 3),
        "is_external": inputs["category"] == "external",
        "files": files,
        "sha256": _digest(call, files),
        "status": "drafted",
    }
    found = keeping.of_case(call, controlled_document)
    if found is not None:
        keeping.move(
            call,
            controlled_document,
            found,
            statuses=("drafted", "reviewed"),
            values=values,
            action="controlled_document.submit",
        )
        return {"version": found.version}
    number = str(inputs["number"])
    latest = select(func.max(controlled_document.c.version)).where(controlled_document.c.number == number)
    version = (call.connection.execute(latest).scalar() or 0) + 1
    given = {"number": number, "version": version, "instance_id": call.instance_id, **values}
    given |= {"drafted_at": call.now, "drafted_by_id": call.actor.user_id}
    keeping.add(call, controlled_document, given, "controlled_document.submit")
    return {"version": version}


def review(call: ServiceCall) -> None:
    """Note that a document was reviewed."""
    keeping.advance(call, controlled_document, "review", ("drafted",), status="reviewed")


def withdraw(call: ServiceCall) -> None:
    """Give a draft up."""
    keeping.advance(call, controlled_document, "withdraw", ("drafted", "reviewed"), status="withdrawn")


def publish(call: ServiceCall, zone: ZoneInfo) -> dict[str, Any]:
    """Publish a document; the version before it is obsolete from now on. Result: ``review_due_on``."""
    days = policy_settings.value(call.connection, "document.review_days")
    due_on = call.now.astimezone(zone).date() + timedelta(days=days)
    found = keeping.advance(
        call,
        controlled_document,
        "publish",
        ("reviewed",),
        status="published",
        published_at=call.now,
        approved_by_id=call.actor.user_id,
        review_due_on=due_on,
    )
    call.connection.execute(
        update(controlled_document)
        .where(
            controlled_document.c.number == found.number,
            controlled_document.c.status == "published",
            controlled_document.c.id != found.id,
        )
        .values(status="obsolete", obsolete_at=call.now)
    )
    return {"review_due_on": due_on.isoformat()}


def _digest(call: ServiceCall, files: list[str]) -> str:
    """SHA-256 over the digests of the files, in order: the same files give the same digest."""
    known = {
        row.id: row.sha256
        for row in call.connection.execute(
            select(attachment.c.id, attachment.c.sha256).where(attachment.c.id.in_(files))
        )
    }
    return hashlib.sha256("".join(str(known.get(one, "")) for one in files).encode()).hexdigest()
