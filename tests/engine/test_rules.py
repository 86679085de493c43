"""Rules files are checked at publish: against their diagram, their language, and today's people."""

from __future__ import annotations

import pytest

from engine.definitions.problems import DefinitionInvalid
from tests.support.diagrams import Diagram
from tests.support.house import House
from tests.support.people import People

SEPARATION = "separation:\n  - {key: k, zh: 说明, en: words, tasks: [check], bars: {%s}}\n"
COMPLETION = "completion:\n  - {key: k, zh: 说明, en: words, tasks: [fix], holds: '%s'}\n"


def rectification() -> Diagram:
    diagram = Diagram("rectification").start().user("fix", groups="staff").user("check", groups="quality").end()
    return diagram.flow("begin", "fix", "check", "done")


@pytest.fixture
def staffed(house: House, people: People) -> House:
    people.user("li.lei", "李雷", groups=["staff"])
    people.user("wu", "吴敏", groups=["quality"])
    people.user("zhao", "赵云", groups=["quality"])
    return house


@pytest.mark.parametrize(
    ("rules", "said"),
    [
        ("- a list", "only separation and completion"),
        ("separation: {key: k}", "must be a list"),
        ("duties: []", "only separation and completion"),
        (": : :", "no YAML"),
        ("separation:\n  - {key: k, zh: 说明, tasks: [check], bars: {people: wu}}", "missing: en"),
        ("separation:\n  - {key: k, zh: 说明, en: words, tasks: [check]}", "bars must say who"),
        (
            "separation:\n  - {key: k, zh: z, en: e, tasks: [check], bars: {people: wu}, tsks: 1}",
            "unknown entries: tsks",
        ),
        (SEPARATION % "everybody: wu", "bars must say who"),
        (SEPARATION % "completers_of: [fixx]", "no user task “fixx”"),
        (SEPARATION % "people: '=owner +'", "ends too early"),
        (SEPARATION % "members_of: '=nonsense(owner)'", "unknown function “nonsense”"),
        (COMPLETION % "count(whys) > 2", "must be an expression"),
        (COMPLETION % "=count(", "ends too early"),
        ("completion:\n  - {key: k, zh: z, en: e, tasks: [nowhere], holds: '=true'}", "no user task “nowhere”"),
        ((SEPARATION % "people: wu") + (COMPLETION % "=true"), "the key is used twice"),
    ],
)
def test_a_rule_that_cannot_work_is_refused_with_its_reason(staffed: House, rules: str, said: str) -> None:
    with pytest.raises(DefinitionInvalid) as refused:
        staffed.publish(rectification(), rules={"rectification": rules})
    found = next(one for one in refused.value.problems if one.level == "error")
    assert found.file == "area/rectification.rules.yaml"
    assert said.lower() in found.en.lower()
    assert found.zh != found.en


def test_rules_without_a_diagram_are_refused(staffed: House) -> None:
    with pytest.raises(DefinitionInvalid) as refused:
        staffed.publish(rectification(), rules={"rectificaton": SEPARATION % "people: wu"})
    assert "rule_process_missing" in {one.code for one in refused.value.problems}


def test_a_start_event_may_have_a_completion_rule_but_no_separation(staffed: House) -> None:
    staffed.publish(rectification(), rules={"rectification": (COMPLETION % "=true").replace("[fix]", "[begin]")})
    with pytest.raises(DefinitionInvalid):
        staffed.publish(
            rectification(), rules={"rectification": (SEPARATION % "people: wu").replace("[check]", "[begin]")}
        )


def unsatisfiable(house: House, rules: str) -> list[str]:
    warnings = house.publish(rectification(), rules={"rectification": rules}).warnings
    return [one.en for one in warnings if one.code == "rule_unsatisfiable"]


def test_a_rule_nobody_can_satisfy_is_reported_at_publish(staffed: House, people: People) -> None:
    rules = SEPARATION % "completers_of: [fix]"
    assert unsatisfiable(staffed, rules) == []
    people.user("sun", "孙明", groups=["staff", "quality_2"])
    diagram = Diagram("alone").start().user("fix", groups="staff").user("check", groups="quality_2").end()
    published = staffed.publish(diagram.flow("begin", "fix", "check", "done"), rules={"alone": rules})
    assert [one.element_id for one in published.warnings if one.code == "rule_unsatisfiable"] == ["check"]
    assert "only 孙明 could do it, who may have done “fix”" in "".join(one.en for one in published.warnings)


def test_a_department_whose_members_are_all_who_could_do_it_is_named(staffed: House, people: People) -> None:
    people.group("quality", "质量管理部", "Quality")
    (said,) = unsatisfiable(staffed, SEPARATION % "members_of: '=department'")
    assert "all who could do it belong to “" in said
    people.user("qian", "钱进", groups=["auditors"])
    diagram = Diagram("mixed").start().user("fix").user("check", groups="quality,auditors").end()
    published = staffed.publish(
        diagram.flow("begin", "fix", "check", "done"), rules={"mixed": SEPARATION % "members_of: '=department'"}
    )
    assert [one for one in published.warnings if one.code == "rule_unsatisfiable"] == []
