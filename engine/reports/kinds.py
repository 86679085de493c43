"""Every kind of report, plan and minutes: its sections, its indicators, whose period it is, who gets it."""

from __future__ import annotations

from collections.abc import Mapping

from engine.errors import NotFound
from engine.periods import Cadence
from engine.reports.kind import ACTIONS, MEASURES, ORGANISATION, SERVICE, Column, ReportKind, Section
from engine.reports.plans import PLANS


class ReportKindUnknown(NotFound):
    """No such kind of report."""

    code = "report_kind_unknown"
    zh = "没有“{kind}”这种报告"
    en = "There is no report of the kind “{kind}”"


_SUMMARIES: tuple[tuple[str, str, str, Cadence], ...] = (
    ("work_summary", "月度总结报告", "Monthly summary report", "month"),
    ("quarterly_summary", "季度总结报告", "Quarterly summary report", "quarter"),
)

_REPORTS = (
    ReportKind(
        "satisfaction_report",
        "项目满意度报告",
        "Project satisfaction report",
        "month",
        -1,
        (
            Section("visits", "回访情况", "Visits"),
            Section("analysis", "满意度分析", "Analysis of the satisfaction"),
            MEASURES,
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
        SERVICE,
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
        SERVICE,
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
        ORGANISATION,
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
            Section("measures", "下阶段措施", "Measures of the next stage", ACTIONS),
        ),
        "3.3(2), 3.4(3), 4.3(4), 5.2(4)",
        SERVICE,
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
        SERVICE,
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
                MEASURES,
            ),
            "3.3(2), 3.4(5), 4.2(2), 4.3(5)",
            ORGANISATION,
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
        (*ORGANISATION, "I10", "I22"),
    ),
)

KINDS: Mapping[str, ReportKind] = {one.key: one for one in (*PLANS, *_REPORTS)}


def kind_of(key: str) -> ReportKind:
    """The kind called ``key``. Raises ``ReportKindUnknown``."""
    if key not in KINDS:
        raise ReportKindUnknown(kind=key)
    return KINDS[key]
