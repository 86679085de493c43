"""Which of the resolutions in an export start a callback."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from engine.errors import Invalid


class ChoiceInvalid(Invalid):
    """Not a choice of callbacks."""

    code = "callback_choice_invalid"
    zh = "回访范围应为 all、none 或 since:YYYY-MM-DD"
    en = "Callbacks are all, none or since:YYYY-MM-DD"


@dataclass(frozen=True)
class CallbackChoice:
    """Which resolutions start a callback: all, none, or those since a day of the organisation's calendar."""

    text: str = "all"
    since: date | None = None

    def wants(self, zone: ZoneInfo) -> Callable[[datetime], bool]:
        """Whether a resolution of this moment starts a callback."""
        if self.since is not None:
            first = datetime.combine(self.since, time(), zone).astimezone(UTC)
            return lambda resolved_at: resolved_at >= first
        return lambda resolved_at: self.text == "all"


def parse_choice(text: str) -> CallbackChoice:
    """The choice written as ``all``, ``none`` or ``since:<ISO date>``. Raises ``ChoiceInvalid``."""
    kind, _, day = text.strip().partition(":")
    if kind in ("all", "none") and not day:
        return CallbackChoice(kind)
    try:
        if kind == "since":
            return CallbackChoice(f"since:{day}", date.fromisoformat(day))
    except ValueError:
        pass
    raise ChoiceInvalid(fields=["callbacks"])
