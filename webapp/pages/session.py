"""Signing in and out, the language, and one's own account."""

from __future__ import annotations

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from engine import groups, sign_in, users
from engine.errors import LANGUAGES, Invalid, Language, TooMany
from webapp import auth
from webapp.context import LANGUAGE_COOKIE, actor_or_none, current_actor, current_time, reading, writing
from webapp.errors import message_of, status_of

blueprint = Blueprint("session", __name__)
A_YEAR_SECONDS = 365 * 24 * 3600


@blueprint.get("/sign-in", endpoint="sign_in")
@auth.public
def show_sign_in() -> str | Response:
    """The sign-in page."""
    if actor_or_none() is not None:
        return redirect(auth.safe_target(request.args.get("next", "/")))
    return _sign_in_page()


@blueprint.post("/sign-in")
@auth.public
def submit_sign_in() -> Response | tuple[str, int] | tuple[str, int, dict[str, str]]:
    """Check login and password; on success go where the person wanted to."""
    login, now = request.form.get("login", ""), current_time()
    try:
        with reading() as connection:
            candidate = sign_in.look_up(connection, login, request.remote_addr or "", now=now)
        matches = candidate.matches(request.form.get("password", ""))
        with writing() as connection:
            actor = sign_in.conclude(connection, candidate, matches=matches, now=now)
            changed_at = users.get(connection, actor.user_id or 0).password_changed_at if actor else None
    except TooMany as error:
        headers = {"Retry-After": str(error.details["seconds"])}
        return _sign_in_page(login, message_of(error)), status_of(error), headers
    if actor is None or changed_at is None:
        return _sign_in_page(login, gettext("Login or password is not correct.")), 422
    auth.open_session(actor.user_id or 0, changed_at)
    return redirect(auth.safe_target(request.form.get("next", "/")))


@blueprint.post("/sign-out")
def sign_out() -> Response:
    """End the session."""
    auth.close_session()
    return redirect(url_for("session.sign_in"))


@blueprint.post("/language")
@auth.public
def change_language() -> Response:
    """Read in the other language from now on; the reader stays on the same page."""
    language = _language(request.form.get("language", ""))
    actor = actor_or_none()
    if actor is not None:
        with writing() as connection:
            users.set_language(connection, actor=actor, language=language, now=current_time())
    answer = redirect(auth.safe_target(request.form.get("next", "/")))
    answer.set_cookie(
        LANGUAGE_COOKIE,
        language,
        max_age=A_YEAR_SECONDS,
        samesite="Lax",
        httponly=True,
        secure=current_app.config["SESSION_COOKIE_SECURE"],
    )
    return answer


@blueprint.get("/account")
def profile() -> str:
    """One's own account."""
    return _profile_page()


@blueprint.post("/account/password")
def change_password() -> Response | tuple[str, int]:
    """A new password for oneself; every other session ends."""
    password = request.form.get("password", "")
    if password != request.form.get("again", ""):
        return _profile_page({"again": gettext("The two passwords differ.")}), 422
    actor = current_actor()
    try:
        with writing() as connection:
            changed_at = users.change_own_password(
                connection,
                actor=actor,
                current=request.form.get("current", ""),
                password=password,
                now=current_time(),
            )
    except Invalid as error:
        return _profile_page({field: message_of(error) for field in error.details["fields"]}), status_of(error)
    auth.open_session(actor.user_id or 0, changed_at)
    flash(gettext("Your password was changed."), "success")
    return redirect(url_for("session.profile"))


def _language(value: str) -> Language:
    for language in LANGUAGES:
        if value == language:
            return language
    raise Invalid(fields=["language"])


def _sign_in_page(login: str = "", problem: str = "") -> str:
    target = request.form.get("next") or request.args.get("next", "")
    return render_template("sign_in.html", login=login, problem=problem, next=target)


def _profile_page(problems: dict[str, str] | None = None) -> str:
    actor = current_actor()
    with reading() as connection:
        user = users.get(connection, actor.user_id or 0)
        memberships = groups.of_users(connection, [user.id])[user.id]
    return render_template("profile.html", user=user, memberships=memberships, problems=problems or {})
