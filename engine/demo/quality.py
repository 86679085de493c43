"""A month in the quality system: an audit with its nonconformities, a review on its way, a programme to approve.

Each story is a list of acts; an act waits until its day has come and its task is there."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from engine import instances, work_items
from engine.actors import Actor
from engine.bootstrap import Platform
from engine.clock import Clock
from engine.demo import acts
from engine.demo import quality_answers as said
from engine.store.tables import work_item
from engine.store.types import Record

Variables = Mapping[str, Any]
Answers = Mapping[str, Any] | Callable[[Variables], Mapping[str, Any]]


@dataclass(frozen=True)
class Act:
    """Somebody starts a process (``start``) or does the next task of an element, so many days before the end.

    ``about`` picks the right case by its data where several wait at the same element.
    """

    days: float
    login: str
    process: str
    element: str
    answers: Answers
    about: Callable[[Variables], bool] = lambda _variables: True


Story = list[Act]


class QualityWork:
    """Plays the stories on ``platform``; they end at ``end``."""

    def __init__(self, platform: Platform, clock: Clock, people: Mapping[str, Actor], end: datetime) -> None:
        self.platform, self.clock, self.people, self.end = platform, clock, people, end
        self.stories = stories(end)

    def work(self) -> None:
        """Do every act that is due and possible."""
        for story in self.stories:
            while story and self._is_due(story[0]) and self._do(story[0]):
                story.pop(0)

    def _is_due(self, act: Act) -> bool:
        return self.clock.now() >= self.end - timedelta(days=act.days)

    def _do(self, act: Act) -> bool:
        if act.element == "start":
            assert not callable(act.answers)
            acts.start(self.platform, self.people[act.login], act.process, act.answers)
            return True
        actor = self.people[act.login]
        for item in self._open(act):
            with self.platform.database.read() as connection:
                variables = instances.waiting_variables(self.platform.runtime, connection, item, now=self.clock.now())
            if work_items.permissions(item, actor).complete and act.about(variables):
                answers = act.answers(variables) if callable(act.answers) else act.answers
                acts.complete(self.platform, actor, item.id, answers)
                return True
        return False

    def _open(self, act: Act) -> list[Record]:
        with self.platform.database.read() as connection:
            ids = connection.execute(
                select(work_item.c.id)
                .where(work_item.c.definition_key == act.process, work_item.c.element_id == act.element)
                .where(work_item.c.state.in_(("ready", "reserved")))
                .order_by(work_item.c.created_at, work_item.c.id)
            ).scalars()
            found = [work_items.find(connection, one) for one in ids.all()]
        return [item for item in found if item is not None]


def stories(end: datetime) -> list[Story]:
    """Everything that happens in the quality system in the month before ``end``."""
    desk, operations = _desk_nonconformity(end), _operations_nonconformity(end)
    return [_audit(end), desk, operations, _review(end), _programme(end)]


def _audit(end: datetime) -> Story:
    key = "internal_audit"
    plan, fuller = said.audit_plan(end, with_technology=False), said.audit_plan(end, with_technology=True)
    return [
        Act(29.6, "xumei", key, "start", said.audit_request(end)),
        Act(29.5, "xumei", key, "plan_audit", plan),
        Act(
            28.5,
            "linfang",
            key,
            "approve_audit",
            said.PLAN_RETURNED,
        ),
        Act(28, "xumei", key, "plan_audit", fuller),
        Act(27.5, "linfang", key, "approve_audit", said.APPROVED),
        Act(20, "hexin", key, "hold_opening", said.opening(end)),
        Act(19.9, "fangyu", key, "prepare_checklist", said.checklist),
        Act(19.9, "hexin", key, "prepare_checklist", said.checklist),
        Act(19.9, "zhoukai", key, "prepare_checklist", said.checklist),
        Act(19, "fangyu", key, "audit_department", said.desk_findings),
        Act(18.5, "hexin", key, "audit_department", said.operations_findings),
        Act(18.5, "zhoukai", key, "audit_department", said.conforming),
        Act(16, "hexin", key, "write_report", said.AUDIT_REPORT),
        Act(15, "linfang", key, "approve_report", said.APPROVED),
    ]


def _desk_nonconformity(end: datetime) -> Story:
    key, ours = "nonconformity", said.is_of("service_desk")
    return [
        Act(14.9, "xumei", key, "review", said.accepted, ours),
        Act(14.5, "chenjing", key, "contain", said.DESK_CONTAINMENT, ours),
        Act(13, "liuyang", key, "analyse", said.DESK_ANALYSIS, ours),
        Act(12, "chenjing", key, "plan", said.desk_actions(end), ours),
        Act(7, "liuyang", key, "act", said.DESK_FIRST_RESULT, ours),
        Act(6, "zhaoqian", key, "act", said.DESK_SECOND_RESULT, ours),
        Act(4, "hexin", key, "verify_implementation", said.verified, ours),
    ]


def _operations_nonconformity(end: datetime) -> Story:
    key, ours = "nonconformity", said.is_of("operations")
    return [
        Act(14.8, "xumei", key, "review", said.accepted, ours),
        Act(14, "wangqiang", key, "contain", said.OPERATIONS_CONTAINMENT, ours),
        Act(12, "lihao", key, "analyse", said.OPERATIONS_ANALYSIS, ours),
        Act(10, "wangqiang", key, "plan", said.operations_actions(end), ours),
    ]


def _review(end: datetime) -> Story:
    key = "management_review"
    return [
        Act(10, "linfang", key, "start", {}),
        Act(9.9, "linfang", key, "plan_review", said.review_plan(end)),
        Act(9, "majianguo", key, "approve_review", said.APPROVED),
        Act(6, "guojun", key, "provide_input", said.review_input),
        Act(5, "xumei", key, "provide_input", said.review_input),
        Act(4, "xumei", key, "provide_input", said.review_input),
        Act(2, "wangqiang", key, "provide_input", said.review_input),
    ]


def _programme(end: datetime) -> Story:
    return [
        Act(3, "xumei", "audit_programme", "start", {}),
        Act(2, "xumei", "audit_programme", "draft_programme", said.programme(end)),
    ]
