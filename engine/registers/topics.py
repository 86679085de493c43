"""All topics of the domain."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from engine.handlers import HandlerRegistry
from engine.registers import (
    callback_topics,
    complaint_topics,
    corrective_action_topics,
    escalation_topics,
    nonconformity_topics,
)


def serve_topics(handlers: HandlerRegistry, zone: ZoneInfo) -> None:
    """Let every register's handlers serve their topics."""
    escalation_topics.serve(handlers)
    callback_topics.serve(handlers, zone)
    nonconformity_topics.serve(handlers, zone)
    corrective_action_topics.serve(handlers)
    complaint_topics.serve(handlers)
