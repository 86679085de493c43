"""Records of a company's service, written straight into the registers, for stories about figures."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Table, insert, update

from engine import periods
from engine.bootstrap import Platform
from engine.indicators import readings
from engine.indicators.readings import Reading
from engine.store.tables import (
    callback,
    complaint,
    corrective_action,
    customer,
    incident,
    incident_resolution,
    nonconformity,
    project,
    sla,
    sla_clock,
    sla_item,
)
from tests.support.diagrams import Diagram
from tests.support.house import House
from tests.support.people import People

SHANGHAI = ZoneInfo("Asia/Shanghai")


def at(day: str, clock: str = "12:00") -> datetime:
    """A moment in Shanghai: ``at("03-05", "09:30")`` of 2026."""
    return datetime.fromisoformat(f"2026-{day}T{clock}").replace(tzinfo=SHANGHAI)


class Ledger:
    """Incidents, callbacks, complaints, nonconformities of one company; whoever owns anything is Xu Mei."""

    def __init__(self, platform: Platform, people: People) -> None:
        self.platform, self.house = platform, House(platform)
        self.xu_mei = people.user("xumei", "徐梅", groups=["quality"])
        self.department_id = people.group("operations")
        self.house.publish(Diagram("case").start().user("do", groups="quality").end().flow("begin", "do", "done"))
        self._incidents = 0

    def add(self, table: Table, **values: Any) -> int:
        """A row; its id."""
        with self.platform.database.write() as connection:
            key = next(iter(table.primary_key))
            return int(connection.execute(insert(table).values(**values).returning(key)).scalar_one())

    def change(self, table: Table, identifier: int, **values: Any) -> None:
        """Change a row, as a correction of the data does."""
        with self.platform.database.write() as connection:
            connection.execute(update(table).where(table.c.id == identifier).values(**values))

    def case(self) -> str:
        """A process instance of its own for a record."""
        return self.house.start("case", self.xu_mei).instance_id

    def read(self, key: str, period: str = "2026-03", project_id: int | None = None) -> Reading:
        """What an indicator says."""
        with self.platform.database.read() as connection:
            now = self.platform.clock.now()
            return readings.compute(connection, periods.parse(period), SHANGHAI, now, project_id, (key,))[0]

    def numbers(self, key: str, period: str = "2026-03") -> dict[str, list[str]]:
        """The numbers of the records behind an indicator: those that count above the line, those missed, left out."""
        with self.platform.database.read() as connection:
            now = self.platform.clock.now()
            found = readings.records(connection, self.xu_mei, key, periods.parse(period), SHANGHAI, now)
        return {
            "met": sorted(one.number for one in found if not one.excluded and one.numerator >= max(one.denominator, 1)),
            "missed": sorted(one.number for one in found if not one.excluded and one.numerator < one.denominator),
            "excluded": sorted(one.number for one in found if one.excluded),
        }

    def incident(self, resolved: datetime | None, **values: Any) -> int:
        """An incident with its resolution, opened two hours before it was resolved."""
        self._incidents += 1
        opened = values.pop("opened_at", None) or (resolved or at("03-01")) - timedelta(hours=2)
        given: dict[str, Any] = {
            "source": "desk",
            "number": f"INC{self._incidents:03}",
            "state": "open" if resolved is None else "resolved",
            "summary": "打印机无法打印",
            "priority": "2",
            "opened_at": opened,
            "resolved_at": resolved,
            "modification_count": 1,
            "modified_at": resolved or opened,
        }
        found = self.add(incident, **{**given, **values})
        if resolved is not None:
            self.resolution(found, resolved)
        return found

    def resolution(
        self, incident_id: int, resolved: datetime, ordinal: int = 1, reopened: datetime | None = None
    ) -> int:
        return self.add(
            incident_resolution, incident_id=incident_id, ordinal=ordinal, resolved_at=resolved, reopened_at=reopened
        )

    def call(self, resolved: datetime, **values: Any) -> int:
        """An incident resolved then, and its callback, due a day later."""
        incident_id = self.incident(None)
        resolution_id = self.resolution(incident_id, resolved)
        given = {"status": "open", "attempts": 0, **values}
        due_at = resolved + timedelta(hours=24)
        return self.add(callback, resolution_id=resolution_id, instance_id=self.case(), due_at=due_at, **given)

    def complaint(self, number: str, received: datetime, **values: Any) -> int:
        given = {"customer": "华东银行", "kind": "timeliness", "status": "handling", "received_through": "phone"}
        flags = {"flags": [], "is_important": False, "is_major": False, "is_repeat": False}
        return self.add(
            complaint,
            **{
                "number": number,
                "instance_id": self.case(),
                "subject": "处理太慢",
                "content": "处理太慢",
                "received_at": received,
                **given,
                **flags,
                **values,
            },
        )

    def nonconformity(self, number: str, **values: Any) -> int:
        given = {"grade": "minor", "title": "记录不全", "description": "记录不全", "status": "verifying"}
        return self.add(
            nonconformity,
            **{
                "number": number,
                "instance_id": self.case(),
                "department_id": self.department_id,
                "raised_at": at("01-05"),
                **given,
                **values,
            },
        )

    def action(self, number: str, due_on: date, **values: Any) -> int:
        given = {"kind": "corrective", "description": "补齐记录", "status": "open", "owner_id": self.xu_mei.user_id}
        return self.add(corrective_action, **{"number": number, "due_on": due_on, **given, **values})

    def project(self, code: str) -> int:
        """A project of a customer of its own, with an agreement of one response item."""
        customer_id = self.add(customer, code=code, name=f"客户 {code}", created_at=at("01-01"))
        project_id = self.add(
            project,
            code=code,
            name=f"项目 {code}",
            customer_id=customer_id,
            manager_id=self.xu_mei.user_id,
            department_id=self.department_id,
            assignment_groups=[],
            status="running",
            begins_on=date(2026, 1, 1),
            ends_on=date(2026, 12, 31),
            created_at=at("01-01"),
        )
        self.add(
            sla,
            number=f"SLA-{code}",
            title="服务级别协议",
            customer_id=customer_id,
            project_id=project_id,
            status="active",
            begins_on=date(2026, 1, 1),
            ends_on=date(2026, 12, 31),
            created_at=at("01-01"),
        )
        return project_id

    def clock(self, incident_id: int, project_id: int, metric: str, status: str, **values: Any) -> int:
        """A clock of the project's agreement over an incident."""
        with self.platform.database.read() as connection:
            agreement = connection.execute(sla.select().where(sla.c.project_id == project_id)).one()
            known = connection.execute(sla_item.select().where(sla_item.c.sla_id == agreement.id)).all()
        of_metric = [one.id for one in known if one.metric == metric]
        item_id = (
            of_metric[0]
            if of_metric
            else self.add(sla_item, sla_id=agreement.id, ordinal=len(known) + 1, service="服务台", metric=metric)
        )
        given = {"counted_seconds": 0, "paused_seconds": 0, "target_minutes": 60, "priority": "2", "is_stopped": True}
        return self.add(
            sla_clock,
            **{
                "incident_id": incident_id,
                "sla_item_id": item_id,
                "project_id": project_id,
                "metric": metric,
                "status": status,
                "started_at": at("03-01"),
                **given,
                **values,
            },
        )
