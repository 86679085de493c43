"""Topics of the inspection of spare parts: what is looked at, what works, what leaves the store."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import insert, select

from engine.handlers import HandlerRegistry, ServiceCall
from engine.registers import keeping
from engine.registers.spare_parts import move, part
from engine.store.tables import spare_inspection, spare_part


def serve(handlers: HandlerRegistry, zone: ZoneInfo) -> None:
    """Serve the topics of this module; days are those of ``zone``."""

    def record(call: ServiceCall) -> dict[str, Any]:
        return record_inspection(call, zone)

    record.__doc__ = record_inspection.__doc__
    handlers.serve("spare_inspection.propose", propose_inspection)
    handlers.serve("spare_inspection.record", record, required=("results",))


def propose_inspection(call: ServiceCall) -> dict[str, Any]:
    """The parts in store that an inspection looks at.

    Result: ``results``, a list of part, name, inspected and sound, as if all worked.
    """
    query = select(spare_part).where(spare_part.c.is_active, spare_part.c.stock > 0).order_by(spare_part.c.code)
    return {
        "results": [
            {"part": row.code, "name": row.name, "inspected": row.stock, "sound": row.stock, "note": ""}
            for row in call.connection.execute(query)
        ]
    }


def record_inspection(call: ServiceCall, zone: ZoneInfo) -> dict[str, Any]:
    """Keep what an inspection found; parts that do not work leave the store.

    Inputs: results (a list of part, inspected, sound, note). Result: ``unsound`` (part, name, count).
    """
    known = select(spare_inspection.c.id).where(spare_inspection.c.instance_id == call.instance_id).limit(1)
    is_known = call.connection.execute(known).first() is not None
    unsound = []
    for position, one in enumerate(call.inputs["results"] or ()):
        found = part(call.connection, one["part"])
        inspected, sound = int(one["inspected"]), min(int(one["sound"]), int(one["inspected"]))
        if not is_known:
            call.connection.execute(
                insert(spare_inspection).values(
                    instance_id=call.instance_id,
                    part_id=found.id,
                    inspected_on=call.now.astimezone(zone).date(),
                    inspected=inspected,
                    sound=sound,
                    inspected_by_id=call.actor.user_id,
                    note=str(one.get("note") or "")[:300],
                )
            )
        broken = min(inspected - sound, found.stock)
        if broken > 0:
            unsound.append({"part": found.code, "name": found.name, "count": broken})
            move(
                call.connection,
                actor=call.actor,
                part_id=found.id,
                kind="scrap",
                quantity=broken,
                now=call.now,
                note=call.business_key,
                dedup_key=f"{call.dedup_key}:{position}",
            )
    keeping.note(call, "spare_inspection.record", spare_inspection, 0, {"unsound": unsound})
    return {"unsound": unsound}
