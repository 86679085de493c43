"""What the README says is so, in both languages: settings, people, commands, files."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from engine.demo.company import PASSWORD, PEOPLE
from engine.settings import ROOT, load_settings
from webapp.cli import main

READMES = ("README.md", "README.zh-CN.md")
LINK = re.compile(r"\]\(([^)#:]+)\)")


class Watched(dict[str, str]):
    """An environment that remembers what was asked of it."""

    def __init__(self, **given: str) -> None:
        super().__init__(given)
        self.asked: set[str] = set()

    def get(self, name: str, default: str | None = None) -> str | None:  # type: ignore[override]
        self.asked.add(name)
        return super().get(name, default)


@pytest.fixture(params=READMES)
def readme(request: pytest.FixtureRequest) -> str:
    return (ROOT / request.param).read_text(encoding="utf-8")


def commands() -> Iterator[str]:
    """Every command as one types it."""
    for name, command in main.commands.items():
        members = command.commands if isinstance(command, click.Group) else ("",)
        yield from (f"{name} {member}".strip() for member in members)


def test_every_setting_is_there_and_no_other(readme: str, tmp_path: Path) -> None:
    environment = Watched(YUNZHI_DATA=str(tmp_path))
    load_settings(environment)
    assert set(re.findall(r"`(YUNZHI_\w+)", readme)) == environment.asked | {"YUNZHI_HOST"}


def test_the_people_of_the_demo_can_sign_in_as_it_says(readme: str) -> None:
    table = readme.partition(PASSWORD)[2].partition("##")[0]
    named = {
        login for row in re.findall(r"^\| (`[^|]+) \|", table, re.MULTILINE) for login in re.findall(r"`(\w+)`", row)
    }
    assert len(named) > 10
    assert named <= {person.login for person in PEOPLE}


def test_its_commands_exist(readme: str) -> None:
    known = set(commands())
    named = re.findall(r"yunzhi ((?!-)[a-z]+)(?: ([a-z]+))?", readme.replace("`yunzhi.", ""))
    assert len(named) > 8
    for first, second in named:
        assert first in known or f"{first} {second}" in known, (first, second)


def test_its_links_lead_somewhere(readme: str) -> None:
    linked = LINK.findall(readme)
    assert len(linked) > 10
    assert [one for one in linked if not (ROOT / one).exists()] == []


def test_both_languages_have_the_same_chapters() -> None:
    texts = [(ROOT / name).read_text(encoding="utf-8") for name in READMES]
    chapters, rows, points = (
        [len(re.findall(pattern, text, re.MULTILINE)) for text in texts] for pattern in (r"^## ", r"^\| ", r"^\* \*\*")
    )
    assert chapters[0] == chapters[1]
    assert rows[0] == rows[1]
    assert points[0] == points[1]
