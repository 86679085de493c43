"""A satisfaction survey: its questionnaire traced to the agreements, its sample, whom it went to, its results."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from sqlalchemy import Connection
from werkzeug.wrappers import Response as Answer

from engine.errors import Forbidden
from engine.registers.exports import Column
from engine.registers.register import every_member
from engine.store.types import Record
from engine.surveys import estimates, invitations, planning, questionnaire, results
from engine.surveys.questionnaire import Given, Matrix, QuestionInvalid
from engine.surveys.wording import (
    ALLOCATIONS,
    EXCLUSIONS,
    INVITATION_STATUSES,
    METRICS,
    QUESTION_KINDS,
    STATUSES,
    STRATIFICATIONS,
    percent,
)
from webapp.context import current_actor, current_language, current_platform, current_time, reading, writing
from webapp.downloads import download
from webapp.errors import message_of

blueprint = Blueprint("survey", __name__, url_prefix="/surveys")

NEW = "new"


@blueprint.get("/<int:survey_id>")
def show(survey_id: int) -> str:
    """The questionnaire and its trace matrix; a form while it may be worded."""
    with reading() as connection:
        found, matrix = _read(connection, survey_id)
    return _questionnaire(found, matrix, _kept(matrix))


@blueprint.post("/<int:survey_id>")
def save(survey_id: int) -> Answer | tuple[str, int]:
    """Keep the questionnaire as it was edited."""
    with reading() as connection:
        found, matrix = _read(connection, survey_id)
    given = _edited(matrix)
    try:
        with writing() as connection:
            questionnaire.save(connection, actor=current_actor(), survey_id=survey_id, given=given, now=current_time())
    except QuestionInvalid as refused:
        return _questionnaire(found, matrix, given, message_of(refused)), 422
    flash(gettext("Saved."), "success")
    return redirect(url_for(".show", survey_id=survey_id))


@blueprint.get("/<int:survey_id>/sample")
def sample(survey_id: int) -> str:
    """The sampling plan, and the list drawn again from its seed for whoever wants to check it."""
    checks = request.args.get("redraw") == "1"
    with reading() as connection:
        found, _matrix = _read(connection, survey_id)
        strata = planning.strata_of(connection, survey_id)
        redrawn = planning.redraw(connection, survey_id) if checks and found.seed is not None else []
        excluded = planning.excluded_of(connection, survey_id)
    return render_template(
        "surveys/sample.html",
        survey=found,
        plan=found.plan or {},
        strata=strata,
        redrawn=redrawn,
        excluded=excluded,
        exclusions=EXCLUSIONS,
        stratifications=STRATIFICATIONS,
        allocations=ALLOCATIONS,
        **_around(found, "sample"),
    )


@blueprint.get("/<int:survey_id>/people")
def people(survey_id: int) -> str:
    """Whom it went to, and what became of each invitation; never what anybody answered."""
    _require_reacher()
    with reading() as connection:
        found, _matrix = _read(connection, survey_id)
        listed = invitations.people_of(connection, survey_id)
    return render_template("surveys/people.html", survey=found, people=listed, **_around(found, "people"))


@blueprint.post("/<int:survey_id>/people/<int:invitation_id>")
def mark(survey_id: int, invitation_id: int) -> Answer:
    """Note that somebody could not be reached, does not belong here, or does not want to answer."""
    with writing() as connection:
        invitations.mark(
            connection,
            actor=current_actor(),
            invitation_id=invitation_id,
            status=request.form.get("status", ""),
            reason=request.form.get("reason", ""),
            now=current_time(),
        )
    flash(gettext("Saved."), "success")
    return redirect(url_for(".people", survey_id=survey_id))


@blueprint.get("/<int:survey_id>/results")
def show_results(survey_id: int) -> str:
    """Rates, intervals, indices, and what people wrote."""
    with reading() as connection:
        found, _matrix = _read(connection, survey_id)
        figures = results.of_survey(connection, found)
        comments = results.comments(connection, survey_id)
    return render_template(
        "surveys/results.html",
        survey=found,
        figures=figures,
        comments=comments,
        estimates=estimates,
        **_around(found, "results"),
    )


@blueprint.get("/<int:survey_id>/answers.<file_format>")
def export(survey_id: int, file_format: str) -> Response:
    """Every answer with its stratum, without who gave it."""
    if file_format not in ("csv", "xlsx"):
        abort(404)
    with reading() as connection:
        found, _matrix = _read(connection, survey_id)

    def rows(connection: Connection) -> Iterator[Record]:
        return results.answers(connection, survey_id)

    return download(found.number, _COLUMNS, rows, "xlsx" if file_format == "xlsx" else "csv")


_COLUMNS = (
    Column("答复", "Answer", lambda row: row.sheet),
    Column("层", "Stratum", lambda row: row.stratum_name, 24),
    Column("问题", "Question", lambda row: row.question, 50),
    Column("英文", "English", lambda row: row.question_en, 50),
    Column("评分", "Score", lambda row: row.score, 8),
    Column("意见", "Comment", lambda row: row.text, 50),
)


def _read(connection: Connection, survey_id: int) -> tuple[Record, Matrix]:
    if not every_member(current_actor()):
        raise Forbidden()
    found = questionnaire.get(connection, survey_id)
    moment = found.opened_at or current_time()
    on = moment.astimezone(current_platform().settings.zone).date()
    return found, questionnaire.matrix(connection, survey_id, on)


def _around(found: Record, current: str) -> dict[str, Any]:
    """What every page of a survey has: its tabs, and the names of things."""
    pages = [
        ("show", gettext("Questionnaire"), True),
        ("sample", gettext("Sample"), True),
        ("people", gettext("Invitations"), invitations.may_mark(current_actor()) or _is_auditor()),
        ("show_results", gettext("Results"), found.opened_at is not None),
    ]
    names = {"show": "questionnaire", "show_results": "results"}
    views = [
        {
            "url": url_for(f".{endpoint}", survey_id=found.id),
            "label": label,
            "current": names.get(endpoint, endpoint) == current,
        }
        for endpoint, label, is_shown in pages
        if is_shown
    ]
    return {
        "views": views,
        "statuses": STATUSES,
        "invitation_statuses": INVITATION_STATUSES,
        "percent": percent,
        "may_mark": invitations.may_mark(current_actor()) and found.status == "open",
    }


def _questionnaire(found: Record, matrix: Matrix, given: Sequence[Given], problem: str = "") -> str:
    editable = found.status == "preparing" and questionnaire.may_edit(current_actor())
    language = current_language()
    return render_template(
        "surveys/questionnaire.html",
        survey=found,
        matrix=matrix,
        given=given,
        problem=problem,
        editable=editable,
        kinds=QUESTION_KINDS,
        metrics=METRICS,
        label=lambda item, numbered=True: questionnaire.item_label(item, language, numbered=numbered),
        gaps=[] if problem else matrix.gaps,
        untraced={one.id for one in matrix.untraced},
        uncovered={one.id for one in matrix.uncovered},
        **_around(found, "questionnaire"),
    )


def _kept(matrix: Matrix) -> list[Given]:
    return [
        Given(one.id, one.kind, one.text, one.text_en, frozenset(item for q, item in matrix.links if q == one.id))
        for one in matrix.questions
    ]


def _edited(matrix: Matrix) -> list[Given]:
    """The questions of the form, without those to be removed; a new one only if something was written."""
    found = []
    for key, one in [*((str(one.id), one) for one in matrix.questions), (NEW, None)]:
        if request.form.get(f"q-{key}-remove"):
            continue
        text, text_en = (request.form.get(f"q-{key}-{name}", "").strip() for name in ("text", "text_en"))
        if one is None and not text:
            continue
        kind = "overall" if one is not None and one.kind == "overall" else request.form.get(f"q-{key}-kind", "score")
        items = frozenset(item.id for item in matrix.items if request.form.get(f"link-{key}-{item.id}"))
        known = "score" if kind == "overall" and one is None else kind
        found.append(Given(None if one is None else one.id, known, text, text_en, items))
    return found


def _require_reacher() -> None:
    if not (invitations.may_mark(current_actor()) or _is_auditor()):
        raise Forbidden()


def _is_auditor() -> bool:
    return "auditors" in current_actor().groups.values()
