"""The questionnaire: made of the items of the agreements in force, and traced back to every one of them.

The policy (5.1(2)) wants the survey to match the agreements: as long as an item has no question of its own, or a
question asks about no item, nothing is sent. The overall question asks about all items at once; it covers none.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import ColumnElement, Connection, delete, insert, select, update

from engine.actors import Actor
from engine.errors import Forbidden, Invalid, Language, NotFound
from engine.store import audit
from engine.store.tables import customer, project, sla, sla_item, survey, survey_question, survey_question_item
from engine.store.types import Record
from engine.surveys.wording import METRICS, OTHER_QUESTION, OVERALL, QUESTION_KINDS, QUESTIONS

EDITORS = frozenset({"quality", "service_desk", "operations"})
LONGEST = 500
MOST_QUESTIONS = 30
_TARGET_UNITS = {"minutes": ("分钟", "min"), "hours": ("小时", "h"), "days": ("天", "days")}


class SurveyUnknown(NotFound):
    """No such survey."""

    code = "survey_unknown"
    zh = "没有找到该满意度调查"
    en = "There is no such survey"


class QuestionnaireFixed(Invalid):
    """A questionnaire that is being approved or has been sent."""

    code = "questionnaire_fixed"
    zh = "问卷已提交审批或已发放，不能再修改"
    en = "The questionnaire is being approved or has been sent; it cannot be changed any more"


class QuestionInvalid(Invalid):
    """A question without a text, a text that is too long, or too many questions."""

    code = "question_invalid"
    zh = "每个问题都要有中文内容，且不超过 500 字；最多 30 个问题"
    en = "Every question needs a Chinese text; texts have at most 500 characters, a questionnaire at most 30 questions"


@dataclass(frozen=True)
class Given:
    """A question as somebody edited it; ``id`` None for a new one."""

    id: int | None
    kind: str
    text: str
    text_en: str = ""
    items: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Gap:
    """Why the questionnaire cannot be sent: an item without a question, a question without an item, no overall one."""

    kind: str
    subject_id: int
    label: str
    label_en: str

    def name(self, language: Language) -> str:
        """A sentence for a reader of ``language``."""
        label = self.label if language == "zh" else self.label_en
        sentences = {
            "item": ("SLA 条目没有对应的问题：", "No question asks about: "),
            "question": ("问题没有对应的 SLA 条目：", "The question is about no item of an SLA: "),
            "overall": ("没有总体满意度问题", "There is no question about the service as a whole"),
            "nothing": ("没有生效的 SLA 条目", "No SLA with items is in force"),
        }
        zh, en = sentences[self.kind]
        return (zh if language == "zh" else en) + label


@dataclass(frozen=True)
class Matrix:
    """The trace matrix: items against questions."""

    items: Sequence[Record]
    questions: Sequence[Record]
    links: frozenset[tuple[int, int]] = field(default_factory=frozenset)  # (question, item)

    @property
    def own_questions(self) -> list[Record]:
        """The questions but the overall one: the columns of the matrix."""
        return [one for one in self.questions if one.kind != "overall"]

    @property
    def uncovered(self) -> list[Record]:
        """Items no question asks about."""
        covered = {item_id for _question, item_id in self.links}
        return [one for one in self.items if one.id not in covered]

    @property
    def untraced(self) -> list[Record]:
        """Questions that are about no item."""
        traced = {question_id for question_id, _item in self.links}
        return [one for one in self.own_questions if one.id not in traced]

    @property
    def gaps(self) -> list[Gap]:
        """Everything that keeps it from being sent."""
        found = [Gap("nothing", 0, "", "")] if not self.items else []
        if not any(one.kind == "overall" for one in self.questions):
            found.append(Gap("overall", 0, "", ""))
        found += [Gap("item", one.id, item_label(one, "zh"), item_label(one, "en")) for one in self.uncovered]
        return found + [Gap("question", one.id, one.text, one.text_en or one.text) for one in self.untraced]


def may_edit(actor: Actor) -> bool:
    """Whether ``actor`` may word the questionnaire: quality, the service desk and operations do it together."""
    return actor.is_administrator or bool(EDITORS & set(actor.groups.values()))


def item_label(item: Record, language: Language, *, numbered: bool = True) -> str:
    """How an item is called: agreement (if ``numbered``), service, metric, priority and target."""
    metric = METRICS[item.metric].name(language) if item.metric in METRICS else item.metric
    target = ""
    if item.target_value is not None:
        zh, en = _TARGET_UNITS.get(item.target_unit, (item.target_unit, item.target_unit))
        target = f"≤ {item.target_value} {zh if language == 'zh' else en}"
    elif item.target_basis_points is not None:
        target = f"≥ {item.target_basis_points / 100:g}%"
    number = item.number if numbered else ""
    return " · ".join(part for part in (number, item.service, metric, item.priority, target) if part)


def items_in_force(connection: Connection, on: date) -> list[Record]:
    """The items of the agreements in force on a day, with their agreement, project and customer."""
    query = (
        select(
            sla_item,
            sla.c.number,
            sla.c.customer_id,
            project.c.name.label("project_name"),
            customer.c.name.label("customer_name"),
        )
        .join(sla, sla.c.id == sla_item.c.sla_id)
        .join(project, project.c.id == sla.c.project_id)
        .join(customer, customer.c.id == sla.c.customer_id)
        .order_by(sla.c.number, sla.c.version, sla_item.c.ordinal)
    )
    return list(connection.execute(query.where(*in_force(on))))


def in_force(on: date) -> tuple[ColumnElement[bool], ...]:
    """The conditions for an agreement in force on a day."""
    return sla.c.status == "active", sla.c.begins_on <= on, sla.c.ends_on >= on


def get(connection: Connection, survey_id: int) -> Record:
    """One survey. Raises ``SurveyUnknown``."""
    found = connection.execute(select(survey).where(survey.c.id == survey_id)).one_or_none()
    if found is None:
        raise SurveyUnknown()
    return found


def questions_of(connection: Connection, survey_id: int) -> list[Record]:
    """The questions of a survey in their order."""
    query = select(survey_question).where(survey_question.c.survey_id == survey_id)
    return list(connection.execute(query.order_by(survey_question.c.ordinal, survey_question.c.id)))


def matrix(connection: Connection, survey_id: int, on: date) -> Matrix:
    """The trace matrix as of a day."""
    questions = questions_of(connection, survey_id)
    rows = connection.execute(
        select(survey_question_item).where(survey_question_item.c.question_id.in_([one.id for one in questions]))
    )
    items = items_in_force(connection, on)
    known = {one.id for one in items}
    links = frozenset((row.question_id, row.sla_item_id) for row in rows if row.sla_item_id in known)
    return Matrix(items, questions, links)


def build(connection: Connection, survey_id: int, on: date) -> int:
    """Begin a questionnaire with one question per kind of promise in force; how many questions there are."""
    by_topic: dict[tuple[str, str], list[int]] = {}
    for item in items_in_force(connection, on):
        topic = (item.metric, "") if item.metric in QUESTIONS else (item.metric, item.service)
        by_topic.setdefault(topic, []).append(item.id)
    given = [Given(None, "overall", *OVERALL)]
    order = {metric: place for place, metric in enumerate(QUESTIONS)}
    for (metric, service), items in sorted(by_topic.items(), key=lambda one: (order.get(one[0][0], 99), one[0])):
        zh, en = QUESTIONS.get(metric, OTHER_QUESTION)
        given.append(Given(None, "score", zh.format(service=service), en.format(service=service), frozenset(items)))
    _write(connection, survey_id, given)
    return len(given)


def save(connection: Connection, *, actor: Actor, survey_id: int, given: Sequence[Given], now: datetime) -> None:
    """Keep the questionnaire as somebody edited it: what is not given any more is gone.

    Raises ``Forbidden``, ``SurveyUnknown``, ``QuestionnaireFixed`` and ``QuestionInvalid``.
    """
    if not may_edit(actor):
        raise Forbidden()
    found = get(connection, survey_id)
    kept = connection.execute(
        update(survey).where(survey.c.id == survey_id, survey.c.status == "preparing").values(status="preparing")
    )
    if kept.rowcount != 1:
        raise QuestionnaireFixed()
    _check(given)
    _write(connection, survey_id, given)
    audit.record(
        connection,
        actor=actor.login,
        action="survey.word",
        subject_type="survey",
        subject_id=survey_id,
        now=now,
        details={"number": found.number, "questions": [one.text for one in given]},
    )


def _check(given: Sequence[Given]) -> None:
    wrong = any(
        not one.text.strip() or max(len(one.text), len(one.text_en)) > LONGEST or one.kind not in QUESTION_KINDS
        for one in given
    )
    if wrong or len(given) > MOST_QUESTIONS or sum(one.kind == "overall" for one in given) > 1:
        raise QuestionInvalid()


def _write(connection: Connection, survey_id: int, given: Sequence[Given]) -> None:
    known = {one.id for one in questions_of(connection, survey_id)}
    kept = {one.id for one in given if one.id in known}
    connection.execute(delete(survey_question_item).where(survey_question_item.c.question_id.in_(known)))
    connection.execute(delete(survey_question).where(survey_question.c.id.in_(known - kept)))
    links: list[Mapping[str, int]] = []
    for ordinal, one in enumerate(given, start=1):
        values = {"ordinal": ordinal, "kind": one.kind, "text": one.text.strip(), "text_en": one.text_en.strip()}
        if one.id is not None and one.id in kept:
            question_id = one.id
            connection.execute(update(survey_question).where(survey_question.c.id == question_id).values(**values))
        else:
            statement = insert(survey_question).values(survey_id=survey_id, **values).returning(survey_question.c.id)
            question_id = connection.execute(statement).scalar_one()
        if one.kind != "overall":
            links += [{"question_id": question_id, "sla_item_id": item} for item in sorted(one.items)]
    if links:
        connection.execute(insert(survey_question_item), links)
