"""What people write into plans, statistics, reports, meetings and summaries."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.simulation.scene import APPROVE, Answer, Scene, Step

_ENGINEERS = ("lihao", "zhoukai", "huangwei")


def _figure(scene: Scene, key: str) -> str:
    """What an indicator says in the report at hand."""
    figures = (scene.data.get("report") or {}).get("figures") or []
    return next((str(one["value_text"]) for one in figures if one["key"] == key), "无数据")


def _missed(scene: Scene) -> str:
    missed = (scene.data.get("report") or {}).get("missed") or []
    return "、".join(str(one["name"]) for one in missed)


def annual_plan(scene: Scene) -> Mapping[str, Any]:
    """The plan of the coming year."""
    year = int(str(scene.data["report"]["period"])[:4])
    return {
        "objectives": "SLA 达成率不低于 95 %，24 小时回访及时率 100 %，年度满意度不低于 90 %。",
        "targets": [
            {"indicator": "解决及时率", "target": "≥ 95 %", "owner": "operations"},
            {"indicator": "24 小时回访及时率", "target": "100 %", "owner": "service_desk"},
            {"indicator": "年度满意度", "target": "≥ 90 %", "owner": "quality"},
        ],
        "resources": "工程师 12 人、服务台 5 人；备件预算 60 万元；监控工具升级 1 项。",
        "risks": "关键岗位单点：每岗安排备份人员；供应商交付：增加一家备选。",
        "calendar": [
            {"activity": "年中内部审核", "planned_on": f"{year}-06-10"},
            {"activity": "年度满意度调查", "planned_on": f"{year}-10-10"},
            {"activity": "年末内部审核", "planned_on": f"{year}-12-10"},
            {"activity": "管理评审", "planned_on": f"{year}-12-20"},
        ],
        "customer_opinions": "采纳客户意见 3 项：窗口汇总报告、夜间固定联系人、提前通知停机。",
    }


def objectives(scene: Scene) -> Mapping[str, Any]:
    """Policy, objectives and indicators."""
    rows = (
        ("解决及时率", "≥ 95 %", "目标时间内解决数 / 解决数", "operations", "month"),
        ("24 小时回访及时率", "100 %", "24 小时内首次回访数 / 应回访数", "service_desk", "month"),
        ("年度满意度", "≥ 90 %", "分层估计的满意比例", "quality", "year"),
    )
    names = ("indicator", "target", "definition", "owner", "period")
    return {
        "policy": "以客户为中心，预防为主，持续改进，用数据说话。",
        "items": [dict(zip(names, row, strict=True)) for row in rows],
    }


def explain(scene: Scene) -> Mapping[str, Any]:
    """The desk explains what was missed."""
    missed = _missed(scene)
    if not missed:
        return {"remarks": "各项指标达标。"}
    return {"misses": f"{missed}：高峰时段人手不足，已调整排班并增加备勤。"}


def service_report(scene: Scene) -> Mapping[str, Any]:
    """The project manager's report to the customer."""
    return {
        "sla_attainment": f"响应及时率 {_figure(scene, 'I01')}，解决及时率 {_figure(scene, 'I02')}。",
        "workload": "本期处理事件、巡检和变更均按计划完成。",
        "report_satisfaction": f"回访满意度 {_figure(scene, 'I09')}。",
        "major_incidents": "本期无重大事件。",
        "trend": "事件量平稳，网络类占比下降。",
        "unmet": f"未达成：{_missed(scene) or '无'}。",
    }


def meeting(scene: Scene) -> Mapping[str, Any]:
    """The monthly meeting of operations, with the assessment of its engineers."""
    return {
        "held_on": scene.today.isoformat(),
        "attendance": [{"person": login, "present": "yes"} for login in ("wangqiang", *_ENGINEERS, "hexin")],
        "plan_review": "月度质量计划各项活动已完成。",
        "gaps": f"解决及时率 {_figure(scene, 'I02')}，目标 95 %；未达标：{_missed(scene) or '无'}。",
        "discussion": "高峰时段集中派工影响及时率；下阶段按区域预派。",
        "measures": [{"description": "按区域预派备勤", "owner": "lihao", "due_on": scene.day(20)}],
        "assessments": [
            {
                "person": login,
                "indicator": indicator,
                "weight": weight,
                "target": "95 %",
                "actual": f"{scene.random.randint(92, 100)} %",
                "score": scene.random.randint(85, 100),
            }
            for login in _ENGINEERS
            for indicator, weight in (("解决及时率", 60), ("客户满意度", 40))
        ],
    }


def answer_assessment(scene: Scene) -> Mapping[str, Any]:
    """Now and then somebody disagrees."""
    if scene.random.random() < 0.06:
        return {"answer": "dispute", "dispute": "两张工单等待客户到场，不应计入本人超时。"}
    return {"answer": "confirm"}


def analysis(scene: Scene) -> Mapping[str, Any]:
    """Projects below standard."""
    return {
        "nonconforming": [],
        "early_warning": f"未达标指标：{_missed(scene) or '无'}；对临近时限的工单提前 25 % 预警。",
        "analysis": f"响应及时率 {_figure(scene, 'I01')}，解决及时率 {_figure(scene, 'I02')}，与 SLA 对照见附表。",
    }


def status(scene: Scene) -> Mapping[str, Any]:
    """How a project stands."""
    chosen = scene.random.choices(("normal", "warning", "problem"), (80, 16, 4))[0]
    notes = {"normal": "运行平稳。", "warning": "事件量上升，已增加巡检。", "problem": "核心设备老化，已报更换方案。"}
    return {"status": chosen, "note": notes[chosen]}


_YEAR = {
    "overview": "全年服务运行平稳，主要指标达成。",
    "achievement": "年度计划完成 96 %。",
    "annual_satisfaction": "年度调查满意度达标，重大投诉均已闭环。",
    "annual_problems": "备件供应完整率波动，变更回退方案不完整。",
    "next_year": "推进主动运维和知识库建设。",
}

ANSWERS: Mapping[Step, Answer] = {
    ("annual_plan", "draft_plan"): annual_plan,
    ("annual_plan", "approve_plan"): APPROVE,
    ("objectives", "collect_context"): lambda scene: {
        "context": "客户上云加快，信创改造进入第二年；公司新设两个驻场点。",
        "process_gaps": "变更流程的回退检查不足，备件流程缺少条码。",
    },
    ("objectives", "set_objectives"): objectives,
    ("objectives", "approve_objectives"): APPROVE,
    ("objectives_review", "compile_review"): lambda scene: {
        "achievement": f"解决及时率 {_figure(scene, 'I02')}，回访及时率 {_figure(scene, 'I06')}。",
        "quarter_problems": f"未达标：{_missed(scene) or '无'}。",
        "measures": [{"description": "高峰时段增加备勤", "owner": "lihao", "due_on": scene.day(30)}],
    },
    ("objectives_review", "review_objectives"): APPROVE,
    ("monthly_statistics", "explain"): explain,
    ("monthly_statistics", "confirm"): lambda scene: {"project_manager_view": "情况属实。", "decision": "approve"},
    ("service_report", "write_report"): service_report,
    ("service_report", "review_report"): APPROVE,
    ("service_report", "record_acknowledgement"): lambda scene: {
        "acknowledged": "yes",
        "acknowledgement": "客户已签收，无异议。",
    },
    ("monthly_quality_report", "report_status"): status,
    ("monthly_quality_report", "analyse"): lambda scene: {
        "analysis": f"组织解决及时率 {_figure(scene, 'I02')}，回访及时率 {_figure(scene, 'I06')}，总体受控。",
        "deviations": f"未达标：{_missed(scene) or '无'}。",
        "proposals": "对连续未达标项目开展专项检查。",
    },
    ("monthly_quality_report", "release"): APPROVE,
    ("quality_meeting", "hold_meeting"): meeting,
    ("quality_meeting", "answer_assessment"): answer_assessment,
    ("quality_meeting", "settle_dispute"): lambda scene: {"settlement": "扣除等待时间，酌情加分。", "new_score": 93},
    ("quality_meeting", "write_analysis"): analysis,
    ("work_summary", "write_summary"): lambda scene: {
        "work_done": "巡检、变更、培训按计划完成。",
        "callback_analysis": f"回访满意度 {_figure(scene, 'I09')}；不满意集中在到场时间。",
        "problems": f"未达标：{_missed(scene) or '无'}。",
        "measures": [{"description": "调整排班", "owner": "huangwei", "due_on": scene.day(25)}],
    },
    ("work_summary", "hold_summary"): lambda scene: {
        "held_on": scene.today.isoformat(),
        "development": "服务能力稳步提升，自动化巡检覆盖率提高。",
        "decisions": "同意调整排班；增加备件安全库存。",
    },
    ("work_summary", "analyse_deviations"): lambda scene: {
        "deviation_analysis": "偏差主要来自高峰时段；建议建立跨项目支援机制。"
    },
    ("annual_service_report", "write_report"): lambda scene: _YEAR,
    ("annual_service_report", "review_report"): APPROVE,
    ("annual_service_report", "approve_report"): APPROVE,
}
