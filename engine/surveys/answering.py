"""Answering a survey by one's own link: without an account, in as many sittings as one likes, once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Connection, delete, func, insert, or_, select, update

from engine.actors import system_actor
from engine.errors import Invalid
from engine.link_attempts import LinkUnusable, check_pace
from engine.store import audit
from engine.store.tables import (
    contact,
    sla,
    sla_item,
    survey,
    survey_answer,
    survey_invitation,
    survey_link,
    survey_question,
    survey_question_item,
)
from engine.store.types import Record
from engine.surveys import invitations
from engine.surveys.invitations import UNANSWERED, token_hash

RESPONDENT = system_actor("survey_link")
LONGEST_TEXT = 2000
State = Literal["open", "answered", "declined", "over"]
# What somebody may choose who does not want to answer, and what it means for the response rate.
DECLINES: Mapping[str, str] = {"wrong_person": "not_reached", "opt_out": "refused"}


class AnswersIncomplete(Invalid):
    """A question without a score, or a text that is too long; ``fields`` are the ids of the questions."""

    code = "answers_incomplete"
    zh = "请检查标出的问题"
    en = "Please check the questions that are marked"


class AnswersClosed(Invalid):
    """Answers after the end, or a second time."""

    code = "answers_closed"
    zh = "本次调查已结束或您已提交，谢谢"
    en = "The survey is over, or you have answered already. Thank you"


@dataclass(frozen=True)
class Sitting:
    """What the holder of a token sees: the survey, the questions about their own agreement, what they said so far."""

    invitation_id: int
    state: State
    survey: Record
    language: str
    questions: list[Record]
    answers: Mapping[int, Record]


def look_up(connection: Connection, token: str, address: str, *, now: datetime) -> Sitting:
    """The sitting of a token. Raises ``LinkThrottled`` and ``LinkUnusable``; the caller then notes the failure."""
    check_pace(connection, address, now=now)
    invited = connection.execute(
        select(survey_invitation, contact.c.language, contact.c.customer_id)
        .join(survey_link, survey_link.c.invitation_id == survey_invitation.c.id)
        .join(contact, contact.c.id == survey_invitation.c.contact_id)
        .where(survey_link.c.token_hash == token_hash(token))
    ).one_or_none()
    if invited is None:
        raise LinkUnusable()
    found = connection.execute(select(survey).where(survey.c.id == invited.survey_id)).one()
    query = select(survey_answer).where(survey_answer.c.invitation_id == invited.id)
    return Sitting(
        invited.id,
        _state(invited, found, now),
        found,
        invited.language,
        _questions(connection, found, invited.customer_id),
        {row.question_id: row for row in connection.execute(query)},
    )


def keep(connection: Connection, *, token: str, address: str, given: Mapping[str, str], now: datetime) -> Sitting:
    """Keep what was answered so far; the same link goes on with it.

    Raises what ``look_up`` raises, and ``AnswersClosed``.
    """
    sitting = _open(connection, token, address, now)
    _write(connection, sitting, given, now)
    first = func.coalesce(survey_invitation.c.first_answer_at, now)
    _move(connection, sitting, "partial", first_answer_at=first)
    return sitting


def submit(connection: Connection, *, token: str, address: str, given: Mapping[str, str], now: datetime) -> None:
    """Hand the answers in, once and for all.

    Raises what ``look_up`` raises, ``AnswersClosed``, and ``AnswersIncomplete`` (the caller then keeps what there is).
    """
    sitting = _open(connection, token, address, now)
    missing = [
        one.id
        for one in sitting.questions
        if (one.kind != "text" and _score(given, one.id) is None) or len(given.get(f"t{one.id}", "")) > LONGEST_TEXT
    ]
    if missing:
        raise AnswersIncomplete(fields=missing)
    _write(connection, sitting, given, now)
    _move(connection, sitting, "complete", settled_at=now)
    audit.record(
        connection,
        actor=RESPONDENT.login,
        action="survey_invitation.complete",
        subject_type="survey_invitation",
        subject_id=sitting.invitation_id,
        now=now,
    )


def decline(connection: Connection, *, token: str, address: str, choice: str, now: datetime) -> None:
    """Note that the holder of a link is the wrong person, or does not want to be asked again.

    Raises what ``look_up`` raises, and ``AnswersClosed``.
    """
    sitting = _open(connection, token, address, now)
    status = DECLINES.get(choice)
    if status is None:
        raise AnswersClosed()
    invitations.settle(
        connection, actor=RESPONDENT, invitation_id=sitting.invitation_id, status=status, reason=choice, now=now
    )


def _state(invited: Record, found: Record, now: datetime) -> State:
    if invited.status == "complete":
        return "answered"
    if found.status != "open" or now >= found.closes_at:
        return "over"
    return "open" if invited.status in UNANSWERED else "declined"


def _questions(connection: Connection, found: Record, customer_id: int) -> list[Record]:
    """The overall question, and those about the agreements of the respondent's own organisation."""
    own = (
        select(survey_question_item.c.question_id)
        .join(sla_item, sla_item.c.id == survey_question_item.c.sla_item_id)
        .join(sla, sla.c.id == sla_item.c.sla_id)
        .where(sla.c.customer_id == customer_id)
    )
    query = select(survey_question).where(
        survey_question.c.survey_id == found.id,
        or_(survey_question.c.kind == "overall", survey_question.c.id.in_(own)),
    )
    return list(connection.execute(query.order_by(survey_question.c.ordinal)))


def _open(connection: Connection, token: str, address: str, now: datetime) -> Sitting:
    sitting = look_up(connection, token, address, now=now)
    if sitting.state != "open":
        raise AnswersClosed()
    return sitting


def _score(given: Mapping[str, str], question_id: int) -> int | None:
    value = given.get(f"s{question_id}", "")
    return int(value) if value in {"1", "2", "3", "4", "5"} else None


def _write(connection: Connection, sitting: Sitting, given: Mapping[str, str], now: datetime) -> None:
    rows = []
    for one in sitting.questions:
        score = None if one.kind == "text" else _score(given, one.id)
        text = given.get(f"t{one.id}", "").strip()[:LONGEST_TEXT]
        if score is not None or text:
            row = {"invitation_id": sitting.invitation_id, "question_id": one.id, "score": score, "text": text}
            rows.append({**row, "answered_at": now})
    connection.execute(delete(survey_answer).where(survey_answer.c.invitation_id == sitting.invitation_id))
    if rows:
        connection.execute(insert(survey_answer), rows)


def _move(connection: Connection, sitting: Sitting, status: str, **values: Any) -> None:
    moved = connection.execute(
        update(survey_invitation)
        .where(survey_invitation.c.id == sitting.invitation_id, survey_invitation.c.status.in_(UNANSWERED))
        .values(status=status, **values)
    )
    if moved.rowcount != 1:
        raise AnswersClosed()
