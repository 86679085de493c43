"""People for stories: users and groups by the names the story uses."""

from __future__ import annotations

from collections.abc import Iterable

from argon2 import PasswordHasher
from sqlalchemy import insert, select, update

from engine import users
from engine.actors import Actor, system_actor
from engine.bootstrap import Platform
from engine.errors import Language
from engine.store.tables import group, membership, user

PASSWORD = "correct horse battery"
# A hash that is cheap to check: hundreds of people sign in during the tests.
_HASH = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)


class People:
    """Writes people straight into the tables, as a directory that is imported would."""

    def __init__(self, platform: Platform) -> None:
        self._platform = platform

    def group(self, key: str, name_zh: str = "", name_en: str = "", *, manager: Actor | None = None) -> int:
        """The group of this key, created when it is first named; returns its id."""
        with self._platform.database.write() as connection:
            found = connection.execute(select(group.c.id).where(group.c.key == key)).scalar()
            if found is None:
                values = {"key": key, "name_zh": name_zh or key, "name_en": name_en or key}
                found = connection.execute(insert(group).values(values).returning(group.c.id)).scalar_one()
            if manager is not None:
                connection.execute(update(group).where(group.c.id == found).values(manager_id=manager.user_id))
        return int(found)

    def user(
        self,
        login: str,
        name: str = "",
        *,
        groups: Iterable[str] = (),
        administrator: bool = False,
        language: Language = "zh",
    ) -> Actor:
        """A new user with the password ``PASSWORD``, in these groups."""
        group_ids = [self.group(key) for key in groups]
        now = self._platform.clock.now()
        values = {
            "login": login,
            "name": name or login,
            "password_hash": _HASH,
            "password_changed_at": now,
            "language": language,
            "is_administrator": administrator,
            "is_active": True,
            "created_at": now,
        }
        with self._platform.database.write() as connection:
            user_id = connection.execute(insert(user).values(values).returning(user.c.id)).scalar_one()
            for group_id in group_ids:
                connection.execute(insert(membership).values(user_id=user_id, group_id=group_id))
        return self.actor(login)

    def administrator(self, login: str = "admin", name: str = "王经理", *, language: Language = "zh") -> Actor:
        """A new user who administers the installation."""
        return self.user(login, name, administrator=True, language=language)

    def actor(self, login: str) -> Actor:
        """The user as an actor, with today's groups and rights."""
        with self._platform.database.read() as connection:
            user_id = connection.execute(select(user.c.id).where(user.c.login == login)).scalar_one()
            actor = users.load_actor(connection, user_id)
        assert actor is not None, f"{login} is not active"
        return actor

    @property
    def clock_actor(self) -> Actor:
        """The system itself."""
        return system_actor("clock")
