"""A trial as its page shows it: everything is read in the sandbox, at the sandbox's time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson

from engine import instances
from engine.actors import Actor
from engine.store.types import Record
from engine.trials.sandbox import Sandbox
from engine.trials.trial import Live
from engine.trials.walk import Result
from webapp.case_view import CaseView, load_case
from webapp.context import elsewhere
from webapp.process_words import ProcessWords


@dataclass(frozen=True)
class Choice:
    """Whom one may be: a role (its group's key) or a person (their login)."""

    value: str
    text: str


@dataclass(frozen=True)
class Choices:
    """Who may do something: as a role, or as one of the people."""

    roles: tuple[Choice, ...]
    people: tuple[Choice, ...]

    def __bool__(self) -> bool:
        return bool(self.people)


@dataclass(frozen=True)
class WaitingTask:
    """A task that waits in the sandbox; ``nth`` tells it from others of its element."""

    item: Record
    nth: int
    choices: Choices
    is_own: bool  # of the case that is tried, not of one that it started


@dataclass(frozen=True)
class TrialView:
    """Everything the page of a trial shows."""

    now: datetime
    result: Result
    case: CaseView | None
    tasks: tuple[WaitingTask, ...]
    messages: tuple[Record, ...]
    mails: tuple[Mapping[str, Any], ...]
    next_deadline_at: datetime | None
    variables: str


def view_of(live: Live) -> TrialView:
    """How things stand in a trial."""
    sandbox, result = live.sandbox, live.result
    case, known = None, ""
    with elsewhere(sandbox.platform) as connection:
        words = ProcessWords(connection)
        if live.instance_id:
            case = load_case(connection, live.instance_id)
            runtime = sandbox.platform.runtime
            variables = instances.variables(runtime, connection, live.instance_id, now=sandbox.now)
            known = orjson.dumps(variables, option=orjson.OPT_INDENT_2, default=str).decode()
    return TrialView(
        now=sandbox.now,
        result=result,
        case=case,
        tasks=tuple(_tasks(live, words)),
        messages=tuple(sandbox.awaited_messages()),
        mails=tuple(reversed(sandbox.mails())),
        next_deadline_at=sandbox.next_deadline_at(),
        variables=known,
    )


def _tasks(live: Live, words: ProcessWords) -> list[WaitingTask]:
    found: list[WaitingTask] = []
    for item in live.sandbox.open_items():
        nth = sum(one.item.element_id == item.element_id for one in found)
        offered = [int(one.removeprefix("group:")) for one in item.candidates if one.startswith("group:")]
        able = live.sandbox.able(item)
        choices = choices_of(able, words, only=offered)
        found.append(WaitingTask(item, nth, choices, item.instance_id == live.instance_id))
    return sorted(found, key=lambda one: not one.is_own)


def choices_of(able: Sequence[Actor], words: ProcessWords, *, only: Sequence[int] | None = None) -> Choices:
    """The roles and the people among those who may do something; ``only`` limits the roles to these groups."""
    groups = {key: identifier for actor in able for identifier, key in actor.groups.items()}
    roles = [Choice(key, words.group(key)) for key, one in groups.items() if only is None or one in only]
    people = [Choice(actor.login, f"{actor.name} ({actor.login})") for actor in able]
    return Choices(tuple(sorted(roles, key=lambda one: one.value)), tuple(people))


def waiting(sandbox: Sandbox, element_id: str, nth: int) -> Record | None:
    """The task of an element that a page names."""
    items = sandbox.open_items(element_id)
    return items[nth] if 0 <= nth < len(items) else None
