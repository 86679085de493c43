"""The plans and objectives: what is meant to be done, and the quarterly look at it."""

from __future__ import annotations

from engine.reports.kind import MEASURES, ORGANISATION, Column, ReportKind, Section

PLANS = (
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
        ORGANISATION,
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
            MEASURES,
        ),
        "4.1(1), 3.1(2)",
        ORGANISATION,
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
)
