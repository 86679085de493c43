"""``yunzhi prepare``, ``migrate``, ``publish`` and ``backup``."""

from __future__ import annotations

from pathlib import Path

import click

from engine import deployments, simulation
from engine.bootstrap import Platform
from engine.cli.terminal import open_platform, terminal_actor


@click.command()
@click.option("--demo", is_flag=True, help="Also fill an empty installation with the demo company.")
def prepare(demo: bool) -> None:
    """Bring the database and the published processes up to date."""
    with open_platform() as platform:
        prepare_platform(platform, demo=demo)


def prepare_platform(platform: Platform, *, demo: bool) -> None:
    """Publish what changed in the process and form files; with ``demo``, make the demo company if there is none."""
    if demo and simulation.prepare(platform):
        click.echo("The demo company is ready.")
        return
    publish_files(platform, "prepare")


def publish_files(platform: Platform, reason: str) -> list[str]:
    """Publish new and changed process files; the keys of the processes and decisions published."""
    settings = platform.settings
    sources = deployments.read_sources(settings.processes_directory, settings.forms_directory)
    with platform.database.write() as connection:
        published = deployments.publish(
            connection,
            platform.runtime,
            sources,
            actor=terminal_actor(),
            reason=reason,
            now=platform.clock.now(),
        )
    return sorted({*published.processes, *published.decisions})


@click.command()
def migrate() -> None:
    """Bring the database schema up to date."""
    with open_platform():
        click.echo("The database schema is up to date.")


@click.command()
@click.option("--reason", default="published from the terminal", show_default=True, help="Why, for the records.")
def publish(reason: str) -> None:
    """Check the process, decision and form files and publish what changed."""
    with open_platform() as platform:
        keys = publish_files(platform, reason)
    click.echo(f"Published: {', '.join(keys)}" if keys else "Nothing has changed.")


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
def backup(file: Path) -> None:
    """Copy the running SQLite database to FILE."""
    if file.exists():
        raise click.ClickException(f"{file} exists already; a backup never overwrites")
    with open_platform() as platform:
        if not platform.database.is_sqlite:
            raise click.ClickException("this installation runs on PostgreSQL: use pg_dump")
        platform.database.backup(file)
    click.echo(f"{file}: {file.stat().st_size:,} bytes")
