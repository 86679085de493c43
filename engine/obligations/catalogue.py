"""The 98 duties of the policy, from ``obligations.yaml``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo

from engine.errors import Language, NotFound
from engine.periods import Cadence, Period
from engine.yaml_files import read_yaml


class ObligationUnknown(NotFound):
    """No duty has this id."""

    code = "obligation_unknown"
    zh = "没有编号为“{obligation}”的义务"
    en = "There is no obligation “{obligation}”"


@dataclass(frozen=True)
class Obligation:
    """One duty: ``owner`` is a group; ``within`` are days from the first of its period, none: the whole of it.

    ``kind`` says whether it is owed once in each period or on every occasion (then the period only gathers them).
    """

    id: str
    clause: str
    owner: str
    kind: Literal["period", "each"]
    cadence: Cadence
    zh: str
    en: str
    within: int | None = None

    def text(self, language: Language) -> str:
        """What is owed, for a reader of ``language``."""
        return self.zh if language == "zh" else self.en

    def due_at(self, period: Period, zone: ZoneInfo) -> datetime:
        """When the duty of a period must be done: the end of its last day."""
        return self.due_within(period.starts_at(zone), period.ends_at(zone))

    def due_within(self, starts_at: datetime, ends_at: datetime) -> datetime:
        """The same of a period whose first moment, and the first after it, are known."""
        return ends_at if self.within is None else min(starts_at + timedelta(days=self.within), ends_at)


_FILE = Path(__file__).with_name("obligations.yaml")
OBLIGATIONS: Mapping[str, Obligation] = {given["id"]: Obligation(**given) for given in read_yaml(_FILE)}


def obligation_of(key: str) -> Obligation:
    """The duty with this id. Raises ``ObligationUnknown``."""
    if key not in OBLIGATIONS:
        raise ObligationUnknown(obligation=key)
    return OBLIGATIONS[key]
