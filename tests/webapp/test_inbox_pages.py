"""Liu Yang's working day on plain pages, without scripts: the inbox, drafts, what is next and what was done."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import update

from engine.store.tables import inbox_entry, work_item
from tests.support.people import People
from tests.support.service_desk import ServiceDesk
from tests.support.visitor import Visitor

SignIn = Callable[[str], Visitor]
TITLES = '//td[contains(@class, "yz-what")]'
COUNTERS = '//nav[@class="yz-stats"]/a'


def calls(desk: ServiceDesk, count: int, *, first_hours_ago: int = 0) -> None:
    """So many incidents of one export, resolved one hour after the other."""
    now = desk.clock.now()
    rows = []
    for number in range(count):
        at = now - timedelta(hours=first_hours_ago, minutes=-number)
        rows.append(desk.row(f"INC{number:04d}", "Resolved", 1, at=at, opened_at=at - timedelta(hours=2)))
    desk.import_rows(*rows)


def open_task(visitor: Visitor, number: str) -> str:
    """Open the task of an incident from the inbox; its address."""
    visitor.visit("/")
    (address,) = visitor.page.xpath(f'{TITLES}[contains(., "{number}")]/a/@href')
    visitor.visit(address)
    return str(address)


def test_the_counters_are_filters(desk: ServiceDesk, sign_in: SignIn) -> None:
    calls(desk, 2, first_hours_ago=25)
    desk.import_rows(desk.row("INC9001", "Resolved", 1), desk.row("INC9002", "Resolved", 1))
    liu = sign_in("liuyang")
    open_task(liu, "INC9001")
    liu.submit(f"{liu.path}/claim")
    liu.visit("/")
    assert liu.all(COUNTERS) == ["全部4", "逾期2", "今天到期0", "待认领3"]
    for place, numbers in enumerate((4, 2, 0, 3)):
        target = liu.visit("/").page.xpath(f"{COUNTERS}/@href")[place]
        assert len(liu.visit(target).all(TITLES)) == numbers, target
    assert liu.visit("/?filter=claimable&q=INC9001").all(TITLES) == []
    assert "没有符合条件的内容" in liu.text


def test_a_long_inbox_comes_in_pages_while_others_work(desk: ServiceDesk, sign_in: SignIn) -> None:
    calls(desk, 65, first_hours_ago=2)
    liu = sign_in("liuyang").visit("/")
    seen: list[str] = []
    for expected in (30, 30, 4):
        found = re.findall(r"(INC\d{4}) ·", " ".join(liu.all(TITLES)))
        assert len(found) == expected
        seen += found
        if len(seen) == 30:  # a colleague does what was on top, and what comes next
            desk.submit(desk.chen_jing, "call", channel="phone", reached="no")
            item = next(one for one in desk.inbox(desk.chen_jing) if one.business_key == "INC0030")
            sign_in("chenjing").visit(f"/work-items/{item.id}").submit(
                f"/work-items/{item.id}", channel="phone", reached="no", _do="submit"
            )
        following = liu.page.xpath('//a[@rel="next"]/@href')
        assert bool(following) == (expected == 30)
        if following:
            liu.visit(following[0])
    assert seen == sorted(set(seen))
    assert len(seen) == 64
    assert liu.visit("/?after=damaged").all(TITLES)[0].startswith("电话回访")


def test_what_is_urgent_comes_first_when_asked(desk: ServiceDesk, sign_in: SignIn) -> None:
    calls(desk, 3)
    last = desk.inbox(desk.liu_yang)[-1]
    with desk.platform.database.write() as connection:
        for table, key in ((work_item, work_item.c.id), (inbox_entry, inbox_entry.c.work_item_id)):
            connection.execute(update(table).where(key == last.id).values(priority=80))
    liu = sign_in("liuyang")
    assert "INC0000" in liu.visit("/?sort=due").all(TITLES)[0]
    first = liu.visit("/?sort=priority").all(TITLES)[0]
    assert "INC0002" in first
    assert "紧急" in first
    assert len(liu.visit("/?process=incident_callback").all(TITLES)) == 3
    assert liu.visit("/?process=complaint").all(TITLES) == []


def test_whatever_is_offered_to_be_started_can_be(desk: ServiceDesk, people: People, sign_in: SignIn) -> None:
    people.administrator()
    for login in ("liuyang", "admin"):
        page = sign_in(login).visit("/start")
        offered = page.page.xpath('//a[starts-with(@href, "/start/")]/@href')
        assert len(offered) > 5
        for address in offered:
            assert page.visit(address).status == 200, address
    assert "/start/obligation_watch" not in offered


def test_of_several_chosen_tasks_those_that_are_gone_are_named(desk: ServiceDesk, sign_in: SignIn) -> None:
    calls(desk, 3)
    liu, chen = sign_in("liuyang").visit("/"), sign_in("chenjing").visit("/")
    chosen = liu.page.xpath('//input[@name="work_item"]/@value')
    assert len(chosen) == 3
    chen.send("/claim", work_item=chosen[0])
    liu.send("/claim", work_item=chosen)
    assert "已认领 2 项任务" in liu.source
    assert "该任务已由陈静于" in liu.source
    assert "请先选择" in liu.send("/claim").source


def test_a_draft_is_kept_without_scripts_and_the_next_task_is_offered(desk: ServiceDesk, sign_in: SignIn) -> None:
    calls(desk, 2)
    liu = sign_in("liuyang")
    address = open_task(liu, "INC0000")
    liu.submit(address, channel="phone", reached="no", note="无人接听，下午再打", _do="draft")
    assert "草稿已保存" in liu.source
    again = sign_in("liuyang").visit(address)
    assert again.page.xpath('//textarea[@name="note"]/text()') == ["\n无人接听，下午再打"]
    assert "无人接听，下午再打" not in sign_in("chenjing").visit(address).source
    again.submit(address, _do="submit")
    assert again.path.endswith("/submitted")
    (following,) = again.page.xpath('//a[contains(@class, "btn-primary")]/@href')
    assert "INC0001" in again.visit(following).text
    assert "INC0000" in liu.visit("/done").text
    assert "无人接听，下午再打" in liu.visit(address).text
    assert "刘洋" in " ".join(liu.all("//dl//*"))


def test_a_task_somebody_else_does_is_explained_and_a_claimed_one_is_given_back(
    desk: ServiceDesk, sign_in: SignIn
) -> None:
    calls(desk, 1)
    liu, chen = sign_in("liuyang"), sign_in("chenjing")
    address = open_task(liu, "INC0000")
    liu.submit(f"{address}/claim")
    assert "刘洋 已于" in chen.visit(address).text
    assert chen.page.xpath('//form[@id="task-form"]') == []
    chen.visit("/")
    assert "已于" in chen.send(f"{address}/claim").text or "认领" in chen.text
    assert chen.status == 409
    liu.visit(address).submit(f"{address}/release")
    assert len(chen.visit("/").all(TITLES)) == 1


def test_a_claimed_overdue_task_is_the_managers_too_who_may_take_it_over(desk: ServiceDesk, sign_in: SignIn) -> None:
    calls(desk, 1)
    liu, chen = sign_in("liuyang"), sign_in("chenjing")
    address = open_task(liu, "INC0000")
    liu.submit(f"{address}/claim")
    assert chen.visit("/").all(TITLES) == []
    desk.pass_time(hours=25)
    assert len(chen.visit("/").all(TITLES)) == 1
    assert chen.visit(address).page.xpath('//form[@id="task-form"]') == []
    chen.submit(f"{address}/claim")
    assert chen.page.xpath('//form[@id="task-form"]') != []
    assert liu.visit(address).page.xpath('//form[@id="task-form"]') == []
    assert "升级" in liu.text
