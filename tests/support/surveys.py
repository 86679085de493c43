"""Customers under agreements in force, and what people answer in the forms of the yearly survey."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from sqlalchemy import insert, select

from engine.store.tables import contact, customer, project, sla, sla_item, survey, user
from engine.store.tables import group as department
from engine.store.types import Record
from tests.support.company import Company

SAMPLE = {
    "stratify_by": "customer",
    "allocation": "proportional",
    "confidence": 95,
    "margin": 5,
    "share": 50,
    "minimum": 5,
    "response": 60,
}
ITEMS = (
    ("故障处理", "response", "P1", 30, "minutes", 9500),
    ("故障处理", "resolution", "P1", 4, "hours", 9000),
    ("备件供应", "spare_parts", "", 24, "hours", 9500),
)
CUSTOMERS = {"DL": ("滨海电力", 12), "YH": ("云湖政务", 8), "RM": ("第一人民医院", 3)}


def serve_customers(company: Company, customers: dict[str, tuple[str, int]] | None = None) -> None:
    """Three customers, each with one project under an agreement of three items, and some contacts."""
    with company.platform.database.write() as connection:
        manager = connection.execute(select(user.c.id).where(user.c.login == "wangqiang")).scalar_one()
        operations = connection.execute(select(department.c.id).where(department.c.key == "operations")).scalar_one()
        now, year = company.clock.now(), {"begins_on": date(2026, 1, 1), "ends_on": date(2026, 12, 31)}
        for code, (name, people) in (customers or CUSTOMERS).items():
            customer_id = connection.execute(
                insert(customer).values(code=code, name=name, created_at=now).returning(customer.c.id)
            ).scalar_one()
            given = {"code": f"P-{code}", "name": f"{name}运维", "customer_id": customer_id, "manager_id": manager}
            project_id = connection.execute(
                insert(project)
                .values(
                    **given,
                    **year,
                    department_id=operations,
                    assignment_groups=[],
                    status="running",
                    created_at=now,
                )
                .returning(project.c.id)
            ).scalar_one()
            agree(company, connection, f"SLA-{code}", customer_id, project_id)
            rows = [
                {"customer_id": customer_id, "name": f"{name}联系人{n}", "email": f"{code.lower()}{n}@customer.example"}
                for n in range(1, people + 1)
            ]
            connection.execute(insert(contact), rows)


def agree(
    company: Company, connection: Any, number: str, customer_id: int, project_id: int, items: Any = ITEMS
) -> None:
    """An agreement in force for the year."""
    sla_id = connection.execute(
        insert(sla)
        .values(
            number=number,
            title=f"{number} 服务级别协议",
            customer_id=customer_id,
            project_id=project_id,
            status="active",
            begins_on=date(2026, 1, 1),
            ends_on=date(2026, 12, 31),
            created_at=company.clock.now(),
        )
        .returning(sla.c.id)
    ).scalar_one()
    rows = [
        {
            "sla_id": sla_id,
            "ordinal": ordinal,
            "service": service,
            "metric": metric,
            "priority": priority,
            "target_value": value,
            "target_unit": unit,
            "target_basis_points": points,
        }
        for ordinal, (service, metric, priority, value, unit, points) in enumerate(items, start=1)
    ]
    connection.execute(insert(sla_item), rows)


def the_survey(company: Company) -> Record:
    """The latest survey."""
    return company.rows(survey)[-1]


def prepare_survey(company: Company, **sample: Any) -> Record:
    """A survey of this year whose sample was drawn and waits for its approval."""
    company.start("xumei", "satisfaction_survey", year=2026)
    company.submit("xumei", "build_questionnaire", matches_sla=True)
    review(company)
    company.submit("xumei", "plan_sample", **{**SAMPLE, **sample})
    return the_survey(company)


def review(company: Company) -> None:
    """The desk and operations read the questionnaire."""
    company.submit("chenjing", "review_by_desk", desk_opinion="项目组反映的备件问题已纳入")
    company.submit("wangqiang", "review_by_operations", operations_opinion="同意")


def send_survey(company: Company, **sample: Any) -> dict[str, str]:
    """A survey that was approved and sent; the link of each respondent by address."""
    prepare_survey(company, **sample)
    company.submit("linfang", "approve_survey", decision="approve")
    return links(company)


def links(company: Company) -> dict[str, str]:
    """The latest link each respondent found in their mail."""
    found = {}
    for mail in company.mails:
        match = re.search(r"^/survey/\S+$", str(mail["text"]), re.M)
        if match:
            found[str(mail["to"])] = match.group()
    return found
