"""Topics every process may use: tell, remind and escalate, by mail and in the inbox."""

from __future__ import annotations

from engine import assignments
from engine.handlers import HandlerRegistry, ServiceCall
from engine.registers import keeping, notices
from engine.store.tables import user
from engine.store.types import Record


def serve(handlers: HandlerRegistry) -> None:
    """Serve the topics of this module."""
    required, optional = ("element", "group", "subject_zh", "subject_en"), ("text",)
    handlers.serve("notify", notify, required=("subject_zh", "subject_en"), optional=("groups", "people", "text"))
    handlers.serve("work_item.remind", remind, required=required, optional=optional)
    handlers.serve("work_item.escalate", escalate, required=required, optional=optional)


def notify(call: ServiceCall) -> None:
    """Tell people by mail.

    Inputs: groups (a key or a list of keys: all members), people (a login or a list of logins), subject_zh,
    subject_en, text (optional).
    """
    found = {
        person.id: person
        for key in keeping.listed(call.inputs.get("groups"))
        for person in notices.members_of(call.connection, key)
    }
    logins = keeping.listed(call.inputs.get("people"))
    found |= {person.id: person for person in notices.people(call.connection, user.c.login.in_(logins))}
    _mail(call, list(found.values()))


def remind(call: ServiceCall) -> None:
    """Remind whoever has the open work item of ``element`` in this scope: its assignee, or all members of ``group``.

    Inputs: element (id of the user task), group (key), subject_zh, subject_en, text (optional).
    """
    item = assignments.open_item(call.connection, call.waiting, str(call.inputs["element"]))
    if item is None:
        return
    if item.assignee_id is not None:
        _mail(call, notices.people(call.connection, user.c.id == item.assignee_id))
    else:
        _mail(call, notices.members_of(call.connection, str(call.inputs["group"])))


def escalate(call: ServiceCall) -> None:
    """Give the open work item of ``element`` in this scope to the manager of ``group`` as well, and tell them.

    Inputs: element (id of the user task), group (key), subject_zh, subject_en, text (optional).
    """
    item = assignments.open_item(call.connection, call.waiting, str(call.inputs["element"]))
    manager_id = notices.group_row(call.connection, str(call.inputs["group"])).manager_id
    if item is None or manager_id is None:
        return
    assignments.escalate(call.connection, item_id=item.id, to_user_ids=[manager_id], actor=call.actor, now=call.now)
    _mail(call, notices.people(call.connection, user.c.id == manager_id))


def _mail(call: ServiceCall, recipients: list[Record]) -> None:
    notices.mail(
        call,
        recipients,
        subject_zh=str(call.inputs["subject_zh"]),
        subject_en=str(call.inputs["subject_en"]),
        text=str(call.inputs.get("text") or call.business_key),
    )
