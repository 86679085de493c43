"""All topics of the domain."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from engine.handlers import HandlerRegistry
from engine.registers import callback_topics, escalation_topics


def serve_topics(handlers: HandlerRegistry, zone: ZoneInfo) -> None:
    """Let every register's handlers serve their topics."""
    escalation_topics.serve(handlers)
    callback_topics.serve(handlers, zone)
