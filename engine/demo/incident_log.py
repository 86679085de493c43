"""A month of incidents as a ticket system would export them: the columns of ServiceNow, one row per event."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from zoneinfo import ZoneInfo

COLUMNS = (
    "number", "incident_state", "active", "reassignment_count", "reopen_count", "sys_mod_count", "made_sla",
    "caller_id", "caller_phone", "company", "opened_by", "opened_at", "sys_created_by", "sys_created_at",
    "sys_updated_by", "sys_updated_at", "contact_type", "location", "category", "subcategory", "u_symptom",
    "short_description", "cmdb_ci", "impact", "urgency", "priority", "assignment_group", "assigned_to", "knowledge",
    "u_priority_confirmation", "notify", "problem_id", "rfc", "vendor", "caused_by", "closed_code", "resolved_by",
    "resolved_at", "closed_at",
)  # fmt: skip
CUSTOMERS = (
    ("滨江市第一人民医院", ("张慧", "吴建平", "沈丽")),
    ("云湖区政务服务中心", ("周芳", "郑国栋")),
    ("恒泰电力设计院", ("钱学明", "冯涛", "何静")),
    ("清河水务集团", ("蒋文", "韩雪")),
    ("星驰物流有限公司", ("杨帆", "朱晓东", "秦岚")),
    ("博远精密制造", ("许志强", "吕梅")),
    ("南山职业技术学院", ("施敏", "孔令辉", "曹阳")),
    ("融信农商银行", ("严峻", "金晶", "魏巍")),
    ("安禾财产保险", ("陶然", "姜珊")),
    ("启明轨道交通", ("谢军", "邹雨", "章华")),
)
# Category, subcategory, assignment group, engineers, what happened.
_KINDS: tuple[tuple[str, str, str, tuple[str, ...], tuple[str, ...]], ...] = (
    (
        "网络",
        "局域网",
        "网络组",
        ("李浩", "方明"),
        ("三楼办公区网络时断时续", "核心交换机端口告警，部分终端掉线", "会议室无线信号弱，视频会议卡顿"),
    ),
    ("网络", "专线", "网络组", ("李浩", "方明"), ("分支机构专线中断", "出口带宽占满，访问外网缓慢", "VPN 无法拨入")),
    ("服务器", "虚拟化", "系统组", ("周凯", "罗成"), ("虚拟机无法启动", "宿主机内存告警", "虚拟机快照占满存储空间")),
    (
        "服务器",
        "操作系统",
        "系统组",
        ("周凯", "罗成"),
        ("服务器系统盘空间不足", "补丁更新后服务未自动启动", "服务器时间与标准时间相差 3 分钟"),
    ),
    ("数据库", "性能", "数据库组", ("黄伟",), ("报表查询超时", "数据库连接数耗尽", "夜间备份任务失败")),
    ("存储备份", "备份", "系统组", ("罗成",), ("备份一体机告警：一块硬盘故障", "归档任务连续两天未执行")),
    (
        "桌面",
        "终端",
        "桌面组",
        ("高洁", "宋涛"),
        ("电脑开机蓝屏", "打印机无法打印，提示脱机", "更换办公电脑并迁移数据", "邮箱客户端收不到新邮件"),
    ),
    (
        "应用",
        "OA",
        "应用组",
        ("丁一", "潘虹"),
        ("OA 流程审批页面报错", "统一登录后跳转失败", "附件上传到 99% 失败", "移动端收不到待办提醒"),
    ),
    (
        "应用",
        "业务系统",
        "应用组",
        ("丁一", "潘虹"),
        ("挂号系统叫号屏不刷新", "对账文件未按时生成", "收费系统小票打印乱码"),
    ),
    ("机房", "动环", "驻场一组", ("邓伟",), ("机房空调高温告警", "UPS 电池内阻告警", "机房门禁刷卡失效")),
)
_PRIORITIES = (("1 - 紧急", 4), ("2 - 高", 8), ("3 - 中", 24), ("4 - 低", 48))
_WAITS = 0.12  # of the incidents wait for the customer
_FORMAT = "%d/%m/%Y %H:%M"
USUAL_PER_DAY = 10.7


@dataclass(frozen=True)
class DemoEvent:
    """One event: the state an incident came into, and when (aware)."""

    number: str
    state: str
    modification_count: int
    at: datetime
    opened_at: datetime
    resolved_at: datetime | None
    closed_at: datetime | None
    reopen_count: int
    made_sla: bool
    texts: tuple[tuple[str, str], ...]


def generate(
    start: datetime, end: datetime, zone: ZoneInfo, seed: int = 20260, per_day: float = USUAL_PER_DAY
) -> list[DemoEvent]:
    """The events of all incidents opened between two moments, up to ``end``, in the order they happened.

    ``per_day`` is about how many there are on a day, taken over the week.
    """
    random = Random(seed)  # noqa: S311 - a demo, the same every time
    events: list[DemoEvent] = []
    day, number = start.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0), 1_026_001
    while day < end:
        usual = random.randint(9, 15) if day.weekday() < 5 else random.randint(6, 9)
        wanted, left = divmod(usual * per_day / USUAL_PER_DAY, 1)
        # Chance decides over the fraction, so that few incidents a day are not none.
        for _ in range(int(wanted) + (left > 0 and random.random() < left)):
            opened_at = day + timedelta(minutes=random.choice(range(7 * 60 + 30, 19 * 60)))
            events += _incident(random, f"INC{number:07d}", opened_at)
            number += 1
        day += timedelta(days=1)
    return sorted((one for one in events if one.at <= end), key=lambda one: (one.at, one.number))


def write_export(events: Sequence[DemoEvent], path: Path, zone: ZoneInfo) -> None:
    """Write events as the ticket system would export them."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, restval="?")
        writer.writeheader()
        for one in events:
            writer.writerow(_row(one, zone))


def _incident(random: Random, number: str, opened_at: datetime) -> list[DemoEvent]:
    category, subcategory, team, engineers, happenings = random.choice(_KINDS)
    customer, callers = random.choice(CUSTOMERS)
    priority, hours = random.choices(_PRIORITIES, (1, 3, 8, 4))[0]
    texts = (
        ("caller_id", random.choice(callers)),
        ("caller_phone", f"139{random.randint(0, 9999):04d}{random.randint(0, 9999):04d}"),
        ("company", customer),
        ("category", category),
        ("subcategory", subcategory),
        ("short_description", random.choice(happenings)),
        ("priority", priority),
        ("assignment_group", team),
        ("assigned_to", random.choice(engineers)),
        ("contact_type", random.choice(("Phone", "Self service", "Email"))),
    )
    events = [DemoEvent(number, "New", 0, opened_at, opened_at, None, None, 0, True, texts)]

    def then(state: str, after: timedelta, **changed: object) -> None:
        last = events[-1]
        at = last.at + after
        modified = {"state": state, "modification_count": last.modification_count + 1, "at": at, **changed}
        events.append(replace(last, **modified))  # type: ignore[arg-type]

    def resolve(after: timedelta) -> None:
        at = events[-1].at + after
        then("Resolved", after, resolved_at=at, made_sla=at - opened_at <= timedelta(hours=hours))

    then("Active", timedelta(minutes=random.randint(3, 40)))
    waiting = Random(number)  # noqa: S311 - chance of its own, so that the rest of the log does not move with it
    if waiting.random() < _WAITS:
        then("Awaiting User Info", timedelta(minutes=waiting.randint(5, 60)))
        then("Active", timedelta(hours=waiting.randint(1, 20)))
    resolve(timedelta(minutes=int(random.lognormvariate(4.6, 1.0)) + 10))
    if random.random() < 0.04:
        then("Active", timedelta(hours=random.randint(20, 30)), resolved_at=None, reopen_count=1)
        resolve(timedelta(hours=random.randint(2, 9)))
    closing = events[-1].at + timedelta(days=5)
    then("Closed", timedelta(days=5), closed_at=closing)
    return events


def _row(event: DemoEvent, zone: ZoneInfo) -> dict[str, str]:
    def local(at: datetime | None) -> str:
        return "?" if at is None else at.astimezone(zone).strftime(_FORMAT)

    return {
        "number": event.number,
        "incident_state": event.state,
        "active": str(event.state != "Closed").lower(),
        "reassignment_count": "0",
        "reopen_count": str(event.reopen_count),
        "sys_mod_count": str(event.modification_count),
        "made_sla": str(event.made_sla).lower(),
        "opened_at": local(event.opened_at),
        "sys_created_at": local(event.opened_at),
        "sys_updated_at": local(event.at),
        "resolved_at": local(event.resolved_at),
        "closed_at": local(event.closed_at),
        **dict(event.texts),
    }
