"""All kinds of documents."""

from __future__ import annotations

from collections.abc import Mapping

from engine.documents.audit_report import INTERNAL_AUDIT_REPORT
from engine.documents.complaint_report import MAJOR_COMPLAINT_REPORT
from engine.documents.kind import DocumentKind, DocumentKindUnknown
from engine.documents.nonconformity_report import NONCONFORMITY_REPORT
from engine.documents.period_reports import REPORTS
from engine.documents.review_report import MANAGEMENT_REVIEW_REPORT
from engine.documents.survey_kinds import SATISFACTION_QUESTIONNAIRE, SATISFACTION_SURVEY_REPORT

KINDS: Mapping[str, DocumentKind] = {
    kind.key: kind
    for kind in (
        INTERNAL_AUDIT_REPORT,
        MANAGEMENT_REVIEW_REPORT,
        MAJOR_COMPLAINT_REPORT,
        NONCONFORMITY_REPORT,
        SATISFACTION_QUESTIONNAIRE,
        SATISFACTION_SURVEY_REPORT,
        *REPORTS,
    )
}


def kind_of(key: str) -> DocumentKind:
    """The kind called ``key``. Raises ``DocumentKindUnknown``."""
    if key not in KINDS:
        raise DocumentKindUnknown(kind=key)
    return KINDS[key]
