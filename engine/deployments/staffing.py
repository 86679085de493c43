"""Whether today's people can live with the rules of separation: a rule that leaves nobody is reported at publish."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sqlalchemy import Connection, select

from engine.definitions.dialect import expression_in
from engine.definitions.model import Element, ProcessModel
from engine.definitions.problems import Problem, problem
from engine.definitions.rules import SeparationRule
from engine.store.tables import group, membership, user

People = Mapping[int, str]  # names by user id


def check(connection: Connection, model: ProcessModel, file: str) -> Iterator[Problem]:
    """A warning for each task and rule of separation that today's people could not satisfy."""
    house = _House(connection)
    for rule in model.rules.separation:
        for task_id in rule.tasks:
            task = model.elements.get(task_id)
            if task is None:
                continue
            candidates = house.candidates(model, task)
            if not candidates:
                continue
            name = task.name("zh")
            for zh, en in house.left_alone(model, rule, candidates):
                said = {"rule": rule.key, "name": name, "reason_zh": zh, "reason_en": en}
                yield problem("rule_unsatisfiable", file, task_id, level="warning", **said)


class _House:
    """Active people by group key, and the departments."""

    def __init__(self, connection: Connection) -> None:
        self.members: dict[str, dict[int, str]] = {}
        query = (
            select(group.c.key, user.c.id, user.c.name)
            .join(membership, membership.c.group_id == group.c.id)
            .join(user, user.c.id == membership.c.user_id)
            .where(user.c.is_active)
        )
        for row in connection.execute(query):
            self.members.setdefault(row.key, {})[row.id] = row.name
        self.departments = {
            row.key: (row.name_zh, row.name_en)
            for row in connection.execute(select(group).where(group.c.is_department).order_by(group.c.id))
        }

    def candidates(self, model: ProcessModel, task: Element) -> People:
        """Who may be offered a task, as far as the diagram says it without data."""
        given = task.attributes.get("candidateGroups", "")
        keys = [] if expression_in(given) is not None else [one.strip() for one in given.split(",") if one.strip()]
        lane = model.lane_of(task)
        if not given and lane is not None and lane.group:
            keys = [lane.group]
        return {one: name for key in keys for one, name in self.members.get(key, {}).items()}

    def left_alone(self, model: ProcessModel, rule: SeparationRule, candidates: People) -> Iterator[tuple[str, str]]:
        """The cases in which the rule bars everybody, in both languages."""
        for text in rule.members_of:
            keys = list(self.departments) if expression_in(text) is not None else [text]
            for key in keys:
                if candidates.keys() <= self.members.get(key, {}).keys():
                    zh, en = self.departments.get(key, (key, key))
                    yield f"所有可办理的人都属于“{zh}”", f"all who could do it belong to “{en}”"
        if len(candidates) > 1:
            return
        (only, name), *_ = candidates.items()
        for element_id in rule.completers_of:
            other = model.elements.get(element_id)
            if other is not None and only in self.candidates(model, other):
                zh, en = other.name("zh"), other.name("en")
                yield f"只有{name}可办理，而其也可能办理“{zh}”", f"only {name} could do it, who may have done “{en}”"
