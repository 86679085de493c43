"""Publishing what was uploaded: completed by what is published already, checked as a whole, all of it or nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import PurePosixPath

from sqlalchemy import Connection, select

from engine import deployments
from engine.actors import Actor
from engine.decisions import DecisionSourceInvalid, read_decisions
from engine.definitions.model import rules_file
from engine.definitions.problems import Problem
from engine.deployments import Published, Sources
from engine.errors import Forbidden, Invalid
from engine.forms import FormSourceInvalid, parse_form
from engine.process_library.listing import ProcessVersion, VersionUnknown, version_of
from engine.runtime.step import Runtime
from engine.store.tables import process_definition, process_definition_call
from engine.store.tables import process_definition_decision as decision_link
from engine.store.tables import process_definition_form as form_link

LONGEST_REASON = 500


class ReasonNeeded(Invalid):
    """A publication says why."""

    code = "publication_reason_needed"
    zh = "请填写发布原因（不超过 {limit} 字）"
    en = "Say why this is published, in at most {limit} characters"


def check_upload(connection: Connection, runtime: Runtime, sources: Sources, *, actor: Actor) -> tuple[Problem, ...]:
    """Every finding on an upload; nothing is published. Raises ``Forbidden`` for anybody but an administrator."""
    if not actor.is_administrator:
        raise Forbidden()
    return deployments.check(connection, runtime, completed(connection, sources))


def publish_upload(
    connection: Connection, runtime: Runtime, sources: Sources, *, actor: Actor, reason: str, now: datetime
) -> Published:
    """Publish an upload, and new versions of the processes that use a changed form, decision or called process.

    Raises ``Forbidden``, ``ReasonNeeded`` and ``DefinitionInvalid`` with every finding; nothing is published then.
    """
    if not actor.is_administrator:
        raise Forbidden()
    said = reason.strip()
    if not said or len(said) > LONGEST_REASON:
        raise ReasonNeeded(limit=LONGEST_REASON, fields=["reason"])
    whole = completed(connection, sources)
    return deployments.publish(connection, runtime, whole, actor=actor, reason=said, now=now)


def completed(connection: Connection, sources: Sources) -> Sources:
    """An upload with what belongs to it: the rules of a diagram sent alone, the diagram of rules sent alone, and every
    process that would otherwise go on using the old version of what was sent."""
    processes, rules = dict(sources.processes), dict(sources.rules)
    for path in sources.rules:
        diagram = f"{path.removesuffix('.rules.yaml')}.bpmn"
        stored = None if diagram in processes else _published(connection, PurePosixPath(diagram).stem)
        if stored is not None:
            processes[diagram] = stored.xml
    at_home: dict[str, bytes] = {}
    rules_at_home: dict[str, bytes] = {}
    for path, source in processes.items():
        stored = _published(connection, PurePosixPath(path).stem)
        # A folder inside somebody's archive must not move a process to another area.
        home = path if stored is None else stored.file
        at_home[home] = source
        given = rules.pop(rules_file(path), None)
        if given is None and stored is not None:
            given = stored.rules
        if given:
            rules_at_home[rules_file(home)] = given
    for version in _users(connection, sources, {PurePosixPath(path).stem for path in at_home}):
        at_home[version.file] = version.xml
        if version.rules is not None:
            rules_at_home[rules_file(version.file)] = version.rules
    return Sources(at_home, sources.forms, sources.decisions, {**rules, **rules_at_home}, sources.paths)


def _published(connection: Connection, key: str) -> ProcessVersion | None:
    try:
        return version_of(connection, key)
    except VersionUnknown:
        return None


def _users(connection: Connection, sources: Sources, sent: set[str]) -> Iterator[ProcessVersion]:
    """The published processes that use something sent, directly or through the processes they call."""
    definition = process_definition.c
    forms = select(form_link.c.process_definition_id).where(form_link.c.form_key.in_(_form_keys(sources.forms)))
    decisions = select(decision_link.c.process_definition_id).where(
        decision_link.c.decision_key.in_(_decision_keys(sources.decisions))
    )
    using = select(definition.key).where(definition.is_latest, definition.id.in_(forms.union(decisions)))
    found = set(connection.execute(using).scalars()) - sent
    todo = sent | found
    while todo:
        calling = select(process_definition_call.c.process_definition_id).where(
            process_definition_call.c.called_key.in_(todo)
        )
        query = select(definition.key).where(definition.is_latest, definition.id.in_(calling))
        todo = set(connection.execute(query).scalars()) - sent - found
        found |= todo
    for key in sorted(found):
        yield version_of(connection, key)


def _form_keys(sources: Mapping[str, bytes]) -> set[str]:
    """What cannot be read is reported by the checks."""
    keys = set()
    for path, source in sources.items():
        try:
            keys.add(parse_form(source, file=path).key)
        except FormSourceInvalid:
            continue
    return keys


def _decision_keys(sources: Mapping[str, bytes]) -> set[str]:
    keys: set[str] = set()
    for path, source in sources.items():
        try:
            keys |= read_decisions(source, path).decisions.keys()
        except DecisionSourceInvalid:
            continue
    return keys
