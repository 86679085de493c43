"""The forms of a process change: edited with form-js, seen as our own renderer draws them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_wtf.csrf import generate_csrf
from sqlalchemy import Connection
from werkzeug.wrappers import Response

from engine.errors import EngineError, NotFound
from engine.forms import FormInvalid, FormSourceInvalid, check_form, load, parse_form
from engine.process_changes import ChangeFile
from engine.process_changes.added_files import add_form
from engine.process_library.uses import elements_with_form, uses_of_form
from webapp import form_editor_words
from webapp.changed_files import opened_change
from webapp.context import current_actor, current_language, current_platform, current_time, reading, writing
from webapp.errors import message_of, status_of
from webapp.forms.context import form_context
from webapp.forms.post import apply_row_action, attach_files, read_post
from webapp.forms.sample_files import SampleFiles
from webapp.forms.view import FormView
from webapp.saving_words import saving_words

blueprint = Blueprint("form_editor", __name__, url_prefix="/process-changes/<int:change_id>/forms")

PREVIEW = "preview"
_MOST_CHARACTERS = 1_000_000


@dataclass(frozen=True)
class ListedForm:
    """A form of the change with its titles; without them if it cannot be read."""

    file: ChangeFile
    title: str


@blueprint.get("")
def index(change_id: int) -> str:
    """The forms of a change, and a new one."""
    return _index(change_id)


@blueprint.post("")
def create(change_id: int) -> Response | tuple[str, int]:
    """Add an empty form and go on editing it."""
    given = {name: request.form.get(name, "").strip() for name in ("key", "name_zh", "name_en")}
    try:
        with writing() as connection:
            name = add_form(connection, actor=current_actor(), change_id=change_id, now=current_time(), **given)
    except EngineError as error:
        if isinstance(error, NotFound):
            raise
        flash(message_of(error), "danger")
        return _index(change_id, given), status_of(error)
    return redirect(url_for(".show", change_id=change_id, name=name))


@blueprint.get("/<name>")
def show(change_id: int, name: str) -> str:
    """The editor of one form with its preview, problems and uses."""
    with reading() as connection:
        change = opened_change(connection, change_id)
        file = change.file(name, "form")
        source = file.content.decode("utf-8", "replace")
        return render_template(
            "form_editor/show.html",
            change=change,
            file=file,
            source=source,
            title=_title(file) or file.key,
            preview=_Preview(connection, change_id, name, source),
            tasks=elements_with_form(change.model, file.key) if change.model is not None else (),
            uses=[one for one in uses_of_form(connection, file.key) if one.row.key != change.key],
            words=form_editor_words.words(),
            saving_words=saving_words(),
        )


@blueprint.post("/<name>/preview")
def preview(change_id: int, name: str) -> str | Response:
    """The form as people would meet it, with sample answers judged as real ones would be; nothing is stored."""
    with reading() as connection:
        opened_change(connection, change_id).file(name, "form")
        drawn = _Preview(connection, change_id, name, request.form.get("_source", ""))
        drawn.answer(request.form.get("_do", "refresh"))
        if "HX-Request" not in request.headers:
            return redirect(url_for(".show", change_id=change_id, name=name))
        return render_template("form_editor/preview.html", preview=drawn)


def _index(change_id: int, given: Mapping[str, str] | None = None) -> str:
    with reading() as connection:
        change = opened_change(connection, change_id)
    listed = [ListedForm(one, _title(one)) for one in change.of_kind("form")]
    return render_template("form_editor/index.html", change=change, forms=listed, given=given or {})


def _title(file: ChangeFile) -> str:
    try:
        return parse_form(file.content, file=file.name).title(current_language())
    except FormSourceInvalid:
        return ""


class _Preview:
    """The form drawn from ``source``, saved or not, with what somebody tries in it."""

    def __init__(self, connection: Connection, change_id: int, name: str, source: str) -> None:
        self.source, self.action = source, url_for("form_editor.preview", change_id=change_id, name=name)
        self.language = "en" if request.form.get("_language", current_language()) == "en" else "zh"
        self.variables_text = request.form.get("_variables", "")
        self.variables, self.variables_refused = _record(self.variables_text)
        self.files = SampleFiles(request.form)
        self._connection = connection
        self.form, self.refused = self._read(name)
        self.faults: list[str] = []
        self.accepted: dict[str, Any] | None = None
        self.view = self._draw(None)

    @property
    def accepted_json(self) -> str:
        """The accepted answers as the process gets them."""
        return json.dumps(self.accepted, ensure_ascii=False, indent=2)

    def answer(self, action: str) -> None:
        """Take what was posted, and do what its button asks."""
        if self.form is None:
            return
        data = read_post(self.form, request.form, current_platform().settings.zone)
        data = attach_files(self.form, data, request.files, self.files)
        if action not in ("submit", "refresh"):
            data = apply_row_action(self.form, data, action, self._context())
        errors = None
        if action == "submit":
            self.faults = self._faults()
        if action == "submit" and not self.faults:
            try:
                self.accepted = load(self.form, data, self.variables, self._context())
            except FormInvalid as invalid:
                errors = invalid.details["fields"]
        self.view = self._draw(data, errors)

    def _read(self, name: str) -> tuple[Any, list[str]]:
        try:
            return parse_form(self.source[: _MOST_CHARACTERS + 1], file=name), []
        except FormSourceInvalid as invalid:
            return None, [one[self.language] for one in invalid.details["problems"]]

    def _faults(self) -> list[str]:
        """What would keep the form from being published: answers cannot be judged by it."""
        functions = current_platform().runtime.host_functions(self._connection)
        found = check_form(self.form, functions) if self.form is not None else []
        return [one.zh if self.language == "zh" else one.en for one in found if one.level == "error"]

    def _context(self) -> Any:
        context = form_context(self._connection, variables=self.variables, files=self.files.known)
        return replace(context, language=self.language)

    def _draw(self, data: Mapping[str, Any] | None, errors: Mapping[str, list[str]] | None = None) -> FormView | None:
        if self.form is None:
            return None
        return FormView(
            self.form,
            data,
            context=self._context(),
            initial=self.variables,
            errors=errors,
            action=self.action,
            id=PREVIEW,
            csrf_token=generate_csrf(),
        )


def _record(text: str) -> tuple[dict[str, Any], bool]:
    """The sample data of the case, and whether it could not be read."""
    if not text.strip():
        return {}, False
    try:
        found = json.loads(text[:_MOST_CHARACTERS])
    except (ValueError, RecursionError):
        return {}, True
    return (found, False) if isinstance(found, dict) else ({}, True)
