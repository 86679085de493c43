"""Search finds what a person may see, by number, customer or text."""

from __future__ import annotations

from engine import search
from engine.store.tables import report
from tests.support.company import Company
from tests.support.ticket_system import TicketSystem


def found(company: Company, login: str, text: str) -> dict[str, list[str]]:
    with company.platform.database.read() as connection:
        zone, now = company.platform.settings.zone, company.clock.now()
        hits = search.search(connection, company.actor(login), text, zone=zone, now=now)
    return {one.key: [item.number for item in one.items] for one in hits}


def test_a_customer_leads_to_complaints_projects_and_incidents(company: Company) -> None:
    company.enter_master_data()
    tickets = TicketSystem(company.platform, company.folder, importer=company.actor("chenjing"))
    tickets.import_rows(tickets.row("INC7", "New", 0, company="滨江市第一人民医院"))
    hits = found(company, "chenjing", "滨江市第一")
    assert hits["incident"] == ["INC7"]
    assert hits["customer"] == ["C001"]
    assert hits["project"] == ["P001"]


def test_a_case_is_found_by_those_it_concerns_only(company: Company) -> None:
    company.start("guojun", "annual_plan", revision_reason="市场变化")
    number = next(one.business_key for one in company.instances if one.definition_key == "annual_plan")
    assert found(company, "guojun", number)["process_instance"] == [number]
    assert "process_instance" not in found(company, "liuyang", number), "the desk has no part in it"
    assert found(company, "admin", number.lower())["process_instance"] == [number]


def test_a_whole_number_is_the_only_hit(company: Company) -> None:
    company.start("guojun", "annual_plan", revision_reason="市场变化")
    number = company.rows(report)[0].number
    with company.platform.database.read() as connection:
        zone, now = company.platform.settings.zone, company.clock.now()
        hits = search.search(connection, company.actor("guojun"), number, zone=zone, now=now)
    only = search.only_hit(hits, number)
    assert only is not None and only.record_type == "report"


def test_a_duty_is_found_by_its_id_and_its_words(company: Company) -> None:
    assert found(company, "liuyang", "o66")["obligation"] == ["O66"]
    assert "O77" in found(company, "liuyang", "质量分析会")["obligation"]


def test_one_character_finds_nothing(company: Company) -> None:
    assert found(company, "admin", " 质 ") == {}


def test_wildcards_are_letters(company: Company) -> None:
    company.start("guojun", "annual_plan", revision_reason="市场变化")
    assert found(company, "admin", "%%") == {}
    assert found(company, "admin", "__") == {}
