"""Composition: the one place where settings become a running platform."""

from __future__ import annotations

import gc
from collections.abc import Mapping
from dataclasses import dataclass, field

from engine import channels
from engine.clock import Clock, SystemClock
from engine.handlers import HandlerRegistry
from engine.host_functions import host_functions
from engine.registers.topics import serve_topics
from engine.runtime.step import Runtime
from engine.settings import Settings
from engine.store.database import Database
from engine.timers import Channel


@dataclass(frozen=True)
class Platform:
    """What the entry points (pages, worker, command line, tests) hold in their hands."""

    settings: Settings
    database: Database
    clock: Clock
    runtime: Runtime
    channels: Mapping[str, Channel] = field(default_factory=dict)


def compose(settings: Settings, *, clock: Clock | None = None) -> Platform:
    """Open the database of ``settings``, bring its schema up to date and put the parts together."""
    database = Database(settings.database_url, pool_size=settings.threads)
    try:
        database.migrate()
    except BaseException:
        database.close()
        raise
    return Platform(
        settings=settings,
        database=database,
        clock=clock or SystemClock(),
        runtime=new_runtime(settings),
        channels=channels.local_channels(settings),
    )


def new_runtime(settings: Settings) -> Runtime:
    """What drives cases, with all topics served and nothing compiled yet."""
    handlers = HandlerRegistry()
    runtime = Runtime(zone=settings.zone, handlers=handlers, host_functions=host_functions)
    serve_topics(handlers, settings.zone, runtime.library)
    return runtime


def settle() -> None:
    """Tell the garbage collector that what is loaded by now stays: for entry points that go on for long, called last.

    Each step builds a workflow full of cycles and drops it. Left alone, the collector walks all modules and compiled
    definitions again and again to find it; a completion then costs a third more.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)
