"""Publishing: processes and forms become versions that running instances keep for ever.

A version's content hash covers the diagram, the forms it uses and the versions it calls: publishing the same twice
changes nothing, and a changed form makes a new version of every process that uses it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, Table, func, insert, select, update

from engine import calendars, schedules
from engine.actors import Actor
from engine.definitions.compiling import compile_process
from engine.definitions.lint import LintContext, lint
from engine.definitions.model import ProcessModel, read_process
from engine.definitions.problems import DefinitionInvalid, Problem, problem
from engine.errors import Forbidden
from engine.forms import Form, check_form, parse_form
from engine.runtime.step import Runtime
from engine.store import audit
from engine.store.tables import (
    deployment,
    form_definition,
    group,
    membership,
    process_definition,
    process_definition_call,
    process_definition_form,
    user,
)
from engine.store.types import Record

_TERM_KINDS_ZH = {"date": "日期时间", "duration": "时长", "cycle": "循环", "cron": "cron"}


@dataclass(frozen=True)
class Sources:
    """Files to publish, by their path inside the repository."""

    processes: Mapping[str, bytes]
    forms: Mapping[str, bytes]


@dataclass(frozen=True)
class Published:
    """What a publication did: new versions by key, and warnings worth reading."""

    deployment_id: int | None
    processes: dict[str, int]
    forms: dict[str, int]
    warnings: tuple[Problem, ...]


def read_sources(processes_directory: Path, forms_directory: Path) -> Sources:
    """The ``.bpmn`` and form ``.json`` files below the two directories."""
    return Sources(
        processes={
            str(path.relative_to(processes_directory)): path.read_bytes()
            for path in sorted(processes_directory.rglob("*.bpmn"))
        },
        forms={
            str(path.relative_to(forms_directory)): path.read_bytes()
            for path in sorted(forms_directory.rglob("*.json"))
        },
    )


def check(connection: Connection, runtime: Runtime, sources: Sources) -> tuple[Problem, ...]:
    """Every finding on ``sources``, errors and warnings, without publishing anything."""
    return _Checked(connection, runtime, sources).problems


def publish(
    connection: Connection, runtime: Runtime, sources: Sources, *, actor: Actor, reason: str, now: datetime
) -> Published:
    """Publish what is new or changed in ``sources``.

    Raises ``Forbidden`` for anybody but an administrator and ``DefinitionInvalid`` with every finding when one of the
    files may not be published; nothing is published then.
    """
    if not actor.is_administrator:
        raise Forbidden()
    checked = _Checked(connection, runtime, sources)
    if any(found.level == "error" for found in checked.problems):
        raise DefinitionInvalid(checked.problems)
    publication = _Publication(connection, checked, actor, reason, now)
    publication.write()
    schedules.refresh(connection, runtime, publication.processes.keys(), now=now)
    return Published(publication.id, publication.processes, publication.forms, checked.problems)


class _Checked:
    """Sources, read and linted together with what is already published."""

    def __init__(self, connection: Connection, runtime: Runtime, sources: Sources) -> None:
        found: list[Problem] = []
        self.sources = sources
        self.forms: dict[str, tuple[Form, bytes]] = {}
        self.models: dict[str, tuple[ProcessModel, bytes]] = {}
        functions = runtime.host_functions(connection)
        for path, source in sources.forms.items():
            try:
                form = parse_form(source, file=path)
            except Exception as error:
                found.append(_form_problem(path, error))
                continue
            self.forms[form.key] = form, source
            found += [
                Problem(f.code, path, f.component, f.zh, f.en, "warning" if f.level == "warning" else "error")
                for f in check_form(form, functions)
            ]
        for path, source in sources.processes.items():
            try:
                model = read_process(source, path)
            except DefinitionInvalid as error:
                found += error.problems
                continue
            self.models[model.key] = model, source
            if Path(path).stem != model.key:
                found.append(problem("key_mismatch", path, model.key, name=Path(path).name, key=model.key))
        context = self._context(connection, runtime)
        for model, _ in self.models.values():
            found += lint(model, context)
        if not any(f.level == "error" for f in found):
            found += self._compile(connection)
        self.problems = tuple(found)

    def _context(self, connection: Connection, runtime: Runtime) -> LintContext:
        active = (
            select(membership.c.group_id)
            .join(user, user.c.id == membership.c.user_id)
            .where(user.c.is_active)
            .group_by(membership.c.group_id)
        )
        staffed = set(connection.execute(active).scalars())
        groups = connection.execute(select(group.c.id, group.c.key))
        return LintContext(
            forms={*self.forms, *_latest_keys(connection, form_definition)},
            groups={row.key: row.id in staffed for row in groups},
            users=set(connection.execute(select(user.c.login).where(user.c.is_active)).scalars()),
            topics={name: (t.required, t.optional) for name, t in runtime.handlers.topics.items()},
            processes={*self.models, *_latest_keys(connection, process_definition)},
            check_term=_check_term,
            functions=frozenset(runtime.host_functions(connection)),
        )

    def _compile(self, connection: Connection) -> list[Problem]:
        """Let the engine itself read every process with all it calls."""
        found: list[Problem] = []
        known = {key: model for key, (model, _) in self.models.items()}
        for key, (model, _) in self.models.items():
            try:
                compile_process(model, _called_models(connection, key, known))
            except DefinitionInvalid as error:
                found += error.problems
        return found


class _Publication:
    """Writes the rows of one deployment; called processes first, so that callers can name their versions."""

    def __init__(self, connection: Connection, checked: _Checked, actor: Actor, reason: str, now: datetime) -> None:
        self.connection, self.checked, self.actor, self.reason, self.now = connection, checked, actor, reason, now
        self.id: int | None = None
        self.processes: dict[str, int] = {}
        self.forms: dict[str, int] = {}

    def write(self) -> None:
        for key, (_form, source) in self.checked.forms.items():
            self._publish_form(key, source)
        for key in _callees_first({key: model for key, (model, _) in self.checked.models.items()}):
            self._publish_process(*self.checked.models[key])

    def _publish_form(self, key: str, source: bytes) -> None:
        digest = hashlib.sha256(source).hexdigest()
        latest = _latest(self.connection, form_definition, key)
        if latest is not None and latest.content_hash == digest:
            return
        version = self._next_version(form_definition, key, latest)
        self.connection.execute(
            insert(form_definition).values(
                deployment_id=self._deployment(),
                key=key,
                version=version,
                content_hash=digest,
                source=source,
                is_latest=True,
            )
        )
        self.forms[key] = version
        self._audit("form_definition.publish", "form_definition", key, version, digest)

    def _publish_process(self, model: ProcessModel, xml: bytes) -> None:
        forms = self._latest_rows(form_definition, model.form_keys)
        called = self._latest_rows(process_definition, model.called_keys)
        digest = _content_hash(xml, forms, called)
        latest = _latest(self.connection, process_definition, model.key)
        if latest is not None and latest.content_hash == digest:
            return
        version = self._next_version(process_definition, model.key, latest)
        starts = model.start_events()
        plain = next((s for s in starts if not s.event), None)
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
                starter_groups=list(model.starter_groups),
                start_form_key=plain.form_key or None if plain is not None else None,
                start_message=message,
                is_latest=True,
            )
            .returning(process_definition.c.id)
        ).scalar_one()
        self._link(identifier, forms, called)
        self.processes[model.key] = version
        self._audit("process_definition.publish", "process_definition", model.key, version, digest)

    def _latest_rows(self, table: Table, keys: Iterable[str]) -> dict[str, Record]:
        """The latest version of each key; the checks have made sure that there is one."""
        rows = {key: _latest(self.connection, table, key) for key in keys}
        return {key: row for key, row in rows.items() if row is not None}

    def _link(self, identifier: int, forms: Mapping[str, Record], called: Mapping[str, Record]) -> None:
        form_rows = [
            {"process_definition_id": identifier, "form_key": key, "form_definition_id": row.id}
            for key, row in forms.items()
        ]
        call_rows = [
            {"process_definition_id": identifier, "called_key": key, "called_definition_id": row.id}
            for key, row in called.items()
        ]
        if form_rows:
            self.connection.execute(insert(process_definition_form), form_rows)
        if call_rows:
            self.connection.execute(insert(process_definition_call), call_rows)

    def _next_version(self, table: Table, key: str, latest: Record | None) -> int:
        """Retire the latest version of ``key`` and number the next."""
        columns = table.c
        if latest is not None:
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


def _check_term(kind: str, term: str) -> tuple[str, str] | None:
    """What is wrong with a literal timer term, in both languages, or None."""
    try:
        found = calendars.parse_term(term)
    except calendars.TermInvalid as error:
        return str(error.details["reason_zh"]), str(error.details["reason"])
    if found.kind != kind:
        return f"此处须为{_TERM_KINDS_ZH[kind]}", f"a {kind} is needed here"
    return None


def _form_problem(path: str, error: Exception) -> Problem:
    zh, en = (error.message("zh"), error.message("en")) if hasattr(error, "message") else (str(error), str(error))
    return problem("form_invalid", path, form=Path(path).stem, reason_zh=zh, reason_en=en)


def _latest(connection: Connection, table: Table, key: str) -> Record | None:
    columns = table.c
    query = select(columns.id, columns.content_hash).where(columns.key == key, columns.is_latest)
    return connection.execute(query).one_or_none()


def _latest_keys(connection: Connection, table: Table) -> Sequence[str]:
    columns = table.c
    return connection.execute(select(columns.key).where(columns.is_latest)).scalars().all()


def _content_hash(xml: bytes, forms: Mapping[str, Record], called: Mapping[str, Record]) -> str:
    digest = hashlib.sha256(xml)
    for kind, rows in (("form", forms), ("call", called)):
        for key in sorted(rows):
            digest.update(f"\n{kind} {key} {rows[key].content_hash}".encode())
    return digest.hexdigest()


def _called_models(connection: Connection, key: str, known: Mapping[str, ProcessModel]) -> dict[str, ProcessModel]:
    """All models reachable by calls from ``key``; raises ``DefinitionInvalid`` where they go round in a circle."""
    called: dict[str, ProcessModel] = {}

    def visit(caller: ProcessModel, path: tuple[str, ...]) -> None:
        for name in caller.called_keys:
            if name in path:
                circle = " → ".join((*path, name))
                raise DefinitionInvalid([problem("called_recursive", caller.file, caller.key, path=circle)])
            if name not in called:
                called[name] = known.get(name) or _stored_model(connection, name)
            visit(called[name], (*path, name))

    visit(known[key], (key,))
    return called


def _stored_model(connection: Connection, key: str) -> ProcessModel:
    query = select(process_definition.c.xml).where(process_definition.c.key == key, process_definition.c.is_latest)
    return read_process(connection.execute(query).scalar_one(), f"{key}.bpmn")


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
