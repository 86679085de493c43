"""流程变更: changing a process from the first edit to the day it comes into force."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from sqlalchemy import Connection
from werkzeug.wrappers import Response

from engine import groups, process_changes, process_library
from engine.actors import Actor
from engine.definitions.model import read_process
from engine.definitions.problems import DefinitionInvalid
from engine.definitions.translate import translated_xml
from engine.errors import EngineError
from engine.process_changes import Submission
from engine.process_library import BundleRefused
from engine.trials import proving, suite
from webapp import change_view, difference_words, process_words
from webapp.context import current_actor, current_language, current_platform, current_time, reading, writing
from webapp.errors import message_of, status_of
from webapp.moments import DayInvalid
from webapp.process_words import ProcessWords
from webapp.processes import process_names

blueprint = Blueprint("process_change", __name__, url_prefix="/process-changes")
for words in (difference_words.thing_name, difference_words.aspect_name, difference_words.aspect_value):
    blueprint.add_app_template_filter(words)


@blueprint.get("")
def index() -> str:
    """The changes under way that the reader has to do with."""
    with reading() as connection:
        actor = current_actor()
        changes = process_changes.listed(connection, actor)
        return render_template(
            "process_changes/index.html",
            changes=changes,
            names=process_names(connection, current_language()),
            waiting={one.id for one in changes if process_changes.may_review(connection, actor, one)},
            may_open_new=process_changes.may_open_new(connection, actor),
        )


@blueprint.post("")
def create() -> Response:
    """Begin to change a published process; if somebody has begun already, go there."""
    key = request.form.get("key", "")
    with reading() as connection:
        known = process_changes.open_of(connection, key)
    if known is not None:
        return redirect(url_for(".show", change_id=known.id))
    with writing() as connection:
        change_id = process_changes.open_change(connection, actor=current_actor(), key=key, now=current_time())
    return redirect(url_for(".show", change_id=change_id))


@blueprint.get("/new")
def new() -> str:
    """Begin a process that does not exist yet."""
    return _new_page({})


@blueprint.post("/new")
def create_new() -> Response | tuple[str, int]:
    """Begin it."""
    given = {name: request.form.get(name, "").strip() for name in ("key", "name_zh", "name_en", "area")}
    owner_group, reviewer_group = request.form.get("owner_group", ""), request.form.get("reviewer_group", "")
    try:
        with writing() as connection:
            change_id = process_changes.open_new(
                connection,
                actor=current_actor(),
                now=current_time(),
                owner_group=owner_group,
                reviewer_group=reviewer_group,
                **given,
            )
    except EngineError as refused:
        given |= {"owner_group": owner_group, "reviewer_group": reviewer_group}
        return _new_page(given, refused), status_of(refused)
    return redirect(url_for(".show", change_id=change_id))


@blueprint.get("/<int:change_id>")
def show(change_id: int) -> str:
    """A change: its files, what they change, what is wrong with them, and how far it is."""
    return _page(change_id)


@blueprint.get("/<int:change_id>/diagram.bpmn")
def diagram(change_id: int) -> Response:
    """The diagram with its labels in the reader's language, for looking at."""
    with reading() as connection:
        process_changes.get(connection, current_actor(), change_id)
        own = change_view.diagram_of(connection, change_id)
    model = read_process(own.content, own.name)
    return Response(translated_xml(model, current_language()), mimetype="application/xml")


@blueprint.post("/<int:change_id>/submit")
def submit(change_id: int) -> Response | tuple[str, int]:
    """Hand it to the reviewers."""
    given = {name: request.form.get(name, "").strip() for name in ("reason", "effective_on")}

    def act(connection: Connection, actor: Actor, now: datetime) -> None:
        said = Submission(given["reason"], _moment(given["effective_on"], now), _walks_hold(connection, change_id))
        runtime = current_platform().runtime
        process_changes.submit(connection, runtime, actor=actor, change_id=change_id, said=said, now=now)

    return _done(change_id, act, gettext("Submitted. The reviewers have been told."), given)


@blueprint.post("/<int:change_id>/withdraw")
def withdraw(change_id: int) -> Response | tuple[str, int]:
    """Take it back."""
    return _act(change_id, process_changes.withdraw, gettext("Taken back. You can go on editing."))


@blueprint.post("/<int:change_id>/rebase")
def rebase(change_id: int) -> Response | tuple[str, int]:
    """Base it on the version in force."""
    return _act(change_id, process_changes.rebase, gettext("Now compared with the version in force."))


@blueprint.post("/<int:change_id>/discard")
def discard(change_id: int) -> Response | tuple[str, int]:
    """Give it up."""
    return _act(change_id, process_changes.discard, gettext("Given up. Nothing was published."))


@blueprint.post("/<int:change_id>/review")
def review(change_id: int) -> Response | tuple[str, int]:
    """Approve it, or send it back with the reason."""
    note = request.form.get("note", "")
    approves = request.form.get("verdict") == "approve"

    def act(connection: Connection, actor: Actor, now: datetime) -> None:
        verdict = process_changes.approve if approves else process_changes.send_back
        verdict(connection, actor=actor, change_id=change_id, note=note, now=now)
        # Where the house has moved on since the walks were run, the worker runs them again and publishes then.
        if approves and change_id in process_changes.due(connection, now) and proving.stands(connection, change_id):
            process_changes.put_in_force(current_platform().runtime, connection, change_id, now=now)

    said = gettext("Approved.") if approves else gettext("Sent back to its author.")
    return _done(change_id, act, said, {"note": note})


@blueprint.post("/<int:change_id>/files")
def upload(change_id: int) -> Response | tuple[str, int]:
    """Take files somebody made elsewhere into the change, all or none."""
    limit = process_library.LIMIT_BYTES + 1
    files = [(one.filename, one.stream.read(limit)) for one in request.files.getlist("files") if one.filename]

    def act(connection: Connection, actor: Actor, now: datetime) -> None:
        sources = process_library.read_upload(files)
        known = process_changes.files(connection, change_id)
        parts = (sources.processes, sources.rules, sources.paths, sources.forms, sources.decisions)
        for path, content in (one for part in parts for one in part.items()):
            name = path.rpartition("/")[2]
            revision = known[name].revision if name in known else 0
            process_changes.save_file(
                connection, actor=actor, change_id=change_id, name=name, content=content, revision=revision, now=now
            )

    return _done(change_id, act, gettext("The files are in the change."), {})


@blueprint.post("/<int:change_id>/files/<name>/remove")
def remove(change_id: int, name: str) -> Response | tuple[str, int]:
    """Take a file out of the change."""

    def act(connection: Connection, actor: Actor, now: datetime) -> None:
        process_changes.remove_file(connection, actor=actor, change_id=change_id, name=name, now=now)

    return _done(change_id, act, gettext("Taken out of the change."), {})


def _act(change_id: int, use_case: Callable[..., None], said: str) -> Response | tuple[str, int]:
    def act(connection: Connection, actor: Actor, now: datetime) -> None:
        use_case(connection, actor=actor, change_id=change_id, now=now)

    return _done(change_id, act, said, {})


def _done(
    change_id: int, act: Callable[[Connection, Actor, datetime], None], said: str, given: dict[str, str]
) -> Response | tuple[str, int]:
    """Do it and show the change; what is refused is shown with the reason and what was typed."""
    try:
        with writing() as connection:
            act(connection, current_actor(), current_time())
    except DefinitionInvalid as refused:
        return _page(change_id, refused=message_of(refused), given=given), 422
    except (BundleRefused, EngineError) as refused:
        if refused.code in ("change_unknown", "process_not_owned"):
            raise
        fields = refused.details.get("fields", [])
        return _page(change_id, refused=message_of(refused), fields=fields, given=given), status_of(refused)
    flash(said, "success")
    return redirect(url_for(".show", change_id=change_id))


def _page(
    change_id: int, *, refused: str = "", fields: list[str] | None = None, given: dict[str, str] | None = None
) -> str:
    actor, now = current_actor(), current_time()
    with reading() as connection:
        change = process_changes.get(connection, actor, change_id)
        base, titles = process_changes.base_of(connection, change_id), change_view.titles(connection, change_id)
        return render_template(
            "process_changes/show.html",
            change=change,
            files=process_changes.files(connection, change_id).values(),
            changed=process_changes.changed_files(connection, change_id),
            problems=change_view.problems(connection, change),
            reached=change_view.reached(connection, change),
            difference=change_view.difference(connection, change, base),
            told=change_view.told(connection, base, titles),
            name=change_view.name(connection, change),
            titles=titles,
            owner=process_changes.owner_of(connection, change.process_key),
            may_edit=process_changes.may_edit(connection, actor, change),
            owns=process_changes.owns(connection, actor, change.process_key),
            may_review=process_changes.may_review(connection, actor, change),
            is_outdated=process_changes.is_outdated(connection, change),
            walks=suite.latest(connection, change_id, now=now),
            has_walks=any(one.kind == "paths" for one in process_changes.files(connection, change_id).values()),
            lock=process_changes.lock_of(change, actor, now),
            phrases=process_words,
            refused=refused,
            fields=fields or [],
            given=given or {},
        )


def _moment(day: str, now: datetime) -> datetime | None:
    """The beginning of a day where the organisation is; None for no day."""
    if not day:
        return None
    try:
        wanted = date.fromisoformat(day)
    except ValueError as error:
        raise DayInvalid(fields=["effective_on"]) from error
    zone = current_platform().settings.zone
    if wanted == now.astimezone(zone).date():
        return None
    return datetime.combine(wanted, time(), zone)


def _walks_hold(connection: Connection, change_id: int) -> bool:
    """Whether every walk of the change was done on its present files and ended as it says."""
    if not any(one.kind == "paths" for one in process_changes.files(connection, change_id).values()):
        return True
    run = suite.latest(connection, change_id)
    return run is not None and run.holds


def _new_page(given: dict[str, str], refused: EngineError | None = None) -> str:
    actor = current_actor()
    with reading() as connection:
        if not process_changes.may_open_new(connection, actor):
            raise process_changes.NotAnOwner(key="")
        return render_template(
            "process_changes/new.html",
            given=given,
            refused="" if refused is None else message_of(refused),
            fields=[] if refused is None else refused.details.get("fields", []),
            groups=groups.listed(connection),
            may_choose_owner=actor.is_administrator,
            words=ProcessWords(connection),
        )
