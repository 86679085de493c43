"""The pages of the indicators: figures lead to records, frozen figures to what changed, targets to new colours."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from openpyxl import load_workbook

from engine import periods
from engine.bootstrap import Platform
from engine.clock import MovableClock
from engine.indicators import snapshots
from engine.store.tables import incident
from tests.support.ledger import SHANGHAI, Ledger, at
from tests.support.people import People
from tests.support.visitor import Visitor

PAGE = "/indicators"


@pytest.fixture
def ledger(platform: Platform, people: People, clock: MovableClock) -> Ledger:
    clock.move_to(datetime(2026, 4, 2, tzinfo=UTC))
    found = Ledger(platform, people)
    found.incident(at("03-02"), made_sla=True)
    found.incident(at("03-03"), made_sla=False)
    found.incident(at("02-10"), made_sla=True)
    return found


@pytest.fixture
def xu_mei(ledger: Ledger, sign_in: Callable[[str], Visitor]) -> Visitor:
    return sign_in("xumei")


def row_of(visitor: Visitor, name: str) -> str:
    (row,) = visitor.page.xpath(f"//tr[.//a[contains(@class, 'yz-title')][normalize-space() = '{name}']]")
    return " ".join(row.text_content().split())


def test_the_figure_of_a_period_leads_to_its_records(xu_mei: Visitor) -> None:
    xu_mei.visit(f"{PAGE}?period=2026-03")
    assert "50% 未达标 样本少 ≥ 95% 1 / 2" in row_of(xu_mei, "解决及时率")
    assert "无数据来源" in row_of(xu_mei, "培训计划完成率与岗位备份率")
    xu_mei.visit(xu_mei.page.xpath("//a[text() = '解决及时率']/@href")[0])
    assert [one.text_content() for one in xu_mei.page.xpath("//section[@id='records']//a[@class='yz-title']")] == [
        "INC002",
        "INC001",
    ]
    xu_mei.visit(f"{PAGE}/I02?period=2026-03&share=missed")
    (link,) = xu_mei.page.xpath("//section[@id='records']//a[@class='yz-title']/@href")
    assert "INC002" in xu_mei.visit(link).text


def test_a_quarter_adds_up_its_months(xu_mei: Visitor) -> None:
    xu_mei.visit(f"{PAGE}?period=2026-Q1")
    assert "66.67%" in row_of(xu_mei, "解决及时率")
    assert xu_mei.visit(f"{PAGE}?period=2026-13").status == 422
    assert xu_mei.visit(f"{PAGE}/I99").status == 404


def test_a_correction_after_the_freeze_is_shown_and_written_down(
    xu_mei: Visitor, ledger: Ledger, platform: Platform
) -> None:
    with platform.database.write() as connection:
        snapshots.take(
            connection, ledger.xu_mei, periods.parse("2026-03"), "", ledger.house.now, zone=SHANGHAI, keys=("I02",)
        )
    page = f"{PAGE}/I02?period=2026-03"
    assert "数据与固化时一致" in xu_mei.visit(page).text
    ledger.change(incident, 2, made_sla=True)
    assert "现在是 100%，固化时是 50%" in xu_mei.visit(page).text
    xu_mei.submit(f"{PAGE}/I02/revisions?period=2026-03", reason="来源系统更正")
    assert "来源系统更正" in xu_mei.text
    assert "1 条结果改变" in xu_mei.text
    assert "数据与固化时一致" in xu_mei.text


def test_targets_are_set_by_the_management_and_colour_the_figures(
    ledger: Ledger, xu_mei: Visitor, people: People, sign_in: Callable[[str], Visitor]
) -> None:
    assert xu_mei.visit(f"{PAGE}/targets").status == 403
    people.user("linfang", "林芳", groups=["management"])
    lin_fang = sign_in("linfang")
    lin_fang.visit(f"{PAGE}/targets")
    lin_fang.submit(f"{PAGE}/targets", **{"I02": "50", "I02-warning": "60"})
    assert lin_fang.status == 422
    assert "解决及时率”的目标值须为" in lin_fang.text
    lin_fang.submit(f"{PAGE}/targets", **{"I02": "50", "I02-warning": "40"})
    xu_mei.visit(f"{PAGE}?period=2026-03")
    assert "50% 达标" in row_of(xu_mei, "解决及时率")


def test_figures_go_out_as_tables(xu_mei: Visitor) -> None:
    text = xu_mei.visit(f"{PAGE}/export.csv?period=2026-03").text
    assert "I02,解决及时率,Resolution in time,2026-03,50.0,%,1,2,0,95.0,missed" in text
    records = xu_mei.visit(f"{PAGE}/I02/export.csv?period=2026-03").text
    assert records.index("INC002") < records.index("INC001")
    answer = xu_mei.visit(f"{PAGE}/export.xlsx?period=2026-03").answer
    assert answer is not None
    content = io.BytesIO(answer.get_data())
    answer.close()
    sheet = load_workbook(content).worksheets[0]
    assert [cell.value for cell in sheet[3]][:5] == ["I02", "解决及时率", "Resolution in time", "2026-03", 50]
    assert xu_mei.visit(f"{PAGE}/export.pdf").status == 404


def test_those_who_do_not_work_with_figures_do_not_see_them(
    ledger: Ledger, people: People, sign_in: Callable[[str], Visitor]
) -> None:
    people.user("qiumin", "邱敏", groups=["finance"])
    qiu_min = sign_in("qiumin")
    for page in (PAGE, f"{PAGE}/I02", f"{PAGE}/export.csv", f"{PAGE}/I02/export.csv"):
        assert qiu_min.visit(page).status == 403
    assert not qiu_min.visit("/inbox").page.xpath(f"//a[@href='{PAGE}']")
