"""The page behind a survey link: for respondents, without an account, in as many sittings as they like, once."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from engine.link_attempts import LinkUnusable
from engine.surveys import answering
from engine.surveys.answering import LONGEST_TEXT, AnswersClosed, AnswersIncomplete, Sitting
from engine.surveys.wording import SCORES
from webapp.auth import public
from webapp.context import current_language, current_platform, current_time, reading, writing
from webapp.errors import status_of
from webapp.public_links import address, refuse

blueprint = Blueprint("public_survey", __name__, url_prefix="/survey")

Page = str | tuple[str, int]


@blueprint.get("/<token>")
@public
def show(token: str) -> Page:
    """The questions with what was answered so far, or a word of thanks."""
    try:
        with reading() as connection:
            sitting = answering.look_up(connection, token, address(), now=current_time())
    except LinkUnusable as error:
        return refuse(error, gettext("Satisfaction survey"))
    return _page(token, sitting, _kept(sitting))


@blueprint.post("/<token>")
@public
def answer(token: str) -> Response | Page:
    """Keep what there is (``keep``), hand it in (``submit``), or decline (``wrong_person``, ``opt_out``)."""
    chosen = request.form.get("_do", "keep")
    given = {name: value for name, value in request.form.items() if name[:1] in "st"}
    try:
        with writing() as connection:
            arguments = {"token": token, "address": address(), "now": current_time()}
            if chosen == "submit":
                answering.submit(connection, given=given, **arguments)
            elif chosen in answering.DECLINES:
                answering.decline(connection, choice=chosen, **arguments)
            else:
                answering.keep(connection, given=given, **arguments)
                if not request.headers.get("X-Autosave"):
                    flash(gettext("Saved. Open the same link to go on."), "success")
    except LinkUnusable as error:
        return refuse(error, gettext("Satisfaction survey"))
    except AnswersClosed:
        return redirect(url_for(".show", token=token), 303)
    except AnswersIncomplete as error:
        return _incomplete(token, given, error)
    if request.headers.get("X-Autosave"):
        return "", 204
    return redirect(url_for(".show", token=token), 303)


def _incomplete(token: str, given: Mapping[str, str], error: AnswersIncomplete) -> Page:
    """What was typed is kept, and the page says which questions are open."""
    with writing() as connection:
        sitting = answering.keep(connection, token=token, address=address(), given=given, now=current_time())
    return _page(token, sitting, given, error.details["fields"]), status_of(error)


def _kept(sitting: Sitting) -> dict[str, str]:
    kept = {f"s{key}": str(row.score) for key, row in sitting.answers.items() if row.score is not None}
    return kept | {f"t{key}": row.text for key, row in sitting.answers.items() if row.text}


def _page(token: str, sitting: Sitting, given: Mapping[str, str], wrong: list[int] | None = None) -> str:
    if sitting.state != "open":
        return render_template("public_survey/over.html", state=sitting.state, survey=sitting.survey)
    return render_template(
        "public_survey/form.html",
        token=token,
        survey=sitting.survey,
        questions=sitting.questions,
        given=given,
        wrong=wrong or [],
        scores=[(score, word.name(current_language())) for score, word in SCORES.items()],
        longest=LONGEST_TEXT,
        until=sitting.survey.closes_at.astimezone(current_platform().settings.zone).date(),
    )
