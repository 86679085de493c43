"""The example of the guide decides as the guide says."""

from __future__ import annotations

import re

from engine.settings import ROOT
from tests.support.tables import Table

GUIDE = (ROOT / "docs" / "decisions-tables.md").read_text(encoding="utf-8")


def test_the_example_of_the_guide() -> None:
    table = (
        Table("complaint_class").input("影响人数", "integer").input("类别", "string", '"服务态度", "服务质量", "费用"')
    )
    table.output("等级", "string").output("响应小时", "number")
    rows = re.findall(r"^\| \d \|(.*)\|$", GUIDE, re.MULTILINE)
    assert len(rows) == 4
    for row in rows:
        cells = [cell.strip().strip("`") for cell in row.split("|")]
        table.rule(*cells[:4])
    assert table.problems() == []
    decided = table.decide(影响人数=20, 类别="费用")
    assert (decided.value, decided.traces[0].rules) == ({"等级": "重要", "响应小时": 2}, (2,))
