"""The search box on top of every page: cases, records, documents by number, customer or text."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from engine import search
from webapp.context import current_actor, current_platform, current_time, reading
from webapp.records import record_link

blueprint = Blueprint("search", __name__, url_prefix="/search")
_LISTS = {"incident": "incident.index", "document": "document.index", "process_instance": "", "obligation": ""}


@blueprint.get("")
def index() -> str | Response:
    """What matches; a number typed whole leads straight to its record."""
    text = request.args.get("q", "").strip()[: search.LONGEST]
    with reading() as connection:
        hits = search.search(
            connection, current_actor(), text, zone=current_platform().settings.zone, now=current_time()
        )
    only = search.only_hit(hits, text)
    if only is not None:
        return redirect(_link(only))
    return render_template("search/index.html", text=text, hits=hits, shortest=search.SHORTEST, link=_link, more=_more)


def _link(found: search.Found) -> str:
    if found.record_type == "process_instance":
        return url_for("process_instance.show", instance_id=found.record)
    return record_link(found.record_type, found.record)


def _more(key: str, text: str) -> str:
    """The whole list of a kind with the same search, or an empty text where there is none."""
    if key in _LISTS:
        return url_for(_LISTS[key], q=text) if _LISTS[key] else ""
    return url_for("register.index", key=key, q=text)
