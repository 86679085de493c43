"""One table from kinds of error to HTTP; an error is a page, a fragment for htmx, or JSON under ``/api``."""

from __future__ import annotations

import logging
from typing import Any

from flask import Flask, g, make_response, render_template, request
from flask_babel import gettext
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from engine.errors import Conflict, EngineError, Forbidden, Invalid, NotFound, TooMany
from webapp.context import current_language

STATUS: dict[type[EngineError], int] = {Invalid: 422, Forbidden: 403, NotFound: 404, Conflict: 409, TooMany: 429}

log = logging.getLogger("yunzhi.web")


def status_of(error: EngineError) -> int:
    """The HTTP status of an error of the engine."""
    return next((status for kind, status in STATUS.items() if isinstance(error, kind)), 500)


def message_of(error: EngineError) -> str:
    """Its sentence in the reader's language."""
    return error.message(current_language())


def install(app: Flask) -> None:
    """Answer every error in a way that helps."""
    app.register_error_handler(EngineError, _engine_error)
    app.register_error_handler(CSRFError, _csrf_error)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(Exception, _unexpected)


def _engine_error(error: EngineError) -> Response:
    answer = respond(status_of(error), error.code, message_of(error), error.details)
    if isinstance(error, TooMany) and "seconds" in error.details:
        answer.headers["Retry-After"] = str(error.details["seconds"])
    return answer


def _csrf_error(error: CSRFError) -> Response:
    sentence = gettext(
        "This page was open for too long, or your session has ended. Go back, reload the page, try again."
    )
    return respond(400, "csrf", sentence)


def _http_error(error: HTTPException) -> Response:
    sentences = {
        400: gettext("The request could not be understood."),
        403: gettext("You are not allowed to do this."),
        404: gettext("There is nothing at this address. It may have been moved, or the link is incomplete."),
        405: gettext("This address does not accept that kind of request."),
        413: gettext("What was sent is too large."),
    }
    if error.response is not None or error.code is None or error.code < 400:
        return error.get_response()
    answer = respond(error.code, f"http_{error.code}", sentences.get(error.code, error.name))
    answer.headers.extend([(k, v) for k, v in error.get_headers() if k.lower() in {"allow", "retry-after"}])
    return answer


def _unexpected(error: Exception) -> Response:
    log.error("a request failed: %s %s", request.method, request.path, exc_info=error)
    g.actor = None  # the database may be what failed: this answer must not ask it anything
    return respond(500, "internal", gettext("Something went wrong on our side. Nothing was changed; please try again."))


def respond(status: int, code: str, message: str, details: dict[str, Any] | None = None) -> Response:
    """The answer to an error, in the shape the caller reads."""
    if request.path.startswith("/api/"):
        answer = make_response({"code": code, "message": message, "details": details or {}}, status)
        answer.content_type = "application/problem+json"
        return answer
    if request.headers.get("HX-Request"):
        answer = make_response(render_template("error_fragment.html", message=message), status)
        answer.headers["HX-Retarget"] = "#messages"
        answer.headers["HX-Reswap"] = "innerHTML"
        return answer
    return make_response(render_template("error.html", status=status, code=code, message=message), status)
