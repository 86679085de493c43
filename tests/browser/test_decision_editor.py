"""An owner edits a decision table of a process in the browser, tries rows on it and sees what is wrong with it."""

from __future__ import annotations

from typing import Any

import pytest
from lxml import etree
from playwright.sync_api import Locator, Page, expect

from engine import process_changes, process_library
from engine.decisions import DecisionModel, read_decisions
from tests.browser.conftest import Screens, assert_accessible
from tests.support.changes import OWNER, REVIEWER, changed_file, open_change, save
from tests.support.company import Company
from tests.support.tables import Table, dmn

pytestmark = pytest.mark.browser
NAME = "complaint_class.dmn"


def opened(company: Company, screen: Screens, who: str = OWNER, name: str = NAME, **how: Any) -> tuple[Page, int]:
    """The editor of a file of decisions of a new change."""
    change_id = open_change(company)
    return shown(screen, change_id, who, name, **how), change_id


def shown(screen: Screens, change_id: int, who: str = OWNER, name: str = NAME, **how: Any) -> Page:
    page = screen(who, **how)
    page.goto(f"/process-changes/{change_id}/decisions/{name}")
    expect(page.locator(".dmn-decision-table-container, .dmn-literal-expression-container").first).to_be_visible()
    return page


def saved(page: Page) -> None:
    """What was done has reached the server."""
    assert page.evaluate("decisionEditorPage.saving.flush()") is True


def stored(company: Company, change_id: int, name: str = NAME) -> DecisionModel:
    return read_decisions(changed_file(company, change_id, name).content)


def cell(page: Page, element: str) -> Locator:
    return page.locator(f'td[data-element-id="{element}"]')


def write(page: Page, element: str, text: str) -> None:
    """Click into a cell and write over what stands there."""
    cell(page, element).click()
    cell(page, element).locator(".cm-content").fill(text)


def test_a_changed_cell_is_saved_and_decides_the_tried_row(company: Company, screen: Screens) -> None:
    page, change_id = opened(company, screen)
    row = page.locator("#tried-row")
    row.get_by_label("严重程度").select_option("high")
    row.get_by_label("涉及安全或法律法规").select_option("false")
    row.get_by_label("涉嫌违约").select_option("true")
    expect(row).to_contain_text("符合的规则：2")
    expect(row.locator("dl")).to_contain_text("受理时限（小时）12")

    write(page, "complaint_class_rule2_out2", "6")
    expect(row.locator("dl")).to_contain_text("受理时限（小时）6")
    saved(page)
    before = read_decisions(_published(company)).decisions["complaint_class"]
    after = stored(company, change_id).decisions["complaint_class"]
    assert before.table is not None and after.table is not None
    assert [one.outputs[1].text for one in after.table.rules][:3] == ["12", "6", "12"]
    assert after.table.inputs == before.table.inputs and after.table.outputs == before.table.outputs
    assert [one.id for one in after.table.rules] == [one.id for one in before.table.rules]
    assert after.label == before.label


def test_rules_that_overlap_are_reported_and_marked(company: Company, screen: Screens) -> None:
    page, _ = opened(company, screen)
    write(page, "complaint_class_rule4_in4", "-")
    saved(page)
    problem = page.locator("[data-problem-items] button", has_text="会同时符合").first
    expect(problem).to_be_visible()
    assert _shadow(page, "complaint_class_rule4") or _shadow(page, "complaint_class_rule3")
    problem.click()
    assert_accessible(page)
    page.locator("#tried-row").get_by_label("严重程度").select_option("high")
    for label in ("涉及安全或法律法规", "涉嫌违约"):
        page.locator("#tried-row").get_by_label(label).select_option("false")
    page.locator("#tried-row").get_by_label("重复投诉").select_option("true")
    expect(page.locator("#tried-row .alert")).to_contain_text("却同时符合")


def test_columns_are_named_in_both_languages(company: Company, screen: Screens) -> None:
    page, change_id = opened(company, screen)
    page.get_by_label("输入“严重程度”（英文）").fill("How severe")
    page.get_by_label("输入“严重程度”（英文）").press("Tab")
    saved(page)
    column = stored(company, change_id).decisions["complaint_class"].table.inputs[0]  # type: ignore[union-attr]
    assert (column.label.zh, column.label.en) == ("严重程度", "How severe")
    page.get_by_role("button", name="撤销").click()
    expect(page.get_by_label("输入“严重程度”（英文）")).to_have_value("Severity")
    saved(page)
    undone = stored(company, change_id).decisions["complaint_class"]
    assert undone == read_decisions(_published(company)).decisions["complaint_class"]


def test_the_values_of_an_output_are_named(company: Company, screen: Screens) -> None:
    page, change_id = opened(company, screen)
    page.get_by_label("输出“等级”：urgent 的中文名称").fill("特急投诉")
    page.get_by_label("输出“等级”：urgent 的中文名称").press("Tab")
    saved(page)
    output = stored(company, change_id).decisions["complaint_class"].table.outputs[0]  # type: ignore[union-attr]
    assert {one: word.zh for one, word in output.words.items()} == {
        "general": "一般投诉",
        "urgent": "特急投诉",
        "major": "重大投诉",
    }
    assert output.words["urgent"].en == "Urgent" and output.label.en == "Grade"
    # Groups have names already; a number is none.
    expect(page.get_by_label("输出“受理时限（小时）”的取值是部门（组）")).to_have_count(0)
    page.get_by_label("输出“等级”的取值是部门（组）").check()
    expect(page.get_by_label("输出“等级”：urgent 的中文名称")).to_have_count(0)
    expect(page.get_by_label("输出“等级”的取值是部门（组）")).to_be_focused()
    saved(page)
    output = stored(company, change_id).decisions["complaint_class"].table.outputs[0]  # type: ignore[union-attr]
    assert output.names_groups and output.words["urgent"].zh == "特急投诉"
    assert_accessible(page)


def test_whoever_reads_english_sees_english_names_and_the_file_stays_as_it_is(
    company: Company, screen: Screens
) -> None:
    company.speak("en")
    page, change_id = opened(company, screen)
    head = page.locator('th[data-col-id="complaint_class_in1"]')
    expect(head).to_contain_text("Severity")
    expect(page.locator('th[data-col-id="complaint_class_out2"]')).to_contain_text("Acknowledge within (hours)")
    expect(page.locator(".decision-table-name")).to_have_text("Complaint class")
    expect(page.locator("[data-views]").get_by_role("button", name="Complaint class")).to_be_visible()
    assert page.evaluate("decisionEditorPage.read().then(text => text === decisionEditorPage.text)") is True

    page.get_by_label("Input “Severity” (English)").fill("How severe")
    page.get_by_label("Input “Severity” (English)").press("Tab")
    expect(head).to_contain_text("How severe")
    head.dblclick()
    label = page.locator(".input-edit .dms-input-label")
    expect(label).to_have_text("严重程度")
    page.keyboard.press("Escape")
    name = page.locator(".decision-table-name [contenteditable]")
    name.fill("Grade of a complaint")
    expect(page.get_by_label("Decision (English)")).to_have_value("Grade of a complaint")
    page.locator("[data-views]").get_by_role("button", name="Relations").click()
    expect(page.locator(".djs-element[data-element-id=complaint_class]")).to_contain_text("Grade")
    saved(page)
    decision = stored(company, change_id).decisions["complaint_class"]
    assert (decision.label.zh, decision.label.en) == ("投诉分级", "Grade of a complaint")
    column = decision.table.inputs[0]  # type: ignore[union-attr]
    assert (column.label.zh, column.label.en) == ("严重程度", "How severe")
    company.speak("zh")
    in_chinese = shown(screen, change_id)
    expect(in_chinese.locator('th[data-col-id="complaint_class_in1"]')).to_contain_text("严重程度")
    expect(in_chinese.locator(".decision-table-name")).to_have_text("投诉分级")


def test_looking_at_a_file_writes_nothing(company: Company, screen: Screens) -> None:
    page, change_id = opened(company, screen)
    assert page.evaluate("decisionEditorPage.read().then(text => text === decisionEditorPage.text)") is True
    assert changed_file(company, change_id, NAME).revision == 1


def test_saving_keeps_what_the_editor_does_not_know(company: Company, screen: Screens) -> None:
    """Properties of other tools, texts and the order of rules survive a change elsewhere in the file."""
    change_id = open_change(company)
    table = (
        Table("deal", name="折扣")
        .input("n", "number", label="数量")
        .output("p", "number")
        .rule("> 5", "1", note="说明")
    )
    foreign = '<camunda:property name="owner" value="销售 &amp; 市场"/>'
    extension = f"<extensionElements><camunda:properties>{foreign}</camunda:properties></extensionElements>"
    source = table.xml().decode().replace('label="数量">', f'label="数量">{extension}')
    save(company, change_id, "deal.dmn", source)
    page = shown(screen, change_id, name="deal.dmn")
    page.get_by_label("输入“数量”（英文）").fill("Number")
    page.get_by_label("输入“数量”（英文）").press("Tab")
    saved(page)
    kept = etree.fromstring(changed_file(company, change_id, "deal.dmn").content).xpath("//*[local-name()='property']")
    assert {one.get("name"): one.get("value") for one in kept} == {"owner": "销售 & 市场", "en": "Number"}
    decision = stored(company, change_id, "deal.dmn").decisions["deal"]
    assert decision.table is not None
    assert decision.table.inputs[0].label.en == "Number" and decision.table.rules[0].annotations == ("说明",)


def test_decisions_that_build_on_others_are_drawn_when_asked(company: Company, screen: Screens) -> None:
    change_id = open_change(company)
    first = Table("first", name="级别").input("n", "number").output("a", "string").rule("-", '"A"')
    second = Table("second", name="时限", literal='if 级别 = "A" then 1 else 2').needs("first")
    save(company, change_id, "both.dmn", dmn(first, second).decode())
    page = shown(screen, change_id, name="both.dmn")
    views = page.locator("[data-views]")
    views.get_by_role("button", name="时限").click()
    expect(page.locator(".dmn-literal-expression-container")).to_be_visible()
    page.locator("#tried-row").get_by_label("级别").fill('"A"')
    page.locator("#tried-row").get_by_role("button", name="试算").click()
    expect(page.locator("#tried-row dl")).to_contain_text("1")
    views.get_by_role("button", name="关系图").click()
    expect(page.locator(".djs-element[data-element-id=first]")).to_be_visible()
    expect(page.locator(".djs-connection")).to_have_count(1)
    saved(page)
    assert set(stored(company, change_id, "both.dmn").decisions) == {"first", "second"}
    assert_accessible(page)


def test_a_new_table_is_filled_from_nothing(company: Company, screen: Screens) -> None:
    change_id = open_change(company)
    page = screen(OWNER)
    page.goto(f"/process-changes/{change_id}/decisions")
    page.get_by_label("标识").fill("discount")
    page.get_by_label("标题（中文）").fill("折扣")
    page.get_by_label("标题（英文）").fill("Discount")
    page.get_by_role("button", name="创建并编辑").click()
    page.locator('th[data-col-id="discount_input_1"]').dblclick()
    page.locator(".input-edit .ref-text .cm-content, .input-edit .cm-content").first.fill("customer")
    page.keyboard.press("Escape")
    page.locator(".add-rule-add").click()
    rule = page.locator('td[data-col-id="discount_output_1"][data-row-id]')
    rule.click()
    rule.locator(".cm-content").fill('"A"')
    expect(page.locator("#tried-row").get_by_label("customer")).to_be_visible()
    page.locator("#tried-row").get_by_label("customer").fill("anybody")
    page.locator("#tried-row").get_by_role("button", name="试算").click()
    expect(page.locator("#tried-row dl")).to_contain_text("A")
    saved(page)
    table = stored(company, change_id, "discount.dmn").decisions["discount"].table
    assert table is not None
    assert (table.inputs[0].expression.text, [one.outputs[0].text for one in table.rules]) == ("customer", ['"A"'])


def test_a_file_that_is_no_table_is_shown_as_such_and_left_alone(company: Company, screen: Screens) -> None:
    change_id = open_change(company)
    save(company, change_id, "broken.dmn", "<definitions><broken>")
    page = screen(OWNER)
    page.goto(f"/process-changes/{change_id}/decisions/broken.dmn")
    expect(page.locator("[data-editor-refusal]")).to_be_visible()
    expect(page.locator("#tried-row")).to_contain_text("表格无法计算")
    assert changed_file(company, change_id, "broken.dmn").content == b"<definitions><broken>"


def test_no_english_is_left_in_the_chinese_editor(company: Company, screen: Screens) -> None:
    page, _ = opened(company, screen)
    page.locator("[data-views]").get_by_role("button", name="关系图").click()
    expect(page.locator(".djs-palette")).to_be_visible()
    page.locator(".djs-element.djs-shape").first.click()
    expect(page.locator(".djs-context-pad").first).to_be_visible()
    titles = page.locator(".djs-palette [title], .djs-context-pad [title]")
    assert [text for text in titles.evaluate_all("all => all.map(one => one.title)") if text.isascii()] == []
    page.locator("[data-views]").get_by_role("button", name="投诉分级").click()
    page.locator('th[data-col-id="complaint_class_in1"]').dblclick()
    assert _shown_type(page) == "文本"
    page.locator(".type-ref-edit-select .dms-input").click()
    page.locator(".options .option", has_text="整数").first.click()
    assert _shown_type(page) == "整数"
    assert 'typeRef="integer"' in page.evaluate("decisionEditorPage.read()")
    page.keyboard.press("Escape")
    page.locator('td[data-row-id="complaint_class_rule1"]').first.click(button="right")
    expect(page.locator(".context-menu").first).to_be_visible()
    missing = page.evaluate("[...decisionEditorPage.missing]")
    assert missing == [], missing


def test_a_reviewer_looks_and_tries_but_changes_nothing(company: Company, screen: Screens) -> None:
    page, change_id = opened(company, screen, who=REVIEWER)
    expect(page.locator("[data-saving-lock]")).to_be_visible()
    cell(page, "complaint_class_rule2_out2").click()
    page.keyboard.type("6")
    page.locator(".tjs-table-container").evaluate("one => one.scrollLeft = 500")
    cell(page, "complaint_class_rule2_out2").click(button="right")
    expect(page.locator(".context-menu")).to_have_count(0)
    assert page.evaluate("decisionEditorPage.read().then(text => text === decisionEditorPage.text)") is True
    page.locator("#tried-row").get_by_label("涉及安全或法律法规").select_option("true")
    expect(page.locator("#tried-row")).to_contain_text("符合的规则：1")
    assert changed_file(company, change_id, NAME).revision == 1


def test_on_a_phone_the_table_is_read_and_a_row_tried(company: Company, screen: Screens) -> None:
    page, change_id = opened(company, screen, phone=True)
    expect(page.locator(".yz-wider-screen")).to_be_visible()
    expect(page.locator("[data-saving-lock]")).to_have_text("您可以查看，不能修改")
    cell(page, "complaint_class_rule2_out2").click()
    page.keyboard.type("6")
    assert page.evaluate("decisionEditorPage.read().then(text => text === decisionEditorPage.text)") is True
    page.locator("#tried-row").get_by_label("涉及安全或法律法规").select_option("true")
    expect(page.locator("#tried-row")).to_contain_text("符合的规则：1")
    with company.platform.database.read() as connection:
        change = process_changes.get(connection, company.actor(OWNER), change_id)
    assert change.editor_id is None, "who looks on holds no lock"


@pytest.mark.parametrize("phone", [False, True])
def test_the_editor_is_accessible(company: Company, screen: Screens, phone: bool) -> None:
    page, _ = opened(company, screen, phone=phone)
    assert_accessible(page)


def _published(company: Company) -> bytes:
    with company.platform.database.read() as connection:
        files = process_library.version_of(connection, "complaint").decisions
    return next(one.source for one in files if one.key == "complaint_class")


def _shadow(page: Page, rule: str) -> bool:
    found = page.locator(f'td[data-row-id="{rule}"]').first.evaluate("one => getComputedStyle(one).boxShadow")
    return found != "none"


def _shown_type(page: Page) -> str:
    """What stands in the field of a column's type, whatever dmn-js reads from it."""
    native = "one => Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value').get.call(one)"
    return str(page.locator(".type-ref-edit-select .dms-input").evaluate(native))
