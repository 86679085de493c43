"""``yunzhi simulate``: a company's whole year, and what the compliance matrix says of it."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass, replace
from datetime import date, datetime
from random import Random

from sqlalchemy import func, select

from engine.bootstrap import Platform
from engine.clock import MovableClock
from engine.demo.incident_log import generate
from engine.errors import Conflict
from engine.obligations.matrix import Row, matrix
from engine.periods import Period
from engine.simulation.company import found_company
from engine.simulation.everybody import ANSWERS, DAILY, STARTS
from engine.simulation.lapses import Lapse, planted
from engine.simulation.play import Play, Told
from engine.simulation.ticket_system import TicketSystem
from engine.store.database import Database
from engine.store.tables import user


class NotEmpty(Conflict):
    """A simulation fills a database of its own; this one holds a company already."""

    code = "simulation_not_empty"
    zh = "数据库已有数据；模拟需要一个空的数据库（YUNZHI_DATABASE_URL）"
    en = "The database holds a company already; a simulation needs an empty one (YUNZHI_DATABASE_URL)"


@dataclass(frozen=True)
class SimulatedYear:
    """What came of a year: what people did, what went wrong on purpose, and the matrix on its last day."""

    told: Told
    lapses: list[Lapse]
    rows: list[Row]


def simulate(platform: Platform, *, year: int, seed: int, incidents: int) -> SimulatedYear:
    """Play a year from the December before it, in an empty database. Raises ``NotEmpty``.

    ``incidents`` is about how many the customers have in the year.
    """
    zone = platform.settings.zone
    whole = Period("year", date(year, 1, 1))
    begin = datetime(year - 1, 12, 1, 7, tzinfo=zone)
    clock = MovableClock(begin)
    with platform.database.write() as connection:
        if connection.execute(select(func.count()).select_from(user)).scalar():
            raise NotEmpty()
        found_company(replace(platform, clock=clock), connection, begin, provisional_year=year + 1)
    random = Random(seed)  # noqa: S311 - a simulation, the same for the same seed
    events = generate(begin, whole.ends_at(zone), zone, seed=seed, per_day=incidents / 365)
    tickets = TicketSystem(events, platform.settings.data_directory / "simulation", zone, random)
    lapses = planted(whole, random)
    # What a power cut spoils is played anew.
    with closing(Database(platform.settings.database_url, waits_for_disk=False)) as database:
        play = Play(
            replace(platform, clock=clock, database=database),
            clock,
            tickets=tickets,
            answers=ANSWERS,
            starts=STARTS,
            lapses=lapses,
            daily=DAILY,
            seed=seed,
        )
        told = play.until(whole.ends_at(zone))
    with platform.database.read() as connection:
        rows = matrix(connection, platform.runtime.library, year=year, zone=zone, now=clock.now())
    return SimulatedYear(told, lapses, rows)
