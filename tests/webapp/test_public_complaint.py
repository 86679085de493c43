"""The link a customer complains with: it does one thing once, and shows nothing else."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask

from engine import link_attempts, public_links
from engine.link_attempts import LinkUnusable
from engine.store.tables import complaint, process_instance, public_link, public_link_failure
from tests.support.company import Company
from tests.support.visitor import Visitor

SAID = {
    "content": "门诊网络断了两小时\n影响挂号",
    "remedy_sought": "说明原因",
    "kind": "timeliness",
    "project": "门诊楼",
    "complainant": "王主任",
    "contact": "13900000000",
}
HOSPITAL = "滨江市第一人民医院"


@pytest.fixture
def link(company: Company, sign_in: Callable[[str], Visitor]) -> str:
    """The path of a link Liu Yang has issued for the hospital, read off the page that shows it once."""
    desk = sign_in("liuyang").visit("/complaint-links")
    desk.submit("/complaint-links", customer=HOSPITAL, days="7")
    (address,) = desk.page.xpath('//input[@id="issued"]/@value')
    desk.visit("/complaint-links")
    assert address not in desk.source
    return re.sub(r"^https?://[^/]+", "", str(address))


def token_of(link: str) -> str:
    return link.rsplit("/", 1)[1]


def test_a_customer_complains_once_and_sees_the_number(company: Company, visitor: Visitor, link: str) -> None:
    visitor.visit(link)
    assert HOSPITAL in visitor.text
    assert visitor.answer is not None and visitor.answer.headers["Cache-Control"] == "no-store"
    visitor.submit(link, **SAID)
    assert visitor.status == 200
    assert "C-20260302-001" in visitor.text
    (one,) = company.rows(complaint)
    assert (one.number, one.received_through, one.customer) == ("C-20260302-001", "public_link", HOSPITAL)
    assert (one.complainant, one.contact, one.project, one.kind) == ("王主任", "13900000000", "门诊楼", "timeliness")
    assert one.subject == "门诊网络断了两小时 影响挂号"
    (row,) = company.rows(public_link)
    assert (row.used_at, row.record_id) == (company.clock.now(), one.id)
    assert company.todo("liuyang") == ["acknowledge"]
    assert company.engine_incidents == []


def test_only_the_hash_of_the_token_is_kept(company: Company, link: str, settings: object) -> None:
    with company.platform.database.engine.connect() as connection:
        dump = "\n".join(
            str(tuple(row))
            for table in ("public_link", "audit", "history", "outbox")
            for row in connection.exec_driver_sql(f"SELECT * FROM {table}")
        )
    assert HOSPITAL in dump
    assert token_of(link) not in dump


def test_a_used_link_takes_nothing_more(company: Company, visitor: Visitor, link: str, app: Flask) -> None:
    second = Visitor(app.test_client()).visit(link)
    visitor.visit(link).submit(link, **SAID)
    second.submit(link, **{**SAID, "content": "再投诉一次"})
    assert second.status == 404
    assert len(company.rows(complaint)) == 1
    assert "C-20260302-001" in visitor.visit(link).text
    assert visitor.page.xpath("//textarea") == []
    assert SAID["contact"] not in visitor.source, "what was written is not shown again"


def test_a_link_ends_when_its_time_is_over(company: Company, visitor: Visitor, link: str) -> None:
    visitor.visit(link)
    company.clock.move_to(company.clock.now() + timedelta(days=7))
    visitor.submit(link, **SAID)
    assert visitor.status == 404
    assert visitor.visit(link).status == 404
    assert HOSPITAL not in visitor.source
    assert company.rows(complaint) == []


@pytest.mark.parametrize("token", ["x", "..", "%00", "a" * 500, "' OR 1=1 --"])
def test_a_wrong_token_opens_nothing(company: Company, visitor: Visitor, link: str, token: str) -> None:
    visitor.visit(f"/complaint/{token}")
    assert visitor.status == 404
    assert HOSPITAL not in visitor.source


def test_guessing_is_slowed_down_by_address(company: Company, visitor: Visitor, link: str, app: Flask) -> None:
    for number in range(link_attempts.FAILURES_PER_ADDRESS):
        assert visitor.visit(f"/complaint/guess-{number}").status == 404
    assert visitor.visit(link).status == 429, "even the right one has to wait now"
    assert visitor.answer is not None
    assert int(visitor.answer.headers["Retry-After"]) > 0
    elsewhere = Visitor(app.test_client())
    elsewhere.answer = elsewhere.client.get(link, environ_base={"REMOTE_ADDR": "192.0.2.7"})
    assert elsewhere.status == 200
    company.clock.move_to(company.clock.now() + link_attempts.WINDOW + timedelta(seconds=1))
    assert visitor.visit(link).status == 200
    company.clock.move_to(company.clock.now() + timedelta(days=2))
    assert visitor.visit("/complaint/once-more").status == 404
    assert len(company.rows(public_link_failure)) == 1, "old failures are forgotten"


def test_without_the_hidden_token_of_the_page_nothing_is_taken(company: Company, visitor: Visitor, link: str) -> None:
    answer = visitor.client.post(link, data=SAID)
    assert answer.status_code == 400
    assert company.rows(complaint) == []
    assert visitor.visit(link).status == 200, "the link is still good"


def test_what_is_missing_or_too_long_is_marked_and_nothing_typed_is_lost(
    company: Company, visitor: Visitor, link: str
) -> None:
    visitor.visit(link).submit(link, **{**SAID, "contact": " ", "project": "楼" * 201, "kind": "rumour"})
    assert visitor.status == 422
    assert visitor.all('//p[@class="yz-field-error"]') == ["请填写此项。", "不能超过 200 个字。", "请填写此项。"]
    assert visitor.page.xpath('//textarea[@name="content"]')[0].value.strip() == SAID["content"]
    assert company.rows(complaint) == []
    visitor.submit(link, **SAID)
    assert "C-20260302-001" in visitor.text


def test_markup_in_a_complaint_stays_text(
    company: Company, visitor: Visitor, link: str, sign_in: Callable[[str], Visitor]
) -> None:
    visitor.visit(link).submit(link, **{**SAID, "content": "<script>alert(1)</script>{{ 7*7 }}"})
    (one,) = company.rows(complaint)
    desk = sign_in("liuyang").visit(f"/registers/complaint/{one.id}")
    assert desk.status == 200
    assert "<script>alert" not in desk.source
    assert "{{ 7*7 }}" in desk.text
    assert "public_link" not in desk.text, "the evidence, too, names the channel in words"


def test_the_page_speaks_the_browsers_language_and_can_be_switched(visitor: Visitor, link: str) -> None:
    assert "请告诉我们哪里出了问题" in visitor.visit(link, **{"Accept-Language": "zh-CN"}).text
    assert "Tell us what went wrong" in visitor.visit(link, **{"Accept-Language": "en-GB,en;q=0.8"}).text
    visitor.submit("/language", language="zh")
    assert visitor.path == link
    assert "请告诉我们哪里出了问题" in visitor.text


def test_nothing_else_is_to_be_seen(visitor: Visitor, link: str) -> None:
    visitor.visit(link)
    assert visitor.page.xpath("//nav") == []
    assert {str(href) for href in visitor.page.xpath("//a/@href")} <= {"/"}
    assert visitor.visit("/").path == "/sign-in"


def test_only_the_service_desk_and_the_quality_department_issue_links(
    company: Company, sign_in: Callable[[str], Visitor]
) -> None:
    for login, allowed in (("liuyang", True), ("xumei", True), ("admin", True), ("lihao", False), ("qiumin", False)):
        person = sign_in(login).visit("/complaint-links")
        assert person.status == (200 if allowed else 403)
        person.visit("/account").send("/complaint-links", customer="某公司", days="3")
        assert person.status == (200 if allowed else 403)
    assert len(company.rows(public_link)) == 3


@pytest.mark.parametrize(("customer", "days"), [("", "7"), ("某公司", "0"), ("某公司", "91"), ("某公司", "x")])
def test_a_link_needs_a_customer_and_a_sensible_time(
    company: Company, sign_in: Callable[[str], Visitor], customer: str, days: str
) -> None:
    desk = sign_in("liuyang").visit("/complaint-links").submit("/complaint-links", customer=customer, days=days)
    assert desk.status == 422
    assert company.rows(public_link) == []


def test_two_who_send_at_the_same_moment_make_one_complaint(any_company: Company) -> None:
    """The link is used up by a conditional update: whoever comes second finds it gone, and starts nothing."""
    company, platform = any_company, any_company.platform
    now, desk = company.clock.now(), company.actor("liuyang")
    with platform.database.write() as connection:
        token = public_links.issue(connection, actor=desk, customer=HOSPITAL, days=7, now=now).token

    def complain() -> None:
        with platform.database.write() as connection:
            public_links.complain(platform.runtime, connection, token=token, address="192.0.2.1", given=SAID, now=now)

    complain()
    with pytest.raises(LinkUnusable):
        complain()
    assert len([row for row in company.rows(process_instance) if row.definition_key == "complaint"]) == 1


def test_whoever_is_signed_in_may_use_a_link_too(
    company: Company, link: str, sign_in: Callable[[str], Visitor]
) -> None:
    person = sign_in("lihao").visit(link).submit(link, **SAID)
    assert "C-20260302-001" in person.text
