"""The process library at the screen: accessible in both languages at a desk and on a phone; a change is published."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from engine.settings import ROOT
from tests.browser.conftest import assert_accessible
from tests.support.company import Company

pytestmark = pytest.mark.browser
Screens = Callable[..., Page]
COMPLAINT = ROOT / "processes" / "service_desk" / "complaint.bpmn"


def change(folder: Path, old: str, new: str) -> Path:
    path = folder / COMPLAINT.name
    path.write_bytes(COMPLAINT.read_bytes().replace(old.encode(), new.encode()))
    return path


@pytest.mark.parametrize(("language", "phone"), [("zh", False), ("en", True)])
def test_a_process_is_changed_in_the_browser(
    screen: Screens, company: Company, tmp_path: Path, language: str, phone: bool
) -> None:
    company.speak(language)
    words = {
        "zh": ("发布文件", "仅检查", "发布", "文件", "原因"),
        "en": ("Publish files", "Check only", "Publish", "Files", "Reason"),
    }
    publish_files, check, publish, files, reason = words[language]
    page = screen("admin", phone=phone)
    page.goto("/processes")
    assert_accessible(page)
    page.get_by_role("link", name=publish_files).click()
    assert_accessible(page)
    page.get_by_label(files).set_input_files(change(tmp_path, '"complaint.register"', '"no.such.topic"'))
    page.get_by_role("button", name=check).click()
    expect(page.get_by_role("main")).to_contain_text("no.such.topic")
    assert_accessible(page)
    page.get_by_label(files).set_input_files(change(tmp_path, "接到投诉", "接到客户投诉"))
    page.get_by_label(reason).fill("Better name")
    page.get_by_role("button", name=publish, exact=True).click()
    page.wait_for_url("**/processes/complaint")
    expect(page.locator("[data-drawn] svg").first).to_be_visible()
    expect(page.get_by_role("main")).to_contain_text("Better name")
    assert_accessible(page)
    page.goto("/processes/complaint/versions/2")
    expect(page.locator(".djs-element.yz-active")).to_have_count(1)
    assert_accessible(page)


def test_the_outline_is_walked_by_its_links(screen: Screens, company: Company) -> None:
    page = screen("emily")
    page.goto("/processes/complaint")
    step = page.locator("#step-acknowledge")
    expect(step.get_by_role("heading", name="Acknowledge to the customer")).to_be_visible()
    expect(step).to_contain_text("A serious complaint needs a contact")
    step.get_by_role("link", name="Record the acknowledgement").click()
    assert page.url.endswith("#step-record_acknowledgement")
    page.locator("#step-classify").get_by_role("link", name="Complaint class").click()
    expect(page.get_by_role("table", name="Complaint class")).to_be_in_viewport()
    page.locator("#step-acknowledge").get_by_role("link", name="Acknowledge").first.click()
    expect(page.locator("#form-complaint_acknowledge")).to_be_in_viewport()
