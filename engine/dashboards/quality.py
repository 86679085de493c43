"""Complaints, findings and actions by age, how far audits reach, and the duties of the policy."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Connection, and_, select

from engine.dashboards.panels import Group, Item, Panel, View, grouped
from engine.obligations.matrix import Cell, matrix
from engine.registers.audit_checklist import AREAS
from engine.registers.audit_wording import AREA_WORDS
from engine.registers.complaint_wording import KINDS
from engine.store.tables import (
    audit_coverage,
    complaint,
    corrective_action,
    group,
    improvement,
    internal_audit,
    nonconformity,
    user,
)
from engine.store.types import Record

_AGES = {
    "a30": ("30 天以内", "up to 30 days", "green"),
    "a60": ("31 至 60 天", "31 to 60 days", "blue"),
    "a90": ("61 至 90 天", "61 to 90 days", "orange"),
    "older": ("90 天以上", "more than 90 days", "red"),
}
_DELAYS = {
    "ahead": ("未到期", "not due yet", "green"),
    "week": ("逾期 7 天以内", "up to 7 days late", "orange"),
    "month": ("逾期 8 至 30 天", "8 to 30 days late", "red"),
    "longer": ("逾期 30 天以上", "more than 30 days late", "red"),
}
_REACH = {
    "audited": ("已审核", "audited", "green"),
    "planned": ("已计划", "planned", "blue"),
    "open": ("未安排", "not planned", "grey"),
}
_DUTIES = {
    "done": ("按期履行", "done in time", "green"),
    "late": ("逾期履行", "done late", "orange"),
    "overdue": ("逾期未履行", "overdue", "red"),
    "upcoming": ("未到期", "not due yet", "blue"),
    "waived": ("已豁免", "waived", "grey"),
}


def complaints(connection: Connection, view: View) -> list[Group]:
    """Complaints received in the period by what they are about."""
    rows = connection.execute(
        select(complaint.c.id, complaint.c.number, complaint.c.subject, complaint.c.received_at, complaint.c.kind)
        .add_columns(complaint.c.customer)
        .where(complaint.c.received_at >= view.starts_at, complaint.c.received_at < view.ends_at)
        .where(complaint.c.status != "withdrawn")
        .order_by(complaint.c.received_at.desc())
    )
    words = {code: (word.zh, word.en, "blue") for code, word in KINDS.items()}
    words[""] = ("未分类", "not classified", "grey")
    items = (
        (row.kind, Item("complaint", row.id, row.number, row.subject, row.received_at, row.customer)) for row in rows
    )
    return [one for one in grouped(words, items) if one.items]


def findings(connection: Connection, view: View) -> list[Group]:
    """Open nonconformities by the days since they were raised."""
    columns = (nonconformity.c.id, nonconformity.c.number, nonconformity.c.title, nonconformity.c.raised_at)
    rows = connection.execute(
        select(*columns, group.c.name_zh.label("department"), group.c.name_en.label("department_en"))
        .join(group, group.c.id == nonconformity.c.department_id)
        .where(nonconformity.c.status.not_in(("closed", "withdrawn")))
        .order_by(nonconformity.c.raised_at)
    )
    return grouped(
        _AGES,
        (
            (
                _age((view.now - row.raised_at).days),
                Item(
                    "nonconformity",
                    row.id,
                    row.number,
                    row.title,
                    row.raised_at,
                    row.department,
                    note_en=row.department_en,
                ),
            )
            for row in rows
        ),
    )


def _age(days: int) -> str:
    return "a30" if days <= 30 else "a60" if days <= 60 else "a90" if days <= 90 else "older"


def actions(connection: Connection, view: View) -> list[Group]:
    """Open actions by how late they are."""
    rows = connection.execute(
        select(
            corrective_action.c.number,
            corrective_action.c.description,
            corrective_action.c.due_on,
            corrective_action.c.nonconformity_id,
            corrective_action.c.management_review_id,
            improvement.c.id.label("improvement_id"),
            user.c.name.label("owner"),
        )
        .join(user, user.c.id == corrective_action.c.owner_id)
        .join(improvement, improvement.c.corrective_action_id == corrective_action.c.id, isouter=True)
        .where(corrective_action.c.status == "open")
        .order_by(corrective_action.c.due_on)
    ).all()
    today = view.now.astimezone(view.zone).date()
    found = []
    for row in rows:
        kinds = ("nonconformity", "management_review", "improvement")
        kind = next((one for one in kinds if getattr(row, f"{one}_id") is not None), kinds[0])
        holder = getattr(row, f"{kind}_id")
        item = Item(kind, holder, row.number, row.description[:200], row.due_on, row.owner)
        found.append((_delay(row.due_on, today), item))
    return grouped(_DELAYS, found)


def _delay(due_on: date, today: date) -> str:
    days = (today - due_on).days
    return "ahead" if days <= 0 else "week" if days <= 7 else "month" if days <= 30 else "longer"


def coverage(connection: Connection, view: View) -> list[Group]:
    """Every area of every department in the year of the period: audited, planned, or nothing yet."""
    departments = connection.execute(select(group).where(group.c.is_department).order_by(group.c.id)).all()
    cells = connection.execute(
        select(
            audit_coverage.c.department_id,
            audit_coverage.c.area,
            internal_audit.c.id,
            internal_audit.c.number,
            internal_audit.c.begins_on,
            internal_audit.c.status.in_(("fieldwork", "reporting", "closed")).label("is_held"),
        )
        .join(internal_audit, internal_audit.c.id == audit_coverage.c.audit_id)
        .where(and_(internal_audit.c.year == view.period.first_on.year, internal_audit.c.status != "withdrawn"))
        .order_by(internal_audit.c.begins_on)
    ).all()
    best: dict[tuple[int, str], Record] = {}
    for cell in cells:
        known = best.get((cell.department_id, cell.area))
        if known is None or (cell.is_held and not known.is_held):
            best[cell.department_id, cell.area] = cell
    found = []
    for department in departments:
        for area in AREAS:
            zh, en = f"{department.name_zh} · {AREA_WORDS[area].zh}", f"{department.name_en} · {AREA_WORDS[area].en}"
            held = best.get((department.id, area))
            if held is None:
                found.append(("open", Item("internal_audit", None, "—", zh, title_en=en)))
            else:
                item = Item("internal_audit", held.id, held.number, zh, held.begins_on, title_en=en)
                found.append(("audited" if held.is_held else "planned", item))
    return grouped(_REACH, found)


def duties(connection: Connection, view: View) -> list[Group]:
    """Duties due in the period by how they stand; one owed on every occasion stands as its worst."""
    rows = matrix(connection, view.library, year=view.period.first_on.year, zone=view.zone, now=view.now)
    found = []
    for row in rows:
        for cell in row.cells:
            standing = _standing(cell)
            if standing and view.starts_at < cell.due_at <= view.ends_at:
                number = f"{cell.obligation.id} {cell.period.key}"
                item = Item(
                    "obligation",
                    None,
                    number,
                    cell.obligation.zh,
                    cell.due_at,
                    "",
                    cell.instance_id,
                    cell.obligation.en,
                )
                found.append((standing, item))
    return grouped(_DUTIES, found)


def _standing(cell: Cell) -> str:
    if cell.status in ("overdue", "missed"):
        return "overdue"
    return "" if cell.status in ("none", "before") else cell.status


COMPLAINTS_BY_KIND = Panel("complaints", "本期投诉（按类型）", "Complaints of the period by kind", complaints, True)
FINDINGS = Panel("findings", "未关闭不符合项账龄", "Open nonconformities by age", findings)
ACTIONS = Panel("actions", "未完成措施的逾期情况", "Open actions by delay", actions)
COVERAGE = Panel("coverage", "本年审核覆盖", "What audits of the year cover", coverage, True)
DUTIES = Panel("duties", "本期制度义务", "Duties of the period", duties, True)
