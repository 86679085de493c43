"""The heat map of a process as a page: the same figures on the diagram and in a table."""

from __future__ import annotations

import json
from collections.abc import Callable

from tests.support import complaints
from tests.support.company import Company
from tests.support.visitor import Visitor

SignIn = Callable[[str], Visitor]


def test_the_table_says_what_the_diagram_shows(company: Company, sign_in: SignIn) -> None:
    complaints.register(company)
    company.pass_time(hours=1)
    company.claim("zhaoqian", "acknowledge")
    company.pass_time(minutes=30)
    complaints.acknowledge(company)
    complaints.register(company)
    page = sign_in("lihao").visit("/processes/complaint/heat?metric=waiting")
    assert page.status == 200
    row = next(text for text in page.all("//tbody/tr") if "受理" in text)
    assert "1:00 / 1:00" in row and "0:30 / 0:30" in row
    marks = json.loads(page.page.xpath('//script[@id="heat-marks"]/text()')[0])
    assert {"element": "acknowledge", "text": "1:00", "step": 5} in marks
    assert "等待时间（中位数）" in page.text


def test_measures_periods_and_versions_are_chosen(company: Company, sign_in: SignIn) -> None:
    complaints.register(company)
    company.pass_time(days=40)
    visitor = sign_in("lihao")
    assert "这段时间没有任务到达" in visitor.visit("/processes/complaint/heat?period=30&version=1").text
    for metric in ("visits", "waiting", "working", "late", "open", "nonsense"):
        assert visitor.visit(f"/processes/complaint/heat?metric={metric}&period=all").status == 200
    assert visitor.visit("/processes/complaint/heat?version=9").status == 404
    assert visitor.visit("/processes/none/heat").status == 404
    assert visitor.visit("/processes/complaint/heat?period=nonsense&version=x").status == 200
