"""The inbox: what a person may do next, and doing it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Connection, bindparam, delete, insert, literal, literal_column, select, update

from engine.actors import Actor
from engine.errors import Conflict, Forbidden, Invalid, NotFound
from engine.runtime.execution import Execution
from engine.runtime.people import ADMINISTRATORS
from engine.runtime.recording import NO_DEADLINE, Step, entry
from engine.runtime.step import Runtime, reading, run_step
from engine.store import audit
from engine.store import history as records
from engine.store.prepared import Prepared, prepared_insert
from engine.store.tables import history, inbox_entry, process_instance, user, work_item, work_item_draft
from engine.store.types import Record

DRAFT_LIMIT_BYTES = 512 * 1024

_assignee, _completer = user.alias("assignee"), user.alias("completer")
_select_item = Prepared(
    select(
        work_item,
        process_instance.c.title,
        process_instance.c.status.label("instance_status"),
        process_instance.c.started_at,
        _assignee.c.name.label("assignee_name"),
        _completer.c.name.label("completer_name"),
    )
    .join(process_instance, process_instance.c.id == work_item.c.instance_id)
    .join(_assignee, _assignee.c.id == work_item.c.assignee_id, isouter=True)
    .join(_completer, _completer.c.id == work_item.c.completed_by_id, isouter=True)
    .where(work_item.c.id == bindparam("b_id"))
)
_reserve = Prepared(
    update(work_item)
    .where(work_item.c.id == bindparam("b_id"), work_item.c.state == bindparam("b_state"))
    .values(state=literal("reserved"), assignee_id=bindparam("b_assignee"), claimed_at=bindparam("b_now"))
)
_clear_entries = Prepared(delete(inbox_entry).where(inbox_entry.c.work_item_id == bindparam("b_id")))
_insert_entry = prepared_insert(inbox_entry)
_insert_history = prepared_insert(history)
_last_event = Prepared(
    select(history.c.revision, history.c.sequence)
    .where(history.c.instance_id == bindparam("b_instance"))
    .order_by(history.c.revision.desc(), history.c.sequence.desc())
    .limit(literal_column("1"))
)
_draft = Prepared(
    select(work_item_draft.c.data, work_item_draft.c.saved_at).where(
        work_item_draft.c.work_item_id == bindparam("b_id"), work_item_draft.c.user_id == bindparam("b_user")
    )
)
_lock_instance = Prepared(
    select(process_instance.c.revision)
    .where(
        process_instance.c.id
        == select(work_item.c.instance_id).where(work_item.c.id == bindparam("b_id")).scalar_subquery()
    )
    .with_for_update()
)


class WorkItemUnknown(NotFound):
    """No such work item, or not for this person."""

    code = "work_item_unknown"
    zh = "没有找到该任务"
    en = "There is no such task"


class WorkItemDone(Conflict):
    """Somebody completed it first."""

    code = "work_item_done"
    zh = "该任务已由{name}于{at}办理完成"
    en = "{name} completed this task at {at}"


class WorkItemExited(Conflict):
    """The process went on without it."""

    code = "work_item_exited"
    zh = "流程已越过该任务，无需再办理"
    en = "The process has gone on without this task"


class WorkItemClaimed(Conflict):
    """Somebody else has claimed it."""

    code = "work_item_claimed"
    zh = "该任务已由{name}于{at}认领"
    en = "{name} claimed this task at {at}"


class DraftTooLarge(Invalid):
    """A draft beyond the limit."""

    code = "draft_too_large"
    zh = "草稿过大，未能保存"
    en = "The draft is too large to be saved"


class UserUnknown(NotFound):
    """No such active user."""

    code = "user_unknown"
    zh = "没有找到用户"
    en = "There is no such user"


@dataclass(frozen=True)
class Permissions:
    """What one person may do with one work item: the same answers decide the buttons and guard the actions."""

    see: bool
    claim: bool
    release: bool
    complete: bool
    reassign: bool


def permissions(item: Record, actor: Actor) -> Permissions:
    """What ``actor`` may do with ``item`` now."""
    mine = actor.user_id is not None and item.assignee_id == actor.user_id
    candidate = bool({*actor.recipients, *_extra(actor)} & set(item.candidates))
    is_open = item.state in ("ready", "reserved")
    return Permissions(
        see=mine or candidate or actor.is_administrator or item.completed_by_id == actor.user_id,
        claim=item.state == "ready" and candidate,
        release=item.state == "reserved" and (mine or actor.is_administrator),
        complete=is_open and (mine or (candidate and item.state == "ready")),
        reassign=is_open and actor.is_administrator,
    )


def get(connection: Connection, work_item_id: str, actor: Actor) -> Record:
    """One work item with the title and status of its instance. Raises ``WorkItemUnknown`` to those it is not for."""
    row = _select_item.first(connection, {"b_id": work_item_id})
    if row is None or not permissions(row, actor).see:
        raise WorkItemUnknown()
    found: Record = row
    return found


def claim(connection: Connection, *, actor: Actor, work_item_id: str, now: datetime) -> None:
    """Take a work item for oneself. Raises ``WorkItemClaimed``, ``WorkItemDone`` or ``Forbidden``; claiming twice
    is fine."""
    item = _get_to_change(connection, work_item_id, actor)
    if item.assignee_id == actor.user_id and item.state == "reserved":
        return
    if not permissions(item, actor).claim:
        raise _why_not(item)
    taken = _reserve.run(
        connection, {"b_id": work_item_id, "b_state": "ready", "b_assignee": actor.user_id, "b_now": now}
    )
    if taken != 1:
        raise _why_not(get(connection, work_item_id, actor))
    _show_to(connection, item, [f"user:{actor.user_id}", *_watchers(item)])
    _note(connection, item, actor, "claimed", now)


def release(connection: Connection, *, actor: Actor, work_item_id: str, now: datetime) -> None:
    """Give a claimed work item back to its candidates. Raises ``Forbidden`` or ``Conflict``."""
    item = _get_to_change(connection, work_item_id, actor)
    if not permissions(item, actor).release:
        raise _why_not(item)
    given_back = connection.execute(
        update(work_item)
        .where(work_item.c.id == work_item_id, work_item.c.state == "reserved")
        .where(work_item.c.assignee_id == item.assignee_id)
        .values(state="ready", assignee_id=None, claimed_at=None)
    )
    if given_back.rowcount != 1:
        raise Conflict()
    _show_to(connection, item, item.candidates)
    _note(connection, item, actor, "released", now)


def reassign(connection: Connection, *, actor: Actor, work_item_id: str, to_user_id: int, now: datetime) -> None:
    """Hand an open work item to somebody (administrators). Raises ``Forbidden``, ``UserUnknown``, ``Conflict``."""
    item = _get_to_change(connection, work_item_id, actor)
    if not permissions(item, actor).reassign:
        raise _why_not(item)
    name = connection.execute(select(user.c.name).where(user.c.id == to_user_id, user.c.is_active)).scalar()
    if name is None:
        raise UserUnknown()
    handed = _reserve.run(
        connection, {"b_id": work_item_id, "b_state": item.state, "b_assignee": to_user_id, "b_now": now}
    )
    if handed != 1:
        raise Conflict()
    _show_to(connection, item, [f"user:{to_user_id}", *_watchers(item)])
    _note(connection, item, actor, "reassigned", now, {"to": name})


def complete(
    runtime: Runtime,
    connection: Connection,
    *,
    actor: Actor,
    work_item_id: str,
    variables: Mapping[str, Any],
    now: datetime,
) -> None:
    """Complete a work item with validated ``variables`` and let the process go on.

    Raises ``WorkItemDone`` (naming who and when), ``WorkItemClaimed``, ``WorkItemExited`` or ``Forbidden``.
    """
    item = get_to_complete(connection, work_item_id, actor)
    step = Step(
        connection,
        actor,
        now,
        "completed",
        element_id=item.element_id,
        work_item_id=work_item_id,
        data={"submitted": dict(variables)},
    )

    def submit(execution: Execution) -> None:
        execution.complete(work_item_id, variables)

    run_step(runtime, step, item.instance_id, submit)


def save_draft(
    connection: Connection, *, actor: Actor, work_item_id: str, data: Mapping[str, Any], now: datetime
) -> None:
    """Keep what a person has typed so far, as it is. Raises ``DraftTooLarge`` and what ``complete`` would raise."""
    get_to_complete(connection, work_item_id, actor)
    if len(orjson.dumps(data)) > DRAFT_LIMIT_BYTES:
        raise DraftTooLarge()
    key = (work_item_draft.c.work_item_id == work_item_id, work_item_draft.c.user_id == actor.user_id)
    saved = connection.execute(update(work_item_draft).where(*key).values(data=dict(data), saved_at=now))
    if saved.rowcount == 0:
        connection.execute(
            insert(work_item_draft).values(
                work_item_id=work_item_id, user_id=actor.user_id, data=dict(data), saved_at=now
            )
        )


def draft(connection: Connection, *, actor: Actor, work_item_id: str) -> Record | None:
    """The person's own draft (``data``, ``saved_at``), or None."""
    found: Record | None = _draft.first(connection, {"b_id": work_item_id, "b_user": actor.user_id})
    return found


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
    connection.execute(update(work_item).where(work_item.c.id == item_id).values(candidates=[*item.candidates, *added]))
    shown = set(
        connection.execute(select(inbox_entry.c.recipient).where(inbox_entry.c.work_item_id == item_id)).scalars()
    )
    rows = [entry(item._asdict(), recipient) for recipient in added if recipient not in shown]
    if rows:
        connection.execute(insert(inbox_entry), rows)
    _note(connection, item, actor, "escalated", now, {"to": added})
    return [int(one.removeprefix("user:")) for one in added]


def set_due_at(
    runtime: Runtime, connection: Connection, *, actor: Actor, instance_id: str, work_item_id: str, now: datetime
) -> None:
    """Compute the deadline of an open work item anew, counted from its arrival (after a calendar was mended).

    Raises what the computation raises; a work item that is done by now is left as it is.
    """
    item = _select_item.first(connection, {"b_id": work_item_id})
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
    _note(connection, item, actor, "due_date_set", now, {"due_at": None if due_at is None else due_at.isoformat()})


def open_item(connection: Connection, instance_id: str, element_id: str) -> Record | None:
    """The open work item of an element, the latest if there are several."""
    return connection.execute(
        select(work_item)
        .where(work_item.c.instance_id == instance_id, work_item.c.element_id == element_id)
        .where(work_item.c.state.in_(("ready", "reserved")))
        .order_by(work_item.c.created_at.desc())
        .limit(1)
    ).one_or_none()


def get_to_complete(connection: Connection, work_item_id: str, actor: Actor) -> Record:
    """A work item ``actor`` may complete, its instance locked. Raises what ``complete`` raises."""
    item = _get_to_change(connection, work_item_id, actor)
    if not permissions(item, actor).complete:
        raise _why_not(item)
    return item


def _get_to_change(connection: Connection, work_item_id: str, actor: Actor) -> Record:
    """The work item as it is once nobody else can change its instance: every change locks the instance first."""
    if connection.dialect.name != "sqlite":
        _lock_instance.first(connection, {"b_id": work_item_id})
    return get(connection, work_item_id, actor)


def _extra(actor: Actor) -> tuple[str, ...]:
    return (ADMINISTRATORS,) if actor.is_administrator else ()


def _watchers(item: Record) -> list[str]:
    """Users named personally (by an escalation) keep seeing the item when somebody claims it."""
    return [one for one in item.candidates if one.startswith("user:")]


def _show_to(connection: Connection, item: Record, recipients: list[str]) -> None:
    _clear_entries.run(connection, {"b_id": item.id})
    _insert_entry.run_many(connection, [entry(item._asdict(), recipient) for recipient in dict.fromkeys(recipients)])


def _note(
    connection: Connection, item: Record, actor: Actor, kind: str, now: datetime, data: dict[str, Any] | None = None
) -> None:
    """History within the current revision, and the audit record."""
    last = _last_event.first(connection, {"b_instance": item.instance_id})
    row = {
        "instance_id": item.instance_id,
        "revision": last.revision,
        "sequence": last.sequence + 1,
        "at": now,
        "kind": kind,
        "element_id": item.element_id,
        "work_item_id": item.id,
        "actor_id": actor.user_id,
        "data": data,
    }
    _insert_history.run_many(connection, [row])
    audit.record(
        connection,
        actor=actor.login,
        action=f"work_item.{kind}",
        subject_type="work_item",
        subject_id=item.id,
        now=now,
        details={"element": item.element_id, "instance": item.instance_id, **(data or {}), **records.evidence(row)},
    )


def _why_not(item: Record) -> Conflict | Forbidden:
    """The true reason why an action is not possible."""
    if item.state == "completed":
        return WorkItemDone(name=item.completer_name or "?", at=_iso(item.completed_at))
    if item.state == "exited":
        return WorkItemExited()
    if item.state == "reserved":
        return WorkItemClaimed(name=item.assignee_name or "?", at=_iso(item.claimed_at))
    return Forbidden()


def _iso(at: datetime | None) -> str:
    return "" if at is None else at.isoformat(timespec="minutes")
