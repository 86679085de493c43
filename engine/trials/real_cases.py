"""A real case becomes a walk: masked, done again on the version it ran on, kept in a change if it passes the same."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, select

from engine import instances, process_changes, users
from engine.actors import Actor
from engine.bootstrap import Platform
from engine.errors import Conflict
from engine.store.tables import callback, group, work_item
from engine.store.types import Record
from engine.trials import answers, walk_file
from engine.trials.ground import Ground
from engine.trials.masking import Mask
from engine.trials.walk import OWN, Outcome, Result, Walk, follow, iso

_SECOND = timedelta(seconds=1)
_BEFORE = timedelta(minutes=1)  # the clock of what starts by itself stands a minute earlier


class CaseNotFinished(Conflict):
    """A case that is not completed tells no outcome."""

    code = "case_not_finished"
    zh = "只有已完成的案件才能转为走查"
    en = "Only a completed case can become a walk"


class CaseNotReplayed(Conflict):
    """The masked case, done again on its version, does not pass the same elements."""

    code = "case_not_replayed"
    zh = "该案件脱敏后无法照原样重走：{reason_zh}"
    en = "The masked case cannot be done again as it was: {reason_en}"


@dataclass(frozen=True)
class Proof:
    """A masked walk beside what came of it on the version the case ran on."""

    key: str
    walk: Walk
    result: Result

    @property
    def missing(self) -> list[str]:
        """Elements the case passed and the walk does not."""
        return [one for one in self.walk.outcome.passed if one not in self.result.passed]

    @property
    def extra(self) -> list[str]:
        """Elements only the walk passes."""
        return [one for one in self.result.passed if one not in self.walk.outcome.passed]

    @property
    def holds(self) -> bool:
        """Whether it passes the same elements and ends alike."""
        return not self.missing and not self.extra and self.result.is_as(self.walk.outcome)


def may_keep(connection: Connection, actor: Actor, instance: Record) -> bool:
    """Whether somebody may make a walk of a case: it is completed, and they own its process."""
    return instance.status == "completed" and process_changes.owns(connection, actor, instance.definition_key)


def prove(platform: Platform, *, actor: Actor, instance_id: str) -> Proof:
    """Mask a case and do it again on its version. Raises ``CaseNotFinished`` and ``NotAnOwner``."""
    with platform.database.read() as connection:
        instance = instances.get(connection, instance_id)
        if not process_changes.owns(connection, actor, instance.definition_key):
            raise process_changes.NotAnOwner(key=instance.definition_key)
        if instance.status != "completed":
            raise CaseNotFinished()
        walk = masked_walk(platform, connection, instance)
    at = walk.at or instance.started_at
    made = Ground.of(
        platform,
        key=instance.definition_key,
        now=platform.clock.now(),
        definition_id=instance.definition_id,
        with_master_data=True,
    )
    with closing(made) as ground, closing(ground.sandbox(at)) as sandbox:
        return Proof(instance.definition_key, walk, follow(sandbox, instance.definition_key, walk))


def keep(connection: Connection, *, actor: Actor, proof: Proof, now: datetime) -> int:
    """Add a masked case to the walks of the change under way, or of one that is opened for it; the change's id.

    Raises ``CaseNotReplayed`` unless the proof holds, and what ``process_changes.save_file`` raises.
    """
    if not proof.holds:
        raise CaseNotReplayed(**_why(proof))
    key = proof.key
    known = process_changes.open_of(connection, key)
    change_id = (
        process_changes.open_change(connection, actor=actor, key=key, now=now) if known is None else int(known.id)
    )
    walks = walk_file.walks_of(connection, change_id)
    walk_file.save_walks(
        connection, actor=actor, change_id=change_id, walks=[*walks, _numbered(proof.walk, walks)], now=now
    )
    return change_id


def masked_walk(platform: Platform, connection: Connection, instance: Record) -> Walk:
    """What was done in a case as a walk, masked. Moments stay, since deadlines and calendars depend on them."""
    teller = _Teller(platform, connection, instance)
    start, at = teller.beginning()
    passed = dict.fromkeys(one for event in teller.events for one in (event.data or {}).get("passed", ()))
    month = f"{instance.started_at.astimezone(platform.settings.zone):%Y-%m}"
    outcome = Outcome(instance.status, tuple(passed))
    return Walk(
        f"真实案件 {month}（脱敏）", f"A real case of {month}, masked", start, tuple(teller.steps(at)), outcome, at
    )


class _Teller:
    """Tells the history of one case as the beginning and the steps of a walk."""

    def __init__(self, platform: Platform, connection: Connection, instance: Record) -> None:
        self.library, self.connection, self.instance = platform.runtime.library, connection, instance
        self.events = answers.events(connection, instance.id)
        self.mask = Mask(connection)
        items = connection.execute(select(work_item).where(work_item.c.instance_id == instance.id))
        self.items = {row.id: row for row in items}
        self.group_keys = {row.id: row.key for row in connection.execute(select(group.c.id, group.c.key))}

    def beginning(self) -> tuple[dict[str, Any], datetime]:
        """How it began, and what the clock said."""
        first = self.events[0]
        given = answers.start_answers(self.connection, self.instance.id, first)
        at: datetime = first.at.replace(microsecond=0)
        own = {"master_data": OWN}
        if self._is_callback():
            return {"resolved_incident": True}, at
        model = self.library.get(self.connection, self.instance.definition_id).model
        passed = (first.data or {}).get("passed", ())
        event = next((one for one in model.start_events() if one.id in passed), None)
        if event is not None and event.event == "timer":
            return {"after": iso(_BEFORE), **own}, at - _BEFORE
        if event is not None and event.event == "message":
            number = self.instance.business_key
            return {"message": event.event_reference, "key": number, "with": self.mask.data(given), **own}, at
        form_key = "" if event is None else event.form_key
        by = self._role(first.actor_id, ())
        if not form_key:
            return {"by": by, "with": {}, **own}, at
        form = self.library.form(self.connection, self.instance.definition_id, form_key)
        return {"by": by, "with": self.mask.answers(form, given), **own}, at

    def _is_callback(self) -> bool:
        """Whether an imported incident began it: it is done again with an incident that nobody had."""
        query = select(callback.c.id).where(callback.c.instance_id == self.instance.id)
        return self.connection.execute(query).first() is not None

    def steps(self, at: datetime) -> list[dict[str, Any]]:
        """What people and messages did, with the time between; at the end what the clock still did."""
        found: list[dict[str, Any]] = []
        clock = at
        for event in self.events[1:]:
            step = self._step(event)
            if step is None and event is not self.events[-1]:
                continue
            passes = -(-(event.at - clock) // _SECOND) * _SECOND
            if passes > timedelta():
                found.append({"wait": iso(passes)})
                clock += passes
            found += [] if step is None else [step]
        return found

    def _step(self, event: Record) -> dict[str, Any] | None:
        if event.kind == "message_received":
            given = {key: value for key, value in (event.data or {}).items() if key != "passed"}
            waiting = self.library.get(self.connection, self.instance.definition_id).compiled.models.values()
            element = next(
                (one.elements[event.element_id] for one in waiting if event.element_id in one.elements), None
            )
            name = "" if element is None else element.event_reference
            return {"message": name, "key": self.instance.business_key, "with": self.mask.data(given)}
        if event.kind != "completed" or event.work_item_id not in self.items:
            return None
        item = self.items[event.work_item_id]
        given = answers.task_answers(self.connection, self.instance.id, event)
        masked: dict[str, Any] = {}
        if item.form_key:
            form = self.library.form(self.connection, item.definition_id, item.form_key)
            masked = self.mask.answers(form, given)
        return {"do": event.element_id, "by": self._role(event.actor_id, item.candidates), "with": masked}

    def _role(self, user_id: int | None, candidates: Sequence[str]) -> str:
        """The group for which somebody acted; nothing where the task was theirs alone."""
        if user_id is None:
            return ""
        actor = users.load_actor(self.connection, user_id)
        own = {} if actor is None else actor.groups
        offered = [one for one in candidates if one.startswith("group:")]
        return next((key for one, key in own.items() if not candidates or f"group:{one}" in offered), "")


def _numbered(walk: Walk, known: Sequence[Walk]) -> Walk:
    number = 1 + sum(one.zh.startswith(walk.zh) for one in known)
    return Walk(f"{walk.zh} {number}", f"{walk.en} {number}", walk.start, walk.steps, walk.outcome, walk.at)


def _why(proof: Proof) -> dict[str, str]:
    stop = proof.result.stop
    if stop is not None:
        return {"reason_zh": stop.zh, "reason_en": stop.en}
    if proof.result.failures:
        failure = proof.result.failures[0]
        return {"reason_zh": failure["zh"], "reason_en": failure["en"]}
    told = ", ".join([*(f"−{one}" for one in proof.missing), *(f"+{one}" for one in proof.extra)])
    status = f"{proof.result.status} ≠ {proof.walk.outcome.status}"
    return {"reason_zh": told or status, "reason_en": told or status}
