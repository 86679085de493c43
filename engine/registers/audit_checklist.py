"""The checklist of internal audits: 37 questions on GB/T 28827.1-2012, drawn by department and area (policy 5.3.1)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from engine.yaml_files import read_yaml

MANAGEMENT = "management"
AREAS: tuple[str, ...] = ("people", "resources", "technology", "process")  # policy 5.3.1(2): 人员、资源、技术、过程


@dataclass(frozen=True)
class Question:
    """One question: its number, area, clause of the standard, and what evidence to look for.

    ``departments`` are the keys of those to ask (empty: everybody); ``weight`` is 1 or 2.
    """

    number: int
    area: str
    clause: str
    zh: str
    en: str
    evidence_zh: str
    evidence_en: str
    departments: tuple[str, ...]
    weight: int


QUESTIONS: tuple[Question, ...] = tuple(
    Question(**{**given, "departments": tuple(given["departments"])})
    for given in read_yaml(Path(__file__).with_suffix(".yaml"))
)


def draw(department: str, areas: Collection[str]) -> list[Question]:
    """The questions for a department's audit in these areas.

    An area none of whose questions is meant for the department is asked whole, so that no area stays empty. Questions
    on management go to the departments they name, whatever the areas.
    """
    found = []
    for area in AREAS:
        if area in areas:
            asked = [one for one in QUESTIONS if one.area == area]
            found += [one for one in asked if _is_meant(one, department)] or asked
    return [one for one in QUESTIONS if one.area == MANAGEMENT and department in one.departments] + found


def _is_meant(question: Question, department: str) -> bool:
    return not question.departments or department in question.departments
