"""What the browser is told to forbid, how cookies are kept, and the token in every form."""

from __future__ import annotations

from datetime import timedelta

from flask import Flask
from flask_wtf import CSRFProtect
from werkzeug.wrappers import Response

from engine.settings import Settings
from webapp.sessions import SignedSessions

CONTENT_POLICY = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self'",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data:",
        "font-src 'self' data:",
        "object-src 'none'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
        "form-action 'self'",
    )
)
SESSION_HOURS = 12


def install(app: Flask, settings: Settings) -> None:
    """Cookies, headers, CSRF."""
    app.config.update(
        SECRET_KEY=settings.secret_key,
        MAX_CONTENT_LENGTH=settings.upload_limit_bytes,
        MAX_FORM_MEMORY_SIZE=4 * 1024 * 1024,
        PERMANENT_SESSION_LIFETIME=timedelta(hours=SESSION_HOURS),
        SESSION_COOKIE_NAME="yunzhi_session",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.secure_cookies,
        WTF_CSRF_TIME_LIMIT=None,
        WTF_CSRF_HEADERS=["X-CSRFToken"],
    )
    app.session_interface = SignedSessions(app)
    CSRFProtect(app)

    @app.after_request
    def headers(answer: Response) -> Response:
        answer.headers.setdefault("Content-Security-Policy", CONTENT_POLICY)
        answer.headers["X-Content-Type-Options"] = "nosniff"
        answer.headers["Referrer-Policy"] = "same-origin"
        answer.headers["Cross-Origin-Opener-Policy"] = "same-origin"
        answer.headers["Permissions-Policy"] = "camera=(), microphone=(), geolocation=()"
        answer.headers.setdefault("Cache-Control", "no-store")
        if settings.secure_cookies:
            answer.headers["Strict-Transport-Security"] = "max-age=31536000"
        return answer
