"""走查: the named path tests of a change, run beside the version in force, and what to do where they differ."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext
from sqlalchemy import Connection
from werkzeug.wrappers import Response

from engine import process_changes
from engine.bootstrap import Platform
from engine.definitions.model import ProcessModel, read_process
from engine.definitions.problems import DefinitionInvalid
from engine.errors import EngineError
from engine.trials import suite, walk_file
from engine.trials.walk import Walk, WalksInvalid
from engine.trials.walk_run import WalkOutcome
from webapp.context import current_actor, current_language, current_platform, current_time, reading, writing
from webapp.errors import message_of
from webapp.trial_forms import name_of

blueprint = Blueprint("walk_run", __name__, url_prefix="/process-changes/<int:change_id>/walks")
log = logging.getLogger("yunzhi.walks")


@dataclass(frozen=True)
class ShownWalk:
    """One walk with what came of it in the latest run, and the marks of the diagram where it differs."""

    number: int
    walk: Walk
    outcome: WalkOutcome | None

    @property
    def name(self) -> str:
        """Its name for the reader."""
        return self.walk.zh if current_language() == "zh" else self.walk.en

    @property
    def may_be_accepted(self) -> bool:
        """Whether it came to an end that could be named."""
        found = self.outcome
        return found is not None and not found.as_named and found.stop is None and not found.failures

    @property
    def marks(self) -> dict[str, list[str]]:
        """Passed as before, newly passed, and where it stopped or no longer passes."""
        found = self.outcome
        if found is None:
            return {}
        fresh, lost = {*found.newly, *found.unexpected}, [*found.gone, *found.missing]
        return {
            "done": [one for one in found.passed if one not in fresh],
            "active": [one for one in found.passed if one in fresh],
            "overdue": list(dict.fromkeys(lost)),
        }


@blueprint.get("")
def index(change_id: int) -> str:
    """All walks of a change with what came of them."""
    actor, now = current_actor(), current_time()
    problem, left_behind = "", {}
    with reading() as connection:
        change = process_changes.get(connection, actor, change_id)
        run = suite.latest(connection, change_id, now=now)
        try:
            walks = walk_file.walks_of(connection, change_id)
            left_behind = walk_file.left_behind(connection, change_id)
        except WalksInvalid as error:
            walks, problem = (), message_of(error)
        model = _model(connection, change_id)
        may_edit = process_changes.may_edit(connection, actor, change)
        name = name_of(connection, change)
    outcomes = run.results if run is not None and run.is_current else ()
    shown = [
        ShownWalk(number, walk, outcomes[number] if number < len(outcomes) else None)
        for number, walk in enumerate(walks)
    ]
    return render_template(
        "trials/walks.html",
        change=change,
        name=name,
        run=run,
        walks=shown,
        problem=problem,
        left_behind=left_behind,
        failure="" if run is None else run.failure.get(current_language(), ""),
        model=model,
        may_edit=may_edit,
        is_running=run is not None and run.status == "running",
        percent=0 if run is None or not run.total else len(run.results) * 100 // run.total,
    )


@blueprint.post("")
def run(change_id: int) -> Response:
    """Run all walks in the background."""
    _begin(change_id)
    return redirect(url_for(".index", change_id=change_id))


@blueprint.post("/<int:number>/accept")
def accept(change_id: int, number: int) -> Response:
    """Name what a walk came to as its outcome."""
    return _change(suite.accept, change_id, gettext("The walk now names this outcome."), number=number)


@blueprint.post("/<int:number>/remove")
def remove(change_id: int, number: int) -> Response:
    """Take a walk out."""
    return _change(suite.remove, change_id, gettext("The walk was taken out."), number=number)


@blueprint.post("/follow")
def follow(change_id: int) -> Response:
    """Let the walks name elements by the ids these have now."""

    def use_case(connection: Connection, **given: Any) -> None:
        names = walk_file.left_behind(connection, change_id)
        walk_file.rename_elements(connection, names=names, **given)

    return _change(use_case, change_id, gettext("The walks name the steps by their new ids."))


def _change(use_case: Callable[..., None], change_id: int, said: str, **given: int) -> Response:
    try:
        with writing() as connection:
            use_case(connection, actor=current_actor(), change_id=change_id, now=current_time(), **given)
    except EngineError as refused:
        flash(message_of(refused), "warning")
        return redirect(url_for(".index", change_id=change_id))
    flash(said, "success")
    _begin(change_id)
    return redirect(url_for(".index", change_id=change_id))


def _begin(change_id: int) -> None:
    """Note the run, then do it in a thread of this process."""
    platform, actor, now = current_platform(), current_actor(), current_time()
    with writing() as connection:
        known = suite.latest(connection, change_id, now=now)
        run_id = suite.begin(connection, actor=actor, change_id=change_id, now=now)
    if known is None or known.id != run_id:
        threading.Thread(target=_run, args=(platform, run_id), name=f"yunzhi-walks-{run_id}", daemon=True).start()


def _run(platform: Platform, run_id: int) -> None:
    try:
        suite.run(platform, run_id)
    except Exception:
        log.exception("run %s of the walks failed", run_id)


def _model(connection: Connection, change_id: int) -> ProcessModel | None:
    """The diagram of the change, if it can be read."""
    found = next(one for one in process_changes.files(connection, change_id).values() if one.kind == "diagram")
    try:
        return read_process(found.content, found.name)
    except DefinitionInvalid:
        return None


@blueprint.app_template_filter("element_names")
def element_names(ids: Any, model: ProcessModel | None) -> str:
    """Elements by their labels in the reader's language."""
    elements = {} if model is None else model.elements
    return gettext(", ").join(elements[one].name(current_language()) or one if one in elements else one for one in ids)
