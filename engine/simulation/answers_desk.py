"""What the service desk, operations and the technical centre answer: callbacks, opinions, complaints."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.demo import answers as said
from engine.simulation.scene import Answer, Opening, Scene, Start, Step

_CUSTOMERS = (
    ("云湖区政务服务中心", "政务大厅终端运维", "周芳", "13900001234"),
    ("滨江市第一人民医院", "医院网络运维", "吴建平", "13800005678"),
    ("清河水务集团", "调度平台运维", "蒋文", "13700009012"),
    ("星驰物流有限公司", "仓储系统运维", "杨帆", "13600003456"),
    ("融信农商银行", "网点终端运维", "严峻", "13500007890"),
)
_COMPLAINTS = (
    (
        "timeliness",
        "报修次日才有人到场",
        "上午报修，第二天上午工程师才到，窗口停了一天。",
        "说明原因，今后当日到场",
        "medium",
        (),
    ),
    ("quality", "同类故障一周内出现三次", "每次只做重启，没有找到原因。", "查明根因并书面答复", "medium", ()),
    ("attitude", "电话中答复不耐烦", "咨询处理进度时，对方答复“等着就行”。", "道歉并改进", "low", ()),
    ("parts", "备件迟迟不到", "承诺两天到货，一周仍未到。", "尽快更换并说明原因", "medium", ()),
)
_MAJOR = (
    "security",
    "离职工程师的远程账号仍可登录",
    "核对账号时发现贵方离职工程师的远程维护账号仍然有效。",
    "立即停用并书面说明原因和整改措施",
    "high",
    ("legal", "contract"),
)


def call(scene: Scene) -> Mapping[str, Any]:
    """A callback; one customer in forty can never be reached."""
    digits = "".join(one for one in scene.item.business_key.partition("-")[0] if one.isdigit())
    return said.call(scene.random, can_be_reached=int(digits or "0") % 41 != 0)


def evaluate(scene: Scene) -> Mapping[str, Any]:
    """A customer's opinion is mostly adopted."""
    if scene.random.random() < 0.25:
        return {"decision": "decline", "reason": "已有同类功能，已向客户演示"}
    measure = "巡检报告增加按窗口汇总页，隐患以红黄绿标示"
    return {"decision": "adopt", "measure": measure, "promised_on": scene.day(12)}


def _complaint(scene: Opening, kind: tuple[Any, ...]) -> Mapping[str, Any]:
    customer, project, complainant, contact = scene.random.choice(_CUSTOMERS)
    code, subject, content, remedy, severity, flags = kind
    return {
        "received_through": "phone",
        "customer": customer,
        "project": project,
        "complainant": complainant,
        "contact": contact,
        "kind": code,
        "subject": subject,
        "content": content,
        "remedy_sought": remedy,
        "severity": severity,
        "flags": list(flags),
        "acknowledged": False,
    }


def complaint(scene: Opening) -> Mapping[str, Any]:
    """A complaint as they come."""
    return _complaint(scene, scene.random.choice(_COMPLAINTS))


def major_complaint(scene: Opening) -> Mapping[str, Any]:
    """A complaint that touches law and contract."""
    return _complaint(scene, _MAJOR)


def _acknowledge(scene: Scene) -> Mapping[str, Any]:
    names = ("customer", "project", "complainant", "contact", "subject", "kind", "severity", "flags")
    known = {name: scene.data.get(name) for name in names if scene.data.get(name)}
    return {
        "complainant": known.get("customer", "客户"),
        "contact": "见工单",
        "subject": "回访中反映的问题",
        "kind": "timeliness",
        "severity": "medium",
        "flags": [],
        **known,
        "acknowledged_through": "phone",
        "acknowledgement_note": "已告知受理编号和答复期限",
        "handled_by": "operations" if scene.random.random() < 0.4 else "service_desk",
    }


def _handle(_scene: Scene) -> Mapping[str, Any]:
    return {
        "handling": "核对工单：派工时未注明业务优先级，工程师按顺序处理。已补派并当日恢复。",
        "proposed_answer": "向客户致歉并说明原因；今后窗口类故障一律按最高优先级派工。",
    }


def _answer(_scene: Scene) -> Mapping[str, Any]:
    return {"answer": "已致歉并说明原因和改进措施，客户认可。", "answered_through": "phone", "accepted": "yes"}


def _cause(_scene: Scene) -> Mapping[str, Any]:
    return {
        "whys": [
            {"why": "人员离职时没有通知项目组停用客户侧账号"},
            {"why": "离职交接单只列本公司账号，不含客户侧账号"},
            {"why": "客户侧账号没有统一台账，交接时无从核对"},
        ],
        "cause_category": "process",
        "root_cause": "客户侧账号没有台账，也不在离职交接范围内",
        "similar_cases": "排查全部在服项目，另有一个项目存在一个同类账号，已停用",
    }


ANSWERS: Mapping[Step, Answer] = {
    ("incident_callback", "call"): call,
    ("incident_callback", "follow_up"): lambda scene: said.follow_up(scene.random, scene.now),
    ("customer_feedback", "evaluate"): evaluate,
    ("customer_feedback", "supplement"): lambda scene: {"supplement": "客户补充：希望按月汇总，邮件发送即可。"},
    ("customer_feedback", "improve"): lambda scene: {"improvement": "已按措施落实，下月报告开始执行。"},
    ("customer_feedback", "answer"): lambda scene: {"answered_through": "phone", "accepted": "yes"},
    ("complaint", "acknowledge"): _acknowledge,
    ("complaint", "handle"): _handle,
    ("complaint", "handle_in_operations"): _handle,
    ("complaint", "answer"): _answer,
    # The handling of a major complaint is called by the complaint: its tasks belong to that case.
    ("complaint", "contain"): lambda scene: {
        "containment": "两个账号已停用，核查近三个月登录日志，无异常登录。",
        "interim_answer": "账号已停用，日志核查无异常；五个工作日内书面说明原因和整改措施。",
    },
    ("complaint", "analyse_cause"): _cause,
    ("complaint", "carry_out"): lambda scene: {
        "measures": "建立客户侧账号台账，离职交接单增加客户侧账号一项，按季核对。",
        "handling": "台账已建立并经客户确认，交接单已修订，首次核对已完成。",
        "proposed_answer": "书面说明原因、整改措施和核对结果。",
    },
    ("complaint", "answer_major"): _answer,
    ("complaint", "visit"): lambda scene: {
        "visited_through": "in_person",
        "visit_score": 4,
        "visit_note": "认可整改，希望每季提供核对结果",
    },
    ("complaint", "verify"): lambda scene: {
        "effective": "yes",
        "verification": "抽查台账和三份交接单，均已列入并核对。",
    },
    ("complaint", "check_recurrence"): lambda scene: {
        "recurred": "no",
        "recurrence_note": "三个月内无同类投诉，季度核对按期进行。",
    },
}

STARTS = (
    Start("zhaoqian", "complaint", 12, complaint),
    Start("liuyang", "complaint", 10, complaint),
    Start("sunli", "complaint", 3, major_complaint),
    Start(
        "sunli",
        "customer_feedback",
        14,
        lambda scene: {
            "customer": scene.random.choice(_CUSTOMERS)[0],
            "received_through": "callback",
            "kind": scene.random.choice(("suggestion", "need")),
            "subject": "希望巡检报告按窗口汇总",
            "content": "目前巡检报告按设备罗列，窗口负责人看不懂，建议按窗口汇总并标出隐患。",
        },
    ),
)
