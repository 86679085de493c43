"""What the commands share: opening the installation, and errors as sentences instead of tracebacks."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager

import click

from engine.actors import Actor, system_actor
from engine.bootstrap import Platform, compose
from engine.definitions.problems import DefinitionInvalid
from engine.errors import EngineError, Language
from engine.settings import load_settings


def terminal_actor() -> Actor:
    """Who acts when somebody with access to the machine types a command."""
    return system_actor("terminal")


def terminal_language() -> Language:
    """Chinese where the terminal's locale is Chinese, else English."""
    locale = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or ""
    return "zh" if locale.startswith("zh") else "en"


@contextmanager
def open_platform() -> Iterator[Platform]:
    """The installation that the environment describes; what goes wrong in it ends the command with a sentence."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    for chatty in ("spiff", "apscheduler", "alembic"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
    platform = None
    try:
        platform = compose(load_settings())
        yield platform
    except DefinitionInvalid as error:
        language = terminal_language()
        found = (f"{one.file} {one.element_id}: {one.message(language)}" for one in error.problems)
        lines = [error.message(language), *found]
        raise click.ClickException("\n".join(lines)) from error
    except EngineError as error:
        raise click.ClickException(error.message(terminal_language())) from error
    finally:
        if platform is not None:
            platform.database.close()
