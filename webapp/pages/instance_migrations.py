"""Moving running cases to the version in force: tried first, moved in one batch, each with a way back."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext, ngettext
from sqlalchemy import Connection
from werkzeug.wrappers import Response

from engine import instance_migrations, process_changes, process_library
from engine.definitions.problems import DefinitionInvalid
from engine.errors import EngineError
from engine.instance_migrations import Plan
from engine.runtime.step import new_id
from webapp.context import current_actor, current_language, current_platform, current_time, reading, writing
from webapp.errors import message_of
from webapp.processes import process_names

blueprint = Blueprint("instance_migration", __name__)

_AT_ONCE = 50  # cases moved in one transaction: others get their turn in between


@blueprint.get("/processes/<key>/migrations")
def index(key: str) -> str:
    """The open cases on older versions and what would become of each; the moves made so far."""
    mapping = _mapping()
    with reading() as connection:
        plan = _plan(connection, key, mapping)
        return render_template(
            "instance_migrations/index.html",
            key=key,
            name=process_names(connection, current_language()).get(key, key),
            version=process_library.version_of(connection, key).row.version,
            plan=plan,
            mapping=mapping,
            moves=instance_migrations.listed(connection, key),
        )


@blueprint.get("/process-changes/<int:change_id>/migration")
def dry_run(change_id: int) -> str:
    """Before a change is published: what would become of every open case."""
    mapping = _mapping()
    plan: Plan | None = None
    refused = ""
    with reading() as connection:
        actor = current_actor()
        change = process_changes.get(connection, actor, change_id)
        try:
            plan = instance_migrations.plan_for_change(
                connection,
                current_platform().runtime,
                actor=actor,
                change_id=change_id,
                mapping=mapping,
                now=current_time(),
            )
        except DefinitionInvalid as error:
            refused = message_of(error)
        return render_template(
            "instance_migrations/dry_run.html",
            change=change,
            name=process_names(connection, current_language()).get(change.process_key, change.process_key),
            plan=plan,
            mapping=mapping,
            refused=refused,
        )


@blueprint.post("/processes/<key>/migrations")
def migrate(key: str) -> Response:
    """Move every case that is safe under the mapping chosen; the others stay where they are."""
    mapping, batch_id = _mapping(), new_id()
    with reading() as connection:
        safe = [one.case.id for one in _plan(connection, key, mapping).of(instance_migrations.SAFE)]
    moved: int = 0
    stayed: list[EngineError] = []
    for begin in range(0, len(safe), _AT_ONCE):
        with writing() as connection:
            done, refused = instance_migrations.migrate_each(
                connection,
                current_platform().runtime,
                actor=current_actor(),
                key=key,
                instance_ids=safe[begin : begin + _AT_ONCE],
                mapping=mapping,
                batch_id=batch_id,
                now=current_time(),
            )
        moved, stayed = moved + done, stayed + refused
    flash(ngettext("%(num)d case moved.", "%(num)d cases moved.", moved), "success")
    for one in stayed[:10]:
        flash(message_of(one), "warning")
    return redirect(url_for(".index", key=key))


@blueprint.post("/processes/<key>/migrations/undo")
def undo(key: str) -> Response:
    """Take moves back: the ticked ones, each case for itself."""
    undone = 0
    for migration_id in request.form.getlist("moves", type=int):
        try:
            with writing() as connection:
                instance_migrations.undo(
                    connection,
                    current_platform().runtime,
                    actor=current_actor(),
                    migration_id=migration_id,
                    now=current_time(),
                )
            undone += 1
        except EngineError as refused:
            flash(message_of(refused), "warning")
    if undone:
        flash(ngettext("%(num)d move taken back.", "%(num)d moves taken back.", undone), "success")
    elif not request.form.getlist("moves"):
        flash(gettext("Tick the moves to be taken back."), "info")
    return redirect(url_for(".index", key=key))


def _plan(connection: Connection, key: str, mapping: dict[str, str]) -> Plan:
    runtime = current_platform().runtime
    return instance_migrations.plan(
        connection, runtime, actor=current_actor(), key=key, mapping=mapping, now=current_time()
    )


def _mapping() -> dict[str, str]:
    """What was chosen for the steps that are gone: fields ``map-<element id>``."""
    given = request.values
    return {name.removeprefix("map-"): given[name] for name in given if name.startswith("map-") and given[name]}
