"""Flows of tokens: what a process owner draws is what happens, loops and joins included."""

from __future__ import annotations

import pytest

from engine.definitions.gateways import NoPathTaken
from engine.definitions.specs import CollectionInvalid
from engine.errors import Invalid
from engine.runtime.execution import TaskGone
from engine.runtime.workflow import Runaway
from tests.support.cases import Case, compiled
from tests.support.diagrams import Diagram, called, multiple


def review_loop() -> Diagram:
    """Two reviewers in parallel; either may send the draft back for another lap."""
    diagram = Diagram("review")
    diagram.start().user("write").parallel("fork").user("legal").user("finance").parallel("join")
    diagram.exclusive("again").user("sign").end()
    diagram.flow("begin", "write", "fork", "legal", "join").flow("fork", "finance", "join", "again")
    return diagram.flow("again", "write", when="redo").flow("again", "sign", default=True).flow("sign", "done")


def test_a_parallel_join_inside_a_loop_waits_for_both_branches_in_every_lap() -> None:
    case = Case(compiled(review_loop()))
    for lap in range(5):
        case.do("write", lap=lap)
        assert case.open == ["finance", "legal"]
        case.do("finance" if lap % 2 else "legal", redo=lap < 4)
        assert "again" not in case.passed[-2:]
        case.do("legal" if lap % 2 else "finance")
    case.do("sign")
    assert case.is_completed
    assert case.passed.count("join") == 5


def test_a_branch_that_changed_nothing_does_not_undo_what_the_other_changed() -> None:
    case = Case(compiled(review_loop()), {"price": 10, "tags": ["a", "b"]})
    case.do("write").do("legal", price=12, tags=["b", "a"]).do("finance", checked=True)
    assert case.data["price"] == 12
    assert case.data["tags"] == ["b", "a"]
    assert case.data["checked"] is True


def test_a_thousand_laps_neither_hang_nor_grow() -> None:
    diagram = Diagram("laps").start().user("step").exclusive("more").end()
    diagram.flow("begin", "step", "more").flow("more", "step", when="again").flow("more", "done", default=True)
    case = Case(compiled(diagram))
    sizes = {}
    for lap in range(1, 1001):
        case.do("step", again=lap < 1000, lap=lap)
        sizes[lap] = len(case.state)
    assert case.is_completed
    assert sizes[999] <= sizes[10] * 1.1


def test_a_loop_through_a_fork_does_not_grow_either() -> None:
    case = Case(compiled(review_loop()))
    sizes = []
    for _ in range(60):
        case.do("write").do("legal", redo=True).do("finance")
        sizes.append(len(case.state))
    assert sizes[-1] <= sizes[5] * 1.1


def test_the_inclusive_join_waits_for_the_chosen_branches_only() -> None:
    diagram = Diagram("inquiry").start().user("ask").inclusive("split")
    diagram.user("a").user("b").user("c").inclusive("merge").user("sum").end()
    diagram.flow("begin", "ask", "split").flow("split", "a", when="wants_a").flow("split", "b", when="wants_b")
    diagram.flow("split", "c", default=True)
    diagram.flow("a", "merge").flow("b", "merge").flow("c", "merge").flow("merge", "sum", "done")
    both = Case(compiled(diagram)).do("ask", wants_a=True, wants_b=True)
    assert both.open == ["a", "b"]
    assert both.do("b").open == ["a"]
    assert both.do("a").open == ["sum"]
    neither = Case(compiled(diagram)).do("ask")
    assert neither.open == ["c"]
    assert neither.do("c").open == ["sum"]


def test_without_a_matching_condition_or_default_the_gateway_is_named() -> None:
    diagram = Diagram("stuck").start().user("ask").inclusive("split").user("a").end()
    diagram.flow("begin", "ask", "split").flow("split", "a", when="wants_a").flow("a", "done")
    case = Case(compiled(diagram))
    with pytest.raises(NoPathTaken, match="split"):
        case.do("ask", wants_a=False)
    assert case.open == ["ask"], "nothing of the failed step remains"


def test_everybody_in_a_list_is_asked_at_once_and_the_answers_come_in_one_list() -> None:
    diagram = Diagram("countersign").start().user("sign", multiple("signers", "signer")).end()
    diagram.flow("begin", "sign", "done")
    case = Case(compiled(diagram), {"signers": ["li", "han", "wang"]})
    assert case.open == ["sign"] * 3
    case.do("sign", 1, ok=True).do("sign", 0, ok=False).do("sign", 0, ok=True)
    assert case.is_completed
    assert len(case.data["sign_results"]) == 3
    assert "signer" not in case.data


def test_one_after_the_other_and_stop_at_the_first_no() -> None:
    diagram = Diagram("chain").start()
    diagram.user("sign", multiple("signers", "signer", sequential=True, until="sign_result.ok = false")).end()
    diagram.flow("begin", "sign", "done")
    case = Case(compiled(diagram), {"signers": ["li", "han", "wang"]})
    assert case.open == ["sign"]
    case.do("sign", ok=True).do("sign", ok=False)
    assert case.is_completed
    assert case.data["sign_results"] == [{"ok": True}, {"ok": False}]


def test_a_second_lap_of_a_countersignature_gathers_its_answers_anew() -> None:
    diagram = Diagram("redo").start().user("sign", multiple('["a", "b"]', "signer")).exclusive("again").end()
    diagram.flow("begin", "sign", "again").flow("again", "sign", when="count(sign_results[ok = false]) > 0")
    diagram.flow("again", "done", default=True)
    case = Case(compiled(diagram))
    case.do("sign", ok=True).do("sign", ok=False)
    assert case.open == ["sign", "sign"]
    case.do("sign", ok=True).do("sign", ok=True)
    assert case.is_completed
    assert case.data["sign_results"] == [{"ok": True}, {"ok": True}]


@pytest.mark.parametrize("people", [None, "li", ["li", None]])
def test_a_collection_that_is_no_list_is_refused_by_name(people: object) -> None:
    diagram = Diagram("who").start().user("ask").user("sign", multiple("people", "person", sequential=True)).end()
    diagram.flow("begin", "ask", "sign", "done")
    case = Case(compiled(diagram))
    with pytest.raises(CollectionInvalid, match="people"):
        case.do("ask", people=people)
    assert case.open == ["ask"]


def test_an_empty_collection_is_passed_by() -> None:
    diagram = Diagram("nobody").start().user("sign", multiple("people", "person")).user("after").end()
    diagram.flow("begin", "sign", "after", "done")
    case = Case(compiled(diagram), {"people": []})
    assert case.open == ["after"]


def test_subprocess_and_called_process_see_and_return_the_data() -> None:
    inner = Diagram("inner").start("s").user("deep").end("e").flow("s", "deep", "e")
    outer = Diagram("outer").start().user("first").node("callActivity", "call", **called("inner")).user("last").end()
    outer.flow("begin", "first", "call", "last", "done")
    case = Case(compiled(outer, inner)).do("first", a=1)
    assert case.open == ["deep"]
    case.do("deep", b=2)
    assert case.open == ["last"]
    case.do("last")
    assert case.is_completed
    assert case.data["a"] == 1
    assert case.data["b"] == 2
    assert set(case.passed) >= {"first", "deep", "call", "last"}


def test_a_timer_on_a_subprocess_ends_what_runs_inside() -> None:
    inside = (
        '<bpmn:startEvent id="s"/><bpmn:userTask id="work" name="work" camunda:candidateGroups="staff"/>'
        '<bpmn:endEvent id="e"/><bpmn:sequenceFlow id="i1" sourceRef="s" targetRef="work"/>'
        '<bpmn:sequenceFlow id="i2" sourceRef="work" targetRef="e"/>'
    )
    diagram = Diagram("limited").start().node("subProcess", "part", inside).boundary("late", "part", "PT1H")
    diagram.user("handle").end().end("gone").flow("begin", "part", "done").flow("late", "handle", "gone")
    case = Case(compiled(diagram))
    assert case.open == ["work"]
    case.fire("late")
    assert case.open == ["handle"]
    assert case.armed == {}


def test_two_people_completing_one_task_the_second_is_told() -> None:
    case = Case(compiled(review_loop()))
    task_id = next(iter(case.waiting()))
    case.step(lambda execution: execution.complete(task_id, {}))
    with pytest.raises(TaskGone):
        case.step(lambda execution: execution.complete(task_id, {}))


def test_a_loop_without_anybody_in_it_is_stopped_and_named() -> None:
    diagram = Diagram("spin").start().user("ask").script("turn", "1", "n").exclusive("more").end()
    diagram.flow("begin", "ask", "turn", "more").flow("more", "turn", when="n = 1").flow("more", "done", default=True)
    case = Case(compiled(diagram))
    with pytest.raises(Runaway, match=r"turn|more"):
        case.do("ask")
    assert case.open == ["ask"]


def test_a_script_sets_its_variable_and_null_conditions_are_not_true() -> None:
    diagram = Diagram("sum").start().script("add", "net + net * 0.1", "gross").exclusive("big").user("x").user("y")
    diagram.end().flow("begin", "add", "big").flow("big", "x", when="unknown > 5").flow("big", "y", default=True)
    diagram.flow("x", "done").flow("y", "done")
    case = Case(compiled(diagram), {"net": 0.3})
    assert case.data["gross"] == 0.33
    assert case.open == ["y"]


def test_booleans_numbers_and_text_survive_storage_as_they_are() -> None:
    diagram = Diagram("types").start().user("a").user("b").end().flow("begin", "a", "b", "done")
    values = {"no": False, "zero": 0, "one": 1, "yes": True, "half": 1.5, "whole": 1.0, "typename": "BpmnWorkflow",
              "nested": {"__class__": ["x", None, {"y": []}]}, "中文": "是"}  # fmt: skip
    case = Case(compiled(diagram)).do("a", **values)
    assert {k: (type(v), v) for k, v in case.data.items()} == {k: (type(v), v) for k, v in values.items()}


def test_returning_past_a_waiting_timer_leaves_no_trace_of_it() -> None:
    diagram = Diagram("back").start().user("draft").user("check").boundary("late", "check", "P1D", interrupting=False)
    diagram.user("nudge").end("nudged").end()
    diagram.flow("begin", "draft", "check", "done").flow("late", "nudge", "nudged")
    case = Case(compiled(diagram)).do("draft", text="v1")
    assert set(case.armed) == {"late"}
    execution = case._load()
    (target, element), *_ = execution.returnable()
    assert element.id == "draft"
    case.step(lambda running: running.return_to(target, {"text": "v1", "remark": "unclear"}))
    assert case.open == ["draft"]
    assert case.armed == {}
    case.do("draft", text="v2")
    assert case.open == ["check"]
    assert set(case.armed) == {"late"}, "the deadline is armed again"
    case.fire("late")
    case.do("check").do("nudge")
    assert case.is_completed


def test_what_the_errors_say_is_json_safe() -> None:
    assert issubclass(NoPathTaken, Invalid)
    assert NoPathTaken(element_id="x").message("zh") == "网关“x”的条件都不满足，且没有默认去向"
