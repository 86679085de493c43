"""A run of all walks of a change: what came of each, beside what it names and the version in force."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from engine.trials.walk import Result, Walk


@dataclass(frozen=True)
class WalkOutcome:
    """One walk of a run. ``missing`` and ``unexpected`` are elements other than named; ``newly`` and ``gone`` those
    passed otherwise than in the version in force; ``before`` is what came of it there (None: there is none)."""

    zh: str
    en: str
    as_named: bool
    status: str
    named_status: str
    passed: tuple[str, ...]
    missing: tuple[str, ...] = ()
    unexpected: tuple[str, ...] = ()
    stop: Mapping[str, Any] | None = None
    failures: tuple[Mapping[str, str], ...] = ()
    before: Mapping[str, Any] | None = None
    newly: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()

    @property
    def differs_from_before(self) -> bool:
        """Whether the version in force does the same walk otherwise."""
        return self.before is not None and bool(
            self.newly
            or self.gone
            or self.before["status"] != self.status
            or bool(self.before["stop"]) != bool(self.stop)
        )


@dataclass(frozen=True)
class WalkRun:
    """One run of all walks. ``status`` is running, interrupted, finished or failed; ``is_current`` tells whether it was
    made of the files as they are now."""

    id: int
    change_id: int
    status: str
    is_current: bool
    all_as_named: bool
    total: int
    started_at: datetime
    started_by: str
    finished_at: datetime | None
    results: tuple[WalkOutcome, ...]
    circumstances: str = ""  # the digest of what the house was like
    failure: Mapping[str, str] = field(default_factory=dict)  # why it could not be done, in both languages

    @property
    def holds(self) -> bool:
        """Whether it proves the files as they are now: every walk ends as it says."""
        return self.is_current and self.all_as_named


def compare(walk: Walk, result: Result, before: Result | None) -> WalkOutcome:
    """What came of a walk, beside what it says and what came of it in the version in force."""
    named, passed = walk.outcome, set(result.passed)
    earlier = set() if before is None else set(before.passed)
    stop = None if before is None or before.stop is None else before.stop.to_json()
    return WalkOutcome(
        zh=walk.zh,
        en=walk.en,
        as_named=result.is_as(named),
        status=result.status,
        named_status=named.status,
        passed=result.passed,
        missing=tuple(one for one in named.passed if one not in passed),
        unexpected=tuple(one for one in named.not_passed if one in passed),
        stop=None if result.stop is None else result.stop.to_json(),
        failures=result.failures,
        before=None if before is None else {"status": before.status, "stop": stop},
        newly=() if before is None else tuple(one for one in result.passed if one not in earlier),
        gone=() if before is None else tuple(one for one in before.passed if one not in passed),
    )


def to_json(outcome: WalkOutcome) -> dict[str, Any]:
    """The outcome as a run keeps it."""
    return dict(vars(outcome))


def from_json(given: Mapping[str, Any]) -> WalkOutcome:
    """An outcome that a run has kept."""
    lists = ("passed", "missing", "unexpected", "failures", "newly", "gone")
    values: dict[str, Any] = {key: tuple(value) if key in lists else value for key, value in given.items()}
    return WalkOutcome(**values)
