"""The values of FEEL and their kinds.

JSON values stand for themselves; numbers are ``int``, ``float`` (from JSON only) or ``Decimal`` (from
arithmetic), a ``bool`` is never a number. Temporal values are those of :mod:`datetime`, plus
:class:`YearsMonths`. Source of the kinds: DMN 1.4, chapter 10.3.2.3.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from types import NoneType
from typing import Any
from zoneinfo import ZoneInfo

from engine.feel.errors import FeelBudgetExceeded

_UTC_ZONE = ZoneInfo("UTC")
_SIZE_PER_STEP = 16
# Powers, roots and logarithms of 34 digits take as long as some ten other steps.
TRANSCENDENTAL_STEPS = 10
_DEEPEST_CALL = 50
_SEARCH_SECONDS = 0.2
_HOST_SECONDS = 1.0


@dataclass(frozen=True, slots=True, order=True)
class YearsMonths:
    """A years and months duration; its length in days depends on the date it is added to."""

    months: int


@dataclass(frozen=True, slots=True)
class Range:
    """A range of ordered values; ``None`` as an endpoint of ``< x`` and ``> x`` means unbounded."""

    start: Any
    end: Any
    start_included: bool
    end_included: bool


class FeelFunction(ABC):
    """A function as a value: a built-in one or one that the expression defines."""

    @abstractmethod
    def call(self, arguments: Sequence[Any], runtime: Runtime) -> Any:
        """The result for positional ``arguments``."""

    @abstractmethod
    def call_named(self, arguments: dict[str, Any], runtime: Runtime) -> Any:
        """The result for named ``arguments``."""


@dataclass(frozen=True)
class EvaluationContext:
    """What an evaluation may know besides its variables.

    ``now`` (aware) answers ``now()`` and ``today()``; ``zone`` is the organisation's zone, in which times
    without an offset are read and aware variables are shown; ``functions`` are the host's, by FEEL name.
    """

    now: datetime | None = None
    zone: ZoneInfo = _UTC_ZONE
    functions: Mapping[str, Callable[..., Any]] = field(default_factory=dict)
    step_budget: int = 20_000


class Runtime:
    """One evaluation: its context and what is left of its budget."""

    __slots__ = ("calls", "context", "host_seconds_left", "search_seconds_left", "steps_left")

    def __init__(self, context: EvaluationContext) -> None:
        self.context = context
        self.steps_left = context.step_budget
        self.calls = 0
        self.search_seconds_left = _SEARCH_SECONDS
        self.host_seconds_left = _HOST_SECONDS

    def tick(self, steps: int = 1) -> None:
        """Spend ``steps``; raises :class:`FeelBudgetExceeded` when none are left."""
        self.steps_left -= steps
        if self.steps_left < 0:
            raise FeelBudgetExceeded(
                reason=f"it takes more than {self.context.step_budget} steps",
                reason_zh=f"计算步骤超过 {self.context.step_budget} 步",
            )

    def tick_size(self, size: int) -> None:
        """Spend what handling ``size`` elements or characters at once costs."""
        self.tick(1 + size // _SIZE_PER_STEP)

    def enter_call(self) -> None:
        """Count one more function call under way; a recursion too deep ends like a loop too long."""
        self.calls += 1
        if self.calls > _DEEPEST_CALL:
            raise FeelBudgetExceeded(
                reason=f"functions call each other more than {_DEEPEST_CALL} deep",
                reason_zh=f"函数相互调用超过 {_DEEPEST_CALL} 层",
            )


KINDS: dict[type, str] = {
    NoneType: "null",
    bool: "boolean",
    int: "number",
    float: "number",
    Decimal: "number",
    str: "string",
    date: "date",
    time: "time",
    datetime: "date and time",
    timedelta: "days and time duration",
    YearsMonths: "years and months duration",
    list: "list",
    dict: "context",
    Range: "range",
}


def kind(value: Any) -> str:
    """The FEEL name of the kind of ``value`` (``unknown`` for what is no FEEL value)."""
    name = KINDS.get(type(value))
    if name is None:
        return "function" if isinstance(value, FeelFunction) else "unknown"
    return name


def to_utc(moment: datetime, zone: ZoneInfo) -> datetime:
    """``moment`` in UTC; one without an offset is read in ``zone``."""
    return (moment if moment.tzinfo is not None else moment.replace(tzinfo=zone)).astimezone(UTC)
