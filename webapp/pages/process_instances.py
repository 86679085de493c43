"""A process instance: diagram, timeline, data; and what its initiator or an administrator may do to it."""

from __future__ import annotations

import io
import json

from flask import Blueprint, flash, redirect, render_template, request, send_file, url_for
from flask_babel import gettext, lazy_gettext
from werkzeug.wrappers import Response

from engine import attachments, engine_incidents, instances, process_library, users
from engine.definitions.translate import translated_xml
from engine.runtime.step import InstanceUnknown
from engine.trials import real_cases
from webapp import process_words
from webapp.case_view import diagram_of, load_case
from webapp.context import current_actor, current_language, current_platform, current_time, reading, writing
from webapp.navigation import NavigationItem
from webapp.process_words import ProcessWords
from webapp.processes import part_names_of, process_names

blueprint = Blueprint("process_instance", __name__)

NAVIGATION = (
    NavigationItem(
        "process_instance.mine", lazy_gettext("My requests"), "mine", order=30, on_phone=lazy_gettext("My requests")
    ),
)

PAGE_SIZE = 30


@blueprint.get("/mine")
def mine() -> str:
    """What the person started: where it is and who has it."""
    before = request.args.get("before", "")
    with reading() as connection:
        rows = instances.started_by(connection, current_actor(), limit=PAGE_SIZE + 1, before=before or None)
        waiting = instances.open_work(connection, [row.id for row in rows[:PAGE_SIZE]])
        names = process_names(connection, current_language())
    following = url_for(".mine", before=rows[PAGE_SIZE - 1].id) if len(rows) > PAGE_SIZE else None
    return render_template(
        "process_instances/mine.html", rows=rows[:PAGE_SIZE], waiting=waiting, names=names, following=following
    )


@blueprint.get("/process-instances/<instance_id>")
def show(instance_id: str) -> str:
    """One case."""
    actor = current_actor()
    with reading() as connection:
        case = load_case(connection, instance_id)
        if not instances.may_see(connection, case.instance, actor):
            raise InstanceUnknown(id=instance_id)
        names = part_names_of(connection, case.instance.definition_id, current_language())
        words = ProcessWords(connection)
        may_become_walk = real_cases.may_keep(connection, actor, case.instance)
        variables, people, incidents = {}, [], []
        if actor.is_administrator:
            variables = instances.variables(current_platform().runtime, connection, instance_id, now=current_time())
            people = users.active(connection)
            incidents = engine_incidents.of_instance(connection, actor=actor, instance_id=instance_id)
    return render_template(
        "process_instances/show.html",
        case=case,
        outline=process_library.outline_of(case.model),
        names=names,
        words=words,
        phrases=process_words,
        variables=json.dumps(variables, ensure_ascii=False, indent=2),
        people=people,
        incidents=incidents,
        may_cancel=instances.may_cancel(case.instance, actor),
        may_become_walk=may_become_walk,
    )


@blueprint.get("/process-instances/<instance_id>/diagram")
def diagram(instance_id: str) -> Response:
    """The BPMN file of the instance's version, its labels in the reader's language."""
    with reading() as connection:
        instance = instances.get(connection, instance_id)
        if not instances.may_see(connection, instance, current_actor()):
            raise InstanceUnknown(id=instance_id)
        model = diagram_of(connection, instance.definition_id, request.args.get("process", ""))
    return Response(translated_xml(model, current_language()), mimetype="application/xml")


@blueprint.post("/process-instances/<instance_id>/cancel")
def cancel(instance_id: str) -> Response:
    """Withdraw (initiator) or cancel (administrator), with a reason."""
    with writing() as connection:
        instances.cancel(
            current_platform().runtime,
            connection,
            actor=current_actor(),
            instance_id=instance_id,
            reason=request.form.get("reason", ""),
            now=current_time(),
        )
    flash(gettext("The case was ended"), "success")
    return redirect(url_for(".show", instance_id=instance_id))


@blueprint.get("/attachments/<attachment_id>")
def attachment(attachment_id: str) -> Response:
    """Download a file; never shown in place, whatever it claims to be."""
    with reading() as connection:
        row = attachments.read(connection, actor=current_actor(), attachment_id=attachment_id)
    return send_file(
        io.BytesIO(row.content),
        mimetype="application/octet-stream",
        as_attachment=True,
        download_name=row.name,
        max_age=0,
    )
