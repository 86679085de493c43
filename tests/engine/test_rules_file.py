"""An editor writes rules: what did not change stays as its author wrote it, comments included."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from engine.definitions.problems import DefinitionInvalid
from engine.definitions.rules import read_rules
from engine.process_changes.rules_file import SECTIONS, RulesUnreadable, as_data, rewritten
from engine.settings import ROOT

NAME = "process.rules.yaml"
SOURCE = """\
# Agreed with the works council.
completion:
  # Nobody reads more than three lines.
  - key: short
    zh: >-
      ="最多三行，现有 " + string(lines)
      + " 行"
    en: At most three lines
    tasks: [write]
    holds: =lines <= 3   # asked for by quality

separation:
  - key: four_eyes
    zh: 四眼原则
    en: Four eyes
    tasks: [check]
    bars: {completers_of: write}
  - {key: not_me, zh: 回避, en: Keep out, tasks: [check], bars: {people: =owner}}
"""


def data(source: str | bytes) -> dict[str, Any]:
    content = source.encode() if isinstance(source, str) else source
    return as_data(read_rules(content, NAME))


@pytest.mark.parametrize("path", sorted((ROOT / "processes").rglob("*.rules.yaml")), ids=lambda path: path.stem)
def test_rules_of_the_house_survive_every_edit(path: Any) -> None:
    source = path.read_bytes()
    rules = data(source)
    assert rewritten(source, rules, NAME) == source
    section = next(one for one in SECTIONS if rules[one])
    edited = copy.deepcopy(rules)
    edited[section][0]["zh"] = "另一句话：含冒号"
    after = rewritten(source, edited, NAME)
    assert data(after) == edited
    del edited[section][0]
    assert data(rewritten(after, edited, NAME)) == edited


def test_only_the_rule_that_changed_is_written_anew() -> None:
    rules = data(SOURCE)
    rules["separation"][0]["en"] = "Two pairs of eyes"
    after = rewritten(SOURCE.encode(), rules, NAME).decode()
    assert data(after) == rules
    assert after.index("completion:") < after.index("separation:")
    for kept in (
        "# Nobody reads",
        "# Agreed with the works council.",
        "# asked for by quality",
        '="最多三行，现有 "',
        "{key: not_me,",
    ):
        assert kept in after
    assert "Four eyes" not in after and "en: Two pairs of eyes" in after


def test_a_rule_is_added_and_the_last_one_goes() -> None:
    rules = data(SOURCE)
    rule = {
        "bars": {"members_of": ["finance"], "people": ["=owner"], "completers_of": []},
        "tasks": ["check", "pay"],
        "en": "Not those who pay",
        "zh": "付款者回避",
        "key": "not_payers",
    }
    rules["separation"].append(rule)
    after = rewritten(SOURCE.encode(), rules, NAME).decode()
    assert after.rstrip().endswith("members_of: [finance]\n      people: =owner")
    assert "  - key: not_payers\n    zh: 付款者回避\n    en: Not those who pay\n    tasks: [check, pay]\n" in after
    assert rewritten(SOURCE.encode(), {}, NAME) == b"# Agreed with the works council.\n"
    assert data(rewritten(b"", rules, NAME))["completion"] == data(SOURCE)["completion"]


def test_rules_in_brackets_are_written_line_by_line_once_they_change() -> None:
    source = b"separation: [{key: a, zh: b, en: c, tasks: [d], bars: {people: e}}]\n"
    rules = data(source)
    rules["separation"][0]["en"] = "Changed"
    after = rewritten(source, rules, NAME)
    assert data(after) == rules and after.startswith(b"separation:\n  - key: a\n")
    whole = b"{separation: [{key: a, zh: b, en: c, tasks: [d], bars: {people: e}}]}"
    assert data(rewritten(whole, rules, NAME)) == rules


def test_what_are_no_rules_is_refused() -> None:
    for hostile in ({"separation": "x"}, {"separation": [7]}, {"completion": [{"key": {"a": "b"}}]}):
        with pytest.raises(RulesUnreadable):
            rewritten(b"", hostile, NAME)
    with pytest.raises(DefinitionInvalid):
        data(rewritten(b"", {"completion": [{"key": "a", "zh": "b", "en": "c", "tasks": ["d"], "holds": "x"}]}, NAME))
