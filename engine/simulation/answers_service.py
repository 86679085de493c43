"""What people write when agreements are signed, quality is planned, targets are missed and parts are asked for."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import select

from engine.simulation.scene import APPROVE, Answer, Opening, Scene, Start, Step
from engine.store.tables import project, spare_part

_CAUSES = (
    ("people", "值班工程师同时处理多起事件，响应不及时", "高峰时段增加一名二线值班"),
    ("parts", "等待备件到货", "将该型号硬盘纳入现场储备"),
    ("third_party", "运营商线路修复时间长", "与运营商约定联合值守和升级联系人"),
    ("technology", "故障定位耗时长，缺少诊断手册", "补充诊断手册并组织演练"),
    ("customer", "现场进入手续办理时间长", "与客户约定长期出入证"),
)
_RISKS = (
    {"risk": "核心工程师离职或调岗", "level": "中", "mitigation": "设置 AB 角，每季度交叉演练"},
    {"risk": "关键备件供货周期长", "level": "高", "mitigation": "A 级备件现场储备，最低库存预警"},
    {"risk": "客户业务高峰期变更失败", "level": "中", "mitigation": "变更窗口避开高峰，先评审后实施"},
)
_WORK = (
    "核查备份任务执行情况",
    "梳理重复事件并制定预防措施",
    "抽查 24 小时回访记录",
    "更新配置项台账",
    "开展安全补丁核查",
)
_PARTS = ("BJ-0001", "BJ-0002", "BJ-0003", "BJ-0005", "BJ-0008")


def draft_items(scene: Scene) -> Mapping[str, Any]:
    """The items of a year's agreement, tightened after the last one."""
    code = str(scene.data.get("project") or "P001")
    year = scene.today.year
    items = [
        _item("事件响应", "response", "1", 15, "minutes", "always"),
        _item("事件响应", "response", "", 1, "hours", "standard"),
        _item("事件解决", "resolution", "1", 4, "hours", "always"),
        _item("事件解决", "resolution", "2", 8, "hours", "standard"),
        _item("事件解决", "resolution", "", 4, "days", "standard"),
        {**_item("用户满意度", "satisfaction", "", None, "", "always"), "target_percent": 90},
        {**_item("事件回访", "callback", "", 24, "hours", "always"), "target_percent": 100},
    ]
    return {
        "number": f"SLA-{year}-{code[-3:]}",
        "title": f"{year} 年运维服务级别协议（{code}）",
        "begins_on": scene.today.isoformat(),
        "ends_on": date(year + 1, 12, 31).isoformat(),
        "items": items,
    }


def _item(service: str, metric: str, priority: str, value: int | None, unit: str, calendar: str) -> dict[str, Any]:
    return {
        "service": service,
        "metric": metric,
        "priority": priority,
        "target_value": value,
        "target_unit": unit,
        "target_percent": 95,
        "calendar": calendar,
        "penalty": "",
    }


def sign(scene: Scene) -> Mapping[str, Any]:
    """Nearly every agreement is signed."""
    signed = {"signed": "yes", "signed_on": scene.today.isoformat(), "customer_signatory": "客户信息科负责人"}
    return {**signed, "kept_at": "档案室 A-12"}


def plan(scene: Scene) -> Mapping[str, Any]:
    """The quality plan of a project."""
    first = scene.today
    return {
        "goals": [
            {"goal": "解决及时率不低于 95%", "measure": "每日晨会盯办超过时限 75% 的事件"},
            {"goal": "回访满意度不低于 90%", "measure": "不满意当日分析、三日内整改"},
        ],
        "risks": scene.random.sample(_RISKS, 2),
        "checkpoints": [
            {"checkpoint": "季度服务质量检查", "planned_on": (first + timedelta(days=90)).isoformat()},
            {"checkpoint": "年中内部审核配合", "planned_on": (first + timedelta(days=150)).isoformat()},
        ],
        "reporting": "按合同周期提交服务报告，月度参加质量分析会。",
        "staff": "项目经理 1 人，驻场工程师 2 人，二线支援按需调度。",
    }


def monthly_plan(scene: Scene) -> Mapping[str, Any]:
    """The quality work of a month."""
    due_on = (scene.today + timedelta(days=21)).isoformat()
    owners = ("lihao", "zhoukai", "huangwei")
    tasks = scene.random.sample(_WORK, 3)
    return {
        "tasks": [
            {"task": task, "owner": owners[position % len(owners)], "due_on": due_on}
            for position, task in enumerate(tasks)
        ],
        "focus": f"{tasks[0]}；上月问题逐项回头看。",
    }


def handle(scene: Scene) -> Mapping[str, Any]:
    """Why targets were missed, and what is done about it."""
    category, cause, measure = scene.random.choice(_CAUSES)
    return {"cause_category": category, "cause": cause, "measure": measure}


def record(scene: Scene) -> Mapping[str, Any]:
    """The five processes of a month: incidents as counted, the others from the project's own records."""
    notes = {
        "incident": "事件均按流程受理、升级和关闭。",
        "configuration": "配置项抽查账实一致。",
        "change": "变更均经审批，有回退方案。",
        "release": "发布按计划完成并验证。",
        "security": "完成补丁与弱口令检查，无安全事件。",
    }
    rows = []
    for given in scene.data.get("records") or []:
        row = {name: given[name] for name in ("process", "opened", "finished", "failed")}
        if row["process"] != "incident":
            count = scene.random.randint(0, 6)
            row |= {"opened": count, "finished": count}
            row["failed"] = 1 if row["process"] == "change" and count and scene.random.random() < 0.05 else 0
        rows.append({**row, "note": notes[row["process"]]})
    return {"records": rows}


def check(scene: Scene) -> Mapping[str, Any]:
    """What the comparison with the agreements shows."""
    missed = [one for one in scene.data.get("comparison") or [] if one["missed"]]
    names = "、".join(str(one["name"]) for one in missed)
    return {
        "gaps": f"存在超时的项目：{names}。" if names else "各项目均达到 SLA 要求，无差距。",
        "tracking": "超时项目纳入本月质量分析会跟踪。" if names else "保持每周关注 75% 预警。",
    }


def shortage(scene: Scene) -> Mapping[str, Any]:
    """Deliver what is there, buy the rest."""
    some = bool((scene.data.get("stock") or {}).get("some"))
    return {"shortage": "partial" if some else "wait", "reason": "现场急用，其余安排采购"}


def receive(scene: Scene) -> Mapping[str, Any]:
    """What the supplier brings is what was missing."""
    lines = (scene.data.get("stock") or {}).get("lines") or []
    received = [
        {"part": one["part"], "quantity": one["missing"], "sound": one["missing"]} for one in lines if one["missing"]
    ]
    return {"supplier": "浪潮", "received": received}


def settle(scene: Scene) -> Mapping[str, Any]:
    """The old part is scrapped, now and then a new one comes back."""
    lines = (scene.data.get("stock") or {}).get("lines") or []
    returned = 1 if scene.random.random() < 0.15 else 0
    rows = [{"part": one["part"], "returned": returned, "scrapped": 0} for one in lines[:1]]
    return {"settled": rows, "settle_note": "已更换并恢复运行，旧件按规定处置。"}


def replenish(scene: Scene) -> Mapping[str, Any]:
    """Everything short is bought."""
    names = ("part", "quantity", "sound")
    return {"received": [{name: one[name] for name in names} for one in scene.data.get("shortages") or []]}


def inspect(scene: Scene) -> Mapping[str, Any]:
    """Nearly all parts work."""
    rows = []
    for one in scene.data.get("results") or []:
        inspected = int(one["inspected"])
        broken = 1 if inspected and scene.random.random() < 0.05 else 0
        note = "上电自检失败" if broken else ""
        rows.append({"part": one["part"], "inspected": inspected, "sound": inspected - broken, "note": note})
    return {"results": rows}


def ask_for_parts(opening: Opening) -> Mapping[str, Any]:
    """An engineer needs parts in weeks, longer than a purchase takes even over a holiday."""
    random = opening.random
    codes = list(opening.connection.execute(select(project.c.code).where(project.c.status == "running")).scalars())
    parts = set(opening.connection.execute(select(spare_part.c.code).where(spare_part.c.is_active)).scalars())
    wanted = random.sample([code for code in _PARTS if code in parts], random.choice((1, 1, 2)))
    needed = datetime.combine(opening.today + timedelta(days=random.randint(45, 60)), time(18), opening.zone)
    return {
        "project": random.choice(codes),
        "incident": "",
        "lines": [{"part": code, "quantity": random.randint(1, 4)} for code in wanted],
        "needed_at": needed.strftime("%Y-%m-%dT%H:%M"),
        "purpose": random.choice(("更换故障部件", "补充现场备件", "客户扩容")),
    }


def ask_for_agreement(opening: Opening) -> Mapping[str, Any]:
    """A customer wants other terms."""
    codes = list(opening.connection.execute(select(project.c.code).where(project.c.status == "running")).scalars())
    return {"project": opening.random.choice(codes), "request": "客户要求缩短高优先级事件的解决时限，并增加回访要求。"}


ANSWERS: Mapping[Step, Answer] = {
    ("sla", "draft_items"): draft_items,
    ("sla", "review_feasibility"): lambda scene: {"decision": "approve", "feasibility": "人员、备件和工具满足要求。"},
    ("sla", "sign_agreement"): sign,
    ("sla", "build_indicators"): lambda scene: {"indicator_note": "由事件、回访和备件台账按月自动统计。"},
    ("sla", "decide_renewal"): lambda scene: {"renewal": "end", "renewal_reason": "合同到期，另行签订。"},
    ("quality_plan", "draft_plan"): plan,
    ("quality_plan", "approve_plan"): APPROVE,
    ("monthly_quality_plan", "draft_plan"): monthly_plan,
    ("monthly_quality_plan", "approve_plan"): APPROVE,
    ("service_monitoring", "handle"): handle,
    ("service_monitoring", "follow_up"): lambda scene: {
        "decision": "approve",
        "follow_comment": "措施已落实，继续观察。",
    },
    ("service_monitoring", "record"): record,
    ("service_monitoring", "check_projects"): check,
    ("spare_parts", "decide_shortage"): shortage,
    ("spare_parts", "receive_parts"): receive,
    ("spare_parts", "deliver_parts"): lambda scene: {"handed_to": "现场工程师", "delivery_note": "当面清点无误"},
    ("spare_parts", "settle"): settle,
    ("spare_parts", "replenish"): replenish,
    ("spare_inspection", "inspect"): inspect,
    ("spare_inspection", "replace"): lambda scene: {"unsound_measure": "联系供应商保修更换，已下采购单。"},
}

STARTS: tuple[Start, ...] = (
    Start("lihao", "spare_parts", 30, ask_for_parts),
    Start("zhoukai", "spare_parts", 20, ask_for_parts),
    Start("wangqiang", "sla", 3, ask_for_agreement),
)
