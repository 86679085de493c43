"""Documents made of reports: one layout for every kind, filled with its sections, tables and figures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, select

from engine import periods
from engine.documents.kind import Collected, DocumentKind, RecordMissing, day, linked
from engine.registers.report_wording import STATUSES
from engine.reports.kind import ReportKind, Section
from engine.reports.kinds import KINDS, kind_of
from engine.store.tables import group, project, report, user
from engine.store.types import Record


def collect(connection: Connection, record_id: int, zone: ZoneInfo) -> Collected:
    """The data of one report as it stands. Raises ``RecordMissing``."""
    author, approver = user.alias("author"), user.alias("approver")
    row = connection.execute(
        select(
            report,
            author.c.name.label("author"),
            approver.c.name.label("approver"),
            project.c.name.label("project"),
            group.c.name_zh.label("department"),
        )
        .outerjoin(author, author.c.id == report.c.author_id)
        .outerjoin(approver, approver.c.id == report.c.approved_by_id)
        .outerjoin(project, project.c.id == report.c.project_id)
        .outerjoin(group, group.c.id == report.c.department_id)
        .where(report.c.id == record_id)
    ).one_or_none()
    if row is None:
        raise RecordMissing()
    kind = kind_of(row.kind)
    names = {one.login: one.name for one in connection.execute(select(user.c.login, user.c.name))}
    names |= {one.key: one.name_zh for one in connection.execute(select(group.c.key, group.c.name_zh))}
    data = {
        "report": _facts(row, kind, zone),
        "figures": [_figure(one, row) for one in row.figures],
        "parts": [_part(one, row.content.get(one.key), names) for one in kind.sections if row.content.get(one.key)],
    }
    return Collected(f"{row.title} {row.number}", data, row.instance_id)


def _facts(row: Record, kind: ReportKind, zone: ZoneInfo) -> dict[str, Any]:
    subject: Any = row.department or "全公司"
    if row.project_id is not None:
        subject = linked(row.project, "project", row.project_id)
    return {
        "number": linked(row.number, "report", row.id),
        "kind": kind.zh,
        "kind_en": kind.en,
        "title": row.title,
        "period": periods.parse(row.period).name("zh"),
        "subject": subject,
        "status": STATUSES[row.status].zh,
        "author": row.author or "",
        "approved_by": row.approver or "",
        "due_on": day(row.due_at, zone),
        "issued_on": day(row.issued_at, zone),
        "held_on": day(row.held_on, zone),
        "reason": row.reason if row.occasion else "",
        "revision": row.revision,
    }


def _figure(one: Mapping[str, Any], row: Record) -> dict[str, Any]:
    """One indicator; its name leads to the list of the records behind it."""
    filters = {"period": row.period, **({"project": str(row.project_id)} if row.project_id is not None else {})}
    return {
        "name": {"text": f"{one['key']} {one['name']}", "register": f"indicator:{one['key']}", "filters": filters},
        "value": one["value_text"],
        "target": one["target_text"],
        "count": one["count_text"],
        "verdict": one["status_text"],
    }


def _part(section: Section, given: Any, names: Mapping[str, str]) -> dict[str, Any]:
    """A section: the lines of its text, or its rows."""
    if not section.columns:
        return {
            "zh": section.zh,
            "en": section.en,
            "lines": str(given).splitlines(),
            "columns": [],
            "rows": [],
        }
    rows: Sequence[Mapping[str, Any]] = given if isinstance(given, list) else []
    return {
        "zh": section.zh,
        "en": section.en,
        "lines": [],
        "columns": [{"text": f"{one.zh} {one.en}"} for one in section.columns],
        "rows": [{"cells": [{"text": _cell(row.get(one.key), names)} for one in section.columns]} for row in rows],
    }


def _cell(value: Any, names: Mapping[str, str]) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, list):
        return "、".join(_cell(one, names) for one in value)
    return names.get(str(value), {"yes": "是", "no": "否"}.get(str(value), str(value)))


def _example(kind: ReportKind) -> dict[str, Any]:
    return {
        "report": {
            "number": linked("WS-20260402-001", "report", 1),
            "kind": kind.zh,
            "kind_en": kind.en,
            "title": f"2026年3月 {kind.zh}",
            "period": "2026年3月",
            "subject": "全公司",
            "status": "已发布",
            "author": "王强",
            "approved_by": "郭军",
            "due_on": "2026-04-08",
            "issued_on": "2026-04-07",
            "held_on": "2026-04-07",
            "reason": "",
            "revision": 1,
        },
        "figures": [
            {
                "name": {"text": "I02 解决及时率", "register": "indicator:I02", "filters": {"period": "2026-03"}},
                "value": "96.4 %",
                "target": "≥ 95 %",
                "count": "402/417",
                "verdict": "达成",
            }
        ],
        "parts": [
            {"zh": "分析", "en": "Analysis", "lines": ["本月达成情况良好。"], "columns": [], "rows": []},
            {
                "zh": "改进措施",
                "en": "Measures",
                "lines": [],
                "columns": [{"text": "措施 Measure"}],
                "rows": [{"cells": [{"text": "增加备勤"}]}],
            },
        ],
    }


REPORTS = tuple(
    DocumentKind(
        key=kind.key,
        zh=kind.zh,
        en=kind.en,
        record_type="report",
        collect=collect,
        example=_example(kind),
        layout="report",
    )
    for kind in KINDS.values()
)
