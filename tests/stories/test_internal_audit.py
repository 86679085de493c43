"""Internal audits: a programme that covers everything, plans the management representative approves, findings that
become nonconformities, a report (policy 5.3.1; O09 O51 O80-O88)."""

from __future__ import annotations

from typing import Any

import pytest

from engine import work_items
from engine.forms import FormInvalid
from engine.store.tables import (
    audit_coverage,
    audit_item,
    audit_programme,
    document,
    document_recipient,
    internal_audit,
    nonconformity,
)
from tests.support.company import Company
from tests.support.internal_audits import DEPARTMENTS, plan, programme, record, settle_checklists

REQUEST = {"title": "年中内部审核", "audit_reason": "客户连续投诉"}


@pytest.fixture
def approved(company: Company) -> Company:
    """Xu Mei has planned an audit of two departments, Lin Fang has approved it, the day has come."""
    company.start("xumei", "internal_audit", **REQUEST)
    company.submit("xumei", "plan_audit", **plan(["service_desk", "operations"], ["people", "resources"]))
    company.submit("linfang", "approve_audit", decision="approve")
    company.pass_time(days=100)
    return company


def refused(company: Company, login: str, element_id: str, **answers: Any) -> dict[str, list[str]]:
    with pytest.raises(FormInvalid) as invalid:
        company.submit(login, element_id, **answers)
    fields: dict[str, list[str]] = invalid.value.details["fields"]
    return fields


def test_a_programme_must_cover_every_department_in_all_four_areas_before_it_goes_for_approval(
    company: Company,
) -> None:
    company.start("xumei", "audit_programme")
    gap = programme()
    gap["audits"][1]["departments"] = [one for one in DEPARTMENTS if one != "finance"]
    said = refused(company, "xumei", "draft_programme", **gap)
    assert said == {"audits": ["全年方案须覆盖每个部门的四个要素，尚缺：财务部技术、财务部过程"]}
    late = programme()
    late["audits"][0]["begins_on"] = "2027-01-10"
    assert "各次审核的开始日期须在本年度内" in refused(company, "xumei", "draft_programme", **late)["audits"]
    none = refused(company, "xumei", "draft_programme", **programme(audits=[]))
    assert "每年至少安排一次内部审核" in none["audits"]

    company.submit("xumei", "draft_programme", **programme())
    assert company.todo("linfang") == ["approve_programme"]
    (kept,) = company.rows(audit_programme)
    assert (kept.year, kept.status) == (2026, "submitted")
    assert len(company.rows(audit_coverage)) == 2 * 6 * 2


def test_a_returned_programme_comes_back_and_an_approved_one_begins_its_audits_in_time(company: Company) -> None:
    company.stop_what_recurs()
    company.start("xumei", "audit_programme")
    company.submit("xumei", "draft_programme", **programme())
    company.submit("linfang", "approve_programme", decision="return", return_comment="年末审核请提前到11月")
    assert company.rows(audit_programme)[0].status == "returned"
    again = programme()
    again["audits"][1]["begins_on"] = "2026-11-16"
    company.submit("xumei", "draft_programme", **again)
    company.submit("linfang", "approve_programme", decision="approve")
    (kept,) = company.rows(audit_programme)
    assert (kept.status, kept.approved_by_id) == ("approved", company.actor("linfang").user_id)
    assert [(one.status, str(one.begins_on)) for one in company.rows(internal_audit)] == [
        ("planned", "2026-06-10"),
        ("planned", "2026-11-16"),
    ]

    company.pass_time(days=90)
    assert company.todo("xumei") == ["plan_audit"]
    (begun,) = [one for one in company.instances if one.definition_key == "internal_audit"]
    assert (begun.business_key, begun.title) == (f"{kept.number}-1", "2026年中内部审核")
    company.pass_time(days=170)
    assert company.rows(audit_programme)[0].status == "closed"
    assert sum(one.definition_key == "internal_audit" for one in company.instances) == 2
    assert company.engine_incidents == []


def test_the_clock_starts_a_programme_every_january(company: Company) -> None:
    company.pass_time(days=320)
    (started,) = [one for one in company.instances if one.definition_key == "audit_programme"]
    assert started.title == "2027 年度内部审核方案"
    item = company.item("xumei", "draft_programme")
    assert [one["begins_on"] for one in company.form_data(item)["audits"]] == ["2027-06-10", "2027-12-10"]


def test_nobody_audits_a_department_they_belong_to(company: Company) -> None:
    company.start("xumei", "internal_audit", **REQUEST)
    answers = plan(["service_desk", "operations"], ["people"])
    answers["assignments"][1]["auditor"] = "zhoukai"
    said = refused(company, "xumei", "plan_audit", **answers)
    assert said == {"assignments": ["审核员不得审核本人所在部门：周凯（运维服务部）"]}


def test_nobody_takes_over_the_audit_of_their_own_department(approved: Company) -> None:
    company = approved
    company.submit("hexin", "hold_opening", opened_on="2026-06-10", opening_attendees="各部门负责人")
    item = company.item("hexin", "prepare_checklist")
    with company.platform.database.write() as connection, pytest.raises(work_items.SeparatedDuty):
        from engine import assignments

        assignments.forward(
            connection,
            actor=company.actor("hexin"),
            work_item_id=item.id,
            to_user_id=int(company.actor("zhoukai").user_id or 0),
            now=company.clock.now(),
        )


def test_fieldwork_waits_for_the_approval_of_somebody_who_did_not_plan_it(company: Company) -> None:
    company.start("xumei", "internal_audit", **REQUEST)
    company.submit("xumei", "plan_audit", **plan(["service_desk"], ["people"]))
    company.pass_time(days=101)
    assert company.todo("fangyu") == []
    (kept,) = company.rows(internal_audit)
    assert (kept.status, kept.approved_at) == ("submitted", None)
    company.submit("linfang", "approve_audit", decision="return", plan_return_comment="请补充资源要素")
    assert company.rows(internal_audit)[0].status == "returned"
    company.submit("xumei", "plan_audit", **plan(["service_desk"], ["people", "resources"]))
    company.submit("linfang", "approve_audit", decision="approve")
    (kept,) = company.rows(internal_audit)
    assert (kept.status, kept.approved_by_id) == ("approved", company.actor("linfang").user_id)
    assert len(company.rows(audit_coverage)) == 2


def test_the_departments_are_told_before_the_audit(company: Company) -> None:
    company.stop_what_recurs()
    company.start("xumei", "internal_audit", **REQUEST)
    company.submit("xumei", "plan_audit", **plan(["service_desk"], ["people"]))
    company.submit("linfang", "approve_audit", decision="approve")
    company.mails.clear()
    company.pass_time(days=80)
    assert company.subjects == []
    company.pass_time(days=15)
    assert ("liuyang", "内部审核通知：年中内部审核，2026-06-10 起") in company.subjects
    assert ("emily", "Internal audit: 年中内部审核, from 2026-06-10") in company.subjects
    assert "wangqiang" not in {who for who, _ in company.subjects}


def test_findings_become_nonconformities_and_the_report_goes_round(approved: Company) -> None:
    company = approved
    company.submit("hexin", "hold_opening", opened_on="2026-06-10", opening_attendees="各部门负责人")
    settle_checklists(company, ["service_desk", "operations"])
    item = company.item("fangyu", "audit_department")
    bare = [{**one, "result": "major"} for one in company.form_data(item)["items"]]
    assert refused(company, "fangyu", "audit_department", items=bare) == {"items": ["每个不符合项都须写明客观证据"]}

    record(company, "fangyu", {3: {"result": "minor", "evidence": "抽3份考核表，1份无评分", "samples": "2026-05"}})
    record(company, "hexin", {2: {"result": "observation", "evidence": "培训签到用纸质单据"}})
    assert {one.result for one in company.rows(audit_item)} == {"conform", "minor", "observation"}
    assert company.rows(nonconformity) == []

    company.submit("hexin", "write_report", closing_attendees="各部门负责人", conclusion="体系运行基本有效")
    (raised,) = company.rows(nonconformity)
    (found,) = [one for one in company.rows(audit_item) if one.result == "minor"]
    assert (raised.number, raised.grade, raised.clause) == (found.nonconformity_number, "minor", found.clause)
    assert (raised.source_type, raised.title) == ("internal_audit", "抽3份考核表，1份无评分")
    assert raised.description == f"{found.question_zh}\n抽3份考核表，1份无评分"
    assert raised.raised_by_id == found.auditor_id

    company.submit("linfang", "approve_report", decision="return", report_return_comment="结论请说明有效性")
    company.submit("hexin", "write_report", closing_attendees="各部门负责人", conclusion="体系运行有效，1项一般不符合")
    company.submit("linfang", "approve_report", decision="approve")
    assert len(company.rows(nonconformity)) == 1
    (kept,) = company.rows(internal_audit)
    assert (kept.status, kept.conclusion) == ("closed", "体系运行有效，1项一般不符合")
    (report,) = [one for one in company.rows(document) if one.status == "issued"]
    assert (report.kind, report.record_id) == ("internal_audit_report", kept.id)
    told = {one.user_id for one in company.rows(document_recipient)}
    assert {company.actor(one).user_id for one in ("majianguo", "linfang", "liuyang", "wangqiang")} <= told
    assert company.engine_incidents == []


def test_a_late_report_goes_to_the_head_of_quality(approved: Company) -> None:
    company = approved
    company.submit("hexin", "hold_opening", opened_on="2026-06-10", opening_attendees="各部门负责人")
    settle_checklists(company, ["service_desk", "operations"])
    record(company, "fangyu", {})
    record(company, "hexin", {})
    assert "write_report" not in company.todo("xumei")
    company.pass_time(days=30)
    assert "write_report" in company.todo("xumei")
    assert ("xumei", "审核报告逾期：年中内部审核") in company.subjects
