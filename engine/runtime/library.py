"""Published versions, compiled once and kept: a version never changes, so it is never looked up twice."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, select

from engine.decisions import CompiledDecision, read_decisions
from engine.decisions.model import Decision
from engine.definitions.compiling import CompiledProcess, compile_process
from engine.definitions.model import ProcessModel, read_process
from engine.errors import NotFound
from engine.forms import Form, parse_form
from engine.runtime.beginnings import Beginning
from engine.runtime.expressions import DecisionUnknown
from engine.store.prepared import Prepared
from engine.store.tables import (
    decision_definition,
    form_definition,
    process_definition,
    process_definition_call,
    process_definition_decision,
    process_definition_form,
)

_latest = Prepared(
    select(process_definition.c.id).where(
        process_definition.c.is_latest, process_definition.c.key == bindparam("b_key")
    )
)


class DefinitionUnknown(NotFound):
    """No such process has been published."""

    code = "definition_unknown"
    zh = "流程“{key}”尚未发布"
    en = "Process “{key}” has not been published"


@dataclass(frozen=True)
class PublishedProcess:
    """One version in the library: its row and what the runtime drives."""

    id: int
    key: str
    version: int
    compiled: CompiledProcess

    @property
    def model(self) -> ProcessModel:
        """The diagram as read."""
        return self.compiled.model


class Library:
    """Compiled versions by id. Safe to share between threads."""

    def __init__(self) -> None:
        self._kept: dict[int, PublishedProcess] = {}
        self._models: dict[int, ProcessModel] = {}
        self._forms: dict[int, Form] = {}
        self._form_ids: dict[tuple[int, str], int] = {}
        self._decisions: dict[int, CompiledDecision] = {}
        self._decisions_told: dict[int, dict[str, Decision]] = {}
        self._decision_ids: dict[tuple[int, str, str], int] = {}
        self._compiling = threading.Lock()
        self.beginnings: dict[
            tuple[int, str], Beginning | None
        ] = {}  # by version and start event; None: starts may differ

    def get(self, connection: Connection, definition_id: int) -> PublishedProcess:
        """The version with this id."""
        found = self._kept.get(definition_id)
        if found is None:
            with self._compiling:
                found = self._kept.get(definition_id) or self._compile(connection, definition_id)
                self._kept[definition_id] = found
        return found

    def latest(self, connection: Connection, key: str) -> PublishedProcess:
        """The version new instances of ``key`` start on. Raises ``DefinitionUnknown``."""
        row = _latest.first(connection, {"b_key": key})
        if row is None:
            raise DefinitionUnknown(key=key)
        return self.get(connection, row.id)

    def form(self, connection: Connection, definition_id: int, key: str) -> Form:
        """The form ``key`` in the version that belongs to this version of the process."""
        known = self._form_ids.get((definition_id, key))
        if known is None:
            known = self._form_ids[definition_id, key] = self._form_id(connection, definition_id, key)
        if known not in self._forms:
            row = connection.execute(
                select(form_definition.c.key, form_definition.c.source).where(form_definition.c.id == known)
            ).one()
            self._forms[known] = parse_form(row.source, file=f"{row.key}.json")
        return self._forms[known]

    def _form_id(self, connection: Connection, definition_id: int, key: str) -> int:
        """A called process brings its own forms: look there when the caller has none of this key."""
        for current in self._with_called(connection, definition_id):
            found = connection.execute(
                select(process_definition_form.c.form_definition_id).where(
                    process_definition_form.c.process_definition_id == current,
                    process_definition_form.c.form_key == key,
                )
            ).scalar()
            if found is not None:
                return int(found)
        raise DefinitionUnknown(key=key)

    def decision(self, connection: Connection, definition_id: int, process_key: str, key: str) -> CompiledDecision:
        """The decision ``key`` as it was when the process ``process_key`` was published.

        The process is the version ``definition_id`` itself or one that it calls. Raises ``DecisionUnknown``.
        """
        place = definition_id, process_key, key
        known = self._decision_ids.get(place)
        if known is None:
            known = self._decision_ids[place] = self._decision_id(connection, definition_id, process_key, key)
        if known not in self._decisions:
            source = connection.execute(
                select(decision_definition.c.source).where(decision_definition.c.id == known)
            ).scalar_one()
            self._decisions[known] = CompiledDecision(read_decisions(source, key), key)
        return self._decisions[known]

    def decisions(self, connection: Connection, definition_id: int) -> dict[str, Decision]:
        """The decisions that a version of a process and those it calls take, with those they are built on, by key."""
        found = self._decisions_told.get(definition_id)
        if found is None:
            linked = process_definition_decision.c
            query = (
                select(decision_definition.c.key, decision_definition.c.source)
                .join(process_definition_decision, linked.decision_definition_id == decision_definition.c.id)
                .where(linked.process_definition_id == bindparam("b_version"))
            )
            found = {}
            for version_id in self._with_called(connection, definition_id):
                for row in connection.execute(query, {"b_version": version_id}):
                    found = {**read_decisions(row.source, row.key).decisions, **found}
            self._decisions_told[definition_id] = found
        return found

    def _with_called(self, connection: Connection, definition_id: int) -> Iterator[int]:
        """The version itself and every version it calls, the nearest first; asked for one after the other."""
        found = [definition_id]
        for version_id in found:
            yield version_id
            query = select(process_definition_call.c.called_definition_id).where(
                process_definition_call.c.process_definition_id == version_id
            )
            found += [one for one in connection.execute(query).scalars() if one not in found]

    def _decision_id(self, connection: Connection, definition_id: int, process_key: str, key: str) -> int:
        columns = process_definition_decision.c
        for current in self._with_called(connection, definition_id):
            if self._model(connection, current).key != process_key:
                continue
            query = select(columns.decision_definition_id).where(
                columns.process_definition_id == current, columns.decision_key == key
            )
            found = connection.execute(query).scalar()
            if found is not None:
                return int(found)
        raise DecisionUnknown(key=key)

    def _compile(self, connection: Connection, definition_id: int) -> PublishedProcess:
        key, version = connection.execute(
            select(process_definition.c.key, process_definition.c.version).where(
                process_definition.c.id == definition_id
            )
        ).one()
        called: dict[str, ProcessModel] = {}
        todo = [definition_id]
        while todo:
            for called_id in connection.execute(
                select(process_definition_call.c.called_definition_id).where(
                    process_definition_call.c.process_definition_id == todo.pop()
                )
            ).scalars():
                model = self._model(connection, called_id)
                if model.key not in called:
                    called[model.key] = model
                    todo.append(called_id)
        compiled = compile_process(self._model(connection, definition_id), called)
        return PublishedProcess(definition_id, key, version, compiled)

    def _model(self, connection: Connection, definition_id: int) -> ProcessModel:
        if definition_id not in self._models:
            key, xml, rules = connection.execute(
                select(process_definition.c.key, process_definition.c.xml, process_definition.c.rules).where(
                    process_definition.c.id == definition_id
                )
            ).one()
            self._models[definition_id] = read_process(xml, f"{key}.bpmn", rules)
        return self._models[definition_id]
