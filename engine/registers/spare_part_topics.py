"""Topics of the supply of spare parts: asked for, in stock or bought, delivered at once or in parts, returned."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import insert, select, update

from engine.errors import Invalid
from engine.handlers import HandlerRegistry, ServiceCall
from engine.registers import keeping
from engine.registers.agreement_topics import project_of
from engine.registers.spare_parts import move, part
from engine.store.tables import spare_part, spare_request, spare_request_line, user
from engine.store.types import Record

OPEN = ("open", "purchasing", "partial")


class MomentMissing(Invalid):
    """A request that does not say by when."""

    code = "needed_at_missing"
    zh = "没有说明需要时间"
    en = "It is not said by when the parts are needed"


def serve(handlers: HandlerRegistry, zone: ZoneInfo) -> None:
    """Serve the topics of this module; moments without an offset are meant in ``zone``."""

    def register(call: ServiceCall) -> dict[str, Any]:
        return register_request(call, zone)

    register.__doc__ = register_request.__doc__
    asked = ("project", "incident", "purpose")
    handlers.serve("spare_request.register", register, required=("lines", "needed_at"), optional=asked)
    handlers.serve("spare_request.check_stock", check_stock)
    handlers.serve("spare_request.order", order)
    handlers.serve("spare_request.deliver", deliver)
    handlers.serve("spare_request.settle", settle, required=("settled",))
    handlers.serve("spare_request.withdraw", withdraw, optional=("reason",))
    handlers.serve("spare_part.find_shortages", find_shortages)
    handlers.serve("spare_part.receive", receive, required=("received",))


def register_request(call: ServiceCall, zone: ZoneInfo) -> dict[str, Any]:
    """Put a request for spare parts into the register.

    Inputs: lines (a list of part and quantity), needed_at, project (code), incident (number), purpose. Result:
    ``request`` with number and needed_at.
    """
    inputs = call.inputs
    found = keeping.of_case(call, spare_request)
    if found is None:
        needed_at = keeping.moment(inputs["needed_at"], zone)
        if needed_at is None:
            raise MomentMissing()
        project_id = project_of(call, inputs["project"]).id if inputs.get("project") else None
        initiator = select(user.c.id).where(user.c.login == str(call.variables.get("initiator") or ""))
        values = {
            "number": call.business_key,
            "instance_id": call.instance_id,
            "project_id": project_id,
            "incident_number": str(inputs.get("incident") or ""),
            "requester_id": call.connection.execute(initiator).scalar(),
            "purpose": str(inputs.get("purpose") or ""),
            "requested_at": call.now,
            "needed_at": needed_at,
            "status": "open",
        }
        identifier = keeping.add(call, spare_request, values, "spare_request.register")
        lines = [
            {
                "request_id": identifier,
                "ordinal": ordinal,
                "part_id": part(call.connection, one["part"]).id,
                "quantity": int(one["quantity"]),
                "needed_at": needed_at,
            }
            for ordinal, one in enumerate(inputs["lines"], 1)
        ]
        call.connection.execute(insert(spare_request_line), lines)
        found = keeping.required(call, spare_request)
    return {"request": {"number": found.number, "needed_at": found.needed_at.astimezone(zone).isoformat()}}


def check_stock(call: ServiceCall) -> dict[str, Any]:
    """What of the request lies in store.

    Result: ``stock`` with complete (everything open is there), some (something is there) and lines (part, name, open,
    available, missing).
    """
    lines = []
    for line in _lines(call):
        still = line.quantity - line.delivered
        lines.append(
            {
                "part": line.code,
                "name": line.name,
                "open": still,
                "available": min(still, line.stock),
                "missing": max(still - line.stock, 0),
            }
        )
    short = any(one["missing"] for one in lines)
    return {"stock": {"complete": not short, "some": any(one["available"] for one in lines), "lines": lines}}


def order(call: ServiceCall) -> None:
    """Record that what is missing is on order."""
    found = keeping.required(call, spare_request)
    status = "partial" if any(line.delivered for line in _lines(call)) else "purchasing"
    if found.status != status:
        values = {"status": status}
        keeping.move(call, spare_request, found, statuses=OPEN, values=values, action="spare_request.order")


def receive(call: ServiceCall) -> None:
    """Take what the supplier brought into store, as far as it passed the inspection.

    Inputs: received (a list of part, quantity, sound: how many of them work).
    """
    for position, one in enumerate(call.inputs["received"] or ()):
        sound, brought = int(one["sound"]), int(one["quantity"])
        if sound > 0:
            move(
                call.connection,
                actor=call.actor,
                part_id=part(call.connection, one["part"]).id,
                kind="receive",
                quantity=min(sound, brought),
                now=call.now,
                note=f"{call.business_key} · {sound}/{brought}",
                dedup_key=f"{call.dedup_key}:{position}",
            )


def deliver(call: ServiceCall) -> dict[str, Any]:
    """Hand over what is in store, and note what came with the first delivery.

    Result: ``delivery`` with complete.
    """
    found = keeping.required(call, spare_request)
    for line in _lines(call):
        given = min(line.quantity - line.delivered, line.stock)
        key = f"{call.dedup_key}:{line.ordinal}"
        if given > 0 and not move(
            call.connection,
            actor=call.actor,
            part_id=line.part_id,
            kind="issue",
            quantity=given,
            now=call.now,
            line_id=line.id,
            note=call.business_key,
            dedup_key=key,
        ):
            continue
        total = line.delivered + given
        values: dict[str, Any] = {"delivered": total}
        if line.first_delivered is None:
            values["first_delivered"] = given
        if total == line.quantity and line.delivered_at is None:
            values["delivered_at"] = call.now
        call.connection.execute(
            update(spare_request_line)
            .where(spare_request_line.c.id == line.id, spare_request_line.c.delivered == line.delivered)
            .values(**values)
        )
    complete = all(line.delivered == line.quantity for line in _lines(call))
    standing: dict[str, Any] = {"status": "delivered", "delivered_at": call.now} if complete else {"status": "partial"}
    if found.status != standing["status"]:
        keeping.move(call, spare_request, found, statuses=OPEN, values=standing, action="spare_request.deliver")
    return {"delivery": {"complete": complete}}


def settle(call: ServiceCall) -> None:
    """Take back what was not used, note what was scrapped, and close the request.

    Inputs: settled (a list of part, returned, scrapped).
    """
    found = keeping.required(call, spare_request)
    lines = {line.code: line for line in _lines(call)}
    for one in call.inputs["settled"] or ():
        line = lines.get(str(one["part"]))
        if line is None:
            continue
        returned = min(int(one.get("returned") or 0), line.delivered)
        scrapped = min(int(one.get("scrapped") or 0), line.delivered - returned)
        if returned:
            move(
                call.connection,
                actor=call.actor,
                part_id=line.part_id,
                kind="return",
                quantity=returned,
                now=call.now,
                line_id=line.id,
                note=call.business_key,
                dedup_key=f"{call.dedup_key}:{line.ordinal}",
            )
        call.connection.execute(
            update(spare_request_line)
            .where(spare_request_line.c.id == line.id)
            .values(returned=returned, scrapped=scrapped)
        )
    values = {"status": "closed", "closed_at": call.now}
    keeping.move(call, spare_request, found, statuses=("delivered",), values=values, action="spare_request.close")


def withdraw(call: ServiceCall) -> None:
    """Close a request that is not needed any more.

    Inputs: reason.
    """
    details = {"reason": str(call.inputs.get("reason") or "")}
    values = {"status": "withdrawn", "closed_at": call.now}
    found = keeping.required(call, spare_request)
    keeping.move(
        call, spare_request, found, statuses=OPEN, values=values, action="spare_request.withdraw", details=details
    )


def find_shortages(call: ServiceCall) -> dict[str, Any]:
    """The parts below their minimum stock.

    Result: ``shortages`` (part, name, stock, minimum, missing).
    """
    query = select(spare_part).where(spare_part.c.is_active, spare_part.c.stock < spare_part.c.minimum)
    rows = call.connection.execute(query.order_by(spare_part.c.code)).all()
    return {
        "shortages": [
            {
                "part": row.code,
                "name": row.name,
                "stock": row.stock,
                "minimum": row.minimum,
                "quantity": row.minimum - row.stock,
                "sound": row.minimum - row.stock,
            }
            for row in rows
        ]
    }


def _lines(call: ServiceCall) -> list[Record]:
    found = keeping.required(call, spare_request)
    query = (
        select(spare_request_line, spare_part.c.code, spare_part.c.name, spare_part.c.stock)
        .join(spare_part, spare_part.c.id == spare_request_line.c.part_id)
        .where(spare_request_line.c.request_id == found.id)
        .order_by(spare_request_line.c.ordinal)
    )
    return list(call.connection.execute(query))
