"""The period and project a page of figures is about, as they stand in its address."""

from __future__ import annotations

from dataclasses import dataclass

from flask import request
from sqlalchemy import Connection, select

from engine import periods
from engine.periods import Cadence, Period
from engine.store.tables import project
from engine.store.types import Record
from webapp.context import current_platform, current_time

CADENCES: tuple[Cadence, ...] = ("month", "quarter", "year")


@dataclass(frozen=True)
class Choice:
    """What is looked at: a period, and a project or (None) the organisation."""

    period: Period
    today: Period
    project: Record | None
    projects: list[Record]

    @property
    def project_id(self) -> int | None:
        """The project's id."""
        return None if self.project is None else int(self.project.id)

    @property
    def is_running(self) -> bool:
        """Whether the period is not over yet."""
        return self.period.last_on >= self.today.first_on

    @property
    def following(self) -> Period | None:
        """The period after this one, unless it has not begun."""
        return self.period.next if self.period.next.first_on <= self.today.last_on else None

    def of(self, cadence: Cadence) -> Period:
        """The period of another cadence that the last day of this one (or today) falls in."""
        return periods.of_day(cadence, min(self.period.last_on, self.today.first_on))

    def arguments(self, period: Period | None = None) -> dict[str, str]:
        """The arguments of an address that keeps to the project."""
        found = {"period": (period or self.period).key}
        return found if self.project is None else {**found, "project": str(self.project.id)}


def read_choice(connection: Connection, default: Cadence = "month") -> Choice:
    """The choice in the address; without one the present month, and the organisation."""
    zone, now = current_platform().settings.zone, current_time()
    today = now.astimezone(zone).date()
    given = request.args.get("period", "")
    period = periods.parse(given) if given else periods.of_day(default, today)
    columns = (project.c.id, project.c.code, project.c.name)
    projects = list(connection.execute(select(*columns).order_by(project.c.code)))
    wanted = request.args.get("project", "")
    chosen = next((one for one in projects if str(one.id) == wanted), None)
    return Choice(period, periods.of_day("month", today), chosen, projects)
