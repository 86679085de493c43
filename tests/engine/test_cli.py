"""What an operator does from a terminal."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from webapp.cli import main

Terminal = Callable[..., Result]


@pytest.fixture
def terminal(tmp_path: Path) -> Terminal:
    """``terminal("users", "list")`` in an installation of its own."""
    environment = {"YUNZHI_DATA": str(tmp_path), "YUNZHI_DATABASE_URL": "", "LANG": "en_GB.UTF-8", "LC_ALL": ""}
    environment["YUNZHI_DATABASE_URL"] = f"sqlite:///{tmp_path / 'yunzhi.sqlite3'}"
    return lambda *arguments, **more: CliRunner().invoke(main, arguments, env={**environment, **more})


def test_help_lists_every_command_with_a_line(terminal: Terminal) -> None:
    shown = " ".join(terminal("--help").output.partition("Commands:")[2].split())
    names = {
        f"{name} {member}".strip()
        for name, command in main.commands.items()
        for member in (command.commands if isinstance(command, click.Group) else ("",))
    }
    assert {"serve", "worker", "publish", "users add", "audit verify", "incidents import"} <= names
    for name in names:
        assert re.search(rf"(^| ){name} [A-Z][^.]+[a-z] [^.]*\w", shown), name
    assert "..." not in shown


def test_the_first_administrator_is_made_and_gets_a_new_password(terminal: Terminal) -> None:
    made = terminal("users", "add", "admin", "林志远", "--administrator", "--password", "correct horse battery")
    assert made.output == "Created admin.\n"
    assert terminal("users", "list").output == "admin\t林志远\t\tadministrator\n"
    assert terminal("users", "password", "admin", "--password", "another one 2026").exit_code == 0


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["users", "add", "admin", "A", "--password", "short"], "A password has 10–200 characters"),
        (["users", "add", "admin", "A", "--password", "long enough 1", "--group", "none"], "There is no such group"),
        (["users", "password", "nobody", "--password", "long enough 1"], "There is no such user"),
        (["publish"], "did not pass the checks"),
    ],
)
def test_what_goes_wrong_is_a_sentence(terminal: Terminal, arguments: list[str], sentence: str) -> None:
    found = terminal(*arguments)
    assert found.exit_code == 1
    assert sentence in found.output
    assert "Traceback" not in found.output


def test_sentences_follow_the_locale(terminal: Terminal) -> None:
    assert (
        "没有找到该用户" in terminal("users", "password", "x1", "--password", "long enough", LANG="zh_CN.UTF-8").output
    )


def test_an_altered_record_is_named(terminal: Terminal, tmp_path: Path) -> None:
    for login in ("first", "second"):
        terminal("users", "add", login, login, "--password", "correct horse battery")
    assert terminal("audit", "verify").output == "2 records, unbroken.\n"
    with sqlite3.connect(tmp_path / "yunzhi.sqlite3") as connection:
        connection.execute("UPDATE audit SET details = '{}' WHERE sequence = 2")
    connection.close()
    found = terminal("audit", "verify")
    assert found.exit_code == 1
    assert "breaks at record 2" in found.output
    assert "user.create" in found.output


def test_a_backup_is_a_working_copy_and_never_overwrites(terminal: Terminal, tmp_path: Path) -> None:
    terminal("users", "add", "admin", "A", "--password", "correct horse battery")
    target = tmp_path / "backup.sqlite3"
    assert "bytes" in terminal("backup", str(target)).output
    connection = sqlite3.connect(target)
    assert connection.execute('SELECT login FROM "user"').fetchall() == [("admin",)]
    connection.close()
    assert "never overwrites" in terminal("backup", str(target)).output


def test_prepare_on_an_empty_installation_says_what_is_missing(terminal: Terminal) -> None:
    assert terminal("migrate").output == "The database schema is up to date.\n"
    assert terminal("prepare").exit_code == 1


def test_master_data_comes_from_files_that_templates_show_how_to_write(terminal: Terminal, tmp_path: Path) -> None:
    template = tmp_path / "customers.csv"
    assert terminal("master", "template", "customer", str(template)).exit_code == 0
    assert "1 created" in terminal("master", "import", "customer", str(template)).output
    template.write_text(template.read_text(encoding="utf-8") + "C002,,,,,,\n", encoding="utf-8")
    again = terminal("master", "import", "customer", str(template))
    assert "1 unchanged" in again.output
    assert "1 rows rejected" in again.output
    assert "3: “Name” must be given" in again.stderr
