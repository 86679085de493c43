"""Topics of the yearly survey: questionnaire, sample, sending, closing, results, feedback (policy 4.2(4), 5.1)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import insert, select, update

from engine import instances, policy_settings
from engine.handlers import HandlerRegistry, ServiceCall
from engine.registers import keeping, notices
from engine.store.tables import survey, survey_feedback
from engine.store.types import Record
from engine.surveys import invitations, planning, questionnaire, results
from engine.surveys.planning import Plan
from engine.surveys.wording import INTRODUCTION, INTRODUCTION_EN, percent


def serve(handlers: HandlerRegistry, zone: ZoneInfo) -> None:
    """Serve the topics of this module; days and improvements are numbered by ``zone``."""
    topics = _Topics(zone)
    handlers.serve("survey.open", topics.open, optional=("year",))
    handlers.serve("survey.check", topics.check)
    parameters = ("stratify_by", "allocation", "confidence", "margin", "share", "minimum", "response")
    handlers.serve("survey.plan", topics.plan, required=parameters)
    handlers.serve("survey.send_back", send_back)
    handlers.serve("survey.approve", approve)
    handlers.serve("survey.send", topics.send)
    handlers.serve("survey.remind", topics.remind)
    handlers.serve("survey.end_fieldwork", topics.end_fieldwork)
    handlers.serve("survey.summarise", summarise, required=("summary", "feedback"))
    handlers.serve("survey.acknowledge", acknowledge, required=("ordinal",), optional=("response",))
    handlers.serve("survey.analyse", topics.analyse, required=("analysis",), optional=("actions",))
    handlers.serve("survey.report", report)


class _Topics:
    """The topics that speak of days."""

    def __init__(self, zone: ZoneInfo) -> None:
        self._zone = zone

    def open(self, call: ServiceCall) -> dict[str, Any]:
        """Open the survey of a year, with a questionnaire made of the agreements in force.

        Inputs: year (else this one). Result: survey with id, number, year, title.
        """
        found = keeping.of_case(call, survey)
        if found is None:
            year = int(call.inputs.get("year") or self._today(call).year)
            values = {
                "number": call.business_key,
                "instance_id": call.instance_id,
                "year": year,
                "title": f"{year} 年度顾客满意度调查",
                "title_en": f"Customer satisfaction survey {year}",
                "introduction": INTRODUCTION,
                "introduction_en": INTRODUCTION_EN,
                "status": "preparing",
                "is_extended": False,
            }
            survey_id = keeping.add(call, survey, values, "survey.open")
            questionnaire.build(call.connection, survey_id, self._today(call))
            found = keeping.required(call, survey)
        return {"survey": {"id": found.id, "number": found.number, "year": found.year, "title": found.title}}

    def check(self, call: ServiceCall) -> dict[str, Any]:
        """Find what keeps the questionnaire from being sent. Result: gaps, a list of sentences (zh, en)."""
        return {"gaps": self._gaps(call, keeping.required(call, survey))}

    def plan(self, call: ServiceCall) -> dict[str, Any]:
        """Take the frame, compute the sample, draw it, and hand the plan in.

        Inputs: stratify_by, allocation, confidence, margin, share, minimum, response (whole per cents and counts).
        Result: plan, with its strata and totals.
        """
        inputs = call.inputs
        numbers = {name: int(inputs[name]) for name in ("confidence", "margin", "share", "minimum", "response")}
        plan = Plan(str(inputs["stratify_by"]), str(inputs["allocation"]), **numbers)
        found = keeping.advance(call, survey, "plan", ("preparing", "submitted"), status="submitted")
        made = planning.make(
            call.connection, actor=call.actor, found=found, plan=plan, on=self._today(call), now=call.now
        )
        return {"plan": made}

    def send(self, call: ServiceCall) -> dict[str, Any]:
        """Send everybody who was drawn a link of their own, unless the questionnaire has gaps; then it is open again.

        Result: gaps (a list of sentences), fieldwork with sent, first_reminder_at, second_reminder_at, closes_at.
        """
        found = keeping.required(call, survey)
        gaps = self._gaps(call, found)
        if gaps:
            keeping.move(
                call,
                survey,
                found,
                statuses=("approved",),
                values={"status": "preparing"},
                action="survey.hold_back",
                details={"gaps": gaps},
            )
            return {"gaps": gaps, "fieldwork": None}
        closes_at = call.now + self._days(call, "survey.open_days")
        values = {"status": "open", "opened_at": call.now, "closes_at": closes_at}
        keeping.move(call, survey, found, statuses=("approved",), values=values, action="survey.send")
        sent = invitations.send(call, keeping.required(call, survey), self._zone)
        fieldwork = {
            "sent": sent,
            "first_reminder_at": self._local(call.now + self._days(call, "survey.first_reminder_days")),
            "second_reminder_at": self._local(call.now + self._days(call, "survey.second_reminder_days")),
            "closes_at": self._local(closes_at),
        }
        return {"gaps": [], "fieldwork": fieldwork}

    def remind(self, call: ServiceCall) -> dict[str, Any]:
        """Send a link again to those who have not answered. Result: reminded, how many they are."""
        found = keeping.required(call, survey)
        reminded = 0 if found.status != "open" else invitations.remind(call, found, self._zone)
        keeping.note(call, "survey.remind", survey, found.id, {"number": found.number, "people": reminded})
        return {"reminded": reminded}

    def end_fieldwork(self, call: ServiceCall) -> dict[str, Any]:
        """Close the survey and freeze its figures; with too few answers extend it once, with a reminder.

        Result: extended (boolean), outcome with response_rate, satisfied, interval, index (texts), complete, invited,
        closes_at.
        """
        found = keeping.required(call, survey)
        figures = results.figures(call.connection, found.id)
        rate, target = figures["response_rate"], policy_settings.value(call.connection, "survey.response_target")
        outcome = _outcome(figures)
        if not found.is_extended and (rate is None or rate < target / 100):
            closes_at = call.now + self._days(call, "survey.extension_days")
            values = {"is_extended": True, "closes_at": closes_at}
            keeping.move(call, survey, found, statuses=("open",), values=values, action="survey.extend")
            invitations.remind(call, keeping.required(call, survey), self._zone)
            return {"extended": True, "outcome": {**outcome, "closes_at": self._local(closes_at)}}
        values = {"status": "closed", "closed_at": call.now, "results": figures}
        keeping.move(call, survey, found, statuses=("open",), values=values, action="survey.close")
        return {"extended": False, "outcome": outcome}

    def analyse(self, call: ServiceCall) -> dict[str, Any]:
        """Keep what operations make of the results, and propose an improvement for each action (policy 3.4(2)).

        Inputs: analysis, actions (a list of title, problem, goal, measure, department, owner, due_on). Result:
        improvements, their numbers.
        """
        analysis = str(call.inputs["analysis"])
        found = keeping.advance(call, survey, "analyse", ("closed",), analysis=analysis)
        numbers = []
        for one in call.inputs.get("actions") or ():
            number = instances.next_number(call.connection, "improvement", self._zone, call.now)
            given = {name: str(one.get(name) or "") for name in _PROPOSED}
            source = {"source_type": "survey", "source_id": str(found.id), "source_label": _label(found)}
            notices.send_message(call, "improvement.proposed", number, {**given, **source})
            numbers.append(number)
        return {"improvements": numbers}

    def _gaps(self, call: ServiceCall, found: Record) -> list[dict[str, str]]:
        gaps = questionnaire.matrix(call.connection, found.id, self._today(call)).gaps
        return [{"zh": one.name("zh"), "en": one.name("en")} for one in gaps]

    def _today(self, call: ServiceCall) -> Any:
        return call.now.astimezone(self._zone).date()

    def _local(self, moment: datetime) -> str:
        return moment.astimezone(self._zone).isoformat()

    def _days(self, call: ServiceCall, key: str) -> timedelta:
        return timedelta(days=policy_settings.value(call.connection, key))


_PROPOSED = ("title", "problem", "goal", "measure", "department", "owner", "due_on")


def send_back(call: ServiceCall) -> None:
    """Note that the plan was returned; the questionnaire may be changed again."""
    keeping.advance(call, survey, "return", ("submitted",), status="preparing")


def approve(call: ServiceCall) -> None:
    """Note that the questionnaire and the sample were approved."""
    values = {"status": "approved", "approved_at": call.now, "approved_by_id": call.actor.user_id}
    keeping.advance(call, survey, "approve", ("submitted",), **values)


def summarise(call: ServiceCall) -> dict[str, Any]:
    """Keep the summary by quality, and tell departments and persons what was found about them (policy 4.2(4)).

    Inputs: summary, feedback (a list of department, person, finding). Result: feedback, the same rows with ordinal.
    """
    found = keeping.advance(call, survey, "summarise", ("closed",), summary=str(call.inputs["summary"]))
    if _feedback(call, found) == []:
        rows = [
            {
                "survey_id": found.id,
                "ordinal": ordinal,
                "department_id": keeping.department(call.connection, one["department"]).id,
                "person_id": keeping.person_id(call.connection, one["person"]),
                "finding": str(one["finding"]),
                "sent_at": call.now,
            }
            for ordinal, one in enumerate(call.inputs["feedback"] or (), start=1)
        ]
        if rows:
            call.connection.execute(insert(survey_feedback), rows)
    given = call.inputs["feedback"] or ()
    return {"feedback": [{**one, "ordinal": ordinal} for ordinal, one in enumerate(given, start=1)]}


def acknowledge(call: ServiceCall) -> None:
    """Note that somebody took note of what was found. Inputs: ordinal, response."""
    found, ordinal = keeping.required(call, survey), int(call.inputs["ordinal"])
    changed = call.connection.execute(
        update(survey_feedback)
        .where(
            survey_feedback.c.survey_id == found.id,
            survey_feedback.c.ordinal == ordinal,
            survey_feedback.c.acknowledged_at.is_(None),
        )
        .values(acknowledged_at=call.now, response=str(call.inputs.get("response") or ""))
    )
    if changed.rowcount != 1:
        raise keeping.RecordMoved(number=f"{found.number}/{ordinal}", status=found.status)
    keeping.note(call, "survey.acknowledge", survey, found.id, {"number": found.number, "feedback": ordinal})


def report(call: ServiceCall) -> None:
    """Finish the survey: its report is issued, everybody concerned knows, its actions are under way."""
    keeping.advance(call, survey, "report", ("closed",), status="reported", reported_at=call.now)


def _feedback(call: ServiceCall, found: Record) -> Sequence[Record]:
    query = select(survey_feedback).where(survey_feedback.c.survey_id == found.id)
    return call.connection.execute(query.order_by(survey_feedback.c.ordinal)).all()


def _label(found: Record) -> str:
    return f"{found.number} {found.title}"


def _outcome(figures: dict[str, Any]) -> dict[str, Any]:
    overall = figures["overall"]
    limits = overall is not None and overall["low"] is not None
    return {
        "response_rate": percent(figures["response_rate"]),
        "satisfied": percent(None if overall is None else overall["share"]),
        "interval": f"{percent(overall['low'])} – {percent(overall['high'])}" if limits else "",
        "index": "" if figures["index_by_range"] is None else f"{figures['index_by_range']:.1f}",
        "complete": figures["complete"],
        "invited": figures["invited"],
        "makes_claims": figures["makes_claims"],
    }
