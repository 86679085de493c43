"""What people of the demo company write in the forms of the quality system."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

Variables = Mapping[str, Any]
AREAS = ["people", "resources", "technology", "process"]
DEPARTMENTS = ["service_desk", "operations", "technical_center", "quality", "human_resources", "finance"]
APPROVED: Mapping[str, Any] = {"decision": "approve"}
PLAN_RETURNED: Mapping[str, Any] = {
    "decision": "return",
    "plan_return_comment": "请把技术服务中心的技术要素纳入本次审核",
}


def day(end: datetime, days: int) -> str:
    """A day so many days from the end, as a form holds it."""
    return (end + timedelta(days=days)).date().isoformat()


def is_of(department: str) -> Callable[[Variables], bool]:
    """Cases of one department."""
    return lambda variables: bool(variables.get("department") == department)


# The audit


def audit_request(end: datetime) -> dict[str, Any]:
    """Quality calls an audit of its own accord."""
    return {"title": f"{end.year} 年第二次内部审核", "audit_reason": "年末审核，覆盖直接面向客户的三个部门"}


def audit_plan(end: datetime, *, with_technology: bool) -> dict[str, Any]:
    """An audit of the departments that serve customers."""
    assignments = [
        {"department": "service_desk", "auditor": "fangyu", "areas": ["people", "resources", "process"]},
        {"department": "operations", "auditor": "hexin", "areas": ["people", "process"]},
    ]
    if with_technology:
        assignments.append({"department": "technical_center", "auditor": "zhoukai", "areas": ["technology"]})
    return {
        "title": f"{end.year} 年第二次内部审核",
        "criteria": "GB/T 28827.1-2012、运维服务质量管理制度",
        "scope": "服务台、运维服务部、技术服务中心的运维服务全过程",
        "begins_on": day(end, -20),
        "ends_on": day(end, -18),
        "lead_auditor": "hexin",
        "assignments": assignments,
    }


def opening(end: datetime) -> dict[str, Any]:
    """The opening meeting."""
    return {
        "opened_on": day(end, -20),
        "opening_attendees": "陈静、王强、郭军、何欣、方宇、周凯",
        "opening_notes": "介绍审核目的、范围与日程；各部门确认陪同人员。",
    }


def checklist(variables: Variables) -> dict[str, Any]:
    """The checklist is taken as drawn."""
    return {"items": variables["items"]}


def conforming(variables: Variables) -> dict[str, Any]:
    """Nothing was found."""
    return _findings(variables, {})


def desk_findings(variables: Variables) -> dict[str, Any]:
    """What Fang Yu found at the service desk."""
    return _findings(
        variables,
        {
            3: ("minor", "抽查 9、10 月考核表，赵倩、孙丽 10 月考核表未评分", "2 个月 × 3 人"),
            12: ("observation", "抽 10 单，1 单反馈环节只有口头记录", "10 单"),
        },
    )


def operations_findings(variables: Variables) -> dict[str, Any]:
    """What He Xin found in operations."""
    return _findings(
        variables,
        {
            14: ("minor", "抽 5 张变更单，2 张没有回退方案", "5 张变更单"),
            2: ("opportunity", "培训效果可增加现场操作考核", "2 次培训"),
        },
    )


def _findings(variables: Variables, noted: Mapping[int, tuple[str, str, str]]) -> dict[str, Any]:
    rows = []
    for one in variables["items"]:
        result, evidence, samples = noted.get(one["ordinal"], ("conform", "查阅记录并访谈，符合要求", ""))
        rows.append({**one, "result": result, "evidence": evidence, "samples": samples, "interviewee": "当班人员"})
    return {"items": rows}


AUDIT_REPORT: Mapping[str, Any] = {
    "closing_attendees": "林芳、陈静、王强、郭军、何欣、方宇、周凯",
    "conclusion": "体系运行基本有效。两项一般不符合集中在绩效考核记录与变更回退方案，责任部门应按期整改。",
}


# Nonconformities


def accepted(variables: Variables) -> dict[str, Any]:
    """Quality accepts what was raised."""
    names = ("grade", "department", "clause", "area")
    return {"valid": "yes", **{name: variables.get(name) for name in names}}


DESK_CONTAINMENT: Mapping[str, Any] = {"containment": "补齐两人 10 月考核评分，由服务台经理复核签字"}
DESK_ANALYSIS: Mapping[str, Any] = {
    "whys": [
        {"why": "两份考核表到期未评分"},
        {"why": "评分人当月休假，没有人接手"},
        {"why": "考核办法没有规定评分人缺席时由谁代理"},
    ],
    "root_cause": "考核办法缺少代理规定，也没有到期提醒",
    "cause_category": "process",
    "similar_finding": "排查其他岗位 3 个月考核表，未发现同类情况",
}
DESK_FIRST_RESULT: Mapping[str, Any] = {"result": "考核办法 V2.1 已发布，增加代理评分人条款"}
DESK_SECOND_RESULT: Mapping[str, Any] = {"result": "已设置每月 3 日考核评分提醒，11 月提醒已发出"}
OPERATIONS_CONTAINMENT: Mapping[str, Any] = {"containment": "两张变更单补充回退方案，暂停无回退方案的变更实施"}
OPERATIONS_ANALYSIS: Mapping[str, Any] = {
    "whys": [
        {"why": "变更单没有回退方案仍获批准"},
        {"why": "审批人没有逐项核对"},
        {"why": "变更单模板未把回退方案列为必填"},
    ],
    "root_cause": "变更单模板和审批清单都没有要求回退方案",
    "cause_category": "process",
    "similar_finding": "抽查近三个月 20 张变更单，另有 1 张缺回退方案，已补充",
}


def desk_actions(end: datetime) -> dict[str, Any]:
    """Two actions of the service desk."""
    return {
        "actions": [
            {"description": "修订绩效考核办法，规定代理评分人", "owner": "liuyang", "due_on": day(end, -6)},
            {"description": "设置每月考核评分到期提醒", "owner": "zhaoqian", "due_on": day(end, -5)},
        ]
    }


def operations_actions(end: datetime) -> dict[str, Any]:
    """One action of operations, which will be late."""
    return {"actions": [{"description": "变更单模板增加回退方案必填项", "owner": "zhoukai", "due_on": day(end, -3)}]}


def verified(variables: Variables) -> dict[str, Any]:
    """Every action is found carried out."""
    return {
        "verdicts": [
            {"number": one["number"], "verdict": "verified", "note": "查看制度文本与提醒记录，属实"}
            for one in variables["open_actions"]
        ]
    }


# The review and the programme


def review_plan(end: datetime) -> dict[str, Any]:
    """The review of the year, with the seven inputs of the policy."""
    return {
        "year": end.year,
        "title": f"{end.year} 年度管理评审",
        "purpose": "评价服务质量管理体系的适宜性、充分性和有效性，确定改进方向。",
        "meets_at": f"{day(end, 9)}T14:00:00+08:00",
        "place": "总部一号会议室",
        "agenda": "一、各部门汇报输入材料\n二、审核与投诉情况\n三、评审结论\n四、改进决定",
        "inputs": [
            {"title": "年度服务能力管理计划执行情况报告", "owner": "technical_center"},
            {"title": "关键绩效指标完成情况", "owner": "quality"},
            {"title": "顾客满意度调查报告", "owner": "quality"},
            {"title": "各运维服务部门工作报告", "owner": "operations"},
            {"title": "内部审核报告", "owner": "quality"},
            {"title": "顾客投诉情况报告", "owner": "service_desk"},
            {"title": "持续改进情况报告", "owner": "quality"},
        ],
    }


def review_input(variables: Variables) -> dict[str, Any]:
    """An owner hands in what was asked for."""
    return {"summary": f"{variables['request']['title']}：本年度总体达到目标，存在问题与改进建议见附件。"}


def programme(end: datetime) -> dict[str, Any]:
    """Next year's audits, waiting for the management representative."""
    year = end.year + 1
    return {
        "year": year,
        "objectives": "验证服务质量管理体系符合制度和标准要求，并持续有效。",
        "audits": [
            {
                "title": f"{year} 年年中内部审核",
                "begins_on": f"{year}-06-10",
                "departments": DEPARTMENTS,
                "areas": AREAS[:2],
            },
            {
                "title": f"{year} 年年末内部审核",
                "begins_on": f"{year}-12-10",
                "departments": DEPARTMENTS,
                "areas": AREAS[2:],
            },
        ],
    }
