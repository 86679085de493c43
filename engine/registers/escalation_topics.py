"""Topics every process may use: remind and escalate, by mail and in the inbox."""

from __future__ import annotations

from typing import Any

from sqlalchemy import insert, select

from engine import inbox
from engine.errors import NotFound
from engine.handlers import HandlerRegistry, ServiceCall
from engine.store.tables import group, membership, outbox, user


class GroupUnknown(NotFound):
    """A notification names a group nobody has created."""

    code = "group_unknown"
    zh = "没有找到组“{group}”"
    en = "There is no group “{group}”"


def serve(handlers: HandlerRegistry) -> None:
    """Serve the topics of this module."""
    handlers.serve(
        "work_item.remind", remind, required=("element", "group", "subject_zh", "subject_en"), optional=("text",)
    )
    handlers.serve(
        "work_item.escalate", escalate, required=("element", "group", "subject_zh", "subject_en"), optional=("text",)
    )


def remind(call: ServiceCall) -> dict[str, Any] | None:
    """Remind whoever has the open work item of ``element``: its assignee, or all members of ``group``.

    Inputs: element (id of the user task), group (key), subject_zh, subject_en, text (optional).
    """
    item = inbox.open_item(call.connection, call.instance_id, str(call.inputs["element"]))
    if item is None:
        return None
    if item.assignee_id is not None:
        people = _people(call, user.c.id == item.assignee_id)
    else:
        group_id, _ = _group(call)
        members = select(membership.c.user_id).where(membership.c.group_id == group_id)
        people = _people(call, user.c.id.in_(members))
    _mail(call, people)
    return None


def escalate(call: ServiceCall) -> dict[str, Any] | None:
    """Give the open work item of ``element`` to the manager of ``group`` as well, and tell them.

    Inputs: element (id of the user task), group (key), subject_zh, subject_en, text (optional).
    """
    item = inbox.open_item(call.connection, call.instance_id, str(call.inputs["element"]))
    _, manager_id = _group(call)
    if item is None or manager_id is None:
        return None
    inbox.escalate(call.connection, item_id=item.id, to_user_ids=[manager_id], actor=call.actor, now=call.now)
    _mail(call, _people(call, user.c.id == manager_id))
    return None


def _group(call: ServiceCall) -> tuple[int, int | None]:
    key = str(call.inputs["group"])
    row = call.connection.execute(select(group.c.id, group.c.manager_id).where(group.c.key == key)).one_or_none()
    if row is None:
        raise GroupUnknown(group=key)
    return row.id, row.manager_id


def _people(call: ServiceCall, condition: Any) -> list[Any]:
    query = select(user.c.id, user.c.email, user.c.language).where(condition, user.c.is_active, user.c.email != "")
    return list(call.connection.execute(query.order_by(user.c.id)))


def _mail(call: ServiceCall, people: list[Any]) -> None:
    """One outbox row per person, keyed by task and person: a retried step finds what it did before."""
    rows = [
        {
            "kind": "mail",
            "dedup_key": f"mail:{call.dedup_key}:{person.id}",
            "instance_id": call.instance_id,
            "payload": {
                "to": person.email,
                "subject": str(call.inputs["subject_zh" if person.language == "zh" else "subject_en"]),
                "text": str(call.inputs.get("text") or call.business_key),
            },
            "status": "pending",
            "available_at": call.now,
            "attempts": 0,
            "created_at": call.now,
        }
        for person in people
    ]
    if rows:
        call.connection.execute(insert(outbox), rows)
