"""What the codes of agreements, projects and monitoring are called."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from engine.master_data import kinds
from engine.master_data.attributes import Option
from engine.registers.register import Tone, Word, Words


def _words(options: Sequence[Option], tones: Mapping[str, Tone] | None = None) -> Words:
    return {one.code: Word(one.zh, one.en, (tones or {}).get(one.code, "grey")) for one in options}


LEVELS = _words(kinds.LEVELS, {"key": "blue"})
ROLES = _words(kinds.ROLES)
CADENCES = _words(kinds.CADENCES)
CONTRACT_STATUSES = _words(kinds.CONTRACT_STATUSES, {"active": "green"})
PROJECT_STATUSES = _words(kinds.PROJECT_STATUSES, {"planned": "blue", "running": "green"})
METRICS = _words(kinds.METRICS)
UNITS = _words(kinds.UNITS)
PART_LEVELS = _words(kinds.PART_LEVELS)
SLA_STATUSES: Words = {
    "draft": Word("草稿", "Draft"),
    "signed": Word("已签订", "Signed", "blue"),
    "active": Word("生效", "In force", "green"),
    "expired": Word("已到期", "Expired"),
    "replaced": Word("已被替代", "Replaced"),
    "withdrawn": Word("未签订", "Not signed"),
}
RENEWALS: Words = {"renew": Word("续签", "Renewed"), "end": Word("到期终止", "Left to end")}
CLOCK_STATUSES: Words = {
    "running": Word("计时中", "Running", "blue"),
    "paused": Word("暂停", "Paused"),
    "met": Word("达标", "Met", "green"),
    "missed": Word("超时", "Missed", "red"),
    "cancelled": Word("已取消", "Cancelled"),
}
ENTRIES: Words = {
    "closed": Word("工作时间之外", "Outside office hours"),
    "run": Word("计时", "Counted"),
    "pause": Word("等待客户，暂停", "Paused: waiting for the customer"),
    "resolved": Word("曾报已解决，不计", "Believed resolved, left out"),
    "target_changed": Word("时限变更", "The target changed"),
    "stop": Word("停止", "Stopped"),
}
PROCESSES: Words = {
    "incident": Word("事件", "Incident"),
    "configuration": Word("配置", "Configuration"),
    "change": Word("变更", "Change"),
    "release": Word("发布", "Release"),
    "security": Word("信息安全", "Information security"),
}
CAUSES: Words = {
    "people": Word("人员", "People"),
    "parts": Word("备件", "Spare parts"),
    "customer": Word("客户原因", "The customer"),
    "third_party": Word("第三方", "A third party"),
    "technology": Word("技术", "Technology"),
    "other": Word("其他", "Other"),
}
MOVES: Words = {
    "receive": Word("入库", "Received", "green"),
    "issue": Word("出库", "Issued", "blue"),
    "return": Word("退回", "Returned"),
    "scrap": Word("报废", "Scrapped", "red"),
    "count": Word("盘点", "Counted"),
}
REQUEST_STATUSES: Words = {
    "open": Word("待交付", "To deliver", "blue"),
    "purchasing": Word("采购中", "On order", "orange"),
    "partial": Word("部分交付", "Delivered in part", "orange"),
    "delivered": Word("已交付", "Delivered", "green"),
    "closed": Word("已关闭", "Closed", "green"),
    "withdrawn": Word("已取消", "Cancelled"),
}
