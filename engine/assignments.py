"""Deciding about other people's work: handing over, escalating, and setting a deadline anew."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Connection, insert, select, update

from engine import users, work_items
from engine.actors import Actor
from engine.errors import Conflict, Invalid, NotFound
from engine.runtime.recording import NO_DEADLINE, entry
from engine.runtime.separation import barring
from engine.runtime.step import Runtime, reading
from engine.store.tables import inbox_entry, process_instance, work_item
from engine.store.types import Record


class UserUnknown(NotFound):
    """No such active user."""

    code = "user_unknown"
    zh = "没有找到用户"
    en = "There is no such user"


class NobodyElse(Invalid):
    """A task handed to the person who has it already."""

    code = "nobody_else"
    zh = "请选择另一个人"
    en = "Choose somebody else"


def reassign(connection: Connection, *, actor: Actor, work_item_id: str, to_user_id: int, now: datetime) -> None:
    """Hand an open work item to somebody: administrators, and whoever it was escalated to.

    Raises ``Forbidden``, ``UserUnknown``, ``SeparatedDuty`` and ``Conflict``.
    """
    item, may = work_items.get_to_change(connection, work_item_id, actor)
    if not may.reassign:
        raise work_items.why_not(item)
    _hand_over(connection, item, actor, to_user_id, "reassigned", {}, now)


def forward(
    connection: Connection, *, actor: Actor, work_item_id: str, to_user_id: int, comment: str = "", now: datetime
) -> None:
    """Hand one's own open work item to somebody else for good (转办); whoever may do a task may forward it.

    Raises ``Forbidden`` or ``Conflict``, ``UserUnknown``, ``NobodyElse``, and ``SeparatedDuty`` when a rule keeps the
    other person from it.
    """
    item, may = work_items.get_to_change(connection, work_item_id, actor)
    if not may.forward:
        raise work_items.why_not(item, actor)
    if to_user_id == item.assignee_id:
        raise NobodyElse(fields=["user"])
    _hand_over(connection, item, actor, to_user_id, "forwarded", {"comment": comment.strip()}, now)


def _hand_over(
    connection: Connection, item: Record, actor: Actor, to_user_id: int, kind: str, said: dict[str, str], now: datetime
) -> None:
    receiver = users.load_actor(connection, to_user_id)
    if receiver is None:
        raise UserUnknown()
    separation = barring(item.separations, receiver.recipients)
    if separation is not None:
        raise work_items.SeparatedDuty.by(separation)
    if not work_items.reserve(connection, item, to_user_id, now=now):
        raise Conflict()
    work_items.show_to(connection, item, [f"user:{to_user_id}", *work_items.watchers(item)])
    work_items.note(connection, item, actor, kind, now, {"to": receiver.name, **said})


def escalate(connection: Connection, *, item_id: str, to_user_ids: list[int], actor: Actor, now: datetime) -> list[int]:
    """Show an open work item to more people, who may then do it too; the ids of those who had not seen it before."""
    item = connection.execute(
        select(work_item).where(work_item.c.id == item_id, work_item.c.state.in_(("ready", "reserved")))
    ).one_or_none()
    if item is None:
        return []
    added = [f"user:{one}" for one in to_user_ids if f"user:{one}" not in item.candidates]
    if not added:
        return []
    connection.execute(
        update(work_item)
        .where(work_item.c.id == item_id)
        .values(candidates=[*item.candidates, *added], escalated_to=[*(item.escalated_to or ()), *added])
    )
    shown = set(
        connection.execute(select(inbox_entry.c.recipient).where(inbox_entry.c.work_item_id == item_id)).scalars()
    )
    rows = [entry(item._asdict(), recipient) for recipient in added if recipient not in shown]
    if rows:
        connection.execute(insert(inbox_entry), rows)
    work_items.note(connection, item, actor, "escalated", now, {"to": added})
    return [int(one.removeprefix("user:")) for one in added]


def set_due_at(
    runtime: Runtime, connection: Connection, *, actor: Actor, instance_id: str, work_item_id: str, now: datetime
) -> None:
    """Compute the deadline of an open work item anew, counted from its arrival (after a calendar was mended).

    Raises what the computation raises; a work item that is done by now is left as it is.
    """
    item = work_items.find(connection, work_item_id)
    if item is None or item.state not in ("ready", "reserved"):
        return
    state = connection.execute(
        select(process_instance.c.state).where(process_instance.c.id == instance_id)
    ).scalar_one()
    execution = reading(runtime, connection, item.definition_id, state, item.created_at)
    waiting = execution.waits().tasks[work_item_id]
    given = execution.expressions.resolve(waiting.element.attributes["dueDate"], waiting.variables)
    due_at = None if given is None else execution.expressions.due_at(given)
    connection.execute(update(work_item).where(work_item.c.id == work_item_id).values(due_at=due_at))
    connection.execute(
        update(inbox_entry).where(inbox_entry.c.work_item_id == work_item_id).values(due_at=due_at or NO_DEADLINE)
    )
    work_items.note(
        connection, item, actor, "due_date_set", now, {"due_at": None if due_at is None else due_at.isoformat()}
    )


def open_item(connection: Connection, among: Collection[str], element_id: str) -> Record | None:
    """The open work item of an element among these (by id), the latest if there are several."""
    return connection.execute(
        select(work_item)
        .where(work_item.c.id.in_(among), work_item.c.element_id == element_id)
        .where(work_item.c.state.in_(("ready", "reserved")))
        .order_by(work_item.c.created_at.desc())
        .limit(1)
    ).one_or_none()
