"""The four dashboards: which indicators and panels each shows, and to whom it is shown first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection

from engine.actors import Actor
from engine.dashboards import load, quality
from engine.dashboards.panels import Group, Panel, View
from engine.errors import Language, NotFound
from engine.indicators.readings import require_reader


class DashboardUnknown(NotFound):
    """No such dashboard, panel or group."""

    code = "dashboard_unknown"
    zh = "没有这个看板或列表"
    en = "There is no such dashboard or list"


@dataclass(frozen=True)
class Dashboard:
    """One dashboard. ``headline`` are indicators shown as figures, ``trends`` those drawn over six periods together.

    ``of`` are the groups whose members see it first.
    """

    key: str
    zh: str
    en: str
    of: frozenset[str]
    headline: tuple[str, ...]
    trends: tuple[tuple[str, str, tuple[str, ...]], ...]
    panels: tuple[Panel, ...]

    def name(self, language: Language) -> str:
        """What it is called for a reader of ``language``."""
        return self.zh if language == "zh" else self.en

    def panel(self, key: str) -> Panel:
        """One of its panels, or today's load. Raises ``DashboardUnknown``."""
        found = next((one for one in (load.TODAY, *self.panels) if one.key == key), None)
        if found is None:
            raise DashboardUnknown()
        return found


_DECLARED = (
    Dashboard(
        "desk",
        "服务台",
        "Service desk",
        frozenset({"service_desk"}),
        ("I06", "I07", "I08", "I09", "I12", "I13"),
        (
            ("回访及时与成功", "Callbacks in time and reached", ("I06", "I07")),
            ("回访满意度", "Callback satisfaction", ("I08", "I09")),
        ),
        (load.SCORES, quality.COMPLAINTS_BY_KIND),
    ),
    Dashboard(
        "department",
        "运维服务部",
        "Operations",
        frozenset({"operations", "technical_center"}),
        ("I01", "I02", "I03", "I05", "I11", "I16"),
        (
            ("服务级别达成", "Service levels attained", ("I01", "I02", "I03")),
            ("首次解决与重开", "First resolutions and reopened", ("I26", "I11")),
        ),
        (load.BACKLOG, quality.ACTIONS),
    ),
    Dashboard(
        "quality",
        "质量管理部",
        "Quality",
        frozenset({"quality"}),
        ("I13", "I14", "I21", "I22", "I23", "I27"),
        (
            ("投诉与改进", "Complaints and improvement", ("I13", "I21", "I23")),
            ("报告与会议", "Reports and meetings", ("I19", "I20", "I27")),
        ),
        (quality.FINDINGS, quality.ACTIONS, quality.COVERAGE, quality.DUTIES, quality.COMPLAINTS_BY_KIND),
    ),
    Dashboard(
        "management",
        "管理层",
        "Management",
        frozenset({"management", "management_representative"}),
        ("I02", "I03", "I06", "I09", "I10", "I12", "I13", "I27"),
        (
            ("服务级别与满意度", "Service levels and satisfaction", ("I02", "I09")),
            ("义务与措施", "Duties and actions", ("I27", "I23")),
        ),
        (quality.DUTIES, quality.FINDINGS, quality.COVERAGE, quality.COMPLAINTS_BY_KIND),
    ),
)
DASHBOARDS: Mapping[str, Dashboard] = {one.key: one for one in _DECLARED}


def dashboard_of(key: str) -> Dashboard:
    """The dashboard of this key. Raises ``DashboardUnknown``."""
    if key not in DASHBOARDS:
        raise DashboardUnknown()
    return DASHBOARDS[key]


def first_for(actor: Actor) -> Dashboard:
    """The dashboard ``actor`` sees first: that of their department, else the management's."""
    mine = set(actor.groups.values())
    return next((one for one in DASHBOARDS.values() if one.of & mine), DASHBOARDS["management"])


def groups_of(connection: Connection, actor: Actor, panel: Panel, view: View) -> list[Group]:
    """What a panel shows. Raises ``Forbidden``."""
    require_reader(actor)
    return panel.groups(connection, view)
