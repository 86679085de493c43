"""The real form-js viewer in a browser page: what it says about answers."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

ROOT = Path(__file__).parents[3]
ENTRY = "import { Form } from '@bpmn-io/form-js-viewer'; globalThis.FormJsViewer = Form;"
# The viewer's effects (computed fields, cleaned-up options) run after a frame each; five still ones mean it is done.
ASK = """async ([schema, data]) => {
  const holder = document.createElement('div');
  document.body.append(holder);
  const form = new globalThis.FormJsViewer({ container: holder });
  await form.importSchema(schema, data);
  const frame = () => new Promise(done => requestAnimationFrame(() => setTimeout(done)));
  for (let still = 0, before = ''; still < 5; ) {
    await frame();
    const now = JSON.stringify(form._getState().data);
    still = now === before ? still + 1 : 0;
    before = now;
  }
  const { data: clean, errors } = form.submit();
  form.destroy();
  holder.remove();
  return { clean, errors };
}"""


def need(path: Path) -> Path:
    """A file that ``python scripts/assets.py --dev`` brings. Without it the test is skipped, in CI it fails."""
    if not path.exists():
        told = f"{path.name} is missing: run python scripts/assets.py --dev"
        pytest.fail(told) if os.environ.get("CI") else pytest.skip(told)
    return path


def bundle_viewer(target: Path) -> Path:
    """One script with the viewer in it, made by esbuild."""
    modules = ROOT / "node_modules"
    need(modules / "@bpmn-io" / "form-js-viewer" / "package.json")
    entry, out = target / "viewer-entry.js", target / "viewer.js"
    entry.write_text(ENTRY, encoding="utf-8")
    command = [str(need(modules / "esbuild" / "bin" / "esbuild")), str(entry), "--bundle", "--format=iife"]
    environment = {**os.environ, "NODE_PATH": str(modules)}
    subprocess.run([*command, f"--outfile={out}", "--log-level=error"], check=True, env=environment)
    return out


def ask_viewer(page: Page, schema: dict[str, Any], data: dict[str, Any]) -> tuple[dict[str, Any], set[str]]:
    """The clean data and the paths with errors, as form-js sees them after a submit."""
    answer = page.evaluate(ASK, [schema, data])
    return answer["clean"], set(_error_paths(schema, answer["errors"]))


def _error_paths(schema: dict[str, Any], errors: dict[str, Any]) -> list[str]:
    places = dict(_places(schema["components"], []))
    found: list[str] = []
    for identity, what in errors.items():
        for indexes in _indexes(what):
            steps = places[identity]
            found.append(".".join(part if part != "*" else str(indexes.pop(0)) for part in steps))
    return found


def _places(components: list[dict[str, Any]], prefix: list[str]) -> Any:
    for component in components:
        if component["type"] == "group":
            own = component["path"].split(".") if component.get("path") else []
            yield from _places(component["components"], prefix + own)
        elif component["type"] == "dynamiclist":
            yield from _places(component["components"], [*prefix, component["path"], "*"])
        elif component.get("key"):
            yield component["id"], [*prefix, *component["key"].split(".")]


def _indexes(what: Any, before: tuple[int, ...] = ()) -> Any:
    """Errors lie under the field's id, then under one index per list around it."""
    if isinstance(what, list) and all(isinstance(one, str) for one in what):
        yield list(before)
        return
    pairs = enumerate(what) if isinstance(what, list) else what.items()
    for index, inner in pairs:
        if inner:
            yield from _indexes(inner, (*before, int(index)))
