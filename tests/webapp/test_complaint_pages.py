"""What the house sees of a complaint: the case with both diagrams, the record, the export."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable

import pytest
from openpyxl import load_workbook

from engine.decisions import read_decisions
from engine.registers import complaint_wording
from engine.settings import ROOT
from engine.store.tables import callback, complaint
from tests.support.company import Company
from tests.support.complaints import ACCEPTED, BY_PHONE, HANDLED, MAJOR
from tests.support.ticket_system import TicketSystem
from tests.support.visitor import Visitor

SignIn = Callable[[str], Visitor]


@pytest.fixture
def major(company: Company) -> str:
    """A major complaint at its first task; the id of its case."""
    return company.start("liuyang", "complaint", **{**BY_PHONE, **MAJOR})


def test_the_case_shows_the_diagram_of_the_process_it_called(sign_in: SignIn, major: str) -> None:
    page = sign_in("fangyu").visit(f"/process-instances/{major}")
    called = f"/process-instances/{major}/diagram?process=major_complaint"
    assert [str(one) for one in page.page.xpath("//@data-diagram")] == [called.partition("?")[0], called]
    assert "重大投诉处理" in page.all("//h3")
    assert 'id="analyse_cause"' in page.visit(called).source
    assert 'id="is_major"' in page.visit(called.partition("?")[0]).source
    assert 'id="is_major"' in page.visit(called.partition("?")[0] + "?process=incident_callback").source
    assert sign_in("qiumin").visit(called).status == 404


def test_a_general_case_shows_one_diagram_and_what_the_table_decided(company: Company, sign_in: SignIn) -> None:
    instance_id = company.start("emily", "complaint", **BY_PHONE)
    page = sign_in("emily").visit(f"/process-instances/{instance_id}")
    assert len(page.page.xpath("//@data-diagram")) == 1
    assert "Decision Complaint class: Grade General, Acknowledge within (hours) 24" in page.text
    page = sign_in("liuyang").visit(f"/process-instances/{instance_id}")
    assert "决策 投诉分级：等级 一般投诉, 受理时限（小时） 24" in page.text
    assert "重大：转技术服务中心 否" in page.text


def test_departments_are_told_by_the_names_of_their_groups(sign_in: SignIn, major: str) -> None:
    page = sign_in("fangyu").visit(f"/process-instances/{major}")
    assert "等级 重大投诉" in page.text
    assert "决策 重要投诉通知部门：运维服务部; 质量管理部; 管理层; 管理者代表（规则" in page.text
    page.send("/language", language="en")
    page.visit(f"/process-instances/{major}")
    assert "Departments told of an important complaint: Operations; Quality" in page.text


def test_the_table_and_the_register_call_a_grade_the_same() -> None:
    model = read_decisions((ROOT / "processes" / "service_desk" / "complaint_class.dmn").read_bytes())
    table = model.decisions["complaint_class"].table
    assert table is not None
    assert {one: (word.zh, word.en) for one, word in table.outputs[0].words.items()} == {
        one: (word.zh, word.en) for one, word in complaint_wording.GRADES.items()
    }


def test_a_record_says_in_the_readers_language_whose_turn_it_is(company: Company, sign_in: SignIn) -> None:
    company.start("emily", "complaint", **BY_PHONE)
    whose = '//div[contains(@class, "list-group-item")]//span[@class="text-secondary"]/text()'
    assert sign_in("emily").visit("/registers/complaint/1").page.xpath(whose) == ["Service desk"]
    assert sign_in("liuyang").visit("/registers/complaint/1").page.xpath(whose) == ["服务台"]


def test_the_register_lists_finds_filters_and_exports(company: Company, sign_in: SignIn, major: str) -> None:
    company.start("liuyang", "complaint", **{**BY_PHONE, "customer": "云湖区政务服务中心", "subject": "电话打不通"})
    page = sign_in("xumei")
    assert "电话打不通" in page.visit("/registers/complaint").text
    assert "电话打不通" not in page.visit("/registers/complaint?standing=major").text
    assert "报修两天" not in page.visit("/registers/complaint?q=云湖").text
    assert "没有符合条件" in page.visit("/registers/complaint?standing=late").text
    company.pass_time(days=1, seconds=1)
    assert "电话打不通" in page.visit("/registers/complaint?standing=late").text
    exported = page.visit("/registers/complaint/export.csv")
    rows = list(csv.DictReader(io.StringIO(exported.source.lstrip("\ufeff"))))
    assert [(row["编号"], row["等级"], row["涉及法律法规"]) for row in rows] == [
        ("C-20260302-002", "一般投诉", "否"),
        ("C-20260302-001", "重大投诉", "是"),
    ]
    answer = page.visit("/registers/complaint/export.xlsx").answer
    assert answer is not None
    content = io.BytesIO(answer.get_data())
    answer.close()
    sheet = load_workbook(content).active
    assert sheet is not None
    assert len(list(sheet.values)) == 3


def test_a_record_leads_back_to_the_callback_and_on_to_a_nonconformity(company: Company, sign_in: SignIn) -> None:
    tickets = TicketSystem(company.platform, company.folder, importer=company.actor("chenjing"))
    tickets.import_rows(tickets.row("INC7", "Resolved", 1))
    company.deliver()
    said = {"channel": "phone", "reached": "yes", "solved": "yes", "score": 1}
    company.submit("liuyang", "call", **said, complaint=True, complaint_content="断网两天没人管")
    (record,), (call,) = company.rows(complaint), company.rows(callback)
    page = sign_in("hexin").visit(f"/registers/complaint/{record.id}")
    links = {str(one) for one in page.page.xpath("//main//a/@href")}
    assert f"/callbacks/{call.id}" in links
    assert any(one.startswith("/start/nonconformity?") and "complaint" in one for one in links)


@pytest.mark.parametrize("asked", ["refresh", "draft", "submit", "add:whys"])
def test_a_form_that_comes_too_late_hears_who_was_faster(company: Company, sign_in: SignIn, asked: str) -> None:
    """A choice refreshes the form; by the time the request arrives a colleague may have submitted it."""
    company.start("liuyang", "complaint", **BY_PHONE, acknowledged=True, handled_by="service_desk")
    address = f"/work-items/{company.item('emily', 'handle').id}"
    late = sign_in("emily").visit(address)
    (token,) = {str(one) for one in late.page.xpath('//input[@name="csrf_token"]/@value')}
    company.submit("liuyang", "handle", **HANDLED)
    answer = late.client.post(address, data={"csrf_token": token, "_do": asked}, headers={"HX-Request": "true"})
    assert answer.status_code == 409
    assert "刘洋" in answer.get_data(as_text=True)


def test_a_withdrawn_complaint_is_open_nowhere_and_counts_for_no_repetition(company: Company, sign_in: SignIn) -> None:
    instance_id = company.start("liuyang", "complaint", **BY_PHONE)
    page = sign_in("liuyang").visit(f"/process-instances/{instance_id}")
    page.submit(f"/process-instances/{instance_id}/cancel", reason="客户撤回")
    assert "已撤销" in page.visit("/registers/complaint").text
    assert "报修两天" not in page.visit("/registers/complaint?standing=open").text
    company.pass_time(days=5)
    assert "报修两天" not in page.visit("/registers/complaint?standing=late").text
    company.start("liuyang", "complaint", **BY_PHONE)
    assert [one.is_repeat for one in company.rows(complaint)] == [False, False]


def test_a_closed_complaint_has_no_deadline_any_more(company: Company, sign_in: SignIn) -> None:
    company.start("liuyang", "complaint", **BY_PHONE, acknowledged=True, handled_by="service_desk")
    page = sign_in("liuyang")
    assert page.visit("/registers/complaint/1").page.xpath('//time[contains(@class, "yz-badge")]')
    company.submit("liuyang", "handle", **HANDLED)
    company.submit("liuyang", "answer", **ACCEPTED)
    page.visit("/registers/complaint/1")
    assert not page.page.xpath('//header//time[contains(@class, "yz-badge")]')
    assert "已关闭" in page.text
