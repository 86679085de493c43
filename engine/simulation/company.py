"""The company on its first day: people, calendars, published processes, customers with their agreements."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection

from engine import calendars, deployments, process_changes, process_library, working_calendars
from engine.actors import system_actor
from engine.bootstrap import Platform
from engine.demo.company import create_company
from engine.demo.master_data import found_master_data

_SETUP = system_actor("demo")


def found_company(platform: Platform, connection: Connection, now: datetime, *, provisional_year: int) -> None:
    """Found it. The holidays of ``provisional_year`` need not be published yet."""
    settings = platform.settings
    sources = deployments.read_sources(settings.processes_directory, settings.forms_directory)
    create_company(connection, actor=_SETUP, now=now)
    standard = replace(calendars.STANDARD, provisional_years=frozenset({provisional_year}))
    working_calendars.save(
        connection,
        actor=_SETUP,
        key=standard.key,
        data=calendars.calendar_to_json(standard),
        is_default=True,
        now=now,
    )
    deployments.publish(connection, platform.runtime, sources, actor=_SETUP, reason="演示环境初始发布", now=now)
    for one in process_library.listed(connection):
        reviewer = "management_representative" if one.row.area == "quality" else "quality"
        process_changes.set_owner(
            connection, actor=_SETUP, key=one.row.key, owner_group=one.row.area, reviewer_group=reviewer, now=now
        )
    found_master_data(connection, actor=_SETUP, year=now.year, zone=settings.zone, now=now)
