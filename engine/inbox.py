"""The inbox: what people do with their work items: claim, release, fill in, complete."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Connection, bindparam, insert, select, update

from engine import work_items
from engine.actors import Actor
from engine.errors import Conflict, Invalid
from engine.runtime.execution import Execution
from engine.runtime.recording import Step
from engine.runtime.step import Runtime, run_step
from engine.store.prepared import Prepared
from engine.store.tables import work_item, work_item_draft
from engine.store.types import Record

DRAFT_LIMIT_BYTES = 512 * 1024

_draft = Prepared(
    select(work_item_draft.c.data, work_item_draft.c.saved_at).where(
        work_item_draft.c.work_item_id == bindparam("b_id"), work_item_draft.c.user_id == bindparam("b_user")
    )
)


class DraftTooLarge(Invalid):
    """A draft beyond the limit."""

    code = "draft_too_large"
    zh = "草稿过大，未能保存"
    en = "The draft is too large to be saved"


def claim(connection: Connection, *, actor: Actor, work_item_id: str, now: datetime) -> None:
    """Take a work item for oneself. Raises ``WorkItemClaimed``, ``WorkItemDone`` or ``Forbidden``; claiming twice
    is fine."""
    item, may = work_items.get_to_change(connection, work_item_id, actor)
    if item.assignee_id == actor.user_id and item.state == "reserved":
        return
    if not may.claim:
        raise work_items.why_not(item, actor)
    if not work_items.reserve(connection, item, actor.user_id, now=now):
        raise work_items.why_not(work_items.get(connection, work_item_id, actor))
    work_items.show_to(connection, item, [f"user:{actor.user_id}", *work_items.watchers(item)])
    work_items.note(connection, item, actor, "claimed", now)


def release(connection: Connection, *, actor: Actor, work_item_id: str, now: datetime) -> None:
    """Give a claimed work item back to its candidates. Raises ``Forbidden`` or ``Conflict``."""
    item, may = work_items.get_to_change(connection, work_item_id, actor)
    if not may.release:
        raise work_items.why_not(item)
    given_back = connection.execute(
        update(work_item)
        .where(work_item.c.id == work_item_id, work_item.c.state == "reserved")
        .where(work_item.c.assignee_id == item.assignee_id)
        .values(state="ready", assignee_id=None, claimed_at=None)
    )
    if given_back.rowcount != 1:
        raise Conflict()
    work_items.show_to(connection, item, item.candidates)
    work_items.note(connection, item, actor, "released", now)


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
    item = work_items.get_to_complete(connection, work_item_id, actor)
    complete_item(runtime, connection, actor=actor, item=item, answer=lambda _: variables, now=now)


def complete_item(
    runtime: Runtime,
    connection: Connection,
    *,
    actor: Actor,
    item: Record,
    answer: Callable[[Execution], Mapping[str, Any]],
    now: datetime,
) -> None:
    """Complete what ``work_items.get_to_complete`` gave, with what ``answer`` makes of the case as it stands.

    The state is loaded once for both; when ``answer`` raises, nothing has happened.
    """
    step = Step(connection, actor, now, "completed", element_id=item.element_id, work_item_id=item.id)

    def submit(execution: Execution) -> None:
        variables = answer(execution)
        step.data = {"submitted": dict(variables)}
        execution.complete(item.id, variables)

    run_step(runtime, step, item.instance_id, submit)


def save_draft(
    connection: Connection, *, actor: Actor, work_item_id: str, data: Mapping[str, Any], now: datetime
) -> None:
    """Keep what a person has typed so far, as it is. Raises ``DraftTooLarge`` and what ``complete`` would raise."""
    work_items.get_to_complete(connection, work_item_id, actor)
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
