"""All walks of a change, done on its files and on the version in force: how far they are, and where they differ.

What came of them is kept with the digest of the files: it says nothing of other files.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import Connection, Select, insert, select, update

from engine import process_changes
from engine.actors import Actor
from engine.bootstrap import Platform
from engine.errors import Conflict, EngineError, NotFound
from engine.store.tables import process_change, process_definition, user, walk_run
from engine.store.types import Record
from engine.trials import circumstances
from engine.trials.counterparts import other_names
from engine.trials.ground import Ground
from engine.trials.walk import DEFAULT_BEGINNING, Outcome, Result, Walk, WalksInvalid, follow
from engine.trials.walk_file import save_walks, walks_of
from engine.trials.walk_run import WalkOutcome, WalkRun, compare, from_json, to_json

HEARTBEAT_SECONDS = 60


class WalkRunUnknown(NotFound):
    """No such run of the walks."""

    code = "walk_run_unknown"
    zh = "没有找到这次走查"
    en = "There is no such run of the walks"


class WalkGone(Conflict):
    """The walks of the change are no longer those that were run."""

    code = "walk_gone"
    zh = "走查或流程文件已更改，请重新运行"
    en = "The walks or the files have changed; run them again"


class WalkStopped(Conflict):
    """A walk that could not be done to its end has no new outcome to accept."""

    code = "walk_stopped"
    zh = "该走查未能走完，没有可接受的新结果"
    en = "This walk could not be finished, so there is no new outcome to accept"


def latest(connection: Connection, change_id: int, *, now: datetime | None = None) -> WalkRun | None:
    """The latest run of a change's walks, if there is one. ``now`` tells a run under way from one that broke off."""
    row = connection.execute(
        _rows().where(walk_run.c.change_id == change_id).order_by(walk_run.c.id.desc()).limit(1)
    ).one_or_none()
    return None if row is None else _read(connection, row, now)


def begin(connection: Connection, *, actor: Actor, change_id: int, now: datetime) -> int:
    """Note a run of the walks of a change's present files, to be done with ``run``; its id.

    One that is under way on the same files is not begun twice. Raises ``ChangeUnknown`` and ``NotAnOwner``.
    """
    process_changes.get(connection, actor, change_id)
    known = latest(connection, change_id, now=now)
    if known is not None and known.status == "running" and known.is_current:
        return known.id
    return note_run(connection, change_id, started_by_id=actor.user_id, now=now)


def note_run(connection: Connection, change_id: int, *, started_by_id: int | None, now: datetime) -> int:
    """Note a run whoever is allowed to has asked for; its id."""
    values = {
        "change_id": change_id,
        "files_hash": process_changes.files_hash(connection, change_id),
        "status": "running",
        "started_at": now,
        "started_by_id": started_by_id,
        "heartbeat_at": now,
        "total": 0,
        "results": {"walks": [], "failure": {}, "circumstances": circumstances_of(connection, change_id)},
    }
    return int(connection.execute(insert(walk_run).values(values).returning(walk_run.c.id)).scalar_one())


def circumstances_of(connection: Connection, change_id: int) -> str:
    """The digest of what the outcome of a change's walks depends on besides its files."""
    try:
        walks = walks_of(connection, change_id)
    except WalksInvalid:
        walks = ()
    return circumstances.digest(connection, walks)


def run(platform: Platform, run_id: int) -> None:
    """Do a run that was begun: each walk on the change and on the version in force, noted one by one."""
    results: list[dict[str, Any]] = []
    try:
        for total, outcome in _outcomes(platform, run_id):
            results.append(to_json(outcome))
            _note(platform, run_id, results, total=total)
    except EngineError as error:
        failure = {"zh": error.message("zh"), "en": error.message("en")}
        _note(platform, run_id, results, status="failed", failure=failure)
    except Exception as error:
        text = f"{type(error).__name__}: {error}"[:500]
        _note(platform, run_id, results, status="failed", failure={"zh": text, "en": text})
        raise
    else:
        _note(platform, run_id, results, status="finished", total=len(results))


def accept(connection: Connection, *, actor: Actor, change_id: int, number: int, now: datetime) -> None:
    """Let walk ``number`` of the latest run name what it came to, in the paths file of the change.

    Raises ``WalkGone``, ``WalkStopped`` and what ``process_changes.save_file`` raises.
    """
    walks, found = _walked(connection, change_id, number)
    if found.stop is not None or found.failures:
        raise WalkStopped()
    names = other_names(connection, change_id)
    walk = walks[number].renamed({earlier: name for name, earlier in names.items()})
    named = walk.outcome
    kept = [one for one in named.passed if one in found.passed]
    fresh = found.newly if found.before is not None else found.passed
    passed = tuple(dict.fromkeys([*kept, *fresh]))
    not_passed = dict.fromkeys([*(one for one in named.not_passed if one not in found.passed), *found.missing])
    for earlier in names.values():
        not_passed.pop(earlier, None)
    walks[number] = replace(walk, outcome=Outcome(found.status, passed, tuple(not_passed)))
    save_walks(connection, actor=actor, change_id=change_id, walks=walks, now=now)


def remove(connection: Connection, *, actor: Actor, change_id: int, number: int, now: datetime) -> None:
    """Take walk ``number`` of the latest run out of the change. Raises as ``accept``."""
    walks, _ = _walked(connection, change_id, number)
    del walks[number]
    save_walks(connection, actor=actor, change_id=change_id, walks=walks, now=now)


def _outcomes(platform: Platform, run_id: int) -> Iterator[tuple[int, WalkOutcome]]:
    with platform.database.read() as connection:
        change_id = connection.execute(select(walk_run.c.change_id).where(walk_run.c.id == run_id)).scalar_one()
        key = connection.execute(
            select(process_change.c.process_key).where(process_change.c.id == change_id)
        ).scalar_one()
        walks = walks_of(connection, change_id)
        sources = process_changes.sources(connection, change_id)
        own = process_definition.c
        in_force = connection.execute(select(own.id).where(own.key == key, own.is_latest)).scalar()
        names = other_names(connection, change_id)
    now = platform.clock.now()
    with ExitStack() as stack:

        @cache
        def ground(of_change: bool, with_master_data: bool) -> Ground:
            files = sources if of_change else None
            made = Ground.of(platform, key=key, now=now, sources=files, with_master_data=with_master_data)
            return stack.enter_context(closing(made))

        ground(True, False)
        for walk in walks:
            result = _do(ground(True, walk.needs_own_data), key, walk)
            before = None if in_force is None else _before(ground(False, walk.needs_own_data), key, walk, names)
            yield len(walks), compare(walk, result, before)


def _do(ground: Ground, key: str, walk: Walk) -> Result:
    with closing(ground.sandbox(walk.at or DEFAULT_BEGINNING)) as sandbox:
        return follow(sandbox, key, walk)


def _before(ground: Ground, key: str, walk: Walk, names: Mapping[str, str]) -> Result:
    """The walk in the version in force; its elements are named as they are in the change."""
    result = _do(ground, key, walk.renamed(names))
    now_called = {earlier: name for name, earlier in names.items()}
    return replace(result, passed=tuple(now_called.get(one, one) for one in result.passed))


def _note(
    platform: Platform,
    run_id: int,
    results: list[dict[str, Any]],
    *,
    status: str = "running",
    total: int | None = None,
    failure: Mapping[str, str] | None = None,
) -> None:
    now = platform.clock.now()
    values: dict[str, Any] = {"heartbeat_at": now}
    values |= {} if total is None else {"total": total}
    values |= {} if status == "running" else {"status": status, "finished_at": now}
    with platform.database.write() as connection:
        known = connection.execute(select(walk_run.c.results).where(walk_run.c.id == run_id)).scalar_one()
        values["results"] = {**known, "walks": results, "failure": dict(failure or {})}
        connection.execute(update(walk_run).where(walk_run.c.id == run_id).values(**values))


def _rows() -> Select[Any]:
    return select(walk_run, user.c.name.label("started_by")).join(user, user.c.id == walk_run.c.started_by_id)


def _read(connection: Connection, row: Record, now: datetime | None) -> WalkRun:
    broke_off = now is not None and row.heartbeat_at < now - timedelta(seconds=HEARTBEAT_SECONDS)
    results = tuple(from_json(one) for one in row.results["walks"])
    return WalkRun(
        id=row.id,
        change_id=row.change_id,
        status="interrupted" if row.status == "running" and broke_off else row.status,
        is_current=row.files_hash == process_changes.files_hash(connection, row.change_id),
        all_as_named=row.status == "finished" and all(one.as_named for one in results),
        total=row.total,
        started_at=row.started_at,
        started_by=row.started_by,
        finished_at=row.finished_at,
        results=results,
        failure=row.results["failure"],
        circumstances=row.results.get("circumstances", ""),
    )


def _walked(connection: Connection, change_id: int, number: int) -> tuple[list[Walk], WalkOutcome]:
    found = latest(connection, change_id)
    if found is None or not found.is_current or not 0 <= number < len(found.results):
        raise WalkGone()
    return list(walks_of(connection, change_id)), found.results[number]
