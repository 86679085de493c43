"""The house of the stories: once on each store, or on SQLite alone where the store makes no difference."""

from __future__ import annotations

import pytest

from engine.bootstrap import Platform
from tests.support.house import House
from tests.support.people import People


@pytest.fixture
def house(any_platform: Platform, people: People) -> House:
    """An installation on each store, with the groups that diagrams name by default."""
    people.group("staff")
    return House(any_platform)
