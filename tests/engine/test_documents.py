"""Documents: drafted, issued with frozen figures, handed out, read, and found by those who may."""

from __future__ import annotations

import pytest
from sqlalchemy import select, update

from engine import documents
from engine.documents.issuing import DocumentNotIssued, NothingToIssue, latest_issued
from engine.documents.kind import DocumentKindUnknown, RecordMissing
from engine.handlers import ServiceCall
from engine.registers import document_topics
from engine.store.tables import document, document_recipient, nonconformity, user
from tests.support.company import Company
from tests.support.documents import REPORT, issue, word_of
from tests.support.findings import analyse_nonconformity, complain, raise_nonconformity


@pytest.fixture
def company(any_company: Company) -> Company:
    """Once on each store."""
    return any_company


def hand_out(company: Company, document_id: int, *logins: str) -> int:
    ids = [company.actor(login).user_id for login in logins]
    with company.platform.database.write() as connection:
        return documents.distribute(
            connection,
            actor=company.actor("hexin"),
            document_id=document_id,
            user_ids=[one for one in ids if one is not None],
            now=company.clock.now(),
        )


def test_a_draft_follows_its_record_and_an_issue_does_not(company: Company) -> None:
    row = analyse_nonconformity(company)
    draft = issue(company, row.id, make=documents.draft)
    assert "草稿 DRAFT" in word_of(company, draft)
    with company.platform.database.write() as connection:
        connection.execute(update(nonconformity).values(root_cause="制度有缺口\n第二行"))
    assert issue(company, row.id, make=documents.draft) == draft, "there is one draft, brought up to date"
    issued = issue(company, row.id)
    assert issued == draft
    text = word_of(company, issued)
    assert "草稿" not in text
    for wanted in (
        "NR-20260302-001  v1",
        row.number,
        "制度有缺口\n第二行",
        "服务台",
        "一般不符合",
        "刘洋",
        "修订交接制度",
    ):
        assert wanted in text, wanted

    with company.platform.database.write() as connection:
        connection.execute(update(nonconformity).values(root_cause="另一个原因"))
    assert "另一个原因" not in word_of(company, issued)
    again = issue(company, row.id)
    rows = {one.id: one for one in company.rows(document)}
    assert (rows[issued].status, rows[again].status) == ("superseded", "issued")
    assert rows[again].number == rows[issued].number
    assert rows[again].version == 2
    assert issue(company, row.id) == again, "nothing has changed: the issue stands"
    assert len(rows) == 2
    with company.platform.database.read() as connection:
        assert documents.versions(connection, company.actor("hexin"), rows[again].number)[0].version == 2


def test_what_a_record_says_cannot_change_the_word_file(company: Company) -> None:
    row = raise_nonconformity(company, title="<w:p>{{ 7 * 7 }} & “引号”</w:p>")
    assert "<w:p>{{ 7 * 7 }} & “引号”</w:p>" in word_of(company, issue(company, row.id))


def test_people_get_an_issued_document_once_and_it_is_known_who_read_it(company: Company) -> None:
    row = raise_nonconformity(company)
    draft = issue(company, row.id, make=documents.draft)
    with pytest.raises(DocumentNotIssued):
        hand_out(company, draft, "qiumin")
    with company.platform.database.read() as connection, pytest.raises(NothingToIssue):
        latest_issued(connection, REPORT, row.id)
    issued = issue(company, row.id)
    assert hand_out(company, issued, "qiumin", "emily") == 2
    assert hand_out(company, issued, "qiumin", "tangyan") == 1
    company.deliver()
    mails = [(to, subject) for to, subject in company.subjects if row.number in subject]
    assert ("qiumin", f"请查阅：不符合项报告 {row.number} {row.title}") in mails
    assert ("emily", f"Please read: 不符合项报告 {row.number} {row.title}") in mails
    assert len([1 for _to, subject in mails if "报告" in subject]) == 3

    reader = company.actor("qiumin")
    with company.platform.database.write() as connection:
        assert documents.unread_count(connection, reader) == 1
        assert documents.mark_read(connection, actor=reader, document_id=issued, now=company.clock.now())
        assert not documents.mark_read(connection, actor=reader, document_id=issued, now=company.clock.now())
        assert not documents.mark_read(
            connection, actor=company.actor("admin"), document_id=issued, now=company.clock.now()
        )
        assert documents.unread_count(connection, reader) == 0
    with company.platform.database.read() as connection:
        read = {one.login: one.read_at for one in documents.recipients(connection, issued)}
    assert read == {"qiumin": company.clock.now(), "emily": None, "tangyan": None}


def test_who_may_read_a_document(company: Company) -> None:
    row = raise_nonconformity(company)
    issued = issue(company, row.id)
    hand_out(company, issued, "qiumin")
    may = {"hexin": True, "linfang": True, "admin": True, "qiumin": True, "sunli": True, "guojun": False}
    with company.platform.database.read() as connection:
        for login, allowed in may.items():
            actor = company.actor(login)
            assert bool(documents.of_record(connection, actor, "nonconformity", row.id)) is allowed, login
            if allowed:
                assert documents.get(connection, actor, issued).number == "NR-20260302-001"
            else:
                with pytest.raises(documents.DocumentUnknown):
                    documents.content_of(connection, actor, issued)
        listed = {
            login: [one.id for one in documents.page(connection, company.actor(login), documents.DocumentQuery())[0]]
            for login in may
        }
    # Sun Li raised the nonconformity and finds the report there; the list has what is hers to read.
    assert listed == {"hexin": [issued], "linfang": [issued], "admin": [issued], "qiumin": [issued]} | {
        "sunli": [],
        "guojun": [],
    }


def test_the_list_is_filtered_searched_and_paged(company: Company) -> None:
    issued = [issue(company, raise_nonconformity(company, title=f"第{number}项").id) for number in range(3)]
    issue(company, complain(company).id, "major_complaint_report", documents.draft)
    query = documents.DocumentQuery
    with company.platform.database.read() as connection:
        actor = company.actor("hexin")

        def found(**wanted: object) -> list[int]:
            return [one.id for one in documents.page(connection, actor, query(**wanted))[0]]  # type: ignore[arg-type]

        assert found(kind=REPORT) == found(status="issued") == issued[::-1]
        assert found(search="第1项") == [issued[1]]
        assert found(unread=True) == []
        rows, after = documents.page(connection, actor, query(kind=REPORT, size=2))
        assert [one.id for one in rows] == issued[:0:-1]
        assert found(kind=REPORT, after=after) == [issued[0]]


def test_a_diagram_makes_documents_by_topics(company: Company) -> None:
    row = raise_nonconformity(company)
    zone = company.platform.settings.zone

    def call(**inputs: object) -> ServiceCall:
        return ServiceCall(
            connection=connection,
            instance_id=row.instance_id,
            business_key=row.number,
            element_id="issue",
            dedup_key="task",
            inputs={"kind": REPORT, **inputs},
            variables={},
            actor=company.actor("hexin"),
            now=company.clock.now(),
        )

    with company.platform.database.write() as connection:
        drafted = document_topics.draft(call(), zone)
        issued = document_topics.issue(call(record_id=str(row.id)), zone)
        assert issued == drafted == document_topics.issue(call(), zone), "a retried step finds what it did"
        assert issued["document"] == {"id": 1, "number": "NR-20260302-001", "version": 1}
        for _ in range(2):
            document_topics.distribute(call(groups="finance, management", people=["sunli"]))
        with pytest.raises(RecordMissing):
            document_topics.issue(call(kind="internal_audit_report"), zone)
        with pytest.raises(RecordMissing):
            document_topics.issue(call(record_id=999), zone)
        with pytest.raises(DocumentKindUnknown):
            document_topics.issue(call(kind="poem"), zone)
    got = select(user.c.login).join(document_recipient, document_recipient.c.user_id == user.c.id)
    with company.platform.database.read() as connection:
        assert set(connection.scalars(got)) == {"qiumin", "linfang", "majianguo", "sunli"}
