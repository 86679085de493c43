"""What a request holds in its hands: the platform, the actor, the moment, and its transactions."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime
from typing import cast

from flask import Flask, current_app, g, has_request_context, request
from sqlalchemy import Connection

from engine.actors import Actor
from engine.bootstrap import Platform
from engine.errors import LANGUAGES, Language
from webapp.auth import identify

_EXTENSION = "yunzhi"
LANGUAGE_COOKIE = "language"
DEFAULT_LANGUAGE: Language = "zh"


def attach(app: Flask, platform: Platform) -> None:
    """Give every request of ``app`` the platform."""
    app.extensions[_EXTENSION] = platform
    app.teardown_appcontext(lambda _error: _stop_reading())


def current_platform() -> Platform:
    """The platform this app serves; inside ``elsewhere`` the one that is looked at."""
    return cast(Platform, g.get("platform") or current_app.extensions[_EXTENSION])


def current_time() -> datetime:
    """The moment of this request (UTC): one and the same from its beginning to its end."""
    if "now" not in g:
        g.now = current_platform().clock.now()
    return cast(datetime, g.now)


def current_actor() -> Actor:
    """Who is signed in. Only for views that require it (all but those marked ``public``)."""
    actor = actor_or_none()
    if actor is None:
        raise RuntimeError("this view needs somebody who is signed in; it must not be public")
    return actor


def actor_or_none() -> Actor | None:
    """Who is signed in, or None."""
    if "actor" not in g:
        g.actor = identify(_reader)
    return cast("Actor | None", g.actor)


def current_language() -> Language:
    """The reader's own setting; before signing in a cookie, then the browser's wish, then Chinese."""
    if not has_request_context():
        return DEFAULT_LANGUAGE
    actor = actor_or_none()
    if actor is not None:
        return actor.language
    remembered = request.cookies.get(LANGUAGE_COOKIE)
    for language in LANGUAGES:
        if remembered == language:
            return language
    wanted = request.accept_languages.best_match([*LANGUAGES, "zh-CN", "zh-TW", "zh-HK", "zh-SG"])
    return "en" if wanted == "en" else DEFAULT_LANGUAGE


@contextmanager
def reading() -> Iterator[Connection]:
    """The read transaction of this request: one consistent view, shared by all who read in it."""
    yield _reader()


@contextmanager
def writing() -> Iterator[Connection]:
    """One transaction that changes things, committed at its end. What is read afterwards sees the change."""
    _stop_reading()
    with current_platform().database.write() as connection:
        yield connection


@contextmanager
def elsewhere(platform: Platform) -> Iterator[Connection]:
    """Inside, parts of a page are drawn from another platform at its own time: from the sandbox of a trial."""
    actor_or_none()  # who looks is known here, not there
    _stop_reading()
    here = g.pop("now", None)
    g.platform = platform
    try:
        with platform.database.read() as connection:
            g.reader = connection
            yield connection
    finally:
        for name in ("platform", "reader", "now"):
            g.pop(name, None)
        if here is not None:
            g.now = here


def _reader() -> Connection:
    if "reader" not in g:
        stack = ExitStack()
        g.reader = stack.enter_context(current_platform().database.read())
        g.reader_stack = stack
    return cast(Connection, g.reader)


def _stop_reading() -> None:
    stack = g.pop("reader_stack", None)
    g.pop("reader", None)
    if stack is not None:
        stack.close()
