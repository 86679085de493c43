"""Preparing the demo: the company once, then a month of work on a clock that walks from then to now."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, insert, select, update

from engine import deployments
from engine.actors import system_actor
from engine.bootstrap import Platform
from engine.clock import MovableClock
from engine.demo.company import create_company
from engine.demo.incident_log import generate
from engine.demo.master_data import found_master_data
from engine.demo.month import Month
from engine.store.tables import setting

SETTING = "demo"
DAYS = 30
_SETUP = system_actor("demo")


def prepare(platform: Platform) -> bool:
    """Fill an empty installation with the demo company; whether there was anything to do.

    A preparation that was interrupted is finished by the next one; a finished one is only looked at.
    """
    with platform.database.read() as connection:
        state = connection.execute(select(setting.c.value).where(setting.c.key == SETTING)).scalar()
    if state is not None and state["is_prepared"]:
        return False
    end = platform.clock.now() if state is None else datetime.fromisoformat(state["end_at"])
    start = end - timedelta(days=DAYS)
    if state is None:
        _found_company(platform, start, end)
    clock = MovableClock(start)
    Month(replace(platform, clock=clock), clock, generate(start, end, platform.settings.zone)).play(end)
    with platform.database.write() as connection:
        _remember(connection, {"is_prepared": True, "end_at": end.isoformat()})
    return True


def _found_company(platform: Platform, start: datetime, end: datetime) -> None:
    settings = platform.settings
    sources = deployments.read_sources(settings.processes_directory, settings.forms_directory)
    with platform.database.write() as connection:
        create_company(connection, actor=_SETUP, now=start)
        deployments.publish(connection, platform.runtime, sources, actor=_SETUP, reason="演示环境初始发布", now=start)
        found_master_data(connection, actor=_SETUP, year=start.year, zone=settings.zone, now=start)
        _remember(connection, {"is_prepared": False, "end_at": end.isoformat()})


def _remember(connection: Connection, value: dict[str, Any]) -> None:
    changed = connection.execute(update(setting).where(setting.c.key == SETTING).values(value=value))
    if changed.rowcount == 0:
        connection.execute(insert(setting).values(key=SETTING, value=value))
