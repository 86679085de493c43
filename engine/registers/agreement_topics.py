"""Topics of the signing of service level agreements: drafted, signed, in force, renewed or left to end."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import delete, func, insert, select, update

from engine.errors import NotFound
from engine.handlers import HandlerRegistry, ServiceCall
from engine.indicators.catalogue import INDICATORS
from engine.master_data.kinds import SLA_ITEMS
from engine.registers import keeping
from engine.sla.agreements import put_in_force
from engine.store.tables import project, sla, sla_item
from engine.store.types import Record


class ProjectUnknown(NotFound):
    """A case names a project nobody has entered."""

    code = "project_unknown"
    zh = "没有找到项目“{code}”"
    en = "There is no project “{code}”"


def serve(handlers: HandlerRegistry, zone: ZoneInfo) -> None:
    """Serve the topics of this module; days are those of ``zone``."""

    def activate(call: ServiceCall) -> dict[str, Any]:
        return activate_agreement(call, zone)

    activate.__doc__ = activate_agreement.__doc__
    drafted = ("number", "title", "project", "begins_on", "ends_on", "items")
    handlers.serve("sla.draft", draft, required=drafted)
    handlers.serve("sla.sign", sign, required=("signed_on",), optional=("files",))
    handlers.serve("sla.activate", activate)
    handlers.serve("sla.withdraw", withdraw, optional=("reason",))
    handlers.serve("sla.decide_renewal", decide_renewal, required=("renewal",))


def project_of(call: ServiceCall, code: Any) -> Record:
    """The project of that code. Raises ``ProjectUnknown``."""
    found = call.connection.execute(select(project).where(project.c.code == str(code))).one_or_none()
    if found is None:
        raise ProjectUnknown(code=str(code))
    return found


def draft(call: ServiceCall) -> dict[str, Any]:
    """Keep the draft of an agreement with its items; drafting it again replaces them.

    Inputs: number (of an agreement in force: its next version), title, project (code), begins_on, ends_on, items (a
    list of service, metric, priority, target_value, target_unit, target_percent, calendar, penalty). Result: ``sla``
    with id, number and version.
    """
    inputs = call.inputs
    found = project_of(call, inputs["project"])
    values = {
        "title": str(inputs["title"]),
        "project_id": found.id,
        "customer_id": found.customer_id,
        "contract_id": found.contract_id,
        "begins_on": keeping.day(inputs["begins_on"], "begins_on"),
        "ends_on": keeping.day(inputs["ends_on"], "ends_on"),
    }
    known = _current(call)
    if known is not None and known.status == "draft":
        identifier = known.id
        call.connection.execute(update(sla).where(sla.c.id == identifier).values(**values))
        call.connection.execute(delete(sla_item).where(sla_item.c.sla_id == identifier))
    else:
        identifier = _next_version(call, str(inputs["number"]).strip(), values)
    rows = [_item(call, identifier, ordinal, one) for ordinal, one in enumerate(inputs["items"], 1)]
    call.connection.execute(insert(sla_item), rows)
    kept = call.connection.execute(select(sla).where(sla.c.id == identifier)).one()
    keeping.note(call, "sla.draft", sla, identifier, {"number": kept.number, "version": kept.version})
    return {"sla": {"id": kept.id, "number": kept.number, "version": kept.version}}


def sign(call: ServiceCall) -> None:
    """Record that both sides have signed.

    Inputs: signed_on, files (ids of attachments: the signed agreement).
    """
    files = keeping.listed(call.inputs.get("files"))
    values = {
        "status": "signed",
        "signed_on": keeping.day(call.inputs["signed_on"], "signed_on"),
        "signed_file_id": files[0] if files else None,
    }
    keeping.move(call, sla, _required(call), statuses=("draft",), values=values, action="sla.sign")


def activate_agreement(call: ServiceCall, zone: ZoneInfo) -> dict[str, Any]:
    """Put the signed agreement in force: it replaces the version before, its clocks run, a quality plan is called for.

    Results: ``indicators``, the derived set (indicator, name, name_en, priority, target), and ``ends_on``.
    """
    found = _required(call)
    rows = put_in_force(call.connection, actor=call.actor, sla_id=found.id, zone=zone, now=call.now)
    return {
        "indicators": [
            {
                "indicator": row["indicator"],
                "name": INDICATORS[row["indicator"]].zh,
                "name_en": INDICATORS[row["indicator"]].en,
                "priority": row["priority"],
                "target": f"{row['target_basis_points'] / 100:g} %",
            }
            for row in rows
        ],
        "ends_on": found.ends_on.isoformat(),
    }


def withdraw(call: ServiceCall) -> None:
    """Record that it was not signed.

    Inputs: reason.
    """
    details = {"reason": str(call.inputs.get("reason") or "")}
    values = {"status": "withdrawn"}
    keeping.move(call, sla, _required(call), statuses=("draft",), values=values, action="sla.withdraw", details=details)


def decide_renewal(call: ServiceCall) -> None:
    """Record whether it is renewed before it ends.

    Inputs: renewal (``renew`` or ``end``).
    """
    values = {"renewal": str(call.inputs["renewal"])}
    statuses = ("active", "replaced", "expired")
    keeping.move(call, sla, _required(call), statuses=statuses, values=values, action="sla.decide_renewal")


def _current(call: ServiceCall) -> Record | None:
    query = select(sla).where(sla.c.instance_id == call.instance_id).order_by(sla.c.id.desc()).limit(1)
    return call.connection.execute(query).one_or_none()


def _required(call: ServiceCall) -> Record:
    found = _current(call)
    if found is None:
        raise keeping.RecordUnknown(id=call.instance_id)
    return found


def _next_version(call: ServiceCall, number: str, values: Mapping[str, Any]) -> int:
    latest = call.connection.execute(select(func.max(sla.c.version)).where(sla.c.number == number)).scalar()
    row = {"number": number, "version": (latest or 0) + 1, "instance_id": call.instance_id, "status": "draft"}
    statement = insert(sla).values(**row, **values, created_at=call.now).returning(sla.c.id)
    return int(call.connection.execute(statement).scalar_one())


def _item(call: ServiceCall, sla_id: int, ordinal: int, given: Mapping[str, Any]) -> dict[str, Any]:
    """A row of the form as a row of the table; the figures of a form are decimals."""
    calendar = str(given.get("calendar") or "always")
    value, percent = given.get("target_value"), given.get("target_percent")
    row: dict[str, Any] = {
        "sla_id": sla_id,
        "ordinal": ordinal,
        "service": str(given["service"]),
        "metric": str(given["metric"]),
        "priority": str(given.get("priority") or ""),
        "target_value": None if value is None else int(value),
        "target_unit": str(given.get("target_unit") or ""),
        "target_basis_points": None if percent is None else round(percent * 100),
        "calendar_key": None if calendar == "always" else calendar,
        "penalty": str(given.get("penalty") or ""),
    }
    if SLA_ITEMS.check is not None:
        SLA_ITEMS.check(call.connection, row, SLA_ITEMS)
    return row
