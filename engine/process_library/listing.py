"""Reading the library: the list of processes, the versions of one, and one version with everything pinned to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Select, Table, func, select

from engine.decisions import read_decisions
from engine.decisions.model import DecisionModel
from engine.definitions.model import ProcessModel, read_process
from engine.errors import NotFound
from engine.forms import Form, parse_form
from engine.store.tables import (
    decision_definition,
    deployment,
    engine_incident,
    form_definition,
    path_definition,
    process_definition,
    process_definition_call,
    process_definition_decision,
    process_definition_form,
    process_instance,
    user,
)
from engine.store.types import Record

_OWN = process_definition.c
_COLUMNS = (
    _OWN.id,
    _OWN.key,
    _OWN.version,
    _OWN.version_tag,
    _OWN.name_zh,
    _OWN.name_en,
    _OWN.area,
    _OWN.content_hash,
    _OWN.starter_groups,
    _OWN.start_form_key,
    _OWN.start_message,
    _OWN.is_latest,
    deployment.c.deployed_at,
    deployment.c.reason,
    user.c.name.label("deployed_by"),
)
_WITH_DEPLOYMENT = process_definition.join(deployment, deployment.c.id == process_definition.c.deployment_id).join(
    user, user.c.id == deployment.c.deployed_by_id, isouter=True
)


class VersionUnknown(NotFound):
    """No such process, or no such version of it."""

    code = "process_version_unknown"
    zh = "没有找到流程“{key}”的该版本"
    en = "There is no such version of process “{key}”"


@dataclass(frozen=True)
class ListedProcess:
    """One line of the list: the version in force and how it does."""

    row: Record
    running: int
    engine_incidents: int


@dataclass(frozen=True)
class PinnedForm:
    """A form in the version that belongs to a version of a process."""

    key: str
    version: int
    content_hash: str
    source: bytes

    @property
    def form(self) -> Form:
        """The form as read."""
        return parse_form(self.source, file=f"{self.key}.json")


@dataclass(frozen=True)
class PinnedDecisions:
    """A file of decisions; ``key`` names the file, ``versions`` are those of the decisions the process takes."""

    key: str
    versions: dict[str, int]
    content_hash: str
    source: bytes

    @property
    def model(self) -> DecisionModel:
        """The decisions as read."""
        return read_decisions(self.source, f"{self.key}.dmn")


@dataclass(frozen=True)
class ProcessVersion:
    """One version of a process with the forms, decisions and called versions that were pinned when it was published."""

    row: Record
    xml: bytes
    rules: bytes | None
    forms: tuple[PinnedForm, ...]
    decisions: tuple[PinnedDecisions, ...]
    calls: dict[str, int]  # version by process key
    paths: bytes | None = None  # the walks as they were while the version was in force

    @property
    def model(self) -> ProcessModel:
        """The diagram as read, with its rules."""
        return _model(self.xml, self.file, self.rules)

    @property
    def file(self) -> str:
        """Where the diagram lies in a repository."""
        return f"{self.row.area}/{self.row.key}.bpmn" if self.row.area else f"{self.row.key}.bpmn"


@dataclass(frozen=True)
class ListedVersion:
    """One line of a process's history."""

    row: Record
    running: int


def listed(connection: Connection) -> list[ListedProcess]:
    """Every published process in the version in force, by area and key."""
    query = select(*_COLUMNS).select_from(_WITH_DEPLOYMENT).where(process_definition.c.is_latest)
    rows = connection.execute(query.order_by(process_definition.c.area, process_definition.c.key)).all()
    active = select(process_instance.c.definition_key, func.count()).where(process_instance.c.status == "active")
    running = _numbers(connection, active.group_by(process_instance.c.definition_key))
    failing = _numbers(
        connection,
        select(process_instance.c.definition_key, func.count())
        .join(engine_incident, engine_incident.c.instance_id == process_instance.c.id)
        .where(engine_incident.c.status == "open")
        .group_by(process_instance.c.definition_key),
    )
    return [ListedProcess(row, running.get(row.key, 0), failing.get(row.key, 0)) for row in rows]


def versions(connection: Connection, key: str) -> list[ListedVersion]:
    """The versions of a process, latest first. Raises ``VersionUnknown`` if it was never published."""
    query = select(*_COLUMNS).select_from(_WITH_DEPLOYMENT).where(process_definition.c.key == key)
    rows = connection.execute(query.order_by(process_definition.c.version.desc())).all()
    if not rows:
        raise VersionUnknown(key=key)
    instance = process_instance.c
    active = select(instance.definition_id, func.count()).where(instance.definition_key == key)
    running = _numbers(connection, active.where(instance.status == "active").group_by(instance.definition_id))
    return [ListedVersion(row, running.get(row.id, 0)) for row in rows]


def version_of(connection: Connection, key: str, number: int | None = None) -> ProcessVersion:
    """A version of a process by its number; without one the version in force. Raises ``VersionUnknown``."""
    columns = process_definition.c
    query = select(*_COLUMNS, columns.xml, columns.rules).select_from(_WITH_DEPLOYMENT).where(columns.key == key)
    wanted = columns.is_latest if number is None else columns.version == number
    row = connection.execute(query.where(wanted)).one_or_none()
    if row is None:
        raise VersionUnknown(key=key)
    calls = (
        select(process_definition_call.c.called_key, columns.version)
        .join(process_definition, columns.id == process_definition_call.c.called_definition_id)
        .where(process_definition_call.c.process_definition_id == row.id)
    )
    return ProcessVersion(
        row=row,
        xml=row.xml,
        rules=row.rules,
        forms=tuple(
            PinnedForm(one.key, one.version, one.content_hash, one.source)
            for one in _pinned(connection, process_definition_form, form_definition, row.id)
        ),
        decisions=_decision_files(_pinned(connection, process_definition_decision, decision_definition, row.id)),
        calls=_numbers(connection, calls.order_by(process_definition_call.c.called_key)),
        paths=_walks(connection, row),
    )


def _pinned(connection: Connection, links: Table, table: Table, definition_id: int) -> Sequence[Record]:
    query = (
        select(table.c.key, table.c.version, table.c.content_hash, table.c.source)
        .join(links, links.c[f"{table.name}_id"] == table.c.id)
        .where(links.c.process_definition_id == definition_id)
    )
    return connection.execute(query.order_by(table.c.key)).all()


def _walks(connection: Connection, row: Record) -> bytes | None:
    """The walks published last before the next version was."""
    following = select(func.min(process_definition.c.deployment_id)).where(
        process_definition.c.key == row.key, process_definition.c.version > row.version
    )
    end = connection.execute(following).scalar()
    query = select(path_definition.c.source).where(path_definition.c.key == row.key)
    if end is not None:
        query = query.where(path_definition.c.deployment_id < end)
    return connection.execute(query.order_by(path_definition.c.version.desc()).limit(1)).scalar()


def _decision_files(rows: Sequence[Record]) -> tuple[PinnedDecisions, ...]:
    """Decisions of one file share its source: each file once, named after its first decision."""
    files: dict[str, list[Record]] = {}
    for row in rows:
        files.setdefault(row.content_hash, []).append(row)
    return tuple(
        PinnedDecisions(shared[0].key, {one.key: one.version for one in shared}, digest, shared[0].source)
        for digest, shared in files.items()
    )


def _numbers(connection: Connection, query: Select[Any]) -> dict[Any, int]:
    return {row[0]: row[1] for row in connection.execute(query)}


@lru_cache(maxsize=64)
def _model(xml: bytes, file: str, rules: bytes | None) -> ProcessModel:
    return read_process(xml, file, rules)
