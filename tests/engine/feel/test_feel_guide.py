"""The guide for process owners tells the truth: its examples compile and its list of functions is complete."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from engine.calendars import DEFAULT_CALENDARS, calendar_functions, parse_term
from engine.feel import compile_expression, known_functions

GUIDE = (Path(__file__).parents[3] / "docs" / "feel.md").read_text("utf-8")


def section(title: str) -> str:
    return GUIDE.split(f"## {title}\n")[1].split("\n## ")[0]


def examples(title: str, column: int) -> list[str]:
    """The code in one column of a section's table."""
    rows = [line.split("|") for line in section(title).splitlines() if line.startswith("| ")]
    return [code for row in rows[1:] for code in re.findall(r"`([^`]+)`", row[column])]


@pytest.mark.parametrize("text", examples("In five minutes", 2))
def test_the_examples_compile(text: str) -> None:
    assert compile_expression(text).functions <= known_functions()


def test_every_function_is_listed() -> None:
    assert set(examples("Functions", 2)) == known_functions()
    listed = {text.split("(")[0] for column in (1, 2) for text in examples("Working time", column)}
    assert listed == set(calendar_functions(DEFAULT_CALENDARS, "standard"))


@pytest.mark.parametrize("text", [text for text in examples("Timers", 2) if not text.startswith("+")])
def test_the_timers_are_terms(text: str) -> None:
    assert parse_term(text).text == text
