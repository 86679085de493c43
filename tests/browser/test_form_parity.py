"""Our server and the real form-js viewer judge the same answers the same way, except where we say so and why."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from engine.forms import Component, FormContext, FormInvalid, load, parse_form, prefill
from tests.browser.forms.cases import CASES, Case
from tests.browser.forms.formjs import ask_viewer, bundle_viewer
from tests.browser.forms.site import NOW, SHANGHAI, schema

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def viewer(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    """A page in Shanghai with the form-js viewer loaded."""
    script = bundle_viewer(tmp_path_factory.mktemp("viewer"))
    context = browser.new_context(timezone_id="Asia/Shanghai", locale="zh-CN")
    page = context.new_page()
    page.set_content("<!doctype html><body></body>")
    page.add_script_tag(path=str(script))
    yield page
    context.close()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_our_server_and_form_js_agree(case: Case, viewer: Page) -> None:
    clean, errors = _ask_server(case)
    their_clean, their_errors = ask_viewer(viewer, schema(case.form), {**case.initial, **case.answers})

    if errors or their_errors:
        differing = {"errors": (sorted(errors), sorted(their_errors))} if errors != their_errors else {}
    else:
        differing = _differences(clean, _in_our_terms(case, their_clean))
    if not case.differs:
        assert not differing
        return
    assert differing, f"no difference any more: {case.differs}"
    assert errors == case.ours
    if not their_errors and not errors:
        assert set(differing) == case.keys


def test_the_comparison_covers_every_kind_of_input_and_enough_cases() -> None:
    used = {component.type for key in ("everything", "corners") for component in parse_form(schema(key)).walk()}
    inputs = {"textfield", "textarea", "number", "select", "radio", "checkbox", "checklist", "taglist", "datetime"}
    assert inputs | {"filepicker", "expression", "group", "dynamiclist"} <= used
    assert len(CASES) >= 40
    assert sum(not case.differs for case in CASES) >= 40


def _ask_server(case: Case) -> tuple[dict[str, Any], set[str]]:
    form, context = parse_form(schema(case.form)), FormContext("zh", NOW, SHANGHAI)
    sent = {**prefill(form, case.initial, context), **case.answers}
    try:
        return load(form, sent, case.initial, context), set()
    except FormInvalid as error:
        return {}, set(error.details["fields"])


def _differences(ours: dict[str, Any], theirs: dict[str, Any]) -> dict[str, Any]:
    absent = "(absent)"
    pairs = {key: (ours.get(key, absent), theirs.get(key, absent)) for key in {*ours, *theirs}}
    return {key: pair for key, pair in pairs.items() if pair[0] != pair[1]}


def _in_our_terms(case: Case, theirs: dict[str, Any]) -> dict[str, Any]:
    """Two spellings of nothing: a list without rows is ``[]`` with us and absent there, no files are ``[]`` or null."""
    return _spelled(parse_form(schema(case.form)).components, theirs)


def _spelled(components: tuple[Component, ...], data: dict[str, Any]) -> dict[str, Any]:
    spelled = dict(data)
    for component in components:
        if component.is_list:
            rows = data.get(component.name, [])
            spelled[component.name] = [_spelled(component.components, row) for row in rows]
        elif component.type == "filepicker" and data.get(component.name) is None:
            spelled[component.name] = []
    return spelled
