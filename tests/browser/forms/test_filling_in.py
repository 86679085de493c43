"""People fill in forms in a real browser: live conditions, rows, errors, drafts, uploads; also without JavaScript."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect
from werkzeug.serving import make_server

from tests.browser.conftest import AXE, assert_accessible
from tests.browser.forms.formjs import need
from tests.browser.forms.site import WEBAPP, Desk, create_site

pytestmark = pytest.mark.browser
Opener = Callable[..., Page]


@pytest.fixture
def desk() -> Desk:
    desk = Desk()
    desk.initial = {"reporter": "李雷", "tag_options": ["急", "复发"]}
    desk.variables = {"customer": "甲公司"}
    return desk


@pytest.fixture
def address(desk: Desk) -> Iterator[str]:
    """The site's form page, served on a free port."""
    for name in ("htmx.js", "tabler.css"):
        need(WEBAPP / "static" / "vendor" / name)
    server = make_server("127.0.0.1", 0, create_site(desk), threaded=True)
    server.log = lambda *_: None  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/forms/everything"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def visit(browser: Browser, address: str) -> Iterator[Opener]:
    """Open the form as a person with their own browser; complaints of the page fail the test."""
    contexts: list[Any] = []
    complaints: list[str] = []

    def open_form(query: str = "", **settings: Any) -> Page:
        context = browser.new_context(locale="zh-CN", timezone_id="Asia/Shanghai", **settings)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda said: complaints.append(said.text) if "Content Security" in said.text else None)
        page.goto(address + query)
        return page

    yield open_form
    for context in contexts:
        context.close()
    assert complaints == []


def fill_in(page: Page) -> None:
    page.fill("#form-title", "划伤不良")
    page.select_option("#form-kind", "look")
    page.fill("#form-found_on", "2026-11-20")
    page.fill("#form-qty", "3")
    page.locator("label[for=form-severity-1]").click()
    page.check("#form-sources")
    page.fill("#form-items-0-part", "P1")
    page.fill("#form-items-0-n", "2")
    page.check("#form-confirm")


def submit(page: Page) -> None:
    page.locator(".yz-form-actions .btn-primary").click()


class TestLive:
    def test_a_condition_appears_and_the_focus_stays(self, visit: Opener) -> None:
        page = visit()
        expect(page.locator("#form-perf_note")).to_have_count(0)
        page.select_option("#form-kind", "perf")
        page.focus("#form-claim")
        expect(page.locator("#form-perf_note")).to_be_visible()
        expect(page.locator("#form-claim")).to_be_focused()
        expect(page.locator("#form-kind")).to_have_value("perf")

    def test_computed_fields_follow(self, visit: Opener) -> None:
        page = visit()
        page.fill("#form-qty", "3")
        page.fill("#form-price", "2.5")
        page.press("#form-price", "Tab")
        expect(page.locator("#form-loss")).to_have_text("7.5")

    def test_what_is_typed_during_a_refresh_stays(self, visit: Opener, desk: Desk) -> None:
        page = visit()
        arrived, go_on = threading.Event(), threading.Event()
        desk.refresh_delay = lambda: (arrived.set(), go_on.wait(20))
        page.fill("#form-title", "划伤")
        page.select_option("#form-kind", "perf")
        while not arrived.is_set():
            page.wait_for_timeout(20)
        page.fill("#form-title", "划伤不良")
        page.fill("#form-batch", "AB-1234")
        go_on.set()
        expect(page.locator("#form-perf_note")).to_be_visible()
        expect(page.locator("#form-title")).to_have_value("划伤不良")
        expect(page.locator("#form-batch")).to_have_value("AB-1234")


class TestRows:
    def test_a_new_row_has_the_focus_and_a_removed_one_takes_only_its_own_values(self, visit: Opener) -> None:
        page = visit()
        page.fill("#form-items-0-part", "P1")
        page.check("#form-items-0-scrap")
        page.get_by_role("button", name="添加一行").click()
        expect(page.locator("#form-items-1-part")).to_be_focused()
        page.fill("#form-items-1-part", "P2")
        page.get_by_role("button", name="删除第 1 行").click()
        expect(page.locator("#form-items-1-part")).to_have_count(0)
        expect(page.locator("#form-items-0-part")).to_have_value("P2")
        expect(page.locator("#form-items-0-scrap")).not_to_be_checked()

    def test_enter_submits_and_removes_nothing(self, visit: Opener, desk: Desk) -> None:
        page = visit()
        fill_in(page)
        page.press("#form-items-0-part", "Enter")
        page.wait_for_url("**/done/**")
        assert [row["part"] for row in desk.answers["everything"]["items"]] == ["P1"]


class TestErrors:
    def test_the_summary_has_the_focus_and_leads_to_each_field(self, visit: Opener) -> None:
        page = visit()
        page.fill("#form-title", "划伤")
        page.fill("#form-qty", "abc")
        submit(page)
        expect(page.locator("#form-errors")).to_be_focused()
        expect(page.locator("#form-qty")).to_have_value("abc")
        page.get_by_role("link", name="明细 1 · 料号").click()
        expect(page.locator("#form-items-0-part")).to_be_focused()
        page.get_by_role("link", name="严重程度").click()
        expect(page.locator("#form-severity")).to_be_focused()

    def test_a_second_click_does_not_send_twice(self, visit: Opener, desk: Desk) -> None:
        page = visit()
        fill_in(page)
        sent: list[str] = []
        page.on(
            "request", lambda request: sent.append(request.post_data or "") if request.is_navigation_request() else None
        )
        page.evaluate(
            "() => { const b = document.querySelector('.yz-form-actions .btn-primary'); b.click(); b.click(); }"
        )
        page.wait_for_url("**/done/**")
        assert len([body for body in sent if body]) == 1
        assert desk.answers["everything"]["title"] == "划伤不良"


class TestDrafts:
    def test_the_server_keeps_what_was_typed(self, visit: Opener, desk: Desk) -> None:
        page = visit()
        page.fill("#form-title", "写了一半")
        expect(page.locator("[data-draft-status]")).to_contain_text("草稿已保存")
        assert desk.drafts["everything"]["title"] == "写了一半"
        somewhere_else = visit()
        expect(somewhere_else.locator("#form-title")).to_have_value("写了一半")

    def test_this_browser_keeps_it_while_the_server_cannot(self, visit: Opener, desk: Desk) -> None:
        desk.refuse_drafts = True
        page = visit()
        page.select_option("#form-kind", "perf")
        page.fill("#form-perf_note", "偏低")
        page.get_by_role("button", name="添加一行").click()
        page.fill("#form-items-1-part", "P2")
        expect(page.locator("[data-draft-status]")).to_contain_text("内容已留在本机")
        page.reload()
        expect(page.locator("[data-draft-status]")).to_contain_text("已恢复")
        expect(page.locator("#form-perf_note")).to_have_value("偏低")
        expect(page.locator("#form-items-1-part")).to_have_value("P2")

    def test_after_submitting_the_form_starts_empty_again(self, visit: Opener, desk: Desk, address: str) -> None:
        page = visit()
        fill_in(page)
        # A draft still on its way would reach this plain server after the submission; the inbox refuses it there.
        expect(page.locator("[data-draft-status]")).not_to_be_empty()
        page.wait_for_load_state("networkidle")
        submit(page)
        page.wait_for_url("**/done/**")
        page.goto(address)
        expect(page.locator("#form-title")).to_have_value("")
        page.wait_for_load_state("networkidle")
        expect(page.locator("#form-title")).to_have_value("")
        assert page.evaluate("Object.keys(localStorage).length") == 0


class TestUploads:
    def test_files_travel_on_their_own_and_can_be_removed(self, visit: Opener, desk: Desk) -> None:
        page = visit()
        fill_in(page)
        photo = {"name": "现场.jpg", "mimeType": "image/jpeg", "buffer": b"1234"}
        page.set_input_files("#form-photos", [photo, {**photo, "name": "全景.jpg"}])
        expect(page.locator("[data-file-list] li")).to_have_count(2)
        page.get_by_role("button", name="删除 现场.jpg").click()
        page.select_option("#form-kind", "size")
        expect(page.locator("[data-file-list] li")).to_have_text(["全景.jpg删除"])
        submit(page)
        page.wait_for_url("**/done/**")
        assert desk.answers["everything"]["photos"] == ["file-2"]

    def test_a_refused_file_says_why(self, visit: Opener) -> None:
        page = visit()
        page.set_input_files("#form-photos", {"name": "x.exe", "mimeType": "application/x-dosexec", "buffer": b"MZ"})
        expect(page.locator("[data-file-status]")).to_have_text("不允许的文件")


class TestWithoutJavaScript:
    def test_rows_conditions_errors_and_files_all_work(self, visit: Opener, desk: Desk) -> None:
        page = visit(java_script_enabled=False)
        fill_in(page)
        page.select_option("#form-kind", "perf")
        page.get_by_role("button", name="添加一行").click()
        expect(page.locator("#form-items-0-part")).to_have_value("P1")
        page.fill("#form-items-1-part", "P2")
        page.set_input_files("#form-photos", {"name": "现场.jpg", "mimeType": "image/jpeg", "buffer": b"1"})
        submit(page)
        expect(page.locator("#form-errors li")).to_have_count(2)
        expect(page.locator("#form-items-1-part")).to_have_value("P2")
        expect(page.locator("[data-file-list] li")).to_have_count(1)
        page.fill("#form-perf_note", "偏低")
        page.get_by_role("button", name="删除第 2 行").click()
        submit(page)
        page.wait_for_url("**/done/**")
        answers = desk.answers["everything"]
        assert (answers["perf_note"], [row["part"] for row in answers["items"]]) == ("偏低", ["P1"])
        assert answers["photos"] == ["file-1"]


class TestForEverybody:
    @pytest.mark.parametrize("query", ["", "?lang=en"])
    @pytest.mark.parametrize("width", [1280, 390])
    def test_axe_finds_nothing_and_nothing_sticks_out(self, visit: Opener, query: str, width: int) -> None:
        page = visit(query, viewport={"width": width, "height": 844})
        need(AXE)
        for _ in range(2):
            assert_accessible(page)
            submit(page)
            expect(page.locator("#form-errors")).to_be_visible()
