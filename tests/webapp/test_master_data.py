"""Master data on its pages: who keeps it, forms that say what is wrong, files that are taken over row by row."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable

import pytest
from openpyxl import Workbook

from engine.store.tables import (
    contact,
    contract,
    customer,
    membership,
    project,
    project_indicator,
    sla,
    sla_clock,
    sla_item,
    spare_part,
    spare_part_move,
    user,
)
from tests.support.company import Company
from tests.support.ticket_system import TicketSystem
from tests.support.visitor import Visitor

SignIn = Callable[[str], Visitor]
CUSTOMER = {"code": "C900", "name": "滨江市第一人民医院", "level": "key", "is_active": "1"}
PROJECT = {
    "code": "P900",
    "name": "医院运维",
    "customer": "C900",
    "manager": "lihao",
    "department": "operations",
    "status": "running",
    "begins_on": "2026-01-01",
    "ends_on": "2026-12-31",
}
AGREEMENT = {
    "number": "SLA-900",
    "title": "医院服务级别协议",
    "project": "P900",
    "begins_on": "2026-01-01",
    "ends_on": "2026-12-31",
}
RESOLUTION = {
    "sla": "SLA-900",
    "ordinal": "1",
    "service": "事件处理",
    "metric": "resolution",
    "target_value": "2",
    "target_unit": "days",
    "target_percent": "95",
    "calendar": "standard",
}


def enter(visitor: Visitor, kind: str, given: dict[str, str]) -> Visitor:
    """Fill in the form of a new record and send it."""
    path = f"/master-data/{kind}/new"
    return visitor.visit(path).send(path, **given)


def give(visitor: Visitor, kind: str, name: str, content: bytes) -> Visitor:
    """Import a file through the page."""
    visitor.visit("/master-data/imports")
    return visitor.send("/master-data/imports", kind=kind, file=(io.BytesIO(content), name))


def test_from_a_customer_to_an_agreement_in_force(company: Company, sign_in: SignIn) -> None:
    """Its project takes the incidents already there, its indicators are derived, its clocks and its plan begin."""
    tickets = TicketSystem(company.platform, company.folder, importer=company.actor("chenjing"))
    tickets.import_rows(tickets.row("INC1", "New", 0, opened_at=company.clock.now()))
    assert company.rows(sla_clock) == []
    keeper = sign_in("wangqiang")
    assert enter(keeper, "customer", CUSTOMER).path.startswith("/registers/customer/")
    enter(keeper, "contact", {"customer": "C900", "name": "张慧", "email": "zh@hospital.example", "is_active": "1"})
    enter(keeper, "project", PROJECT)
    enter(keeper, "sla", AGREEMENT)
    enter(keeper, "sla_item", RESOLUTION)
    item = company.rows(sla_item)[0]
    assert (item.target_minutes, item.target_basis_points) == (2 * 8 * 60, 9500)

    found = company.rows(sla)[0]
    assert "事件处理" in keeper.visit(f"/master-data/sla/{found.id}").text
    keeper.submit(f"/master-data/sla/{found.id}/activate")
    assert keeper.path == f"/registers/sla/{found.id}"
    company.deliver()

    assert company.rows(sla)[0].status == "active"
    assert [(row.indicator, row.target_basis_points) for row in company.rows(project_indicator)] == [
        ("I02", 9500),
        ("I03", 9500),
    ]
    assert [(row.metric, row.status) for row in company.rows(sla_clock)] == [("resolution", "running")]
    assert company.todo("lihao") == ["draft_plan"]
    assert "解决及时率" in keeper.visit(f"/registers/project/{company.rows(project)[0].id}").text

    keeper.visit(f"/master-data/sla/{found.id}")
    keeper.send(f"/master-data/sla/{found.id}", **{**AGREEMENT, "title": "改动"})
    assert keeper.status == 409
    assert "已签订的 SLA 不能修改" in keeper.text


def test_a_form_says_at_the_field_what_is_wrong(company: Company, sign_in: SignIn) -> None:
    keeper = sign_in("admin")
    enter(keeper, "customer", CUSTOMER)
    wrong = enter(
        keeper, "contract", {"number": "HT-1", "customer": "C900", "title": "合同", "begins_on": "2026-02-30"}
    )
    assert wrong.status == 422
    assert wrong.all('//*[@id="field-begins_on-error"]') == ["“开始日期”不是日期（例如 2026-01-31）"]
    backwards = {"begins_on": "2026-12-31", "ends_on": "2026-01-01", "report_cadence": "month", "status": "active"}
    wrong = enter(keeper, "contract", {"number": "HT-1", "customer": "C900", "title": "合同", **backwards})
    assert wrong.all('//*[@id="field-ends_on-error"]') == ["“结束日期”早于开始日期"]
    assert enter(keeper, "customer", CUSTOMER).status == 409
    assert company.rows(contract) == []


def test_who_does_not_keep_master_data_is_told_who_does(company: Company, sign_in: SignIn) -> None:
    visitor = sign_in("liuyang")
    assert "新建" not in visitor.visit("/registers/customer").text
    assert visitor.visit("/master-data/customer/new").status == 403
    assert "由管理员和运维服务部、服务台的负责人维护" in visitor.text
    assert visitor.visit("/master-data/imports").status == 403
    assert company.rows(customer) == []


def test_a_file_is_taken_over_row_by_row_and_once(company: Company, sign_in: SignIn) -> None:
    keeper = sign_in("chenjing")
    enter(keeper, "customer", CUSTOMER)
    rows = "客户编码,姓名,邮箱,角色\r\nC900,张慧,zh@hospital.example,领导\r\nC901,李雷,,使用人\r\nC900,,,\r\n"
    report = give(keeper, "contact", "contacts.csv", rows.encode("gb18030"))
    assert "新建 1 条，更新 0 条，拒绝 2 条" in report.text
    assert "“客户编码”“C901”不是已有的客户" in report.text
    assert [(row.name, row.role) for row in company.rows(contact)] == [("张慧", "leader")]

    refused = report.visit(report.path + "/rejects.csv").answer
    assert refused is not None
    mended = refused.get_data(as_text=True)
    assert [row["行号"] for row in csv.DictReader(io.StringIO(mended.lstrip("\ufeff")))] == ["3", "4"]
    report = give(keeper, "contact", "mended.csv", mended.replace("C901", "C900").encode())
    assert "新建 1 条，更新 0 条，拒绝 1 条" in report.text

    again = give(keeper, "contact", "contacts.csv", rows.encode("gb18030"))
    assert "新建 0 条，更新 0 条，拒绝 2 条" in again.text
    assert len(company.rows(contact)) == 2


def test_a_workbook_brings_parts_with_their_stock(company: Company, sign_in: SignIn) -> None:
    book = Workbook()
    book.active.append(["备件编码", "名称", "备件级别", "最低库存", "期初库存"])
    book.active.append(["BJ-9", "硬盘", "A", 2, 5])
    book.active.append(["BJ-8", "=1+1", "X", 2, 5])
    content = io.BytesIO()
    book.save(content)
    report = give(sign_in("admin"), "spare_part", "parts.xlsx", content.getvalue())
    assert "新建 1 条，更新 0 条，拒绝 1 条" in report.text
    assert [(row.code, row.stock) for row in company.rows(spare_part)] == [("BJ-9", 5)]
    assert [(row.kind, row.quantity, row.balance) for row in company.rows(spare_part_move)] == [("count", 5, 5)]


def test_people_come_with_their_groups_and_cannot_sign_in_yet(company: Company, sign_in: SignIn) -> None:
    rows = "login,name,groups\nwangwu,王五,operations；auditors\nlihao,李浩,operations\nmanager9,无名,nobody\n"
    report = give(sign_in("admin"), "people", "people.csv", rows.encode())
    assert "新建 1 条，更新 0 条，拒绝 1 条" in report.text
    new = next(row for row in company.rows(user) if row.login == "wangwu")
    assert len([row for row in company.rows(membership) if row.user_id == new.id]) == 2
    assert give(sign_in("chenjing"), "people", "people.csv", rows.encode()).status == 403


@pytest.mark.parametrize(
    "content", [b"", b"\x00\x01\x02\xff\xfe\xff", b"PK\x03\x04nothing", "无此列,也无\n1,2\n".encode()]
)
def test_a_file_that_is_none_is_refused_as_a_whole(company: Company, sign_in: SignIn, content: bytes) -> None:
    refused = give(sign_in("admin"), "customer", "customers.csv", content)
    assert refused.status == 422
    assert "无法读取文件" in refused.text


def test_every_kind_has_a_template_that_can_be_imported_as_it_is(company: Company, sign_in: SignIn) -> None:
    keeper = sign_in("admin")
    for kind in ("customer", "contact", "contract", "project", "sla", "sla_item", "spare_part"):
        template = keeper.visit(f"/master-data/imports/template-{kind}.csv").answer
        assert template is not None
        # A server sends headers in Latin-1; a Chinese name is written as RFC 8187 says.
        assert b"filename*=UTF-8''" in template.headers["Content-Disposition"].encode("latin-1")
        report = give(keeper, kind, f"{kind}.csv", template.data)
        assert "新建 1 条，更新 0 条，拒绝 0 条" in report.text, (kind, report.text)
