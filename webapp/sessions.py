"""The session cookie: Flask's own, signed, with what need not be done for every request done once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

from flask import Flask, Request
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface, SessionMixin
from itsdangerous import BadSignature

RENEWED_AFTER = timedelta(minutes=15)
_COOKIES_KEPT = 2_000


class Session(SecureCookieSession):
    """A session that knows when its cookie was signed (None for one that is new)."""

    signed_at: datetime | None = None


class SignedSessions(SecureCookieSessionInterface):
    """Sessions whose lifetime counts from the last visit, give or take ``RENEWED_AFTER``.

    Flask signs the cookie anew with every answer, derives its key twice and checks the signature with every request.
    A cookie comes back unchanged many times: what was found in it once is kept, and only its age is looked at again.
    """

    def __init__(self, app: Flask) -> None:
        serializer = super().get_signing_serializer(app)
        if serializer is None:
            raise ValueError("sessions need a secret key")
        self._serializer = serializer
        self._read = lru_cache(_COOKIES_KEPT)(lambda value: serializer.loads(value, return_timestamp=True))

    def get_signing_serializer(self, app: Flask) -> Any:
        """The one that signs and checks all cookies."""
        return self._serializer

    def open_session(self, app: Flask, request: Request) -> Session:
        """The session of the cookie; an empty one where it is missing, altered or too old."""
        value = request.cookies.get(self.get_cookie_name(app))
        if not value:
            return Session()
        try:
            data, signed_at = self._read(value)
        except BadSignature:
            return Session()
        if not timedelta() <= datetime.now(UTC) - signed_at <= app.permanent_session_lifetime:
            return Session()
        # Flask appends to the list of messages for the next page; nothing else in a session is ever changed in place.
        session = Session({key: list(value) if isinstance(value, list) else value for key, value in data.items()})
        session.signed_at = signed_at
        return session

    def should_set_cookie(self, app: Flask, session: SessionMixin) -> bool:
        """Whether the answer carries the cookie: it holds something else now, or is due for renewal."""
        if session.modified or not isinstance(session, Session) or session.signed_at is None:
            return True
        return session.permanent and datetime.now(UTC) - session.signed_at > RENEWED_AFTER
