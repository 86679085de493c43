"""The ground of trials: a copy of the organisation in memory, with what is to be tried published in it.

Nothing reaches out of it: its database lives in this process's memory, nobody can sign in to it, and its channels only
collect. It is made once for a set of files; each trial and each walk then stands on a copy of its own.
"""

from __future__ import annotations

import os
import sqlite3
import threading
import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, insert, or_, select, update

from engine import deployments, schedules
from engine.actors import system_actor
from engine.bootstrap import Platform, new_runtime
from engine.clock import MovableClock
from engine.deployments import Sources
from engine.runtime.step import Runtime
from engine.settings import Settings
from engine.store.database import Database
from engine.store.tables import (
    calendar,
    contact,
    contract,
    customer,
    decision_definition,
    deployment,
    document_template,
    form_definition,
    group,
    indicator_target,
    membership,
    process_definition,
    process_definition_call,
    process_definition_decision,
    process_definition_form,
    project,
    project_indicator,
    setting,
    sla,
    sla_item,
    spare_part,
    user,
)
from engine.store.types import Record
from engine.trials.sandbox import Sandbox

TRIALS = system_actor("trial")
_MASKED = "＊＊"
ORGANISATION = (group, membership, setting, calendar, indicator_target)
MASTER_DATA = (customer, contract, project, sla, sla_item, project_indicator, spare_part)
# What stands in the copy instead of what is there: a trial needs nobody's password and calls no customer.
_INSTEAD: dict[str, Callable[[Record], dict[str, Any]]] = {
    "user": lambda row: {"password_hash": "!"},
    "sla": lambda row: {"instance_id": None, "signed_file_id": None},  # neither cases nor files come along
    "contact": lambda row: {"name": f"{_MASKED}{row.id}", "phone": "", "email": ""},
}


@dataclass(frozen=True)
class _Memory:
    """A database in memory; it is there as long as ``keeper`` is open."""

    database: Database
    keeper: Connection

    @classmethod
    def new(cls) -> _Memory:
        database = Database(f"sqlite:///file:trial-{uuid.uuid4().hex}?mode=memory&cache=shared&uri=true", pool_size=2)
        return cls(database, database.engine.connect())

    @property
    def driver(self) -> sqlite3.Connection:
        driver = self.keeper.connection.driver_connection
        assert isinstance(driver, sqlite3.Connection)
        return driver

    def copy_to(self, other: _Memory) -> None:
        self.driver.backup(other.driver)

    def close(self) -> None:
        self.keeper.close()
        self.database.close()


class Ground:
    """One organisation in memory, to be copied for each trial. Safe to share between threads."""

    def __init__(self, settings: Settings, image: _Memory, runtime: Runtime, keys: tuple[str, ...]) -> None:
        self._settings, self._image, self._runtime, self._keys = settings, image, runtime, keys
        self._copying = threading.Lock()

    @classmethod
    def of(
        cls,
        platform: Platform,
        *,
        now: datetime,
        key: str,
        sources: Sources | None = None,
        definition_id: int | None = None,
        with_master_data: bool = False,
    ) -> Ground:
        """A copy of what ``platform`` keeps, in which the process ``key`` is tried: as ``sources`` say, in the version
        ``definition_id``, or as it is in force.

        Raises ``DefinitionInvalid`` when ``sources`` may not be published.
        """
        settings = replace(platform.settings, database_url="sqlite://", secret_key="", smtp_url="", heartbeat=False)
        settings = replace(settings, data_directory=Path(os.devnull))  # no file can be written there
        image, runtime = _Memory.new(), new_runtime(settings)
        try:
            _schema().copy_to(image)
            with platform.database.read() as theirs, image.database.write() as ours:
                _copy(theirs, ours, definition_id, with_master_data)
            if sources is not None:
                with image.database.write() as ours:
                    deployments.publish(ours, runtime, sources, actor=TRIALS, reason="trial", now=now)
        except BaseException:
            image.close()
            raise
        return cls(settings, image, runtime, (key,))

    def sandbox(self, at: datetime) -> Sandbox:
        """A copy of this ground, with a clock of its own that stands at ``at``."""
        own = _Memory.new()
        with self._copying:
            self._image.copy_to(own)
        with own.database.write() as connection:
            schedules.refresh(connection, self._runtime, self._keys, now=at)
        platform = Platform(
            settings=self._settings, database=own.database, clock=MovableClock(at), runtime=self._runtime
        )
        return Sandbox(platform, own.close)

    def close(self) -> None:
        """Forget it."""
        self._image.close()


@lru_cache(maxsize=1)
def _schema() -> _Memory:
    """An empty database with today's schema."""
    empty = _Memory.new()
    empty.database.migrate()
    return empty


def _copy(theirs: Connection, ours: Connection, definition_id: int | None, with_master_data: bool) -> None:
    _copy_rows(theirs, ours, user)
    for table in (*ORGANISATION, document_template, deployment):
        _copy_rows(theirs, ours, table)
    processes = _wanted(theirs, definition_id)
    _copy_rows(theirs, ours, process_definition, process_definition.c.id.in_(processes))
    linked = process_definition_form.c.process_definition_id.in_(processes)
    ids = select(process_definition_form.c.form_definition_id).where(linked)
    _copy_rows(theirs, ours, form_definition, or_(form_definition.c.is_latest, form_definition.c.id.in_(ids)))
    _copy_rows(theirs, ours, process_definition_form, linked)
    linked = process_definition_decision.c.process_definition_id.in_(processes)
    ids = select(process_definition_decision.c.decision_definition_id).where(linked)
    wanted = or_(decision_definition.c.is_latest, decision_definition.c.id.in_(ids))
    _copy_rows(theirs, ours, decision_definition, wanted)
    _copy_rows(theirs, ours, process_definition_decision, linked)
    linked = process_definition_call.c.process_definition_id.in_(processes)
    _copy_rows(theirs, ours, process_definition_call, linked)
    if definition_id is not None:
        _put_in_force(ours, definition_id)
    if with_master_data:
        for table in (*MASTER_DATA, contact):
            _copy_rows(theirs, ours, table)


def _as_it_is(_row: Record) -> dict[str, Any]:
    return {}


def _copy_rows(theirs: Connection, ours: Connection, table: Table, *conditions: ColumnElement[bool]) -> None:
    instead = _INSTEAD.get(table.name, _as_it_is)
    rows = [{**row._asdict(), **instead(row)} for row in theirs.execute(select(table).where(*conditions))]
    if rows:
        ours.execute(insert(table), rows)


def _wanted(connection: Connection, definition_id: int | None) -> list[int]:
    """Every version in force and the one asked for, with the versions they call."""
    latest = connection.execute(select(process_definition.c.id).where(process_definition.c.is_latest)).scalars()
    found = dict.fromkeys([*latest, *([] if definition_id is None else [definition_id])])
    calls = process_definition_call.c
    todo = list(found)
    while todo:
        called: Iterable[int] = connection.execute(
            select(calls.called_definition_id).where(calls.process_definition_id.in_(todo))
        ).scalars()
        todo = [one for one in dict.fromkeys(called) if one not in found]
        found.update(dict.fromkeys(todo))
    return list(found)


def _put_in_force(connection: Connection, definition_id: int) -> None:
    own = process_definition.c
    key = select(own.key).where(own.id == definition_id).scalar_subquery()
    connection.execute(update(process_definition).where(own.key == key).values(is_latest=own.id == definition_id))
