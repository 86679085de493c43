"""Every kind of report, plan and minutes: its sections, its indicators, whose period it is, who gets it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from engine.errors import Language, NotFound
from engine.periods import Cadence, Period, of_day


class ReportKindUnknown(NotFound):
    """No such kind of report."""

    code = "report_kind_unknown"
    zh = "没有“{kind}”这种报告"
    en = "There is no report of the kind “{kind}”"


@dataclass(frozen=True)
class Column:
    """A column of a section that is a table."""

    key: str
    zh: str
    en: str


@dataclass(frozen=True)
class Section:
    """A part of a report: a text, or a table if it has columns; ``key`` is its place in the report's content."""

    key: str
    zh: str
    en: str
    columns: tuple[Column, ...] = ()


@dataclass(frozen=True)
class ReportKind:
    """One kind. ``offset`` says which period it is about, counted from the one in which it is made: -1 the last one.

    ``indicators`` are keys of engine.indicators; ``policy`` is the clause that asks for it.
    """

    key: str
    zh: str
    en: str
    cadence: Cadence
    offset: int
    sections: tuple[Section, ...]
    policy: str
    indicators: tuple[str, ...] = ()

    def name(self, language: Language) -> str:
        """What it is called for a reader of ``language``."""
        return self.zh if language == "zh" else self.en

    def period(self, day: date) -> Period:
        """The period a report made on ``day`` is about."""
        return of_day(self.cadence, day).shifted(self.offset)


_ACTIONS = (
    Column("description", "措施", "Measure"),
    Column("owner", "负责人", "Owner"),
    Column("due_on", "完成期限", "Due on"),
)
_MEASURES = Section("measures", "改进措施", "Measures", _ACTIONS)
_SERVICE = ("I01", "I02", "I03", "I05", "I06", "I07", "I09", "I11", "I12", "I13")
_SUMMARIES: tuple[tuple[str, str, str, Cadence], ...] = (
    ("work_summary", "月度总结报告", "Monthly summary report", "month"),
    ("quarterly_summary", "季度总结报告", "Quarterly summary report", "quarter"),
)
_ORGANISATION = (*_SERVICE, "I08", "I14", "I16", "I17", "I19", "I20", "I21", "I23", "I27")

_DECLARED = (
    ReportKind(
        "annual_plan",
        "年度服务管理计划",
        "Annual service management plan",
        "year",
        1,
        (
            Section("objectives", "目标", "Objectives"),
            Section(
                "targets",
                "指标目标",
                "Targets",
                (
                    Column("indicator", "指标", "Indicator"),
                    Column("target", "目标值", "Target"),
                    Column("owner", "负责部门", "Owner"),
                ),
            ),
            Section("resources", "资源与预算", "Resources and budget"),
            Section("risks", "风险与应对", "Risks and their treatment"),
            Section(
                "calendar",
                "年度质量活动",
                "Quality activities of the year",
                (Column("activity", "活动", "Activity"), Column("planned_on", "计划时间", "Planned")),
            ),
            Section("customer_opinions", "客户意见的采纳", "What customers' opinions changed"),
        ),
        "3.1(1), 3.3(1), 4.3(5)",
    ),
    ReportKind(
        "objectives",
        "方针目标与控制指标",
        "Policy, objectives and control indicators",
        "year",
        0,
        (
            Section("context", "市场、技术与公司变化", "Changes of market, technology and company"),
            Section("policy", "方针与策略", "Policy and strategy"),
            Section(
                "items",
                "目标与指标清单",
                "Objectives and indicators",
                (
                    Column("indicator", "指标", "Indicator"),
                    Column("definition", "定义", "Definition"),
                    Column("target", "目标值", "Target"),
                    Column("owner", "负责部门", "Owner"),
                    Column("period", "统计周期", "Period"),
                ),
            ),
            Section("process_gaps", "现有流程的差距与调整", "Gaps of running processes and their change"),
        ),
        "4.1(1), 4.1(3)",
        _ORGANISATION,
    ),
    ReportKind(
        "objectives_review",
        "方针目标季度检查",
        "Quarterly check of objectives",
        "quarter",
        -1,
        (
            Section("achievement", "达成情况", "Achievement"),
            Section("problems", "问题与偏差", "Problems and deviations"),
            _MEASURES,
        ),
        "4.1(1), 3.1(2)",
        _ORGANISATION,
    ),
    ReportKind(
        "quality_plan",
        "项目质量保证计划",
        "Project quality plan",
        "year",
        0,
        (
            Section(
                "goals",
                "质量目标",
                "Goals",
                (Column("goal", "目标", "Goal"), Column("measure", "保证措施", "How it is assured")),
            ),
            Section(
                "risks",
                "风险与应对",
                "Risks and their treatment",
                (
                    Column("risk", "风险", "Risk"),
                    Column("level", "等级", "Level"),
                    Column("mitigation", "应对措施", "Treatment"),
                ),
            ),
            Section(
                "checkpoints",
                "检查点",
                "Checkpoints",
                (Column("checkpoint", "检查内容", "What is checked"), Column("planned_on", "计划日期", "Planned")),
            ),
            Section("reporting", "报告安排", "Reports"),
            Section("staff", "人员安排", "Staff"),
        ),
        "3.4(1), 4.3(2)",
    ),
    ReportKind(
        "monthly_quality_plan",
        "月度质量计划",
        "Monthly quality plan",
        "month",
        0,
        (
            Section(
                "tasks",
                "本月质量工作",
                "Quality work of the month",
                (
                    Column("task", "工作", "Task"),
                    Column("owner", "负责人", "Owner"),
                    Column("due_on", "完成期限", "Due on"),
                ),
            ),
            Section("focus", "本月重点", "Focus of the month"),
        ),
        "3.4(1), 5.2(4)",
    ),
    ReportKind(
        "satisfaction_report",
        "项目满意度报告",
        "Project satisfaction report",
        "month",
        -1,
        (
            Section("visits", "回访情况", "Visits"),
            Section("analysis", "满意度分析", "Analysis of the satisfaction"),
            _MEASURES,
        ),
        "5.2(2)",
        ("I09",),
    ),
    ReportKind(
        "project_quality_report",
        "项目质量报告（月）",
        "Project quality report",
        "month",
        -1,
        (
            Section("misses", "未达标说明", "Why targets were missed"),
            Section("project_manager_view", "项目经理意见", "The project manager's view"),
        ),
        "3.5(5), 5.2(3)",
        _SERVICE,
    ),
    ReportKind(
        "service_report",
        "服务报告",
        "Service report",
        "month",
        -1,
        (
            Section("sla_attainment", "SLA 达成情况", "SLA attainment"),
            Section("workload", "工作量", "Workload"),
            Section("satisfaction", "满意度", "Satisfaction"),
            Section("major_incidents", "重大事件分析", "Major incidents"),
            Section("trend", "趋势", "Trend"),
            Section("unmet", "未达成事项与改进", "Unmet items and improvement"),
        ),
        "4.3(3), 5.2(1)",
        _SERVICE,
    ),
    ReportKind(
        "monthly_quality_report",
        "质量月报",
        "Monthly quality report",
        "month",
        -1,
        (
            Section(
                "projects",
                "各项目质量状况",
                "Quality status of every project",
                (
                    Column("project", "项目", "Project"),
                    Column("status", "状况", "Status"),
                    Column("note", "说明", "Note"),
                ),
            ),
            Section("analysis", "汇总分析", "Analysis"),
            Section("deviations", "问题与偏差", "Problems and deviations"),
            Section("proposals", "改进建议", "Proposals"),
        ),
        "3.2(3), 4.2(1), 4.2(2)",
        _ORGANISATION,
    ),
    ReportKind(
        "quality_meeting",
        "质量分析会纪要",
        "Minutes of the quality analysis meeting",
        "month",
        -1,
        (
            Section(
                "attendance",
                "出席人员",
                "Attendance",
                (Column("person", "人员", "Person"), Column("present", "出席", "Present")),
            ),
            Section("plan_review", "月度质量计划完成情况", "Completion of the monthly quality plan"),
            Section("gaps", "指标与 SLA 对照", "Indicators against SLAs"),
            Section("discussion", "讨论与结论", "Discussion and conclusions"),
            Section("measures", "下阶段措施", "Measures of the next stage", _ACTIONS),
        ),
        "3.3(2), 3.4(3), 4.3(4), 5.2(4)",
        _SERVICE,
    ),
    ReportKind(
        "project_quality_analysis",
        "项目质量分析报告",
        "Project quality analysis",
        "month",
        -1,
        (
            Section(
                "nonconforming",
                "不达标项目",
                "Projects below standard",
                (
                    Column("project", "项目", "Project"),
                    Column("gap", "差距", "Gap"),
                    Column("measure", "措施", "Measure"),
                ),
            ),
            Section("early_warning", "预警", "Early warning"),
            Section("analysis", "分析", "Analysis"),
        ),
        "4.3(4)",
        _SERVICE,
    ),
    *(
        ReportKind(
            key,
            zh,
            en,
            cadence,
            -1,
            (
                Section("work_done", "工作完成情况", "Work done"),
                Section("callback_analysis", "回访与调查结果分析", "Callbacks and surveys"),
                Section("development", "服务发展情况评估", "How the service develops"),
                Section("problems", "问题与偏差", "Problems and deviations"),
                Section("decisions", "调整与优化决定", "Adjustments decided"),
                Section("deviation_analysis", "质量管理部偏差分析", "The quality department's analysis"),
                _MEASURES,
            ),
            "3.3(2), 3.4(5), 4.2(2), 4.3(5)",
            _ORGANISATION,
        )
        for key, zh, en, cadence in _SUMMARIES
    ),
    ReportKind(
        "annual_service_report",
        "年度运维服务报告",
        "Annual service report",
        "year",
        -1,
        (
            Section("overview", "年度概况", "The year at a glance"),
            Section("achievement", "计划与指标完成情况", "Plan and indicators"),
            Section("satisfaction", "客户满意度与投诉", "Satisfaction and complaints"),
            Section("problems", "主要问题", "Main problems"),
            Section("next_year", "下年度方向", "Direction of the next year"),
        ),
        "3.3(4)",
        (*_ORGANISATION, "I10", "I22"),
    ),
)

KINDS: Mapping[str, ReportKind] = {one.key: one for one in _DECLARED}


def kind_of(key: str) -> ReportKind:
    """The kind called ``key``. Raises ``ReportKindUnknown``."""
    if key not in KINDS:
        raise ReportKindUnknown(kind=key)
    return KINDS[key]
