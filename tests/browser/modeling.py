"""What an owner does in the diagram editor: choosing, drawing, describing, always through what is on the screen."""

from __future__ import annotations

import re
from contextlib import suppress

from playwright.sync_api import Locator, Page, expect

_OPEN_AROUND = """one => {
  for (let part = one.closest("details"); part; part = part.parentElement.closest("details")) part.open = true;
}"""
SAVED = re.compile(r"^(已保存|Saved)$")


def open_diagram(page: Page, change_id: int) -> None:
    """Open the editor of a change and wait until it can be used."""
    page.goto(f"/process-changes/{change_id}/diagram")
    expect(page.locator("#diagram-editor[data-ready]")).to_be_visible()


def element(page: Page, element_id: str) -> Locator:
    """A shape or a flow on the canvas."""
    return page.locator(f"#diagram-canvas .djs-element[data-element-id='{element_id}']")


def choose(page: Page, element_id: str) -> None:
    """Click an element, so that the panel is about it (a second click would let go of it)."""
    if page.locator("#panel-id").count() and chosen(page) == element_id:
        return
    for _ in range(3):
        page.mouse.click(*_middle(page, element_id))
        # bpmn-js swallows a click that follows the end of a drag faster than any hand.
        with suppress(AssertionError):
            expect(page.locator("#panel-id")).to_have_value(element_id, timeout=700)
            return
    expect(page.locator("#panel-id")).to_have_value(element_id)


def _middle(page: Page, element_id: str) -> tuple[float, float]:
    """A point of the screen at which a click meets the element: halfway along a flow, the middle of a shape."""
    element(page, element_id).wait_for(state="attached")
    found = page.evaluate(
        """id => {
          const { modeler } = diagramEditor;
          const canvas = modeler.get('canvas');
          const one = modeler.get('elementRegistry').get(id);
          canvas.scrollToElement(one);
          const { x, y, scale } = canvas.viewbox();
          const { left, top } = canvas.getContainer().getBoundingClientRect();
          const points = one.waypoints ?? [one, { x: one.x + one.width, y: one.y + one.height }];
          const at = Math.floor((points.length - 1) / 2);
          const [from, to] = [points[at], points[at + 1]];
          return [left + ((from.x + to.x) / 2 - x) * scale, top + ((from.y + to.y) / 2 - y) * scale];
        }""",
        element_id,
    )
    return found[0], found[1]


def choose_process(page: Page) -> None:
    """Click beside everything, so that the panel is about the process."""
    box = page.locator("#diagram-canvas").bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + box["width"] - 30, box["y"] + 30)
    expect(page.locator("#panel-process-name")).to_be_visible()


def append(page: Page, source_id: str, kind: str) -> str:
    """Append an element after another by its context pad; its id.

    Kinds: user-task, service-task, gateway, end-event, timer.
    """
    choose(page, source_id)
    page.locator(f".djs-context-pad .entry[data-action='append.{kind}']").click()
    # A new element is chosen at once, its label open for writing.
    page.keyboard.press("Escape")
    return chosen(page)


def chosen(page: Page) -> str:
    """The id of the element the panel is about."""
    return page.locator("#panel-id").input_value()


def place(page: Page, kind: str, x: int, y: int) -> str:
    """Put an element of the palette at a place of the canvas, in pixels from its corner; its id.

    Kinds: start-event, end-event, timer, exclusive-gateway, subprocess-expanded, user-task, service-task.
    """
    page.locator(f".djs-palette .entry[data-action='create.{kind}']").click()
    box = page.locator("#diagram-canvas").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + x - 20, box["y"] + y - 20)
    page.mouse.move(box["x"] + x, box["y"] + y, steps=4)
    page.mouse.click(box["x"] + x, box["y"] + y)
    page.keyboard.press("Escape")
    return chosen(page)


def connect(page: Page, source_id: str, target_id: str) -> None:
    """Draw a flow from one element to another."""
    choose(page, source_id)
    page.locator(".djs-context-pad .entry[data-action='connect']").click()
    x, y = _middle(page, target_id)
    page.mouse.move(x - 8, y - 8)
    page.mouse.move(x, y, steps=4)
    page.mouse.click(x, y)


def flow_between(page: Page, source_id: str, target_id: str) -> str:
    """The id of the flow from one element to another."""
    found: str = page.evaluate(
        """([source, target]) => {
          const isIt = one => one.type === 'bpmn:SequenceFlow' && one.source.id === source && one.target.id === target;
          return diagramEditor.modeler.get('elementRegistry').find(isIt).id;
        }""",
        [source_id, target_id],
    )
    return found


def change_type(page: Page, element_id: str, entry: str) -> None:
    """Replace an element by the menu of types, e.g. ``timer-start``; it keeps its id unless bpmn-js needs a new one."""
    choose(page, element_id)
    page.locator(".djs-context-pad .entry[data-action='replace']").click()
    page.locator(f".djs-popup [data-id='replace-with-{entry}']").click()


def delete(page: Page, element_id: str) -> None:
    """Take an element away."""
    choose(page, element_id)
    page.locator(".djs-context-pad .entry[data-action='delete']").click()
    expect(element(page, element_id)).to_have_count(0)


def field(page: Page, key: str) -> Locator:
    """A control of the panel by its key: ``name``, ``property-en``, ``id``, ``form``, ``due-date``, ``condition`` …"""
    return page.locator(f"#panel #panel-{key}")


def set_field(page: Page, key: str, value: str) -> None:
    """Write a text, or choose an option, and leave the field."""
    control = field(page, key)
    _unfold(control)
    if control.evaluate("one => one.tagName") == "SELECT":
        control.select_option(value)
    else:
        control.fill(value)
        control.dispatch_event("change")


def tick(page: Page, key: str, *values: str) -> None:
    """Tick members of a list of choices (``candidate-groups``, ``starters``, ``obligations`` …)."""
    _unfold(field(page, key))
    for value in values:
        page.locator(f"#panel input[name='{key}'][value='{value}']").check()


def _unfold(control: Locator) -> None:
    control.evaluate(_OPEN_AROUND)


def describe(page: Page, element_id: str, new_id: str, name_zh: str, name_en: str) -> str:
    """Give an element its names and an id of its own; the id."""
    choose(page, element_id)
    set_field(page, "name", name_zh)
    set_field(page, "property-en", name_en)
    if new_id != element_id:
        set_field(page, "id", new_id)
        expect(element(page, new_id)).to_have_count(1)
    return new_id


def find(page: Page, button: str, text: str) -> None:
    """Look for an element by what is read on the canvas; the pad opens a moment after the click."""
    page.get_by_role("button", name=button).click()
    sought = page.locator(".djs-search-container input")
    expect(sought).to_be_focused()
    sought.press_sequentially(text)


def saved(page: Page) -> None:
    """Save now and wait until the server has everything."""
    page.locator("#toolbar [data-action=save]").click()
    expect(page.locator("[data-saving-state]")).to_have_text(SAVED)


def stored_xml(page: Page, change_id: int, key: str) -> str:
    """The diagram as the server has it."""
    answer = page.request.get(f"/api/process-changes/{change_id}/files/{key}.bpmn")
    assert answer.ok
    return answer.text()


def problems(page: Page) -> list[str]:
    """What the list below the diagram says."""
    return page.locator("#problem-list > li").all_inner_texts()
