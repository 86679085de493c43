"""What the indicators aim at: senior management sets targets and warnings."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response as Answer

from engine.indicators import targets
from engine.indicators.catalogue import INDICATORS, TOPICS, written
from engine.indicators.targets import TargetInvalid
from webapp.context import current_actor, current_time, reading, writing
from webapp.errors import message_of

blueprint = Blueprint("indicator_target", __name__, url_prefix="/indicators/targets")


@blueprint.get("")
def show() -> str:
    """All targets, to be changed by those who decide on them."""
    targets.require_setter(current_actor())
    with reading() as connection:
        found = targets.targets(connection)
    given = {key: (written(one.target), written(one.warning)) for key, one in found.items()}
    return _page(given, {})


@blueprint.post("")
def change() -> Answer | tuple[str, int]:
    """Keep every target, or none if one cannot be kept, and say which."""
    targets.require_setter(current_actor())
    given = {
        key: (request.form.get(key, "").strip(), request.form.get(f"{key}-warning", "").strip()) for key in INDICATORS
    }
    wanted, problems = {}, {}
    for key, texts in given.items():
        try:
            wanted[key] = targets.checked(key, *texts)
        except TargetInvalid as refused:
            problems[key] = message_of(refused)
    if problems:
        return _page(given, problems), 422
    with writing() as connection:
        for key, one in wanted.items():
            targets.change(connection, actor=current_actor(), key=key, wanted=one, now=current_time())
    flash(gettext("Saved."), "success")
    return redirect(url_for("indicator.index"))


def _page(given: dict[str, tuple[str, str]], problems: dict[str, str]) -> str:
    topics = [(names, [one for one in INDICATORS.values() if one.topic == topic]) for topic, names in TOPICS.items()]
    return render_template("indicators/targets.html", topics=topics, given=given, problems=problems)
