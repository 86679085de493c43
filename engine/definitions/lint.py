"""The publish checks: what would go wrong at run time is named here, on the element, in both languages.

Part of the rules are plain BPMN, part are the things SpiffWorkflow 3.2 runs wrongly or not at all; those are refused
rather than run.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from engine.definitions import lint_structure, lint_unsupported
from engine.definitions.dialect import condition_text, expression_in
from engine.definitions.model import WAITING_TASKS, Element, ProcessModel
from engine.definitions.problems import Problem, problem
from engine.feel import FeelSyntaxError, compile_expression, known_functions

_CHARACTERS = re.compile(r"^[A-Za-z_][\w.\-]*$", re.ASCII)
_COUNTED_FROM_NOWHERE = re.compile(r"R\d+/P")
_SUFFIXES = (".BoundaryEventSplit", ".BoundaryEventJoin", ".EndJoin")
_EXPRESSION_ATTRIBUTES = ("assignee", "candidateUsers", "candidateGroups", "dueDate", "priority")
_EXPRESSION_PROPERTIES = ("summary", "correlationKey")

TermCheck = Callable[[str, str], tuple[str, str] | None]


@dataclass(frozen=True)
class LintContext:
    """What a definition may refer to.

    ``groups`` maps each group key to whether it has an active member; ``topics`` each topic to its required and
    optional inputs; ``check_term`` says in both languages what is wrong with a literal timer term of a kind
    (``date``, ``duration``, ``cycle``, ``cron``), or None; ``functions`` are the host's FEEL functions;
    ``decisions`` are the keys of all decisions.
    """

    forms: Collection[str]
    groups: Mapping[str, bool]
    users: Collection[str]
    topics: Mapping[str, tuple[Collection[str], Collection[str]]]
    processes: Collection[str]
    check_term: TermCheck
    functions: Collection[str] = field(default_factory=frozenset)
    decisions: Collection[str] = field(default_factory=frozenset)


def lint(model: ProcessModel, context: LintContext) -> list[Problem]:
    """Every finding on one process, errors and warnings."""
    found = [*lint_unsupported.check(model), *lint_structure.check(model)]
    for element in model.elements.values():
        found += _check_id(model, element)
        found += _check_label(model, element)
        found += _check_element(model, element, context)
    for flow in model.flows.values():
        if flow.condition:
            name = flow.name_zh or flow.id
            found += _check_expression(model, flow.id, condition_text(flow.condition), name, context)
    for group in model.starter_groups:
        if group not in context.groups:
            found.append(_at(model, model.key, "group_unknown", name=model.name_zh, group=group))
    return found


def _at(model: ProcessModel, element_id: str, code: str, **details: Any) -> Problem:
    return problem(code, model.file, element_id, **details)


def _check_id(model: ProcessModel, element: Element) -> Iterator[Problem]:
    if not _CHARACTERS.match(element.id):
        yield _at(model, element.id, "id_characters", id=element.id)
    if element.id in {"Start", "End", "Root", model.key} or element.id.endswith(_SUFFIXES):
        yield _at(model, element.id, "id_reserved", id=element.id)


def _check_label(model: ProcessModel, element: Element) -> Iterator[Problem]:
    if element.type in WAITING_TASKS and not element.name_zh:
        yield _at(model, element.id, "label_missing", id=element.id)
    elif element.name_zh and not element.name_en:
        yield problem("label_untranslated", model.file, element.id, level="warning", name=element.name_zh)


def _check_element(model: ProcessModel, element: Element, context: LintContext) -> Iterator[Problem]:
    yield from _check_expressions(model, element, context)
    if element.type in WAITING_TASKS:
        yield from _check_user_task(model, element, context)
    elif element.type == "serviceTask":
        yield from _check_service_task(model, element, context)
    elif element.type == "scriptTask":
        yield from _check_script_task(model, element, context)
    elif element.type == "businessRuleTask":
        yield from _check_decision_task(model, element, context)
    elif element.type == "callActivity":
        if not element.called:
            yield _at(model, element.id, "called_missing", name=element.name("zh"))
        elif element.called not in context.processes:
            yield _at(model, element.id, "called_unknown", name=element.name("zh"), key=element.called)
    if element.form_key and element.form_key not in context.forms:
        yield _at(model, element.id, "form_unknown", name=element.name("zh"), form=element.form_key)
    if element.event == "timer":
        yield from _check_timer(model, element, context)
    if element.event == "message" and not element.event_reference:
        yield _at(model, element.id, "message_missing", name=element.name("zh"))


def _check_expressions(model: ProcessModel, element: Element, context: LintContext) -> Iterator[Problem]:
    texts = [element.attributes.get(name, "") for name in _EXPRESSION_ATTRIBUTES]
    texts += [element.properties.get(name, "") for name in _EXPRESSION_PROPERTIES]
    texts += list(element.inputs.values())
    texts.append(element.timer_term)
    for text in texts:
        expression = expression_in(text)
        if expression is not None:
            yield from _check_expression(model, element.id, expression, element.name("zh"), context)
    if element.is_multiple:
        if not element.collection:
            yield _at(model, element.id, "collection_missing", name=element.name("zh"))
        else:
            yield from _check_expression(
                model, element.id, condition_text(element.collection), element.name("zh"), context
            )
        if element.completion_condition:
            text = condition_text(element.completion_condition)
            yield from _check_expression(model, element.id, text, element.name("zh"), context)


def _check_expression(
    model: ProcessModel, element_id: str, text: str, where: str, context: LintContext
) -> Iterator[Problem]:
    try:
        expression = compile_expression(text)
    except FeelSyntaxError as error:
        yield _at(
            model,
            element_id,
            "expression_invalid",
            where=f"“{where}”",
            reason_zh=error.message("zh"),
            reason_en=error.message("en"),
        )
        return
    for function in sorted(expression.functions - known_functions() - set(context.functions)):
        yield _at(model, element_id, "function_unknown", where=f"“{where}”", function=function)


def _check_user_task(model: ProcessModel, element: Element, context: LintContext) -> Iterator[Problem]:
    assignee = element.attributes.get("assignee", "")
    users = [part.strip() for part in element.attributes.get("candidateUsers", "").split(",") if part.strip()]
    given = element.attributes.get("candidateGroups", "")
    groups = [part.strip() for part in given.split(",") if part.strip()] if expression_in(given) is None else []
    lane = model.lane_of(element)
    if not given and lane is not None and lane.group:
        groups = [lane.group]
    is_dynamic = any(expression_in(text) is not None for text in (assignee, given, *users))
    if not (assignee or users or groups or is_dynamic):
        yield _at(model, element.id, "nobody", name=element.name("zh"))
    for group in groups:
        if group not in context.groups:
            yield _at(model, element.id, "group_unknown", name=element.name("zh"), group=group)
        elif not context.groups[group] and not (assignee or users or is_dynamic):
            yield problem("group_empty", model.file, element.id, level="warning", name=element.name("zh"), group=group)
    for user in [*users, assignee]:
        if user and expression_in(user) is None and user not in context.users:
            yield _at(model, element.id, "user_unknown", name=element.name("zh"), user=user)
    due = element.attributes.get("dueDate", "")
    if due and expression_in(due) is None:
        wrong = context.check_term("duration", due) and context.check_term("date", due)
        if wrong:
            yield _timer_invalid(model, element, due, wrong)


def _check_service_task(model: ProcessModel, element: Element, context: LintContext) -> Iterator[Problem]:
    topic = element.attributes.get("topic", "")
    if not topic:
        yield _at(model, element.id, "topic_missing", name=element.name("zh"))
    elif topic not in context.topics:
        yield _at(model, element.id, "topic_unknown", name=element.name("zh"), topic=topic)
    else:
        required, optional = context.topics[topic]
        for missing in sorted(set(required) - element.inputs.keys()):
            yield _at(model, element.id, "topic_input_missing", name=element.name("zh"), input=missing)
        for unknown in sorted(element.inputs.keys() - set(required) - set(optional)):
            yield _at(model, element.id, "topic_input_unknown", topic=topic, input=unknown)


def _check_script_task(model: ProcessModel, element: Element, context: LintContext) -> Iterator[Problem]:
    if element.script_language.lower() not in ("", "feel"):
        yield _at(model, element.id, "script_language", name=element.name("zh"), language=element.script_language)
        return
    if not element.attributes.get("resultVariable"):
        yield _at(model, element.id, "script_result_missing", name=element.name("zh"))
    yield from _check_expression(model, element.id, condition_text(element.script), element.name("zh"), context)


def _check_decision_task(model: ProcessModel, element: Element, context: LintContext) -> Iterator[Problem]:
    if not element.decision_key:
        yield _at(model, element.id, "decision_missing", name=element.name("zh"))
    elif element.decision_key not in context.decisions:
        yield _at(model, element.id, "decision_unknown", name=element.name("zh"), decision=element.decision_key)
    if not element.attributes.get("resultVariable"):
        yield _at(model, element.id, "decision_result_missing", name=element.name("zh"))


def _check_timer(model: ProcessModel, element: Element, context: LintContext) -> Iterator[Problem]:
    if element.timer_kind is None or not element.timer_term:
        yield _at(model, element.id, "timer_missing", name=element.name("zh"))
        return
    is_start = element.type == "startEvent"
    is_computed = expression_in(element.timer_term) is not None
    if is_start and is_computed:
        yield _at(model, element.id, "timer_start_computed", name=element.name("zh"))
        return
    kind: str = element.timer_kind
    if kind == "cycle":
        kind = "cycle" if is_computed or element.timer_term.startswith("R") else "cron"
        repeats = is_start or (element.type == "boundaryEvent" and not element.interrupting)
        # A cron line names moments, the next of which can be waited for; a cycle says that it comes back.
        if kind == "cycle" and not repeats:
            yield _at(model, element.id, "timer_cycle_interrupting", name=element.name("zh"))
            return
    if is_computed:
        return
    if is_start and _COUNTED_FROM_NOWHERE.match(element.timer_term):
        yield _at(model, element.id, "timer_count_unanchored", name=element.name("zh"), term=element.timer_term)
        return
    wrong = context.check_term(kind, element.timer_term)
    if wrong:
        yield _timer_invalid(model, element, element.timer_term, wrong)


def _timer_invalid(model: ProcessModel, element: Element, term: str, wrong: tuple[str, str]) -> Problem:
    return _at(
        model,
        element.id,
        "timer_invalid",
        name=element.name("zh"),
        term=term,
        reason_zh=wrong[0],
        reason_en=wrong[1],
    )
