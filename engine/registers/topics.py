"""All topics of the domain."""

from __future__ import annotations

from engine.handlers import HandlerRegistry
from engine.registers import escalation_topics


def serve_topics(handlers: HandlerRegistry) -> None:
    """Let every register's handlers serve their topics."""
    escalation_topics.serve(handlers)
