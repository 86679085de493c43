"""How a trial begins: with the start form, by the clock, by a message, or as one of the walks does."""

from __future__ import annotations

from contextlib import ExitStack, closing
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Blueprint, flash, request, url_for
from werkzeug.wrappers import Response

from engine import process_changes
from engine.errors import EngineError
from engine.forms import FormInvalid
from engine.store.types import Record
from engine.trials import answers, suite, trial, walk_file
from engine.trials.sandbox import Sandbox
from engine.trials.trial import Live
from engine.trials.walk import DEFAULT_BEGINNING, OWN, begin, iso
from webapp.context import current_actor, current_platform, current_time, reading, writing
from webapp.errors import message_of
from webapp.trial_forms import (
    draw_start,
    go_to,
    live_trials,
    moment_of,
    read_start,
    typed,
    typed_variables,
)

blueprint = Blueprint("trial_beginning", __name__, url_prefix="/process-changes/<int:change_id>/trials/begin")


@dataclass(frozen=True)
class Beginning:
    """What is known before a trial begins."""

    change: Record
    at: datetime
    own_data: bool

    @property
    def key(self) -> str:
        """The process that is tried."""
        return str(self.change.process_key)

    @property
    def data(self) -> dict[str, str]:
        """What a walk says of the customers, projects and parts it is done with."""
        return {"master_data": OWN} if self.own_data else {}

    @property
    def index(self) -> str:
        """Where one chooses how to begin."""
        return url_for("trial.index", change_id=self.change.id)

    def sandbox(self) -> Sandbox:
        """A fresh copy of the house. Raises ``DefinitionInvalid``."""
        return live_trials().fresh(current_platform(), self.change.id, at=self.at, own_data=self.own_data)


@blueprint.get("")
def fill_in(change_id: int) -> str:
    """The start form, for whoever starts."""
    beginning = beginning_of(change_id)
    with closing(beginning.sandbox()) as sandbox:
        drawn = draw_start(sandbox, beginning.key, request.args.get("by", ""), _address(beginning))
    return drawn.page(beginning.index)


@blueprint.post("")
def create(change_id: int) -> Response | str | tuple[str, int]:
    """Begin."""
    beginning, how = beginning_of(change_id), request.form.get("how", "")
    try:
        if how == "walk":
            return _as_walk(beginning)
        if how == "clock":
            return _by_clock(beginning)
        if how == "message":
            return _by_message(beginning)
        return _with_form(beginning)
    except EngineError as refused:
        flash(message_of(refused), "danger")
        return go_to(beginning.index)


def beginning_of(change_id: int) -> Beginning:
    """What is known of a trial that is to begin. Raises ``NotAnOwner``."""
    with reading() as connection:
        change = process_changes.get(connection, current_actor(), change_id)
        own_data = trial.has_own_data(connection)
    given = request.values.get("at", "")
    return Beginning(change, moment_of(given) if given else current_time().replace(second=0, microsecond=0), own_data)


def _address(beginning: Beginning) -> str:
    return url_for(".create", change_id=beginning.change.id, by=request.args.get("by", ""), at=typed(beginning.at))


def _with_form(beginning: Beginning) -> Response | str | tuple[str, int]:
    by = request.args.get("by", "")
    with ExitStack() as stack:
        sandbox = stack.enter_context(closing(beginning.sandbox()))
        posted = read_start(sandbox, beginning.key)
        if not posted.is_sent:
            return draw_start(sandbox, beginning.key, by, _address(beginning), posted).page(beginning.index)
        start: dict[str, Any] = {"by": by, "with": posted.data, **beginning.data}
        try:
            instance_id = begin(sandbox, beginning.key, start)
        except FormInvalid as invalid:
            errors = invalid.details["fields"]
            drawn = draw_start(sandbox, beginning.key, by, _address(beginning), posted, errors)
            return drawn.page(beginning.index), 422
        with sandbox.platform.database.read() as connection:
            started = answers.events(connection, instance_id)[0]
            start["with"] = answers.start_answers(connection, instance_id, started)
        return _begun(beginning, stack, sandbox, instance_id, start)


def _as_walk(beginning: Beginning) -> Response:
    number = request.form.get("walk", type=int) or 0
    with reading() as connection:
        walks = walk_file.walks_of(connection, beginning.change.id)
    if not 0 <= number < len(walks):
        raise suite.WalkGone()
    walk = walks[number]
    as_walk = Beginning(beginning.change, walk.at or DEFAULT_BEGINNING, beginning.own_data and walk.needs_own_data)
    return _plainly(as_walk, dict(walk.start))


def _by_clock(beginning: Beginning) -> Response:
    with closing(beginning.sandbox()) as sandbox:
        due_at = max(sandbox.next_due_at() or sandbox.now, sandbox.now)
        return _plainly(beginning, {"after": iso(due_at - sandbox.now), **beginning.data})


def _by_message(beginning: Beginning) -> Response:
    key = request.form.get("key", "").strip() or "T-001"
    said = {"message": request.form.get("message", ""), "key": key, "with": typed_variables()}
    return _plainly(beginning, {**said, **beginning.data})


def _plainly(beginning: Beginning, start: dict[str, Any]) -> Response:
    with ExitStack() as stack:
        sandbox = stack.enter_context(closing(beginning.sandbox()))
        instance_id = begin(sandbox, beginning.key, start)
        return _begun(beginning, stack, sandbox, instance_id, start)


def _begun(
    beginning: Beginning, stack: ExitStack, sandbox: Sandbox, instance_id: str, start: dict[str, Any]
) -> Response:
    """Keep the trial; from now on its sandbox is among the live ones."""
    change_id = beginning.change.id
    with writing() as connection:
        trial_id = trial.note_begun(
            connection, actor=current_actor(), change_id=change_id, at=beginning.at, start=start, now=current_time()
        )
        files_hash = process_changes.files_hash(connection, change_id)
    stack.pop_all()
    live_trials().put(trial_id, Live(sandbox, files_hash, 0, instance_id, None))
    return go_to(url_for("trial.show", trial_id=trial_id))
