"""Every table of the product, grouped by what it keeps."""

from engine.store.tables.clockwork import outbox, schedule, schedule_run, timer
from engine.store.tables.definitions import (
    decision_definition,
    deployment,
    form_definition,
    process_definition,
    process_definition_call,
    process_definition_decision,
    process_definition_form,
)
from engine.store.tables.evidence import attachment, audit, audit_head, engine_incident, history
from engine.store.tables.incidents import (
    callback,
    callback_attempt,
    import_reject,
    import_run,
    incident,
    incident_resolution,
)
from engine.store.tables.instances import (
    inbox_entry,
    message_subscription,
    numbering,
    process_instance,
    work_item,
    work_item_draft,
)
from engine.store.tables.metadata import metadata
from engine.store.tables.people import calendar, group, membership, setting, sign_in_attempt, user

__all__ = [
    "attachment",
    "audit",
    "audit_head",
    "calendar",
    "callback",
    "callback_attempt",
    "decision_definition",
    "deployment",
    "engine_incident",
    "form_definition",
    "group",
    "history",
    "import_reject",
    "import_run",
    "inbox_entry",
    "incident",
    "incident_resolution",
    "membership",
    "message_subscription",
    "metadata",
    "numbering",
    "outbox",
    "process_definition",
    "process_definition_call",
    "process_definition_decision",
    "process_definition_form",
    "process_instance",
    "schedule",
    "schedule_run",
    "setting",
    "sign_in_attempt",
    "timer",
    "user",
    "work_item",
    "work_item_draft",
]
