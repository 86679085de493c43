"""The demo company looks like a house at work, and preparing it twice does nothing."""

from __future__ import annotations

import shutil
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from engine import inbox_queries, periods, users
from engine.bootstrap import Platform
from engine.clock import MovableClock
from engine.demo import PASSWORD, PEOPLE
from engine.indicators import readings
from engine.registers.importing import import_incidents
from engine.simulation import prepare
from engine.store import audit
from engine.store.tables import callback, complaint, engine_incident, import_reject, incident, outbox, user
from tests.support.demo import THURSDAY_MORNING, demo_platform
from tests.support.people import People


@pytest.fixture(scope="module")
def demo_folder(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data directory of a prepared demo, to copy."""
    folder = tmp_path_factory.mktemp("demo")
    shutil.copyfile(sqlite_template, folder / "yunzhi.sqlite3")
    platform = demo_platform(folder)
    assert prepare(platform)
    platform.database.close()
    return folder


@pytest.fixture
def prepared(demo_folder: Path, tmp_path: Path) -> Iterator[Platform]:
    """A prepared demo of one's own."""
    shutil.copytree(demo_folder, tmp_path / "demo")
    platform = demo_platform(tmp_path / "demo")
    yield platform
    platform.database.close()


@pytest.fixture
def people(prepared: Platform) -> People:
    return People(prepared)


def test_the_demo_company_has_months_behind_it(prepared: Platform, people: People) -> None:
    now = prepared.clock.now()
    with prepared.database.read() as connection:
        states = Counter(connection.execute(select(callback.c.status)).scalars())
        incident_states = set(connection.execute(select(incident.c.state)).scalars())
        quarter = periods.of_day("quarter", now.date())
        in_time, content = readings.compute(connection, quarter, prepared.settings.zone, now, keys=("I06", "I09"))
        problems = connection.execute(select(engine_incident)).all() + connection.execute(select(import_reject)).all()
        pending = connection.execute(select(outbox.c.id).where(outbox.c.status != "sent")).all()
        admin_hash = connection.execute(select(user.c.password_hash).where(user.c.login == "admin")).scalar_one()
        assert audit.verify(connection).broken_at is None
        complaints = list(connection.execute(select(complaint).order_by(complaint.c.received_at)))
    assert {"closed", "watching", "registered"} <= {one.status for one in complaints}
    assert 4 in [one.visit_score for one in complaints if one.is_major]
    assert states["reached"] > 150
    assert states["unreachable"] >= 1
    assert states["open"] >= 5
    assert incident_states >= {"resolved", "closed"}
    assert 7000 < (in_time.value or 0) < 10_000
    assert 6000 < (content.value or 0) < 10_000
    assert problems == []
    assert pending == []
    assert users.password_matches(admin_hash, PASSWORD)
    for login, least in (("liuyang", 3), ("chenjing", 3), ("lihao", 1)):
        query = inbox_queries.InboxQuery()
        with prepared.database.read() as connection:
            page = inbox_queries.page(connection, people.actor(login), query, now=now, today_ends_at=now)
        assert len(page.items) >= least, login


def test_todays_export_waits_to_be_imported(prepared: Platform, people: People) -> None:
    path = prepared.settings.data_directory / "demo" / "incidents-today.csv"
    actor = people.actor("liuyang")
    report = import_incidents(prepared.database, prepared.runtime, prepared.clock, path, actor=actor)
    assert report.rows_rejected == 0
    assert report.callbacks_started > 0


def test_preparing_again_does_nothing_and_takes_no_time(prepared: Platform) -> None:
    with prepared.database.read() as connection:
        before = audit.verify(connection).records
    started = time.thread_time()
    assert not prepare(prepared)
    assert time.thread_time() - started < 0.5
    with prepared.database.read() as connection:
        assert audit.verify(connection).records == before
        assert len(connection.execute(select(user.c.id)).all()) == len(PEOPLE)


def test_a_preparation_that_broke_off_is_finished_by_the_next(
    platform: Platform, clock: MovableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock.move_to(THURSDAY_MORNING)
    with monkeypatch.context() as patched:
        patched.setattr("engine.simulation.preparation.generate", lambda *_, **__: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            prepare(platform)
    assert prepare(platform)
    assert not prepare(platform)
