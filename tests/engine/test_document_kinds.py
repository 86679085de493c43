"""Kinds of documents: what each collects from the registers, and the templates that are shipped."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import insert, select, update

from engine.documents.checking import check_package
from engine.documents.kind import DocumentKind
from engine.documents.kinds import KINDS, kind_of
from engine.documents.rendering import render
from engine.documents.templates import EXAMPLE
from engine.store.tables import (
    audit_item,
    complaint,
    corrective_action,
    document,
    group,
    internal_audit,
    management_review,
    review_attendance,
    review_input,
)
from tests.support.company import Company
from tests.support.documents import REPORT, issue, words_of
from tests.support.findings import analyse_nonconformity, complain, raise_nonconformity


@pytest.fixture
def company(any_company: Company) -> Company:
    """Once on each store."""
    return any_company


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_the_shipped_template_is_safe_and_shows_the_example(kind: DocumentKind) -> None:
    check_package(kind.shipped)
    text = words_of(render(kind.shipped, kind.example, EXAMPLE))
    assert str(EXAMPLE["number"]) in text
    assert "{" not in text
    assert all(path and "{" not in path for path, _example in kind.fields)


def test_an_audit_report_counts_what_was_found_in_each_department(company: Company) -> None:
    with company.platform.database.write() as connection:
        values = {"number": "IA-1", "year": 2026, "title": "年中审核", "status": "reporting", "conclusion": "有效"}
        audit_id = connection.execute(
            insert(internal_audit).values(begins_on=date(2026, 6, 10), **values).returning(internal_audit.c.id)
        ).scalar_one()
        desk = connection.execute(select(group.c.id).where(group.c.key == "service_desk")).scalar_one()
        for ordinal, result in enumerate(("conform", "conform", "minor", "observation", None), 1):
            connection.execute(
                insert(audit_item).values(
                    audit_id=audit_id,
                    department_id=desk,
                    ordinal=ordinal,
                    area="people",
                    clause="7.1",
                    question_zh="培训了吗？",
                    result=result,
                    files=[],
                )
            )
    found = raise_nonconformity(company, source_type="internal_audit", source_id=str(audit_id))
    data = _data(company, "internal_audit_report", audit_id)
    (desk_row,) = data["by_department"]
    assert (desk_row["department"], desk_row["total"]["text"], desk_row["conform"]["text"]) == ("服务台", "5", "2")
    assert data["open_count"]["text"] == "1"
    assert [one["number"]["record"] for one in data["nonconformities"]] == [["nonconformity", found.id]]
    assert data["nonconformities_count"]["text"] == "1"
    assert [one["result"]["text"] for one in data["remarks"]] == ["观察项"]
    _same_shape(data, "internal_audit_report")


def test_a_complaint_report_knows_the_customers_other_complaints(company: Company) -> None:
    first, second = complain(company), complain(company, subject="又没有人来")
    complain(company, customer="别的客户")
    raised = raise_nonconformity(company, source_type="complaint", source_id=str(second.id))
    with company.platform.database.write() as connection:
        connection.execute(update(complaint).values(whys=["派工漏单"]))
    data = _data(company, "major_complaint_report", second.id)
    assert [one["number"]["text"] for one in data["earlier"]] == [first.number]
    assert data["earlier_count"]["text"] == "1"
    assert [one["number"]["text"] for one in data["nonconformities"]] == [raised.number]
    _same_shape(data, "major_complaint_report")


def test_a_review_report_has_inputs_attendance_verdicts_and_actions(company: Company) -> None:
    started = company.instances[0].id if company.instances else raise_nonconformity(company).instance_id
    with company.platform.database.write() as connection:
        review_id = connection.execute(
            insert(management_review)
            .values(number="MR-1", instance_id=started, year=2026, title="年度评审", status="reporting")
            .returning(management_review.c.id)
        ).scalar_one()
        owner = connection.execute(select(group.c.id).where(group.c.key == "quality")).scalar_one()
        connection.execute(
            insert(review_input).values(
                review_id=review_id,
                ordinal=1,
                title_zh="审核结果",
                owner_group_id=owner,
                status="received",
                files=[],
            )
        )
        connection.execute(
            insert(review_attendance).values(
                review_id=review_id, kind="top_management", person="马建国", is_present=True
            )
        )
        connection.execute(
            insert(corrective_action).values(
                number="A-1",
                management_review_id=review_id,
                kind="improvement",
                description="扫码",
                owner_id=company.actor("hexin").user_id,
                due_on=date(2026, 6, 30),
                status="open",
            )
        )
    data = _data(company, "management_review_report", review_id)
    assert (data["inputs_count"]["text"], data["received_count"]["text"]) == ("1", "1")
    assert data["attendance"][0]["present"] == "出席"
    assert data["actions"][0]["owner"] == "何欣"
    _same_shape(data, "management_review_report")


def test_a_nonconformity_report_has_the_shape_of_its_example(company: Company) -> None:
    _same_shape(_data(company, REPORT, analyse_nonconformity(company).id), REPORT)


def _data(company: Company, kind: str, record_id: int) -> dict[str, Any]:
    issued = issue(company, record_id, kind)
    return next(one.data for one in company.rows(document) if one.id == issued)


def _same_shape(data: object, kind: str) -> None:
    """An owner's template that renders the example renders what was collected: both have the same keys."""
    assert _shape(data) == _shape(dict(kind_of(kind).example))


def _shape(data: object) -> object:
    if isinstance(data, dict):
        return (
            "text"
            if "text" in data and ("record" in data or "register" in data)
            else {k: _shape(v) for k, v in data.items()}
        )
    if isinstance(data, list):
        return [_shape(data[0])] if data and isinstance(data[0], dict) else "rows"
    return "text"
