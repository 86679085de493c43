"""Today's load of the service desk and of operations."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, or_, select

from engine.dashboards.panels import Group, Item, Panel, View
from engine.registers.complaint_register import COMPLAINTS
from engine.store.tables import callback, complaint, incident, incident_resolution, sla_clock, work_item

_OPEN = incident.c.state.in_(("open", "reopened"))
_MOST = 5000


def _incidents(connection: Connection, at: ColumnElement[Any], *conditions: ColumnElement[bool]) -> list[Item]:
    columns = (incident.c.id, incident.c.number, incident.c.summary, at.label("at"), incident.c.priority)
    rows = connection.execute(select(*columns).where(*conditions).order_by(at.desc()).limit(_MOST))
    return [Item("incident", row.id, row.number, row.summary, row.at, row.priority) for row in rows]


def _callbacks(connection: Connection, *conditions: ColumnElement[bool]) -> list[Item]:
    rows = connection.execute(
        select(callback.c.id, callback.c.due_at, incident.c.number, incident.c.summary, incident.c.customer)
        .join(incident_resolution, incident_resolution.c.id == callback.c.resolution_id)
        .join(incident, incident.c.id == incident_resolution.c.incident_id)
        .where(callback.c.status == "open", *conditions)
        .order_by(callback.c.due_at)
    )
    return [Item("callback", row.id, row.number, row.summary, row.due_at, row.customer) for row in rows]


def _complaints(connection: Connection, view: View, standing: str) -> list[Item]:
    found = COMPLAINTS.standing(standing)
    assert found is not None
    columns = (complaint.c.id, complaint.c.number, complaint.c.subject, complaint.c.received_at, complaint.c.customer)
    condition = found.condition(view.now.astimezone(view.zone))
    rows = connection.execute(select(*columns).where(condition).order_by(complaint.c.received_at))
    return [Item("complaint", row.id, row.number, row.subject, row.received_at, row.customer) for row in rows]


def _tasks(connection: Connection, view: View) -> list[Item]:
    columns = (
        work_item.c.instance_id,
        work_item.c.business_key,
        work_item.c.name_zh,
        work_item.c.name_en,
        work_item.c.summary,
        work_item.c.due_at,
    )
    rows = connection.execute(
        select(*columns)
        .where(work_item.c.state.in_(("ready", "reserved")), work_item.c.due_at < view.now)
        .order_by(work_item.c.due_at)
        .limit(_MOST)
    )
    return [
        Item(
            "process_instance",
            None,
            row.business_key,
            row.summary,
            row.due_at,
            row.name_zh,
            row.instance_id,
            note_en=row.name_en,
        )
        for row in rows
    ]


def today(connection: Connection, view: View) -> list[Group]:
    """What came and went today, and what is open and late now."""
    since = view.today_starts_at
    late = select(sla_clock.c.incident_id).where(
        sla_clock.c.stopped_at.is_(None),
        or_(sla_clock.c.status == "missed", and_(sla_clock.c.status == "running", sla_clock.c.due_at < view.now)),
    )
    is_late = or_(incident.c.id.in_(late), incident.c.made_sla.is_(False))
    opened = _incidents(connection, incident.c.opened_at, incident.c.opened_at >= since)
    resolved = _incidents(connection, incident.c.resolved_at, incident.c.resolved_at >= since)
    overdue = _incidents(connection, incident.c.opened_at, _OPEN, is_late)
    return [
        Group("opened", "今日新增事件", "Incidents opened today", opened),
        Group("resolved", "今日解决事件", "Incidents resolved today", resolved, "green"),
        Group("open", "未解决事件", "Open incidents", _incidents(connection, incident.c.opened_at, _OPEN)),
        Group("late", "超时未解决", "Open and overdue", overdue, "red"),
        Group("callbacks", "待回访", "Callbacks to make", _callbacks(connection)),
        Group(
            "late_callbacks",
            "超时未回访",
            "Callbacks overdue",
            _callbacks(connection, callback.c.due_at < view.now, callback.c.first_attempt_at.is_(None)),
            "red",
        ),
        Group("complaints", "处理中投诉", "Open complaints", _complaints(connection, view, "open"), "orange"),
        Group("tasks", "逾期任务", "Overdue tasks", _tasks(connection, view), "red"),
    ]


def backlog(connection: Connection, _view: View) -> list[Group]:
    """Open incidents by priority."""
    found: dict[str, list[Item]] = {}
    for one in _incidents(connection, incident.c.opened_at, _OPEN):
        found.setdefault(one.note, []).append(one)
    return [
        Group(f"p{index}", priority or "未填写", priority or "None given", items)
        for index, (priority, items) in enumerate(sorted(found.items()), 1)
    ]


def scores(connection: Connection, view: View) -> list[Group]:
    """Callbacks of the period by the score given."""
    rows = connection.execute(
        select(callback.c.id, callback.c.score, callback.c.finished_at, callback.c.comment, incident.c.number)
        .add_columns(incident.c.customer)
        .join(incident_resolution, incident_resolution.c.id == callback.c.resolution_id)
        .join(incident, incident.c.id == incident_resolution.c.incident_id)
        .where(callback.c.finished_at >= view.starts_at, callback.c.finished_at < view.ends_at)
        .where(callback.c.score.is_not(None))
        .order_by(callback.c.finished_at.desc())
    ).all()
    names = {5: ("5 很满意", "5 very good"), 4: ("4 满意", "4 good"), 3: ("3 一般", "3 fair")}
    names |= {2: ("2 不满意", "2 poor"), 1: ("1 很不满意", "1 very poor")}
    return [
        Group(
            f"s{score}",
            *names[score],
            [
                Item("callback", row.id, row.number, row.comment or "", row.finished_at, row.customer)
                for row in rows
                if row.score == score
            ],
            "green" if score > 3 else "orange" if score == 3 else "red",
        )
        for score in names
    ]


TODAY = Panel("today", "此刻的工作量", "Load at this moment", today)
BACKLOG = Panel("backlog", "未解决事件（按优先级）", "Open incidents by priority", backlog)
SCORES = Panel("scores", "回访评分分布", "Scores of callbacks", scores, True)
