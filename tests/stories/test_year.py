"""A whole simulated year: every schedule fires, every process ends, every duty finds its evidence, and lapses show."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select

from engine.bootstrap import Platform, compose
from engine.settings import Settings
from engine.simulation.year import SimulatedYear, simulate
from engine.store import audit
from engine.store.tables import (
    document,
    engine_incident,
    process_definition,
    process_instance,
    schedule,
    schedule_run,
    survey,
)

YEAR = 2026
# Starts by people only, and a simulated person brings no file.
NOT_PLAYED = {"document_control"}
# A process that another one calls has no cases of its own.
CALLED = {"major_complaint"}
# The case of an agreement lives as long as the agreement.
LIVES_ON = {"sla"}

pytestmark = pytest.mark.long


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Platform, SimulatedYear]]:
    """A year with few incidents: what recurs costs the time, not what customers report."""
    folder = tmp_path_factory.mktemp("year")
    settings = Settings(
        database_url=f"sqlite:///{folder / 'yunzhi.sqlite3'}", secret_key="a key for tests", data_directory=Path(folder)
    )
    platform = compose(settings)
    yield platform, simulate(platform, year=YEAR, seed=1, incidents=250)
    platform.database.close()


def test_every_duty_has_evidence_and_only_planted_lapses_show(played: tuple[Platform, SimulatedYear]) -> None:
    _, year = played
    assert len(year.rows) == 98
    unproved = [row.obligation.id for row in year.rows if not any(one.status in ("done", "late") for one in row.cells)]
    assert unproved == []
    planted = {(one.period.key, duty): status for one in year.lapses for duty, status in one.shows.items()}
    shown = {
        (cell.period.key, row.obligation.id): cell.status
        for row in year.rows
        for cell in row.cells
        if cell.status in ("late", "overdue", "missed")
    }
    assert shown == planted


def test_nobody_was_refused_and_nothing_failed(played: tuple[Platform, SimulatedYear]) -> None:
    platform, year = played
    assert year.told.refused == []
    with platform.database.read() as connection:
        assert connection.execute(select(engine_incident)).all() == []
        verified = audit.verify(connection)
    assert verified.broken_at is None
    assert verified.records > 10_000


def test_every_schedule_fired_and_every_process_ended_at_least_once(played: tuple[Platform, SimulatedYear]) -> None:
    platform, _ = played
    with platform.database.read() as connection:
        fired = set(connection.scalars(select(schedule_run.c.schedule_id)))
        idle = [
            (row.definition_key, row.element_id) for row in connection.execute(select(schedule)) if row.id not in fired
        ]
        ended = set(
            connection.scalars(
                select(process_instance.c.definition_key).where(process_instance.c.status == "completed")
            )
        )
        known = set(connection.scalars(select(process_definition.c.key)))
    assert idle == []
    assert known - ended - LIVES_ON == NOT_PLAYED | CALLED


def test_the_documents_of_the_policy_were_issued_and_customers_asked(played: tuple[Platform, SimulatedYear]) -> None:
    platform, _ = played
    with platform.database.read() as connection:
        kinds = set(connection.scalars(select(document.c.kind).where(document.c.status == "issued")))
        surveys = list(connection.execute(select(survey)))
    assert {
        "work_summary",
        "quarterly_summary",
        "internal_audit_report",
        "management_review_report",
        "annual_plan",
        "monthly_quality_report",
        "service_report",
        "annual_service_report",
        "satisfaction_survey_report",
    } <= kinds
    assert [one.year for one in surveys] == [YEAR]
    assert date(YEAR, 10, 1) <= surveys[0].opened_at.date()
