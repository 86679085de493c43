"""Preparing the demo: the company once, then two months of work on a clock that walks from then to now."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from random import Random
from typing import Any

from sqlalchemy import Connection, insert, select, update

from engine import inbox
from engine.bootstrap import Platform
from engine.clock import MovableClock
from engine.demo import answers as said
from engine.demo.incident_log import generate
from engine.periods import of_day
from engine.simulation import answers_desk, answers_quality
from engine.simulation.company import found_company
from engine.simulation.everybody import ANSWERS, DAILY, STARTS
from engine.simulation.lapses import Lapse
from engine.simulation.play import Play
from engine.simulation.scene import Start
from engine.simulation.ticket_system import TicketSystem
from engine.store.tables import setting, work_item

SETTING = "demo"
DAYS = 62
INCIDENTS_PER_DAY = 7
# From here on little is done, so that whoever opens the demo finds some things due and some late.
LAST_STRETCH = timedelta(hours=29)
LAST_IMPORT = timedelta(hours=5)
TODAYS_EXPORT = "incidents-today.csv"


def prepare(platform: Platform) -> bool:
    """Fill an empty installation with the demo company; whether there was anything to do.

    A preparation that was interrupted is finished by the next one; a finished one is only looked at.
    """
    with platform.database.read() as connection:
        state = connection.execute(select(setting.c.value).where(setting.c.key == SETTING)).scalar()
    if state is not None and state["is_prepared"]:
        return False
    end = platform.clock.now() if state is None else datetime.fromisoformat(state["end_at"])
    begin = end - timedelta(days=DAYS)
    if state is None:
        with platform.database.write() as connection:
            found_company(platform, connection, begin, provisional_year=end.year + 1)
            _remember(connection, {"is_prepared": False, "end_at": end.isoformat()})
    _play(platform, begin, end)
    with platform.database.write() as connection:
        _remember(connection, {"is_prepared": True, "end_at": end.isoformat()})
    return True


def _play(platform: Platform, begin: datetime, end: datetime) -> None:
    clock, zone = MovableClock(begin), platform.settings.zone
    random = Random(2026)  # noqa: S311 - a demo, the same every time
    folder = platform.settings.data_directory / "demo"
    events = generate(begin, end, zone, per_day=INCIDENTS_PER_DAY)
    tickets = TicketSystem(events, folder, zone, random)
    play = Play(
        replace(platform, clock=clock),
        clock,
        tickets=tickets,
        answers=ANSWERS,
        starts=STARTS,
        lapses=_lapses(begin, end),
        daily=DAILY,
        seed=2026,
        imports_until=end - LAST_IMPORT,
        quiet_from=end - LAST_STRETCH,
    )
    for before, one in _MOMENTS:
        play.at(end - before, partial(play.start, one))
    play.until(end)
    _leave_things_lying(play, end)
    tickets.leave_export(folder / TODAYS_EXPORT, end)


# What whoever opens the demo shall find on its way through the house, so long before they do.
_MOMENTS = (
    (timedelta(days=40), Start("sunli", "complaint", 1, answers_desk.major_complaint)),
    (timedelta(days=38), Start("xumei", "internal_audit", 1, answers_quality.audit_request)),
    (timedelta(days=19, hours=5), Start("zhaoqian", "complaint", 1, answers_desk.complaint)),
    (timedelta(days=12), Start("linfang", "management_review", 1, lambda scene: {})),
    (timedelta(days=6), Start("xumei", "audit_programme", 1, lambda scene: {})),
    (timedelta(days=1, hours=4), Start("sunli", "complaint", 1, answers_desk.complaint)),
    (timedelta(hours=3), Start(said.FEEDBACK[0][0], "customer_feedback", 1, lambda scene: said.FEEDBACK[0][1])),
    (timedelta(hours=2), Start(said.FEEDBACK[1][0], "customer_feedback", 1, lambda scene: said.FEEDBACK[1][1])),
)


def _lapses(begin: datetime, end: datetime) -> list[Lapse]:
    """A few calls of each month come too late."""
    first, last = of_day("month", begin.date()), of_day("month", end.date())
    months = [first]
    while months[-1] != last:
        months.append(months[-1].next)
    return [Lapse("incident_callback", "call", one, {}, delay=timedelta(hours=27), times=6) for one in months]


def _leave_things_lying(play: Play, end: datetime) -> None:
    """Two calls are claimed by people who have not come round to them."""
    platform = play.platform
    calls = select(work_item.c.id).where(work_item.c.element_id == "call", work_item.c.state == "ready")
    with platform.database.write() as connection:
        waiting = list(connection.scalars(calls.order_by(work_item.c.due_at, work_item.c.id).limit(3)))
        for login, one in zip(("liuyang", "emily"), waiting[1:], strict=False):
            inbox.claim(connection, actor=play.staff.by_login[login], work_item_id=one, now=end)


def _remember(connection: Connection, value: dict[str, Any]) -> None:
    changed = connection.execute(update(setting).where(setting.c.key == SETTING).values(value=value))
    if changed.rowcount == 0:
        connection.execute(insert(setting).values(key=SETTING, value=value))
