"""What people of the demo company do, each act in a transaction of its own, through the use cases the pages use."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine import submissions
from engine.actors import Actor
from engine.bootstrap import Platform
from engine.runtime.step import new_id


def start(platform: Platform, actor: Actor, key: str, answers: Mapping[str, Any]) -> None:
    """Send a start form."""
    with platform.database.write() as connection:
        submissions.start(
            platform.runtime,
            connection,
            actor=actor,
            key=key,
            submitted=answers,
            instance_id=new_id(),
            language="zh",
            now=platform.clock.now(),
        )


def complete(platform: Platform, actor: Actor, work_item_id: str, answers: Mapping[str, Any]) -> None:
    """Complete a task."""
    with platform.database.write() as connection:
        submissions.complete(
            platform.runtime,
            connection,
            actor=actor,
            work_item_id=work_item_id,
            submitted=answers,
            language="zh",
            now=platform.clock.now(),
        )
