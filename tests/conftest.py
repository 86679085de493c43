"""The stage of every story: a clock that is moved, an installation on each store, people, and a plain browser."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from jinja2 import FileSystemBytecodeCache

from engine.bootstrap import Platform, compose, settle
from engine.clock import MovableClock
from engine.settings import Settings
from tests.support.company import Company
from tests.support.installations import (
    EMPTY,
    FOUNDING,
    MONDAY_9_AM,
    PostgresqlServer,
    SqliteTemplates,
    postgresql_server,
)
from tests.support.people import People
from tests.support.service_desk import ServiceDesk
from tests.support.visitor import Visitor
from webapp.app import create_app

TESTS = Path(__file__).parent
COUNTED = ("definitions", "engine", "stories")
MEMORY = Path("/dev/shm")
ENOUGH_BYTES = 4 * 2**30


def pytest_configure() -> None:
    """What tests write goes to memory where there is room for it: then no commit waits for a disk.

    Nothing that is tested depends on the disk: a process that is killed leaves the same files in memory.
    """
    if os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > ENOUGH_BYTES and "TMPDIR" not in os.environ:
        os.environ["TMPDIR"] = tempfile.tempdir = str(MEMORY)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What plays for minutes begins first, so that nobody waits for it at the end.

    Branches are counted where the engine is tested for its own sake: counting takes two thirds more time.
    """
    items.sort(key=lambda item: item.get_closest_marker("long") is None)
    for item in items:
        if item.get_closest_marker("long") or item.path.relative_to(TESTS).parts[0] not in COUNTED:
            item.add_marker("uncounted")


def pytest_collection_finish() -> None:
    """Garbage is collected as in the product's own processes."""
    settle()


@pytest.fixture
def clock() -> MovableClock:
    """Monday 2 March 2026, nine in the morning in Shanghai, until somebody moves it."""
    return MovableClock(MONDAY_9_AM)


@pytest.fixture(scope="session")
def sqlite_templates(tmp_path_factory: pytest.TempPathFactory) -> SqliteTemplates:
    """Migrated SQLite databases to copy."""
    return SqliteTemplates(tmp_path_factory.mktemp("sqlite"))


@pytest.fixture(scope="session")
def sqlite_template(sqlite_templates: SqliteTemplates) -> Path:
    """A migrated, empty SQLite database to copy."""
    return sqlite_templates.path(EMPTY)


@pytest.fixture(scope="session")
def company_template(sqlite_templates: SqliteTemplates) -> Path:
    """A SQLite database with the demo company and every process published, to copy."""
    return sqlite_templates.path("company")


@pytest.fixture(scope="session")
def postgresql(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PostgresqlServer]:
    """A PostgreSQL server with migrated databases to copy."""
    with postgresql_server(tmp_path_factory.mktemp("postgresql")) as server:
        yield server


@pytest.fixture
def company_is_there() -> None:
    """The installation of the test has the demo company in it from its beginning."""


@pytest.fixture
def desk_is_there() -> None:
    """The installation of the test has a service desk in it from its beginning."""


def _who_is_there(request: pytest.FixtureRequest) -> str:
    return next((one for one in FOUNDING if f"{one}_is_there" in request.fixturenames), EMPTY)


@pytest.fixture
def settings(request: pytest.FixtureRequest, tmp_path: Path, sqlite_templates: SqliteTemplates) -> Settings:
    """An installation of its own on SQLite."""
    path = tmp_path / "yunzhi.sqlite3"
    shutil.copyfile(sqlite_templates.path(_who_is_there(request)), path)
    return Settings(
        database_url=f"sqlite:///{path}",
        secret_key="a key for tests",
        data_directory=tmp_path,
        heartbeat=False,
        secure_cookies=False,
        threads=8,
    )


@pytest.fixture
def postgresql_settings(
    request: pytest.FixtureRequest, settings: Settings, postgresql: PostgresqlServer
) -> Iterator[Settings]:
    """An installation of its own on PostgreSQL."""
    with postgresql.installation(_who_is_there(request)) as address:
        yield replace(settings, database_url=address)


@pytest.fixture
def platform(settings: Settings, clock: MovableClock) -> Iterator[Platform]:
    """The installation on SQLite, put together."""
    platform = compose(settings, clock=clock)
    yield platform
    platform.database.close()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def any_platform(request: pytest.FixtureRequest, clock: MovableClock) -> Iterator[Platform]:
    """The installation, once on each store."""
    on_sqlite = request.param == "sqlite"
    platform = compose(request.getfixturevalue("settings" if on_sqlite else "postgresql_settings"), clock=clock)
    yield platform
    platform.database.close()


@pytest.fixture
def people(request: pytest.FixtureRequest) -> People:
    """Creates users and groups in the installation of the test."""
    return People(request.getfixturevalue("any_platform" if "any_platform" in request.fixturenames else "platform"))


@pytest.fixture
def company(company_is_there: None, platform: Platform, people: People, tmp_path: Path) -> Company:
    """The demo company with every process published, on SQLite."""
    return Company(platform, people, tmp_path, is_founded=True)


@pytest.fixture
def any_company(company_is_there: None, any_platform: Platform, people: People, tmp_path: Path) -> Company:
    """The demo company with every process published, once on each store."""
    return Company(any_platform, people, tmp_path, is_founded=True)


@pytest.fixture
def desk(desk_is_there: None, platform: Platform, people: People, tmp_path: Path) -> ServiceDesk:
    """A service desk with its people and processes on SQLite."""
    return ServiceDesk(platform, people, tmp_path, is_founded=True)


@pytest.fixture
def any_desk(desk_is_there: None, any_platform: Platform, people: People, tmp_path: Path) -> ServiceDesk:
    """A service desk, once on each store."""
    return ServiceDesk(any_platform, people, tmp_path, is_founded=True)


@pytest.fixture
def app(platform: Platform, pytestconfig: pytest.Config) -> Flask:
    """The web application over ``platform``; its templates are translated once for all tests."""
    app = create_app(platform)
    app.testing = True
    app.jinja_env.bytecode_cache = FileSystemBytecodeCache(str(pytestconfig.cache.mkdir("templates")))
    return app


@pytest.fixture
def visitor(app: Flask) -> Visitor:
    """Somebody with a browser without scripts, not signed in."""
    return Visitor(app.test_client())


@pytest.fixture
def sign_in(app: Flask) -> Callable[[str], Visitor]:
    """``sign_in("li.lei")``: a browser without scripts in which that person is signed in."""
    return lambda login: Visitor(app.test_client()).sign_in(login)
