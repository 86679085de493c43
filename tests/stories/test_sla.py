"""Service level agreements at work: clocks pause and run, people are warned, and somebody follows up."""

from __future__ import annotations

import io
import itertools
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import openpyxl
import pytest

from engine.actors import system_actor
from engine.master_data.kinds import kind_of
from engine.master_data.saving import save
from engine.registers import spare_parts
from engine.registers.spare_parts import StockTooLow
from engine.sla.agreements import put_in_force
from engine.sla.ledger import Ledger, ledgers
from engine.store.tables import (
    incident,
    incident_wait,
    project_indicator,
    sla,
    sla_clock,
    sla_clock_entry,
    spare_part,
    spare_part_move,
)
from tests.support.company import Company
from tests.support.service_desk import REACHED
from tests.support.ticket_system import TicketSystem
from tests.support.visitor import Visitor

SYSTEM = system_actor("test")
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
NINE = datetime(2026, 3, 2, 1, tzinfo=UTC)  # Monday in Shanghai


@pytest.fixture
def tickets(company: Company) -> TicketSystem:
    company.enter_master_data()
    return TicketSystem(company.platform, company.folder, importer=company.actor("chenjing"))


def event(tickets: TicketSystem, state: str, modification: int, at: datetime, **given: Any) -> dict[str, str]:
    """An event of the incident that was opened on Monday at nine, priority 2: eight working hours to solve it."""
    return {**tickets.row("INC1", state, modification, at=at, opened_at=NINE, **given), "priority": "2 - 高"}


def course(tickets: TicketSystem) -> list[dict[str, str]]:
    """Taken up at 9:20, waiting for the customer from 10 to 14 (three working hours), solved the next day at 10."""
    tuesday = NINE + 25 * HOUR
    return [
        event(tickets, "New", 0, NINE),
        event(tickets, "Active", 1, NINE + 20 * MINUTE),
        event(tickets, "Awaiting User Info", 2, NINE + HOUR),
        event(tickets, "Awaiting User Info", 3, NINE + 2 * HOUR),
        event(tickets, "Active", 4, NINE + 5 * HOUR),
        event(tickets, "Resolved", 5, tuesday),
        event(tickets, "Closed", 6, tuesday + 9 * HOUR, resolved_at=tuesday),
    ]


def ledger(company: Company, metric: str = "resolution") -> Ledger:
    with company.platform.database.read() as connection:
        found = company.rows(incident)[0].id
        return next(one for one in ledgers(connection, found, now=company.clock.now()) if one.clock.metric == metric)


def told(company: Company, word: str) -> list[str]:
    return sorted(login for login, subject in company.subjects if word in subject)


def test_the_ledger_says_where_the_time_went(company: Company, tickets: TicketSystem) -> None:
    """Counted by hand: 9–10, 14–18 on Monday and 9–10 on Tuesday are six hours of the eight promised."""
    company.clock.move_to(NINE + 48 * HOUR)
    tickets.import_rows(*course(tickets))
    found = ledger(company)
    assert found.reading.status == "met"
    assert found.reading.counted == 6 * HOUR
    assert found.reading.paused == 3 * HOUR
    assert [(line.entry.kind, line.entry.counted, line.entry.excluded) for line in found.lines] == [
        ("run", HOUR, 0 * HOUR),
        ("pause", 0 * HOUR, 3 * HOUR),
        ("run", 5 * HOUR, 0 * HOUR),
        ("stop", 0 * HOUR, 0 * HOUR),
    ]
    last = found.lines[2]
    assert sum((closes - opens for opens, closes in last.openings), timedelta()) == last.entry.counted
    assert ledger(company, "response").reading.counted == 20 * MINUTE


def test_the_ledger_is_the_same_whatever_the_order_of_the_rows_and_the_cut_of_the_files(
    company: Company, tickets: TicketSystem
) -> None:
    """The rows of a file in any order; files one after another; and everything once more."""
    company.clock.move_to(NINE + 48 * HOUR)
    whole = course(tickets)
    orders = list(itertools.islice(itertools.permutations(whole), 0, 5040, 420))
    for number, order in enumerate(orders):
        rows = [{**row, "number": f"INC{number}"} for row in order]
        tickets.import_rows(*rows)
        tickets.import_rows(*rows[:4])
    for cut in range(1, len(whole)):
        rows = [{**row, "number": f"INC9{cut}"} for row in whole]
        tickets.import_rows(*reversed(rows[:cut]))
        tickets.import_rows(*reversed(rows[cut - 1 :]))
        tickets.import_rows(*rows)
    seen = set()
    entries = company.rows(sla_clock_entry)
    for row in company.rows(sla_clock):
        lines = [
            (one.kind, one.from_at, one.to_at, one.counted_seconds, one.excluded_seconds, one.reason)
            for one in entries
            if one.clock_id == row.id
        ]
        seen.add((row.metric, row.status, row.due_at, row.counted_seconds, row.paused_seconds, tuple(lines)))
    assert len(seen) == 2, "one ledger of the response, one of the resolution"
    assert {(one.began_at, one.ended_at) for one in company.rows(incident_wait)} == {(NINE + HOUR, NINE + 5 * HOUR)}


def test_people_are_warned_at_three_quarters_and_told_when_it_is_late(company: Company, tickets: TicketSystem) -> None:
    """Eight working hours from nine: six have passed at 16:00, all of them at 18:00; it is late on Tuesday at nine."""
    tickets.import_rows(event(tickets, "New", 0, NINE), event(tickets, "Active", 1, NINE + MINUTE))
    company.pass_time(hours=7)
    assert told(company, "75%的解决") == [] == told(company, "SLA 已超时")
    company.pass_time(minutes=1)
    assert told(company, "SLA 预警") == ["lihao", "wangqiang"]
    company.pass_time(hours=8)
    assert told(company, "SLA 已超时") == [], "nothing is late while the office is closed"
    company.pass_time(hours=9)
    assert told(company, "SLA 已超时") == [], "perhaps it was solved in time, and the next export says so"
    tickets.import_rows(event(tickets, "Active", 1, NINE + MINUTE))
    company.deliver()
    assert told(company, "SLA 已超时") == ["lihao", "wangqiang"]
    company.pass_time(hours=3)
    assert len(told(company, "SLA")) == 4, "told once"
    clock = next(row for row in company.rows(sla_clock) if row.metric == "resolution")
    assert (clock.status, clock.breached_at) == ("missed", NINE + 24 * HOUR)


def test_without_another_export_a_breach_is_told_a_day_later(company: Company, tickets: TicketSystem) -> None:
    tickets.import_rows(event(tickets, "New", 0, NINE), event(tickets, "Active", 1, NINE + MINUTE))
    company.pass_time(hours=47)
    assert told(company, "SLA 已超时") == []
    company.pass_time(hours=2)
    assert told(company, "SLA 已超时") == ["lihao", "wangqiang"]


def test_what_was_done_in_time_and_exported_later_is_no_breach(company: Company, tickets: TicketSystem) -> None:
    tickets.import_rows(event(tickets, "New", 0, NINE), event(tickets, "Active", 1, NINE + MINUTE))
    company.pass_time(hours=26)
    tickets.import_rows(event(tickets, "Resolved", 2, NINE + 3 * HOUR))
    company.pass_time(hours=30)
    assert told(company, "SLA 已超时") == []


def test_a_pause_keeps_the_alarm_quiet_and_its_end_sets_it_again(company: Company, tickets: TicketSystem) -> None:
    tickets.import_rows(*course(tickets)[:3])
    company.pass_time(days=3)
    assert told(company, "SLA") == []
    assert {row.metric: row.status for row in company.rows(sla_clock)} == {"response": "met", "resolution": "paused"}
    working_again = company.clock.now()
    tickets.import_rows(*course(tickets)[:3], event(tickets, "Active", 4, working_again))
    clock = next(row for row in company.rows(sla_clock) if row.metric == "resolution")
    assert clock.status == "running"
    assert clock.due_at == working_again + 7 * HOUR + HOUR, "seven hours are left, and an hour of lunch lies in between"


def test_a_case_follows_up_what_was_missed_and_the_next_one_what_came_meanwhile(any_company: Company) -> None:
    company = any_company
    company.enter_master_data()
    tickets = TicketSystem(company.platform, company.folder, importer=company.actor("chenjing"))

    def miss(number: str) -> None:
        now = company.clock.now()
        row = {**tickets.row(number, "New", 0, opened_at=now), "priority": "1 - 紧急"}
        tickets.import_rows(row)
        company.pass_time(minutes=20)
        tickets.import_rows(row)
        company.deliver()

    miss("INC1")
    assert company.todo("lihao").count("handle") == 1
    miss("INC2")
    assert company.todo("lihao").count("handle") == 1, "one case at a time"
    answers = {"cause_category": "people", "cause": "值班人员处理其他事件", "measure": "增加二线支援"}
    company.submit("lihao", "handle", **answers)
    first = next(row for row in company.rows(sla_clock) if row.handling_instance_id is not None)
    assert (first.cause, first.measure) == (answers["cause"], answers["measure"])
    company.submit("wangqiang", "follow_up", decision="approve", follow_comment="已落实")
    assert company.todo("lihao").count("handle") == 1, "what was missed meanwhile has its own case"
    cases = {row.handling_instance_id for row in company.rows(sla_clock) if row.status == "missed"}
    assert len(cases) == 2


def test_what_the_callback_finds_unsolved_runs_on_and_the_time_between_is_left_out_openly(
    company: Company, tickets: TicketSystem
) -> None:
    company.clock.move_to(NINE + 2 * HOUR)
    tickets.import_rows(event(tickets, "Active", 1, NINE), event(tickets, "Resolved", 2, NINE + 2 * HOUR))
    company.pass_time(hours=3)
    not_solved = {**REACHED, "solved": "no", "score": 2, "comment": "仍然断线"}
    company.submit("liuyang", "call", **not_solved)
    found = ledger(company)
    assert found.reading.status == "running"
    assert [line.entry.kind for line in found.lines] == ["run", "resolved", "run"]
    assert found.reading.paused == 0 * HOUR


def test_a_new_priority_changes_the_target_and_keeps_the_pause(company: Company, tickets: TicketSystem) -> None:
    company.clock.move_to(NINE + 8 * HOUR)
    tickets.import_rows(*course(tickets)[:5])
    urgent = {**event(tickets, "Active", 5, NINE + 6 * HOUR), "priority": "1 - 紧急"}
    tickets.import_rows(urgent)
    found = ledger(company)
    assert found.clock.target_minutes == 4 * 60
    assert found.reading.paused == 4 * HOUR, "four hours of an agreement that runs around the clock"
    assert [line.entry.reason for line in found.lines if line.entry.kind == "target_changed"] == ["480 → 240"]


def agree_on_networks(company: Company, minutes: int = 30) -> None:
    """The network of the first customer becomes a project of its own, with an agreement of its own."""

    def enter(kind: str, **given: str) -> int:
        now = company.clock.now()
        return save(connection, actor=SYSTEM, kind=kind_of(kind), given=given, now=now).id

    year = {"begins_on": "2026-01-01", "ends_on": "2026-12-31"}
    with company.platform.database.write() as connection:
        people = {"customer": "C001", "manager": "zhoukai", "department": "operations", "status": "running"}
        enter("project", code="P800", name="网络运维", assignment_groups="网络组；专线组", **people, **year)
        found = enter("sla", number="SLA-800", title="网络运维协议", project="P800", **year)
        timed = {"metric": "resolution", "target_value": str(minutes), "target_unit": "minutes"}
        enter("sla_item", sla="SLA-800", ordinal="1", service="网络事件", **timed)
        zone = company.platform.settings.zone
        put_in_force(connection, actor=SYSTEM, sla_id=found, zone=zone, now=company.clock.now())


def test_two_projects_of_one_customer_have_their_own_agreements(company: Company, tickets: TicketSystem) -> None:
    agree_on_networks(company)
    tickets.import_rows(tickets.row("INC1", "New", 0), {**tickets.row("INC2", "New", 0), "assignment_group": "系统组"})
    targets = {row.incident_id: row.target_minutes for row in company.rows(sla_clock) if row.metric == "resolution"}
    assert sorted(targets.values()) == [30, 3 * 8 * 60]


def test_glpi_1911_handing_an_incident_on_neither_restarts_the_clock_nor_lends_it_another_target(
    company: Company, tickets: TicketSystem
) -> None:
    """What was promised for the project that took it counts from the opening, whoever has the incident by now."""
    agree_on_networks(company, minutes=90)
    company.clock.move_to(NINE + HOUR)
    tickets.import_rows(event(tickets, "Active", 1, NINE))
    first = ledger(company)
    assert (first.clock.target_minutes, first.reading.due_at) == (90, NINE + 90 * MINUTE)
    for number, group in enumerate(("专线组", "系统组"), 2):
        company.clock.move_to(NINE + number * HOUR)
        handed_on = event(tickets, "Active", number, NINE + (70 + number) * MINUTE)
        tickets.import_rows({**handed_on, "assignment_group": group})
        found = ledger(company)
        assert len([row for row in company.rows(sla_clock) if row.metric == "resolution"]) == 1
        assert (found.clock.target_minutes, found.reading.due_at) == (90, NINE + 90 * MINUTE)
        assert found.reading.started_at == NINE
    assert (found.reading.status, found.reading.breached_at) == ("missed", NINE + 90 * MINUTE)


def test_frappe_2372_the_clocks_of_a_month_are_taken_away_as_a_table(
    company: Company, tickets: TicketSystem, sign_in: Callable[[str], Visitor]
) -> None:
    company.clock.move_to(NINE + 48 * HOUR)
    tickets.import_rows(*course(tickets))
    manager = sign_in("wangqiang")
    [row] = exported_clocks(manager, "metric=resolution&from=2026-03-01&to=2026-03-31")
    assert (row["事件编号"], row["项目"]) == ("INC1", "滨江市第一人民医院运维项目")
    assert (row["时限（分钟）"], row["已用（秒）"], row["暂停（秒）"]) == (480, 6 * 3600, 3 * 3600)
    assert (row["状态"], str(row["停止"])) == ("达标", "2026-03-03 10:00:00")
    assert exported_clocks(manager, "metric=resolution&from=2026-02-01&to=2026-02-28") == []


def exported_clocks(visitor: Visitor, wanted: str) -> list[dict[str, Any]]:
    """The lines of the table that the register hands out."""
    answer = visitor.visit(f"/registers/sla_clock/export.xlsx?{wanted}").answer
    assert answer is not None
    assert answer.status_code == 200
    sheet = openpyxl.load_workbook(io.BytesIO(answer.get_data())).active
    answer.close()
    head, *rows = sheet.iter_rows(values_only=True)
    return [dict(zip(head, one, strict=True)) for one in rows]


def test_the_next_version_replaces_the_one_before_and_derives_its_own_indicators(
    company: Company, tickets: TicketSystem
) -> None:
    company.start("wangqiang", "sla", project="P001", request="缩短时限")
    items = [{"service": "事件解决", "metric": "resolution", "target_value": 1, "target_unit": "hours"}]
    head = {"number": "SLA-2025-001", "title": "新协议", "begins_on": "2026-03-02", "ends_on": "2026-12-31"}
    company.submit(
        "wangqiang", "draft_items", **head, items=[{**items[0], "calendar": "standard", "target_percent": 97}]
    )
    company.submit("guojun", "review_feasibility", decision="approve", feasibility="可行")
    signed = {"signed_on": "2026-03-02", "customer_signatory": "张慧", "kept_at": "档案室"}
    company.submit("wangqiang", "sign_agreement", signed="yes", **signed)
    assert [(row.version, row.status) for row in company.rows(sla)] == [(1, "replaced"), (2, "active")]
    new = company.rows(sla)[1].id
    derived = [(row.indicator, row.target_basis_points) for row in company.rows(project_indicator) if row.sla_id == new]
    assert derived == [("I02", 9700), ("I03", 9500)]
    tickets.import_rows(tickets.row("INC1", "New", 0, opened_at=company.clock.now()))
    assert [(row.metric, row.target_minutes) for row in company.rows(sla_clock)] == [("resolution", 60)]


def test_the_stock_is_the_sum_of_its_moves_and_never_below_zero(any_company: Company) -> None:
    company = any_company
    company.enter_master_data()

    def take(quantity: int, kind: str = "issue", key: str | None = None) -> bool:
        with company.platform.database.write() as connection:
            found = spare_parts.part(connection, "BJ-0003")
            moved = {"part_id": found.id, "kind": kind, "quantity": quantity, "now": company.clock.now()}
            return spare_parts.move(connection, actor=company.actor("liuyang"), dedup_key=key, **moved)

    assert take(3, key="step")
    assert not take(3, key="step"), "a retried step moves nothing twice"
    with pytest.raises(StockTooLow):
        take(3)
    assert take(2)
    assert take(4, "receive")
    for part in company.rows(spare_part):
        moves = [row for row in company.rows(spare_part_move) if row.part_id == part.id]
        assert part.stock == sum(row.quantity for row in moves) == moves[-1].balance


def test_a_closed_history_wakes_nobody(company: Company, tickets: TicketSystem) -> None:
    """What was missed long ago stands in the register; no mail, no case."""
    company.clock.move_to(NINE + timedelta(days=60))
    late = NINE + timedelta(days=9)
    tickets.import_rows(event(tickets, "New", 0, NINE), event(tickets, "Resolved", 1, late, resolved_at=late))
    company.deliver()
    assert {row.status for row in company.rows(sla_clock)} == {"missed"}
    assert told(company, "SLA 预警") == told(company, "SLA 已超时") == []
    assert "handle" not in company.todo("lihao")


def test_an_incident_nobody_serves_has_no_clock(company: Company, tickets: TicketSystem) -> None:
    tickets.import_rows(tickets.row("INC1", "New", 0, company="某陌生公司"))
    assert company.rows(sla_clock) == []
