"""The registers in a browser without scripts: who sees what, what the filters do, how an import goes."""

from __future__ import annotations

import csv
import io
import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from zipfile import ZipFile

import pytest
from openpyxl import load_workbook

from engine.registers import importing
from engine.registers.importing import runs
from engine.store.tables import import_run
from tests.support.people import People
from tests.support.service_desk import REACHED, ServiceDesk
from tests.support.visitor import Visitor

SignIn = Callable[[str], Visitor]


def upload(visitor: Visitor, path: Path, **fields: str) -> Visitor:
    """Import a file through the page and wait for the thread that reads it."""
    visitor.visit("/imports").send("/imports", file=(path.open("rb"), path.name), source="servicenow", **fields)
    for thread in threading.enumerate():
        if thread.name.startswith("yunzhi-import"):
            thread.join()
    return visitor.visit(visitor.path)


def test_an_import_through_the_page_ends_in_a_report_and_callbacks(desk: ServiceDesk, sign_in: SignIn) -> None:
    good, bad = desk.row("INC1", "Resolved", 1), {**desk.row("INC2", "Resolved", 1), "opened_at": "yesterday"}
    visitor = upload(sign_in("liuyang"), desk.export([good, bad], encoding="gb18030"), callbacks="all")
    assert visitor.path.startswith("/imports/")
    assert "发起 1 个回访" in visitor.text
    assert "opened_at 不是有效时间：yesterday" in visitor.text
    assert not list((desk.folder / "imports").iterdir()), "what is imported need not be kept"

    rejected = visitor.visit(visitor.path + "/rejects.csv").answer
    assert rejected is not None
    rows = list(csv.DictReader(io.StringIO(rejected.get_data(as_text=True).lstrip("\ufeff"))))
    assert [(row["number"], row["行号"]) for row in rows] == [("INC2", "3")]

    assert "INC1" in visitor.visit("/incidents").text
    assert "INC1" in visitor.visit("/callbacks").text
    assert "INC1" in visitor.visit("/").text


def test_a_mended_reject_file_can_be_imported_as_it_is(desk: ServiceDesk, sign_in: SignIn) -> None:
    bad = {**desk.row("INC2", "Resolved", 1), "opened_at": "yesterday"}
    visitor = upload(sign_in("liuyang"), desk.export([bad]))
    answer = visitor.visit(visitor.path + "/rejects.csv").answer
    assert answer is not None
    mended = desk.folder / "mended.csv"
    mended.write_bytes(answer.get_data().replace(b"yesterday", bad["sys_updated_at"].encode()))
    assert "发起 1 个回访" in upload(visitor, mended).text


def test_a_wrong_file_comes_back_with_its_reason_and_nothing_is_noted(desk: ServiceDesk, sign_in: SignIn) -> None:
    wrong = desk.folder / "wrong.csv"
    wrong.write_text("name,age\n", encoding="utf-8")
    visitor = sign_in("liuyang").visit("/imports")
    visitor.send("/imports", file=(wrong.open("rb"), "wrong.csv"), source="servicenow", callbacks="all")
    assert visitor.status == 422
    assert "缺少列" in visitor.text
    visitor.send("/imports", source="servicenow")
    assert "请选择要导入的文件" in visitor.text
    assert desk.rows(import_run) == []


def test_an_interrupted_import_is_gone_on_with_from_the_kept_file(desk: ServiceDesk, sign_in: SignIn) -> None:
    path = desk.export([desk.row(f"INC{n}", "Resolved", 1) for n in range(3)])
    platform = desk.platform
    prepared = importing.prepare_import(platform.database, platform.runtime, desk.clock, path, actor=desk.liu_yang)
    kept = desk.folder / "imports" / f"{prepared.export.sha256}.upload"
    kept.parent.mkdir()
    path.rename(kept)
    visitor = sign_in("liuyang").visit(f"/imports/{prepared.run_id}")
    assert "正在导入" in visitor.text
    desk.clock.move(runs.SILENCE + timedelta(seconds=1))
    visitor.visit(f"/imports/{prepared.run_id}")
    assert "继续导入" in visitor.text
    visitor.submit(f"/imports/{prepared.run_id}/resume")
    for thread in threading.enumerate():
        if thread.name.startswith("yunzhi-import"):
            thread.join()
    assert "发起 3 个回访" in visitor.visit(visitor.path).text


def test_filters_and_paging_of_the_incidents(desk: ServiceDesk, sign_in: SignIn) -> None:
    desk.import_rows(
        *(desk.row(f"INC{n:03d}", "Active", 1, summary=f"故障{n}") for n in range(60)),
        desk.row("INC900", "Resolved", 2, summary="100%_满", company="清河水务集团"),
        callbacks="none",
    )
    visitor = sign_in("lihao").visit("/incidents")
    numbers = visitor.all('//td/a[@class="yz-title"]')
    assert len(numbers) == 50
    (following,) = visitor.page.xpath('//a[@rel="next"]/@href')
    assert len(numbers + visitor.visit(following).all('//td/a[@class="yz-title"]')) == 61
    for query in ("state=resolved", "q=清河", "q=100%25_", "q=900"):
        assert visitor.visit(f"/incidents?{query}").all('//td/a[@class="yz-title"]') == ["INC900"], query
    assert visitor.visit("/incidents?q=zzz").all('//td/a[@class="yz-title"]') == []
    today = desk.clock.now().astimezone(desk.platform.settings.zone).date()
    tomorrow = today + timedelta(days=1)
    assert "INC900" in visitor.visit(f"/incidents?from={today}&to={today}&q=900").text
    assert "INC900" not in visitor.visit(f"/incidents?from={tomorrow}&q=900").text
    assert visitor.visit("/incidents?state=nonsense&from=x&after=y").status == 200


def test_one_incident_shows_its_callbacks_and_what_happened(desk: ServiceDesk, sign_in: SignIn) -> None:
    desk.import_rows(desk.row("INC1", "Resolved", 1))
    desk.submit(desk.liu_yang, "call", **REACHED, solved="no", score=2, comment="还是慢")
    visitor = sign_in("liuyang").visit(f"/incidents/{desk.incidents['INC1'].id}")
    assert "还是慢" in visitor.text
    assert "回访发现未解决，已重开" in visitor.text
    assert visitor.page.xpath(f'//a[contains(@href, "{desk.instances[0].id}")]')
    assert sign_in("chenjing").visit("/incidents/99").status == 404


def test_the_callbacks_page_counts_and_filters(desk: ServiceDesk, sign_in: SignIn) -> None:
    desk.import_rows(*(desk.row(f"INC{n}", "Resolved", 1) for n in range(3)))
    desk.submit(desk.liu_yang, "call", **REACHED, solved="yes", score=1, complaint=True, complaint_content="太慢")
    visitor = sign_in("wangqiang")
    found = {
        standing: len(visitor.visit(f"/callbacks?standing={standing}").all('//td/a[@class="yz-title"]'))
        for standing in ("", "open", "overdue", "reached", "dissatisfied", "not_solved")
    }
    assert found == {"": 3, "open": 2, "overdue": 0, "reached": 1, "dissatisfied": 1, "not_solved": 0}
    assert "无数据" in visitor.text
    desk.clock.move(timedelta(hours=25))
    assert len(visitor.visit("/callbacks?standing=overdue").all('//td/a[@class="yz-title"]')) == 2
    assert "33.33%" in visitor.text
    assert visitor.visit("/callbacks?month=2016-01").all('//td/a[@class="yz-title"]') == []


@pytest.mark.parametrize("register", ["incidents", "callbacks"])
def test_exports_open_in_a_spreadsheet_and_run_no_formula(desk: ServiceDesk, sign_in: SignIn, register: str) -> None:
    desk.import_rows(desk.row("INC1", "Resolved", 1, company='=HYPERLINK("http://evil")', summary="-100"))
    visitor = sign_in("lihao")
    answer = visitor.visit(f"/{register}/export.csv").answer
    assert answer is not None
    assert answer.get_data().startswith(b"\xef\xbb\xbf")
    (row,) = csv.DictReader(io.StringIO(answer.get_data(as_text=True).lstrip("\ufeff")))
    assert row["客户"] == '\'=HYPERLINK("http://evil")'
    assert row["摘要"] == "-100", "a number stays a number"
    answer = visitor.visit(f"/{register}/export.xlsx").answer
    assert answer is not None
    content = io.BytesIO(answer.get_data())
    answer.close()
    sheet = load_workbook(content).active
    assert sheet is not None
    titles, values = list(sheet.values)
    assert dict(zip(titles, values, strict=True))["客户"] == '=HYPERLINK("http://evil")'
    assert b"<f>" not in ZipFile(content).read("xl/worksheets/sheet1.xml")
    assert visitor.visit(f"/{register}/export.exe").status == 404


def test_who_does_not_work_with_the_registers_is_kept_out(desk: ServiceDesk, people: People, sign_in: SignIn) -> None:
    people.user("guest", "访客")
    guest, operator = sign_in("guest"), sign_in("lihao")
    for path in (
        "/incidents",
        "/incidents/export.csv",
        "/incidents/export.xlsx",
        "/callbacks",
        "/callbacks/export.csv",
    ):
        assert guest.visit(path).status == 403, path
        assert operator.visit(path).status == 200, path
        assert operator.answer is not None
        operator.answer.close()
    for path in ("/imports", "/imports/1", "/imports/1/rejects.csv"):
        assert guest.visit(path).status == 403, path
        assert operator.visit(path).status == 403, path
    assert "/imports" not in operator.visit("/incidents").page.xpath("//aside//a/@href")
