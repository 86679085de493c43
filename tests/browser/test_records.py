"""Declared registers and documents in a real browser: accessible at a desk and on a phone, printed without the menu."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import insert, select

from engine import documents
from engine.documents.kinds import KINDS
from engine.store.tables import document, user
from tests.browser.conftest import assert_accessible
from tests.support.company import Company
from tests.support.findings import analyse_nonconformity, complain, raise_nonconformity

pytestmark = pytest.mark.browser
Screens = Callable[..., Page]


@pytest.fixture
def reports(company: Company) -> dict[str, int]:
    """An issued report, handed out to two people, and one of every kind with its example's data."""
    row, now, actor = analyse_nonconformity(company), company.clock.now(), company.actor("hexin")
    raise_nonconformity(company, title="备件账实不符", department="operations", grade="major")
    complain(company)
    made: dict[str, int] = {}
    with company.platform.database.write() as connection:
        zone = company.platform.settings.zone
        issued = documents.issue(
            connection, actor=actor, kind="nonconformity_report", record_id=row.id, zone=zone, now=now
        )
        ids = list(connection.scalars(select(user.c.id).where(user.c.login.in_(["hexin", "emily"]))))
        documents.distribute(connection, actor=actor, document_id=issued, user_ids=ids, now=now)
        made["issued"] = issued
        common: dict[str, Any] = {"version": 1, "status": "issued", "content": b"", "sha256": "0" * 64}
        for kind in KINDS.values():
            values = {"number": f"X-{kind.key}", "kind": kind.key, "title": kind.zh, "data": kind.example}
            origin = {"record_type": kind.record_type, "record_id": 1, "created_by_id": ids[0], "created_at": now}
            query = insert(document).values(**values, **origin, **common).returning(document.c.id)
            made[kind.key] = connection.execute(query).scalar_one()
        documents.distribute(
            connection, actor=actor, document_id=made["management_review_report"], user_ids=ids, now=now
        )
    return made


@pytest.mark.parametrize(("login", "phone"), [("hexin", False), ("emily", True)])
def test_every_page_of_records_and_documents_is_accessible(
    screen: Screens, company: Company, reports: dict[str, int], login: str, phone: bool
) -> None:
    page = screen(login, phone=phone)
    everything = (
        list(reports.values()) if login == "hexin" else [reports["issued"], reports["management_review_report"]]
    )
    for path in (
        "/registers/nonconformity",
        "/registers/nonconformity?q=zzz",
        "/registers/internal_audit",
        "/registers/nonconformity/1",
        "/registers/nonconformity/2",
        "/registers/complaint/1",
        "/registers/corrective_action/1",
        "/documents",
        "/documents/templates",
        *(f"/documents/{one}" for one in everything),
    ):
        answer = page.goto(path)
        assert answer is not None
        assert answer.ok, path
        assert_accessible(page)


def test_a_record_shows_who_did_what_and_leads_to_its_report(
    screen: Screens, company: Company, reports: dict[str, int]
) -> None:
    page = screen("hexin")
    page.goto("/registers/nonconformity")
    page.get_by_label("等级").select_option("minor")
    page.get_by_role("link", name="N-20260302-001").click()
    expect(page.locator(".yz-diagram svg").first).to_be_visible()
    page.get_by_text("分析原因").first.click()
    expect(page.get_by_text("交接表没有这一栏").first).to_be_visible()
    page.get_by_role("link", name="不符合项报告").first.click()
    page.get_by_role("article").get_by_role("link", name="N-20260302-001").first.click()
    expect(page).to_have_url(f"{page.url.split('/registers')[0]}/registers/nonconformity/1")


def test_a_printed_document_is_the_paper_alone(screen: Screens, company: Company, reports: dict[str, int]) -> None:
    page = screen("hexin")
    page.goto(f"/documents/{reports['issued']}")
    printed = page.evaluate("() => { window.printed = 0; window.print = () => { window.printed += 1 }; }")
    assert printed is None
    page.get_by_role("button", name="打印").click()
    assert page.evaluate("() => window.printed") == 1
    expect(page.get_by_role("navigation", name="主菜单")).to_be_visible()
    page.emulate_media(media="print")
    expect(page.get_by_role("navigation", name="主菜单")).to_be_hidden()
    expect(page.get_by_text("分发范围")).to_be_hidden()
    expect(page.get_by_role("article")).to_be_visible()
