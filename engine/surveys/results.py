"""The figures of a survey: who answered, how far that reaches, and what it says about everybody."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, and_, func, select

from engine.store.tables import survey, survey_answer, survey_invitation, survey_question, survey_stratum
from engine.store.types import Record
from engine.surveys import estimates, planning
from engine.surveys.estimates import Dispositions, Interval, Stratum


def figures(connection: Connection, survey_id: int) -> dict[str, Any]:
    """The figures as they are now, as plain data (see the keys below); shares are None where nobody answered.

    ``response_rate``, ``sampling_ratio``, ``achieved``, ``coverage``, ``makes_claims``, ``strata`` (each with
    its Wilson interval), ``overall`` (stratified), ``pooled``, ``mean``, ``index_by_range``, ``index_by_fifths`` and
    ``questions``.
    """
    found = connection.execute(select(survey).where(survey.c.id == survey_id)).one()
    confidence = (found.plan or {}).get("confidence", 95) / 100
    strata = planning.strata_of(connection, survey_id)
    dispositions = dispositions_of(connection, survey_id)
    scores = _overall_scores(connection, survey_id)
    counted = [_stratum(one, scores.get(one.code, [])) for one in strata]
    populations = {one.code: one.population for one in strata}
    population, complete = sum(populations.values()), sum(one.answered for one in counted)
    invited = sum(one.invited for one in strata)
    rate, mean = dispositions.response_rate, estimates.mean(scores, populations)
    reach = estimates.coverage(counted)
    satisfied = sum(one.satisfied for one in counted)
    return {
        "population": population,
        "invited": invited,
        "complete": complete,
        "dispositions": vars(dispositions),
        "response_rate": rate,
        "sampling_ratio": estimates.ratio(invited, population),
        "achieved": estimates.ratio(complete, population),
        "coverage": {
            "strata": reach.strata,
            "answered_strata": reach.answered_strata,
            "by_strata": reach.by_strata,
            "by_population": reach.by_population,
        },
        "makes_claims": rate is not None and rate >= estimates.LEAST_RESPONSE,
        "strata": [
            _shown(row, one, populations, complete, confidence) for row, one in zip(strata, counted, strict=True)
        ],
        "overall": _estimate(counted, confidence),
        "pooled": _pooled(satisfied, complete, confidence),
        "mean": mean,
        "index_by_range": estimates.index_by_range(mean),
        "index_by_fifths": estimates.index_by_fifths(mean),
        "questions": _questions(connection, survey_id),
    }


def of_survey(connection: Connection, found: Record) -> dict[str, Any]:
    """The figures of a survey: those frozen when it closed, else those of this moment."""
    return dict(found.results) if found.results is not None else figures(connection, found.id)


def of_year(connection: Connection, year: int) -> dict[str, Any] | None:
    """The figures of the latest survey of a year that has closed, with its ``survey_id`` and ``number``, or None.

    ``overall`` (None while nobody answered) has share, error, low and high: the stratified estimate. Where
    ``makes_claims`` is false the response was too low to speak for those who did not answer.
    """
    found = connection.execute(
        select(survey)
        .where(survey.c.year == year, survey.c.results.is_not(None))
        .order_by(survey.c.closed_at.desc(), survey.c.id.desc())
        .limit(1)
    ).one_or_none()
    return None if found is None else {**found.results, "survey_id": found.id, "number": found.number}


def dispositions_of(connection: Connection, survey_id: int) -> Dispositions:
    """What became of the invitations that went out."""
    query = select(survey_invitation.c.status).where(survey_invitation.c.survey_id == survey_id)
    counts = Counter(connection.scalars(query))
    return Dispositions(
        complete=counts["complete"],
        partial=counts["partial"],
        refused=counts["refused"],
        not_reached=counts["not_reached"],
        unknown=counts["sent"],
        ineligible=counts["ineligible"],
    )


def comments(connection: Connection, survey_id: int) -> list[Record]:
    """What people wrote in answers they handed in, without who they are."""
    query = (
        select(survey_answer.c.text, survey_answer.c.score, survey_question.c.text.label("question"))
        .add_columns(survey_question.c.text_en.label("question_en"))
        .select_from(survey_answer)
        .join(survey_question, survey_question.c.id == survey_answer.c.question_id)
        .join(survey_invitation, survey_invitation.c.id == survey_answer.c.invitation_id)
        .where(
            survey_question.c.survey_id == survey_id,
            survey_answer.c.text != "",
            survey_invitation.c.status == "complete",
        )
        .order_by(survey_question.c.ordinal, survey_answer.c.score, survey_answer.c.invitation_id)
    )
    return list(connection.execute(query))


def _overall_scores(connection: Connection, survey_id: int) -> dict[str, list[int]]:
    query = (
        select(survey_invitation.c.stratum, survey_answer.c.score)
        .select_from(survey_invitation)
        .join(survey_answer, survey_answer.c.invitation_id == survey_invitation.c.id)
        .join(survey_question, survey_question.c.id == survey_answer.c.question_id)
        .where(
            survey_invitation.c.survey_id == survey_id,
            survey_invitation.c.status == "complete",
            survey_question.c.kind == "overall",
        )
    )
    found: dict[str, list[int]] = defaultdict(list)
    for row in connection.execute(query):
        found[row.stratum].append(row.score)
    return found


def _stratum(row: Record, scores: Sequence[int]) -> Stratum:
    satisfied = sum(1 for one in scores if one >= estimates.SATISFIED_FROM)
    return Stratum(row.code, row.population, len(scores), satisfied)


def _shown(
    row: Record, one: Stratum, populations: Mapping[str, int], complete: int, confidence: float
) -> dict[str, Any]:
    return {
        "code": row.code,
        "name": row.name,
        "population": one.population,
        "invited": row.invited,
        "answered": one.answered,
        "satisfied": one.satisfied,
        "share": one.share,
        **_limits(estimates.wilson(one.satisfied, one.answered, confidence=confidence)),
        "frame_share": estimates.ratio(one.population, sum(populations.values())),
        "respondent_share": estimates.ratio(one.answered, complete),
    }


def _estimate(counted: Sequence[Stratum], confidence: float) -> dict[str, Any] | None:
    found = estimates.stratified(counted, confidence=confidence)
    if found is None:
        return None
    limits = _limits(found.interval)
    return {"share": found.share, "error": found.error, "collapsed": list(found.collapsed), **limits}


def _pooled(satisfied: int, complete: int, confidence: float) -> dict[str, Any] | None:
    share = estimates.ratio(satisfied, complete)
    interval = _limits(estimates.wilson(satisfied, complete, confidence=confidence))
    return None if share is None else {"satisfied": satisfied, "answered": complete, "share": share, **interval}


def _limits(interval: Interval | None) -> dict[str, float | None]:
    return {"low": None, "high": None} if interval is None else {"low": interval.low, "high": interval.high}


def _questions(connection: Connection, survey_id: int) -> list[dict[str, Any]]:
    query = (
        select(survey_question, survey_answer.c.score)
        .select_from(survey_question)
        .outerjoin(
            survey_answer,
            (survey_answer.c.question_id == survey_question.c.id)
            & survey_answer.c.invitation_id.in_(
                select(survey_invitation.c.id).where(
                    survey_invitation.c.survey_id == survey_id, survey_invitation.c.status == "complete"
                )
            ),
        )
        .where(survey_question.c.survey_id == survey_id, survey_question.c.kind != "text")
        .order_by(survey_question.c.ordinal)
    )
    by_question: dict[int, tuple[Record, list[int]]] = {}
    for row in connection.execute(query):
        scores = by_question.setdefault(row.id, (row, []))[1]
        scores += [] if row.score is None else [row.score]
    return [_question(row, scores) for row, scores in by_question.values()]


def _question(row: Record, scores: Sequence[int]) -> dict[str, Any]:
    counts = Counter(scores)
    satisfied = sum(1 for one in scores if one >= estimates.SATISFIED_FROM)
    return {
        "id": row.id,
        "kind": row.kind,
        "text": row.text,
        "text_en": row.text_en,
        "answered": len(scores),
        "mean": sum(scores) / len(scores) if scores else None,
        "share": estimates.ratio(satisfied, len(scores)),
        "counts": [counts[score] for score in (5, 4, 3, 2, 1)],
    }


def answers(connection: Connection, survey_id: int) -> Iterator[Record]:
    """Every answer that was handed in, by sheet and question; a sheet has a number, and no name."""
    query = (
        select(
            func.dense_rank().over(order_by=survey_answer.c.invitation_id).label("sheet"),
            survey_stratum.c.name.label("stratum_name"),
            survey_question.c.text.label("question"),
            survey_question.c.text_en.label("question_en"),
            survey_answer.c.score,
            survey_answer.c.text,
        )
        .select_from(survey_answer)
        .join(survey_question, survey_question.c.id == survey_answer.c.question_id)
        .join(survey_invitation, survey_invitation.c.id == survey_answer.c.invitation_id)
        .join(
            survey_stratum,
            and_(
                survey_stratum.c.survey_id == survey_invitation.c.survey_id,
                survey_stratum.c.code == survey_invitation.c.stratum,
            ),
        )
        .where(survey_invitation.c.survey_id == survey_id, survey_invitation.c.status == "complete")
        .order_by("sheet", survey_question.c.ordinal)
    )
    yield from connection.execute(query)
