"""The database door: engines with the settings that were measured, and the transactions of the entry points."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, QueuePool, create_engine, event, text
from sqlalchemy.engine import make_url

from engine.errors import Conflict, EngineError
from engine.store import audit, configuration
from engine.store.write_lock import FifoLock

BUSY_TIMEOUT_MS = 30_000
# How PostgreSQL says that two transactions met: serialization failure, deadlock, lock timeout, unique violation.
_MET_ANOTHER = frozenset({"40001", "40P01", "55P03", "23505"})
_MIGRATION_LOCK = 7_118_115_110
MIGRATIONS = Path(__file__).parent / "migrations"


class SchemaNewer(EngineError):
    """The database was upgraded by a later release."""

    code = "schema_newer"
    zh = "数据库结构（{revision}）比本程序新，请安装较新的版本后再启动"
    en = "The database schema ({revision}) is newer than this program; install the later release to start it"


class Overtaken(Conflict):
    """Another transaction changed the same rows first (PostgreSQL); nothing of this one happened."""

    code = "overtaken"


class Database:
    """One database: ``with database.write() as connection`` is the only way a change gets in.

    SQLite runs in WAL mode with ``synchronous=FULL`` and ``BEGIN IMMEDIATE`` for writers, one writer at a time in the
    order they came; PostgreSQL at READ COMMITTED, where row locks and revisions decide. With ``waits_for_disk`` false
    SQLite leaves the writing to the operating system: a power cut may spoil the file.
    """

    def __init__(self, url: str, *, pool_size: int = 16, waits_for_disk: bool = True) -> None:
        self.url = make_url(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        synchronous = "FULL" if waits_for_disk else "OFF"
        self.engine = (
            _sqlite_engine(url, pool_size, synchronous) if self.is_sqlite else _postgresql_engine(url, pool_size)
        )
        self._turn: AbstractContextManager[None] = FifoLock() if self.is_sqlite else nullcontext()
        self._writers: list[Connection] = []
        self._readers: list[Connection] = []

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """One transaction that may change things: committed with its audit records, or nothing of it happened."""
        with self._turn, self._connection(self._writers) as connection:
            self._begin(connection, "BEGIN IMMEDIATE")
            try:
                yield connection
                configuration.flush(connection)
                audit.flush(connection)
                self._commit(connection)
            except BaseException as error:
                configuration.discard(connection)
                audit.discard(connection)
                self._roll_back(connection)
                if getattr(getattr(error, "orig", error), "sqlstate", None) in _MET_ANOTHER:
                    raise Overtaken() from error
                raise

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """One consistent view of the data; it never waits for a writer and cannot write."""
        with self._connection(self._readers) as connection:
            self._begin(connection, "BEGIN")
            try:
                yield connection
                self._commit(connection)
            except BaseException:
                self._roll_back(connection)
                raise

    def _begin(self, connection: Connection, sqlite_statement: str) -> None:
        """Begin on the driver itself, as prepared statements run: Core joins in when it is used."""
        if self.is_sqlite:
            _driver(connection).execute(sqlite_statement)
        else:
            connection.begin()

    def _commit(self, connection: Connection) -> None:
        if connection.in_transaction():
            connection.commit()
        else:
            _driver(connection).commit()

    def _roll_back(self, connection: Connection) -> None:
        if connection.in_transaction():
            connection.rollback()
        else:
            _driver(connection).rollback()

    @contextmanager
    def _connection(self, kept: list[Connection]) -> Iterator[Connection]:
        """On SQLite one that was used before, if there is any: it costs nothing to open and its page cache is warm.

        All writers use one in turn: nobody else writes, so its cache stays valid.
        """
        if not self.is_sqlite:
            with self.engine.connect() as connection:
                yield connection
            return
        try:
            connection = kept.pop()
        except IndexError:
            connection = self.engine.connect()
        try:
            yield connection
        except BaseException:
            connection.close()
            raise
        kept.append(connection)

    def migrate(self) -> None:
        """Bring the schema up to date (Alembic), inside this engine's own transactions; one process at a time.

        Raises ``SchemaNewer`` when a later release has been here.
        """
        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS))
        with self._turn, self.engine.connect() as connection, self._migrating_alone(connection):
            revision = MigrationContext.configure(connection).get_current_revision()
            known = [script.revision for script in ScriptDirectory.from_config(config).walk_revisions()]
            if revision is not None and revision not in known:
                raise SchemaNewer(revision=revision)
            if revision != known[0]:
                config.attributes["connection"] = connection
                command.upgrade(config, "head")

    @contextmanager
    def _migrating_alone(self, connection: Connection) -> Iterator[None]:
        """One transaction for all of it: SQLite's write lock, or PostgreSQL's advisory lock, keeps others waiting."""
        with connection.begin():
            if not self.is_sqlite:
                connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _MIGRATION_LOCK})
            yield

    def backup(self, target: Path) -> None:
        """Copy a live SQLite database to ``target`` with ``VACUUM INTO`` (a consistent, compact file)."""
        if not self.is_sqlite:
            raise ValueError("back up PostgreSQL with pg_dump")
        with self.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM INTO :target"), {"target": str(target)})

    def close(self) -> None:
        """Give all connections back."""
        with self._turn:
            for kept in (self._writers, self._readers):
                while kept:
                    kept.pop().close()
        self.engine.dispose()


def _sqlite_engine(url: str, pool_size: int, synchronous: str) -> Engine:
    # The connection used last has the warmest page cache and its statements prepared. Every transaction is ended where
    # it began, so that the pool need not roll back once more.
    engine = create_engine(
        url,
        poolclass=QueuePool,
        pool_use_lifo=True,
        pool_size=pool_size,
        max_overflow=pool_size,
        pool_reset_on_return=None,
        connect_args={"check_same_thread": False},
    )

    @event.listens_for(engine, "connect")
    def configure(connection: sqlite3.Connection, _record: Any) -> None:
        connection.isolation_level = None
        for pragma in (
            "journal_mode=WAL",
            f"synchronous={synchronous}",
            f"busy_timeout={BUSY_TIMEOUT_MS}",
            "foreign_keys=ON",
            "cache_size=-64000",
            # Connections to one database in memory share their cache: there a reader must not lock out the writer.
            # A file is not read by others before it is committed, whatever this says.
            "read_uncommitted=ON",
        ):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        if connection.get_execution_options().get("isolation_level") == "AUTOCOMMIT":
            return
        driver = _driver(connection)
        if not driver.in_transaction:
            driver.execute("BEGIN IMMEDIATE")

    return engine


def _driver(connection: Connection) -> Any:
    """The driver's own connection."""
    return connection.connection.driver_connection


def _postgresql_engine(url: str, pool_size: int) -> Engine:
    options = "-c timezone=UTC -c lock_timeout=10s -c statement_timeout=60s -c idle_in_transaction_session_timeout=60s"
    return create_engine(
        url,
        pool_size=pool_size,
        max_overflow=5,
        pool_pre_ping=True,
        pool_recycle=1800,
        connect_args={"options": options},
    )
