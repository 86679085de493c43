"""``yunzhi worker``"""

from __future__ import annotations

import signal
import threading
from types import FrameType

import click

from engine.bootstrap import settle
from engine.cli.terminal import open_platform
from engine.trials import proving
from engine.worker import Worker


@click.command()
def worker() -> None:
    """Do what is due (timers, recurring starts, mail) until stopped."""
    stopping = threading.Event()

    def stop(_signal: int, _frame: FrameType | None) -> None:
        stopping.set()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    with open_platform() as platform:
        clock = Worker(platform, proof=proving)
        settle()
        clock.start()
        click.echo("Working; stop with Ctrl-C.")
        # A signal that comes in just before the wait would be noticed at its end only, so none is long.
        while not stopping.wait(1):
            pass
        clock.stop()
