"""The yearly management review: seven inputs, seven kinds of attendee, three conclusions, decisions tracked to closure
(policy 5.3.2; O08 O41 O42 O52 O89-O95)."""

from __future__ import annotations

from typing import Any

import pytest

from engine.forms import FormInvalid
from engine.store.tables import (
    corrective_action,
    document,
    management_review,
    nonconformity,
    review_attendance,
    review_input,
)
from engine.work_items import SeparatedDuty
from tests.support.company import Company
from tests.support.management_reviews import attendance, conclusions, hand_in_everything, plan

DECISIONS = [
    {"description": "建立备件最低库存预警", "kind": "improvement", "owner": "xumei", "due_on": "2026-05-20"},
    {"description": "变更记录缺少回退方案", "kind": "corrective", "department": "operations"},
]


@pytest.fixture
def collecting(company: Company) -> Company:
    """Lin Fang has planned the review, Ma Jianguo has approved it, the inputs are asked for."""
    company.start("linfang", "management_review")
    company.submit("linfang", "plan_review", **plan(company, company.item("linfang", "plan_review")))
    company.submit("majianguo", "approve_review", decision="approve")
    return company


@pytest.fixture
def meeting(collecting: Company) -> Company:
    """Everything is handed in; the day of the meeting has come."""
    hand_in_everything(collecting)
    collecting.pass_time(days=39)
    return collecting


def refused(company: Company, login: str, element_id: str, **answers: Any) -> dict[str, list[str]]:
    with pytest.raises(FormInvalid) as invalid:
        company.submit(login, element_id, **answers)
    fields: dict[str, list[str]] = invalid.value.details["fields"]
    return fields


def test_the_clock_starts_a_review_every_december(company: Company) -> None:
    company.pass_time(days=300)
    assert "plan_review" in company.todo("linfang")
    (started,) = [one for one in company.instances if one.definition_key == "management_review"]
    assert started.title == "2026 年度管理评审"


def test_a_plan_needs_notice_and_seven_inputs_and_the_approval_of_senior_management(company: Company) -> None:
    company.start("linfang", "management_review")
    item = company.item("linfang", "plan_review")
    proposed = company.form_data(item)["inputs"]
    assert len(proposed) == 7
    soon = refused(company, "linfang", "plan_review", **plan(company, item, meets_at="2026-03-10T14:00:00+08:00"))
    assert soon == {"meets_at": ["会议须至少提前 15 天通知"]}
    few = refused(company, "linfang", "plan_review", **plan(company, item, inputs=proposed[:5]))
    assert few == {"inputs": ["评审输入至少包括制度规定的七类材料，现有 5 项"]}

    company.submit("linfang", "plan_review", **plan(company, item))
    waiting = company.item("linfang", "approve_review")
    with pytest.raises(SeparatedDuty):
        company.complete("linfang", waiting.id, decision="approve")
    company.submit("majianguo", "approve_review", decision="return", return_comment="请增加风险议题")
    assert company.rows(management_review)[0].status == "returned"
    company.submit("linfang", "plan_review", **plan(company, company.item("linfang", "plan_review"), agenda="风险"))
    company.submit("majianguo", "approve_review", decision="approve")
    (kept,) = company.rows(management_review)
    assert (kept.status, kept.agenda, kept.approved_by_id) == ("collecting", "风险", company.actor("majianguo").user_id)
    assert {who for who, subject in company.subjects if "管理评审通知" in subject} >= {"majianguo", "qiumin", "tangyan"}


def test_seven_inputs_are_asked_for_at_once_and_late_owners_are_reminded(collecting: Company) -> None:
    company = collecting
    assert [one.status for one in company.rows(review_input)] == ["asked"] * 7
    assert company.todo("guojun") == ["provide_input"]
    assert company.todo("hexin").count("provide_input") == 4
    company.submit("guojun", "provide_input", summary="年度计划完成 96%")
    company.mails.clear()
    company.pass_time(days=35)
    late = [who for who, subject in company.subjects if "到期未交" in subject]
    assert sorted(set(late)) == ["chenjing", "wangqiang", "xumei"]
    assert len(late) == 6


def test_the_meeting_waits_for_every_input_or_a_recorded_waiver(collecting: Company) -> None:
    company = collecting
    for login in ("guojun", "wangqiang", "chenjing"):
        company.submit(login, "provide_input", summary="见附件")
    for _ in range(3):
        company.submit("xumei", "provide_input", summary="见附件")
    assert "hold_meeting" not in company.todo("linfang")
    company.pass_time(days=39)
    assert company.todo("linfang") == ["decide_missing"]
    company.submit("linfang", "decide_missing", missing="wait")
    assert "provide_input" in company.todo("xumei")
    assert company.todo("linfang") == []
    company.pass_time(days=1, hours=1)
    company.submit("linfang", "decide_missing", missing="waive", waiver_reason="满意度调查推迟到四月")
    waived = [one for one in company.rows(review_input) if one.status == "waived"]
    assert [(one.waiver_reason, one.waived_by_id) for one in waived] == [
        ("满意度调查推迟到四月", company.actor("linfang").user_id)
    ]
    assert company.todo("linfang") == ["hold_meeting"]
    assert "provide_input" not in company.todo("xumei")


def test_all_seven_kinds_attend_or_their_absence_is_accepted(meeting: Company) -> None:
    company = meeting
    answers = {"held_at": "2026-04-10T14:05:00+08:00", "minutes": "逐项讨论"}
    absent = attendance(company, finance="", human_resources="")
    said = refused(company, "linfang", "hold_meeting", attendance=absent, **answers)
    assert said == {"attendance": ["以下类别无人出席且未豁免：人力资源部门负责人、财务部门负责人"]}
    one_for_two = [
        {**row, "person": "唐燕"} if row["kind"] == "finance" else row
        for row in attendance(company, company_leaders="出差，已书面授权")
    ]
    company.submit("linfang", "hold_meeting", attendance=one_for_two, **answers)
    kept = {(one.kind, one.person): one for one in company.rows(review_attendance)}
    assert len(kept) == 8
    assert kept["finance", "唐燕"].is_present
    assert kept["human_resources", "唐燕"].is_present
    assert kept["company_leaders", "马建国"].waiver_reason == "出差，已书面授权"


def test_decisions_become_actions_and_nonconformities_tracked_to_closure(meeting: Company) -> None:
    company = meeting
    company.submit(
        "linfang",
        "hold_meeting",
        held_at="2026-04-10T14:05:00+08:00",
        minutes="逐项讨论",
        attendance=attendance(company),
    )
    company.submit("linfang", "conclude_review", **conclusions(decisions=DECISIONS))
    company.submit("majianguo", "sign_report", decision="return", report_return_comment="请写明充分性的依据")
    company.submit(
        "linfang", "conclude_review", **conclusions(decisions=DECISIONS, adequacy_note="备件预警缺失，其余充分")
    )
    company.submit("majianguo", "sign_report", decision="approve")
    (kept,) = company.rows(management_review)
    assert (kept.status, kept.adequacy, kept.adequacy_note) == ("tracking", "partly", "备件预警缺失，其余充分")
    (report,) = [one for one in company.rows(document) if one.status == "issued"]
    assert (report.kind, report.record_id) == ("management_review_report", kept.id)

    (raised,) = company.rows(nonconformity)
    assert (raised.source_type, raised.source_id, raised.title) == (
        "management_review",
        str(kept.id),
        "变更记录缺少回退方案",
    )
    (action,) = company.rows(corrective_action)
    assert (action.kind, action.status, str(action.due_on)) == ("improvement", "open", "2026-05-20")
    company.mails.clear()
    company.pass_time(days=42)
    assert ("linfang", "管理评审决定逾期：建立备件最低库存预警") in company.subjects

    company.submit("xumei", "carry_out", result="已在台账设置预警")
    verify = company.item("xumei", "verify_action")
    with pytest.raises(SeparatedDuty):
        company.complete("xumei", verify.id, passed="yes", verification="属实")
    company.submit("hexin", "verify_action", passed="no", verification="预警未覆盖二级库")
    assert company.rows(corrective_action)[0].status == "open"
    company.submit("xumei", "carry_out", result="已覆盖全部库房")
    company.submit("hexin", "verify_action", passed="yes", verification="抽查三个库房属实")
    (action,) = company.rows(corrective_action)
    assert (action.status, action.verified_by_id) == ("verified", company.actor("hexin").user_id)
    (kept,) = company.rows(management_review)
    assert kept.status == "closed"
    assert company.engine_incidents == []


def test_a_review_without_decisions_closes_with_its_report(meeting: Company) -> None:
    company = meeting
    company.submit(
        "linfang",
        "hold_meeting",
        held_at="2026-04-10T14:05:00+08:00",
        minutes="逐项讨论",
        attendance=attendance(company),
    )
    company.submit("linfang", "conclude_review", **conclusions())
    company.submit("majianguo", "sign_report", decision="approve")
    (kept,) = company.rows(management_review)
    assert kept.status == "closed"
    assert company.rows(corrective_action) == []
