"""What the files of a change amount to: what they changed, whom that reaches, and what the publish checks say."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from types import SimpleNamespace
from typing import cast

from sqlalchemy import Connection, select

from engine import deployments
from engine.definitions.model import ProcessModel, rules_file
from engine.definitions.problems import Problem
from engine.deployments import Sources
from engine.process_changes.files import ChangeFile, files
from engine.process_library import PinnedDecisions, PinnedForm, ProcessVersion, completed, packed_parts, version_of
from engine.runtime.step import Runtime
from engine.store.tables import process_change, process_definition
from engine.store.types import Record


def base_of(connection: Connection, change_id: int) -> ProcessVersion | None:
    """The version a change began from."""
    query = (
        select(process_definition.c.key, process_definition.c.version)
        .join(process_change, process_change.c.base_definition_id == process_definition.c.id)
        .where(process_change.c.id == change_id)
    )
    row = connection.execute(query).one_or_none()
    return None if row is None else version_of(connection, row.key, row.version)


def changed_files(connection: Connection, change_id: int) -> dict[str, str]:
    """The names of the files that differ from the base: added, changed or removed."""
    base = base_of(connection, change_id)
    before = {} if base is None else dict(packed_parts(base))
    after = {name: one.content for name, one in files(connection, change_id).items()}
    found = {name: "added" if name not in before else "changed" for name in after if after[name] != before.get(name)}
    return {**found, **{name: "removed" for name in before if name not in after}}


def sources(connection: Connection, change_id: int) -> Sources:
    """What would be published: the files that were changed, the diagram, and every process that they reach."""
    return completed(connection, own_sources(connection, change_id))


def own_sources(connection: Connection, change_id: int) -> Sources:
    """The diagram with its rules and walks, and the forms and tables that were changed."""
    changed = changed_files(connection, change_id)
    parts: dict[str, dict[str, bytes]] = {kind: {} for kind in ("diagram", "rules", "paths", "form", "decisions")}
    for name, one in files(connection, change_id).items():
        if name in changed or one.kind in ("diagram", "rules", "paths"):
            parts[one.kind][name] = one.content
    diagram = next(iter(parts["diagram"]))
    if not parts["rules"]:
        # Rules that were taken out must not come back from the version in force.
        parts["rules"] = {rules_file(diagram): b""} if changed.get(rules_file(diagram)) == "removed" else {}
    return Sources(parts["diagram"], parts["form"], parts["decisions"], parts["rules"], parts["paths"])


def files_hash(connection: Connection, change_id: int) -> str:
    """The digest of all files of a change: what a run of its walks is valid for."""
    digest = hashlib.sha256()
    for name, one in sorted(files(connection, change_id).items()):
        digest.update(f"{name} {one.content_hash}\n".encode())
    return digest.hexdigest()


def problems(connection: Connection, runtime: Runtime, change_id: int) -> tuple[Problem, ...]:
    """The findings of the publish checks."""
    return deployments.check(connection, runtime, sources(connection, change_id))


def reached(connection: Connection, change_id: int, key: str) -> tuple[str, ...]:
    """The keys of other processes that would get a new version because they use a changed form, table or process."""
    found = (path.rpartition("/")[2].removesuffix(".bpmn") for path in sources(connection, change_id).processes)
    return tuple(sorted(set(found) - {key}))


def as_version(connection: Connection, change: Record) -> ProcessVersion:
    """The change as if it were published, to be compared with its base. The diagram must be readable."""
    own = files(connection, change.id)
    base = base_of(connection, change.id)
    row = SimpleNamespace(key=change.process_key, area="" if base is None else base.row.area, version=0)
    versions = {} if base is None else {one.content_hash: one.versions for one in base.decisions}

    def of(kind: str) -> list[ChangeFile]:
        return [one for one in own.values() if one.kind == kind]

    rules = of("rules")
    version = ProcessVersion(
        row=cast(Record, row),
        xml=of("diagram")[0].content,
        rules=rules[0].content if rules else None,
        forms=tuple(PinnedForm(one.key, 0, one.content_hash, one.content) for one in of("form")),
        decisions=tuple(
            PinnedDecisions(one.key, versions.get(one.content_hash, {}), one.content_hash, one.content)
            for one in of("decisions")
        ),
        calls={},
    )
    return replace(version, calls=_calls(connection, version.model, {} if base is None else base.calls))


def _calls(connection: Connection, model: ProcessModel, pinned: Mapping[str, int]) -> dict[str, int]:
    """The called processes in the versions they have: those of the base, else those in force."""
    own = process_definition.c
    latest = connection.execute(select(own.key, own.version).where(own.key.in_(model.called_keys), own.is_latest))
    in_force = {row.key: row.version for row in latest}
    return {key: pinned.get(key) or in_force.get(key, 0) for key in model.called_keys}
