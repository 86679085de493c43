"""The service desk of the stories."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.bootstrap import Platform
from tests.support.company import Company
from tests.support.people import People
from tests.support.service_desk import ServiceDesk


@pytest.fixture
def desk(platform: Platform, people: People, tmp_path: Path) -> ServiceDesk:
    """A service desk with its people and processes on SQLite."""
    return ServiceDesk(platform, people, tmp_path)


@pytest.fixture
def any_desk(any_platform: Platform, people: People, tmp_path: Path) -> ServiceDesk:
    """A service desk, once on each store."""
    return ServiceDesk(any_platform, people, tmp_path)


@pytest.fixture
def any_company(any_platform: Platform, people: People, tmp_path: Path) -> Company:
    """The demo company with every process published, once on each store."""
    return Company(any_platform, people, tmp_path)
