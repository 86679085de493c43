"""Who acts: handed to every use case, which decides from it what is allowed."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

from engine.errors import Language


@dataclass(frozen=True)
class Actor:
    """A signed-in person, or a part of the system (``user_id`` None, login ``system:<part>``).

    ``groups`` maps the ids of the groups the person works in to their keys.
    """

    user_id: int | None
    login: str
    name: str
    is_administrator: bool = False
    groups: dict[int, str] = field(default_factory=dict)
    language: Language = "zh"

    @cached_property
    def recipients(self) -> tuple[str, ...]:
        """The names under which work items are offered to this person: ``user:<id>`` and ``group:<id>``."""
        if self.user_id is None:
            return ()
        return (f"user:{self.user_id}", *(f"group:{group_id}" for group_id in sorted(self.groups)))


def system_actor(part: str) -> Actor:
    """The clock, an import, a migration: a part of the system acting on its own, with full rights."""
    return Actor(user_id=None, login=f"system:{part}", name=part, is_administrator=True)
