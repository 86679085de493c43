"""Who acts in a sandbox: a walk names a login, a group, or nobody, and somebody who may do it does it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from engine.actors import Actor
from engine.errors import Conflict, Forbidden
from engine.store.types import Record
from engine.trials.sandbox import Sandbox

FILE_MARK = "file:"  # an answer that stands for an uploaded file of that name


class NotWaiting(Conflict):
    """The task a walk wants to do does not wait for anybody."""

    code = "not_waiting"
    zh = "任务“{element}”此时并未等待办理"
    en = "Task “{element}” is not waiting at this point"


class NobodyMay(Forbidden):
    """There is nobody who may do it."""

    code = "nobody_may"
    zh = "没有人可以办理“{element}”"
    en = "There is nobody who may do “{element}”"


def start(sandbox: Sandbox, key: str, by: str, answers: Mapping[str, Any], files: Sequence[str] = ()) -> str:
    """Send the start form of a process; the id of the case. Raises what ``Sandbox.start`` raises."""
    actor = chosen(sandbox, by, sandbox.starters(key))
    if actor is None:
        raise NobodyMay(element=key)
    if files:
        answers = {**answers, "files": [f"{FILE_MARK}{name}" for name in files]}
    return sandbox.start(actor, key, _with_uploads(sandbox, actor, answers, None))


def do(sandbox: Sandbox, element_id: str, by: str, answers: Mapping[str, Any], *, nth: int = 0) -> None:
    """Do a task of an element: where several wait, the most urgent one, or the ``nth`` after it.

    Raises ``NotWaiting``, ``NobodyMay`` and what ``Sandbox.complete`` raises.
    """
    waiting = sandbox.open_items(element_id)[nth:]
    if not waiting:
        raise NotWaiting(element=element_id)
    item, actor = _pair(sandbox, waiting, by)
    if actor is None:
        raise NobodyMay(element=element_id)
    sandbox.complete(actor, item.id, _with_uploads(sandbox, actor, answers, item))


def _pair(sandbox: Sandbox, waiting: Sequence[Record], by: str) -> tuple[Record, Actor | None]:
    """The first task that whoever is named may do. A person who works here and may do none meets the refusal."""
    named = sandbox.actor(by)
    for item in waiting:
        able = sandbox.able(item)
        found = next((one for one in able if one.login == by), None) if named else chosen(sandbox, by, able)
        if found is not None:
            return item, found
    return waiting[0], named


def chosen(sandbox: Sandbox, by: str, able: Sequence[Actor]) -> Actor | None:
    """The person of that login; else of those who may do it one of that group; else the first of them."""
    named = sandbox.actor(by)
    if named is not None:
        return named
    return next((one for one in able if by in one.groups.values()), next(iter(able), None))


def _with_uploads(sandbox: Sandbox, actor: Actor, answers: Any, item: Record | None) -> Any:
    """Answers in which each ``file:<name>`` has become the id of an upload of that name."""
    if isinstance(answers, str) and answers.startswith(FILE_MARK):
        return sandbox.upload(actor, answers.removeprefix(FILE_MARK) or "file", item=item)
    if isinstance(answers, Mapping):
        return {key: _with_uploads(sandbox, actor, value, item) for key, value in answers.items()}
    if isinstance(answers, list):
        return [_with_uploads(sandbox, actor, value, item) for value in answers]
    return answers
