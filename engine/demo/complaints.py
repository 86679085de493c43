"""The complaints of the demo company: what customers complained about by phone, and how the house deals with it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from engine.store.types import Record

Answers = Callable[[Record], Mapping[str, Any]]


@dataclass(frozen=True)
class Step:
    """Who does a task of the complaint process, and what they write, given the record as it is."""

    login: str
    answers: Answers


@dataclass(frozen=True)
class Call:
    """A complaint by phone, so long before the demo begins."""

    before: timedelta
    login: str
    answers: Mapping[str, Any]


_TOLD = {"acknowledged": True, "handled_by": "service_desk", "received_through": "phone", "flags": []}
CALLS = (
    Call(
        timedelta(days=19, hours=5),
        "zhaoqian",
        {
            **_TOLD,
            "customer": "云湖区政务服务中心",
            "project": "政务大厅终端运维",
            "complainant": "周芳",
            "contact": "13900001234",
            "kind": "timeliness",
            "subject": "叫号终端报修次日才有人到场",
            "content": "上午报修三号窗口叫号终端，第二天上午工程师才到，窗口停了一天。",
            "remedy_sought": "说明原因，今后当日到场",
            "severity": "medium",
        },
    ),
    Call(
        timedelta(days=12, hours=3),
        "liuyang",
        {
            **_TOLD,
            "customer": "滨江市第一人民医院",
            "project": "医院网络运维",
            "complainant": "吴建平",
            "contact": "13800005678",
            "kind": "security",
            "subject": "离职工程师的远程账号仍可登录",
            "content": "核对账号时发现贵方两名离职工程师的远程维护账号仍然有效。",
            "remedy_sought": "立即停用并书面说明原因和整改措施",
            "severity": "high",
            "flags": ["legal", "contract"],
        },
    ),
    Call(
        timedelta(days=1, hours=6),
        "sunli",
        {
            **_TOLD,
            "acknowledged": False,
            "customer": "清河水务集团",
            "project": "调度平台运维",
            "complainant": "周主任",
            "contact": "13700009012",
            "kind": "quality",
            "subject": "月度巡检报告与现场情况不符",
            "content": "报告写明备用链路正常，实际切换演练时备用链路不通。",
            "remedy_sought": "重新巡检并更正报告",
            "severity": "medium",
        },
    ),
)


def _acknowledged(row: Record) -> Mapping[str, Any]:
    known = {name: getattr(row, name) for name in ("customer", "project", "complainant", "contact", "subject")}
    return {
        **known,
        "complainant": row.complainant or row.customer,
        "kind": row.kind or "timeliness",
        "severity": row.severity or "medium",
        "flags": row.flags,
        "acknowledged_through": "phone",
        "acknowledgement_note": f"已告知受理编号 {row.number} 和答复期限",
        "handled_by": "service_desk",
    }


def _handled(row: Record) -> Mapping[str, Any]:
    return {
        "handling": "核对工单：派工时未注明窗口业务优先级，工程师按顺序处理。已补派并当日恢复。",
        "proposed_answer": "向客户致歉并说明原因；今后窗口类故障一律按最高优先级派工。",
    }


def _answered(row: Record) -> Mapping[str, Any]:
    return {
        "answer": "已致歉并说明原因和改进措施，客户询问了今后的到场时间。",
        "answered_through": "phone",
        "accepted": "yes",
    }


def _contained(row: Record) -> Mapping[str, Any]:
    return {
        "containment": "两个账号已停用，核查近三个月登录日志，无异常登录。",
        "interim_answer": "账号已停用，日志核查无异常；五个工作日内书面说明原因和整改措施。",
    }


def _analysed(row: Record) -> Mapping[str, Any]:
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


def _carried_out(row: Record) -> Mapping[str, Any]:
    return {
        "measures": "建立客户侧账号台账，离职交接单增加客户侧账号一项，按季核对。",
        "handling": "台账已建立并经客户确认，交接单已修订，首次核对已完成。",
        "proposed_answer": "书面说明原因、整改措施和核对结果。",
    }


STEPS: Mapping[str, Step] = {
    "acknowledge": Step("zhaoqian", _acknowledged),
    "handle": Step("liuyang", _handled),
    "handle_in_operations": Step("lihao", _handled),
    "answer": Step("liuyang", _answered),
    "contain": Step("fangyu", _contained),
    "analyse_cause": Step("fangyu", _analysed),
    "carry_out": Step("fangyu", _carried_out),
    "answer_major": Step("chenjing", _answered),
    "visit": Step(
        "guojun",
        lambda row: {"visited_through": "in_person", "visit_score": 4, "visit_note": "认可整改，希望每季提供核对结果"},
    ),
    "verify": Step("hexin", lambda row: {"effective": "yes", "verification": "抽查台账和三份交接单，均已列入并核对。"}),
}
