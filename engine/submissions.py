"""Submitting forms: the form of the deployed version validates, then the process goes on."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from engine import attachments, completion, inbox, instances, work_items
from engine.actors import Actor
from engine.errors import Language
from engine.forms import FileInfo, Form, FormContext, load
from engine.runtime.execution import Execution
from engine.runtime.step import Runtime
from engine.store.types import Record


def work_item_form(runtime: Runtime, connection: Connection, item: Record) -> Form | None:
    """The form of a work item in the version its instance runs on, or None when there is nothing to fill in."""
    return None if item.form_key is None else runtime.library.form(connection, item.definition_id, item.form_key)


def earlier_answers(
    runtime: Runtime, connection: Connection, item: Record, form: Form, variables: Mapping[str, Any]
) -> dict[str, Any]:
    """What the form starts with: the case's variables, or, where the diagram says ``prefill`` = ``no``, only those
    that the form shows without letting anybody change them (a second call must not start with the first one's answers).
    """
    process = runtime.library.get(connection, item.definition_id)
    elements = (model.elements.get(item.element_id) for model in process.compiled.models.values())
    element = next((one for one in elements if one is not None), None)
    if element is None or element.properties.get("prefill") != "no":
        return dict(variables)
    editable = {c.path[0] for c in form.walk() if c.holds_answer and c.path and not c.always_readonly}
    return {name: value for name, value in variables.items() if name not in editable}


def form_context(
    runtime: Runtime,
    connection: Connection,
    *,
    language: Language,
    now: datetime,
    variables: Mapping[str, Any],
    files: Mapping[str, FileInfo] | None = None,
) -> FormContext:
    """What a form may know: the reader, the moment, the case's variables and the uploads."""
    return FormContext(
        language=language,
        now=now,
        zone=runtime.zone,
        functions=runtime.host_functions(connection),
        variables=variables,
        files=files or {},
    )


def complete(
    runtime: Runtime,
    connection: Connection,
    *,
    actor: Actor,
    work_item_id: str,
    submitted: Mapping[str, Any],
    language: Language,
    now: datetime,
) -> None:
    """Validate what was submitted and complete the work item.

    Raises ``FormInvalid`` with a message at each field, and what ``inbox.complete`` raises.
    """
    item = work_items.get_to_complete(connection, work_item_id, actor)
    form = work_item_form(runtime, connection, item)

    def answer(execution: Execution) -> Mapping[str, Any]:
        if form is None:
            return {}
        variables = execution.waiting_variables(item.id)
        context = FormContext(
            language=language,
            now=now,
            zone=runtime.zone,
            functions=execution.expressions.functions,
            variables=variables,
            files=attachments.usable(connection, actor=actor, work_item_id=work_item_id),
        )
        clean = load(form, submitted, earlier_answers(runtime, connection, item, form, variables), context)
        completion.check(runtime, connection, item, form, clean, context)
        return clean

    inbox.complete_item(runtime, connection, actor=actor, item=item, answer=answer, now=now)


def start(
    runtime: Runtime,
    connection: Connection,
    *,
    actor: Actor,
    key: str,
    submitted: Mapping[str, Any],
    instance_id: str,
    language: Language,
    now: datetime,
) -> instances.Started:
    """Validate the start form and start the process; ``instance_id`` makes a form sent twice start one instance.

    Raises ``FormInvalid``, ``Forbidden``, ``DefinitionUnknown`` and ``AlreadyStarted``.
    """
    instances.refuse_second_start(connection, instance_id)
    process = runtime.library.latest(connection, key)
    plain = process.model.plain_start
    if plain is None:
        raise instances.NotStartable(key=key)
    files: Mapping[str, FileInfo] = {}
    clean: dict[str, Any] = {}
    if plain.form_key:
        files = attachments.usable(connection, actor=actor)
        form = runtime.library.form(connection, process.id, plain.form_key)
        context = form_context(runtime, connection, language=language, now=now, variables={}, files=files)
        clean = load(form, submitted, {}, context)
        completion.check_element(process.model, plain.id, form, clean, context)
    started = instances.start(
        runtime,
        connection,
        actor=actor,
        key=key,
        process=process,
        variables=clean,
        now=now,
        instance_id=instance_id,
    )
    attachments.adopt(connection, _named_files(clean, files), actor=actor, instance_id=started.instance_id)
    return started


def _named_files(value: Any, files: Mapping[str, FileInfo]) -> list[str]:
    """The ids of uploads that occur anywhere in the answers."""
    if isinstance(value, str):
        return [value] if value in files else []
    inner = value.values() if isinstance(value, Mapping) else value if isinstance(value, list) else ()
    return [found for one in inner for found in _named_files(one, files)]
