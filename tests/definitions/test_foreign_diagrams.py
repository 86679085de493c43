"""Diagrams of other tools open and are accepted, or are refused with a reason; none of them ends in an exception."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from engine import deployments, process_changes
from engine.definitions.model import read_process
from engine.definitions.problems import DefinitionInvalid, Problem
from engine.definitions.translate import translated_xml
from engine.deployments import Sources
from engine.trials.ground import Ground
from engine.trials.walk import DEFAULT_BEGINNING
from scripts.foreign_diagrams import main
from tests.support.company import Company
from tests.support.foreign_diagrams import FOREIGN

# What is not read: who does a task, in the words of another engine. Everything else of these files is understood.
REFUSED = {
    "Signavio": {"process_count"},
    "Camunda 8 Modeler": {"nobody"},
    "Flowable": {"nobody"},
    "Activiti": {"nobody"},
    "Alfresco": {"nobody"},
    "jBPM": {"key_mismatch", "nobody"},
    "spiff-arena": {"script_result_missing"},
    "Trisotech": {"nobody"},
    "Bonita": {"nobody"},
    "Oracle BPM": {"nobody"},
    "IBM BPM": {"nobody"},
    "ARIS": {"nobody"},
    "Enterprise Architect, UTF-16": {"nobody"},
    "Visio, with a byte order mark": {"nobody"},
    "Visual Paradigm, GB18030": {"nobody"},
    "Yaoqiang": {"nobody"},
    "Eclipse BPMN2 Modeler": {"key_mismatch", "nobody"},
    "ids of SpiffWorkflow": {"id_reserved", "nobody"},
    "every element of the standard": {"element_unsupported", "dead_end", "unreachable", "called_unknown"},
    "a choreography": {"process_count"},
    "a conversation": {"process_count"},
    "an empty drawing": {"process_count"},
    "two processes in one file": {"process_count"},
}
_CHINESE = re.compile("[\u4e00-\u9fff]")


def judged(company: Company, name: str, source: bytes) -> tuple[Problem, ...]:
    with company.platform.database.read() as connection:
        return deployments.check(connection, company.platform.runtime, Sources({name: source}, {}))


def errors(problems: tuple[Problem, ...]) -> set[str]:
    return {one.code for one in problems if one.level == "error"}


def assert_told(problems: tuple[Problem, ...]) -> None:
    for one in problems:
        assert one.file and _CHINESE.search(one.zh) and re.search("[a-z]{3}", one.en), one


@pytest.mark.parametrize("tool", FOREIGN)
def test_a_diagram_of_another_tool_is_accepted_or_refused_with_a_reason(company: Company, tool: str) -> None:
    problems = judged(company, "request.bpmn", FOREIGN[tool])
    assert_told(problems)
    assert errors(problems) == REFUSED.get(tool, set())


@pytest.mark.parametrize("tool", [tool for tool in FOREIGN if tool not in REFUSED])
def test_what_is_accepted_runs(company: Company, tool: str) -> None:
    sources = Sources({"request.bpmn": FOREIGN[tool]}, {})
    ground = Ground.of(company.platform, key="request", now=company.clock.now(), sources=sources)
    sandbox = ground.sandbox(DEFAULT_BEGINNING)
    somebody = sandbox.actor("liuyang")
    assert somebody is not None
    instance_id = sandbox.start(somebody, "request", {})
    for item in sandbox.open_items():
        sandbox.complete(sandbox.able(item)[0], item.id, {})
    assert sandbox.instance(instance_id).status == "completed"


@pytest.mark.parametrize("tool", FOREIGN)
def test_it_opens_for_looking_at_or_says_why_not(tool: str) -> None:
    try:
        model = read_process(FOREIGN[tool], "request.bpmn")
    except DefinitionInvalid as refused:
        assert_told(refused.problems)
        return
    for language in ("zh", "en"):
        assert "决定" in translated_xml(model, language).decode() or tool == "every element of the standard"


@pytest.mark.parametrize("tool", FOREIGN)
def test_it_can_be_taken_into_a_change_to_be_mended_there(company: Company, tool: str) -> None:
    actor, now = company.actor("admin"), company.clock.now()
    with company.platform.database.write() as connection:
        change_id = process_changes.open_new(
            connection, actor=actor, key="request", name_zh="申请", name_en="Request", area="quality", now=now
        )
        revision = process_changes.file(connection, change_id, "request.bpmn").revision
        process_changes.save_file(
            connection,
            actor=actor,
            change_id=change_id,
            name="request.bpmn",
            content=FOREIGN[tool],
            revision=revision,
            now=now,
        )
        problems = process_changes.problems(connection, company.platform.runtime, change_id)
        kept = process_changes.file(connection, change_id, "request.bpmn").content
    assert kept == FOREIGN[tool]
    assert errors(problems) == REFUSED.get(tool, set())


def test_a_folder_is_judged_at_the_terminal(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for tool, content in FOREIGN.items():
        (tmp_path / tool).mkdir()
        (tmp_path / tool / "request.bpmn").write_bytes(content)
    assert main([str(tmp_path)]) == 0
    told = dict(line.rsplit("/request.bpmn: ", 1) for line in capsys.readouterr().out.splitlines())
    assert told.keys() == FOREIGN.keys()
    assert {tool for tool, verdict in told.items() if verdict == "accepted"} == FOREIGN.keys() - REFUSED.keys()
    assert told["Signavio"] == "refused: A file holds exactly one executable process; this one holds 0"


def test_what_ends_in_an_exception_is_told_and_fails(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(tmp_path)]) == 1, "a folder without a diagram proves nothing"
    (tmp_path / "gone.bpmn").symlink_to(tmp_path / "nowhere")
    (tmp_path / "broken.BPMN").write_bytes(b"<definitions")
    (tmp_path / "lines.bpmn").write_bytes(FOREIGN["Trisotech"].replace("决定".encode(), "决&#10;定".encode()))
    assert main([str(tmp_path)]) == 1
    broken, gone, lines = capsys.readouterr().out.splitlines()
    assert broken.startswith("broken.BPMN: refused: This is not well-formed XML")
    assert gone.startswith("gone.bpmn: EXCEPTION FileNotFoundError")
    assert "“决 定”" in lines, "one line for each file, whatever its labels hold"
