"""Composition: the one place where settings become a running platform."""

from __future__ import annotations

from dataclasses import dataclass

from engine.clock import Clock, SystemClock
from engine.settings import Settings
from engine.store.database import Database


@dataclass(frozen=True)
class Platform:
    """What the entry points (pages, worker, command line, tests) hold in their hands."""

    settings: Settings
    database: Database
    clock: Clock


def compose(settings: Settings, *, clock: Clock | None = None) -> Platform:
    """Open the database of ``settings``, bring its schema up to date and put the parts together."""
    database = Database(settings.database_url, pool_size=settings.threads)
    database.migrate()
    return Platform(settings=settings, database=database, clock=clock or SystemClock())
