"""The shell in a real browser: both languages, desk and phone, with and without scripts."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import assert_accessible
from tests.support.people import People

pytestmark = pytest.mark.browser
Screens = Callable[..., Page]
PAGES = ("/admin/users", "/admin/users/new", "/admin/users/1", "/admin/groups", "/admin/groups/1", "/admin/audit")


@pytest.mark.parametrize(("language", "phone"), [("zh", False), ("en", True)])
def test_every_page_of_the_shell_is_accessible(screen: Screens, people: People, language: str, phone: bool) -> None:
    people.administrator("admin", "林志远", language="en" if language == "en" else "zh")
    people.user("li.lei", "李雷", groups=["service_desk", "quality"])
    outside = screen(phone=phone, language=language)
    for path in ("/sign-in", "/nowhere"):
        outside.goto(path)
        assert_accessible(outside)
    inside = screen("admin", phone=phone)
    expect(inside.locator("html")).to_have_attribute("lang", "zh-CN" if language == "zh" else "en")
    for path in (*PAGES, "/account", "/nowhere"):
        inside.goto(path)
        assert_accessible(inside)


def test_the_language_is_switched_in_place(screen: Screens, people: People) -> None:
    people.administrator("admin", "林志远")
    page = screen("admin")
    page.goto("/admin/users?q=admin")
    page.get_by_role("button", name="English").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Users")
    expect(page).to_have_url("/admin/users?q=admin")
    page.get_by_role("button", name="中文").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("用户")


def test_menus_close_on_escape_and_signing_out_works(screen: Screens, people: People) -> None:
    people.administrator("admin", "林志远")
    page = screen("admin")
    page.goto("/admin/users")
    menu = page.locator(".yz-menu")
    menu.locator("summary").click()
    expect(menu).to_have_attribute("open", "")
    page.keyboard.press("Escape")
    expect(menu).not_to_have_attribute("open", "")
    expect(menu.locator("summary")).to_be_focused()
    menu.locator("summary").click()
    page.get_by_role("button", name="退出登录").click()
    expect(page).to_have_url("/sign-in")


def test_taking_somebody_out_of_a_group_asks_first(screen: Screens, people: People) -> None:
    people.administrator("admin", "林志远")
    people.user("li.lei", "李雷", groups=["service_desk"])
    page = screen("admin")
    page.goto(f"/admin/groups/{people.group('service_desk')}")
    page.get_by_role("button", name="移出李雷").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("将 李雷 移出该用户组？")
    dialog.get_by_role("button", name="取消").click()
    expect(page.get_by_role("link", name="李雷")).to_be_visible()
    page.get_by_role("button", name="移出李雷").click()
    dialog.get_by_role("button", name="移出").click()
    expect(page.get_by_text("该用户组还没有成员")).to_be_visible()


def test_on_a_phone_the_whole_menu_is_behind_one_button(screen: Screens, people: People) -> None:
    people.administrator("admin", "林志远")
    page = screen("admin", phone=True)
    page.goto("/account")
    expect(page.get_by_role("navigation", name="主菜单")).to_be_hidden()
    page.locator(".yz-bottom summary").click()
    assert_accessible(page)
    page.locator(".yz-sheet").get_by_role("link", name="审计日志").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("审计日志")


def test_without_scripts_everything_is_sent_directly(screen: Screens, people: People) -> None:
    people.administrator("admin", "林志远")
    people.user("li.lei", "李雷", groups=["service_desk"])
    page = screen("admin", javascript=False)
    page.goto(f"/admin/groups/{people.group('service_desk')}")
    page.get_by_role("button", name="移出李雷").click()
    expect(page.get_by_text("该用户组还没有成员")).to_be_visible()
