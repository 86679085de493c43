"""What quality, auditors, departments and management answer: audits, nonconformities, the review, spot checks."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from engine.simulation.scene import APPROVE, Answer, Opening, Scene, Step

AREAS = ["people", "resources", "technology", "process"]
DEPARTMENTS = ["service_desk", "operations", "technical_center", "quality", "human_resources", "finance"]
# Nobody audits their own department.
_AUDITORS = {
    "service_desk": "fangyu",
    "operations": "hexin",
    "technical_center": "hexin",
    "quality": "zhoukai",
    "human_resources": "fangyu",
    "finance": "zhoukai",
}
_OWNERS = {
    "service_desk": ("liuyang", "zhaoqian"),
    "operations": ("lihao", "huangwei"),
    "technical_center": ("fangyu", "guojun"),
    "quality": ("hexin", "hexin"),
    "human_resources": ("tangyan", "tangyan"),
    "finance": ("qiumin", "qiumin"),
}
_FOUND = (
    "抽查 10 单，1 单反馈环节只有口头记录",
    "抽 5 张变更单，2 张没有回退方案",
    "两份考核表到期未评分",
    "备件台账与实物相差一件",
)


def programme(scene: Scene) -> Mapping[str, Any]:
    """Two audits that together cover every department in all four areas."""
    year = scene.today.year
    audits = [
        {
            "title": f"{year} 年{name}内部审核",
            "begins_on": f"{year}-{month}-10",
            "departments": DEPARTMENTS,
            "areas": areas,
        }
        for name, month, areas in (("年中", "06", AREAS[:2]), ("年末", "12", AREAS[2:]))
    ]
    return {"year": year, "objectives": "验证服务质量管理体系符合制度和标准要求，并持续有效。", "audits": audits}


def audit_request(scene: Opening) -> Mapping[str, Any]:
    """Quality calls an audit outside the programme."""
    return {"title": f"{scene.today.year} 年专项内部审核", "audit_reason": "覆盖直接面向客户的两个部门"}


def audit_plan(scene: Scene) -> Mapping[str, Any]:
    """The plan of the audit the programme called for, or of one called by hand."""
    planned = scene.data.get("planned") or {}
    begins = date.fromisoformat(planned["begins_on"]) if planned else scene.today + timedelta(days=21)
    departments = planned.get("departments") or ["service_desk", "operations"]
    areas = planned.get("areas") or AREAS
    return {
        "title": planned.get("title") or scene.data.get("title") or "专项内部审核",
        "criteria": "GB/T 28827.1-2012、运维服务质量管理制度",
        "scope": "运维服务全过程，含主要实施部门和支撑部门",
        "begins_on": begins.isoformat(),
        "ends_on": (begins + timedelta(days=2)).isoformat(),
        "lead_auditor": "hexin",
        "assignments": [{"department": key, "auditor": _AUDITORS[key], "areas": areas} for key in departments],
    }


def opening(scene: Scene) -> Mapping[str, Any] | None:
    """The opening meeting, on the first day of the audit."""
    begins = date.fromisoformat(str(scene.data["begins_on"]))
    if scene.today < begins:
        return None
    return {"opened_on": begins.isoformat(), "opening_attendees": "各部门负责人、审核组", "opening_notes": "确认日程。"}


def fieldwork(scene: Scene) -> Mapping[str, Any]:
    """Most items conform; about one in forty does not."""
    rows = []
    for one in scene.data["items"]:
        chance = scene.random.random()
        result = "minor" if chance < 0.02 else "observation" if chance < 0.06 else "conform"
        evidence = "查阅记录并访谈，符合要求" if result == "conform" else scene.random.choice(_FOUND)
        rows.append({**one, "result": result, "evidence": evidence, "interviewee": "当班人员", "samples": "3 份记录"})
    return {"items": rows}


def accept(scene: Scene) -> Mapping[str, Any]:
    """Quality accepts what was raised."""
    names = ("grade", "department", "clause", "area")
    given = {"valid": "yes", **{name: scene.data.get(name) for name in names}}
    return given | ({"upgrade": "no"} if scene.data.get("earlier") else {})


def analyse(_scene: Scene) -> Mapping[str, Any]:
    """Five whys, three of them."""
    return {
        "whys": [{"why": "执行时遗漏"}, {"why": "没有人复核"}, {"why": "制度没有规定复核的时点和责任人"}],
        "root_cause": "制度缺少复核规定，也没有到期提醒",
        "cause_category": "process",
        "similar_finding": "排查其他岗位近三个月记录，未发现同类情况",
    }


def plan_actions(scene: Scene) -> Mapping[str, Any]:
    """Two actions by people of the department concerned."""
    first, second = _OWNERS.get(str(scene.data.get("department")), ("lihao", "huangwei"))
    return {
        "actions": [
            {"description": "修订制度，规定复核的时点和责任人", "owner": first, "due_on": scene.day(14)},
            {"description": "设置到期提醒并培训相关人员", "owner": second, "due_on": scene.day(20)},
        ]
    }


def verify(scene: Scene) -> Mapping[str, Any]:
    """Every action is found carried out."""
    return {
        "verdicts": [
            {"number": one["number"], "verdict": "verified", "note": "查看制度文本与提醒记录，属实"}
            for one in scene.data["open_actions"]
        ]
    }


def review_plan(scene: Scene) -> Mapping[str, Any]:
    """The review of the year, with the seven inputs as proposed."""
    meets_on = scene.today + timedelta(days=26)
    meets_on += timedelta(days=(7 - meets_on.weekday()) % 7 if meets_on.weekday() > 4 else 0)
    return {
        "year": (scene.today + timedelta(days=15)).year,
        "title": f"{(scene.today - timedelta(days=60)).year} 年度管理评审",
        "purpose": "评价服务质量管理体系的适宜性、充分性和有效性，确定改进方向。",
        "meets_at": f"{meets_on.isoformat()}T14:00:00+08:00",
        "place": "总部一号会议室",
        "agenda": "一、各部门汇报输入材料\n二、审核与投诉情况\n三、评审结论\n四、改进决定",
        "inputs": scene.data["inputs"],
    }


def hold_review(scene: Scene) -> Mapping[str, Any] | None:
    """The meeting takes place when it was called for."""
    meets_at = datetime.fromisoformat(str(scene.data["meets_at"]))
    if scene.now < meets_at:
        return None
    return {
        "held_at": scene.data["meets_at"],
        "attendance": scene.data["attendance"],
        "minutes": "各部门汇报输入材料并讨论；一致认为体系运行有效，备件与变更管理需加强。",
    }


def conclude(scene: Scene) -> Mapping[str, Any]:
    """Suitable and effective, in part adequate; one decision."""
    return {
        "suitability": "suitable",
        "suitability_note": "与公司战略和市场要求一致",
        "adequacy": "partly",
        "adequacy_note": "备件和变更管理的资源需加强",
        "effectiveness": "suitable",
        "effectiveness_note": "主要指标达成",
        "decisions": [
            {
                "description": "上线备件条码管理",
                "kind": "improvement",
                "owner": "lihao",
                "due_on": scene.day(45),
            }
        ],
    }


def spot_check(scene: Scene) -> Mapping[str, Any]:
    """Three records; one check in eight finds something."""
    finds = scene.random.random() < 0.12
    samples = [
        {"kind": "incident", "number": f"INC{scene.random.randint(1026001, 1029999):07d}", "result": "ok"},
        {"kind": "callback", "number": f"回访抽样 {scene.random.randint(1, 60)}", "result": "ok"},
        {
            "kind": "report",
            "number": "上月项目质量报告",
            "result": "issue" if finds else "ok",
            "note": "未达标说明过于简单" if finds else "",
        },
    ]
    return {
        "department": scene.random.choice(DEPARTMENTS[:3]),
        "samples": samples,
        "conclusion": "发现一项问题，当场要求补充。" if finds else "抽查记录均符合要求，服务受控。",
    }


def follow_up(scene: Scene) -> Mapping[str, Any]:
    """Mostly put right on the spot."""
    follow = "nonconformity" if scene.random.random() < 0.25 else "corrected"
    return {"follow": follow, "correction": "已补充说明并重新提交。"}


ANSWERS: Mapping[Step, Answer] = {
    ("audit_programme", "draft_programme"): programme,
    ("audit_programme", "approve_programme"): APPROVE,
    ("internal_audit", "plan_audit"): audit_plan,
    ("internal_audit", "approve_audit"): APPROVE,
    ("internal_audit", "hold_opening"): opening,
    ("internal_audit", "prepare_checklist"): lambda scene: {"items": scene.data["items"]},
    ("internal_audit", "audit_department"): fieldwork,
    ("internal_audit", "write_report"): lambda scene: {
        "closing_attendees": "林芳、各部门负责人、审核组",
        "conclusion": "体系运行基本有效，不符合项由责任部门按期整改。",
    },
    ("internal_audit", "approve_report"): APPROVE,
    ("nonconformity", "review"): accept,
    ("nonconformity", "contain"): lambda scene: {"containment": "当日补齐记录并由部门经理复核签字"},
    ("nonconformity", "analyse"): analyse,
    ("nonconformity", "plan"): plan_actions,
    ("nonconformity", "act"): lambda scene: {"result": "已按措施完成，记录见附件。"},
    ("nonconformity", "verify_implementation"): verify,
    ("nonconformity", "verify_effectiveness"): lambda scene: {
        "effective": "yes",
        "effectiveness_note": "连续抽查三次，未再发生。",
    },
    ("management_review", "plan_review"): review_plan,
    ("management_review", "approve_review"): APPROVE,
    ("management_review", "provide_input"): lambda scene: {
        "summary": f"{scene.data['request']['title']}：总体达到目标，问题与改进建议见附件。"
    },
    ("management_review", "decide_missing"): lambda scene: {"missing": "wait"},
    ("management_review", "hold_meeting"): hold_review,
    ("management_review", "conclude_review"): conclude,
    ("management_review", "sign_report"): APPROVE,
    ("management_review", "carry_out"): lambda scene: {"result": "条码系统已上线并完成培训。"},
    ("management_review", "verify_action"): lambda scene: {
        "passed": "yes",
        "verification": "现场查看系统运行，账物一致。",
    },
    ("spot_check", "check"): spot_check,
    ("spot_check", "follow_up"): follow_up,
}
