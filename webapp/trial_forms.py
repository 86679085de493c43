"""The forms of a trial: drawn and read in its sandbox, files by name only; and what every page of a trial needs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, BinaryIO

import orjson
from flask import current_app, redirect, render_template, request
from flask_babel import gettext
from flask_wtf.csrf import generate_csrf
from markupsafe import Markup
from sqlalchemy import Connection
from werkzeug.wrappers import Response

from engine import instances, submissions
from engine.definitions.model import ProcessModel
from engine.errors import Invalid
from engine.forms import FileInfo, Form, FormContext
from engine.store.types import Record
from engine.trials.acting import FILE_MARK
from engine.trials.sandbox import Sandbox
from engine.trials.trial import LiveTrials
from webapp.context import current_language, current_platform, elsewhere
from webapp.forms.post import apply_row_action, attach_files, read_post
from webapp.forms.view import FormView
from webapp.process_words import ProcessWords
from webapp.processes import process_names


class TrialInputInvalid(Invalid):
    """No moment that a calendar has, or no JSON."""

    code = "trial_input_invalid"
    zh = "无法识别：{what}"
    en = "This cannot be read: {what}"


@dataclass(frozen=True)
class DrawnForm:
    """A form of a sandbox as HTML, with the title of its page and whose hand fills it in."""

    title: str
    who: str
    fields: Markup

    def page(self, back: str) -> str:
        """The whole page, or only the form when htmx asks for it again."""
        if "HX-Request" in request.headers:
            return str(self.fields)
        return render_template("trials/fill_in.html", drawn=self, back=back)


@dataclass(frozen=True)
class PostedForm:
    """A form as it was posted; ``action`` is the button that was pressed."""

    data: dict[str, Any]
    files: Mapping[str, FileInfo]
    action: str

    @property
    def is_sent(self) -> bool:
        """Whether it was submitted, not only changed."""
        return self.action == "submit"


class TrialFiles:
    """Files of a form in a trial: only their names are kept; a stand-in is uploaded when the form is sent."""

    def __init__(self, given: Any) -> None:
        self.known = {mark: _info(mark) for mark in _marks(given)}

    def save(self, stream: BinaryIO, name: str, content_type: str) -> FileInfo:
        """Note the name of a file."""
        info = _info(f"{FILE_MARK}{name[:100]}")
        self.known[info.id] = info
        return info


def live_trials() -> LiveTrials:
    """The sandboxes of this process."""
    found = current_app.extensions.setdefault("yunzhi_trials", LiveTrials())
    assert isinstance(found, LiveTrials)
    return found


def name_of(connection: Connection, change: Record) -> str:
    """What the process of a change is called, if it is published."""
    return process_names(connection, current_language()).get(change.process_key, str(change.process_key))


def start_form(sandbox: Sandbox, connection: Connection, key: str) -> tuple[ProcessModel, bool, Form | None]:
    """The diagram of a process in a sandbox, whether people may start it by hand, and the form for it."""
    library = sandbox.platform.runtime.library
    process = library.latest(connection, key)
    plain = process.model.plain_start
    form = library.form(connection, process.id, plain.form_key) if plain is not None and plain.form_key else None
    return process.model, plain is not None, form


def draw_start(
    sandbox: Sandbox,
    key: str,
    by: str,
    address: str,
    posted: PostedForm | None = None,
    errors: dict[str, list[str]] | None = None,
) -> DrawnForm:
    """The start form of a process for whoever starts it."""
    with elsewhere(sandbox.platform) as connection:
        model, _, form = start_form(sandbox, connection, key)
        view = None if form is None else _view(sandbox, connection, form, {}, {}, address, posted, errors)
        return _drawn(connection, model.name(current_language()), by, address, view, gettext("Begin"))


def draw_task(
    sandbox: Sandbox,
    item: Record,
    by: str,
    address: str,
    posted: PostedForm | None = None,
    errors: dict[str, list[str]] | None = None,
) -> DrawnForm:
    """The form of a waiting task for whoever does it."""
    runtime, title = sandbox.platform.runtime, item.name_zh if current_language() == "zh" else item.name_en
    with elsewhere(sandbox.platform) as connection:
        form, view = submissions.work_item_form(runtime, connection, item), None
        if form is not None:
            variables = instances.waiting_variables(runtime, connection, item, now=sandbox.now)
            initial = submissions.earlier_answers(runtime, connection, item, form, variables)
            view = _view(sandbox, connection, form, variables, initial, address, posted, errors)
        return _drawn(connection, title, by, address, view, gettext("Submit") if view else gettext("Confirm"))


def read_start(sandbox: Sandbox, key: str) -> PostedForm:
    """The start form as it was posted."""
    with elsewhere(sandbox.platform) as connection:
        _, _, form = start_form(sandbox, connection, key)
        return _posted(form, _context(sandbox, connection, {}, {}))


def read_task(sandbox: Sandbox, item: Record) -> PostedForm:
    """The form of a task as it was posted."""
    runtime = sandbox.platform.runtime
    with elsewhere(sandbox.platform) as connection:
        form = submissions.work_item_form(runtime, connection, item)
        variables = instances.waiting_variables(runtime, connection, item, now=sandbox.now)
        return _posted(form, _context(sandbox, connection, variables, {}))


def go_to(address: str) -> Response:
    """Send the browser there, whether htmx asks or a form without scripts."""
    if "HX-Request" in request.headers:
        return Response(status=204, headers={"HX-Redirect": address})
    return redirect(address)


def moment_of(text: str) -> datetime:
    """A moment as typed, in the organisation's zone. Raises ``TrialInputInvalid``."""
    try:
        given = datetime.fromisoformat(text)
    except ValueError as error:
        raise TrialInputInvalid(what=text[:40] or "—") from error
    return given if given.tzinfo else given.replace(tzinfo=current_platform().settings.zone)


def typed(at: datetime) -> str:
    """A moment as ``moment_of`` reads it."""
    return at.astimezone(current_platform().settings.zone).strftime("%Y-%m-%dT%H:%M")


def typed_variables() -> dict[str, Any]:
    """The variables of a message, typed as JSON. Raises ``TrialInputInvalid``."""
    text = request.form.get("variables", "").strip() or "{}"
    try:
        given = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise TrialInputInvalid(what=str(error)) from error
    if not isinstance(given, dict):
        raise TrialInputInvalid(what=text[:40])
    return given


def _view(
    sandbox: Sandbox,
    connection: Connection,
    form: Form,
    variables: Mapping[str, Any],
    initial: Mapping[str, Any],
    address: str,
    posted: PostedForm | None,
    errors: dict[str, list[str]] | None,
) -> FormView:
    return FormView(
        form,
        None if posted is None else posted.data,
        context=_context(sandbox, connection, variables, {} if posted is None else posted.files),
        initial=initial,
        errors=errors,
        action=address,
        id="trial-form",
        csrf_token=generate_csrf(),
    )


def _drawn(connection: Connection, title: str, by: str, address: str, view: FormView | None, yes: str) -> DrawnForm:
    words = ProcessWords(connection)
    fields = render_template("trials/form.html", view=view, address=address, yes=yes)
    return DrawnForm(title, words.people.get(by) or words.group(by), Markup(fields))  # noqa: S704 - a template's


def _posted(form: Form | None, context: FormContext) -> PostedForm:
    action = request.form.get("_do", "submit")
    if form is None:
        return PostedForm({}, {}, "submit")
    data = read_post(form, request.form, current_platform().settings.zone)
    files = TrialFiles(data)
    data = attach_files(form, data, request.files, files)
    if action not in ("submit", "refresh"):
        data = apply_row_action(form, data, action, context)
    return PostedForm(data, files.known, action)


def _context(
    sandbox: Sandbox, connection: Connection, variables: Mapping[str, Any], files: Mapping[str, FileInfo]
) -> FormContext:
    return submissions.form_context(
        sandbox.platform.runtime,
        connection,
        language=current_language(),
        now=sandbox.now,
        variables=variables,
        files=files,
    )


def _info(mark: str) -> FileInfo:
    name = mark.removeprefix(FILE_MARK)
    return FileInfo(mark, name, len(name.encode()), "text/plain")


def _marks(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value] if value.startswith(FILE_MARK) else []
    inner = value.values() if isinstance(value, Mapping) else value if isinstance(value, list) else ()
    return [one for part in inner for one in _marks(part)]
