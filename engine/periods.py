"""Months, quarters and years as reports and duties name them: ``2026-03``, ``2026-Q1``, ``2026``."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from engine.errors import Invalid, Language

Cadence = Literal["month", "quarter", "half_year", "year"]
_MONTHS: dict[Cadence, int] = {"month": 1, "quarter": 3, "half_year": 6, "year": 12}


class PeriodInvalid(Invalid):
    """A text that names no period."""

    code = "period_invalid"
    zh = "“{period}”不是周期（如 2026-03、2026-Q1、2026）"
    en = "“{period}” is no period (such as 2026-03, 2026-Q1 or 2026)"


@dataclass(frozen=True)
class Period:
    """A month, quarter, half-year or year: ``first_on`` is its first day, ``last_on`` its last."""

    cadence: Cadence
    first_on: date

    @property
    def last_on(self) -> date:
        """Its last day."""
        return self.next.first_on - timedelta(days=1)

    @property
    def next(self) -> Period:
        """The one after it."""
        return self.shifted(1)

    @property
    def previous(self) -> Period:
        """The one before it."""
        return self.shifted(-1)

    def shifted(self, count: int) -> Period:
        """The ``count``-th one after it (before it, if negative)."""
        months = self.first_on.year * 12 + self.first_on.month - 1 + count * _MONTHS[self.cadence]
        return Period(self.cadence, date(months // 12, months % 12 + 1, 1))

    @property
    def key(self) -> str:
        """How it is written in tables, addresses and files."""
        year, month = self.first_on.year, self.first_on.month
        match self.cadence:
            case "month":
                return f"{year}-{month:02}"
            case "quarter":
                return f"{year}-Q{(month + 2) // 3}"
            case "half_year":
                return f"{year}-H{(month + 5) // 6}"
        return str(year)

    def name(self, language: Language) -> str:
        """What it is called for a reader of ``language``."""
        year, month = self.first_on.year, self.first_on.month
        if language == "en":
            return self.first_on.strftime("%B %Y") if self.cadence == "month" else self.key.replace("-", " ")
        match self.cadence:
            case "month":
                return f"{year}年{month}月"
            case "quarter":
                return f"{year}年第{(month + 2) // 3}季度"
            case "half_year":
                return f"{year}年{'上' if month == 1 else '下'}半年"
        return f"{year}年"

    def starts_at(self, zone: ZoneInfo) -> datetime:
        """Its first moment."""
        return datetime.combine(self.first_on, time(), zone)

    def ends_at(self, zone: ZoneInfo) -> datetime:
        """The first moment after it."""
        return self.next.starts_at(zone)


def of_day(cadence: Cadence, day: date) -> Period:
    """The period of a cadence that ``day`` falls in."""
    months = _MONTHS[cadence]
    return Period(cadence, date(day.year, (day.month - 1) // months * months + 1, 1))


def parse(text: str) -> Period:
    """A period from its key. Raises ``PeriodInvalid``."""
    year, _, rest = text.strip().partition("-")
    try:
        if not rest:
            return Period("year", date(int(year), 1, 1))
        if rest[0] in "QH":
            cadence: Cadence = "quarter" if rest[0] == "Q" else "half_year"
            months = _MONTHS[cadence]
            return Period(cadence, date(int(year), (int(rest[1:]) - 1) * months + 1, 1))
        return Period("month", date(int(year), int(rest), 1))
    except ValueError as failed:
        raise PeriodInvalid(period=text) from failed
