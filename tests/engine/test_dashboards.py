"""Every panel of every dashboard on both stores; who does not work with figures sees none."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from engine import periods
from engine.bootstrap import Platform
from engine.dashboards import load
from engine.dashboards.catalogue import DASHBOARDS, groups_of
from engine.dashboards.panels import View
from engine.errors import Forbidden
from tests.support.ledger import SHANGHAI, Ledger, at
from tests.support.people import People


def test_every_panel_counts_what_there_is(any_platform: Platform, people: People) -> None:
    ledger = Ledger(any_platform, people)
    now = any_platform.clock.now()
    ledger.incident(None, opened_at=now, made_sla=False)
    ledger.complaint("C-1", now)
    finding = ledger.nonconformity("N-1")
    ledger.action("A-1", date(2026, 1, 1), nonconformity_id=finding)
    called = {"status": "reached", "attempts": 1, "first_attempt_at": now, "finished_at": now}
    ledger.call(now - timedelta(hours=1), score=2, **called)
    ledger.call(at("02-20"))
    view = View(periods.parse("2026-03"), SHANGHAI, now, any_platform.runtime.library)
    panels = {one.key: one for board in DASHBOARDS.values() for one in board.panels} | {"today": load.TODAY}
    with any_platform.database.read() as connection:
        found = {
            key: {one.key: len(one.items) for one in groups_of(connection, ledger.xu_mei, panel, view) if one.items}
            for key, panel in panels.items()
        }
    assert found == {
        "today": {"opened": 1, "open": 3, "late": 1, "callbacks": 1, "late_callbacks": 1, "complaints": 1},
        "scores": {"s2": 1},
        "complaints": {"timeliness": 1},
        "backlog": {"p1": 3},
        "actions": {"longer": 1},
        "findings": {"a60": 1},
        "coverage": {"open": 8},
        "duties": found["duties"],
    }
    assert found["duties"].keys() <= {"upcoming"}, "the company has only just begun"


def test_figures_are_for_those_who_work_with_them(platform: Platform, people: People) -> None:
    qiu_min = people.user("qiumin", "邱敏", groups=["finance"])
    view = View(periods.parse("2026-03"), SHANGHAI, platform.clock.now(), platform.runtime.library)
    with platform.database.read() as connection, pytest.raises(Forbidden):
        groups_of(connection, qiu_min, load.TODAY, view)
