"""Documents made of records: drafted, issued with their figures frozen, handed to people who read them."""

from engine.documents.issuing import DocumentNotIssued, NothingToIssue, distribute, draft, issue, mark_read
from engine.documents.reading import (
    DocumentQuery,
    DocumentUnknown,
    content_of,
    get,
    of_record,
    page,
    recipients,
    summary,
    unread_count,
    versions,
)

__all__ = [
    "DocumentNotIssued",
    "DocumentQuery",
    "DocumentUnknown",
    "NothingToIssue",
    "content_of",
    "distribute",
    "draft",
    "get",
    "issue",
    "mark_read",
    "of_record",
    "page",
    "recipients",
    "summary",
    "unread_count",
    "versions",
]
