"""Trials: what somebody tries with the files of a change, kept step by step so that it can be done again.

A trial is a walk under way. Its sandbox is nowhere but in memory; where it is not there (another process, a restart, a
file that was changed, a step taken back), the steps are done again.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, insert, select, update

from engine import process_changes
from engine.actors import Actor
from engine.bootstrap import Platform
from engine.errors import Conflict, EngineError, Invalid, NotFound
from engine.store.tables import customer, process_change, trial, user
from engine.store.types import Record
from engine.trials import walk_file
from engine.trials.ground import Ground
from engine.trials.sandbox import Sandbox
from engine.trials.walk import MAX_STEPS, OWN, Outcome, Result, Stop, Walk, begin, go_on, result_of, stop_of

_GROUNDS, _SANDBOXES = 3, 8
_GROUND_LASTS = timedelta(minutes=5)  # people and groups change meanwhile
LONGEST_NAME = 100


class TrialUnknown(NotFound):
    """No such trial."""

    code = "trial_unknown"
    zh = "没有找到该试跑"
    en = "There is no such trial"


class TrialMovedOn(Conflict):
    """Somebody went on with the trial meanwhile."""

    code = "trial_moved_on"
    zh = "该试跑已有新的操作，请刷新后再试"
    en = "Somebody went on with this trial meanwhile; reload the page"


class TrialTooLong(Invalid):
    """More steps than a walk may have."""

    code = "trial_too_long"
    zh = "一次试跑最多 {limit} 步"
    en = "A trial has at most {limit} steps"


class WalkNameMissing(Invalid):
    """A walk without its two names."""

    code = "walk_name_missing"
    zh = "请填写中文与英文名称（各不超过 {limit} 字）"
    en = "Give a Chinese and an English name (at most {limit} characters each)"


def note_begun(
    connection: Connection, *, actor: Actor, change_id: int, at: datetime, start: Mapping[str, Any], now: datetime
) -> int:
    """Keep a trial that has begun; its id. Raises ``ChangeUnknown`` and ``NotAnOwner``."""
    process_changes.get(connection, actor, change_id)
    values: dict[str, Any] = {
        "change_id": change_id,
        "begun_by_id": actor.user_id,
        "begun_at": now,
        "clock_at": at,
        "revision": 0,
        "start": dict(start),
        "steps": [],
    }
    return int(connection.execute(insert(trial).values(values).returning(trial.c.id)).scalar_one())


def get(connection: Connection, actor: Actor, trial_id: int) -> Record:
    """A trial with the key of its process. Raises ``TrialUnknown`` and ``NotAnOwner``."""
    query = (
        select(trial, process_change.c.process_key, user.c.name.label("begun_by"))
        .join(process_change, process_change.c.id == trial.c.change_id)
        .join(user, user.c.id == trial.c.begun_by_id)
        .where(trial.c.id == trial_id)
    )
    row = connection.execute(query).one_or_none()
    if row is None:
        raise TrialUnknown()
    process_changes.get(connection, actor, row.change_id)
    return row


def listed(connection: Connection, actor: Actor, change_id: int, limit: int = 20) -> list[Record]:
    """The latest trials of a change, newest first. Raises ``NotAnOwner``."""
    process_changes.get(connection, actor, change_id)
    query = (
        select(trial, user.c.name.label("begun_by"))
        .join(user, user.c.id == trial.c.begun_by_id)
        .where(trial.c.change_id == change_id)
    )
    return list(connection.execute(query.order_by(trial.c.id.desc()).limit(limit)))


def note_step(connection: Connection, *, actor: Actor, row: Record, step: Mapping[str, Any]) -> int:
    """Keep a step that was taken; the new revision. Raises ``TrialMovedOn`` and ``TrialTooLong``."""
    if len(row.steps) >= MAX_STEPS:
        raise TrialTooLong(limit=MAX_STEPS)
    return _write(connection, actor, row, [*row.steps, dict(step)])


def undo(connection: Connection, *, actor: Actor, row: Record, to: int | None = None) -> int:
    """Take back the last step, or all from step ``to`` on; the new revision. Raises ``TrialMovedOn``."""
    return _write(connection, actor, row, row.steps[: len(row.steps) - 1 if to is None else to])


def keep(connection: Connection, *, actor: Actor, row: Record, zh: str, en: str, result: Result, now: datetime) -> None:
    """Add the trial to the walks of its change, with what came of it as its outcome.

    Raises ``WalkNameMissing`` and what ``process_changes.save_file`` raises.
    """
    zh, en = zh.strip(), en.strip()
    if not zh or not en or max(len(zh), len(en)) > LONGEST_NAME:
        raise WalkNameMissing(limit=LONGEST_NAME, fields=["zh" if not zh else "en"])
    outcome = Outcome(result.status, result.passed)
    walk = Walk(zh, en, row.start, tuple(row.steps), outcome, row.clock_at)
    walks = [*walk_file.walks_of(connection, row.change_id), walk]
    walk_file.save_walks(connection, actor=actor, change_id=row.change_id, walks=walks, now=now)


def _write(connection: Connection, actor: Actor, row: Record, steps: list[dict[str, Any]]) -> int:
    process_changes.get(connection, actor, row.change_id)
    written = connection.execute(
        update(trial)
        .where(trial.c.id == row.id, trial.c.revision == row.revision)
        .values(steps=steps, revision=row.revision + 1)
    )
    if written.rowcount != 1:
        raise TrialMovedOn()
    return int(row.revision) + 1


@dataclass
class Live:
    """A trial in its sandbox. ``stop`` says where the kept steps could not be done again; then nothing goes on."""

    sandbox: Sandbox
    files_hash: str
    revision: int
    instance_id: str
    stop: Stop | None

    @property
    def result(self) -> Result:
        """How things stand."""
        if not self.instance_id:
            return Result("", "", (), self.stop)
        return result_of(self.sandbox, self.instance_id, self.stop)


@dataclass(frozen=True)
class _KeptGround:
    ground: Ground
    made_at: datetime


class LiveTrials:
    """The sandboxes of one process, the latest few. One in use is nobody else's: who asks meanwhile gets a copy."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._grounds: OrderedDict[tuple[int, str, bool], _KeptGround] = OrderedDict()
        self._live: OrderedDict[int, Live] = OrderedDict()

    def fresh(self, platform: Platform, change_id: int, *, at: datetime, own_data: bool) -> Sandbox:
        """A new sandbox with the present files of a change. Raises ``DefinitionInvalid`` if they have errors."""
        with platform.database.read() as connection:
            files_hash = process_changes.files_hash(connection, change_id)
        return self._sandbox(platform, change_id, files_hash, at, own_data)

    @contextmanager
    def use(self, platform: Platform, row: Record) -> Iterator[Live]:
        """The sandbox of a trial as it was left, or as it becomes when its steps are done again.

        What is raised inside leaves it as it was kept. Raises ``DefinitionInvalid`` if the files have errors.
        """
        with platform.database.read() as connection:
            files_hash = process_changes.files_hash(connection, row.change_id)
        with self._lock:
            live = self._live.pop(row.id, None)
        if live is not None and (live.files_hash, live.revision) != (files_hash, row.revision):
            live.sandbox.close()
            live = None
        live = live or self._again(platform, row, files_hash)
        try:
            yield live
        except BaseException:
            live.sandbox.close()
            raise
        self.put(row.id, live)

    def put(self, trial_id: int, live: Live) -> None:
        """Keep a sandbox for the next step; the one that was used longest ago is forgotten."""
        with self._lock:
            replaced = self._live.pop(trial_id, None)
            self._live[trial_id] = live
            gone = [replaced] if replaced is not None else []
            while len(self._live) > _SANDBOXES:
                gone.append(self._live.popitem(last=False)[1])
        for one in gone:
            one.sandbox.close()

    def close(self) -> None:
        """Forget all."""
        with self._lock:
            for live in self._live.values():
                live.sandbox.close()
            for kept in self._grounds.values():
                kept.ground.close()
            self._live.clear()
            self._grounds.clear()

    def _again(self, platform: Platform, row: Record, files_hash: str) -> Live:
        own_data = (row.start or {}).get("master_data") == OWN
        sandbox = self._sandbox(platform, row.change_id, files_hash, row.clock_at, own_data)
        try:
            instance_id = begin(sandbox, row.process_key, row.start)
        except EngineError as error:
            return Live(sandbox, files_hash, row.revision, "", stop_of(-1, error))
        return Live(sandbox, files_hash, row.revision, instance_id, go_on(sandbox, instance_id, row.steps))

    def _sandbox(self, platform: Platform, change_id: int, files_hash: str, at: datetime, own_data: bool) -> Sandbox:
        place, now = (change_id, files_hash, own_data), platform.clock.now()
        with self._lock:
            kept = self._grounds.pop(place, None)
            if kept is not None and now - kept.made_at > _GROUND_LASTS:
                kept.ground.close()
                kept = None
            kept = kept or _KeptGround(_ground(platform, change_id, own_data, now), now)
            self._grounds[place] = kept
            while len(self._grounds) > _GROUNDS:
                self._grounds.popitem(last=False)[1].ground.close()
            return kept.ground.sandbox(at)


def has_own_data(connection: Connection) -> bool:
    """Whether the organisation has entered its customers."""
    return connection.execute(select(customer.c.id).limit(1)).first() is not None


def _ground(platform: Platform, change_id: int, own_data: bool, now: datetime) -> Ground:
    with platform.database.read() as connection:
        key = connection.execute(
            select(process_change.c.process_key).where(process_change.c.id == change_id)
        ).scalar_one()
        sources = process_changes.sources(connection, change_id)
    return Ground.of(platform, key=key, now=now, sources=sources, with_master_data=own_data)
