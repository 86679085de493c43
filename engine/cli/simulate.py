"""``yunzhi simulate``: play a company's whole year and print the compliance matrix."""

from __future__ import annotations

import time

import click

from engine.bootstrap import settle
from engine.cli.terminal import open_platform
from engine.obligations.matrix import Row
from engine.simulation.lapses import Lapse
from engine.simulation.year import simulate as play_year
from engine.store import audit

_MARKS = {
    "done": "✓",
    "late": "L",
    "missed": "✗",
    "overdue": "!",
    "waived": "w",
    "none": "·",
    "upcoming": "…",
    "before": " ",
}


@click.command()
@click.option("--year", type=click.IntRange(2005, 2100), required=True, help="The calendar year to play.")
@click.option("--seed", type=int, default=1, show_default=True, help="The same seed gives the same year.")
@click.option("--incidents", type=click.IntRange(100, 50_000), default=5_000, show_default=True, help="About how many.")
def simulate(year: int, seed: int, incidents: int) -> None:
    """Play a whole year in an empty database, and print what became of every duty.

    Everything happens through the same use cases as people use. Planted lapses must show, and nothing else.
    """
    started = time.monotonic()
    with open_platform() as platform:
        settle()
        result = play_year(platform, year=year, seed=seed, incidents=incidents)
        for row in result.rows:
            click.echo(_line(row))
        click.echo(f"\n{result.told.acts} tasks, {result.told.imports} imports, {time.monotonic() - started:.0f} s")
        for one in result.told.refused:
            click.echo(f"refused: {one}", err=True)
        evidenced = sum(1 for row in result.rows if any(cell.status in ("done", "late") for cell in row.cells))
        click.echo(f"{evidenced} of {len(result.rows)} duties have evidence")
        for lapse in result.lapses:
            click.echo(f"planted: {_lapse(lapse)}")
        with platform.database.read() as connection:
            chain = audit.verify(connection)
        broken = "unbroken" if chain.broken_at is None else f"breaks at {chain.broken_at}"
        click.echo(f"audit trail: {chain.records:,} records, {broken}")


def _line(row: Row) -> str:
    cells = "".join(f"{_MARKS[cell.status]:>3}" for cell in row.cells)
    return f"{row.obligation.id:5}{cells:38} {row.obligation.zh}"


def _lapse(lapse: Lapse) -> str:
    how = "never done"
    if lapse.on_day is not None:
        how = f"done on day {lapse.on_day}"
    elif lapse.delay is not None:
        how = f"done {lapse.delay} after it arose"
    return f"{lapse.period.key} {lapse.process}.{lapse.element} {how}: {', '.join(sorted(lapse.shows))}"
