"""Real browsers: one Chromium for all tests, a real server, people at their screens."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect, sync_playwright
from waitress import wasyncore
from waitress.server import create_server

from scripts.browser import on_path
from tests.support.people import PASSWORD

ROOT = Path(__file__).parents[2]
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
DESKTOP = {"width": 1280, "height": 800}
PHONE = {"width": 390, "height": 844}
expect.set_options(timeout=30_000)  # a busy machine is slow, not wrong
_RUN_AXE = """async () => {
  const { violations } = await axe.run(document, { resultTypes: ['violations'] });
  const place = node => `    ${node.target} ${node.html.slice(0, 160)} ${node.any.map(one => one.message)}`;
  return violations.map(one => [`${one.id}: ${one.help}`, ...one.nodes.map(place)].join('\\n'));
}"""


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The browser named by CHROMIUM, else the one there is. Without one the tests are skipped, in CI they fail."""
    path = os.environ.get("CHROMIUM") or on_path()
    if path is None:
        if os.environ.get("CI"):
            pytest.fail("no Chromium on PATH and CHROMIUM is not set")
        pytest.skip("no Chromium on PATH and CHROMIUM is not set")
    with sync_playwright() as playwright:
        # A browser that runs as root, as in most containers, cannot use its own sandbox.
        arguments = ["--no-sandbox"] if os.name == "posix" and os.geteuid() == 0 else []
        browser = playwright.chromium.launch(executable_path=path, args=arguments)
        yield browser
        browser.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page in Chinese at Shanghai's time."""
    context = browser.new_context(locale="zh-CN", timezone_id="Asia/Shanghai")
    yield context.new_page()
    context.close()


@pytest.fixture
def live_server(app: Flask) -> Iterator[str]:
    """``app`` served by waitress on a free port; its address."""
    server = create_server(app, host="127.0.0.1", port=0, threads=4)
    thread = threading.Thread(target=server.run)
    thread.start()
    yield f"http://127.0.0.1:{server.effective_port}"
    server.task_dispatcher.shutdown()
    with suppress(OSError):  # a last answer may wake the loop first: it closes everything before it is told again
        server.trigger.pull_trigger(lambda: wasyncore.close_all(server._map))
    thread.join()


Screens = Callable[..., Page]


@pytest.fixture
def screen(browser: Browser, live_server: str) -> Iterator[Screens]:
    """``screen("li.lei", phone=True)``: a new browser in which that person is signed in; None for nobody.

    ``language`` is the browser's; ``javascript=False`` switches scripts off. A script error or a refusal by the content
    policy on any page fails the test.
    """
    contexts: list[Any] = []
    complaints: list[str] = []

    def open_screen(
        login: str | None = None, *, phone: bool = False, language: str = "zh", javascript: bool = True
    ) -> Page:
        context = browser.new_context(
            base_url=live_server,
            locale="zh-CN" if language == "zh" else "en-US",
            timezone_id="Asia/Shanghai",
            viewport=PHONE if phone else DESKTOP,
            has_touch=phone,
            java_script_enabled=javascript,
        )
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda said: complaints.append(said.text) if "Content Security" in said.text else None)
        if login is not None:
            page.goto("/sign-in")
            page.locator("#field-login").fill(login)
            page.locator("#field-password").fill(PASSWORD)
            page.locator("main button[type=submit]").click()
            page.wait_for_url(lambda url: "/sign-in" not in url)
        return page

    yield open_screen
    for context in contexts:
        context.close()
    assert complaints == []


def assert_accessible(page: Page) -> None:
    """axe-core finds nothing on the page shown, and nothing sticks out at its side."""
    page.wait_for_load_state()  # the address is there before the page is
    page.evaluate(AXE.read_text(encoding="utf-8") + "; undefined")
    violations = page.evaluate(_RUN_AXE)
    assert violations == [], "\n".join(violations)
    assert_fits(page)


def assert_fits(page: Page) -> None:
    """Nothing sticks out at the side of the page shown."""
    too_wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert too_wide <= 0, f"the page is {too_wide} px wider than the screen"
