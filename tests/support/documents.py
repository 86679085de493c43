"""Documents made and read by tests."""

from __future__ import annotations

import io
from collections.abc import Callable

from docx import Document

from engine import documents
from tests.support.company import Company

REPORT = "nonconformity_report"


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
