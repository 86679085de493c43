"""The registers that are declared: tabs, filters, pages, exports, and who may read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import insert

from engine.actors import Actor
from engine.bootstrap import Platform
from engine.errors import Forbidden
from engine.registers import evidence, records
from engine.registers.catalogue import REGISTERS, RegisterUnknown, register_of
from engine.registers.records import RecordQuery, RecordUnknown
from engine.registers.register import Field, Register
from engine.store.tables import internal_audit, metadata, nonconformity
from tests.support.company import Company
from tests.support.findings import analyse_nonconformity, raise_nonconformity
from tests.support.people import People

NONCONFORMITIES = REGISTERS["nonconformity"]


@pytest.fixture
def company(any_company: Company) -> Company:
    """Once on each store."""
    return any_company


def titles(company: Company, login: str = "hexin", **wanted: object) -> list[str]:
    return [row.title for row in _page(company, login, **wanted).items]


def _page(company: Company, login: str = "hexin", **wanted: object) -> records.RecordPage:
    query = RecordQuery(**wanted)  # type: ignore[arg-type]
    zone, now = company.platform.settings.zone, company.clock.now()
    with company.platform.database.read() as connection:
        return records.page(connection, company.actor(login), NONCONFORMITIES, query, zone=zone, now=now)


def test_tabs_filters_and_search_find_the_same_records_they_count(company: Company) -> None:
    raise_nonconformity(company, title="备件账实不符", department="operations", grade="major")
    company.pass_time(days=1)
    raise_nonconformity(company, title="100%_满意不实")
    assert titles(company) == ["100%_满意不实", "备件账实不符"]
    assert titles(company, search="100%_") == titles(company, search="%_满") == ["100%_满意不实"]
    assert titles(company, search="备件") == ["备件账实不符"]
    assert titles(company, choices={"grade": "major"}) == ["备件账实不符"]
    assert titles(company, choices={"grade": "nonsense"}) == titles(company)
    first_day = date(2026, 3, 2)
    assert titles(company, until=first_day) == ["备件账实不符"]
    assert titles(company, since=first_day + timedelta(days=1)) == ["100%_满意不实"]
    with company.platform.database.read() as connection:
        departments = {row.name_zh: row.id for row in records.departments(connection)}
    assert titles(company, department=departments["运维服务部"]) == ["备件账实不符"]
    assert "内审员" not in departments, "a role is no department"

    with company.platform.database.read() as connection:
        counts = records.counts(
            connection,
            company.actor("hexin"),
            NONCONFORMITIES,
            zone=company.platform.settings.zone,
            now=company.clock.now(),
        )
    assert counts[""] == 2
    for standing in NONCONFORMITIES.standings:
        assert len(titles(company, standing=standing.code)) == counts[standing.code], standing.code


def test_pages_follow_each_other_though_records_share_their_moment(company: Company) -> None:
    for number in range(5):
        raise_nonconformity(company, title=f"第{number}项")
    seen, after = [], ""
    for _ in range(3):
        page = _page(company, size=2, after=after)
        seen += [row.title for row in page.items]
        after = page.following
    assert seen == [f"第{number}项" for number in (4, 3, 2, 1, 0)]
    assert after == ""
    for damaged in ("x", "2026-13-01_1", "_", "2026-03-02T01:00:00+00:00_x", "2026-03-02T01:00:00+00:00_" + "9" * 40):
        assert len(_page(company, after=damaged).items) == 5, "a damaged position means the first page"


def test_a_register_ordered_by_days_or_by_years_has_pages_too(company: Company) -> None:
    common = {"year": 2026, "status": "planned"}
    with company.platform.database.write() as connection:
        for number in range(3):
            values = {"number": f"IA-{number}", "title": f"审核{number}", "begins_on": date(2026, 6, 1 + number)}
            connection.execute(insert(internal_audit).values(**values, **common))
    by_day = REGISTERS["internal_audit"]
    for register in (by_day, replace(by_day, moment=internal_audit.c.year)):
        assert numbers(company, register) == ["IA-2", "IA-1", "IA-0"]
    assert by_day.has_period
    assert not replace(by_day, moment=internal_audit.c.year).has_period


def numbers(company: Company, register: Register) -> list[str]:
    """All numbers, one record a page."""
    zone, now, after, seen = company.platform.settings.zone, company.clock.now(), "", []
    with company.platform.database.read() as connection:
        for _ in range(3):
            query = RecordQuery(size=1, after=after)
            page = records.page(connection, company.actor("hexin"), register, query, zone=zone, now=now)
            seen += [row.number for row in page.items]
            after = page.following
    assert after == ""
    return seen


def test_one_record_brings_its_lists_and_is_found_by_its_number(company: Company) -> None:
    row = analyse_nonconformity(company)
    reader = company.actor("qiumin")
    with company.platform.database.read() as connection:
        detail = records.get(connection, reader, NONCONFORMITIES, row.id)
        assert detail.record.title == row.title
        assert [one.description for _list, rows in detail.related for one in rows] == ["修订交接制度"]
        assert records.id_of(connection, reader, NONCONFORMITIES, row.number) == row.id
        with pytest.raises(RecordUnknown):
            records.get(connection, reader, NONCONFORMITIES, 999)
        with pytest.raises(RecordUnknown):
            records.id_of(connection, reader, NONCONFORMITIES, "N-1")


def test_an_export_has_every_record_and_the_words_of_its_reader(company: Company) -> None:
    raise_nonconformity(company, title="备件账实不符")
    raise_nonconformity(company, title="记录缺失")
    zone, now = company.platform.settings.zone, company.clock.now()
    with company.platform.database.read() as connection:
        rows = list(
            records.every(connection, company.actor("hexin"), NONCONFORMITIES, RecordQuery(size=1), zone=zone, now=now)
        )
    assert [row.title for row in rows] == ["记录缺失", "备件账实不符"]
    chinese = {column.zh: column.value(rows[0]) for column in NONCONFORMITIES.export_columns("zh")}
    english = {column.en: column.value(rows[0]) for column in NONCONFORMITIES.export_columns("en")}
    assert chinese["等级"] == "一般不符合"
    assert english["Grade"] == "Minor"
    assert "Service desk" in english.values()


def test_only_readers_read_and_only_those_concerned_see_the_evidence(company: Company) -> None:
    row = raise_nonconformity(company)
    closed = replace(NONCONFORMITIES, may_read=lambda actor: actor.login == "hexin")
    with company.platform.database.read() as connection:
        assert records.get(connection, company.actor("hexin"), closed, row.id).record.id == row.id
        with pytest.raises(Forbidden):
            records.get(connection, company.actor("qiumin"), closed, row.id)
        with pytest.raises(Forbidden):
            records.id_of(connection, company.actor("qiumin"), closed, row.number)
        with pytest.raises(Forbidden):
            records.counts(
                connection,
                company.actor("qiumin"),
                closed,
                zone=company.platform.settings.zone,
                now=company.clock.now(),
            )
        may = {one: evidence.may_see(connection, row.instance_id, company.actor(one)) for one in WHO}
        nobody = Actor(user_id=None, login="", name="")
        assert not NONCONFORMITIES.may_read(nobody)
        assert not evidence.may_see(connection, None, company.actor("admin"))
    assert may == WHO


# Quality and the management oversee everything, Sun Li raised it; finance has nothing to do with it.
WHO = {"hexin": True, "majianguo": True, "linfang": True, "admin": True, "sunli": True, "qiumin": False}


@pytest.mark.parametrize("register", REGISTERS.values(), ids=REGISTERS)
def test_every_declared_register_can_be_read_whole(any_platform: Platform, people: People, register: Register) -> None:
    administrator = people.administrator("root", "Root")
    zone, now = any_platform.settings.zone, any_platform.clock.now()
    with any_platform.database.read() as connection:
        counts = records.counts(connection, administrator, register, zone=zone, now=now)
        assert set(counts) == {"", *(one.code for one in register.standings)}
        for code in counts:
            query = RecordQuery(standing=code, search="x", since=now.date(), until=now.date(), department=1)
            assert records.page(connection, administrator, register, query, zone=zone, now=now).items == []
        for related in register.related:
            assert connection.execute(related.query(1)).all() == []
    names = set(register.query.selected_columns.keys())
    for field in _fields(register):
        if isinstance(field.value, str):
            wanted = {f"{field.value}_zh", f"{field.value}_en"} if field.kind == "named" else {field.value}
            assert wanted <= names, field
        assert field.zh and field.en
    assert register.table is metadata.tables[register.key]


def _fields(register: Register) -> Iterator[Field]:
    yield from (*register.columns, *register.exports, *(one for part in register.sections for one in part.fields))


def test_a_register_nobody_declared_is_not_found() -> None:
    with pytest.raises(RegisterUnknown):
        register_of("user")
    with pytest.raises(ValueError, match="otherwise than its table"):
        replace(NONCONFORMITIES, key="finding")
    with pytest.raises(ValueError, match="cannot be ordered"):
        replace(NONCONFORMITIES, moment=nonconformity.c.title)
