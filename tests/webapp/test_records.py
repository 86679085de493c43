"""Declared registers and documents in a browser without scripts: what is found, linked, exported, and for whom."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

import pytest
from docx import Document
from openpyxl import load_workbook
from sqlalchemy import insert, select

from engine import attachments, documents
from engine.documents.kinds import kind_of
from engine.store.tables import document, user
from tests.support.company import Company
from tests.support.findings import analyse_nonconformity, complain, raise_nonconformity
from tests.support.ticket_system import TicketSystem
from tests.support.visitor import Visitor

SignIn = Callable[[str], Visitor]
LINK = '//td/a[@class="yz-title"]'


def issued(company: Company, record_id: int, *logins: str, kind: str = "nonconformity_report") -> int:
    """A report on a record, handed out to people."""
    now, actor = company.clock.now(), company.actor("hexin")
    with company.platform.database.write() as connection:
        zone = company.platform.settings.zone
        made = documents.issue(connection, actor=actor, kind=kind, record_id=record_id, zone=zone, now=now)
        ids = list(connection.scalars(select(user.c.id).where(user.c.login.in_(logins))))
        documents.distribute(connection, actor=actor, document_id=made, user_ids=ids, now=now)
    return made


class TestRegisters:
    def test_the_list_is_found_in_the_menu_filtered_and_exported(self, company: Company, sign_in: SignIn) -> None:
        raise_nonconformity(company, title="备件账实不符", department="operations", grade="major")
        raise_nonconformity(company, title="记录缺失")
        visitor = sign_in("qiumin").visit("/")
        assert "/registers/nonconformity" in visitor.page.xpath("//nav//a/@href")
        visitor.visit("/registers/nonconformity")
        assert visitor.all('//nav//a[@aria-current="page"]')[0] == "不符合项"
        assert visitor.all(LINK) == ["N-20260302-002", "N-20260302-001"]
        for query in ("grade=major", "q=备件", "q=N-20260302-001"):
            assert visitor.visit(f"/registers/nonconformity?{query}").all(LINK) == ["N-20260302-001"], query
        assert visitor.visit("/registers/nonconformity?q=zzz").all(LINK) == []
        assert visitor.visit("/registers/nonconformity?standing=x&from=y&department=z&after=a&to=0").all(LINK)

        answer = visitor.visit("/registers/nonconformity/export.csv?grade=major").answer
        assert answer is not None
        rows = list(csv.DictReader(io.StringIO(answer.get_data(as_text=True).lstrip("\ufeff"))))
        assert [row["等级"] for row in rows] == ["严重不符合"]
        answer = sign_in("emily").visit("/registers/nonconformity/export.xlsx").answer
        assert answer is not None
        content = io.BytesIO(answer.get_data())
        answer.close()
        sheet = load_workbook(content).active
        assert sheet is not None
        assert sheet.max_row == 3
        assert "Grade" in [cell.value for cell in sheet[1]]
        assert visitor.visit("/registers/nonconformity/export.pdf").status == 404
        assert visitor.visit("/registers/user").status == 404

    def test_everybody_reads_the_record_and_only_some_its_evidence(self, company: Company, sign_in: SignIn) -> None:
        row = analyse_nonconformity(company)
        with company.platform.database.write() as connection:
            kept = attachments.save(
                connection,
                actor=company.actor("sunli"),
                content=b"proof",
                name="proof.txt",
                content_type="text/plain",
                limit_bytes=99,
                now=company.clock.now(),
                instance_id=row.instance_id,
            )
        path, file = f"/registers/nonconformity/{row.id}", f"attachments/{kept.id}"
        outsider = sign_in("qiumin").visit(path)
        assert "交接制度没有覆盖回访" in outsider.text
        assert "修订交接制度" in outsider.text
        assert "刘洋" in outsider.text, "who has the open task"
        assert "proof.txt" not in outsider.text
        assert not outsider.page.xpath("//details[contains(@class, 'yz-answers')]")
        assert outsider.visit(f"{path}/diagram").status == outsider.visit(f"{path}/{file}").status == 404

        # The management took no part in the case and still sees its evidence, but not the page of the case itself.
        overseer = sign_in("majianguo").visit(path)
        assert "proof.txt" in overseer.text
        assert "确认不符合" in overseer.text
        assert f"/process-instances/{row.instance_id}" not in overseer.page.xpath("//a/@href")
        assert overseer.visit(f"{path}/diagram").source.startswith("<?xml")
        download = overseer.visit(f"{path}/{file}").answer
        assert download is not None
        assert download.get_data() == b"proof"
        assert download.headers["Content-Disposition"].startswith("attachment")
        assert sign_in("sunli").visit(path).page.xpath(f'//a[@href="/process-instances/{row.instance_id}"]')

        # A file of another case is not reached through this record.
        other = raise_nonconformity(company)
        assert overseer.visit(f"/registers/nonconformity/{other.id}/{file}").status == 404
        assert overseer.visit("/registers/nonconformity/999").status == 404

    def test_a_number_leads_to_its_record(self, company: Company, sign_in: SignIn) -> None:
        row = raise_nonconformity(company)
        visitor = sign_in("qiumin").visit(f"/registers/nonconformity/numbers/{row.number}")
        assert visitor.path == f"/registers/nonconformity/{row.id}"
        assert visitor.visit("/registers/nonconformity/numbers/N-1").status == 404

    def test_a_nonconformity_is_raised_from_another_record_and_links_back(
        self, company: Company, sign_in: SignIn
    ) -> None:
        one = complain(company)
        visitor = sign_in("hexin").visit(f"/registers/complaint/{one.id}")
        (href,) = visitor.page.xpath('//a[normalize-space()="登记不符合项"]/@href')
        assert parse_qs(urlsplit(href).query) == {
            "source_type": ["complaint"],
            "source_id": [str(one.id)],
            "source_label": [f"{one.number} {one.subject}"],
        }
        form = visitor.visit(href + "&unknown=1&business_key=x")
        assert form.page.xpath('//*[@name="source_label"]/@value') == [f"{one.number} {one.subject}"]
        assert not form.page.xpath('//*[@name="unknown" or @name="business_key"]')
        raised = raise_nonconformity(
            company, source_type="complaint", source_id=str(one.id), source_label=f"{one.number} {one.subject}"
        )
        visitor.visit(f"/registers/nonconformity/{raised.id}")
        assert visitor.page.xpath(f'//a[@href="/registers/complaint/{one.id}"]')
        assert not visitor.page.xpath('//a[normalize-space()="登记不符合项"]')

    def test_an_incident_offers_to_raise_one_too(self, company: Company, sign_in: SignIn) -> None:
        tickets = TicketSystem(company.platform, company.folder, importer=company.actor("liuyang"))
        tickets.import_rows(tickets.row("INC1", "Active", 1, summary="断网"))
        (href,) = sign_in("liuyang").visit("/incidents/1").page.xpath('//a[normalize-space()="登记不符合项"]/@href')
        assert parse_qs(urlsplit(href).query)["source_label"] == ["INC1 断网"]


class TestDocuments:
    def test_opening_a_document_reads_it_and_figures_lead_to_their_record(
        self, company: Company, sign_in: SignIn
    ) -> None:
        row = analyse_nonconformity(company)
        made = issued(company, row.id, "qiumin", "majianguo")
        reader = sign_in("qiumin").visit("/documents")
        assert "1" in reader.all('//nav//a[normalize-space(span)="文件"]')[0]
        assert "2 人中 0 人已读" in reader.text
        reader.visit(f"/documents/{made}")
        assert reader.page.xpath(f'//article//a[@href="/registers/nonconformity/{row.id}"]')
        assert "交接制度没有覆盖回访" in reader.text
        assert "2 人中 1 人已读" in reader.visit("/documents").text
        assert reader.visit("/documents?unread=1").all(LINK) == []
        watcher = sign_in("hexin").visit(f"/documents/{made}")
        assert watcher.text.count("未读") == 1
        assert sign_in("guojun").visit(f"/documents/{made}").status == 404

        answer = watcher.visit(f"/documents/{made}.docx").answer
        assert answer is not None
        assert Document(io.BytesIO(answer.get_data())).paragraphs[0].text == "不符合项报告"
        assert watcher.visit(f"/registers/nonconformity/{row.id}").page.xpath(f'//a[@href="/documents/{made}"]')

    @pytest.mark.parametrize("kind", ["internal_audit_report", "management_review_report", "major_complaint_report"])
    def test_every_kind_has_its_page(self, company: Company, sign_in: SignIn, kind: str) -> None:
        with company.platform.database.write() as connection:
            values = {"record_type": kind_of(kind).record_type, "record_id": 1, "status": "issued", "title": kind}
            connection.execute(
                insert(document).values(
                    number="X-1",
                    version=1,
                    kind=kind,
                    data=kind_of(kind).example,
                    content=b"",
                    sha256="0" * 64,
                    created_at=company.clock.now(),
                    **values,
                )
            )
        visitor = sign_in("hexin").visit("/documents/1")
        assert visitor.status == 200
        for text in _texts(dict(kind_of(kind).example)):
            assert " ".join(text.split()) in visitor.text, text

    def test_an_owner_replaces_a_template_and_others_cannot(self, company: Company, sign_in: SignIn) -> None:
        path = "/documents/templates/nonconformity_report"
        shown = sign_in("liuyang").visit("/documents/templates")
        assert not shown.page.xpath("//input[@type='file']")
        assert "actions[].due_on" in shown.text
        assert "{{ one.number }}" in shown.text
        own = Document()
        own.add_paragraph("{{ nonconformity.weather }}")
        assert shown.send(path, file=(_file(own), "a.docx"), reason="x").status == 403

        owner = sign_in("hexin").visit("/documents/templates")
        owner.send(path, file=(_file(own), "a.docx"), reason="加标识")
        assert owner.status == 422
        assert "weather" in owner.text
        assert owner.send(path, reason="没有文件").status == 422
        own.paragraphs[0].text = "本公司：{{ nonconformity.title }}"
        owner.send(path, file=(_file(own), "a.docx"), reason="加标识")
        assert "第 1 版" in owner.text
        assert "加标识" in owner.text
        answer = owner.visit(f"{path}/1.docx").answer
        assert answer is not None
        assert Document(io.BytesIO(answer.get_data())).paragraphs[0].text == "本公司：{{ nonconformity.title }}"
        assert owner.visit(f"{path}/9.docx").status == 404
        assert owner.visit("/documents/templates/poem/0.docx").status == 404
        made = issued(company, raise_nonconformity(company).id)
        answer = owner.visit(f"/documents/{made}.docx").answer
        assert answer is not None
        assert Document(io.BytesIO(answer.get_data())).paragraphs[0].text == "本公司：两单没有回访记录"


def _file(word: object) -> io.BytesIO:
    target = io.BytesIO()
    word.save(target)  # type: ignore[attr-defined]
    target.seek(0)
    return target


def _texts(data: object) -> list[str]:
    if isinstance(data, dict):
        if "text" in data and ("record" in data or "register" in data):
            return [data["text"]]
        return [
            text
            for key, value in data.items()
            if key not in ("en", "question_en", "title_en")
            for text in _texts(value)
        ]
    if isinstance(data, list):
        return [text for one in data for text in _texts(one)]
    return [str(data)]
