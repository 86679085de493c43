"""A case and what an administrator may do to it: hand over, end, mend; others see no more than is theirs."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import insert

from engine.store.tables import callback, incident_resolution, process_instance
from engine.store.types import Record
from tests.support.people import People
from tests.support.service_desk import ServiceDesk
from tests.support.visitor import Visitor

SignIn = Callable[[str], Visitor]


@pytest.fixture
def admin(desk: ServiceDesk, people: People, sign_in: SignIn) -> Iterator[Visitor]:
    people.administrator()
    yield sign_in("admin")


@pytest.fixture
def case(desk: ServiceDesk) -> str:
    """The address of a case: one incident, resolved this morning."""
    desk.import_rows(desk.row("INC0001", "Resolved", 1, company="云湖区政务服务中心"))
    (row,) = desk.rows(process_instance)
    return f"/process-instances/{row.id}"


def test_the_page_of_a_case_tells_what_happened_and_what_waits(
    desk: ServiceDesk, case: str, admin: Visitor, sign_in: SignIn
) -> None:
    liu = sign_in("liuyang").visit(case)
    assert "电话回访" in liu.text
    assert "INC0001" in liu.text
    assert '"resolved_at"' not in liu.source
    assert '"resolved_at"' in admin.visit(case).text
    steps = admin.all('//ol[@class="yz-diagram-steps"]/li')
    assert "电话回访 – 待办理" in steps
    desk.pass_time(hours=25)
    assert "电话回访 – 已逾期" in admin.visit(case).all('//ol[@class="yz-diagram-steps"]/li')
    assert "升级" in " ".join(admin.all('//*[contains(@class, "yz-timeline")]'))
    assert sign_in("lihao").visit(case).status == 404
    assert sign_in("lihao").visit(f"{case}/diagram").status == 404


def test_an_administrator_hands_a_task_over_and_ends_the_case_with_a_reason(
    desk: ServiceDesk, case: str, admin: Visitor, sign_in: SignIn
) -> None:
    (item,) = desk.inbox(desk.liu_yang)
    admin.visit(case).submit(f"/work-items/{item.id}/reassign", user=str(desk.li_hao.user_id))
    assert admin.path == case
    assert "李浩" in admin.text
    astray = admin.send(f"/work-items/{item.id}/reassign", user=str(desk.li_hao.user_id), back="//elsewhere.example/")
    assert astray.path == "/"
    assert len(sign_in("lihao").visit("/").all('//td[contains(@class, "yz-what")]')) == 1
    assert desk.inbox(desk.liu_yang) == []

    admin.visit(case).submit(f"{case}/cancel", reason="")
    assert admin.status == 422
    admin.visit(case).submit(f"{case}/cancel", reason="重复登记")
    assert "重复登记" in admin.text
    assert "提前结束" in admin.text
    assert "已越过此任务" in sign_in("lihao").visit(f"/work-items/{item.id}").text
    assert sign_in("liuyang").visit("/").send(f"{case}/cancel", reason="我也不要了").status == 403


@pytest.fixture
def stuck(desk: ServiceDesk) -> Record:
    """A case that a message from elsewhere began, although nothing was imported: its service task fails."""
    desk.hear_of_a_stranger("X1")
    desk.submit(desk.liu_yang, "call", channel="phone", reached="yes", solved="yes", score=5)
    (row,) = desk.rows(process_instance)
    return row


def test_what_failed_is_listed_with_its_reason_until_it_works(
    desk: ServiceDesk, stuck: Record, admin: Visitor, sign_in: SignIn
) -> None:
    case = f"/process-instances/{stuck.id}"
    admin.visit("/admin/engine-incidents")
    assert "服务任务" in admin.text
    assert "没有对应的回访记录" in admin.text
    assert stuck.business_key in admin.text
    (retry,) = admin.page.xpath('//form[contains(@action, "/retry")]/@action')
    assert "没有对应的回访记录" in admin.submit(retry).text
    assert sign_in("liuyang").visit("/admin/engine-incidents").status == 403
    assert admin.visit(case).send(retry, back="https://elsewhere.example/").path == "/"

    desk.import_rows(desk.row("X1", "Resolved", 1), callbacks="none")
    (resolution,) = desk.rows(incident_resolution)
    row = {"resolution_id": resolution.id, "instance_id": stuck.id, "due_at": desk.clock.now()}
    with desk.platform.database.write() as connection:
        connection.execute(insert(callback).values(**row, status="open", attempts=0))
    assert "引擎未能继续" in admin.visit(case).text
    admin.submit(retry)
    assert admin.path == case
    assert "引擎未能继续" not in admin.text
    assert "一切正常" in admin.visit("/admin/engine-incidents").text
    assert stuck.business_key in admin.visit("/admin/engine-incidents?status=resolved").text
    assert [one.status for one in desk.callbacks] == ["reached"]


def test_what_needs_no_mending_is_closed_with_a_reason(desk: ServiceDesk, stuck: Record, admin: Visitor) -> None:
    admin.visit("/admin/engine-incidents")
    (dismiss,) = admin.page.xpath('//form[contains(@action, "/dismiss")]/@action')
    admin.submit(dismiss, reason="试发的消息")
    assert "一切正常" in admin.text
    assert "没有对应的回访记录" in admin.visit("/admin/engine-incidents?status=resolved").text
