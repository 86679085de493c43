"""The installation the benchmarks run in: one administrator and one clerk who may do everything."""

from __future__ import annotations

import tempfile
from pathlib import Path

from argon2 import PasswordHasher
from sqlalchemy import insert

from engine import deployments
from engine.actors import Actor
from engine.bootstrap import Platform, compose
from engine.settings import Settings
from engine.store.tables import group, membership, user
from tests.support.diagrams import Diagram
from tests.support.people import PASSWORD

# The groups of the shipped processes, which the server publishes when it starts, and the default of test diagrams.
GROUPS = ("staff", "service_desk", "operations")
ADMINISTRATOR = Actor(1, "admin", "Admin", is_administrator=True)


def platform_with(*diagrams: Diagram, folder: Path | None = None) -> tuple[Platform, Actor]:
    """A fresh SQLite installation with the diagrams published, and its clerk."""
    folder = folder or Path(tempfile.mkdtemp())
    url = f"sqlite:///{folder / 'yunzhi.sqlite3'}"
    platform = compose(Settings(url, "a key for tests", data_directory=folder))
    now = platform.clock.now()
    keys = list(dict.fromkeys([*GROUPS, *(g for d in diagrams for g in d.lanes)]))
    password = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
    with platform.database.write() as connection:
        for number, login in enumerate(("admin", "clerk"), 1):
            connection.execute(
                insert(user).values(
                    id=number,
                    login=login,
                    name=login,
                    password_hash=password,
                    password_changed_at=now,
                    is_administrator=number == 1,
                    is_active=True,
                    created_at=now,
                )
            )
        for number, key in enumerate(keys, 1):
            connection.execute(insert(group).values(id=number, key=key, name_zh=key, name_en=key))
            connection.execute(insert(membership).values(user_id=2, group_id=number))
        sources = deployments.Sources({f"bench/{d.key}.bpmn": d.xml() for d in diagrams}, {})
        deployments.publish(connection, platform.runtime, sources, actor=ADMINISTRATOR, reason="bench", now=now)
    return platform, Actor(2, "clerk", "Clerk", groups=dict(enumerate(keys, 1)))
