"""A real case that ended becomes a masked walk of its process, with one click."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from engine.errors import EngineError
from engine.trials import real_cases
from webapp.context import current_actor, current_platform, current_time, writing
from webapp.errors import message_of

blueprint = Blueprint("real_case", __name__)


@blueprint.post("/process-instances/<instance_id>/walk")
def keep(instance_id: str) -> Response:
    """Mask the case, do it again on its version, and keep it if it passes the same."""
    actor = current_actor()
    proof = real_cases.prove(current_platform(), actor=actor, instance_id=instance_id)
    try:
        with writing() as connection:
            change_id = real_cases.keep(connection, actor=actor, proof=proof, now=current_time())
    except EngineError as refused:
        flash(message_of(refused), "warning")
        return redirect(url_for("process_instance.show", instance_id=instance_id))
    flash(gettext("The case was masked, done again with the same outcome, and kept as a walk."), "success")
    return redirect(url_for("walk_run.index", change_id=change_id))
