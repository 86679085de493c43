"""A mistake in a diagram is named before it is published: the element, and a sentence in both languages."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from engine.definitions.lint import LintContext, lint
from engine.definitions.model import read_process
from engine.definitions.problems import DefinitionInvalid, Problem
from tests.support.diagrams import Diagram, called, multiple, timer

CONTEXT = LintContext(
    forms={"report"},
    groups={"staff": True, "empty": False},
    users={"li"},
    topics={"mail.send": ({"to"}, {"text"})},
    processes={"known"},
    decisions={"grade"},
    check_term=lambda kind, term: None if term in {"PT1H", "R3/PT1H", "0 8 * * 1", "2026-05-01"} else ("错", "wrong"),
    functions={"working days after"},
)


def findings(diagram: Diagram) -> dict[str, Problem]:
    problems = lint(read_process(diagram.xml(), "area/case.bpmn"), CONTEXT)
    return {f"{p.code}@{p.element_id}": p for p in problems if p.level == "error"}


def simple() -> Diagram:
    return Diagram("case").start().end()


def with_task(**attributes: str) -> Diagram:
    body = attributes.pop("body", "")
    groups = attributes.pop("groups", "staff")
    return simple().user("work", body, groups=groups, **attributes).flow("begin", "work", "done")


def with_service(**options: str) -> Diagram:
    return simple().service("send", options.pop("topic", "mail.send"), **options).flow("begin", "send", "done")


def with_decision(key: str, result: str) -> Diagram:
    return simple().decision("judge", key, result).flow("begin", "judge", "done")


def with_gateway(condition: str, *, default: bool = True, kind: str = "exclusive") -> Diagram:
    diagram = simple()
    getattr(diagram, kind)("way")
    diagram.user("a").user("b").flow("begin", "way").flow("way", "a", when=condition)
    return diagram.flow("way", "b", default=default).flow("a", "done").flow("b", "done")


def test_a_sound_process_has_no_finding() -> None:
    diagram = with_gateway("score <= 2 and working days after(today(), 2) > today()")
    diagram.boundary("late", "a", "PT1H", interrupting=False).service("tell", "mail.send", to="=owner").end("told")
    diagram.flow("late", "tell", "told")
    assert findings(diagram) == {}


def test_a_business_rule_task_with_a_known_decision_passes() -> None:
    assert findings(with_decision("grade", "grade")) == {}


def test_the_helper_builds_a_task_that_passes() -> None:
    assert findings(with_task(camunda_formRef="report", camunda_dueDate='=begin + duration("P1D")')) == {}


BROKEN: list[tuple[str, Callable[[], Diagram]]] = [
    ("id_reserved@End", lambda: Diagram("case").start().end("End").flow("begin", "End")),
    ("id_reserved@Start", lambda: Diagram("case").start("Start").end().flow("Start", "done")),
    ("id_reserved@case.EndJoin", lambda: simple().user("case.EndJoin").flow("begin", "case.EndJoin", "done")),
    ("id_reserved@a.BoundaryEventSplit", lambda: simple().user("a.BoundaryEventSplit").flow(
        "begin", "a.BoundaryEventSplit", "done")),
    ("id_characters@任务", lambda: simple().user("任务").flow("begin", "任务", "done")),
    ("start_missing@case", lambda: Diagram("case").user("a").end().flow("a", "done")),
    ("end_missing@case", lambda: Diagram("case").start().user("a").flow("begin", "a")),
    ("dead_end@a", lambda: simple().user("a").exclusive("x").flow("begin", "x").flow("x", "a", when="y").flow(
        "x", "done", default=True)),
    ("unreachable@island", lambda: with_task().user("island").flow("island", "done")),
    ("flow_broken@flow_2", lambda: with_task().flow("nowhere", "done")),
    ("many_outgoing@begin", lambda: with_task().flow("begin", "done")),
    ("condition_misplaced@flow_0", lambda: simple().flow("begin", "done", when="x")),
    ("gateway_default_missing@way", lambda: with_gateway("x", default=False)),
    ("gateway_condition_missing@flow_1", lambda: with_gateway("")),
    ("expression_invalid@flow_1", lambda: with_gateway("score <=")),
    ("expression_invalid@flow_1", lambda: with_gateway("__import__('os').system('id')")),
    ("function_unknown@flow_1", lambda: with_gateway("open(path) = 1")),
    ("form_unknown@work", lambda: with_task(camunda_formRef="nothing")),
    ("group_unknown@work", lambda: with_task(groups="ghosts")),
    ("user_unknown@work", lambda: with_task(camunda_assignee="nobody")),
    ("nobody@work", lambda: with_task(groups="")),
    ("label_missing@work", lambda: with_task(name="")),
    ("topic_missing@send", lambda: with_service(topic="")),
    ("topic_unknown@send", lambda: with_service(topic="shell.run")),
    ("topic_input_missing@send", lambda: with_service(text="hello")),
    ("topic_input_unknown@send", lambda: with_service(to="a", cc="b")),
    ("script_result_missing@sum", lambda: simple().script("sum", "1 + 1", "").flow("begin", "sum", "done")),
    ("script_language@run", lambda: simple().node(
        "scriptTask", "run", "<bpmn:script>import os</bpmn:script>", scriptFormat="python",
        camunda_resultVariable="x").flow("begin", "run", "done")),
    ("expression_invalid@sum", lambda: simple().script("sum", "import os", "x").flow("begin", "sum", "done")),
    ("decision_missing@judge", lambda: with_decision("", "grade")),
    ("decision_unknown@judge", lambda: with_decision("nothing", "grade")),
    ("decision_result_missing@judge", lambda: with_decision("grade", "")),
    ("timer_invalid@late", lambda: with_task().boundary("late", "work", "tomorrow").flow("late", "done")),
    ("timer_missing@late", lambda: with_task().node(
        "boundaryEvent", "late", "<bpmn:timerEventDefinition/>", attachedToRef="work").flow("late", "done")),
    ("timer_cycle_interrupting@late", lambda: with_task().boundary(
        "late", "work", "R3/PT1H", kind="timeCycle").flow("late", "done")),
    ("timer_cycle_interrupting@late", lambda: with_task().boundary(
        "late", "work", "=how_often", kind="timeCycle").flow("late", "done")),
    ("timer_invalid@late", lambda: with_task().boundary(
        "late", "work", "0 8 * * 9", kind="timeCycle").flow("late", "done")),
    ("timer_start_computed@begin", lambda: Diagram("case").start("begin", timer("=when", "timeCycle")).end().flow(
        "begin", "done")),
    ("timer_count_unanchored@begin", lambda: Diagram("case").start("begin", timer("R3/PT1H", "timeCycle")).end().flow(
        "begin", "done")),
    ("message_missing@wait", lambda: simple().node(
        "intermediateCatchEvent", "wait", "<bpmn:messageEventDefinition/>").flow("begin", "wait", "done")),
    ("called_missing@call", lambda: simple().node("callActivity", "call").flow("begin", "call", "done")),
    ("called_unknown@call", lambda: simple().node("callActivity", "call", **called("nothing")).flow(
        "begin", "call", "done")),
    ("collection_missing@work", lambda: with_task(body=multiple("", "x"))),
    ("group_unknown@case", lambda: Diagram("case", ' camunda:candidateStarterGroups="ghosts"').start().end().flow(
        "begin", "done")),
]  # fmt: skip


@pytest.mark.parametrize(("expected", "build"), BROKEN, ids=[name for name, _ in BROKEN])
def test_the_mistake_is_named_with_its_element_in_both_languages(expected: str, build: Callable[[], Diagram]) -> None:
    found = findings(build())
    assert expected in found, sorted(found)
    problem = found[expected]
    assert problem.file == "area/case.bpmn"
    assert any("一" <= character <= "鿿" for character in problem.zh), problem.zh
    assert problem.en.isascii() or "“" in problem.en
    assert "{" not in problem.zh + problem.en


UNSUPPORTED: list[tuple[str, str]] = [
    ("eventBasedGateway", "<bpmn:eventBasedGateway id='odd' name='odd'/>"),
    ("complexGateway", "<bpmn:complexGateway id='odd' name='odd'/>"),
    ("decision version", "<bpmn:businessRuleTask id='odd' name='odd' camunda:decisionRef='grade' "
     "camunda:resultVariable='grade' camunda:decisionRefVersion='2'/>"),
    ("sendTask", "<bpmn:sendTask id='odd' name='odd'/>"),
    ("receiveTask", "<bpmn:receiveTask id='odd' name='odd'/>"),
    ("adHocSubProcess", "<bpmn:adHocSubProcess id='odd' name='odd'/>"),
    ("transaction", "<bpmn:transaction id='odd' name='odd'/>"),
    ("event subProcess", "<bpmn:subProcess id='odd' name='odd' triggeredByEvent='true'/>"),
    ("standardLoop", "<bpmn:userTask id='odd' name='odd'><bpmn:standardLoopCharacteristics/></bpmn:userTask>"),
    ("loopCardinality", "<bpmn:userTask id='odd' name='odd'><bpmn:multiInstanceLoopCharacteristics>"
     "<bpmn:loopCardinality>3</bpmn:loopCardinality></bpmn:multiInstanceLoopCharacteristics></bpmn:userTask>"),
    ("signal", "<bpmn:intermediateCatchEvent id='odd' name='odd'><bpmn:signalEventDefinition/>"
     "</bpmn:intermediateCatchEvent>"),
    ("conditional", "<bpmn:intermediateCatchEvent id='odd' name='odd'><bpmn:conditionalEventDefinition/>"
     "</bpmn:intermediateCatchEvent>"),
    ("two events", f"<bpmn:intermediateCatchEvent id='odd' name='odd'>{timer('PT1H')}{timer('PT1H')}"
     "</bpmn:intermediateCatchEvent>"),
    ("java class", "<bpmn:serviceTask id='odd' name='odd' camunda:class='java.lang.Runtime'/>"),
    ("java expression", "<bpmn:serviceTask id='odd' name='odd' camunda:expression='${bean.run()}'/>"),
    ("listener", "<bpmn:userTask id='odd' name='odd'><bpmn:extensionElements><camunda:taskListener event='create'/>"
     "</bpmn:extensionElements></bpmn:userTask>"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "node"), UNSUPPORTED, ids=[name for name, _ in UNSUPPORTED])
def test_what_would_not_run_as_drawn_is_refused(name: str, node: str) -> None:
    diagram = simple()
    diagram.nodes.append(node)
    diagram.flow("begin", "odd", "done")
    assert "element_unsupported@odd" in findings(diagram)


def test_twelve_forks_in_sequence_are_refused_before_they_unfold() -> None:
    diagram = Diagram("case").start()
    last = "begin"
    for n in range(12):
        diagram.parallel(f"f{n}").user(f"a{n}").user(f"b{n}").parallel(f"j{n}")
        diagram.flow(last, f"f{n}", f"a{n}", f"j{n}").flow(f"f{n}", f"b{n}", f"j{n}")
        last = f"j{n}"
    diagram.end().flow(last, "done")
    assert "prediction_explodes@begin" in findings(diagram)


def test_twelve_decisions_in_sequence_are_fine() -> None:
    diagram = Diagram("case").start()
    last = "begin"
    for n in range(12):
        diagram.exclusive(f"x{n}").user(f"a{n}").exclusive(f"m{n}").flow(last, f"x{n}")
        diagram.flow(f"x{n}", f"a{n}", when="c").flow(f"x{n}", f"m{n}", default=True).flow(f"a{n}", f"m{n}")
        last = f"m{n}"
    diagram.end().flow(last, "done")
    assert findings(diagram) == {}


def test_a_group_without_anybody_is_a_warning() -> None:
    problems = lint(read_process(with_task(groups="empty").xml(), "case.bpmn"), CONTEXT)
    assert ("group_empty", "warning") in {(p.code, p.level) for p in problems}


def test_the_error_lists_every_finding() -> None:
    model = read_process(with_gateway("", default=False).xml(), "case.bpmn")
    error = DefinitionInvalid(lint(model, CONTEXT))
    assert error.details["count"] >= 2
    assert "case.bpmn#" in error.message("en")
