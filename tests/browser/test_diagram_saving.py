"""Looking writes nothing, a diagram keeps its meaning, and nothing is lost between two people or offline."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from lxml import etree
from playwright.sync_api import expect

from engine import process_changes
from engine.settings import ROOT
from tests.browser.conftest import Screens, assert_accessible
from tests.browser.modeling import (
    choose,
    element,
    field,
    open_diagram,
    problems,
    saved,
    set_field,
    stored_xml,
)
from tests.browser.owned_changes import COLLEAGUE, OWNER, begun, give_to_owners, opened
from tests.support.company import Company

pytestmark = pytest.mark.browser


@pytest.fixture
def owned(company: Company) -> Company:
    """The company, in which the quality department owns some processes."""
    give_to_owners(company)
    return company


@pytest.mark.parametrize("key", ["internal_audit", "complaint"])
def test_looking_writes_nothing_and_an_unchanged_diagram_keeps_its_meaning(
    owned: Company, screen: Screens, key: str
) -> None:
    change_id = opened(owned, key)
    page = screen(OWNER)
    before = _published(key)
    open_diagram(page, change_id)
    for one in page.evaluate("diagramEditor.modeler.get('elementRegistry').getAll().map(one => one.id)"):
        page.evaluate(
            "id => { const m = diagramEditor.modeler; m.get('selection').select(m.get('elementRegistry').get(id)); }",
            one,
        )
    page.locator("#toolbar [data-action=save]").click()
    assert stored_xml(page, change_id, key).encode() == before
    page.evaluate(
        """() => {
          const { modeler } = diagramEditor;
          const one = modeler.get('elementRegistry').find(one => one.type === 'bpmn:UserTask');
          modeler.get('modeling').moveElements([one], { x: 10, y: 0 });
        }"""
    )
    page.get_by_role("button", name="撤销").click()
    saved(page)
    after = stored_xml(page, change_id, key).encode()
    assert after != before, "the editor wrote the file anew, so that this test compares something"
    assert _meaning(after) == _meaning(before)


def test_every_diagram_of_the_house_goes_through_the_editor_unchanged(owned: Company, screen: Screens) -> None:
    page = screen(OWNER)
    open_diagram(page, opened(owned, "nonconformity"))
    for path in sorted((ROOT / "processes").rglob("*.bpmn")):
        before = path.read_bytes()
        after, warnings = page.evaluate(
            """async source => {
              const { modeler } = diagramEditor;
              const { warnings } = await modeler.importXML(source);
              return [(await modeler.saveXML({ format: true })).xml, warnings.map(String)];
            }""",
            before.decode(),
        )
        assert warnings == [], path.name
        assert _meaning(after.encode()) == _meaning(before), path.name


def test_a_second_owner_looks_on_until_they_take_over(owned: Company, screen: Screens) -> None:
    change_id = opened(owned, "nonconformity")
    first, second = screen(OWNER), screen(COLLEAGUE)
    open_diagram(first, change_id)
    open_diagram(second, change_id)
    expect(second.locator("[data-saving-lock]")).to_contain_text("何欣正在编辑")
    choose(second, "contain")
    expect(field(second, "name")).to_be_disabled()
    box = element(second, "contain").locator(".djs-hit").first.bounding_box()
    assert box is not None
    second.mouse.move(box["x"] + 20, box["y"] + 20)
    second.mouse.down()
    second.mouse.move(box["x"] + 80, box["y"] + 60, steps=5)
    second.mouse.up()
    assert element(second, "contain").locator(".djs-hit").first.bounding_box() == box

    assert_accessible(second)
    second.get_by_role("button", name="接手编辑").click()
    expect(second.locator("[data-saving-lock]")).to_be_hidden()
    choose(second, "contain")
    expect(field(second, "name")).to_be_enabled()
    set_field(second, "name", "立即遏制")
    saved(second)
    choose(first, "contain")
    set_field(first, "name", "马上遏制")
    expect(first.locator("[data-saving-lock]")).to_contain_text("徐梅正在编辑")
    expect(field(first, "name")).to_be_disabled()
    assert "立即遏制" in stored_xml(first, change_id, "nonconformity")


def test_a_dropped_connection_and_a_crash_lose_nothing(owned: Company, screen: Screens) -> None:
    change_id = opened(owned, "nonconformity")
    page = screen(OWNER)
    open_diagram(page, change_id)
    state = page.locator("[data-saving-state]")
    page.context.set_offline(True)
    choose(page, "contain")
    set_field(page, "name", "立即遏制")
    expect(state).to_have_text("连接中断，稍后自动重试")
    page.context.set_offline(False)
    expect(state).to_have_text("已保存")
    assert "立即遏制" in stored_xml(page, change_id, "nonconformity")

    page.context.set_offline(True)
    set_field(page, "name", "马上遏制")
    expect(state).to_have_text("连接中断，稍后自动重试")
    crashed, context = page, page.context
    crashed.close()
    context.set_offline(False)
    again = context.new_page()
    open_diagram(again, change_id)
    expect(again.locator("[data-question=restore]")).to_contain_text("未能送达服务器")
    assert_accessible(again)
    again.get_by_role("button", name="恢复", exact=True).click()
    expect(element(again, "contain")).to_contain_text("马上遏制")
    expect(again.locator("[data-saving-state]")).to_have_text("已保存")
    assert "马上遏制" in stored_xml(again, change_id, "nonconformity")


@pytest.mark.parametrize(
    ("answer", "kept", "aside"), [("保留我的", "马上遏制", "立即遏制"), ("采用更新的", "立即遏制", "马上遏制")]
)
def test_of_two_versions_that_meet_one_is_taken_and_the_other_set_aside(
    owned: Company, screen: Screens, tmp_path: Path, answer: str, kept: str, aside: str
) -> None:
    change_id = opened(owned, "nonconformity")
    first = screen(OWNER)
    open_diagram(first, change_id)
    second = first.context.new_page()
    open_diagram(second, change_id)
    choose(second, "contain")
    set_field(second, "name", "立即遏制")
    saved(second)
    choose(first, "contain")
    set_field(first, "name", "马上遏制")
    expect(first.locator("[data-question=conflict]")).to_be_visible()
    first.get_by_role("button", name=answer).click()
    expect(first.locator("[data-saving-state]")).to_have_text("已保存")
    expect(element(first, "contain")).to_contain_text(kept)
    assert kept in stored_xml(first, change_id, "nonconformity")
    with first.expect_download() as download:
        first.get_by_role("link", name="下载").click()
    download.value.save_as(tmp_path / "aside.bpmn")
    assert aside in (tmp_path / "aside.bpmn").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("no XML <", "流程图无法显示：不是 BPMN 文件"),
        (
            "<definitions xmlns='http://www.omg.org/spec/BPMN/20100524/MODEL'><process id='purchase'/></definitions>",
            "流程图无法显示：没有要显示的图表",
        ),
    ],
)
def test_a_file_that_cannot_be_shown_is_left_as_it_is(
    owned: Company, screen: Screens, source: str, reason: str
) -> None:
    change_id = begun(owned, "purchase")
    _write(owned, change_id, source)
    page = screen(OWNER)
    open_diagram(page, change_id)
    expect(page.locator("[data-saving-questions]")).to_contain_text(reason)
    expect(page.locator(".djs-palette")).to_be_hidden()
    assert problems(page) != []
    page.keyboard.press("Control+s")
    assert stored_xml(page, change_id, "purchase") == source


def test_what_an_author_typed_is_text_and_nothing_else(owned: Company, screen: Screens) -> None:
    change_id = begun(owned, "purchase")
    hostile = "&lt;img src=x onerror=alert(1)&gt;{{7*7}}${7*7}"
    page = screen(OWNER)
    before = stored_xml(page, change_id, "purchase")
    _write(owned, change_id, before.replace("开始", hostile).replace("采购申请", hostile))
    page.on("dialog", lambda dialog: pytest.fail(dialog.message))
    open_diagram(page, change_id)
    choose(page, "purchase_begins")
    shown = "<img src=x onerror=alert(1)>{{7*7}}${7*7}"
    expect(page.locator(".yz-panel-head")).to_contain_text(shown)
    expect(page.locator("h1").first).to_have_text(shown)
    page.locator("#simulate").click()
    page.locator(".bts-context-pad").first.click()
    expect(page.locator("#diagram-canvas img")).to_have_count(0)


def test_who_may_not_edit_only_looks(owned: Company, screen: Screens) -> None:
    change_id = opened(owned, "nonconformity")
    reviewer = screen("linfang")
    open_diagram(reviewer, change_id)
    expect(reviewer.locator("[data-saving-lock]")).to_have_text("您可以查看，不能修改")
    choose(reviewer, "contain")
    expect(field(reviewer, "name")).to_be_disabled()


def _write(company: Company, change_id: int, source: str) -> None:
    """Put a file of somebody else into a change."""
    with company.platform.database.write() as connection:
        process_changes.save_file(
            connection,
            actor=company.actor(OWNER),
            change_id=change_id,
            name="purchase.bpmn",
            content=source.encode(),
            revision=1,
            now=company.clock.now(),
        )


def _published(key: str) -> bytes:
    return next((ROOT / "processes").rglob(f"{key}.bpmn")).read_bytes()


def _meaning(source: bytes) -> Any:
    """A diagram without what carries no meaning: the order of attributes, blanks between elements, how numbers are
    written, and the order in which a process names its parts."""
    return _part(etree.fromstring(source))


def _part(node: etree._Element) -> Any:
    attributes = frozenset((str(name), _number(str(value))) for name, value in node.attrib.items())
    children = Counter(_part(child) for child in node)
    return node.tag, attributes, (node.text or "").strip(), frozenset(children.items())


def _number(value: str) -> str:
    return f"{float(value):g}" if re.fullmatch(r"-?\d+(\.\d+)?", value) else value
