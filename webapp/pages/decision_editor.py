"""The decision tables of a process change: edited with dmn-js, tried row by row by our own engine."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from sqlalchemy import Connection
from werkzeug.wrappers import Response

from engine.decisions import DecisionModel, DecisionSourceInvalid, read_decisions
from engine.decisions.trying import Outcome, TriedInput, TriedRow
from engine.errors import EngineError, NotFound
from engine.feel import EvaluationContext
from engine.process_changes.added_files import add_decision
from engine.process_library.uses import elements_with_decision, uses_of_decision
from webapp import decision_editor_words
from webapp.changed_files import opened_change
from webapp.context import current_actor, current_language, current_platform, current_time, reading, writing
from webapp.errors import message_of, status_of
from webapp.saving_words import saving_words

blueprint = Blueprint("decision_editor", __name__, url_prefix="/process-changes/<int:change_id>/decisions")

# Where an input's value stands in the posted form.
_INPUT = "in:"
_STEPS = 100_000


@blueprint.get("")
def index(change_id: int) -> str:
    """The decision tables of a change, and a new one."""
    return _index(change_id)


@blueprint.post("")
def create(change_id: int) -> Response | tuple[str, int]:
    """Add a decision table without rules and go on editing it."""
    given = {name: request.form.get(name, "").strip() for name in ("key", "name_zh", "name_en")}
    try:
        with writing() as connection:
            name = add_decision(connection, actor=current_actor(), change_id=change_id, now=current_time(), **given)
    except EngineError as error:
        if isinstance(error, NotFound):
            raise
        flash(message_of(error), "danger")
        return _index(change_id, given), status_of(error)
    return redirect(url_for(".show", change_id=change_id, name=name))


@blueprint.get("/<name>")
def show(change_id: int, name: str) -> str:
    """The editor of one file of decisions with a row to try, problems and uses."""
    with reading() as connection:
        change = opened_change(connection, change_id)
        file = change.file(name, "decisions")
        source = file.content.decode("utf-8", "replace")
        model = _model(file.content)
        keys = list(model.decisions) if model is not None else []
        tasks = (
            [] if change.model is None else [one for key in keys for one in elements_with_decision(change.model, key)]
        )
        uses = {one.row.key: one for key in keys for one in uses_of_decision(connection, key)}
        return render_template(
            "decision_editor/show.html",
            change=change,
            file=file,
            source=source,
            title=_title(model) or file.key,
            row=_Row(connection, change_id, name, source),
            tasks=tasks,
            uses=[one for key, one in uses.items() if key != change.key],
            words=decision_editor_words.words(),
            saving_words=saving_words(),
        )


@blueprint.post("/<name>/test")
def test(change_id: int, name: str) -> str | Response:
    """Which rules match a row of values and what comes out, for the table as it was sent; nothing is stored."""
    with reading() as connection:
        opened_change(connection, change_id).file(name, "decisions")
        row = _Row(connection, change_id, name, request.form.get("_source", ""))
        if "HX-Request" not in request.headers:
            return redirect(url_for(".show", change_id=change_id, name=name))
        return render_template("decision_editor/row.html", row=row)


def _index(change_id: int, given: Mapping[str, str] | None = None) -> str:
    with reading() as connection:
        change = opened_change(connection, change_id)
    listed = [(one, _title(_model(one.content))) for one in change.of_kind("decisions")]
    return render_template("decision_editor/index.html", change=change, decisions=listed, given=given or {})


def _model(content: bytes) -> DecisionModel | None:
    try:
        return read_decisions(content)
    except DecisionSourceInvalid:
        return None


def _title(model: DecisionModel | None) -> str:
    if model is None:
        return ""
    return gettext(", ").join(one.label.text(current_language()) for one in model.decisions.values())


class _Row:
    """The row somebody tries: the inputs of the decision shown, what was given for them, and what comes out."""

    def __init__(self, connection: Connection, change_id: int, name: str, source: str) -> None:
        self.source, self.action = source, url_for("decision_editor.test", change_id=change_id, name=name)
        self.given = {key.removeprefix(_INPUT): value for key, value in request.form.items() if key.startswith(_INPUT)}
        self.decision = request.form.get("_decision", "")
        self.refused: list[str] = []
        self.tried: TriedRow | None = None
        self.outcome: Outcome | None = None
        try:
            model = read_decisions(source.encode("utf-8", "replace"), name)
        except DecisionSourceInvalid as invalid:
            self.refused = [one[current_language()] for one in invalid.details["problems"]]
            return
        if self.decision not in model.decisions:
            self.decision = next(iter(model.decisions))
        self.tried = TriedRow(model, self.decision)
        if request.method == "POST" and any(value.strip() for value in self.given.values()):
            self.outcome = self.tried.decide(self.given, _context(connection))

    def label(self, asked: TriedInput) -> str:
        """What an input is called."""
        return asked.label.text(current_language())

    def options(self, asked: TriedInput) -> list[tuple[str, str]]:
        """The values to choose from, or none where anything may be typed."""
        if asked.type.kind == "boolean":
            return [("true", gettext("Yes")), ("false", gettext("No"))]
        return [(_typed(value), _shown(value)) for value in asked.choices]

    def rule_ids(self, numbers: tuple[int, ...]) -> str:
        """The ids of rules, for the marks in the table."""
        assert self.tried is not None
        table = self.tried.decision.table
        return " ".join(rule.id for rule in table.rules if rule.number in numbers) if table is not None else ""

    @property
    def error(self) -> str:
        """Why nothing came out, or an empty string."""
        return message_of(self.outcome.error) if self.outcome is not None and self.outcome.error is not None else ""

    @property
    def answers(self) -> list[list[tuple[str, str]]]:
        """What came out: records of (output, value), one for each that the hit policy keeps."""
        assert self.outcome is not None
        found = self.outcome.result
        return [list(self._record(one)) for one in (found if isinstance(found, list) else [found])]

    def _record(self, value: Any) -> Iterator[tuple[str, str]]:
        assert self.tried is not None
        table = self.tried.decision.table
        outputs = table.outputs if table is not None else ()
        if isinstance(value, dict) and len(outputs) > 1:
            labels = {one.name: one.label.text(current_language()) for one in outputs}
            yield from ((labels.get(name, name), _shown(one)) for name, one in value.items())
        else:
            name = outputs[0].label.text(current_language()) if outputs else ""
            yield (name or gettext("Result"), _shown(value))


def _context(connection: Connection) -> EvaluationContext:
    platform = current_platform()
    functions = platform.runtime.host_functions(connection)
    return EvaluationContext(now=current_time(), zone=platform.settings.zone, functions=functions, step_budget=_STEPS)


def _typed(value: Any) -> str:
    """A value as it is posted; the empty text in quotation marks, since nothing at all means no value."""
    if isinstance(value, str):
        return value or '""'
    return json.dumps(value, ensure_ascii=False)


def _shown(value: Any) -> str:
    if value is None:
        return gettext("nothing")
    if isinstance(value, bool):
        return gettext("Yes") if value else gettext("No")
    if value == "":
        return gettext("(empty text)")
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
