"""Whom the demo company serves: customers with their contacts, contracts, projects, agreements, and its spare parts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from random import Random
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from engine.actors import Actor
from engine.demo.incident_log import CUSTOMERS
from engine.master_data.kinds import kind_of
from engine.master_data.saving import save
from engine.sla.agreements import put_in_force

_ENGLISH = (
    "Binjiang First People's Hospital", "Yunhu Government Service Center", "Hengtai Electric Power Design",
    "Qinghe Water", "Xingchi Logistics", "Boyuan Precision", "Nanshan Vocational College",
    "Rongxin Rural Commercial Bank", "Anhe Property Insurance", "Qiming Rail Transit",
)  # fmt: skip
_KEY_ACCOUNTS = (0, 1, 7, 9)
_MANAGERS = ("lihao", "zhoukai", "huangwei", "wangqiang")
_CADENCES = ("month", "quarter", "quarter", "year")
_SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜"
_NAMES = (
    "伟",
    "芳",
    "娜",
    "敏",
    "静",
    "磊",
    "洋",
    "艳",
    "勇",
    "杰",
    "涛",
    "超",
    "霞",
    "平",
    "刚",
    "桂英",
    "建国",
    "晓东",
)
# Metric, priority, time, unit, share, calendar.
_ITEMS = (
    ("事件响应", "response", "1", "15", "minutes", "95", "", "每次扣当月服务费 1%"),
    ("事件响应", "response", "2", "30", "minutes", "95", "standard", ""),
    ("事件响应", "response", "", "1", "hours", "95", "standard", ""),
    ("事件解决", "resolution", "1", "4", "hours", "95", "", "每次扣当月服务费 2%"),
    ("事件解决", "resolution", "2", "8", "hours", "95", "standard", ""),
    ("事件解决", "resolution", "3", "3", "days", "95", "standard", ""),
    ("事件解决", "resolution", "", "5", "days", "95", "standard", ""),
    ("事件回访", "callback", "", "24", "hours", "100", "", ""),
    ("用户满意度", "satisfaction", "", "", "", "90", "", ""),
    ("备件供应", "spare_parts", "", "", "", "95", "", ""),
    ("服务报告", "report", "", "", "", "100", "", ""),
)
_PARTS = (
    ("BJ-0001", "服务器硬盘", "SAS 1.2T 10K", "块", "A", "4", "A-01-01", "浪潮", "12"),
    ("BJ-0002", "服务器内存", "DDR4 32G", "条", "A", "4", "A-01-02", "浪潮", "10"),
    ("BJ-0003", "服务器电源", "800W", "个", "A", "2", "A-01-03", "浪潮", "5"),
    ("BJ-0004", "接入交换机", "24 口千兆", "台", "B", "2", "B-01-01", "华三", "6"),
    ("BJ-0005", "光模块", "万兆多模", "个", "A", "6", "A-02-01", "华三", "20"),
    ("BJ-0006", "防火墙电源", "AC 300W", "个", "C", "1", "C-01-01", "天融信", "2"),
    ("BJ-0007", "UPS 电池", "12V 100AH", "节", "B", "8", "B-02-01", "科士达", "32"),
    ("BJ-0008", "打印机硒鼓", "CF226A", "支", "A", "5", "A-03-01", "惠普", "15"),
    ("BJ-0009", "空调压缩机", "20KW 精密空调", "台", "C", "0", "C-02-01", "艾默生", "1"),
    ("BJ-0010", "台式机整机", "商用 i5 16G", "台", "B", "3", "B-03-01", "联想", "8"),
)


def found_master_data(
    connection: Connection, *, actor: Actor, year: int, zone: ZoneInfo, now: datetime, customers: int = len(CUSTOMERS)
) -> None:
    """Enter what a service company knows of its first ``customers``, with agreements in force for ``year``."""

    def enter(kind: str, given: Mapping[str, str]) -> int:
        return save(connection, actor=actor, kind=kind_of(kind), given=given, now=now, is_new=True).id

    random = Random(year)  # noqa: S311 - a demo, the same every time
    begins, ends = date(year - 1, 1, 1).isoformat(), date(year + 1, 12, 31).isoformat()
    for position, (name, callers) in enumerate(CUSTOMERS[:customers]):
        code = f"C{position + 1:03d}"
        level = "key" if position in _KEY_ACCOUNTS else "standard"
        enter("customer", {"code": code, "name": name, "name_en": _ENGLISH[position], "level": level})
        for person in _contacts(random, position, callers):
            enter("contact", {"customer": code, **person})
        number, project = f"HT-{year - 1}-{position + 1:03d}", f"P{position + 1:03d}"
        period = {"begins_on": begins, "ends_on": ends}
        cadence = _CADENCES[position % len(_CADENCES)]
        contract = {
            "number": number,
            "customer": code,
            "title": f"{name}信息系统运维服务合同",
            "report_cadence": cadence,
        }
        enter("contract", {**contract, **period})
        manager = _MANAGERS[position % len(_MANAGERS)]
        running = {"code": project, "name": f"{name}运维项目", "customer": code, "contract": number, "manager": manager}
        enter("project", {**running, "department": "operations", "status": "running", **period})
        agreement = f"SLA-{year - 1}-{position + 1:03d}"
        head = {"number": agreement, "title": f"{name}运维服务级别协议", "project": project, "signed_on": begins}
        sla_id = enter("sla", {**head, **period})
        for ordinal, item in enumerate(_ITEMS, 1):
            enter("sla_item", {"sla": agreement, "ordinal": str(ordinal), **_item(item)})
        put_in_force(connection, actor=actor, sla_id=sla_id, zone=zone, now=now)
    names = ("code", "name", "model", "unit", "level", "minimum", "location", "supplier", "stock")
    for part in _PARTS:
        enter("spare_part", dict(zip(names, part, strict=True)))


def _item(item: tuple[str, ...]) -> dict[str, str]:
    names = ("service", "metric", "priority", "target_value", "target_unit", "target_percent", "calendar", "penalty")
    return dict(zip(names, item, strict=True))


def _contacts(random: Random, position: int, callers: tuple[str, ...]) -> Iterator[dict[str, str]]:
    names, wanted = [*callers], random.randint(20, 60)
    while len(names) < wanted:
        name = random.choice(_SURNAMES) + random.choice(_NAMES)
        if name not in names:
            names.append(name)
    for number, name in enumerate(names, 1):
        role = "leader" if number == 1 else "manager" if number <= 3 else "user"
        phone = f"138{random.randint(0, 99_999_999):08d}"
        email = f"user{number:02d}@customer{position + 1:02d}.example"
        yield {"name": name, "email": email, "phone": phone, "role": role}
