"""I27: a company that does nothing misses every duty of the month; what is waived is left out."""

from __future__ import annotations

from datetime import timedelta

from engine import periods
from engine.indicators import readings
from engine.indicators.counting import Totals
from engine.obligations import waivers
from engine.obligations.catalogue import OBLIGATIONS
from engine.periods import Period
from tests.support.company import Company

APRIL = periods.parse("2026-04")


def test_who_does_nothing_misses_every_duty_of_the_month(company: Company) -> None:
    zone, library = company.platform.settings.zone, company.platform.runtime.library

    def read() -> Totals:
        with company.platform.database.read() as connection:
            now = company.clock.now()
            return readings.compute(connection, APRIL, zone, now, keys=("I27",), library=library)[0].totals

    def falls_due(cadence_period: Period, obligation: str) -> bool:
        due_at = OBLIGATIONS[obligation].due_at(cadence_period, zone) - timedelta(seconds=1)
        return APRIL.starts_at(zone) <= due_at < APRIL.ends_at(zone)

    owed = [
        key
        for key, one in OBLIGATIONS.items()
        if one.kind == "period" and falls_due(periods.of_day(one.cadence, APRIL.first_on), key)
    ]
    assert read() == Totals(), "nothing of April is due on 2 March"
    company.clock.move(timedelta(days=70))
    assert read() == Totals(0, len(owed))
    with company.platform.database.write() as connection:
        waivers.waive(
            connection,
            actor=company.actor("linfang"),
            obligation=owed[0],
            period=APRIL.key,
            reason="本月没有新签项目",
            now=company.clock.now(),
        )
    assert read() == Totals(0, len(owed) - 1, 1)
