"""A real incident log of 141,712 rows, where it lies beside the repository: its known figures come out right."""

from __future__ import annotations

import os
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Connection

from engine import periods
from engine.indicators import readings
from engine.indicators.counting import Totals
from engine.settings import ROOT
from engine.store.tables import callback
from tests.support.service_desk import ServiceDesk

LOG = Path(
    os.environ.get("YUNZHI_INCIDENT_LOG", ROOT.parent / "shared" / "data" / "servicenow_incident_event_log.csv.gz")
)
SHANGHAI = ZoneInfo("Asia/Shanghai")


@pytest.mark.skipif(not LOG.exists(), reason="the real log does not lie here")
def test_the_known_figures_of_the_real_log(desk: ServiceDesk) -> None:
    report = desk.import_file(LOG, callbacks="since:2017-01-01")
    assert (report.rows_read, report.rows_rejected) == (141_712, 0)
    assert (len(report.created), len(report.updated), report.resolutions_created) == (24_918, 0, 23_362)
    with desk.platform.database.read() as connection:
        _told_by_the_indicators(connection, desk)
    assert report.callbacks_started == len(desk.rows(callback)) > 0

    again = desk.import_file(LOG, callbacks="since:2017-01-01")
    assert (len(again.created), len(again.updated), again.resolutions_created, again.callbacks_started) == (0, 0, 0, 0)


def _told_by_the_indicators(connection: Connection, desk: ServiceDesk) -> None:
    """March 2016 by the moment of the resolution that stands: 42.53 % within SLA, 86 opened again."""
    march, now = periods.parse("2016-03"), desk.clock.now()
    in_time, reopened = readings.compute(connection, march, SHANGHAI, now, keys=("I02", "I11"))
    assert (in_time.totals.numerator, in_time.totals.denominator) == (2_925, 6_878)
    assert (in_time.text("zh"), in_time.status) == ("42.53%", "missed")
    assert (reopened.totals.numerator, reopened.totals.denominator) == (86, 6_878)
    records = readings.records(connection, desk.chen_jing, "I02", march, SHANGHAI, now)
    assert sum(not one.numerator for one in records) == 6_878 - 2_925
    quarter = readings.compute(connection, periods.parse("2016-Q1"), SHANGHAI, now, keys=("I02",))[0].totals
    months = readings.trend(connection, march, SHANGHAI, now, count=3, keys=("I02",))["I02"]
    assert sum((one.totals for one in months), Totals()) == quarter
