"""Walks: named path tests of a process, done through the real engine in a sandbox.

``<key>.paths.json`` holds ``{"process": key, "paths": [walk, …]}``; ``docs/trials.md`` tells what a walk may say.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson

from engine.errors import EngineError, Invalid
from engine.feel import FeelError, compile_expression
from engine.trials import acting, openings
from engine.trials.sandbox import Sandbox

DEFAULT_BEGINNING = datetime(2026, 3, 2, 1, tzinfo=UTC)  # Monday, nine in the morning in Shanghai
MAX_WALKS = 200
MAX_STEPS = 500
OWN = "own"  # master_data of a walk: the organisation's, where ``true`` stands for a customer of the demo company
_SECOND = timedelta(seconds=1)
LONGEST_WAIT = timedelta(days=3660)
# The parts of a walk: their types, and whether they are needed.
_WALK: Mapping[str, tuple[type, bool]] = {
    "zh": (str, True),
    "en": (str, True),
    "at": (str, False),
    "start": (dict, True),
    "steps": (list, True),
    "outcome": (dict, True),
}
_START: Mapping[str, tuple[type, bool]] = {
    "by": (str, False),
    "with": (dict, False),
    "files": (list, False),
    "after": (str, False),
    "message": (str, False),
    "key": (str, False),
    "nth": (int, False),
    "missed_every_month": (int, False),
    "scrapped": (dict, False),
    "visited": (dict, False),
}
_STEP: Mapping[str, tuple[type, bool]] = {
    "do": (str, False),
    "by": (str, False),
    "with": (dict, False),
    "nth": (int, False),
    "wait": (str, False),
    "message": (str, False),
    "key": (str, False),
}
_OUTCOME: Mapping[str, tuple[type, bool]] = {"status": (str, True), "passed": (list, True), "not_passed": (list, False)}
_DURATION = re.compile(r"P(?=.)(\d{1,5}D)?(T(?=.)(\d{1,6}H)?(\d{1,6}M)?(\d{1,9}(\.\d{1,6})?S)?)?")


class WalksInvalid(Invalid):
    """A paths file that cannot be read."""

    code = "walks_invalid"
    zh = "走查文件有误（{where}）：{problem_zh}"
    en = "The paths file is wrong ({where}): {problem_en}"


class NeverBegan(Invalid):
    """The case that a walk is about did not begin."""

    code = "never_began"
    zh = "流程“{key}”没有启动"
    en = "Process “{key}” did not begin"


@dataclass(frozen=True)
class Outcome:
    """How a walk must end: the status, and elements that must or must not have been passed."""

    status: str
    passed: tuple[str, ...]
    not_passed: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """As it stands in the file."""
        told: dict[str, Any] = {"status": self.status, "passed": list(self.passed)}
        return {**told, "not_passed": list(self.not_passed)} if self.not_passed else told


@dataclass(frozen=True)
class Walk:
    """One path test; ``at`` is what the clock says at its beginning, ``start`` and ``steps`` are as in the file."""

    zh: str
    en: str
    start: Mapping[str, Any]
    steps: tuple[Mapping[str, Any], ...]
    outcome: Outcome
    at: datetime | None = None

    @property
    def needs_own_data(self) -> bool:
        """Whether it is done with the organisation's customers, projects and parts."""
        return self.start.get("master_data") == OWN

    def renamed(self, names: Mapping[str, str]) -> Walk:
        """The walk where elements got other ids: it does and passes the same ones."""

        def other(ids: tuple[str, ...]) -> tuple[str, ...]:
            return tuple(names.get(one, one) for one in ids)

        steps = tuple({**one, "do": names[one["do"]]} if one.get("do") in names else one for one in self.steps)
        outcome = replace(self.outcome, passed=other(self.outcome.passed), not_passed=other(self.outcome.not_passed))
        return replace(self, steps=steps, outcome=outcome)

    def to_json(self) -> dict[str, Any]:
        """As it stands in the file."""
        at = {} if self.at is None else {"at": self.at.isoformat()}
        told = {"start": dict(self.start), "steps": [dict(one) for one in self.steps]}
        return {"zh": self.zh, "en": self.en, **at, **told, "outcome": self.outcome.to_json()}


@dataclass(frozen=True)
class Stop:
    """Where a walk could not go on and why; ``step`` counts from 0, -1 is its beginning."""

    step: int
    code: str
    zh: str
    en: str
    fields: Mapping[str, list[str]] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """For keeping."""
        return {"step": self.step, "code": self.code, "zh": self.zh, "en": self.en, "fields": dict(self.fields)}


@dataclass(frozen=True)
class Result:
    """What came of a walk: the status of its case, the elements passed in order, where it stopped, what failed."""

    instance_id: str
    status: str
    passed: tuple[str, ...]
    stop: Stop | None = None
    failures: tuple[Mapping[str, str], ...] = ()

    def is_as(self, outcome: Outcome) -> bool:
        """Whether it ended as named."""
        kept = set(outcome.passed) <= set(self.passed) and not set(outcome.not_passed) & set(self.passed)
        return self.stop is None and not self.failures and self.status == outcome.status and kept


def read_walks(content: bytes) -> tuple[Walk, ...]:
    """The walks of a paths file. Raises ``WalksInvalid``."""
    try:
        given = orjson.loads(content)
    except orjson.JSONDecodeError as error:
        raise WalksInvalid(where="JSON", problem_zh=str(error), problem_en=str(error)) from error
    walks = given.get("paths") if isinstance(given, dict) else None
    if not isinstance(walks, list):
        raise WalksInvalid(where="paths", problem_zh="应为列表", problem_en="this must be a list")
    if len(walks) > MAX_WALKS:
        raise WalksInvalid(where="paths", problem_zh=f"最多 {MAX_WALKS} 条", problem_en=f"at most {MAX_WALKS} walks")
    return tuple(_read(one, f"paths[{number}]") for number, one in enumerate(walks))


def write_walks(key: str, walks: Sequence[Walk]) -> bytes:
    """The paths file of a process."""
    content = {"process": key, "paths": [one.to_json() for one in walks]}
    return orjson.dumps(content, option=orjson.OPT_INDENT_2) + b"\n"


def follow(sandbox: Sandbox, key: str, walk: Walk) -> Result:
    """Do the walk in a fresh sandbox whose clock stands at its beginning."""
    try:
        instance_id = begin(sandbox, key, walk.start)
    except EngineError as error:
        return Result("", "", (), stop_of(-1, error))
    return result_of(sandbox, instance_id, go_on(sandbox, instance_id, walk.steps))


def go_on(sandbox: Sandbox, instance_id: str, steps: Sequence[Mapping[str, Any]]) -> Stop | None:
    """Take all steps of a case that has begun; where it could not go on."""
    for number, step in enumerate(steps):
        try:
            take(sandbox, instance_id, step)
        except EngineError as error:
            return stop_of(number, error)
    return None


def begin(sandbox: Sandbox, key: str, start: Mapping[str, Any]) -> str:
    """Begin as the ``start`` of a walk says; the id of the case walked."""
    openings.prepare(sandbox, {name: value for name, value in start.items() if value != OWN})
    if "after" in start:
        sandbox.pass_time(duration(start["after"]))
    if "message" in start:
        reached = sandbox.send(start["message"], start["key"], start.get("with", {}))
    elif "by" in start:
        return acting.start(sandbox, key, start["by"], start.get("with", {}), start.get("files", ()))
    else:
        reached = [one.id for one in sandbox.instances_of(key)]
    wanted = reached[start.get("nth", 0) :]
    if not wanted:
        raise NeverBegan(key=key)
    return str(wanted[0])


def take(sandbox: Sandbox, instance_id: str, step: Mapping[str, Any]) -> None:
    """Take one step: somebody does a task, time passes, or a message arrives."""
    if "wait" in step:
        sandbox.pass_time(duration(step["wait"]))
    elif "message" in step:
        key = step.get("key") or sandbox.instance(instance_id).business_key
        sandbox.send(step["message"], key, step.get("with", {}))
    else:
        acting.do(sandbox, step["do"], step.get("by", ""), step.get("with", {}), nth=step.get("nth", 0))


def stop_of(number: int, error: EngineError) -> Stop:
    """What stopped a walk at step ``number``."""
    given = error.details.get("fields")
    fields = {str(key): list(value) for key, value in given.items()} if isinstance(given, Mapping) else {}
    return Stop(number, error.code, error.message("zh"), error.message("en"), fields)


def result_of(sandbox: Sandbox, instance_id: str, stop: Stop | None = None) -> Result:
    """How things stand with a case of a sandbox."""
    failures = tuple(
        {"element": one.element_id, "zh": one.message_zh, "en": one.message_en} for one in sandbox.engine_incidents()
    )
    status = sandbox.instance(instance_id).status
    return Result(instance_id, status, tuple(sandbox.passed(instance_id)), stop, failures)


def duration(text: str) -> timedelta:
    """A length of time such as ``P1DT2H``. Raises ``WalksInvalid``."""
    try:
        length = compile_expression(f'duration("{text}")').evaluate({}) if _DURATION.fullmatch(text) else None
    except FeelError:
        length = None
    if not isinstance(length, timedelta) or length > LONGEST_WAIT:
        problem = {"problem_zh": "不是时长，例如 P1DT2H", "problem_en": "not a length of time such as P1DT2H"}
        raise WalksInvalid(where=text[:40], **problem)
    return length


def iso(length: timedelta) -> str:
    """A length of time as walks write it; in whole seconds, rounded up so that what is due is reached."""
    days, rest = divmod(-(-length // _SECOND), 86_400)
    return f"P{days}D" + (f"T{rest}S" if rest else "") if days else f"PT{rest}S"


def _read(given: Any, where: str) -> Walk:
    if not isinstance(given, dict):
        raise _wrong(where, "应为对象", "this must be an object")
    _check(given, _WALK, where)
    if len(given["steps"]) > MAX_STEPS:
        raise _wrong(f"{where}.steps", f"最多 {MAX_STEPS} 步", f"at most {MAX_STEPS} steps")
    _check(given["start"], _START, f"{where}.start")
    if "message" in given["start"] and "key" not in given["start"]:
        raise _wrong(f"{where}.start", "应含 key", "give the key")
    for number, step in enumerate(given["steps"]):
        place = f"{where}.steps[{number}]"
        if not isinstance(step, dict) or len({"do", "wait", "message"} & step.keys()) != 1:
            raise _wrong(place, "应含 do、wait、message 之一", "give one of do, wait, message")
        _check(step, _STEP, place)
    told = given["outcome"]
    _check(told, _OUTCOME, f"{where}.outcome")
    outcome = Outcome(told["status"], tuple(map(str, told["passed"])), tuple(map(str, told.get("not_passed", ()))))
    return Walk(given["zh"], given["en"], given["start"], tuple(given["steps"]), outcome, _moment(given, where))


def _moment(given: Mapping[str, Any], where: str) -> datetime | None:
    if "at" not in given:
        return None
    try:
        at = datetime.fromisoformat(given["at"])
    except ValueError:
        at = None
    if at is None or at.tzinfo is None:
        raise _wrong(f"{where}.at", "应为带时区的时间", "give a moment with its offset")
    return at


def _check(given: Mapping[str, Any], parts: Mapping[str, tuple[type, bool]], where: str) -> None:
    """Each part has its type, and those that are needed are there."""
    for part, (kind, is_needed) in parts.items():
        if part in given and (not isinstance(given[part], kind) or (kind is int and isinstance(given[part], bool))):
            raise _wrong(f"{where}.{part}", "类型不符", "of the wrong type")
        if is_needed and part not in given:
            raise _wrong(f"{where}.{part}", "缺少", "missing")


def _wrong(where: str, zh: str, en: str) -> WalksInvalid:
    return WalksInvalid(where=where, problem_zh=zh, problem_en=en)
