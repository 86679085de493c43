"""I10: what the yearly survey found."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Select, select

from engine.indicators.counting import Counting, Span, counted_columns, yes
from engine.store.tables import survey, survey_answer, survey_invitation, survey_question, survey_stratum
from engine.surveys.estimates import SATISFIED_FROM


def answers(_connection: Connection, span: Span) -> Counting:
    """I10: answers that score the service as a whole, of the surveys closed; nobody's name stands with them."""
    columns = counted_columns(
        "survey",
        survey.c.id,
        number=survey.c.number,
        title=survey_stratum.c.name,
        at=survey.c.closed_at,
        numerator=yes(survey_answer.c.score >= SATISFIED_FROM),
    )
    return (
        select(*columns)
        .select_from(survey)
        .join(survey_invitation, survey_invitation.c.survey_id == survey.c.id)
        .join(
            survey_stratum,
            (survey_stratum.c.survey_id == survey.c.id) & (survey_stratum.c.code == survey_invitation.c.stratum),
        )
        .join(survey_answer, survey_answer.c.invitation_id == survey_invitation.c.id)
        .join(survey_question, survey_question.c.id == survey_answer.c.question_id)
        .where(
            survey.c.status.in_(("closed", "reported")),
            survey_invitation.c.status == "complete",
            survey_question.c.kind == "overall",
            survey_answer.c.score.is_not(None),
            span.within(survey.c.closed_at),
        )
    )


def estimate(connection: Connection, counted: Counting, _span: Span, _project_id: int | None) -> dict[str, Any]:
    """The estimate for everybody, weighted by the strata, of the one survey that closed; its interval and mean."""
    assert isinstance(counted, Select)
    found = counted.subquery()
    closed = connection.execute(
        select(survey.c.results).where(survey.c.id.in_(select(found.c.record_id).distinct()))
    ).all()
    results = closed[0].results if len(closed) == 1 else None
    overall = None if results is None else results["overall"]
    if results is None or overall is None:
        return {}
    told: dict[str, Any] = {"value": round(10_000 * overall["share"])}
    if results.get("mean") is not None:
        told["mean"] = round(100 * results["mean"])
    if overall["low"] is not None:
        told["interval"] = [round(10_000 * overall["low"]), round(10_000 * overall["high"])]
    return told
