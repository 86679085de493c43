"""``yunzhi doctor``"""

from __future__ import annotations

import click

from engine.cli.terminal import open_platform, terminal_language
from engine.doctor import examine


@click.command()
def doctor() -> None:
    """Check that nothing is lost, doubled or altered: states, tasks, timers, history, audit."""
    with open_platform() as platform:
        found = examine(platform)
    language = terminal_language()
    for finding in found:
        click.echo(f"{finding.subject}: {finding.message(language)}" if finding.subject else finding.message(language))
    if found:
        raise click.ClickException(f"{len(found)} findings" if language == "en" else f"共发现 {len(found)} 处异常")
    click.echo("Everything is in order." if language == "en" else "一切正常。")
