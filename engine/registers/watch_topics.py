"""Topics of the daily watch over duties, and of the weekly spot check (policy 1, 3.2(2), 3.2(3))."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import insert, select

from engine import instances, policy_settings
from engine.handlers import HandlerRegistry, ServiceCall
from engine.obligations.matrix import Cell, overdue
from engine.registers import keeping, notices
from engine.runtime.library import Library
from engine.store.tables import obligation_reminder, spot_check, user
from engine.store.types import Record

FOLLOWED = ("quality", "management_representative")


def serve(handlers: HandlerRegistry, zone: ZoneInfo, library: Library) -> None:
    """Serve the topics of this module; days and duties are those of ``zone``."""
    topics = _Topics(zone, library)
    handlers.serve("obligation.watch", topics.watch)
    handlers.serve(
        "spot_check.record", topics.record_check, required=("department", "samples"), optional=("conclusion",)
    )
    handlers.serve("spot_check.raise", topics.raise_findings, optional=("correction",))


class _Topics:
    """The topics that speak of days."""

    def __init__(self, zone: ZoneInfo, library: Library) -> None:
        self._zone, self._library = zone, library

    def watch(self, call: ServiceCall) -> dict[str, Any]:
        """Remind of overdue duties: the owner, then the manager, then quality and the representative, once each.

        Result: ``overdue`` (how many duties are), ``reminded`` (how many reminders went out).
        """
        names = ("owner", "manager", "quality")
        days = [policy_settings.value(call.connection, f"obligation.{name}_days") for name in names]
        late = self._overdue(call, min(days))
        reminded = 0
        for level, after in enumerate(days, start=1):
            for cell in late:
                if call.now >= cell.due_at + timedelta(days=after) and self._is_new(call, cell, level):
                    self._remind(call, cell, level)
                    reminded += 1
        return {"overdue": len(late), "reminded": reminded}

    def _overdue(self, call: ServiceCall, after_days: int) -> list[Cell]:
        """What has been overdue for so many days, and not for more than a month."""
        since = call.now - timedelta(days=31)
        found = overdue(call.connection, self._library, zone=self._zone, now=call.now, since=since)
        return [one for one in found if one.due_at + timedelta(days=after_days) <= call.now]

    def _is_new(self, call: ServiceCall, cell: Cell, level: int) -> bool:
        key = {"obligation": cell.obligation.id, "period": cell.period.key, "level": level}
        known = select(obligation_reminder.c.level).where(
            *(obligation_reminder.c[name] == value for name, value in key.items())
        )
        if call.connection.execute(known).first() is not None:
            return False
        call.connection.execute(insert(obligation_reminder).values(**key, sent_at=call.now))
        return True

    def _remind(self, call: ServiceCall, cell: Cell, level: int) -> None:
        one = cell.obligation
        notices.mail(
            call,
            _recipients(call, one.owner, level),
            subject_zh=f"义务逾期：{one.id} {one.zh}（{cell.period.name('zh')}）",
            subject_en=f"Duty overdue: {one.id} {one.en} ({cell.period.name('en')})",
            text=f"{one.id} · {one.clause} · {cell.period.key}\n{one.zh}\n{one.en}\n/obligations/{one.id}",
            key=f"{one.id}:{cell.period.key}:{level}:",
        )

    def record_check(self, call: ServiceCall) -> dict[str, Any]:
        """Keep a spot check of running service.

        Inputs: department (key), samples (a list of kind, number, result ``ok`` or ``issue``, note), conclusion.
        Result: ``findings``, how many samples showed an issue.
        """
        samples: Sequence[dict[str, Any]] = call.inputs["samples"] or ()
        findings = sum(1 for one in samples if one.get("result") == "issue")
        if keeping.of_case(call, spot_check) is None:
            values = {
                "number": call.business_key,
                "instance_id": call.instance_id,
                "week": _week(call.now.astimezone(self._zone).date()),
                "department_id": keeping.department(call.connection, call.inputs["department"]).id,
                "samples": list(samples),
                "findings": findings,
                "conclusion": str(call.inputs.get("conclusion") or ""),
                "checked_by_id": call.actor.user_id,
                "checked_at": call.now,
            }
            keeping.add(call, spot_check, values, "spot_check.record")
        return {"findings": findings}

    def raise_findings(self, call: ServiceCall) -> None:
        """Raise one nonconformity of what a spot check found. Inputs: correction (what was done on the spot)."""
        if notices.has_sent(call, "nonconformity.raised"):
            return
        found = keeping.required(call, spot_check)
        issues = [one for one in found.samples if one.get("result") == "issue"]
        number = instances.next_number(call.connection, "nonconformity", self._zone, call.now)
        department = call.variables.get("department")
        variables = {
            "source_type": "spot_check",
            "source_id": str(found.id),
            "source_label": found.number,
            "department": department,
            "grade": "minor",
            "title": f"质量抽查发现 {len(issues)} 项问题",
            "description": "\n".join(f"{one.get('number')} {one.get('note') or ''}" for one in issues),
            "evidence": str(call.inputs.get("correction") or ""),
        }
        notices.send_message(call, "nonconformity.raised", number, variables)


def _recipients(call: ServiceCall, owner: str, level: int) -> list[Record]:
    if level == 1:
        return notices.members_of(call.connection, owner)
    if level == 2:
        manager = notices.group_row(call.connection, owner).manager_id
        return notices.people(call.connection, user.c.id == manager)
    return list({one.id: one for key in FOLLOWED for one in notices.members_of(call.connection, key)}.values())


def _week(day: date) -> str:
    year, week, _ = day.isocalendar()
    return f"{year}-W{week:02}"
