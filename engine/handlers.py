"""Service-task topics and the functions behind them.

A handler runs inside the transaction of the step that reached its task, so what it writes stands or falls with the
step; whatever leaves the database goes through the outbox. It raises an ``EngineError`` to say why it could not.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from engine.actors import Actor
from engine.errors import Language, NotFound


@dataclass(frozen=True)
class ServiceCall:
    """One call of a handler: where it happens, what it was given, and a key that is the same at every retry.

    ``waiting`` are the ids of the work items that wait in the same scope: in the case, or, inside a subprocess, in
    this instance of it and not in its siblings.
    """

    connection: Connection
    instance_id: str
    business_key: str
    element_id: str
    dedup_key: str
    inputs: Mapping[str, Any]
    variables: Mapping[str, Any]
    actor: Actor
    now: datetime
    waiting: frozenset[str] = frozenset()


Handler = Callable[[ServiceCall], Mapping[str, Any] | None]


class TopicUnknown(NotFound):
    """No handler serves this topic."""

    code = "topic_unknown"
    zh = "没有主题“{topic}”的处理程序"
    en = "No handler serves the topic “{topic}”"


@dataclass(frozen=True)
class Topic:
    """A topic a diagram may name; ``en`` is the handler's own docstring, ``zh`` what its registration says."""

    name: str
    handler: Handler
    required: frozenset[str]
    optional: frozenset[str]
    zh: str
    en: str

    def description(self, language: Language) -> str:
        """What it does, for a reader of ``language``; the other language's words where one is missing."""
        return (self.zh or self.en) if language == "zh" else self.en


class HandlerRegistry:
    """The topics of one platform."""

    def __init__(self) -> None:
        self._topics: dict[str, Topic] = {}

    def serve(
        self, name: str, handler: Handler, *, required: tuple[str, ...] = (), optional: tuple[str, ...] = ()
    ) -> None:
        """Let ``handler`` serve ``name``; the inputs are what a diagram must and may pass."""
        if name in self._topics:
            raise ValueError(f"topic {name} is served twice")
        en = inspect.getdoc(handler) or ""
        self._topics[name] = Topic(name, handler, frozenset(required), frozenset(optional), zh="", en=en)

    def describe(self, descriptions: Mapping[str, str]) -> None:
        """Say in Chinese what topics do, by their names. Raises ``TopicUnknown``."""
        for name, zh in descriptions.items():
            self._topics[name] = replace(self.topic(name), zh=zh)

    def topic(self, name: str) -> Topic:
        """The topic called ``name``. Raises ``TopicUnknown``."""
        if name not in self._topics:
            raise TopicUnknown(topic=name)
        return self._topics[name]

    @property
    def topics(self) -> Mapping[str, Topic]:
        """All topics by name."""
        return dict(self._topics)
