"""Topics that make documents of the record a case is about: draft, issue, hand out."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select

from engine import documents
from engine.documents.issuing import latest_issued
from engine.documents.kind import RecordMissing
from engine.documents.kinds import kind_of
from engine.handlers import HandlerRegistry, ServiceCall
from engine.registers import keeping
from engine.store.tables import metadata


def serve(handlers: HandlerRegistry, zone: ZoneInfo) -> None:
    """Serve the topics of this module; days are those of ``zone``."""

    def drafting(call: ServiceCall) -> dict[str, Any]:
        return draft(call, zone)

    def issuing(call: ServiceCall) -> dict[str, Any]:
        return issue(call, zone)

    drafting.__doc__, issuing.__doc__ = draft.__doc__, issue.__doc__
    handlers.serve("document.draft", drafting, required=("kind",), optional=("record_id",))
    handlers.serve("document.issue", issuing, required=("kind",), optional=("record_id",))
    handlers.serve("document.distribute", distribute, required=("kind",), optional=("record_id", "groups", "people"))


def draft(call: ServiceCall, zone: ZoneInfo) -> dict[str, Any]:
    """Make or renew the draft of a document with the present figures of its record.

    Inputs: kind, record_id (optional: else the record of this case). Result: ``document`` with id, number and version.
    A retried step renews the draft it made.
    """
    kind, record_id = _subject(call)
    made = documents.draft(call.connection, actor=call.actor, kind=kind, record_id=record_id, zone=zone, now=call.now)
    return {"document": documents.summary(call.connection, made)}


def issue(call: ServiceCall, zone: ZoneInfo) -> dict[str, Any]:
    """Issue a document: its figures are frozen, an earlier issue is superseded.

    Inputs: kind, record_id (optional: else the record of this case). Result: ``document`` with id, number and version.
    A retried step finds the issue it made, as long as the record says the same.
    """
    kind, record_id = _subject(call)
    made = documents.issue(call.connection, actor=call.actor, kind=kind, record_id=record_id, zone=zone, now=call.now)
    return {"document": documents.summary(call.connection, made)}


def distribute(call: ServiceCall) -> None:
    """Hand the issued document to people, who get a mail and are asked to read it; nobody gets it twice.

    Inputs: kind, record_id (optional: else the record of this case), groups (keys: all members), people (logins).
    """
    kind, record_id = _subject(call)
    documents.distribute(
        call.connection,
        actor=call.actor,
        document_id=latest_issued(call.connection, kind, record_id),
        user_ids=keeping.addressed(call),
        now=call.now,
    )


def _subject(call: ServiceCall) -> tuple[str, int]:
    kind = kind_of(str(call.inputs["kind"]))
    given = call.inputs.get("record_id")
    if given is not None and given != "":
        return kind.key, int(given)
    table = metadata.tables[kind.record_type]
    found = call.connection.execute(select(table.c.id).where(table.c.instance_id == call.instance_id)).scalar()
    if found is None:
        raise RecordMissing()
    return kind.key, int(found)
