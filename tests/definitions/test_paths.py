"""Every process ships with its named walks: each is done through the real engine, and together they pass everything.

A walk in ``processes/<area>/<key>.paths.json`` starts the process (``start``: by somebody with answers, by a message,
by a resolved incident, by a target that is missed, or by the clock: ``after`` some time), perhaps with a customer, a
project and spare parts known (``master_data``), with targets missed in the months before (``missed_every_month``) and
``files`` uploaded; ``nth`` names the instance where the clock has started several. Then people complete tasks (``do``,
``by`` a login or group, ``with`` answers) and time passes (``wait``). ``outcome`` tells the status the instance ends in
and elements it must, or must not, have passed.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from engine import attachments
from engine.definitions.model import read_process
from engine.feel import compile_expression
from engine.registers import spare_parts
from engine.settings import ROOT
from tests.support.company import Company
from tests.support.ticket_system import TicketSystem

# A walk may name a group instead of a login: whoever speaks for it.
_SPEAKERS = {"service_desk": "liuyang", "operations": "lihao", "manager": "chenjing"}
DIAGRAMS = sorted((ROOT / "processes").rglob("*.bpmn"))


def walks() -> Iterator[Any]:
    for file in sorted((ROOT / "processes").rglob("*.paths.json")):
        content = json.loads(file.read_text(encoding="utf-8"))
        for walk in content["paths"]:
            yield pytest.param(content["process"], walk, id=f"{content['process']}: {walk['en']}")


@pytest.mark.parametrize(("key", "walk"), list(walks()))
def test_the_walk_ends_as_named(company: Company, key: str, walk: dict[str, Any]) -> None:
    instance_id = follow(company, key, walk)
    outcome, passed = walk["outcome"], company.passed(instance_id)
    status = next(one.status for one in company.instances if one.id == instance_id)
    assert status == outcome["status"]
    assert set(outcome["passed"]) <= passed
    assert not set(outcome.get("not_passed", ())) & passed
    assert company.engine_incidents == []


@pytest.mark.parametrize("diagram", DIAGRAMS, ids=lambda path: path.stem)
def test_the_walks_together_pass_every_element(diagram: Path) -> None:
    model = read_process(diagram.read_bytes(), diagram.name)
    content = json.loads(diagram.with_suffix(".paths.json").read_text(encoding="utf-8"))
    named = {one for walk in content["paths"] for one in walk["outcome"]["passed"]}
    ends = {element.id for element in model.elements.values() if element.type == "endEvent"}
    assert ends <= named, "every outcome of a process has a walk that names it"
    done = {step["do"] for walk in content["paths"] for step in walk["steps"] if "do" in step}
    assert {element.id for element in model.elements.values() if element.type == "userTask"} <= done


def follow(company: Company, key: str, walk: dict[str, Any]) -> str:
    """Do the walk; the id of the instance walked."""
    instance_id = start(company, key, walk["start"])
    for step in walk["steps"]:
        if "wait" in step:
            length = compile_expression(f'duration("{step["wait"]}")').evaluate({})
            company.pass_time(seconds=length.total_seconds())
        else:
            company.submit(_SPEAKERS.get(step["by"], step["by"]), step["do"], **step["with"])
    return instance_id


def scrap(company: Company, part: str, quantity: int) -> None:
    """Take parts out of the store for good."""
    with company.platform.database.write() as connection:
        found = spare_parts.part(connection, part)
        spare_parts.move(
            connection,
            actor=company.actor("liuyang"),
            part_id=found.id,
            kind="scrap",
            quantity=quantity,
            now=company.clock.now(),
        )


def upload(company: Company, login: str, name: str) -> str:
    """Upload a file that a start form then names; its id."""
    with company.platform.database.write() as connection:
        kept = attachments.save(
            connection,
            actor=company.actor(login),
            content=name.encode(),
            name=name,
            content_type="text/plain",
            limit_bytes=1024,
            now=company.clock.now(),
        )
    return kept.id


def start(company: Company, key: str, beginning: dict[str, Any]) -> str:
    """Start the process as the walk says: with a start form, by a message, or by importing a resolved incident."""
    if beginning.get("master_data"):
        company.enter_master_data()
    if "scrapped" in beginning:
        scrap(company, **beginning["scrapped"])
    for month in range(beginning.get("missed_every_month", 0)):
        tickets = TicketSystem(company.platform, company.folder, importer=company.actor("chenjing"))
        tickets.import_rows(tickets.row(f"INC{month}", "New", 0, opened_at=company.clock.now()))
        company.pass_time(days=31)
    if "files" in beginning:
        uploaded = [upload(company, beginning["by"], name) for name in beginning["files"]]
        beginning = {**beginning, "with": {**beginning["with"], "files": uploaded}}
    if beginning.get("missed_target"):
        tickets = TicketSystem(company.platform, company.folder, importer=company.actor("chenjing"))
        row = tickets.row("INC1", "New", 0, opened_at=company.clock.now())
        tickets.import_rows(row)
        company.pass_time(hours=3)
        tickets.import_rows(row)
        beginning = {"after": "PT0S"}
    if "visited" in beginning:
        company.start("liuyang", "project_visit", **beginning["visited"])
        said = {"visited_on": "2026-03-04", "spoken_to": "李主任", "score": "3", "problems": "到场偏慢"}
        company.submit("liuyang", "visit", **said)
    if "after" in beginning:
        length = compile_expression(f'duration("{beginning["after"]}")').evaluate({})
        company.pass_time(seconds=length.total_seconds())
        return [one.id for one in company.instances if one.definition_key == key][beginning.get("nth", 0)]
    if "resolved_incident" in beginning:
        tickets = TicketSystem(company.platform, company.folder, importer=company.actor("chenjing"))
        tickets.import_rows(tickets.row("INC1", "Resolved", 1))
        return company.instances[0].id
    if "message" in beginning:
        return company.send(beginning["message"], beginning["key"], **beginning["with"])
    return company.start(_SPEAKERS.get(beginning["by"], beginning["by"]), key, **beginning["with"])
