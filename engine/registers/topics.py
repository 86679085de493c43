"""All topics of the domain."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

from engine.handlers import HandlerRegistry
from engine.registers import (
    agreement_topics,
    assessment_topics,
    audit_programme_topics,
    callback_topics,
    complaint_topics,
    controlled_document_topics,
    corrective_action_topics,
    document_topics,
    escalation_topics,
    improvement_topics,
    internal_audit_topics,
    monitoring_topics,
    nonconformity_topics,
    report_topics,
    review_topics,
    spare_inspection_topics,
    spare_part_topics,
    visit_topics,
    watch_topics,
)
from engine.runtime.library import Library
from engine.surveys import topics as survey_topics
from engine.yaml_files import read_yaml


def serve_topics(handlers: HandlerRegistry, zone: ZoneInfo, library: Library) -> None:
    """Let every register's handlers serve their topics."""
    escalation_topics.serve(handlers)
    agreement_topics.serve(handlers, zone)
    monitoring_topics.serve(handlers, zone)
    spare_part_topics.serve(handlers, zone)
    spare_inspection_topics.serve(handlers, zone)
    callback_topics.serve(handlers, zone)
    complaint_topics.serve(handlers)
    audit_programme_topics.serve(handlers)
    internal_audit_topics.serve(handlers, zone)
    review_topics.serve(handlers, zone)
    report_topics.serve(handlers, zone, library)
    assessment_topics.serve(handlers)
    controlled_document_topics.serve(handlers, zone)
    watch_topics.serve(handlers, zone, library)
    nonconformity_topics.serve(handlers, zone)
    corrective_action_topics.serve(handlers)
    document_topics.serve(handlers, zone)
    survey_topics.serve(handlers, zone)
    improvement_topics.serve(handlers)
    visit_topics.serve(handlers, zone)
    handlers.describe(_in_chinese())


@cache
def _in_chinese() -> dict[str, str]:
    """What each topic does, in Chinese."""
    found = read_yaml(Path(__file__).with_name("topics.zh.yaml"))
    return {str(name): str(text) for name, text in found.items()}
