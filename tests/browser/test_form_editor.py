"""An owner edits a form of a process in the browser: both languages, our own preview, nothing lost on the way."""

from __future__ import annotations

import json
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from engine.store.tables import form_definition
from tests.browser.conftest import Screens, assert_accessible
from tests.support.changes import OWNER, REVIEWER, changed_file, open_change, save
from tests.support.company import Company

pytestmark = pytest.mark.browser
NAME = "complaint_register.json"
DRAWN = "new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"


def opened(company: Company, screen: Screens, who: str = OWNER, name: str = NAME, **how: Any) -> tuple[Page, int]:
    """The editor of a form of a new change."""
    change_id = open_change(company)
    return shown(screen, change_id, who, name, **how), change_id


def shown(screen: Screens, change_id: int, who: str = OWNER, name: str = NAME, **how: Any) -> Page:
    page = screen(who, **how)
    page.goto(f"/process-changes/{change_id}/forms/{name}")
    if not how.get("phone"):
        expect(page.locator(".fjs-properties-panel")).to_be_visible()
    return page


def stored(company: Company, change_id: int, name: str = NAME) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(changed_file(company, change_id, name).content)
    return found


def field(found: dict[str, Any], key: str) -> dict[str, Any]:
    return next(one for one in found["components"] if one.get("key") == key)


def open_groups(page: Page) -> None:
    """Open every group of the panel."""
    for header in page.locator(".bio-properties-panel-group-header").all():
        if "open" not in (header.get_attribute("class") or ""):
            header.click()


def test_a_field_is_added_named_in_both_languages_previewed_and_saved(company: Company, screen: Screens) -> None:
    page, change_id = opened(company, screen)
    before = stored(company, change_id)
    page.locator(".fjs-palette-field[data-field-type=number]").press("Enter")
    open_groups(page)
    page.locator("[data-entry-id=label] .cm-content").fill("受影响人数")
    page.get_by_label("标签（英文）").fill("People affected")
    page.get_by_label("字段名").fill("people_affected")

    preview = page.locator("#preview")
    expect(preview.get_by_label("受影响人数")).to_be_visible()
    preview.get_by_text("English", exact=True).click()
    expect(preview.get_by_label("People affected")).to_be_visible()
    expect(page.locator("[data-saving-state]")).to_have_text("已保存")

    after = stored(company, change_id)
    added = field(after, "people_affected")
    assert (added["type"], added["label"], added["properties"]) == ("number", "受影响人数", {"en": "People affected"})
    assert [one for one in after["components"] if one != added] == before["components"]
    assert {key: value for key, value in after.items() if key != "components"} == {
        key: value for key, value in before.items() if key != "components"
    }


def test_whoever_types_slowly_stays_in_the_field(company: Company, screen: Screens) -> None:
    page, change_id = opened(company, screen)
    page.locator(f'.fjs-element[data-id="{field(stored(company, change_id), "kind")["id"]}"]').click()
    open_groups(page)
    for entry in ("label", "property-en", "key"):
        typed = page.locator(f"[data-entry-id={entry}] :is(input, .cm-content)").first
        typed.fill("")
        for so_far in ("s", "sl", "slo", "slow"):
            page.keyboard.press(so_far[-1])
            page.wait_for_function('text => formEditorPage.read().includes(`"${text}"`)', arg=so_far)
            page.evaluate(DRAWN)
        expect(typed).to_be_focused()


def test_a_field_is_dragged_onto_the_form(company: Company, screen: Screens) -> None:
    page, change_id = opened(company, screen)
    fields = page.locator(".fjs-editor-container .fjs-form-field")
    count = fields.count()
    page.locator(".fjs-palette-field[data-field-type=checkbox]").hover()
    page.mouse.down()
    target = page.locator(f'.fjs-element[data-id="{stored(company, change_id)["components"][1]["id"]}"]').bounding_box()
    assert target is not None
    page.mouse.move(target["x"] + 60, target["y"] + 10, steps=12)
    page.mouse.move(target["x"] + 60, target["y"] + 4, steps=4)
    page.mouse.up()
    expect(fields).to_have_count(count + 1)
    expect(page.locator("[data-saving-state]")).to_have_text("已保存")
    assert [one["type"] for one in stored(company, change_id)["components"]].count("checkbox") == 2


def test_conditions_and_answers_are_tried_in_the_preview(company: Company, screen: Screens) -> None:
    change_id = open_change(company)
    components = [
        {"type": "checkbox", "id": "a", "key": "late", "label": "迟到", "properties": {"en": "Late"}},
        {"type": "textfield", "id": "b", "key": "why", "label": "原因", "validate": {"required": True},
         "conditional": {"hide": "=late != true"}, "properties": {"en": "Why"}},
    ]  # fmt: skip
    save(company, change_id, "leave.json", json.dumps({"type": "default", "id": "leave", "components": components}))
    page = shown(screen, change_id, name="leave.json")
    preview = page.locator("#preview")
    expect(preview.get_by_label("原因")).to_have_count(0)
    preview.get_by_label("迟到").check()
    expect(preview.get_by_label("原因")).to_be_visible()
    preview.get_by_role("button", name="检查这些答案").click()
    expect(preview.locator(".yz-errors")).to_contain_text("原因")
    preview.get_by_label("原因").fill("堵车")
    preview.get_by_role("button", name="检查这些答案").click()
    expect(preview.locator(".alert-success")).to_contain_text('"why": "堵车"')
    assert_accessible(page)


def test_looking_at_a_form_and_undoing_leave_it_as_it_is(company: Company, screen: Screens) -> None:
    page, change_id = opened(company, screen)
    before = changed_file(company, change_id, NAME)
    assert page.evaluate("formEditorPage.read() === formEditorPage.text") is True
    page.locator(".fjs-palette-field[data-field-type=textfield]").focus()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="撤销").click()
    assert page.evaluate("formEditorPage.read() === formEditorPage.text") is True
    assert page.evaluate("formEditorPage.saving.flush()") is True
    assert changed_file(company, change_id, NAME).content == before.content


def test_every_form_of_the_company_passes_through_the_editor_unchanged(company: Company, screen: Screens) -> None:
    """What the editor adds, orders and knows nothing of: none of it reaches the file."""
    page, _ = opened(company, screen)
    texts = [row.source.decode() for row in company.rows(form_definition)]
    twice = [{"type": "textfield", "id": "same", "key": key} for key in ("one", "other")]
    texts.append(json.dumps({"type": "default", "id": "x", "components": twice, "of": {"another": "tool"}}))
    assert len(texts) > 50
    for text in texts:
        page.evaluate("text => formEditorPage.load(text)", text)
        assert page.evaluate("formEditorPage.read()") == text


def test_a_renamed_option_keeps_everything_else(company: Company, screen: Screens) -> None:
    page, change_id = opened(company, screen)
    before = field(stored(company, change_id), "kind")
    page.locator(f'.fjs-element[data-id="{before["id"]}"]').click()
    open_groups(page)
    page.get_by_label("选项“服务质量”（英文）").fill("Service quality")
    assert page.evaluate("formEditorPage.saving.flush()") is True
    after = field(stored(company, change_id), "kind")
    assert after["values"][0] == {**before["values"][0], "label_en": "Service quality"}
    assert {**after, "values": before["values"]} == before
    assert list(after) == list(before)


def test_problems_lead_to_their_field(company: Company, screen: Screens) -> None:
    page, _ = opened(company, screen)
    page.locator(".fjs-palette-field[data-field-type=expression]").press("Enter")
    page.locator(".fjs-form-editor .fjs-element").first.click()
    problem = page.locator("[data-problem-items] button").first
    expect(problem).to_contain_text("错误")
    problem.click()
    expect(page.locator(".bio-properties-panel-header-type")).to_have_text("计算项")
    assert_accessible(page)


def test_wrong_feel_is_said_at_its_field_while_one_types(company: Company, screen: Screens) -> None:
    page, change_id = opened(company, screen)
    page.locator(f'.fjs-element[data-id="{field(stored(company, change_id), "kind")["id"]}"]').click()
    open_groups(page)
    condition = page.locator("[data-entry-id=conditional-hide]")
    condition.locator(".cm-content").fill("severity = ")
    expect(condition.locator(".bio-properties-panel-error")).to_contain_text("表达式不完整")
    condition.locator(".cm-content").fill('severity = "low"')
    expect(condition.locator(".bio-properties-panel-error")).to_have_count(0)
    expect(page.locator("#preview").get_by_label("投诉类别")).to_be_visible()
    page.locator("#preview").get_by_text("轻微", exact=True).click()
    expect(page.locator("#preview").get_by_label("投诉类别")).to_have_count(0)


def test_no_english_is_left_in_the_chinese_editor(company: Company, screen: Screens) -> None:
    change_id = open_change(company)
    texts = ["", "=note", "您好，{{customer}}"]
    components = [
        *(
            {"type": kind, kind_key: text}
            for kind, kind_key in (("text", "text"), ("html", "content"))
            for text in texts
        ),
        {"type": "number", "key": "days", "label": "天数", "validate": {"min": 3}, "defaultValue": 1},
    ]
    save(
        company, change_id, NAME, json.dumps({"type": "default", "id": "complaint_register", "components": components})
    )
    page = shown(screen, change_id)
    types = page.evaluate("formEditorPage.words.types")
    for kind in types:
        page.locator(f".fjs-palette-field[data-field-type={kind}]").press("Enter")
        open_groups(page)
    assert page.evaluate("[...formEditorPage.missing]") == []
    assert page.locator(".fjs-palette-field").count() == len(types)
    calendar = page.locator(".flatpickr-calendar").first
    expect(calendar.locator(".flatpickr-weekday").first).to_have_text("周一")
    assert "十二月" in (calendar.locator(".flatpickr-monthDropdown-months").text_content() or "")


@pytest.mark.parametrize("source", ["{", "[]", '{"type": "default", "id": "x", "components": [{"type": "nothing"}]}'])
def test_a_file_that_cannot_be_drawn_is_said_and_left_alone(company: Company, screen: Screens, source: str) -> None:
    change_id = open_change(company)
    save(company, change_id, "broken.json", source)
    page = screen(OWNER)
    page.goto(f"/process-changes/{change_id}/forms/broken.json")
    expect(page.locator("[data-editor-refusal]")).to_be_visible()
    expect(page.locator("[data-form-editor]")).to_be_hidden()
    assert changed_file(company, change_id, "broken.json").content.decode() == source


def test_a_reviewer_looks_and_changes_nothing(company: Company, screen: Screens) -> None:
    page, change_id = opened(company, screen, who=REVIEWER)
    before = stored(company, change_id)
    expect(page.locator("[data-saving-lock]")).to_be_visible()
    page.locator(f'.fjs-element[data-id="{field(before, "kind")["id"]}"]').click()
    open_groups(page)
    expect(page.get_by_label("标签（英文）")).to_have_value("Kind")
    page.get_by_label("标签（英文）").focus()
    page.keyboard.type("changed")
    page.locator(".fjs-context-pad-item").first.click()
    page.locator(".fjs-palette-field[data-field-type=number]").press("Enter")
    page.locator("[data-form-editor]").press("Delete")
    assert page.evaluate("formEditorPage.read() === formEditorPage.text") is True
    expect(page.get_by_role("button", name="撤销")).to_be_disabled()
    assert stored(company, change_id) == before


def test_a_phone_shows_the_form_and_says_where_it_is_edited(company: Company, screen: Screens) -> None:
    page, _ = opened(company, screen, phone=True)
    expect(page.locator(".yz-wider-screen")).to_be_visible()
    expect(page.locator("[data-form-editor]")).to_be_hidden()
    expect(page.locator("#preview").get_by_text("投诉渠道")).to_be_visible()
    expect(page.locator("[data-saving-lock]")).to_have_text("您可以查看，不能修改")
    assert_accessible(page)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_editor_is_accessible(company: Company, screen: Screens, language: str) -> None:
    if language == "en":
        company.speak("en")
    page, change_id = opened(company, screen, language=language)
    page.locator(f'.fjs-element[data-id="{field(stored(company, change_id), "kind")["id"]}"]').click()
    open_groups(page)
    assert_accessible(page)
