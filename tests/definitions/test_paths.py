"""Every process ships with its named walks: each is done through the real engine, and together they pass everything.

A walk in ``processes/<area>/<key>.paths.json`` starts the process (``start``: by somebody with answers, or by a
resolved incident), then people complete tasks (``do``, ``by`` a group, ``with`` answers) and time passes (``wait``);
``outcome`` tells the status the instance ends in and elements it must, or must not, have passed.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from engine import submissions
from engine.actors import Actor
from engine.bootstrap import Platform
from engine.definitions.model import read_process
from engine.feel import compile_expression
from engine.runtime.step import new_id
from engine.settings import ROOT
from engine.store.tables import engine_incident, history
from tests.support.people import People
from tests.support.service_desk import ServiceDesk

DIAGRAMS = sorted((ROOT / "processes").rglob("*.bpmn"))


def walks() -> Iterator[Any]:
    for file in sorted((ROOT / "processes").rglob("*.paths.json")):
        content = json.loads(file.read_text(encoding="utf-8"))
        for walk in content["paths"]:
            yield pytest.param(content["process"], walk, id=f"{content['process']}: {walk['en']}")


@pytest.fixture
def desk(platform: Platform, people: People, tmp_path: Path) -> ServiceDesk:
    return ServiceDesk(platform, people, tmp_path)


@pytest.mark.parametrize(("key", "walk"), list(walks()))
def test_the_walk_ends_as_named(desk: ServiceDesk, key: str, walk: dict[str, Any]) -> None:
    passed = follow(desk, key, walk)
    outcome = walk["outcome"]
    (instance,) = desk.instances
    assert instance.status == outcome["status"]
    assert set(outcome["passed"]) <= passed
    assert not set(outcome.get("not_passed", ())) & passed
    assert desk.rows(engine_incident) == []


@pytest.mark.parametrize("diagram", DIAGRAMS, ids=lambda path: path.stem)
def test_the_walks_together_pass_every_element(diagram: Path) -> None:
    model = read_process(diagram.read_bytes(), diagram.name)
    content = json.loads(diagram.with_suffix(".paths.json").read_text(encoding="utf-8"))
    named = {one for walk in content["paths"] for one in walk["outcome"]["passed"]}
    ends = {element.id for element in model.elements.values() if element.type == "endEvent"}
    assert ends <= named, "every outcome of a process has a walk that names it"
    done = {step["do"] for walk in content["paths"] for step in walk["steps"] if "do" in step}
    assert done == {element.id for element in model.elements.values() if element.type == "userTask"}


def follow(desk: ServiceDesk, key: str, walk: dict[str, Any]) -> set[str]:
    """Do the walk; the ids of the elements passed."""
    actors = {"service_desk": desk.liu_yang, "operations": desk.li_hao, "manager": desk.chen_jing}
    start(desk, key, walk["start"], actors)
    for step in walk["steps"]:
        if "wait" in step:
            length = compile_expression(f'duration("{step["wait"]}")').evaluate({})
            desk.pass_time(seconds=length.total_seconds())
        else:
            desk.submit(actors[step["by"]], step["do"], **step["with"])
    with desk.platform.database.read() as connection:
        found = connection.execute(select(history.c.data)).scalars()
        return {element for data in found for element in (data or {}).get("passed", ())}


def start(desk: ServiceDesk, key: str, given: dict[str, Any], actors: dict[str, Actor]) -> None:
    if given.get("resolved_incident"):
        desk.import_rows(desk.row("INC1", "Resolved", 1))
        return
    with desk.platform.database.write() as connection:
        submissions.start(
            desk.platform.runtime,
            connection,
            actor=actors[given["by"]],
            key=key,
            submitted=given["with"],
            instance_id=new_id(),
            language="zh",
            now=desk.clock.now(),
        )
