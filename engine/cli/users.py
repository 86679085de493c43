"""``yunzhi users …``"""

from __future__ import annotations

import click
from sqlalchemy import Connection, select

from engine import groups, users
from engine.cli.terminal import open_platform, terminal_actor
from engine.store.tables import group, user

_PASSWORD = click.password_option(help="Asked for when it is not given.")


@click.group("users")
def commands() -> None:
    """Create users and mend their access."""


@commands.command()
@click.argument("login")
@click.argument("name")
@click.option("--email", default="")
@click.option("--language", type=click.Choice(["zh", "en"]), default="zh", show_default=True)
@click.option("--administrator", is_flag=True, help="May administer the installation.")
@click.option("--group", "keys", multiple=True, help="Key of a group to join; may be repeated.")
@_PASSWORD
def add(
    login: str, name: str, email: str, language: str, administrator: bool, keys: tuple[str, ...], password: str
) -> None:
    """Create the user LOGIN, called NAME."""
    with open_platform() as platform, platform.database.write() as connection:
        now = platform.clock.now()
        user_id = users.create(
            connection,
            actor=terminal_actor(),
            now=now,
            login=login,
            name=name,
            password=password,
            email=email,
            language="en" if language == "en" else "zh",
            is_administrator=administrator,
        )
        group_ids = [_group_id(connection, key) for key in keys]
        groups.set_groups(connection, actor=terminal_actor(), user_id=user_id, group_ids=group_ids, now=now)
    click.echo(f"Created {login}.")


@commands.command()
@click.argument("login")
@_PASSWORD
def password(login: str, password: str) -> None:
    """Give the user LOGIN a new password and end their sessions."""
    with open_platform() as platform, platform.database.write() as connection:
        user_id = connection.execute(select(user.c.id).where(user.c.login == login)).scalar()
        if user_id is None:
            raise users.UserUnknown()
        now = platform.clock.now()
        users.set_password(connection, actor=terminal_actor(), user_id=user_id, password=password, now=now)
    click.echo(f"{login} has a new password.")


@commands.command("list")
def list_users() -> None:
    """List all users."""
    with open_platform() as platform, platform.database.read() as connection:
        for row in connection.execute(select(user).order_by(user.c.login)):
            marks = [*(["administrator"] if row.is_administrator else []), *([] if row.is_active else ["inactive"])]
            click.echo("\t".join([row.login, row.name, row.email, ", ".join(marks)]).rstrip())


def _group_id(connection: Connection, key: str) -> int:
    found: int | None = connection.execute(select(group.c.id).where(group.c.key == key)).scalar()
    if found is None:
        raise groups.GroupUnknown()
    return found
