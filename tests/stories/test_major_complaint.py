"""A major complaint: root cause, measures, follow-up visit, verification, recurrence check (policy 3.3(3))."""

from __future__ import annotations

from datetime import timedelta

import pytest

from engine.errors import EngineError
from engine.store.tables import document
from tests.support.company import Company
from tests.support.complaints import (
    ACCEPTED,
    CAUSE,
    CONTAINED,
    DISPUTED,
    MAJOR,
    MEASURES,
    NOT_BACK,
    VERIFIED,
    VISITED,
    found,
    register,
    to_the_answer,
)


def test_a_major_complaint_is_analysed_visited_verified_and_checked_again(any_company: Company) -> None:
    company = any_company
    company.stop_what_recurs()
    received_at = company.clock.now()
    register(company, **MAJOR)
    assert ("linfang", f"重要投诉：{found(company).number} 报修两天无人上门") in company.subjects
    assert company.item("guojun", "contain").due_at == received_at + timedelta(days=2)
    company.submit("fangyu", "contain", **CONTAINED)
    with pytest.raises(EngineError) as refused:
        company.submit("fangyu", "analyse_cause", **{**CAUSE, "whys": CAUSE["whys"][:2]})
    assert "whys" in refused.value.details["fields"]
    company.submit("fangyu", "analyse_cause", **CAUSE)
    company.submit("fangyu", "carry_out", **MEASURES)
    company.submit("liuyang", "answer_major", **ACCEPTED)
    one = found(company)
    assert (one.status, one.root_cause, one.cause_category) == ("answered", "新增设备不登记", "process")
    assert one.whys == ["设备超期未检", "检测计划没有列入该设备", "新增设备没有登记流程"]

    # Whoever did it does not ask whether it was good, and does not verify it.
    with pytest.raises(EngineError) as refused:
        company.submit("fangyu", "visit", **VISITED)
    assert "落实措施的人不能自己做跟踪回访" in refused.value.message("zh")
    company.submit("guojun", "visit", **VISITED)
    company.submit("hexin", "verify", **VERIFIED)
    one = found(company)
    assert (one.status, one.visit_score, one.verification) == ("watching", 4, VERIFIED["verification"])
    assert one.verified_by_id == company.actor("hexin").user_id
    (report,) = company.rows(document)
    assert (report.kind, report.status, report.record_id) == ("major_complaint_report", "issued", one.id)
    assert {person for person, subject in company.subjects if report.title in subject} == {
        "xumei", "hexin", "guojun", "fangyu", "linfang"
    }  # fmt: skip

    company.pass_time(days=89)
    assert company.todo("hexin") == []
    company.pass_time(days=1)
    company.submit("hexin", "check_recurrence", **NOT_BACK)
    one = found(company)
    assert (one.status, one.recurred) == ("closed", False)
    assert one.recurrence_checked_at == company.clock.now()
    assert company.instances[-1].status == "completed"
    assert company.engine_incidents == []


def test_who_handled_a_major_complaint_may_not_verify_it_even_from_the_quality_department(company: Company) -> None:
    company.hire("zhangqi", "张琪", "technical_center", "quality")
    register(company, **MAJOR)
    company.submit("zhangqi", "contain", **CONTAINED)
    company.submit("fangyu", "analyse_cause", **CAUSE)
    company.submit("fangyu", "carry_out", **MEASURES)
    company.submit("liuyang", "answer_major", **ACCEPTED)
    company.submit("zhangqi", "visit", **VISITED)
    with pytest.raises(EngineError) as refused:
        company.submit("zhangqi", "verify", **VERIFIED)
    assert "处理过本投诉的人不能验证处理结果" in refused.value.message("zh")
    assert found(company).verified_at is None


def test_a_major_complaint_comes_back_from_customer_quality_and_recurrence(company: Company) -> None:
    register(company, **MAJOR)
    to_the_answer(company)
    company.submit("liuyang", "answer_major", **DISPUTED)
    assert (found(company).level, company.todo("majianguo")) == (3, ["carry_out"])
    company.submit("fangyu", "carry_out", **MEASURES)
    company.submit("liuyang", "answer_major", **ACCEPTED)
    company.submit("guojun", "visit", **VISITED)
    company.submit("hexin", "verify", effective="no", verification="抽查的设备仍未登记")
    assert (found(company).status, company.todo("fangyu")) == ("handling", ["carry_out"])
    company.submit("fangyu", "carry_out", **MEASURES)
    company.submit("liuyang", "answer_major", **ACCEPTED)
    company.submit("guojun", "visit", **VISITED)
    company.submit("xumei", "verify", **VERIFIED)
    company.pass_time(days=90)
    company.submit("hexin", "check_recurrence", recurred="yes", recurrence_note="四月又发生一次")
    one = found(company)
    assert (one.status, one.recurred, one.level) == ("handling", True, 3)
    assert one.resolve_due_at > company.clock.now()
    assert "analyse_cause" in company.todo("majianguo")
    company.submit("fangyu", "analyse_cause", **CAUSE)
    company.submit("fangyu", "carry_out", **MEASURES)
    company.submit("liuyang", "answer_major", **ACCEPTED)
    company.submit("guojun", "visit", **VISITED)
    company.submit("hexin", "verify", **VERIFIED)
    company.pass_time(days=90)
    company.submit("hexin", "check_recurrence", **NOT_BACK)
    assert (found(company).status, found(company).recurred) == ("closed", False)
    assert company.engine_incidents == []


def test_a_major_complaint_that_is_late_goes_to_senior_management(company: Company) -> None:
    register(company, **MAJOR)
    company.pass_time(days=7, seconds=1)
    assert found(company).level == 3
    assert company.todo("majianguo") == ["contain"]
    company.pass_time(days=5)
    assert len([one for one in company.subjects if one[1].startswith("投诉超期升级")]) == 1
