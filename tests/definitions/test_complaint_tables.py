"""The tables of the complaint process as they ship: nothing overlaps, nothing is left out, the clocks are right."""

from __future__ import annotations

from itertools import product
from pathlib import Path
from typing import Any

import pytest

from engine.decisions import CompiledDecision, check_decisions, read_decisions
from engine.demo.company import UNITS
from engine.registers.complaint_wording import FLAGS, GRADES, KINDS, SEVERITIES
from engine.settings import ROOT

TABLES = sorted((ROOT / "processes").rglob("*.dmn"))


def decide(key: str, **variables: Any) -> Any:
    path = next(one for one in TABLES if one.stem == key)
    return CompiledDecision(read_decisions(path.read_bytes(), path.name), key).decide(variables)


@pytest.mark.parametrize("path", TABLES, ids=lambda path: path.stem)
def test_nothing_is_found_at_publishing_not_even_a_warning(path: Path) -> None:
    assert check_decisions(read_decisions(path.read_bytes(), path.name)) == []


def test_every_complaint_has_exactly_one_class() -> None:
    flags = [[], *([flag] for flag in FLAGS), list(FLAGS)]
    seen = set()
    for severity, touched, repeated in product(SEVERITIES, flags, (False, True)):
        decided = decide("complaint_class", severity=severity, flags=touched, is_repeat=repeated)
        (rule,) = decided.traces[-1].rules
        seen.add(rule)
        answer = decided.value
        assert answer["grade"] in GRADES
        assert answer["is_major"] == (answer["grade"] == "major")
        assert answer["is_important"] or not answer["is_major"], "what is major is important, too"
        assert answer["acknowledge_hours"] > 0 < answer["resolve_working_days"]
    assert seen == set(range(1, 9)), "every rule has its case"


@pytest.mark.parametrize(
    ("severity", "flags", "repeated", "grade", "hours", "days"),
    [
        ("low", [], False, "general", 24, 3),
        ("", [], False, "general", 24, 3),
        ("medium", [], True, "urgent", 2, 1),
        ("high", [], False, "urgent", 2, 1),
        ("low", ["contract"], False, "urgent", 2, 1),
        ("high", [], True, "major", 12, 5),
        ("high", ["contract"], False, "major", 12, 5),
        ("low", ["contract"], True, "major", 12, 5),
        ("low", ["safety"], False, "major", 12, 5),
        ("low", ["legal"], False, "major", 12, 5),
    ],
)
def test_the_clocks_of_each_class(
    severity: str, flags: list[str], repeated: bool, grade: str, hours: int, days: int
) -> None:
    answer = decide("complaint_class", severity=severity, flags=flags, is_repeat=repeated).value
    assert (answer["grade"], answer["acknowledge_hours"], answer["resolve_working_days"]) == (grade, hours, days)


def test_whoever_is_told_exists_and_operations_and_quality_always_are() -> None:
    groups = {unit.key for unit in UNITS}
    for kind, flags, major in product(["", *KINDS], ([], list(FLAGS)), (False, True)):
        told = decide("complaint_departments", kind=kind, flags=flags, classification={"is_major": major}).value
        assert set(told) <= groups
        assert {"operations", "quality"} <= set(told)
        assert ("management_representative" in told) == major
