"""What the editors ask: what may be chosen, whether an expression is FEEL, when a term fires, the rules of a change."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, request

from engine import process_changes
from engine.definitions.problems import DefinitionInvalid
from engine.errors import Invalid
from engine.process_changes.added_files import add_form
from engine.process_changes.rules_file import RulesOfChange, rules_of, save_rules
from engine.trials import walk_file
from webapp.api.process_changes import problems
from webapp.context import current_actor, current_language, current_platform, current_time, reading, writing
from webapp.modeler_options import modeler_options
from webapp.term_words import check_feel, explain

blueprint = Blueprint("modeling_api", __name__, url_prefix="/api")
_LONGEST = 20_000


class QuestionUnreadable(Invalid):
    """The request holds no JSON object with the texts that are needed."""

    code = "question_unreadable"
    zh = "请求内容有误"
    en = "The request could not be read"


class RuleRefused(Invalid):
    """A rule that lacks something; the sentence says what."""

    code = "rule_refused"
    zh = "{zh}"
    en = "{en}"


@blueprint.get("/modeling/options")
def options() -> dict[str, Any]:
    """Everything that can be chosen in the diagram of a change: groups, people, forms, topics, duties …"""
    with reading() as connection:
        change = process_changes.get(connection, current_actor(), request.args.get("change", type=int, default=0))
        return modeler_options(connection, current_platform().runtime.handlers, change, current_language())


@blueprint.post("/modeling/feel")
def feel() -> dict[str, Any]:
    """Whether a text is FEEL: ``kind`` expression (always), value (after ``=``), unary (a table cell)."""
    question = _question("text", "kind")
    with reading() as connection:
        functions = current_platform().runtime.host_functions(connection)
    return check_feel(question["text"], question["kind"], functions)


@blueprint.post("/modeling/term")
def term() -> dict[str, Any]:
    """What a term says in words and the next moments it names, under a calendar."""
    question = _question("term", "kind")
    with reading() as connection:
        return explain(connection, question["term"], question["kind"], question.get("calendar", ""), current_time())


@blueprint.post("/process-changes/<int:change_id>/forms")
def new_form(change_id: int) -> dict[str, str]:
    """Add an empty form to a change."""
    question = _question("key", "name_zh", "name_en")
    with writing() as connection:
        name = add_form(
            connection,
            actor=current_actor(),
            change_id=change_id,
            key=question["key"],
            name_zh=question["name_zh"],
            name_en=question["name_en"],
            now=current_time(),
        )
    return {"name": name}


@blueprint.get("/process-changes/<int:change_id>/rules")
def rules(change_id: int) -> dict[str, Any]:
    """The rules beside the diagram of a change."""
    with reading() as connection:
        return _rules(rules_of(connection, current_actor(), change_id))


@blueprint.put("/process-changes/<int:change_id>/rules")
def put_rules(change_id: int) -> dict[str, Any]:
    """Write the rules over the ``revision`` that was seen; what did not change stays as it was written."""
    given = request.get_json(silent=True)
    if not isinstance(given, dict) or not isinstance(given.get("revision"), int):
        raise QuestionUnreadable()
    try:
        with writing() as connection:
            saved = save_rules(
                connection,
                actor=current_actor(),
                change_id=change_id,
                rules=given,
                revision=given["revision"],
                now=current_time(),
            )
    except DefinitionInvalid as refused:
        raise RuleRefused(zh=refused.problems[0].zh, en=refused.problems[0].en) from refused
    return {**_rules(saved), **problems(change_id)}


@blueprint.post("/process-changes/<int:change_id>/walks/renamings")
def rename_in_walks(change_id: int) -> dict[str, int]:
    """An element got another id: the walks go on to name it. How many did."""
    question = _question("before", "after")
    with writing() as connection:
        process_changes.get(connection, current_actor(), change_id)
        names = {question["before"]: question["after"]}
        count = walk_file.rename_elements(
            connection, actor=current_actor(), change_id=change_id, names=names, now=current_time()
        )
    return {"walks": count}


def _question(*texts: str) -> dict[str, str]:
    given = request.get_json(silent=True)
    if not isinstance(given, dict) or not all(isinstance(given.get(name), str) for name in texts):
        raise QuestionUnreadable()
    found = {name: value for name, value in given.items() if isinstance(value, str)}
    if any(len(value) > _LONGEST for value in found.values()):
        raise QuestionUnreadable()
    return found


def _rules(found: RulesOfChange) -> dict[str, Any]:
    return {"revision": found.revision, "separation": found.separation, "completion": found.completion}
