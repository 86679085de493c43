"""``yunzhi simulate``: a company's whole year, and what the compliance matrix says of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from random import Random

from sqlalchemy import func, select

from engine import calendars, deployments, working_calendars
from engine.actors import system_actor
from engine.bootstrap import Platform
from engine.clock import MovableClock
from engine.demo.company import create_company
from engine.demo.incident_log import generate
from engine.demo.master_data import found_master_data
from engine.errors import Conflict
from engine.obligations.matrix import Row, matrix
from engine.periods import Period
from engine.simulation import answers_desk, answers_quality, answers_reports, answers_service, answers_survey
from engine.simulation.lapses import Lapse, planted
from engine.simulation.play import Play, Told
from engine.simulation.scene import Answer, Start, Step
from engine.simulation.ticket_system import TicketSystem
from engine.store.tables import user

ANSWERS: Mapping[Step, Answer] = {
    **answers_desk.ANSWERS,
    **answers_quality.ANSWERS,
    **answers_reports.ANSWERS,
    **answers_service.ANSWERS,
    **answers_survey.ANSWERS,
}
STARTS: tuple[Start, ...] = (*answers_desk.STARTS, *answers_service.STARTS, *answers_survey.STARTS)
_SETUP = system_actor("simulation")


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
    playing = replace(platform, clock=clock)
    found_company(playing, begin, provisional_year=year + 1)
    random = Random(seed)  # noqa: S311 - a simulation, the same for the same seed
    events = generate(begin, whole.ends_at(zone), zone, seed=seed, per_day=incidents / 365)
    tickets = TicketSystem(events, platform.settings.data_directory / "simulation", zone, random)
    lapses = planted(whole, random)
    play = Play(
        playing,
        clock,
        tickets=tickets,
        answers=ANSWERS,
        starts=STARTS,
        lapses=lapses,
        daily=(answers_survey.customers_answer,),
        seed=seed,
    )
    told = play.until(whole.ends_at(zone))
    with platform.database.read() as connection:
        rows = matrix(connection, platform.runtime.library, year=year, zone=zone, now=clock.now())
    return SimulatedYear(told, lapses, rows)


def found_company(platform: Platform, now: datetime, *, provisional_year: int) -> None:
    """The company on its first day: people, calendars, customers, published processes."""
    sources = deployments.read_sources(platform.settings.processes_directory, platform.settings.forms_directory)
    standard = replace(calendars.STANDARD, provisional_years=frozenset({provisional_year}))
    with platform.database.write() as connection:
        if connection.execute(select(func.count()).select_from(user)).scalar():
            raise NotEmpty()
        create_company(connection, actor=_SETUP, now=now)
        working_calendars.save(
            connection,
            actor=_SETUP,
            key=standard.key,
            data=calendars.calendar_to_json(standard),
            is_default=True,
            now=now,
        )
        deployments.publish(connection, platform.runtime, sources, actor=_SETUP, reason="演示环境初始发布", now=now)
        found_master_data(connection, actor=_SETUP, year=now.year, zone=platform.settings.zone, now=now)
