"""Writing the rows of one deployment."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Table, func, insert, select, update

from engine import schedules
from engine.actors import Actor
from engine.decisions import Decision
from engine.definitions.model import ProcessModel
from engine.definitions.problems import DefinitionInvalid, Problem
from engine.deployments.checking import Checked
from engine.deployments.sources import Sources
from engine.deployments.versions import latest
from engine.errors import Forbidden
from engine.runtime.step import Runtime
from engine.store import audit, configuration
from engine.store.tables import (
    decision_definition,
    deployment,
    form_definition,
    path_definition,
    process_definition,
    process_definition_call,
    process_definition_decision,
    process_definition_form,
)
from engine.store.types import Record


@dataclass(frozen=True)
class Published:
    """What a publication did: new versions by key, and warnings worth reading."""

    deployment_id: int | None
    processes: dict[str, int]
    forms: dict[str, int]
    warnings: tuple[Problem, ...]
    decisions: dict[str, int] = field(default_factory=dict)


def publish(
    connection: Connection, runtime: Runtime, sources: Sources, *, actor: Actor, reason: str, now: datetime
) -> Published:
    """Publish what is new or changed in ``sources``.

    Raises ``Forbidden`` for anybody but an administrator and ``DefinitionInvalid`` with every finding when one of the
    files may not be published; nothing is published then.
    """
    if not actor.is_administrator:
        raise Forbidden()
    checked = Checked(connection, runtime, sources)
    if any(found.level == "error" for found in checked.problems):
        raise DefinitionInvalid(checked.problems)
    publication = _Publication(connection, checked, actor, reason, now)
    publication.write()
    for kind in configuration.KINDS:
        configuration.note(connection, kind, now)
    schedules.refresh(connection, runtime, publication.processes.keys(), now=now)
    return Published(publication.id, publication.processes, publication.forms, checked.problems, publication.decisions)


class _Publication:
    """Writes the rows of one deployment; called processes first, so that callers can name their versions."""

    def __init__(self, connection: Connection, checked: Checked, actor: Actor, reason: str, now: datetime) -> None:
        self.connection, self.checked, self.actor, self.reason, self.now = connection, checked, actor, reason, now
        self.id: int | None = None
        self.processes: dict[str, int] = {}
        self.forms: dict[str, int] = {}
        self.decisions: dict[str, int] = {}

    def write(self) -> None:
        for key, (_form, source) in self.checked.forms.items():
            self._publish_form(key, source)
        for decision, source in self.checked.decisions.values():
            self._publish_decision(decision, source)
        for key in _callees_first({key: model for key, (model, _) in self.checked.models.items()}):
            self._publish_process(*self.checked.models[key])
        for key, source in self.checked.paths.items():
            self._publish_source(path_definition, key, source)

    def _publish_form(self, key: str, source: bytes) -> None:
        version = self._publish_source(form_definition, key, source)
        if version is not None:
            self.forms[key] = version

    def _publish_decision(self, decision: Decision, source: bytes) -> None:
        names = {"name_zh": decision.label.text("zh")[:200], "name_en": decision.label.text("en")[:200]}
        version = self._publish_source(decision_definition, decision.key, source, **names)
        if version is not None:
            self.decisions[decision.key] = version

    def _publish_source(self, table: Table, key: str, source: bytes, **values: Any) -> int | None:
        """The version of a form or decision that was written, or None if the latest is the same."""
        digest = hashlib.sha256(source).hexdigest()
        known = latest(self.connection, table, key)
        if known is not None and known.content_hash == digest:
            return None
        version = self._next_version(table, key, known)
        self.connection.execute(
            insert(table).values(
                deployment_id=self._deployment(),
                key=key,
                version=version,
                content_hash=digest,
                source=source,
                is_latest=True,
                **values,
            )
        )
        self._audit(f"{table.name}.publish", table.name, key, version, digest)
        return version

    def _publish_process(self, model: ProcessModel, xml: bytes) -> None:
        parts = {
            "form": self._latest_rows(form_definition, model.form_keys),
            "call": self._latest_rows(process_definition, model.called_keys),
            "decision": self._latest_rows(decision_definition, model.decision_keys),
        }
        rules = model.rules.source or None
        digest = _content_hash(xml, rules, parts)
        known = latest(self.connection, process_definition, model.key)
        if known is not None and known.content_hash == digest:
            return
        version = self._next_version(process_definition, model.key, known)
        starts = model.start_events()
        plain = model.plain_start
        message = next((s.event_reference for s in starts if s.event == "message"), None)
        identifier = self.connection.execute(
            insert(process_definition)
            .values(
                deployment_id=self._deployment(),
                key=model.key,
                version=version,
                version_tag=model.version_tag,
                name_zh=model.name("zh"),
                name_en=model.name("en"),
                area=model.area or str(Path(model.file).parent.name),
                content_hash=digest,
                xml=xml,
                rules=rules,
                starter_groups=list(model.starter_groups),
                start_form_key=plain.form_key or None if plain is not None else None,
                start_message=message,
                is_latest=True,
            )
            .returning(process_definition.c.id)
        ).scalar_one()
        self._link(process_definition_form, "form_key", "form_definition_id", identifier, parts["form"])
        self._link(process_definition_call, "called_key", "called_definition_id", identifier, parts["call"])
        self._link(process_definition_decision, "decision_key", "decision_definition_id", identifier, parts["decision"])
        self.processes[model.key] = version
        self._audit("process_definition.publish", "process_definition", model.key, version, digest)

    def _latest_rows(self, table: Table, keys: Iterable[str]) -> dict[str, Record]:
        """The latest version of each key; the checks have made sure that there is one."""
        rows = {key: latest(self.connection, table, key) for key in keys}
        return {key: row for key, row in rows.items() if row is not None}

    def _link(self, table: Table, key_column: str, id_column: str, identifier: int, rows: Mapping[str, Record]) -> None:
        """Pin the versions a process uses."""
        linked = [
            {"process_definition_id": identifier, key_column: key, id_column: row.id} for key, row in rows.items()
        ]
        if linked:
            self.connection.execute(insert(table), linked)

    def _next_version(self, table: Table, key: str, known: Record | None) -> int:
        """Retire the latest version of ``key`` and number the next."""
        columns = table.c
        if known is not None:
            self.connection.execute(update(table).where(columns.key == key, columns.is_latest).values(is_latest=False))
        highest = self.connection.execute(select(func.max(columns.version)).where(columns.key == key)).scalar()
        return (highest or 0) + 1

    def _deployment(self) -> int:
        if self.id is None:
            self.id = self.connection.execute(
                insert(deployment)
                .values(deployed_at=self.now, deployed_by_id=self.actor.user_id, reason=self.reason)
                .returning(deployment.c.id)
            ).scalar_one()
        return self.id

    def _audit(self, action: str, subject_type: str, key: str, version: int, digest: str) -> None:
        audit.record(
            self.connection,
            actor=self.actor.login,
            action=action,
            subject_type=subject_type,
            subject_id=f"{key}:{version}",
            now=self.now,
            details={"content_hash": digest, "reason": self.reason},
        )


def _content_hash(xml: bytes, rules: bytes | None, parts: Mapping[str, Mapping[str, Record]]) -> str:
    digest = hashlib.sha256(xml)
    if rules is not None:
        digest.update(b"\nrules " + hashlib.sha256(rules).digest())
    for kind, rows in parts.items():
        for key in sorted(rows):
            digest.update(f"\n{kind} {key} {rows[key].content_hash}".encode())
    return digest.hexdigest()


def _callees_first(models: Mapping[str, ProcessModel]) -> Iterable[str]:
    ordered: dict[str, None] = {}

    def visit(key: str) -> None:
        if key in ordered or key not in models:
            return
        for name in models[key].called_keys:
            visit(name)
        ordered[key] = None

    for key in models:
        visit(key)
    return ordered
