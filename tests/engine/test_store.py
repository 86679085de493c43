"""The database door: settings in force, one schema on both stores, whole migrations or none, backups that open."""

from __future__ import annotations

import sqlite3
import threading
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from alembic import op
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect, text

from engine import doctor
from engine.bootstrap import Platform, compose
from engine.errors import Conflict
from engine.settings import Settings
from engine.store.database import Database, SchemaNewer
from engine.store.tables import metadata, setting
from engine.store.types import UtcDateTime
from engine.store.write_lock import FifoLock
from tests.support.diagrams import Diagram
from tests.support.house import House
from tests.support.people import People


def test_sqlite_runs_with_the_settings_that_were_measured(platform: Platform) -> None:
    wanted = {"journal_mode": "wal", "synchronous": 2, "busy_timeout": 30_000, "foreign_keys": 1}
    for door in (platform.database.read, platform.database.write):
        with door() as connection:
            found = {name: connection.exec_driver_sql(f"PRAGMA {name}").scalar_one() for name in wanted}
        assert found == wanted


def test_a_reader_sees_one_moment_and_never_waits(platform: Platform) -> None:
    database = platform.database
    with database.read() as reader:
        assert reader.execute(setting.select()).all() == []
        with database.write() as writer:
            writer.execute(setting.insert().values(key="a", value=1))
        assert reader.execute(setting.select()).all() == []
        with pytest.raises(Exception, match="locked"):
            reader.execute(setting.insert().values(key="b", value=1))
    with database.read() as reader:
        assert len(reader.execute(setting.select()).all()) == 1


def test_what_fails_leaves_nothing(any_platform: Platform) -> None:
    with pytest.raises(RuntimeError), any_platform.database.write() as connection:
        connection.execute(setting.insert().values(key="a", value=1))
        raise RuntimeError
    with any_platform.database.read() as connection:
        assert connection.execute(setting.select()).all() == []


def test_writers_take_turns_in_the_order_they_came() -> None:
    lock, order = FifoLock(), []
    lock.__enter__()
    threads = []
    for number in range(8):

        def enter(number: int = number) -> None:
            with lock:
                order.append(number)

        thread = threading.Thread(target=enter)
        threads.append(thread)
        thread.start()
        while len(lock._waiters) <= number:
            time.sleep(0.001)
    lock.__exit__(None, None, None)
    for thread in threads:
        thread.join(5)
    assert order == list(range(8))
    with lock:
        pass


def test_many_writers_never_meet_a_locked_database(platform: Platform) -> None:
    """Sixteen threads raise one number again and again; nobody fails and nothing is lost."""
    database, errors = platform.database, []
    with database.write() as connection:
        connection.execute(setting.insert().values(key="n", value=0))

    def raise_it() -> None:
        try:
            for _ in range(25):
                with database.write() as connection:
                    value = connection.execute(setting.select()).one().value
                    connection.execute(setting.update().values(value=value + 1))
        except Exception as error:
            errors.append(error)

    threads = [threading.Thread(target=raise_it) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert errors == []
    with database.read() as connection:
        assert connection.execute(setting.select()).one().value == 400


def test_moments_mean_the_same_on_both_stores(any_platform: Platform) -> None:
    type_ = UtcDateTime()
    with any_platform.database.read() as connection:
        dialect = connection.dialect
    local = datetime(2026, 3, 2, 9, 0, 0, 120, tzinfo=timezone(timedelta(hours=8)))
    stored = type_.process_bind_param(local, dialect)
    assert type_.process_result_value(stored, dialect) == datetime(2026, 3, 2, 1, 0, 0, 120, tzinfo=UTC)
    with pytest.raises(ValueError, match="zone"):
        type_.process_bind_param(datetime(2026, 3, 2), dialect)  # noqa: DTZ001


def test_two_who_insert_the_same_are_told_so_on_postgresql(postgresql_settings: Settings) -> None:
    database = Database(postgresql_settings.database_url)
    with pytest.raises(Conflict), database.write() as connection:
        for _ in range(2):
            connection.execute(setting.insert().values(key="a", value=1))
    database.close()


def test_the_migrated_schema_is_the_one_in_the_code(any_platform: Platform) -> None:
    with any_platform.database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Database:
    """A database without any table."""
    if request.param == "sqlite":
        database = Database(f"sqlite:///{tmp_path / 'empty.sqlite3'}")
    else:
        database = Database(request.getfixturevalue("postgresql_settings").database_url)
        with database.write() as connection:
            connection.execute(text("DROP SCHEMA public CASCADE"))
            connection.execute(text("CREATE SCHEMA public"))
    request.addfinalizer(database.close)
    return database


def test_two_processes_that_start_at_once_migrate_once(empty: Database) -> None:
    other = Database(empty.url.render_as_string(hide_password=False))
    barrier, errors = threading.Barrier(2), []

    def migrate(database: Database) -> None:
        barrier.wait()
        try:
            database.migrate()
        except Exception as error:
            errors.append(error)

    threads = [threading.Thread(target=migrate, args=(one,)) for one in (empty, other)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    other.close()
    assert errors == []
    assert "work_item" in inspect(empty.engine).get_table_names()


def test_a_migration_that_crashes_leaves_nothing_behind(empty: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """The power goes after the last table and before the end."""
    real = op.create_table

    def crash(name: str, *columns: object, **options: object) -> object:
        if name == "work_item_draft":
            raise KeyboardInterrupt
        return real(name, *columns, **options)

    monkeypatch.setattr(op, "create_table", crash)
    with pytest.raises(KeyboardInterrupt):
        empty.migrate()
    assert inspect(empty.engine).get_table_names() == []
    monkeypatch.undo()
    empty.migrate()
    assert "work_item_draft" in inspect(empty.engine).get_table_names()


def test_a_newer_schema_is_not_touched(any_platform: Platform) -> None:
    with any_platform.database.write() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(SchemaNewer) as refused:
        compose(any_platform.settings)
    assert refused.value.message("zh") == "数据库结构（9999）比本程序新，请安装较新的版本后再启动"
    assert "9999" in refused.value.message("en")


def test_a_backup_of_a_running_house_opens_and_is_healthy(platform: Platform, people: People, tmp_path: Path) -> None:
    house = House(platform)
    people.user("li.lei", groups=["staff"])
    house.publish(Diagram("errand").start().user("do").end().flow("begin", "do", "done"))
    stop = threading.Event()
    started = []

    def work() -> None:
        while not stop.is_set():
            started.append(house.start("errand"))

    thread = threading.Thread(target=work)
    thread.start()
    while len(started) < 10:
        time.sleep(0.005)
    target = tmp_path / "backup.sqlite3"
    platform.database.backup(target)
    stop.set()
    thread.join(10)
    restored = compose(replace(platform.settings, database_url=f"sqlite:///{target}"), clock=platform.clock)
    assert doctor.examine(restored) == []
    assert len(House(restored).rows(metadata.tables["process_instance"])) >= 10
    restored.database.close()
    with sqlite3.connect(target) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    connection.close()


def test_postgresql_is_backed_up_by_its_own_tool(postgresql_settings: Settings, tmp_path: Path) -> None:
    database = Database(postgresql_settings.database_url)
    with pytest.raises(ValueError, match="pg_dump"):
        database.backup(tmp_path / "backup")
    database.close()
