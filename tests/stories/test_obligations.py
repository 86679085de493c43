"""Duties: tagged steps prove them, the matrix shows what is late or missed, people are reminded, some are waived."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import icalendar
import pytest

from engine.errors import Forbidden
from engine.obligations import waivers
from engine.obligations.catalogue import OBLIGATIONS
from engine.obligations.feed import feed
from engine.obligations.matrix import Cell, Row, matrix
from engine.obligations.tags import tags
from engine.store.tables import report
from tests.support.company import Company
from tests.support.ticket_system import TicketSystem

SHANGHAI = ZoneInfo("Asia/Shanghai")
DAY = timedelta(days=1)
MEETING = {
    "attendance": [{"person": "wangqiang", "present": "yes"}, {"person": "lihao", "present": "yes"}],
    "plan_review": "已完成",
    "gaps": "无差距",
    "discussion": "按区域预派",
    "measures": [],
    "assessments": [],
}


def rows(company: Company, year: int = 2026) -> dict[str, Row]:
    platform = company.platform
    with platform.database.read() as connection:
        found = matrix(connection, platform.runtime.library, year=year, zone=SHANGHAI, now=company.clock.now())
    return {row.obligation.id: row for row in found}


def cell(company: Company, duty: str, period: str) -> Cell:
    return next(one for one in rows(company)[duty].cells if one.period.key == period)


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def pass_until(company: Company, text: str) -> None:
    """Day by day, so that what recurs begins on its day."""
    while (left := local(text) - company.clock.now()) > DAY:
        company.pass_time(days=1)
    company.pass_time(seconds=left.total_seconds())


def test_the_catalogue_holds_the_98_duties_and_every_one_is_tagged(company: Company) -> None:
    assert len(OBLIGATIONS) == 98
    with company.platform.database.read() as connection:
        tagged = tags(connection, company.platform.runtime.library)
    assert set(tagged) == set(OBLIGATIONS), "no duty without a step that proves it, no tag without a duty"


def test_a_meeting_in_time_proves_its_duty_and_a_late_one_shows(company: Company) -> None:
    pass_until(company, "2026-03-10T10:00")
    assert cell(company, "O77", "2026-03").status == "upcoming"
    company.submit("wangqiang", "hold_meeting", held_on="2026-03-10", **MEETING)
    held = cell(company, "O77", "2026-03")
    assert held.status == "done"
    assert held.instance_id == next(one.id for one in company.instances if one.definition_key == "quality_meeting")
    pass_until(company, "2026-04-26T10:00")
    assert cell(company, "O77", "2026-04").status == "overdue"
    company.submit("wangqiang", "hold_meeting", held_on="2026-04-26", **MEETING)
    assert cell(company, "O77", "2026-04").status == "late"


def test_a_month_that_ends_without_its_meeting_is_missed_for_good(company: Company) -> None:
    pass_until(company, "2026-04-02T10:00")
    assert cell(company, "O77", "2026-03").status == "missed"
    company.submit("wangqiang", "hold_meeting", held_on="2026-04-02", **MEETING)
    assert cell(company, "O77", "2026-03").status == "late", "held in April, but it was March's"


def test_the_owner_the_manager_and_then_quality_are_reminded_once_each(company: Company) -> None:
    def reminded() -> set[str]:
        return {
            login
            for login, subject in company.subjects
            if subject.startswith("义务逾期：O77") and "2026年3月" in subject
        }

    pass_until(company, "2026-03-26T07:00")
    assert reminded() == set()
    pass_until(company, "2026-03-27T09:00")
    assert reminded() == {"wangqiang", "lihao", "zhoukai", "huangwei"}
    company.mails.clear()
    pass_until(company, "2026-03-29T09:00")
    assert reminded() == {"wangqiang"}, "the manager, who is told once more"
    company.mails.clear()
    pass_until(company, "2026-04-02T09:00")
    assert {"xumei", "hexin", "linfang"} <= reminded()
    company.mails.clear()
    pass_until(company, "2026-04-10T09:00")
    assert reminded() == set()


def test_a_callback_counts_by_its_first_attempt(company: Company) -> None:
    tickets = TicketSystem(company.platform, company.folder, importer=company.actor("chenjing"))
    tickets.import_rows(tickets.row("INC1", "Resolved", 1), tickets.row("INC2", "Resolved", 1))
    no_answer = {"channel": "phone", "reached": "no", "note": "无人接听"}
    company.submit("liuyang", "call", **no_answer)
    company.pass_time(hours=30)
    found = cell(company, "O66", "2026-03")
    assert (found.on_time, found.late, found.overdue) == (1, 0, 1)
    assert found.status == "overdue"
    while "call" in company.todo("liuyang"):
        company.submit("liuyang", "call", channel="phone", reached="yes", solved="yes", score=5, complaint=False)
    found = cell(company, "O66", "2026-03")
    assert (found.on_time, found.late, found.status) == (1, 1, "late")


def test_only_the_management_representative_waives_a_duty_and_says_why(company: Company) -> None:
    def waive(login: str, reason: str) -> None:
        with company.platform.database.write() as connection:
            waivers.waive(
                connection,
                actor=company.actor(login),
                obligation="O77",
                period="2026-03",
                reason=reason,
                now=company.clock.now(),
            )

    with pytest.raises(Forbidden):
        waive("wangqiang", "太忙")
    with pytest.raises(waivers.WaiverReasonMissing):
        waive("linfang", "  ")
    waive("linfang", "三月全员参加灾备演练")
    pass_until(company, "2026-04-02T10:00")
    waived = cell(company, "O77", "2026-03")
    assert waived.status == "waived"
    assert waived.waiver is not None and waived.waiver.reason == "三月全员参加灾备演练"
    with pytest.raises(waivers.AlreadyWaived):
        waive("linfang", "再来一次")


def test_periods_before_the_company_worked_with_the_system_are_not_held_against_it(company: Company) -> None:
    assert cell(company, "O77", "2026-01").status == "before"
    assert cell(company, "O22", "2026").status == "before", "due on 31 January, the system came in March"


def test_the_feed_opens_in_a_calendar(company: Company) -> None:
    pass_until(company, "2026-04-02T10:00")
    content = feed(rows(company).values(), language="zh", now=company.clock.now(), groups=["operations"])
    events = icalendar.Calendar.from_ical(content).walk("VEVENT")
    meeting = next(one for one in events if str(one["uid"]) == "O77-2026-04@yunzhi")
    assert meeting["dtstart"].dt.isoformat() == "2026-04-25"
    assert "每月召开质量分析会" in str(meeting["summary"])
    assert not any(str(one["uid"]).startswith("O36-") for one in events), "the desk's duties are not operations'"


def test_a_special_issue_does_not_use_up_the_regular_report(company: Company) -> None:
    company.start("xumei", "monthly_quality_report", occasion="核心机房断电", reason="影响三个项目")
    company.submit("xumei", "analyse", analysis="受控", deviations="无", proposals="加强巡检")
    company.submit("linfang", "release", decision="approve")
    assert cell(company, "O47", "2026-03").status == "done"
    pass_until(company, "2026-03-06T10:00")
    made = [(one.kind, one.period, one.occasion, one.status) for one in company.rows(report) if "quality" in one.kind]
    assert ("monthly_quality_report", "2026-02", "核心机房断电", "issued") in made
    assert ("monthly_quality_report", "2026-02", "", "drafting") in made
