"""``yunzhi incidents``: import exports of the ticket system, export the register."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from engine.cli.terminal import open_platform, terminal_actor, terminal_language
from engine.registers import exports, incidents, wording
from engine.registers.importing import ImportReport, import_incidents, rejects, sources

_REPORT = (
    ("rows_read", "行", "rows read"),
    ("rows_rejected", "行被拒绝", "rows rejected"),
    ("incidents_created", "个事件新建", "incidents created"),
    ("incidents_updated", "个事件更新", "incidents updated"),
    ("resolutions_created", "次解决", "resolutions"),
    ("callbacks_started", "个回访发起", "callbacks started"),
)


@click.group(name="incidents")
def commands() -> None:
    """Import and export incidents."""


@commands.command(name="import")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--source", type=click.Choice(sources()), default="servicenow", show_default=True, help="Whose export.")
@click.option("--shift-to-now", is_flag=True, help="Move a historic log so that its newest event is now.")
@click.option("--callbacks", default="all", show_default=True, help="all, none, or since:YYYY-MM-DD.")
def import_(file: Path, source: str, shift_to_now: bool, callbacks: str) -> None:
    """Import an export FILE (CSV, also .gz; UTF-8 or GB18030)."""
    language = terminal_language()
    with (
        open_platform() as platform,
        click.progressbar(length=file.stat().st_size, label=file.name, file=sys.stderr) as bar,
    ):

        def show(report: ImportReport) -> None:
            bar.update(report.bytes_read - bar.pos)

        report = import_incidents(
            platform.database,
            platform.runtime,
            platform.clock,
            file,
            actor=terminal_actor(),
            source=source,
            callbacks=callbacks,
            shift_to_now=shift_to_now,
            on_progress=show,
        )
        bar.update(bar.length - bar.pos if bar.length is not None else 0)
        for name, zh, en in _REPORT:
            click.echo(f"{report.counts[name]:>9,} {zh if language == 'zh' else en}")
        if report.rows_rejected:
            with platform.database.read() as connection:
                for row in rejects(connection, report.run_id, limit=20):
                    click.echo(f"  {row.line}: {row.reason_zh if language == 'zh' else row.reason_en}", err=True)


@commands.command(name="export")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--state", type=click.Choice(incidents.STATES), default=None, help="Only incidents in this state.")
def export(file: Path, state: str | None) -> None:
    """Write the register of incidents to FILE (.csv or .xlsx)."""
    language = terminal_language()
    columns, wanted = wording.incident_columns(language), incidents.IncidentQuery(state=state or "")
    with open_platform() as platform, platform.database.read() as connection, file.open("wb") as target:
        rows, zone = incidents.every(connection, terminal_actor(), wanted), platform.settings.zone
        if file.suffix == ".xlsx":
            title = "事件" if language == "zh" else "Incidents"
            exports.write_xlsx(target, title, columns, rows, language=language, zone=zone)
        else:
            target.writelines(exports.csv_chunks(columns, rows, language=language, zone=zone))
    click.echo(f"{file}: {file.stat().st_size:,} bytes")
