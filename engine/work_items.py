"""Work items: one piece of work waiting for somebody, who may do what with it, and what is noted when they do.

The ground that ``inbox`` (what people do) and ``assignments`` (what is decided about them) stand on.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, delete, literal, literal_column, select, update

from engine.actors import Actor
from engine.errors import Conflict, Forbidden, NotFound
from engine.runtime.people import ADMINISTRATORS
from engine.runtime.recording import entry
from engine.runtime.separation import Separation, barring
from engine.store import audit
from engine.store import history as records
from engine.store.prepared import Prepared, prepared_insert
from engine.store.tables import history, inbox_entry, process_instance, user, work_item
from engine.store.types import Record

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


class SeparatedDuty(Forbidden):
    """A rule of the process keeps this person from the task: they did, own or belong to what it is about."""

    code = "separated_duty"
    zh = "职责分离：{zh}"
    en = "Separation of duties: {en}"

    @classmethod
    def by(cls, separation: Separation) -> SeparatedDuty:
        """The refusal that says what the rule says."""
        return cls(rule=separation["rule"], zh=separation["zh"], en=separation["en"])


@dataclass(frozen=True)
class Permissions:
    """What one person may do with one work item: the same answers decide the buttons and guard the actions."""

    see: bool
    claim: bool
    release: bool
    complete: bool
    reassign: bool
    forward: bool = False
    barred_by: Separation | None = None  # the rule why claim and complete are not offered to a candidate


def permissions(item: Record, actor: Actor) -> Permissions:
    """What ``actor`` may do with ``item`` now."""
    mine = actor.user_id is not None and item.assignee_id == actor.user_id
    candidate = bool({*actor.recipients, *_extra(actor)} & set(item.candidates))
    is_open = item.state in ("ready", "reserved")
    barred_by = barring(item.separations, actor.recipients) if is_open and (mine or candidate) else None
    free = barred_by is None
    takes_over = actor.user_id is not None and f"user:{actor.user_id}" in (item.escalated_to or ()) and not mine
    complete = is_open and free and (mine or (candidate and item.state == "ready"))
    return Permissions(
        see=mine or candidate or actor.is_administrator or item.completed_by_id == actor.user_id,
        claim=free and ((item.state == "ready" and candidate) or (item.state == "reserved" and takes_over)),
        release=item.state == "reserved" and (mine or actor.is_administrator),
        complete=complete,
        reassign=is_open and (actor.is_administrator or takes_over),
        forward=is_open and (mine or complete),
        barred_by=barred_by,
    )


def find(connection: Connection, work_item_id: str) -> Record | None:
    """One work item with the title and status of its instance, whoever it is for."""
    found: Record | None = _select_item.first(connection, {"b_id": work_item_id})
    return found


def get(connection: Connection, work_item_id: str, actor: Actor) -> Record:
    """One work item with the title and status of its instance. Raises ``WorkItemUnknown`` to those it is not for."""
    return get_permitted(connection, work_item_id, actor)[0]


def get_permitted(connection: Connection, work_item_id: str, actor: Actor) -> tuple[Record, Permissions]:
    """What ``get`` gives, with what ``actor`` may do with it."""
    row = find(connection, work_item_id)
    if row is None:
        raise WorkItemUnknown()
    may = permissions(row, actor)
    if not may.see:
        raise WorkItemUnknown()
    return row, may


def get_to_complete(connection: Connection, work_item_id: str, actor: Actor) -> Record:
    """A work item ``actor`` may complete, its instance locked. Raises what ``complete`` raises."""
    item, may = get_to_change(connection, work_item_id, actor)
    if not may.complete:
        raise why_not(item, actor)
    return item


def get_to_change(connection: Connection, work_item_id: str, actor: Actor) -> tuple[Record, Permissions]:
    """What ``get_permitted`` gives once nobody else can change the instance: every change locks the instance first."""
    if connection.dialect.name != "sqlite":
        _lock_instance.first(connection, {"b_id": work_item_id})
    return get_permitted(connection, work_item_id, actor)


def _extra(actor: Actor) -> tuple[str, ...]:
    return (ADMINISTRATORS,) if actor.is_administrator else ()


def watchers(item: Record) -> list[str]:
    """Users named personally (by an escalation) keep seeing the item when somebody claims it."""
    return [one for one in item.candidates if one.startswith("user:")]


def show_to(connection: Connection, item: Record, recipients: list[str]) -> None:
    _clear_entries.run(connection, {"b_id": item.id})
    _insert_entry.run_many(connection, [entry(item._asdict(), recipient) for recipient in dict.fromkeys(recipients)])


def note(
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


def why_not(item: Record, actor: Actor | None = None) -> Conflict | Forbidden:
    """The true reason why an action is not possible, for ``actor`` if one is given."""
    barred_by = None if actor is None else permissions(item, actor).barred_by
    if barred_by is not None:
        return SeparatedDuty.by(barred_by)
    if item.state == "completed":
        return WorkItemDone(name=item.completer_name or "?", at=_iso(item.completed_at))
    if item.state == "exited":
        return WorkItemExited()
    if item.state == "reserved":
        return WorkItemClaimed(name=item.assignee_name or "?", at=_iso(item.claimed_at))
    return Forbidden()


def _iso(at: datetime | None) -> str:
    return "" if at is None else at.isoformat(timespec="minutes")


def reserve(connection: Connection, item: Record, assignee_id: int | None, *, now: datetime) -> bool:
    """Give an item that is still as it was read to somebody; False when it has changed."""
    parameters = {"b_id": item.id, "b_state": item.state, "b_assignee": assignee_id, "b_now": now}
    return _reserve.run(connection, parameters) == 1
