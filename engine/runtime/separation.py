"""Separation of duties at work: whom the rules bar from a work item, kept with the item.

What the data of the case says is decided when the item comes to life; who has completed another task counts whenever
it happens. Who belongs to a barred group counts at the moment somebody wants to act.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import Connection, select, update

from engine.definitions.model import Element, ProcessModel
from engine.definitions.rules import SeparationRule
from engine.runtime.expressions import Expressions
from engine.runtime.people import Directory
from engine.store.tables import membership, work_item

Separation = dict[str, Any]


def separations_of(
    element: Element,
    model: ProcessModel,
    expressions: Expressions,
    variables: Mapping[str, Any],
    directory: Directory,
    *,
    instance_id: str,
    completer: tuple[str, int] | None,
) -> list[Separation] | None:
    """The rules that bar somebody from a new work item, with the recipients they bar; None without any.

    ``completer`` is the task completed in the step at hand (its element id) and who completes it.
    """
    found = []
    for rule in model.rules.separating(element.id):
        barred = _named(rule, expressions, variables, directory)
        barred += [f"user:{one}" for one in _completed(directory.connection, instance_id, rule.completers_of)]
        if completer is not None and completer[0] in rule.completers_of:
            barred.append(f"user:{completer[1]}")
        found.append(
            {
                "rule": rule.key,
                "zh": str(expressions.resolve(rule.zh, variables) or rule.key),
                "en": str(expressions.resolve(rule.en, variables) or rule.key),
                "barred": list(dict.fromkeys(barred)),
                "completers_of": list(rule.completers_of),
            }
        )
    return found or None


def bars_person(connection: Connection, separations: list[Separation] | None, user_id: int) -> bool:
    """Whether one of the rules bars this person."""
    if not separations:
        return False
    groups = connection.execute(select(membership.c.group_id).where(membership.c.user_id == user_id)).scalars()
    return barring(separations, {f"user:{user_id}", *(f"group:{one}" for one in groups)}) is not None


def barring(separations: list[Separation] | None, recipients: Collection[str]) -> Separation | None:
    """The first rule that bars whoever goes by these recipients (``user:<id>``, ``group:<id>``)."""
    mine = set(recipients)
    return next((one for one in separations or () if mine & set(one["barred"])), None)


def bar_completer(connection: Connection, instance_id: str, element_id: str, user_id: int) -> None:
    """Somebody has completed a task: from now on this bars them from the open items whose rules watch it."""
    open_items = connection.execute(
        select(work_item.c.id, work_item.c.separations).where(
            work_item.c.instance_id == instance_id,
            work_item.c.state.in_(("ready", "reserved")),
            work_item.c.separations.is_not(None),
        )
    ).all()
    for item in open_items:
        changed = [
            {**one, "barred": list(dict.fromkeys([*one["barred"], f"user:{user_id}"]))}
            if element_id in one["completers_of"]
            else one
            for one in item.separations
        ]
        if changed != item.separations:
            connection.execute(update(work_item).where(work_item.c.id == item.id).values(separations=changed))


def _named(
    rule: SeparationRule, expressions: Expressions, variables: Mapping[str, Any], directory: Directory
) -> list[str]:
    logins = [login for text in rule.people for login in _texts(expressions.resolve(text, variables))]
    keys = [key for text in rule.members_of for key in _texts(expressions.resolve(text, variables))]
    users = [directory.user_id(login) for login in logins]
    groups = [directory.group_recipient(key) for key in keys]
    return [f"user:{one}" for one in users if one is not None] + [one for one in groups if one]


def _completed(connection: Connection, instance_id: str, elements: Collection[str]) -> list[int]:
    if not elements:
        return []
    query = select(work_item.c.completed_by_id).where(
        work_item.c.instance_id == instance_id,
        work_item.c.element_id.in_(elements),
        work_item.c.completed_by_id.is_not(None),
    )
    return list(connection.execute(query.distinct()).scalars())


def _texts(value: Any) -> list[str]:
    parts = value if isinstance(value, list) else [value]
    return [str(part) for part in parts if part]
