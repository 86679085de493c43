"""An owner draws a process from nothing, tries it, publishes it, changes it, and moves a case that is under way."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from engine import process_changes
from tests.browser import modeling
from tests.browser.conftest import assert_accessible
from tests.support.company import Company

pytestmark = pytest.mark.browser
Screen = Callable[..., Page]
KEY = "loan"
FIELDS = {"textfield": "单行文本", "number": "数字"}
BEGIN, END = f"{KEY}_begins", "returned"


@pytest.fixture
def owned(company: Company) -> Company:
    """The service desk has processes of its own; quality management reviews what it changes in them."""
    company.stop_what_recurs()
    with company.platform.database.write() as connection:
        process_changes.set_owner(
            connection,
            actor=company.actor("admin"),
            key="customer_feedback",
            owner_group="service_desk",
            reviewer_group="quality",
            now=company.clock.now(),
        )
    return company


def test_from_nothing_to_a_moved_case(owned: Company, screen: Screen) -> None:
    owner, reviewer = screen("chenjing"), screen("xumei")
    change = begin(owner)
    make_form(owner, change)
    draw(owner, change)
    try_it(owner, change)
    submit(owner, change, "设备外借需要登记")
    approve(reviewer, change)
    expect(owner.goto(f"/processes/{KEY}") and owner.get_by_role("main")).to_contain_text("设备外借需要登记")

    first = start(screen("liuyang"), "示波器", 2)
    second = start(screen("zhaoqian"), "笔记本", 9)
    owned.deliver()
    assert owned.todo("liuyang") == ["approve", "hand_out"]

    again = change_it(owner)
    walks_differ(owner, again)
    try_it(owner, again, "检查设备")
    submit(owner, again, "归还时要检查")
    approve(reviewer, again)
    move(owner)
    finish(owned, screen)
    assert {row.status for row in owned.instances} == {"completed"}
    assert "inspect" in owned.passed(first) & owned.passed(second)
    assert owned.engine_incidents == []


def begin(page: Page) -> int:
    """A new process: a start and an end."""
    page.goto("/processes")
    page.get_by_role("link", name="新建流程").click()
    assert_accessible(page)
    page.get_by_label("中文名称").fill("设备外借")
    page.get_by_label("英文名称").fill("Equipment loan")
    page.get_by_label("标识").fill(KEY)
    page.get_by_role("button", name="开始").click()
    page.wait_for_url(re.compile(r"/process-changes/\d+$"))
    assert_accessible(page)
    return int(page.url.rpartition("/")[2])


def make_form(page: Page, change: int) -> None:
    """What is lent, and for how many days."""
    page.get_by_text("新建表单").click()
    form = page.locator("#new-form")
    form.get_by_label("标识").fill("loan_request")
    form.get_by_label("中文名称").fill("外借申请")
    form.get_by_label("英文名称").fill("Loan request")
    form.get_by_role("button").click()
    expect(page.locator(".fjs-properties-panel")).to_be_visible()
    add_field(page, "textfield", "设备", "Equipment", "equipment")
    add_field(page, "number", "天数", "Days", "days")
    expect(page.locator("[data-saving-state]")).to_have_text("已保存")


def add_field(page: Page, kind: str, zh: str, en: str, key: str) -> None:
    fields = page.locator(".fjs-editor-container .fjs-form-field")
    known = fields.count()
    page.locator(f".fjs-palette-field[data-field-type={kind}]").press("Enter")
    expect(fields).to_have_count(known + 1)
    fields.last.click()
    expect(page.locator(".bio-properties-panel-header-type")).to_have_text(FIELDS[kind])
    if not page.get_by_text("字段名", exact=True).is_visible():
        page.locator(".bio-properties-panel-group-header", has_text="基本").click()
    entry = page.locator("[data-entry-id=label] :is(input, textarea, [contenteditable=true]):visible").first
    entry.fill(zh)
    english = page.get_by_label("标签（英文）")
    if not english.is_visible():
        page.locator(".bio-properties-panel-group-header", has_text="英文").click()
    english.fill(en)
    page.get_by_label("字段名").fill(key)
    expect(page.locator("#preview").get_by_label(zh)).to_be_visible()


def draw(page: Page, change: int) -> None:
    """Hand out, after approval if it is for long; two days later ask for it; take it back."""
    modeling.open_diagram(page, change)
    modeling.delete(page, f"{KEY}_ends")
    modeling.choose(page, BEGIN)
    modeling.set_field(page, "form", "loan_request")
    gateway = modeling.append(page, BEGIN, "gateway")
    modeling.describe(page, gateway, "how_long", "借多久？", "For how long?")
    hand_out = task(page, "how_long", "hand_out", "发放设备", "Hand it out", "service_desk")
    timer = modeling.append(page, hand_out, "timer")
    modeling.describe(page, timer, "two_days", "两天后", "Two days later")
    modeling.set_field(page, "timer-kind", "timeDuration")
    modeling.set_field(page, "timer-term", "P2D")
    task(page, "two_days", "remind", "提醒归还", "Ask for it", "service_desk")
    task(page, "remind", "take_back", "收回设备", "Take it back", "service_desk")
    modeling.describe(page, modeling.append(page, "take_back", "end-event"), END, "已归还", "Returned")
    approve_task = task(page, "how_long", "approve", "审批", "Approve", "service_desk")
    modeling.connect(page, approve_task, "hand_out")
    modeling.choose(page, modeling.flow_between(page, "how_long", "approve"))
    modeling.set_field(page, "condition", "days > 7")
    modeling.choose(page, modeling.flow_between(page, "how_long", "hand_out"))
    modeling.field(page, "default").check()
    modeling.saved(page)
    assert modeling.problems(page) == []
    assert_accessible(page)


def task(page: Page, after: str, element_id: str, zh: str, en: str, group: str) -> str:
    modeling.describe(page, modeling.append(page, after, "user-task"), element_id, zh, en)
    modeling.tick(page, "candidate-groups", group)
    return element_id


def try_it(page: Page, change: int, *more: str) -> None:
    """Once through it in the sandbox, the clock moved; kept as a walk."""
    page.goto(f"/process-changes/{change}/trials")
    assert_accessible(page)
    page.get_by_role("button", name="填写发起表单").click()
    fill_in(page, "示波器", 9)
    for name in ("审批", "发放设备"):
        do(page, name)
    page.get_by_role("button", name=re.compile("到下一个到期时间")).click()
    for name in ("提醒归还", "收回设备", *more):
        do(page, name)
    expect(page.locator("#waiting")).to_contain_text("案件已走到终点")
    assert_accessible(page)
    keep = page.locator("#keep")
    keep.get_by_label("中文名称").fill("借九天")
    keep.get_by_label("英文名称").fill("For nine days")
    keep.get_by_role("button").click()


def do(page: Page, name: str) -> None:
    page.get_by_role("button", name=re.compile(f"办理：?.*{name}")).click()
    send(page)
    expect(page.locator("#steps")).to_contain_text(name)


def fill_in(page: Page, equipment: str, days: int) -> None:
    page.get_by_label("设备").fill(equipment)
    page.get_by_label("天数").fill(str(days))
    send(page)


def send(page: Page) -> None:
    page.locator("main button[name=_do][value=submit]").last.click()


def walks_differ(page: Page, change: int) -> None:
    """What was tried before ends otherwise now: the diagram shows where, and the walk makes room for a better one."""
    run_walks(page, change)
    walk = page.locator("#walks .card", has_text="借九天")
    expect(walk).to_contain_text("未经过：已归还")
    expect(walk.locator(".djs-element.yz-overdue[data-element-id=returned]")).to_be_attached()
    assert_accessible(page)
    walk.locator("form[action$='/remove'] button").click()
    page.locator("#confirm [data-confirm-yes]").click()
    expect(page.locator("#walks")).not_to_contain_text("借九天")


def run_walks(page: Page, change: int) -> None:
    page.goto(f"/process-changes/{change}/walks")
    page.get_by_role("button", name="运行全部走查").first.click()
    expect(page.locator("#walks .yz-alert").first).to_be_visible(timeout=60_000)


def submit(page: Page, change: int, reason: str) -> None:
    run_walks(page, change)
    expect(page.locator("#walks .yz-alert-success")).to_be_visible()
    page.goto(f"/process-changes/{change}")
    page.get_by_label("变更原因").fill(reason)
    page.get_by_role("button", name="提交评审").click()
    expect(page.locator("#state")).to_contain_text("评审中")


def approve(page: Page, change: int) -> None:
    page.goto(f"/process-changes/{change}")
    assert_accessible(page)
    page.locator("button[name=verdict][value=approve]").click()
    expect(page.locator("#state")).to_contain_text("现行")


def start(page: Page, equipment: str, days: int) -> str:
    page.goto(f"/start/{KEY}")
    fill_in(page, equipment, days)
    page.wait_for_url(lambda url: "/start/" not in url)
    found = re.search(r"/process-instances/([0-9a-f-]{36})", page.content())
    assert found is not None
    return found.group(1)


def change_it(page: Page) -> int:
    """What comes back is inspected before the loan ends."""
    page.goto(f"/processes/{KEY}")
    page.get_by_role("button", name="修改此流程").click()
    page.wait_for_url(re.compile(r"/process-changes/\d+$"))
    change = int(page.url.rpartition("/")[2])
    modeling.open_diagram(page, change)
    modeling.delete(page, END)
    task(page, "take_back", "inspect", "检查设备", "Inspect it", "service_desk")
    modeling.describe(page, modeling.append(page, "inspect", "end-event"), END, "已归还", "Returned")
    modeling.saved(page)
    page.goto(f"/process-changes/{change}/migration")
    expect(page.locator("#cases")).to_contain_text("2 个可迁移")
    return change


def move(page: Page) -> None:
    page.goto(f"/processes/{KEY}/migrations")
    assert_accessible(page)
    page.get_by_role("button", name="迁移 2 个案件").click()
    page.locator("#confirm [data-confirm-yes]").click()
    expect(page.locator("#moves")).to_contain_text("v1 → v2")
    assert_accessible(page)


def finish(company: Company, screen: Screen) -> None:
    """Everybody does what lies in the inbox, until nothing does."""
    page = screen("liuyang")
    for _ in range(20):
        page.goto("/")
        tasks = page.locator("td.yz-what a")
        if tasks.count() == 0:
            if all(row.status == "completed" for row in company.instances):
                return
            company.pass_time(days=2)
            continue
        tasks.first.click()
        send(page)
        page.wait_for_url(re.compile("/submitted$"))
        company.deliver()
