"""The life of a report: opened for a period, written, returned, issued once, revised, sent to and acknowledged."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, insert, select, update

from engine import instances
from engine.actors import Actor
from engine.errors import Conflict, NotFound
from engine.periods import Period
from engine.reports.kind import ReportKind
from engine.store import audit
from engine.store.tables import project, report
from engine.store.types import Record

WRITABLE = ("drafting", "returned")


class ReportUnknown(NotFound):
    """No such report."""

    code = "report_unknown"
    zh = "没有找到该报告"
    en = "There is no such report"


class ReportMoved(Conflict):
    """The report is no longer where the step expects it."""

    code = "report_moved"
    zh = "报告 {number} 的状态为“{status}”，不能执行此步骤"
    en = "Report {number} is “{status}”; this step cannot be taken"


def open_report(
    connection: Connection,
    *,
    actor: Actor,
    kind: ReportKind,
    period: Period,
    instance_id: str,
    case_number: str,
    zone: ZoneInfo,
    now: datetime,
    project_code: str = "",
    department_id: int | None = None,
    occasion: str = "",
    reason: str = "",
    due_at: datetime | None = None,
) -> Record:
    """The report of a period, ready to be written: a new one, or the issued one as a further revision.

    A special issue (``occasion``) stands beside the regular one and does not use it up; so does a report of a case that
    was begun while another case (``case_number`` is this one's) still writes the same. Raises ``ReportUnknown`` for a
    project nobody knows.
    """
    scope = f"project:{project_code}" if project_code else ""
    found = _find(connection, kind.key, period.key, scope, occasion)
    if found is not None and found.instance_id != instance_id and found.status != "issued":
        occasion = case_number
        found = _find(connection, kind.key, period.key, scope, occasion)
    if found is None:
        of_project = _project(connection, project_code) if project_code else None
        name = "" if of_project is None else f" {of_project.name}"
        identifier = connection.execute(
            insert(report)
            .values(
                number=instances.next_number(connection, kind.key, zone, now),
                instance_id=instance_id,
                kind=kind.key,
                title=f"{period.name('zh')}{name} {kind.zh}"[:300],
                period=period.key,
                scope=scope,
                occasion=occasion,
                reason=reason,
                project_id=None if of_project is None else of_project.id,
                department_id=department_id,
                status="drafting",
                content={},
                figures=[],
                revision=1,
                opened_at=now,
                due_at=due_at,
            )
            .returning(report.c.id)
        ).scalar_one()
        _audit(connection, actor, "report.open", identifier, now, {"kind": kind.key, "period": period.key})
        return get(connection, identifier)
    if found.status == "issued" and found.instance_id != instance_id:
        values = {
            "status": "drafting",
            "instance_id": instance_id,
            "revision": found.revision + 1,
            "opened_at": now,
            "due_at": due_at,
        }
        return move(
            connection, actor=actor, report_id=found.id, statuses=("issued",), values=values, action="revise", now=now
        )
    return found


def move(
    connection: Connection,
    *,
    actor: Actor,
    report_id: int,
    statuses: tuple[str, ...],
    values: Mapping[str, Any],
    action: str,
    now: datetime,
) -> Record:
    """Change a report that is in one of ``statuses``; the report as it is then. Raises ``ReportMoved``."""
    changed = connection.execute(
        update(report).where(report.c.id == report_id, report.c.status.in_(statuses)).values(**values)
    )
    row = get(connection, report_id)
    if changed.rowcount != 1:
        raise ReportMoved(number=row.number, status=row.status)
    _audit(connection, actor, f"report.{action}", report_id, now, {"number": row.number})
    return row


def get(connection: Connection, report_id: int) -> Record:
    """A report by its id. Raises ``ReportUnknown``."""
    row = connection.execute(select(report).where(report.c.id == report_id)).one_or_none()
    if row is None:
        raise ReportUnknown()
    return row


def issued_content(connection: Connection, kind: str, period: str, scope: str = "") -> Mapping[str, Any]:
    """What the regular report of a period says, or nothing if none was issued."""
    query = select(report.c.content).where(
        report.c.kind == kind,
        report.c.period == period,
        report.c.scope == scope,
        report.c.occasion == "",
        report.c.status == "issued",
    )
    return connection.execute(query).scalar() or {}


def held(value: Any) -> date | None:
    """The day of a meeting out of a form, or None."""
    return date.fromisoformat(str(value)[:10]) if value else None


def _find(connection: Connection, kind: str, period: str, scope: str, occasion: str) -> Record | None:
    same = (
        report.c.kind == kind,
        report.c.period == period,
        report.c.scope == scope,
        report.c.occasion == occasion,
    )
    return connection.execute(select(report).where(*same)).one_or_none()


def _project(connection: Connection, code: str) -> Record:
    row = connection.execute(select(project).where(project.c.code == code)).one_or_none()
    if row is None:
        raise ReportUnknown()
    return row


def _audit(
    connection: Connection, actor: Actor, action: str, report_id: int, now: datetime, details: dict[str, Any]
) -> None:
    audit.record(
        connection,
        actor=actor.login,
        action=action,
        subject_type="report",
        subject_id=report_id,
        now=now,
        details=details,
    )
