"""The dry run: every open case of a process against another version of it, without changing anything."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from engine import deployments, process_changes
from engine.actors import Actor
from engine.definitions.compiling import CompiledProcess
from engine.definitions.model import Element
from engine.errors import Forbidden
from engine.instance_migrations.verdicts import NEEDS_MAPPING, REFUSED, SAFE, Verdict, reason, suggestions, verdict
from engine.runtime.execution import Execution
from engine.runtime.migration import Mapped, migrated
from engine.runtime.step import Runtime, looking
from engine.store.tables import process_definition, process_instance
from engine.store.types import Record


@dataclass(frozen=True)
class PlannedMigration:
    """What would become of one case: where it stands now, and the elements that then wait."""

    case: Record
    verdict: Verdict
    before: tuple[Element, ...]
    after: tuple[Element, ...] = ()


@dataclass(frozen=True)
class Gap:
    """An element that cases wait at and that the new version does not have, with what may stand for it."""

    element: Element
    cases: int
    suggestions: tuple[Element, ...]


@dataclass(frozen=True)
class Plan:
    """All open cases of a process that do not run on the version planned for."""

    planned: tuple[PlannedMigration, ...]
    gaps: tuple[Gap, ...]

    def of(self, kind: str) -> list[PlannedMigration]:
        """The cases with one kind of verdict: safe, needs_mapping, refused."""
        return [one for one in self.planned if one.verdict.kind == kind]

    @property
    def counts(self) -> dict[str, int]:
        """How many cases of each verdict there are."""
        return {kind: len(self.of(kind)) for kind in (SAFE, NEEDS_MAPPING, REFUSED)}


def plan_for_change(
    connection: Connection, runtime: Runtime, *, actor: Actor, change_id: int, mapping: Mapped, now: datetime
) -> Plan:
    """Before a change is published: what would become of every open case. Raises ``DefinitionInvalid``."""
    change = process_changes.get(connection, actor, change_id)
    sources = process_changes.sources(connection, change_id)
    new = deployments.compiled(connection, runtime, sources, change.process_key)
    return _plan(connection, runtime, open_cases(connection, change.process_key, None), new, mapping, now)


def plan(connection: Connection, runtime: Runtime, *, actor: Actor, key: str, mapping: Mapped, now: datetime) -> Plan:
    """What would become of every open case on an older version under the one in force."""
    may_migrate(connection, actor, key)
    target = runtime.library.latest(connection, key)
    return _plan(connection, runtime, open_cases(connection, key, target.id), target.compiled, mapping, now)


def may_migrate(connection: Connection, actor: Actor, key: str) -> None:
    """Raises ``Forbidden`` for whoever does not own the process."""
    if not process_changes.owns(connection, actor, key):
        raise Forbidden()


def open_cases(connection: Connection, key: str, target_id: int | None) -> Sequence[Record]:
    """The running cases of a process that are not on the version ``target_id``, oldest first."""
    query = (
        select(
            process_instance.c.id,
            process_instance.c.business_key,
            process_instance.c.title,
            process_instance.c.state,
            process_instance.c.definition_id,
            process_instance.c.started_at,
            process_definition.c.version,
        )
        .join(process_definition, process_definition.c.id == process_instance.c.definition_id)
        .where(process_instance.c.definition_key == key, process_instance.c.status == "active")
        .order_by(process_instance.c.started_at, process_instance.c.id)
    )
    if target_id is not None:
        query = query.where(process_instance.c.definition_id != target_id)
    return connection.execute(query).all()


def judged(
    connection: Connection, runtime: Runtime, case: Record, new: CompiledProcess, mapping: Mapped, now: datetime
) -> PlannedMigration:
    """What would become of one case; a case found safe has been moved in memory and stands as it should."""
    old = runtime.library.get(connection, case.definition_id).compiled
    found = verdict(case.state, old, new, mapping)
    waiting = Execution.load(old, looking(runtime, connection, old, now), case.state).waits()
    before = tuple(one.element for one in waiting.tasks.values())
    if found.kind != SAFE:
        return PlannedMigration(case, found, before)
    try:
        moved = migrated(case.state, old, new, mapping, looking(runtime, connection, new, now))
        after = Execution.load(new, looking(runtime, connection, new, now), moved.dump()).waits()
    except Exception as error:
        # Whatever SpiffWorkflow says to a state it does not like: the case stays where it is.
        unfit = reason("state", "", f"{type(error).__name__}: {error}"[:200])
        return PlannedMigration(case, Verdict(REFUSED, (unfit,)), before)
    if after.tasks.keys() != waiting.tasks.keys():
        return PlannedMigration(case, Verdict(REFUSED, (reason("state", "", "?"),)), before)
    return PlannedMigration(case, found, before, tuple(after.tasks[one].element for one in waiting.tasks))


def _plan(
    connection: Connection,
    runtime: Runtime,
    cases: Sequence[Record],
    new: CompiledProcess,
    mapping: Mapped,
    now: datetime,
) -> Plan:
    planned = tuple(judged(connection, runtime, one, new, mapping, now) for one in cases)
    counted: dict[str, int] = {}
    gone: dict[str, tuple[Element, CompiledProcess]] = {}
    for one in planned:
        for element in one.verdict.gone:
            counted[element.id] = counted.get(element.id, 0) + 1
            gone[element.id] = element, runtime.library.get(connection, one.case.definition_id).compiled
    gaps = tuple(
        Gap(element, counted[key], tuple(suggestions(element, old, new))) for key, (element, old) in gone.items()
    )
    return Plan(planned, gaps)
