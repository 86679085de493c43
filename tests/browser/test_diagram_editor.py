"""An owner draws in the browser: what the panel says is what the engine reads, and nothing anybody did is lost."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

import pytest
import yaml
from playwright.sync_api import Page, expect

from engine.definitions.model import read_process
from engine.settings import ROOT
from tests.browser.conftest import Screens, assert_accessible
from tests.browser.modeling import (
    append,
    change_type,
    choose,
    choose_process,
    connect,
    delete,
    describe,
    element,
    field,
    find,
    flow_between,
    open_diagram,
    problems,
    saved,
    set_field,
    stored_xml,
    tick,
)
from tests.browser.owned_changes import OWNER, begun, give_to_owners, opened
from tests.support.company import Company

pytestmark = pytest.mark.browser


@pytest.fixture
def owned(company: Company) -> Company:
    """The company, in which the quality department owns some processes."""
    give_to_owners(company)
    return company


def draw_purchase(page: Page) -> None:
    """Ask, decide by the amount, order at once or after a day, done."""
    delete(page, "Flow_purchase")
    delete(page, "purchase_ends")
    describe(page, append(page, "purchase_begins", "user-task"), "ask", "提出申请", "Ask")
    describe(page, append(page, "ask", "gateway"), "is_large", "金额较大？", "Large amount?")
    describe(page, append(page, "is_large", "user-task"), "order", "下单", "Order")
    describe(page, append(page, "order", "end-event"), "ordered", "已下单", "Ordered")
    describe(page, append(page, "is_large", "timer"), "wait", "等一天", "Wait for a day")
    connect(page, "wait", "order")


def test_a_process_drawn_from_nothing_is_what_the_engine_reads(owned: Company, screen: Screens) -> None:
    change_id = begun(owned, "purchase")
    page = screen(OWNER)
    open_diagram(page, change_id)
    draw_purchase(page)
    choose(page, "ask")
    tick(page, "candidate-groups", "operations", "finance")
    set_field(page, "due-date", "=working days after(now(), 3)")
    expect(page.locator(".yz-term")).to_contain_text("2026-03-05 周四")
    set_field(page, "camunda-priority", "70")
    set_field(page, "property-summary", '="采购 " + item')
    tick(page, "obligations", "O12")
    page.get_by_role("button", name="新建表单").click()
    expect(field(page, "form")).to_have_value("ask")
    choose(page, "order")
    set_field(page, "camunda-assignee", "=initiator")
    choose(page, flow_between(page, "is_large", "wait"))
    set_field(page, "condition", "amount > 10000")
    choose(page, flow_between(page, "is_large", "order"))
    page.get_by_label("默认去向").check()
    choose(page, "wait")
    set_field(page, "timer-kind", "timeDuration")
    set_field(page, "timer-term", "P1D")
    saved(page)

    assert problems(page) == []
    model = read_process(stored_xml(page, change_id, "purchase").encode(), "purchase.bpmn")
    ask, wait = model.elements["ask"], model.elements["wait"]
    assert (ask.name_zh, ask.name_en, ask.form_key) == ("提出申请", "Ask", "ask")
    assert ask.attributes["candidateGroups"] == "operations,finance"
    assert ask.attributes["dueDate"] == "=working days after(now(), 3)"
    assert ask.attributes["priority"] == "70"
    assert ask.properties == {"en": "Ask", "summary": '="采购 " + item', "obligations": "O12"}
    assert model.elements["order"].attributes["assignee"] == "=initiator"
    assert (wait.timer_kind, wait.timer_term) == ("duration", "P1D")
    large = next(flow for flow in model.flows.values() if flow.target == "wait")
    assert large.condition == "amount > 10000"
    assert model.elements["is_large"].default_flow == flow_between(page, "is_large", "order")

    page.reload()
    expect(page.locator("#diagram-editor[data-ready]")).to_be_visible()
    choose(page, "ask")
    expect(field(page, "property-en")).to_have_value("Ask")


def test_undo_takes_back_what_the_panel_wrote(owned: Company, screen: Screens) -> None:
    change_id = opened(owned, "nonconformity")
    page = screen(OWNER)
    open_diagram(page, change_id)
    choose(page, "contain")
    set_field(page, "name", "立即遏制")
    set_field(page, "property-summary", "=title")
    expect(element(page, "contain")).to_contain_text("立即遏制")
    undo = page.get_by_role("button", name="撤销")
    undo.click()
    expect(field(page, "property-summary")).to_have_value("")
    undo.click()
    expect(element(page, "contain")).to_contain_text("采取应急措施")
    expect(field(page, "name")).to_have_value("采取应急措施")
    expect(undo).to_be_disabled()
    page.get_by_role("button", name="重做").click()
    expect(field(page, "name")).to_have_value("立即遏制")


def test_problems_lead_to_their_element(owned: Company, screen: Screens) -> None:
    change_id = opened(owned, "nonconformity")
    page = screen(OWNER)
    open_diagram(page, change_id)
    choose(page, "contain")
    set_field(page, "candidate-groups-computed", "=departmnt(")
    expect(page.locator("#panel-candidate-groups-computed-check")).to_contain_text("字符处")
    saved(page)
    problem = page.locator("#problem-list button", has_text="表达式有误").first
    expect(problem).to_be_visible()
    expect(element(page, "contain")).to_have_class(re.compile("yz-has-error"))
    choose(page, "review")
    problem.click()
    expect(field(page, "id")).to_have_value("contain")


def test_a_term_is_said_in_words_under_a_calendar(owned: Company, screen: Screens) -> None:
    change_id = opened(owned, "internal_audit")
    page = screen(OWNER)
    open_diagram(page, change_id)
    choose(page, _first_timer(page))
    page.get_by_text("组合一个期限").click()
    page.get_by_label("类型", exact=True).select_option("days")
    page.get_by_label("数量").fill("6")
    page.get_by_role("button", name="填入").click()
    expect(page.locator(".yz-term")).to_contain_text("6 天后")
    expect(page.locator(".yz-term")).to_contain_text("2026-03-08 周日 09:00，非工作日")
    expect(field(page, "timer-kind")).to_have_value("timeDuration")
    page.get_by_label("按哪个日历显示").select_option("always")
    expect(page.locator(".yz-term")).not_to_contain_text("非工作日")
    set_field(page, "timer-term", "P6X")
    expect(page.locator(".yz-term.is-wrong")).to_contain_text("不是 ISO 8601 时长")


def test_rules_of_a_task_are_written_beside_the_diagram(owned: Company, screen: Screens) -> None:
    change_id = opened(owned, "internal_audit")
    page = screen(OWNER)
    open_diagram(page, change_id)
    choose(page, "approve_report")
    group = page.locator("[data-group=separation]")
    expect(group).to_contain_text("编制审核报告的人不能审阅报告")
    group.get_by_role("button", name="添加规则").click()
    set_field(page, "rule-zh", "参加首次会议的人不能审阅报告")
    tick(page, "rule-completers", "hold_opening")
    group.get_by_role("button", name="保存规则").click()
    expect(group.get_by_role("alert")).to_contain_text("缺少：en")
    set_field(page, "rule-en", "Whoever was at the opening meeting may not review the report")
    group.get_by_role("button", name="保存规则").click()
    expect(group.locator(".yz-rule")).to_have_count(2)

    written = _rules(page, change_id)
    source = (ROOT / "processes" / "quality" / "internal_audit.rules.yaml").read_text(encoding="utf-8")
    assert written.startswith(source[: source.index("completion:")])
    assert written.endswith(source[source.index("completion:") :])
    assert yaml.safe_load(written)["separation"][-1]["bars"] == {"completers_of": ["hold_opening"]}


def test_rules_follow_a_step_that_gets_another_id(owned: Company, screen: Screens) -> None:
    change_id = opened(owned, "internal_audit")
    page = screen(OWNER)
    open_diagram(page, change_id)
    choose(page, "write_report")
    set_field(page, "id", "compile_report")
    saved(page)
    choose(page, "approve_report")
    group = page.locator("[data-group=separation]")
    expect(group).to_contain_text("编制审核报告的人不能审阅报告")
    assert "completers_of: [compile_report]" in _rules(page, change_id)
    assert problems(page) == []
    page.get_by_role("button", name="撤销").click()
    expect(element(page, "write_report")).to_have_count(1)
    saved(page)
    assert "completers_of: [write_report]" in _rules(page, change_id)


def test_walks_follow_a_step_that_gets_another_id(owned: Company, screen: Screens) -> None:
    change_id = opened(owned, "internal_audit")
    page = screen(OWNER)
    open_diagram(page, change_id)
    before = _walks(page, change_id)
    assert '"do": "write_report"' in before
    choose(page, "write_report")
    set_field(page, "id", "compile_report")
    saved(page)
    expect(element(page, "compile_report")).to_have_count(1)
    _until(page, lambda: '"do": "write_report"' not in _walks(page, change_id))
    followed = _walks(page, change_id)
    assert followed.count('"do": "compile_report"') == before.count('"do": "write_report"')
    page.get_by_role("button", name="撤销").click()
    _until(page, lambda: "compile_report" not in _walks(page, change_id))
    assert json.loads(_walks(page, change_id)) == json.loads(before)


def test_a_pool_with_lanes_goes_around_the_process(owned: Company, screen: Screens) -> None:
    change_id = begun(owned, "purchase")
    page = screen(OWNER)
    open_diagram(page, change_id)
    page.locator(".djs-palette .entry[data-action='create.participant-expanded']").click()
    box = page.locator("#diagram-canvas").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 350, box["y"] + 300)
    page.mouse.move(box["x"] + 400, box["y"] + 380, steps=5)
    page.mouse.click(box["x"] + 400, box["y"] + 380)
    page.keyboard.press("Escape")
    page.locator(".djs-context-pad .entry[data-action='lane-divide-two']").click()
    page.keyboard.press("Escape")
    first, second = page.evaluate(
        "diagramEditor.modeler.get('elementRegistry').filter(one => one.type === 'bpmn:Lane').map(one => one.id)"
    )
    for lane, name, group in ((first, "申请部门", "operations"), (second, "财务部", "finance")):
        field(page, "element").select_option(lane)
        set_field(page, "name", name)
        set_field(page, "lane-group", group)
    expect(page.locator(".djs-palette .entry[data-action='create.participant-expanded']")).to_have_count(0)
    saved(page)
    model = read_process(stored_xml(page, change_id, "purchase").encode(), "purchase.bpmn")
    assert (model.key, model.name_zh, model.name_en, model.area) == ("purchase", "采购申请", "Purchase", "quality")
    assert [(lane.name_zh, lane.group) for lane in model.lanes] == [("申请部门", "operations"), ("财务部", "finance")]
    starts = model.elements["purchase_begins"]
    assert model.lane_of(starts) in model.lanes


def test_only_what_the_engine_runs_is_offered(owned: Company, screen: Screens) -> None:
    change_id = begun(owned, "purchase")
    page = screen(OWNER)
    open_diagram(page, change_id)
    entries = page.locator(".djs-palette .entry[data-action^='create.']")
    offered = entries.evaluate_all("all => all.map(one => one.dataset.action)")
    assert not {"create.data-object", "create.data-store", "create.task"} & set(offered)
    assert {"create.user-task", "create.service-task", "create.timer"} <= set(offered)
    delete(page, "Flow_purchase")
    task = append(page, "purchase_begins", "user-task")
    page.locator(".djs-context-pad .entry[data-action=replace]").click()
    kinds = set(
        page.locator(".djs-popup .entry[data-id^=replace]").evaluate_all("all => all.map(one => one.dataset.id)")
    )
    assert "replace-with-service-task" in kinds
    assert not kinds & {f"replace-with-{one}" for one in ("send-task", "receive-task", "transaction", "task")}
    page.keyboard.press("Escape")
    change_type(page, task, "service-task")
    expect(field(page, "topic")).to_be_visible()
    set_field(page, "topic", "notify")
    expect(page.locator(".yz-panel-description")).to_contain_text("输入：")
    expect(page.locator("[data-group=inputs]")).to_contain_text("subject_zh（必填）")


def test_the_chinese_editor_says_nothing_in_english(owned: Company, screen: Screens) -> None:
    change_id = opened(owned, "complaint")
    page = screen(OWNER)
    open_diagram(page, change_id)
    shown: list[str] = page.locator("#toolbar button, #toolbar summary, .djs-palette [title]").evaluate_all(
        "all => all.map(one => one.title || one.textContent.trim())"
    )
    ids = "diagramEditor.modeler.get('elementRegistry').filter(one => one.type !== 'label').map(one => one.id)"
    replace = ".djs-context-pad .entry[data-action=replace]"
    for one in page.evaluate(ids):
        page.evaluate(
            "id => { const m = diagramEditor.modeler; m.get('selection').select(m.get('elementRegistry').get(id)); }",
            one,
        )
        shown += page.locator(".djs-context-pad [title]").evaluate_all("all => all.map(one => one.title)")
        shown += page.locator("#panel summary, #panel legend, #panel .form-hint").all_inner_texts()
        if page.locator(replace).count():
            page.locator(replace).evaluate("one => one.click()")
            shown += page.locator(".djs-popup [title], .djs-popup .djs-popup-label").evaluate_all(
                "all => all.map(one => one.title || one.textContent.trim())"
            )
            page.keyboard.press("Escape")
    page.locator("#simulate").click()
    page.locator("#simulate[aria-pressed=true]").wait_for()
    page.locator(".bts-context-pad").first.click()
    page.wait_for_timeout(300)
    simulation = "all => all.flatMap(one => [one.title, one.textContent.trim()])"
    shown += page.locator(".bts-palette [title], .bts-notifications [title], .bts-log [title]").evaluate_all(simulation)
    page.locator("#simulate").click()
    page.get_by_role("button", name="缩略图").click()
    assert page.evaluate("[...diagramEditor.untranslated]") == []
    technical = re.compile(r"FEEL|ISO|=initiator|O\d\d|[a-z_]+\.?[a-z_]*\b.*|\(removes")
    english = {text for text in shown if re.search(r"\b[A-Z][a-z]{2,}", text) and not technical.fullmatch(text)}
    assert english == set()


@pytest.mark.parametrize("language", ["zh", "en"])
def test_everybody_can_use_the_editor(owned: Company, screen: Screens, language: str) -> None:
    change_id = opened(owned, "internal_audit")
    owned.speak(language)
    page = screen(OWNER, language=language)
    open_diagram(page, change_id)
    assert_accessible(page)
    choose(page, "plan_audit")
    page.locator("[data-group=completion] button").last.click()
    assert_accessible(page)
    choose(page, _first_timer(page))
    assert_accessible(page)
    choose_process(page)
    picker = page.get_by_label("元素" if language == "zh" else "Element", exact=True)
    picker.focus()
    picker.select_option("approve_audit")
    expect(field(page, "id")).to_have_value("approve_audit")
    expect(field(page, "element")).to_be_focused()
    phone = screen(OWNER, phone=True, language=language)
    phone.goto(f"/process-changes/{change_id}/diagram")
    expect(phone.locator(".yz-diagram[data-drawn]")).to_be_visible()
    expect(phone.locator("#outline")).to_be_visible()
    assert_accessible(phone)


def _until(page: Page, holds: Callable[[], bool]) -> None:
    """Wait for the server to have what the page is sending."""
    for _ in range(300):
        if holds():
            return
        page.wait_for_timeout(100)
    raise AssertionError("the server never had it")


def _walks(page: Page, change_id: int) -> str:
    answer = page.request.get(f"/api/process-changes/{change_id}/files/internal_audit.paths.json")
    assert answer.ok
    return answer.text()


def _rules(page: Page, change_id: int) -> str:
    return page.request.get(f"/api/process-changes/{change_id}/files/internal_audit.rules.yaml").text()


def _first_timer(page: Page) -> str:
    found: str = page.evaluate(
        """diagramEditor.modeler.get('elementRegistry').find(one => one.type === 'bpmn:IntermediateCatchEvent'
             && one.businessObject.eventDefinitions[0].$type === 'bpmn:TimerEventDefinition').id"""
    )
    return found


def test_whoever_reads_english_sees_english_names_and_the_file_stays_as_it_is(owned: Company, screen: Screens) -> None:
    owned.speak("en")
    change_id = opened(owned, "nonconformity")
    page = screen(OWNER)
    open_diagram(page, change_id)
    before = stored_xml(page, change_id, "nonconformity")
    model = read_process(before.encode(), "nonconformity.bpmn")
    begins = model.start_events()[0]
    expect(element(page, "contain")).to_contain_text(model.elements["contain"].name_en.split()[0])
    expect(element(page, f"{begins.id}_label")).to_contain_text(begins.name_en.split()[0])
    names = page.get_by_role("button", name="English names")
    names.click()
    expect(element(page, "contain")).to_contain_text("采取应急措施")
    names.click()
    choose(page, begins.id)
    set_field(page, "property-en", "Found")
    expect(element(page, f"{begins.id}_label")).to_have_text("Found")
    page.get_by_role("button", name="Undo").click()
    expect(element(page, f"{begins.id}_label")).to_contain_text(begins.name_en.split()[0])
    find(page, "Find", "contain")
    expect(page.locator(".djs-search-result").first).to_contain_text(re.compile("contain", re.IGNORECASE))
    page.keyboard.press("Escape")
    saved(page)
    assert read_process(stored_xml(page, change_id, "nonconformity").encode(), "n.bpmn").elements == model.elements
    owned.speak("zh")
    in_chinese = screen(OWNER)
    open_diagram(in_chinese, change_id)
    expect(element(in_chinese, "contain")).to_contain_text("采取应急措施")


def test_a_double_click_writes_the_name_that_is_read(owned: Company, screen: Screens) -> None:
    owned.speak("en")
    change_id = opened(owned, "nonconformity")
    page = screen(OWNER)
    open_diagram(page, change_id)
    before = read_process(stored_xml(page, change_id, "nonconformity").encode(), "n.bpmn")
    begins, contain = before.start_events()[0].id, before.elements["contain"]

    def write(place: str, text: str) -> None:
        element(page, place).dblclick()
        field = page.locator(".djs-direct-editing-content")
        expect(field).to_be_focused()
        field.fill(text)
        field.press("Enter")
        expect(field).to_have_count(0)

    choose(page, "contain")
    write("contain", "Stop the harm")
    expect(element(page, "contain")).to_contain_text("Stop the harm")
    expect(page.locator("#panel-property-en")).to_have_value("Stop the harm")
    expect(page.locator("#panel-name")).to_have_value(contain.name_zh)
    page.get_by_role("button", name="Undo").click()
    expect(page.locator("#panel-property-en")).to_have_value(contain.name_en)
    page.get_by_role("button", name="Redo").click()
    write(f"{begins}_label", "Found")
    expect(element(page, f"{begins}_label")).to_have_text("Found")
    # The name as modelled is written as soon as it is the one that is shown.
    page.get_by_role("button", name="English names").click()
    write("contain", "止损")
    expect(element(page, "contain")).to_contain_text("止损")
    saved(page)
    after = read_process(stored_xml(page, change_id, "nonconformity").encode(), "n.bpmn")
    names = {key: (one.name_zh, one.name_en) for key, one in after.elements.items()}
    was = {key: (one.name_zh, one.name_en) for key, one in before.elements.items()}
    assert {key: names[key] for key in names if names[key] != was[key]} == {
        "contain": ("止损", "Stop the harm"),
        begins: (before.elements[begins].name_zh, "Found"),
    }
