"""Publishing: versions that running cases keep, all or nothing, and nothing at all when nothing changed."""

from __future__ import annotations

from typing import Any

import pytest

from engine import deployments
from engine.bootstrap import compose
from engine.definitions.problems import DefinitionInvalid
from engine.errors import Forbidden
from engine.instances import Started
from engine.store.tables import audit, deployment, form_definition, process_definition, process_definition_call
from tests.support.diagrams import Diagram, called
from tests.support.house import House
from tests.support.people import People


def errand(*steps: str, key: str = "errand") -> Diagram:
    diagram = Diagram(key).start()
    for step in steps:
        diagram.user(step)
    return diagram.end().flow("begin", *steps, "done")


def form(label: str) -> dict[str, Any]:
    field = {"type": "textfield", "key": "answer", "label": label, "id": "Field_answer"}
    return {"type": "default", "schemaVersion": 18, "id": "ask", "components": [field]}


def test_running_cases_stay_on_their_version(house: House, people: People) -> None:
    li = people.user("li.lei", groups=["staff"])
    assert house.publish(errand("a", "b")).processes == {"errand": 1}
    old = house.start("errand")
    assert house.publish(errand("a", "c")).processes == {"errand": 2}
    new = house.start("errand")
    house.complete(house.item(old, "a"), li)
    house.complete(house.item(new, "a"), li)
    assert (house.open(old), house.open(new)) == (["b"], ["c"])
    versions = {row.version: row for row in house.rows(process_definition)}
    assert (versions[1].is_latest, versions[2].is_latest) == (False, True)


def test_publishing_the_same_again_changes_nothing(house: House) -> None:
    house.publish(errand("a"), forms={"ask": form("理由")})
    before = len(house.rows(audit))
    again = house.publish(errand("a"), forms={"ask": form("理由")})
    assert (again.deployment_id, again.processes, again.forms) == (None, {}, {})
    assert len(house.rows(deployment)) == 1
    assert len(house.rows(audit)) == before


def test_a_changed_form_makes_a_new_version_of_what_uses_it(house: House, people: People) -> None:
    diagram = Diagram("errand").start().user("ask", camunda_formKey="ask").end().flow("begin", "ask", "done")
    first = house.publish(diagram, errand("x", key="other"), forms={"ask": form("Why?")})
    assert (first.processes, first.forms) == ({"errand": 1, "other": 1}, {"ask": 1})
    old = house.start("errand")
    second = house.publish(diagram, errand("x", key="other"), forms={"ask": form("Why so?")})
    assert (second.processes, second.forms) == ({"errand": 2}, {"ask": 2})
    new = house.start("errand")

    def label(started: Started) -> str:
        item = house.item(started, "ask")
        with house.reading() as connection:
            found = house.platform.runtime.library.form(connection, item.definition_id, item.form_key)
        return str(found.source["components"][0]["label"])

    assert (label(old), label(new)) == ("Why?", "Why so?")


def test_one_broken_file_among_good_ones_publishes_nothing(house: House) -> None:
    broken = Diagram("broken").start().service("pay", "no.such.topic").end().flow("begin", "pay", "done")
    with pytest.raises(DefinitionInvalid) as refused:
        house.publish(errand("a"), broken, forms={"ask": form("Why?")})
    errors = [problem for problem in refused.value.problems if problem.level == "error"]
    assert [(problem.file, problem.element_id) for problem in errors] == [("area/broken.bpmn", "pay")]
    assert house.rows(process_definition) == house.rows(form_definition) == house.rows(deployment) == []
    assert house.rows(audit) == []


def test_only_administrators_publish(house: House, people: People) -> None:
    with pytest.raises(Forbidden):
        house.publish(errand("a"), by=people.user("li.lei", groups=["staff"]))
    admin = people.administrator()
    house.publish(errand("a"), by=admin)
    assert house.rows(deployment)[0].deployed_by_id == admin.user_id


def test_called_processes_are_pinned(house: House, people: People) -> None:
    li = people.user("li.lei", groups=["staff"])
    caller = Diagram("caller").start().user("prepare").node("callActivity", "call", **called("callee")).end()
    caller.flow("begin", "prepare", "call", "done")
    house.publish(caller, errand("old_step", key="callee"))
    running = house.start("caller")
    changed = house.publish(errand("new_step", key="callee"), caller)
    assert changed.processes == {"callee": 2, "caller": 2}
    house.complete(house.item(running, "prepare"), li)
    assert house.open(running) == ["old_step"]
    new = house.start("caller")
    house.complete(house.item(new, "prepare"), li)
    assert house.open(new) == ["new_step"]
    assert len(house.rows(process_definition_call)) == 2
    for started, step in ((running, "old_step"), (new, "new_step")):
        house.complete(house.item(started, step), li)
        assert house.instance(started).status == "completed"


def test_what_calls_itself_is_refused(house: House) -> None:
    one = Diagram("one").start("b1").node("callActivity", "call", **called("two")).end("e1").flow("b1", "call", "e1")
    two = Diagram("two").start("b2").node("callActivity", "back", **called("one")).end("e2").flow("b2", "back", "e2")
    with pytest.raises(DefinitionInvalid) as refused:
        house.publish(one, two)
    assert any("one → two → one" in problem.message("en") for problem in refused.value.problems)


def test_checking_publishes_nothing(house: House) -> None:
    sources = deployments.Sources({"area/errand.bpmn": errand("a").xml(), "area/other.bpmn": errand("b").xml()}, {})
    with house.reading() as connection:
        found = deployments.check(connection, house.platform.runtime, sources)
    assert [problem.code for problem in found if problem.level == "error"]
    assert house.rows(process_definition) == []


def test_another_node_takes_up_what_was_published(house: House) -> None:
    house.publish(errand("a"))
    house.start("errand")
    other = compose(house.platform.settings, clock=house.clock)
    House(other).publish(errand("b"))
    other.database.close()
    assert house.open(house.start("errand")) == ["b"]
