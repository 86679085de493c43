"""试跑: a change run in a sandbox: as any person or role, with a clock one can move, step by step and back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import closing
from typing import Any

from flask import Blueprint, flash, render_template, request, url_for
from flask_babel import gettext
from markupsafe import Markup
from werkzeug.wrappers import Response

from engine import process_changes
from engine.definitions.problems import DefinitionInvalid
from engine.definitions.translate import translated_xml
from engine.errors import Conflict, EngineError
from engine.forms import FormInvalid
from engine.store.types import Record
from engine.trials import answers, suite, trial, walk_file
from engine.trials.sandbox import TimeRunsForward
from engine.trials.trial import Live
from engine.trials.walk import WalksInvalid, iso, take
from webapp.case_view import diagram_of
from webapp.context import (
    current_actor,
    current_language,
    current_platform,
    current_time,
    elsewhere,
    reading,
    writing,
)
from webapp.errors import message_of
from webapp.pages.trial_beginnings import beginning_of
from webapp.process_words import ProcessWords
from webapp.trial_forms import (
    draw_task,
    go_to,
    live_trials,
    moment_of,
    name_of,
    read_task,
    start_form,
    typed_variables,
)
from webapp.trial_view import choices_of, view_of, waiting

blueprint = Blueprint("trial", __name__)
_LENGTHS = {"hour": "PT1H", "day": "P1D", "week": "P7D"}


class TrialTaskGone(Conflict):
    """The task of the page does not wait any more."""

    code = "trial_task_gone"
    zh = "该任务已不在等待"
    en = "This task is not waiting any more"


@blueprint.get("/process-changes/<int:change_id>/trials")
def index(change_id: int) -> str:
    """Begin a trial, or go on with an earlier one."""
    beginning = beginning_of(change_id)
    with reading() as connection:
        given: dict[str, Any] = {
            "change": beginning.change,
            "at": beginning.at,
            "name": name_of(connection, beginning.change),
            "trials": trial.listed(connection, current_actor(), change_id),
            "run": suite.latest(connection, change_id, now=current_time()),
        }
        try:
            walks = walk_file.walks_of(connection, change_id)
        except WalksInvalid:
            walks = ()
    given["walks"] = [(number, one.zh if current_language() == "zh" else one.en) for number, one in enumerate(walks)]
    try:
        sandbox = beginning.sandbox()
    except DefinitionInvalid as invalid:
        return render_template("trials/index.html", problems=invalid.problems, **given)
    with closing(sandbox), elsewhere(sandbox.platform) as connection:
        model, by_hand, _ = start_form(sandbox, connection, beginning.key)
        starters = choices_of(sandbox.starters(beginning.key), ProcessWords(connection))
        given |= {"by_hand": by_hand, "starters": starters, "due_at": sandbox.next_due_at()}
    messages = [(one.event_reference, one.event_reference) for one in model.start_events() if one.event == "message"]
    return render_template("trials/index.html", problems=(), messages=messages, me=current_actor().login, **given)


@blueprint.get("/trials/<int:trial_id>")
def show(trial_id: int) -> str:
    """How things stand, and what can be done next."""
    return _page(trial_id)


@blueprint.get("/trials/<int:trial_id>/diagram")
def diagram(trial_id: int) -> Response:
    """The diagram of the change, or of a process it calls, with its labels in the reader's language."""
    row = _row(trial_id)
    with live_trials().use(current_platform(), row) as live, elsewhere(live.sandbox.platform) as connection:
        latest = live.sandbox.platform.runtime.library.latest(connection, row.process_key)
        model = diagram_of(connection, latest.id, request.args.get("process", row.process_key))
    return Response(translated_xml(model, current_language()), mimetype="application/xml")


@blueprint.get("/trials/<int:trial_id>/tasks/<element_id>")
def task(trial_id: int, element_id: str) -> str | Response:
    """A task with its real form, as somebody."""
    row = _row(trial_id)
    with live_trials().use(current_platform(), row) as live:
        item = waiting(live.sandbox, element_id, _nth())
        if item is not None:
            drawn = draw_task(live.sandbox, item, _by(), _address(trial_id, element_id))
    if item is None:
        flash(TrialTaskGone().message(current_language()), "warning")
        return go_to(url_for(".show", trial_id=trial_id))
    return drawn.page(url_for(".show", trial_id=trial_id))


@blueprint.post("/trials/<int:trial_id>/tasks/<element_id>")
def do(trial_id: int, element_id: str) -> Response | str | tuple[str, int]:
    """Do it, or answer what the form's own buttons ask."""
    row, back = _row(trial_id), url_for(".show", trial_id=trial_id)
    try:
        with live_trials().use(current_platform(), row) as live:
            item = waiting(live.sandbox, element_id, _nth())
            if item is None:
                raise TrialTaskGone()
            posted = read_task(live.sandbox, item)
            if not posted.is_sent:
                return draw_task(live.sandbox, item, _by(), _address(trial_id, element_id), posted).page(back)
            step: dict[str, Any] = {"do": element_id, "by": _by(), "with": posted.data}
            step |= {"nth": _nth()} if _nth() else {}
            try:
                take(live.sandbox, live.instance_id, step)
            except FormInvalid as invalid:
                errors = invalid.details["fields"]
                drawn = draw_task(live.sandbox, item, _by(), _address(trial_id, element_id), posted, errors)
                return drawn.page(back), 422
            with live.sandbox.platform.database.read() as connection:
                step["with"] = answers.last_task_answers(connection, item.instance_id)
            _note(row, live, step)
    except EngineError as refused:
        flash(message_of(refused), "danger")
    return go_to(back)


@blueprint.post("/trials/<int:trial_id>/clock")
def move_clock(trial_id: int) -> Response:
    """Let time pass: a while, to the next deadline, or to a moment."""
    choice = request.form.get("to", "")

    def step(live: Live) -> dict[str, Any]:
        now = live.sandbox.now
        if choice in _LENGTHS:
            return {"wait": _LENGTHS[choice]}
        if choice == "next":
            return {"wait": iso(max(live.sandbox.next_deadline_at() or now, now) - now)}
        wanted = moment_of(request.form.get("at", ""))
        if wanted < now:
            raise TimeRunsForward()
        return {"wait": iso(wanted - now)}

    return _step(trial_id, step)


@blueprint.post("/trials/<int:trial_id>/messages")
def send(trial_id: int) -> Response:
    """A message that a case waits for arrives."""
    number = request.form.get("message", type=int) or 0

    def step(live: Live) -> dict[str, Any]:
        awaited = live.sandbox.awaited_messages()
        if not 0 <= number < len(awaited):
            raise TrialTaskGone()
        found = awaited[number]
        return {"message": found.message, "key": found.correlation_key, "with": typed_variables()}

    return _step(trial_id, step)


@blueprint.post("/trials/<int:trial_id>/undo")
def undo(trial_id: int) -> Response:
    """Take the last step back, or all from the one on that could not be done again."""
    row = _row(trial_id)
    with writing() as connection:
        trial.undo(connection, actor=current_actor(), row=row, to=request.form.get("to", type=int))
    return go_to(url_for(".show", trial_id=trial_id))


@blueprint.post("/trials/<int:trial_id>/keep")
def keep(trial_id: int) -> Response | tuple[str, int]:
    """Keep what was tried as a walk of the change."""
    row = _row(trial_id)
    given = {name: request.form.get(name, "") for name in ("zh", "en")}
    with live_trials().use(current_platform(), row) as live:
        result = live.result
    try:
        with writing() as connection:
            trial.keep(connection, actor=current_actor(), row=row, result=result, now=current_time(), **given)
    except EngineError as refused:
        return _page(trial_id, given, message_of(refused)), 422
    flash(gettext("Kept as a walk. It is done again at every change of the process."), "success")
    return go_to(url_for("walk_run.index", change_id=row.change_id))


def _row(trial_id: int) -> Record:
    with reading() as connection:
        return trial.get(connection, current_actor(), trial_id)


def _by() -> str:
    return request.args.get("by", "")


def _nth() -> int:
    return request.args.get("nth", type=int) or 0


def _address(trial_id: int, element_id: str) -> str:
    return url_for(".do", trial_id=trial_id, element_id=element_id, by=_by(), nth=_nth())


def _step(trial_id: int, step: Callable[[Live], Mapping[str, Any]]) -> Response:
    row = _row(trial_id)
    try:
        with live_trials().use(current_platform(), row) as live:
            taken = step(live)
            take(live.sandbox, live.instance_id, taken)
            _note(row, live, taken)
    except EngineError as refused:
        flash(message_of(refused), "danger")
    return go_to(url_for(".show", trial_id=trial_id))


def _note(row: Record, live: Live, step: Mapping[str, Any]) -> None:
    with writing() as connection:
        live.revision = trial.note_step(connection, actor=current_actor(), row=row, step=step)


def _page(trial_id: int, given: Mapping[str, str] | None = None, refused: str = "") -> str:
    row = _row(trial_id)
    with reading() as connection:
        change = process_changes.get(connection, current_actor(), row.change_id)
        may_keep = process_changes.may_edit(connection, current_actor(), change)
        name = name_of(connection, change)
    shown: dict[str, Any] = {"row": row, "change": change, "may_keep": may_keep, "name": name}
    shown |= {"given": given or {}, "refused": refused}
    try:
        with live_trials().use(current_platform(), row) as live:
            view = view_of(live)
            with elsewhere(live.sandbox.platform):
                stage = Markup(render_template("trials/stage.html", view=view, **shown))  # noqa: S704 - a template's
    except DefinitionInvalid as invalid:
        return render_template("trials/show.html", stage="", problems=invalid.problems, **shown)
    return render_template("trials/show.html", stage=stage, problems=(), **shown)
