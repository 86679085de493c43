"""《顾客满意度调查表》 and 满意度调查报告: what is asked and why, and what came of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, select

from engine.documents.kind import Collected, Data, RecordMissing, day, linked
from engine.registers.improvement_wording import STATUSES as IMPROVEMENT_STATUSES
from engine.store.tables import (
    group,
    improvement,
    sla_item,
    survey,
    survey_feedback,
    survey_question_item,
    user,
)
from engine.store.types import Record
from engine.surveys import planning, questionnaire, results
from engine.surveys.estimates import INDEX_BY_FIFTHS, INDEX_BY_RANGE
from engine.surveys.wording import ALLOCATIONS, METRICS, QUESTION_KINDS, SCORES, STRATIFICATIONS, percent

SURVEY = "survey"


def collect_questionnaire(connection: Connection, record_id: int, zone: ZoneInfo) -> Collected:
    """The questions of one survey, each with the items of the agreements it asks about. Raises ``RecordMissing``."""
    found = _survey(connection, record_id)
    traced = _traced(connection, record_id)
    data = {
        "survey": _facts(found, zone),
        "scale": [{"score": score, "zh": word.zh, "en": word.en} for score, word in SCORES.items()],
        "questions": [
            {
                "number": ordinal,
                "text": one.text,
                "text_en": one.text_en,
                "kind": QUESTION_KINDS[one.kind].zh,
                "items": "SLA 整体" if one.kind == "overall" else traced.get(one.id, ""),
            }
            for ordinal, one in enumerate(questionnaire.questions_of(connection, record_id), start=1)
        ],
    }
    return Collected(f"顾客满意度调查表 {found.number} {found.title}", data, found.instance_id)


def collect_report(connection: Connection, record_id: int, zone: ZoneInfo) -> Collected:
    """The figures of one survey with how they were computed, and what follows. Raises ``RecordMissing``."""
    found = _survey(connection, record_id)
    figures = results.of_survey(connection, found)
    data = {
        "survey": _facts(found, zone),
        "plan": _plan(found, planning.strata_of(connection, record_id)),
        "rates": _rates(figures, record_id),
        "strata": [_stratum(one) for one in figures["strata"]],
        "questions": [_question(one) for one in figures["questions"]],
        "summary": found.summary or "",
        "analysis": found.analysis or "",
        "feedback": _feedback(connection, record_id, zone),
        "improvements": _improvements(connection, record_id, zone),
    }
    return Collected(f"满意度调查报告 {found.number} {found.title}", data, found.instance_id)


def _survey(connection: Connection, record_id: int) -> Record:
    found = connection.execute(
        select(survey, user.c.name.label("approver"))
        .outerjoin(user, user.c.id == survey.c.approved_by_id)
        .where(survey.c.id == record_id)
    ).one_or_none()
    if found is None:
        raise RecordMissing()
    return found


def _facts(found: Record, zone: ZoneInfo) -> Data:
    return {
        "number": linked(found.number, SURVEY, found.id),
        "title": found.title,
        "title_en": found.title_en,
        "year": found.year,
        "introduction": found.introduction,
        "introduction_en": found.introduction_en,
        "approved_by": found.approver or "",
        "approved_on": day(found.approved_at, zone),
        "opened_on": day(found.opened_at, zone),
        "closed_on": day(found.closed_at or found.closes_at, zone),
    }


def _traced(connection: Connection, record_id: int) -> dict[int, str]:
    """By question: the metrics it asks about, and how many items of agreements they stand in."""
    questions = [one.id for one in questionnaire.questions_of(connection, record_id)]
    rows = connection.execute(
        select(survey_question_item.c.question_id, sla_item.c.metric)
        .join(sla_item, sla_item.c.id == survey_question_item.c.sla_item_id)
        .where(survey_question_item.c.question_id.in_(questions))
    ).all()
    found: dict[int, dict[str, int]] = {}
    for row in rows:
        counts = found.setdefault(row.question_id, {})
        counts[row.metric] = counts.get(row.metric, 0) + 1
    return {question: "、".join(_metric(*one) for one in counts.items()) for question, counts in found.items()}


def _metric(metric: str, count: int) -> str:
    return f"{METRICS[metric].zh if metric in METRICS else metric}（{count} 条）"


def _plan(found: Record, strata: list[Record]) -> Data:
    plan: Mapping[str, Any] = found.plan or {}
    if not plan:
        return dict.fromkeys(_PLAN_KEYS, "")
    return {
        "stratify_by": STRATIFICATIONS[plan["stratify_by"]].zh,
        "allocation": ALLOCATIONS[plan["allocation"]].zh,
        "confidence": f"{plan['confidence']} %",
        "margin": f"± {plan['margin']} %",
        "frame_size": found.frame_size,
        "frame_on": found.frame_on.isoformat(),
        "size_needed": found.size_needed,
        "needed": sum(one.needed for one in strata),
        "seed": found.seed,
    }


_PLAN_KEYS = (
    "stratify_by",
    "allocation",
    "confidence",
    "margin",
    "frame_size",
    "frame_on",
    "size_needed",
    "needed",
    "seed",
)


def _rates(figures: Mapping[str, Any], record_id: int) -> Data:
    overall, coverage = figures["overall"], figures["coverage"]
    reached = percent(coverage["by_population"])
    return {
        "invited": linked(figures["invited"], SURVEY, record_id),
        "complete": linked(figures["complete"], SURVEY, record_id),
        "response_rate": percent(figures["response_rate"]),
        "sampling_ratio": percent(figures["sampling_ratio"]),
        "achieved": percent(figures["achieved"]),
        "coverage": f"{coverage['answered_strata']} / {coverage['strata']}（人数 {reached}）",
        "satisfied": "" if overall is None else percent(overall["share"]),
        "error": "" if overall is None or overall["error"] is None else f"{100 * overall['error']:.2f}%",
        "interval": _interval(overall),
        "collapsed": "、".join(overall["collapsed"]) if overall else "",
        "mean": _number(figures["mean"]),
        "index_by_range": _number(figures["index_by_range"]),
        "index_by_range_formula": INDEX_BY_RANGE,
        "index_by_fifths": _number(figures["index_by_fifths"]),
        "index_by_fifths_formula": INDEX_BY_FIFTHS,
        "claim": "" if figures["makes_claims"] else "回收率低于 30 %，结果只代表答复者，不对未答复者作推断。",
    }


def _interval(found: Mapping[str, Any] | None) -> str:
    if found is None or found["low"] is None:
        return ""
    return f"{percent(found['low'])} – {percent(found['high'])}"


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.2f}"


def _stratum(one: Mapping[str, Any]) -> Data:
    return {
        "name": one["name"],
        "population": one["population"],
        "invited": one["invited"],
        "answered": one["answered"],
        "satisfied": percent(one["share"]),
        "interval": _interval(one),
        "frame_share": percent(one["frame_share"]),
        "respondent_share": percent(one["respondent_share"]),
    }


def _question(one: Mapping[str, Any]) -> Data:
    return {
        "text": one["text"],
        "answered": one["answered"],
        "mean": _number(one["mean"]),
        "satisfied": percent(one["share"]),
        "counts": " / ".join(str(count) for count in one["counts"]),
    }


def _feedback(connection: Connection, record_id: int, zone: ZoneInfo) -> list[Data]:
    query = (
        select(survey_feedback, group.c.name_zh.label("department"), user.c.name.label("person"))
        .join(group, group.c.id == survey_feedback.c.department_id)
        .join(user, user.c.id == survey_feedback.c.person_id)
        .where(survey_feedback.c.survey_id == record_id)
        .order_by(survey_feedback.c.ordinal)
    )
    return [
        {
            "department": one.department,
            "person": one.person,
            "finding": one.finding,
            "acknowledged_on": day(one.acknowledged_at, zone),
        }
        for one in connection.execute(query)
    ]


def _improvements(connection: Connection, record_id: int, zone: ZoneInfo) -> list[Data]:
    query = (
        select(improvement, user.c.name.label("owner"))
        .join(user, user.c.id == improvement.c.owner_id)
        .where(improvement.c.source_type == SURVEY, improvement.c.source_id == str(record_id))
        .order_by(improvement.c.id)
    )
    return [
        {
            "number": linked(one.number, "improvement", one.id),
            "title": one.title,
            "owner": one.owner,
            "due_on": day(one.due_on, zone),
            "status": IMPROVEMENT_STATUSES[one.status].zh,
        }
        for one in connection.execute(query)
    ]
