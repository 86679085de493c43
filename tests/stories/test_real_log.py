"""A real incident log of 141,712 rows, where it lies beside the repository: its known figures come out right."""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from engine.registers import incidents
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
    march, april = datetime(2016, 3, 1, tzinfo=SHANGHAI), datetime(2016, 4, 1, tzinfo=SHANGHAI)
    with desk.platform.database.read() as connection:
        figures = incidents.resolved_between(connection, march, april)
    assert (figures.resolved, figures.made_sla, figures.reopened) == (6_878, 2_925, 86)
    assert report.callbacks_started == len(desk.rows(callback)) > 0

    again = desk.import_file(LOG, callbacks="since:2017-01-01")
    assert (len(again.created), len(again.updated), again.resolutions_created, again.callbacks_started) == (0, 0, 0, 0)
