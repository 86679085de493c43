"""Engine incidents: what the engine could not do, why, and mending it (administrators)."""

from __future__ import annotations

from datetime import datetime

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext, lazy_gettext
from sqlalchemy import Connection
from werkzeug.wrappers import Response

from engine import engine_incidents
from engine.actors import Actor
from webapp.auth import safe_target
from webapp.context import current_actor, current_platform, current_time, reading, writing
from webapp.navigation import NavigationItem, administrators

blueprint = Blueprint("engine_incident", __name__, url_prefix="/admin/engine-incidents")


def open_count(connection: Connection, actor: Actor, now: datetime) -> int:
    """The number in the menu."""
    return engine_incidents.count_open(connection)


NAVIGATION = (
    NavigationItem(
        "engine_incident.index",
        lazy_gettext("Engine incidents"),
        "alert",
        section="administration",
        order=40,
        shown_to=administrators,
        count=open_count,
    ),
)


@blueprint.get("")
def index() -> str:
    """Open incidents, or resolved ones."""
    status = "resolved" if request.args.get("status") == "resolved" else "open"
    with reading() as connection:
        rows = engine_incidents.listed(connection, actor=current_actor(), status=status)
    return render_template("engine_incidents/index.html", rows=rows, status=status)


@blueprint.post("/<int:incident_id>/retry")
def retry(incident_id: int) -> Response:
    """Try again."""
    with writing() as connection:
        mended = engine_incidents.retry(
            current_platform().runtime,
            connection,
            actor=current_actor(),
            incident_id=incident_id,
            now=current_time(),
        )
    if mended:
        flash(gettext("Done: it worked this time"), "success")
    else:
        flash(gettext("It will be tried again; if it fails, it will be listed here with its reason"), "info")
    return redirect(safe_target(request.form.get("back") or url_for(".index")))


@blueprint.post("/<int:incident_id>/dismiss")
def dismiss(incident_id: int) -> Response:
    """Close an incident that needs no mending, with a reason."""
    with writing() as connection:
        engine_incidents.dismiss(
            connection,
            actor=current_actor(),
            incident_id=incident_id,
            reason=request.form.get("reason", ""),
            now=current_time(),
        )
    flash(gettext("The incident was closed"), "success")
    return redirect(url_for(".index"))
