"""What the indicators count, by records whose outcome one can reckon by hand; on both stores."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import insert, select

from engine import periods
from engine.bootstrap import Platform
from engine.clock import MovableClock
from engine.indicators import readings
from engine.indicators.catalogue import INDICATORS
from engine.indicators.counting import Totals
from engine.indicators.readings import Reading
from engine.store.tables import (
    contact,
    customer,
    nonconformity,
    report,
    spare_inspection,
    spare_part,
    spare_request,
    spare_request_line,
    survey,
    survey_answer,
    survey_invitation,
    survey_question,
    survey_stratum,
    work_item,
)
from engine.store.tables import service_record as service_record_table
from tests.support.ledger import SHANGHAI, Ledger, at
from tests.support.people import People

END_OF_MARCH = datetime(2026, 4, 2, tzinfo=UTC)


class Checked(Ledger):
    """Reads every figure in all ways there are: they must say the same."""

    def read(self, key: str, period: str = "2026-03", project_id: int | None = None) -> Reading:
        found, of, now = super().read(key, period, project_id), periods.parse(period), self.platform.clock.now()
        with self.platform.database.read() as connection:
            (listed,) = readings.compute(connection, of, SHANGHAI, now, project_id, (key,), with_records=True)
            trend = readings.trend(connection, of, SHANGHAI, now, count=3, project_id=project_id, keys=(key,))[key]
        assert replace(listed, records=None) == found
        assert (trend[-1].totals, trend[-1].value, trend[-1].status) == (found.totals, found.value, found.status)
        return found


@pytest.fixture
def ledger(any_platform: Platform, people: People, clock: MovableClock) -> Ledger:
    clock.move_to(END_OF_MARCH)
    return Checked(any_platform, people)


def test_nothing_to_measure_is_neither_nought_nor_all(ledger: Ledger) -> None:
    for key in INDICATORS:
        found = ledger.read(key)
        assert (found.value, found.text("zh"), found.totals) == (None, "—", Totals()), key
        assert found.status in ("no_data", "no_source")
    assert ledger.read("I25").status == "no_source"


def test_resolutions_count_in_the_month_of_the_company_and_cancelled_incidents_are_left_out(ledger: Ledger) -> None:
    """March in Shanghai begins on 28 February at 16:00 UTC: INC001 is of March, INC002 of February."""
    ledger.incident(at("03-01", "00:00"), made_sla=True)
    ledger.incident(at("02-28", "23:59"), made_sla=False)
    ledger.incident(at("03-31", "23:59"), made_sla=False, opened_at=at("03-31", "13:59"))
    ledger.incident(at("03-15"), made_sla=True, state="cancelled")
    ledger.incident(at("03-20"), made_sla=None)
    ledger.incident(None, made_sla=False)
    found = ledger.read("I02")
    assert (found.totals, found.text("zh"), found.status) == (Totals(1, 2, 2), "50%", "missed")
    assert found.is_small
    assert found.details["open_overdue"] == 1
    assert ledger.numbers("I02") == {"met": ["INC001"], "missed": ["INC003"], "excluded": ["INC004", "INC005"]}
    taken = ledger.read("I05")  # 2 h, 10 h and 2 h
    assert (taken.value, taken.details["median"], taken.details["p90"]) == (467, 200, 1000)
    quarter = ledger.read("I02", "2026-Q1").totals
    assert quarter == Totals(1, 3, 2) == sum((ledger.read("I02", f"2026-0{n}").totals for n in (1, 2, 3)), Totals())


def test_the_clock_of_an_agreement_comes_before_what_the_ticket_system_says(ledger: Ledger) -> None:
    a01, b01 = ledger.project("A01"), ledger.project("B01")
    first = ledger.incident(at("03-10"), made_sla=False, project_id=a01)
    ledger.clock(first, a01, "response", "met", stopped_at=at("03-10", "10:10"))
    ledger.clock(first, a01, "resolution", "met", stopped_at=at("03-10"), counted_seconds=5400)
    second = ledger.incident(at("03-11"), made_sla=True, project_id=a01)
    ledger.clock(second, a01, "response", "met", stopped_at=at("03-11", "10:05"))
    ledger.clock(second, a01, "resolution", "missed", breached_at=at("03-11", "11:00"), stopped_at=at("03-11"))
    third = ledger.incident(None, project_id=b01)
    ledger.clock(third, b01, "response", "running", due_at=at("03-02"), is_stopped=False)
    fourth = ledger.incident(None, project_id=b01)
    ledger.clock(fourth, b01, "response", "running", due_at=at("04-20"), is_stopped=False)
    ledger.clock(ledger.incident(None, state="cancelled"), b01, "response", "cancelled", stopped_at=at("03-03"))
    assert ledger.read("I01").totals == Totals(2, 3, 1), "the third ran out unanswered; the fourth is not due yet"
    assert ledger.read("I01", project_id=a01).totals == Totals(2, 2)
    assert ledger.read("I02").totals == Totals(1, 2)
    attained = ledger.read("I03")
    assert attained.totals == Totals(1, 3), "the fourth waits for its outcome"
    assert (attained.details["items_met"], attained.details["items_measured"]) == (3, 5)
    assert ledger.read("I05", project_id=a01).totals.numerator == 5400


def test_a_reopened_resolution_is_none(ledger: Ledger) -> None:
    ledger.incident(at("03-02"))
    ledger.incident(at("03-03"), reopen_count=1)  # as the ticket system counts; we know one resolution only
    twice = ledger.incident(None, state="resolved", resolved_at=at("03-09"), reopen_count=1)
    ledger.resolution(twice, at("03-05"), 1, reopened=at("03-06"))
    ledger.resolution(twice, at("03-09"), 2)
    assert ledger.read("I11").totals == Totals(2, 4)
    assert ledger.read("I26").totals == Totals(1, 3), "first resolutions only"


def test_incidents_are_closed_resolved_and_the_backlog_is_told(ledger: Ledger) -> None:
    ledger.incident(at("03-02"), state="closed", closed_at=at("03-07"))
    ledger.incident(None, state="closed", closed_at=at("03-08"))
    ledger.incident(None, state="cancelled", closed_at=at("03-09"))
    ledger.incident(None, opened_at=at("03-30"))
    found = ledger.read("I04")
    assert (found.totals, found.text("en")) == (Totals(1, 2, 1), "50%")
    assert (found.details["opened"], found.details["resolved"], found.details["backlog"]) == (3, 1, 1)
    ledger.complaint("C-1", at("03-12"))
    ledger.complaint("C-2", at("03-13"), status="withdrawn")
    rate = ledger.read("I12")
    assert (rate.totals.numerator, rate.totals.denominator, rate.text("zh")) == (1, 2, "500‰")


def test_callbacks_in_time_reached_and_content(ledger: Ledger) -> None:
    reached = {"status": "reached", "attempts": 1}
    ledger.call(at("03-02"), first_attempt_at=at("03-03"), finished_at=at("03-03"), solved=True, score=5, **reached)
    ledger.call(at("03-03"), first_attempt_at=at("03-05"), finished_at=at("03-05"), solved=False, score=2, **reached)
    ledger.call(at("03-04"), first_attempt_at=at("03-04"), finished_at=at("03-06"), status="unreachable", attempts=3)
    ledger.call(at("03-05"))  # nobody called
    ledger.call(at("04-01", "20:00"))  # not due yet
    assert ledger.read("I06").totals == Totals(2, 4)
    assert ledger.read("I06", "2026-04").totals == Totals()
    assert ledger.read("I07").totals == Totals(2, 4)
    assert ledger.read("I08").totals == Totals(1, 2)
    content = ledger.read("I09")
    assert (content.totals, content.details["mean"], content.is_small) == (Totals(1, 2), 350, True)
    assert content.details["interval"] == [945, 9055], "Wilson, 1 of 2"
    assert content.details["scores"] == {"1": 0, "2": 1, "3": 0, "4": 0, "5": 1}


def test_complaints_answered_visited_and_made_again(ledger: Ledger) -> None:
    ledger.complaint("C-1", at("01-10"), status="closed", closed_at=at("01-20"))
    ledger.complaint(
        "C-2",
        at("03-01"),
        status="closed",
        resolve_due_at=at("03-05"),
        answered_at=at("03-05", "11:00"),
        closed_at=at("03-20"),
        is_major=True,
        visit_score=4,
    )
    ledger.complaint(
        "C-3",
        at("03-02"),
        kind="attitude",
        status="closed",
        resolve_due_at=at("03-06"),
        answered_at=at("03-07"),
        closed_at=at("03-21"),
        is_major=True,
    )
    ledger.complaint("C-4", at("03-30"), resolve_due_at=at("04-09"))
    ledger.complaint("C-5", at("03-08"), status="withdrawn", resolve_due_at=at("03-12"))
    assert ledger.read("I13").totals == Totals(1, 2, 1)
    assert ledger.read("I14").totals == Totals(1, 2)
    assert ledger.numbers("I15") == {"met": ["C-2"], "missed": ["C-3"], "excluded": []}


def test_spare_parts_by_their_lines(ledger: Ledger) -> None:
    part = ledger.add(spare_part, code="D-1", name="硬盘", level="A", created_at=at("01-01"))

    def request(number: str, status: str, *lines: tuple[int, int | None, datetime | None]) -> None:
        given = {"number": number, "instance_id": ledger.case(), "requested_at": at("03-01")}
        held = ledger.add(spare_request, needed_at=at("03-10"), status=status, **given)
        for ordinal, (quantity, first, delivered) in enumerate(lines, 1):
            line = {"request_id": held, "ordinal": ordinal, "part_id": part, "needed_at": at("03-10")}
            ledger.add(spare_request_line, quantity=quantity, first_delivered=first, delivered_at=delivered, **line)

    request("R-1", "delivered", (4, 4, at("03-09")), (2, 1, at("03-12")))
    request("R-2", "delivered", (3, 3, at("03-10")))
    request("R-3", "withdrawn", (9, None, None))
    assert ledger.read("I16").totals == Totals(2, 3, 1)
    whole = ledger.read("I17")
    assert (whole.totals, whole.text("zh")) == (Totals(8, 9, 1), "88.89%")
    assert (whole.details["requests_whole"], whole.details["requests"]) == (1, 2)
    ledger.add(
        spare_inspection,
        instance_id=ledger.case(),
        part_id=part,
        inspected_on=date(2026, 3, 31),
        inspected=50,
        sound=49,
    )
    assert (ledger.read("I18").text("zh"), ledger.read("I18", "2026-04").status) == ("98%", "no_data")


def test_nonconformities_and_actions_by_their_days(ledger: Ledger) -> None:
    due, done = date(2026, 3, 20), {"status": "verified", "verified_at": at("03-25")}
    good = ledger.nonconformity("N-1", status="closed", effective=True)
    ledger.action("N-1-01", due, nonconformity_id=good, done_at=at("03-20", "23:30"), **done)
    late = ledger.nonconformity("N-2")
    ledger.action("N-2-01", due, nonconformity_id=late, done_at=at("03-21", "00:30"), **done)
    failed = ledger.nonconformity("N-3", status="analysing", reopen_count=1, effective=False)
    ledger.action("N-3-01", due, nonconformity_id=failed, done_at=at("03-10"), **done)
    ahead = ledger.nonconformity("N-4")
    ledger.action("N-4-01", date(2026, 4, 20), nonconformity_id=ahead)
    assert ledger.numbers("I21", "2026-Q1") == {"met": ["N-1"], "missed": ["N-2", "N-3"], "excluded": []}
    assert ledger.numbers("I23") == {"met": ["N-1-01", "N-3-01"], "missed": ["N-2-01"], "excluded": []}
    assert ledger.read("I21", "2026-Q2").totals == Totals(), "not due yet"


def test_changes_come_from_the_process_records_of_projects(ledger: Ledger) -> None:
    a01 = ledger.project("A01")
    for process, finished, failed in (("change", 40, 1), ("release", 10, 0), ("incident", 99, 9)):
        ledger.add(
            service_record_table,
            instance_id=ledger.case(),
            project_id=a01,
            month_on=date(2026, 3, 1),
            process=process,
            opened=finished,
            finished=finished,
            failed=failed,
            recorded_at=at("03-31"),
        )
    assert (ledger.read("I24").totals, ledger.read("I24", project_id=a01).text("zh")) == (Totals(49, 50), "98%")


def test_figures_by_project_and_priority(ledger: Ledger) -> None:
    a01, b01 = ledger.project("A01"), ledger.project("B01")
    ledger.incident(at("03-02"), made_sla=True, project_id=a01, priority="1")
    ledger.incident(at("03-03"), made_sla=False, project_id=a01, priority="2")
    ledger.incident(at("03-04"), made_sla=True, project_id=b01, priority="2")
    with ledger.platform.database.read() as connection:
        found = readings.by_project(connection, "I02", periods.parse("2026-03"), SHANGHAI, END_OF_MARCH)
    assert found == {(a01, "1"): Totals(1, 1), (a01, "2"): Totals(0, 1), (b01, "2"): Totals(1, 1)}
    whole = ledger.read("I02")
    assert whole.totals == sum(found.values(), Totals()) == Totals(2, 3)
    assert [(one["priority"], one["numerator"], one["denominator"]) for one in whole.details["priorities"]] == [
        ("1", 1, 1),
        ("2", 1, 2),
    ]


def report_of(ledger: Ledger, kind: str, number: str, period: str, **values: Any) -> None:
    given = {"title": number, "status": "issued", "content": {}, "figures": [], "opened_at": at("01-01")}
    known = {"kind": kind, "number": number, "period": period, "scope": number, "instance_id": ledger.case()}
    ledger.add(report, **{**known, **given, **values})


def test_service_reports_and_quality_meetings_in_time(ledger: Ledger) -> None:
    due = at("03-10")
    report_of(ledger, "service_report", "SR-1", "2026-02", due_at=due, sent_at=due)
    report_of(ledger, "service_report", "SR-2", "2026-02", due_at=due, sent_at=at("03-11"))
    report_of(ledger, "service_report", "SR-3", "2026-02", due_at=due, status="cancelled")
    report_of(ledger, "service_report", "SR-4", "2026-03", due_at=at("04-10"))
    assert ledger.read("I19").totals == Totals(1, 2, 1)

    meeting = {"kind": "quality_meeting", "scope": ""}
    report_of(ledger, number="QM-1", period="2025-12", due_at=at("01-15"), held_on=date(2026, 1, 14), **meeting)
    report_of(ledger, number="QM-3", period="2026-02", due_at=at("03-15"), held_on=date(2026, 3, 16), **meeting)
    assert ledger.numbers("I20", "2026-Q1") == {"met": ["QM-1"], "missed": ["2026-02", "QM-3"], "excluded": []}
    assert ledger.read("I20", "2026-04").totals == Totals(), "April is not over"


def test_the_first_look_at_the_effect_decides(ledger: Ledger) -> None:
    def checked(number: str, *looks: datetime, **values: Any) -> None:
        found = ledger.nonconformity(number, **values)
        with ledger.platform.database.write() as connection:
            row = connection.execute(select(nonconformity).where(nonconformity.c.id == found)).one()
            item = connection.execute(select(work_item).where(work_item.c.instance_id == row.instance_id)).one()
            known = {"definition_key": "nonconformity", "element_id": "verify_effectiveness", "state": "completed"}
            for number_of, looked_at in enumerate(looks):
                values = {**item._mapping, **known, "id": f"{found}-{number_of}", "completed_at": looked_at}
                connection.execute(insert(work_item).values(**values))

    checked("N-1", at("03-05"), status="closed", effective=True)
    checked("N-2", at("03-06"), at("04-01"), status="closed", effective=True, reopen_count=1)
    checked("N-3", at("02-06"), status="closed", effective=True)
    checked("N-4")
    assert ledger.numbers("I22") == {"met": ["N-1"], "missed": ["N-2"], "excluded": []}
    assert ledger.read("I22", "2026").text("zh") == "66.67%"


def test_the_yearly_survey_speaks_for_everybody(ledger: Ledger) -> None:
    """One stratum of 90 with one of two content, one of 10 with one of one: 0.9 · 1/2 + 0.1 · 1/1 = 55 %."""
    overall = {"share": 0.55, "error": 0.1, "low": 0.42, "high": 0.68}
    given = {"number": "SV-1", "year": 2026, "title": "满意度调查", "status": "reported", "is_extended": False}
    held = ledger.add(
        survey, instance_id=ledger.case(), closed_at=at("03-20"), results={"overall": overall, "mean": 3.5}, **given
    )
    question = ledger.add(survey_question, survey_id=held, ordinal=1, kind="overall", text="总体评价")
    for code, population in (("large", 90), ("small", 10)):
        planned = {"proportional": 1, "neyman": 1, "needed": 1, "invited": 2, "is_census": False, "falls_short": False}
        named = {"survey_id": held, "code": code, "name": code, "population": population, "deviation": "0.5"}
        with ledger.platform.database.write() as connection:
            connection.execute(insert(survey_stratum).values(**named, **planned))
    client = ledger.add(customer, code="K1", name="华东银行", created_at=at("01-01"))
    for number, (stratum, score, status) in enumerate(
        [("large", 5, "complete"), ("large", 3, "complete"), ("small", 4, "complete"), ("small", 1, "partial")]
    ):
        person = ledger.add(contact, customer_id=client, name=f"客户 {number}")
        invited = ledger.add(survey_invitation, survey_id=held, contact_id=person, stratum=stratum, status=status)
        answer = {"question_id": question, "score": score, "answered_at": at("03-10")}
        ledger.add(survey_answer, invitation_id=invited, **answer)
    found = ledger.read("I10", "2026")
    assert (found.totals, found.text("zh"), found.status) == (Totals(2, 3), "55%", "missed")
    assert (found.details["interval"], found.details["mean"]) == ([4200, 6800], 350)
    assert ledger.read("I10", "2026-02").status == "no_data"


@pytest.mark.parametrize(
    ("key", "numerator", "denominator", "value"),
    [("I02", 2925, 6878, 4253), ("I02", 1, 3, 3333), ("I02", 2, 3, 6667), ("I12", 1, 3, 33333), ("I05", 5400, 2, 75)],
)
def test_figures_are_rounded_half_up_to_hundredths(key: str, numerator: int, denominator: int, value: int) -> None:
    assert INDICATORS[key].value(numerator, denominator) == value
