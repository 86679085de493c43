"""``yunzhi master``: import master data, write templates."""

from __future__ import annotations

from pathlib import Path

import click

from engine.cli.terminal import open_platform, terminal_actor, terminal_language
from engine.master_data import import_runs, importing

_REPORT = (
    ("rows_read", "行", "rows read"),
    ("rows_created", "条新建", "created"),
    ("rows_changed", "条更新", "changed"),
    ("rows_unchanged", "条无变化", "unchanged"),
    ("rows_rejected", "行被拒绝", "rows rejected"),
)
_KINDS = click.Choice(sorted(importing.IMPORTS))


@click.group(name="master")
def commands() -> None:
    """Master data: customers, contracts, projects, agreements, people, spare parts."""


@commands.command(name="import")
@click.argument("kind", type=_KINDS)
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
def import_(kind: str, file: Path) -> None:
    """Import FILE (XLSX or CSV; UTF-8 or GB18030) with records of KIND."""
    language = terminal_language()
    with open_platform() as platform:
        import_id = importing.import_file(
            platform.database,
            platform.clock,
            file,
            actor=terminal_actor(),
            kind=importing.import_kind(kind),
            zone=platform.settings.zone,
        )
        with platform.database.read() as connection:
            run = import_runs.get_import(connection, import_id)
            refused = import_runs.rejects(connection, import_id, limit=20)
    for name, zh, en in _REPORT:
        click.echo(f"{getattr(run, name):>9,} {zh if language == 'zh' else en}")
    for row in refused:
        click.echo(f"  {row.line}: {row.reason_zh if language == 'zh' else row.reason_en}", err=True)


@commands.command(name="template")
@click.argument("kind", type=_KINDS)
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
def template(kind: str, file: Path) -> None:
    """Write an empty FILE (.csv) of KIND, with a row that shows how to fill it in."""
    file.write_bytes(importing.template(importing.import_kind(kind), terminal_language()))
    click.echo(str(file))
