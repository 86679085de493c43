"""What people do with their tasks at the screen."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect


def open_task(page: Page, name: str) -> None:
    """Open the first task of this name from the inbox."""
    page.goto("/")
    page.get_by_role("link", name=re.compile(f"^{re.escape(name)}")).first.click()
    expect(page.locator("h1")).to_have_text(name)


def choose(page: Page, name: str, value: str) -> None:
    """Choose one of the segments of a field."""
    page.locator(f"[name='{name}'][value={value}] + label").click()


def send(page: Page) -> None:
    """Press the button that submits."""
    page.locator("button.btn-primary[value=submit]").click()


def sent(page: Page) -> None:
    """Submit, and be told that it was taken."""
    send(page)
    page.wait_for_url(re.compile("/submitted$"))
