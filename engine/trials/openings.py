"""What must have happened before some processes begin: incidents that were imported, parts that were used up.

A walk names an opening in its ``start``; each makes the sandbox ready and leaves the case to begin by itself or by who
the walk names.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from engine.actors import system_actor
from engine.demo.incident_log import CUSTOMERS, DemoEvent, write_export
from engine.demo.master_data import found_master_data
from engine.errors import Invalid
from engine.registers import spare_parts
from engine.registers.importing import import_incidents, may_import
from engine.trials import acting
from engine.trials.sandbox import Sandbox

_TICKETS = system_actor("trial")
_CUSTOMER, _CALLERS = CUSTOMERS[0]
_TEXTS = (
    ("caller_id", _CALLERS[0]),
    ("company", _CUSTOMER),
    ("short_description", "三楼办公区网络时断时续"),
    ("priority", "3 - 中"),
    ("assignment_group", "网络组"),
)
_MONTH = timedelta(days=31)
_MOST_MONTHS = 24
_BEYOND_RESPONSE = timedelta(hours=3)


class NobodyImports(Invalid):
    """Incidents are to be imported, and nobody here may."""

    code = "nobody_imports"
    zh = "没有可以导入事件的人员"
    en = "There is nobody who may import incidents"


def prepare(sandbox: Sandbox, start: Mapping[str, Any]) -> None:
    """Make the sandbox ready as the ``start`` of a walk says."""
    for name, opening in OPENINGS.items():
        if start.get(name):
            opening(sandbox, start[name])


def _know_customers(sandbox: Sandbox, _given: Any) -> None:
    """A customer with a project, agreements and spare parts is known: the first of the demo company."""
    with sandbox.platform.database.write() as connection:
        found_master_data(
            connection,
            actor=_TICKETS,
            year=sandbox.now.year,
            zone=sandbox.platform.settings.zone,
            now=sandbox.now,
            customers=1,
        )
    sandbox.settle()


def _scrap(sandbox: Sandbox, given: Mapping[str, Any]) -> None:
    with sandbox.platform.database.write() as connection:
        found = spare_parts.part(connection, given.get("part"))
        quantity = given.get("quantity")
        spare_parts.move(
            connection,
            actor=_TICKETS,
            part_id=found.id,
            kind="scrap",
            quantity=quantity if isinstance(quantity, int) else 1,
            now=sandbox.now,
        )


def _miss_every_month(sandbox: Sandbox, months: int) -> None:
    """Every month an incident is opened that nobody responds to."""
    for month in range(min(months, _MOST_MONTHS)):
        _import(sandbox, _event(sandbox, f"INC{month}", "New", opened_before=timedelta()))
        sandbox.pass_time(_MONTH)


def _miss_target(sandbox: Sandbox, _given: Any) -> None:
    """An incident is not responded to in time, which a later export shows."""
    opened = _event(sandbox, "INC1", "New", opened_before=timedelta())
    _import(sandbox, opened)
    sandbox.pass_time(_BEYOND_RESPONSE)
    _import(sandbox, opened)


def _resolve_incident(sandbox: Sandbox, _given: Any) -> None:
    _import(sandbox, _event(sandbox, "INC1", "Resolved", opened_before=timedelta(hours=3)))


def _visit(sandbox: Sandbox, answers: Mapping[str, Any]) -> None:
    """A project was visited, and the customer had something to complain about."""
    acting.start(sandbox, "project_visit", "liuyang", answers)
    said = {"visited_on": "2026-03-04", "spoken_to": "李主任", "score": "3", "problems": "到场偏慢"}
    acting.do(sandbox, "visit", "liuyang", said)


def _event(sandbox: Sandbox, number: str, state: str, *, opened_before: timedelta) -> DemoEvent:
    now = sandbox.now
    resolved_at = now if state == "Resolved" else None
    return DemoEvent(
        number, state, int(state == "Resolved"), now, now - opened_before, resolved_at, None, 0, True, _TEXTS
    )


def _import(sandbox: Sandbox, event: DemoEvent) -> None:
    platform = sandbox.platform
    importer = next((one for one in sandbox.everybody() if may_import(one)), None)
    if importer is None:
        raise NobodyImports()
    with TemporaryDirectory(prefix="yunzhi-trial-") as folder:
        path = Path(folder) / "export.csv"
        write_export([event], path, platform.settings.zone)
        import_incidents(platform.database, platform.runtime, platform.clock, path, actor=importer)
    sandbox.settle()


# In the order in which they happen.
OPENINGS: Mapping[str, Callable[[Sandbox, Any], None]] = {
    "master_data": _know_customers,
    "scrapped": _scrap,
    "missed_every_month": _miss_every_month,
    "missed_target": _miss_target,
    "visited": _visit,
    "resolved_incident": _resolve_incident,
}
