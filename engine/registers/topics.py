"""All topics of the domain."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from engine.handlers import HandlerRegistry
from engine.registers import (
    audit_programme_topics,
    callback_topics,
    complaint_topics,
    corrective_action_topics,
    document_topics,
    escalation_topics,
    internal_audit_topics,
    nonconformity_topics,
    report_topics,
    review_topics,
)


def serve_topics(handlers: HandlerRegistry, zone: ZoneInfo) -> None:
    """Let every register's handlers serve their topics."""
    escalation_topics.serve(handlers)
    callback_topics.serve(handlers, zone)
    complaint_topics.serve(handlers)
    audit_programme_topics.serve(handlers)
    internal_audit_topics.serve(handlers, zone)
    review_topics.serve(handlers, zone)
    report_topics.serve(handlers, zone)
    nonconformity_topics.serve(handlers, zone)
    corrective_action_topics.serve(handlers)
    document_topics.serve(handlers, zone)
