"""Who works in the demo company, in which groups, and who answers for each group."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from engine import groups, users
from engine.actors import Actor
from engine.errors import Language

PASSWORD = "yunzhi-demo-2026"  # noqa: S105 - printed in the README: everybody may look at the demo


@dataclass(frozen=True)
class Person:
    """One person of the demo company; the first of ``groups`` is where they mainly work."""

    login: str
    name: str
    groups: tuple[str, ...] = ()
    language: Language = "zh"
    is_administrator: bool = False


@dataclass(frozen=True)
class Unit:
    """One group and the login of its manager."""

    key: str
    zh: str
    en: str
    manager: str
    is_department: bool = True


UNITS = (
    Unit("service_desk", "服务台", "Service desk", "chenjing"),
    Unit("operations", "运维服务部", "Operations", "wangqiang"),
    Unit("technical_center", "技术服务中心", "Technical service centre", "guojun"),
    Unit("quality", "质量管理部", "Quality management", "xumei"),
    Unit("human_resources", "人力资源部", "Human resources", "tangyan"),
    Unit("finance", "财务部", "Finance", "qiumin"),
    Unit("management", "管理层", "Management", "majianguo", is_department=False),
    Unit("management_representative", "管理者代表", "Management representative", "linfang", is_department=False),
    Unit("auditors", "内审员", "Internal auditors", "xumei", is_department=False),
)

PEOPLE = (
    Person("admin", "林志远", is_administrator=True),
    Person("chenjing", "陈静", ("service_desk",)),
    Person("liuyang", "刘洋", ("service_desk",)),
    Person("zhaoqian", "赵倩", ("service_desk",)),
    Person("sunli", "孙丽", ("service_desk", "auditors")),
    Person("emily", "Emily Carter", ("service_desk",), language="en"),
    Person("wangqiang", "王强", ("operations",)),
    Person("lihao", "李浩", ("operations",)),
    Person("zhoukai", "周凯", ("operations", "auditors")),
    Person("huangwei", "黄伟", ("operations",)),
    Person("guojun", "郭军", ("technical_center",)),
    Person("fangyu", "方宇", ("technical_center", "auditors")),
    Person("xumei", "徐梅", ("quality", "auditors")),
    Person("hexin", "何欣", ("quality", "auditors")),
    Person("tangyan", "唐燕", ("human_resources",)),
    Person("qiumin", "邱敏", ("finance",)),
    Person("linfang", "林芳", ("management", "management_representative")),
    Person("majianguo", "马建国", ("management",)),
)


def create_company(connection: Connection, *, actor: Actor, now: datetime) -> None:
    """Create the groups and the people of the demo company."""
    group_ids = {
        unit.key: groups.create(
            connection,
            actor=actor,
            now=now,
            key=unit.key,
            name_zh=unit.zh,
            name_en=unit.en,
            is_department=unit.is_department,
        )
        for unit in UNITS
    }
    user_ids = {}
    for person in PEOPLE:
        user_ids[person.login] = users.create(
            connection,
            actor=actor,
            now=now,
            login=person.login,
            name=person.name,
            password=PASSWORD,
            email=f"{person.login}@yunqi.example",
            language=person.language,
            is_administrator=person.is_administrator,
        )
        for key in person.groups:
            groups.add_member(connection, actor=actor, group_id=group_ids[key], user_id=user_ids[person.login], now=now)
    for unit in UNITS:
        groups.change(
            connection,
            actor=actor,
            group_id=group_ids[unit.key],
            now=now,
            name_zh=unit.zh,
            name_en=unit.en,
            is_department=unit.is_department,
            manager_id=user_ids[unit.manager],
        )
