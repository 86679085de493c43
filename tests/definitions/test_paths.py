"""Every process ships with its named walks: each is done through the real engine, and together they pass everything.

What a walk in ``processes/<area>/<key>.paths.json`` may say is told in ``docs/trials.md``.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest

from engine.bootstrap import compose
from engine.clock import MovableClock
from engine.definitions.model import read_process
from engine.settings import ROOT, Settings
from engine.trials.ground import Ground
from engine.trials.walk import DEFAULT_BEGINNING, Walk, follow, read_walks

DIAGRAMS = sorted((ROOT / "processes").rglob("*.bpmn"))


def walks() -> Iterator[Any]:
    for file in sorted((ROOT / "processes").rglob("*.paths.json")):
        content = file.read_bytes()
        key = orjson.loads(content)["process"]
        for walk in read_walks(content):
            yield pytest.param(key, walk, id=f"{key}: {walk.en}")


@pytest.fixture(scope="module")
def grounds(company_template: Path) -> Iterator[dict[str, Ground]]:
    """The demo company as the ground of each process, made when it is first walked on."""
    settings = Settings(f"sqlite:///{company_template}", secret_key="a key for tests", heartbeat=False)
    platform = compose(settings, clock=MovableClock(DEFAULT_BEGINNING))
    made = _Grounds(lambda key: Ground.of(platform, key=key, now=DEFAULT_BEGINNING))
    yield made
    for ground in made.values():
        ground.close()
    platform.database.close()


class _Grounds(dict[str, Ground]):
    def __init__(self, make: Any) -> None:
        super().__init__()
        self._make = make

    def __missing__(self, key: str) -> Ground:
        self[key] = self._make(key)
        return self[key]


@pytest.mark.parametrize(("key", "walk"), list(walks()))
def test_the_walk_ends_as_named(grounds: dict[str, Ground], key: str, walk: Walk) -> None:
    sandbox = grounds[key].sandbox(walk.at or DEFAULT_BEGINNING)
    result = follow(sandbox, key, walk)
    sandbox.close()
    assert result.stop is None
    assert result.failures == ()
    assert result.status == walk.outcome.status
    assert set(walk.outcome.passed) <= set(result.passed)
    assert not set(walk.outcome.not_passed) & set(result.passed)


@pytest.mark.parametrize("diagram", DIAGRAMS, ids=lambda path: path.stem)
def test_the_walks_together_pass_every_element(diagram: Path) -> None:
    model = read_process(diagram.read_bytes(), diagram.name)
    walked = read_walks(diagram.with_suffix("").with_suffix(".paths.json").read_bytes())
    named = {one for walk in walked for one in walk.outcome.passed}
    ends = {element.id for element in model.elements.values() if element.type == "endEvent"}
    assert ends <= named, "every outcome of a process has a walk that names it"
    done = {step["do"] for walk in walked for step in walk.steps if "do" in step}
    assert {element.id for element in model.elements.values() if element.type == "userTask"} <= done
