"""The process library: the order of the text outline, what a version changed, what an upload carries along."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import update

from engine import process_library
from engine.definitions.model import read_process
from engine.deployments import Sources
from engine.errors import Forbidden
from engine.process_library import BundleRefused, ReasonNeeded, VersionUnknown
from engine.process_library.differences import Aspect
from engine.settings import ROOT
from engine.store.tables import audit, deployment, process_definition, user
from tests.support.diagrams import Diagram, called
from tests.support.house import OWNER, House
from tests.support.people import People
from tests.support.tables import Table

RULES = """
separation:
  - {key: not_twice, zh: 不得自查, en: Nobody checks their own work, tasks: [check], bars: {completers_of: [ask]}}
"""


def form(label: str) -> dict[str, Any]:
    field = {"type": "textfield", "key": "answer", "label": label, "id": "Field_answer"}
    return {"type": "default", "schemaVersion": 18, "id": "ask", "components": [field]}


def errand(key: str = "errand", *more: str) -> Diagram:
    diagram = Diagram(key).start().user("ask", camunda_formRef="ask").user("check")
    for step in more:
        diagram.user(step)
    return diagram.end().flow("begin", "ask", "check", *more, "done")


def caller(of: str = "errand") -> Diagram:
    diagram = Diagram("caller").start().node("callActivity", "call", **called(of)).end()
    return diagram.flow("begin", "call", "done")


def publish(house: House, *, others: dict[str, bytes] | None = None, **files: bytes) -> process_library.ProcessVersion:
    names = {name.replace("__", "."): content for name, content in files.items()}
    sources = process_library.read_upload([*names.items(), *(others or {}).items()])
    with house.writing() as connection:
        process_library.publish_upload(
            connection, house.platform.runtime, sources, actor=OWNER, reason="because", now=house.now
        )
    return version(house)


def version(house: House, key: str = "errand", number: int | None = None) -> process_library.ProcessVersion:
    with house.reading() as connection:
        return process_library.version_of(connection, key, number)


def archived(name: str, content: bytes) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr(name, content)
    return target.getvalue()


def leave(house: House, login: str) -> None:
    with house.writing() as connection:
        connection.execute(update(user).where(user.c.login == login).values(is_active=False))


def problems(house: House, key: str) -> list[str]:
    with house.reading() as connection:
        return [one.code for one in process_library.problems_of(connection, house.platform.runtime)[key]]


def test_a_diagram_sent_alone_keeps_its_rules_and_an_empty_file_takes_them_away(house: House, people: People) -> None:
    people.user("li.lei", groups=["staff"])
    house.publish(errand(), forms={"ask": form("Why?")}, rules={"errand": RULES})
    second = publish(house, others={"Downloads.zip": archived("Downloads/errand.bpmn", errand("errand", "more").xml())})
    assert (second.row.version, second.row.area) == (2, "area")
    assert second.rules == RULES.encode()
    third = publish(house, errand__rules__yaml=RULES.replace("自查", "复查").encode())
    assert (third.row.version, third.xml) == (3, second.xml)
    assert [rule.zh for rule in third.model.rules.separation] == ["不得复查"]
    fourth = publish(house, errand__rules__yaml=b"")
    assert (fourth.row.version, fourth.model.rules.separation) == (4, ())


def test_the_decisions_of_a_version_are_those_of_the_processes_it_calls_too(house: House) -> None:
    grading = Diagram("grading").start().decision("decide", "grade", "found").end().flow("begin", "decide", "done")
    table = Table("grade", name="等级").input("n", "number").output("a", "string").rule("-", '"A"')
    house.publish(grading, caller("grading"), decisions={"grade": table.xml()})
    with house.reading() as connection:
        above = house.platform.runtime.library.latest(connection, "caller")
        found = house.platform.runtime.library.decisions(connection, above.id)
    assert {key: one.label.zh for key, one in found.items()} == {"grade": "等级"}


def test_a_form_sent_alone_makes_new_versions_of_all_that_use_it(house: House) -> None:
    house.publish(errand(), caller(), Diagram("other").start().end().flow("begin", "done"), forms={"ask": form("Why?")})
    changed = publish(house, others={"ask.json": b'{"type":"default","id":"ask","components":[]}'})
    assert (changed.row.version, changed.forms[0].version) == (2, 2)
    above = version(house, "caller")
    assert (above.row.version, above.calls) == (2, {"errand": 2})
    assert version(house, "other").row.version == 1
    assert version(house, number=1).forms[0].version == 1
    assert {row.reason for row in house.rows(deployment)} == {"a story", "because"}


def test_only_administrators_with_a_reason_publish(house: House, people: People) -> None:
    li = people.user("li.lei", groups=["staff"])
    sources = process_library.read_upload([("errand.bpmn", errand().xml())])
    runtime = house.platform.runtime
    with house.writing() as connection:
        with pytest.raises(Forbidden):
            process_library.check_upload(connection, runtime, sources, actor=li)
        with pytest.raises(Forbidden):
            process_library.publish_upload(connection, runtime, sources, actor=li, reason="x", now=house.now)
        for reason in (" ", "x" * 501):
            with pytest.raises(ReasonNeeded):
                process_library.publish_upload(connection, runtime, sources, actor=OWNER, reason=reason, now=house.now)
    assert house.rows(process_definition) == [] == house.rows(audit, action="process_definition.publish")


def test_problems_follow_the_people_of_today(house: House, people: People) -> None:
    people.user("li.lei", groups=["staff"])
    people.user("han.meimei", groups=["staff"])
    house.publish(errand(), forms={"ask": form("Why?")}, rules={"errand": RULES})
    before = problems(house, "errand")
    assert not {"group_empty", "rule_unsatisfiable"} & set(before)
    leave(house, "han.meimei")
    assert "rule_unsatisfiable" in problems(house, "errand")
    leave(house, "li.lei")
    assert "group_empty" in problems(house, "errand")


def test_the_list_counts_what_runs_and_what_failed(house: House, people: People) -> None:
    def fail(_call: Any) -> None:
        raise RuntimeError("no")

    house.serve("pay", fail)
    house.publish(Diagram("paying").start().service("pay", "pay").end().flow("begin", "pay", "done"))
    house.publish(errand(), forms={"ask": form("Why?")})
    house.start("errand")
    house.publish(errand("errand", "more"), forms={"ask": form("Why?")})
    house.start("errand")
    house.start("paying")
    with house.reading() as connection:
        found = {
            one.row.key: (one.row.version, one.running, one.engine_incidents)
            for one in process_library.listed(connection)
        }
        running = [(one.row.version, one.running) for one in process_library.versions(connection, "errand")]
    assert found["errand"] == (2, 2, 0)
    assert found["paying"][1:] == (1, 1)
    assert running == [(2, 1), (1, 1)]
    with house.reading() as connection, pytest.raises(VersionUnknown):
        process_library.versions(connection, "nothing")


def test_what_a_version_changed(house: House) -> None:
    house.publish(errand(), forms={"ask": form("Why?")}, rules={"errand": RULES})
    after = errand("errand", "more")
    after.nodes = [one.replace('name="check"', 'name="check it" camunda:dueDate="=now()"') for one in after.nodes]
    house.publish(after, forms={"ask": form("Why so?")}, rules={"errand": RULES.replace("不得", "不可")})
    found = process_library.compare(version(house, number=1), version(house, number=2))
    assert [one.id for one in found.added] == ["more"]
    assert found.removed == ()
    assert [(one.after.id, told(one.aspects)) for one in found.changed] == [
        ("check", {"name_zh": ("check", "check it"), "dueDate": (None, "=now()")})
    ]
    assert {(one.kind, one.source.id, one.target.id) for one in found.flows} == {
        ("added", "check", "more"),
        ("added", "more", "done"),
        ("removed", "check", "done"),
    }
    assert [(one.kind, one.key, one.change, told(one.aspects)) for one in found.things] == [
        ("separation", "not_twice", "changed", {"zh": ("不得自查", "不可自查")})
    ]
    assert [(one.kind, one.key, one.change) for one in found.contents] == [("form", "ask", "changed")]
    assert process_library.compare(version(house), version(house)).is_same


def told(aspects: tuple[Aspect, ...]) -> dict[str, tuple[Any, Any]]:
    """What was said and what is said, names in Chinese."""
    return {one.name: (getattr(one.before, "zh", one.before), getattr(one.after, "zh", one.after)) for one in aspects}


def test_steps_that_go_to_another_lane_and_a_lane_that_goes_to_another_group(house: House) -> None:
    house.publish(errand().lane("staff", "ask", "check").lane("bosses"), forms={"ask": form("Why?")})
    after = errand().lane("staff", "ask").lane("bosses", "check").xml().replace(b'value="bosses"', b'value="owners"')
    found = process_library.compare(version(house), replace(version(house), xml=after))
    assert [(one.after.id, told(one.aspects)) for one in found.changed] == [("check", {"lane": ("staff", "bosses")})]
    assert [(one.kind, one.key, one.change, told(one.aspects)) for one in found.things] == [
        ("lane", "staff", "changed", {"left": ("check", None)}),
        ("lane", "owners", "changed", {"group": ("bosses", "owners"), "joined": (None, "check")}),
    ]


def test_what_a_way_and_the_whole_process_say(house: House) -> None:
    def choosing(limit: int, *, by_default: str) -> Diagram:
        diagram = Diagram("choosing").start().exclusive("big").user("check").user("ask").end()
        diagram.flow("begin", "big").flow("big", "check", when="" if by_default == "check" else f"n > {limit}")
        diagram.flow("big", "ask", when="" if by_default == "ask" else f"n > {limit}").flow("ask", "done")
        diagram.flow("check", "done")
        diagram.defaults["big"] = "flow_1" if by_default == "check" else "flow_2"
        diagram.properties["title"] = f'="over {limit}"'
        return diagram

    house.publish(choosing(5, by_default="ask"))
    house.publish(choosing(7, by_default="ask"))
    found = process_library.compare(version(house, "choosing", 1), version(house, "choosing", 2))
    assert [(one.kind, one.target.id, told(one.aspects)) for one in found.flows] == [
        ("changed", "check", {"condition": ("n > 5", "n > 7")})
    ]
    assert [(one.kind, told(one.aspects)) for one in found.things] == [
        ("process", {"title": ('="over 5"', '="over 7"')})
    ]
    house.publish(choosing(7, by_default="check"))
    found = process_library.compare(version(house, "choosing", 2), version(house, "choosing", 3))
    assert {one.target.id: told(one.aspects) for one in found.flows} == {
        "check": {"condition": ("n > 7", ""), "default_flow": (False, True)},
        "ask": {"condition": ("", "n > 7"), "default_flow": (True, False)},
    }


def test_the_outline_follows_the_flow_with_clocks_last() -> None:
    path = ROOT / "processes" / "service_desk" / "complaint.bpmn"
    outline = process_library.outline_of(read_process(path.read_bytes(), path.name))
    ids = [one.element.id for one in outline.steps]
    assert ids[:3] == ["complaint_made", "complaint_received", "register"]
    assert ids.index("handle") < ids.index("answer") < ids.index("closed")
    assert ids.index("acknowledge") < ids.index("is_important")
    steps = {one.element.id: one for one in outline.steps}
    assert [one.element.id for one in steps["acknowledge"].clocks] == ["acknowledgement_late"]
    (again,) = steps["record_acknowledgement"].ways
    assert (again.target.id, again.is_back) == ("classify", True)
    assert sorted(outline.numbers) == sorted(outline.model.elements), "every element is told once"
    assert sorted(outline.numbers.values()) == list(range(1, len(outline.numbers) + 1))


@pytest.mark.parametrize("path", sorted((ROOT / "processes").rglob("*.bpmn")), ids=lambda path: path.stem)
def test_the_outline_leaves_nothing_out(path: Any) -> None:
    outline = process_library.outline_of(read_process(path.read_bytes(), path.name))
    model = outline.model
    passages = {
        key for key, one in model.elements.items() if one.type == "exclusiveGateway" and len(model.outgoing(key)) == 1
    }
    assert outline.numbers.keys() == model.elements.keys() - passages


def zipped(size: int, claimed: int) -> bytes:
    """A zip whose directory says that its file is of another size."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.bpmn", b" " * size)
    return target.getvalue().replace(size.to_bytes(4, "little"), claimed.to_bytes(4, "little"))


@pytest.mark.parametrize(
    ("files", "code"),
    [
        ([("a.bpmn", b" " * (5 * 1024 * 1024 + 1))], "bundle_too_large"),
        ([("a.json", b" " * 3_000_000), ("b.json", b" " * 3_000_000)], "bundle_too_large"),
        ([("a.zip", zipped(50_000_000, 1_000))], "bundle_broken"),
        ([("a.zip", zipped(6_000_000, 6_000_000))], "bundle_too_large"),
        ([(f"{n}.json", b"{}") for n in range(201)], "bundle_too_many_files"),
        ([("a.exe", b"MZ")], "bundle_file_refused"),
        ([("a.json", b"{}"), ("a.json", b"{}")], "bundle_duplicate"),
        ([], "bundle_empty"),
    ],
)
def test_hostile_uploads_are_refused_in_both_languages(files: list[tuple[str, bytes]], code: str) -> None:
    with pytest.raises(BundleRefused) as refused:
        process_library.read_upload(files)
    assert refused.value.code == code
    assert "{" not in refused.value.message("zh") + refused.value.message("en")


def test_what_the_finder_adds_is_no_part_of_a_bundle() -> None:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("p/errand.bpmn", errand().xml())
        archive.writestr("__MACOSX/p/._errand.bpmn", b"\0")
        archive.writestr("p/.DS_Store", b"\0")
    assert process_library.read_upload([("p.zip", target.getvalue())]) == Sources(
        {"p/errand.bpmn": errand().xml()}, {}, {}, {}
    )
