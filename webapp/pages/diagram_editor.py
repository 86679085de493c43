"""The diagram of a process change: drawn with bpmn-js, described in our own panel, saved by itself."""

from __future__ import annotations

from flask import Blueprint, render_template

from engine.process_library import outline_of
from webapp import process_words
from webapp.changed_files import opened_change
from webapp.context import current_language, reading
from webapp.modeler_words import modeler_words
from webapp.process_words import ProcessWords
from webapp.processes import PartNames, process_names
from webapp.saving_words import saving_words

blueprint = Blueprint("diagram_editor", __name__, url_prefix="/process-changes/<int:change_id>/diagram")


@blueprint.get("")
def show(change_id: int) -> str:
    """The editor; on a narrow screen the diagram and its outline to read."""
    with reading() as connection:
        change = opened_change(connection, change_id)
        words = ProcessWords(connection)
        names = PartNames(process_names(connection, current_language()), {}, {})
    return render_template(
        "diagram_editor/show.html",
        change=change,
        file=change.file(f"{change.key}.bpmn", "diagram"),
        outline=None if change.model is None else outline_of(change.model),
        words=words,
        names=names,
        phrases=process_words,
        modeler_words=modeler_words(),
        saving_words=saving_words(),
    )
