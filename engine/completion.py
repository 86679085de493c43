"""What must hold before a task is done or a start form is taken: the completion rules beside the diagram."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection

from engine.definitions.dialect import expression_in
from engine.definitions.model import ProcessModel
from engine.definitions.rules import CompletionRule
from engine.feel import EvaluationContext, FeelError, compile_expression, to_json
from engine.forms import Form, FormContext, FormInvalid
from engine.runtime.step import Runtime
from engine.store.types import Record


def check(
    runtime: Runtime, connection: Connection, item: Record, form: Form, answers: Mapping[str, Any], context: FormContext
) -> None:
    """Refuse answers that break a completion rule of the work item's process version.

    Raises ``FormInvalid`` with each rule's sentence at its field.
    """
    compiled = runtime.library.get(connection, item.definition_id).compiled
    model = next((one for one in compiled.models.values() if item.element_id in one.elements), None)
    if model is not None:
        check_element(model, item.element_id, form, answers, context)


def check_element(
    model: ProcessModel, element_id: str, form: Form, answers: Mapping[str, Any], context: FormContext
) -> None:
    """The same for an element of a process, such as the start event of a start form. Raises ``FormInvalid``."""
    found: dict[str, list[str]] = {}
    variables = {**context.variables, **answers}
    for rule in model.rules.completing(element_id):
        if _value(rule.holds, variables, context) is not True:
            message = str(_value(rule.text(context.language), variables, context) or rule.key)
            found.setdefault(_field(rule, form), []).append(message)
    if found:
        raise FormInvalid(count=len(found), fields=found)


def _value(text: str, variables: Mapping[str, Any], context: FormContext) -> Any:
    """A text as it stands, or the value of the expression in it; one that fails is null, and null never holds."""
    expression = expression_in(text)
    if expression is None:
        return text
    feel = EvaluationContext(now=context.now, zone=context.zone, functions=context.functions)
    try:
        return to_json(compile_expression(expression).evaluate(variables, context=feel))
    except FeelError:
        return None


def _field(rule: CompletionRule, form: Form) -> str:
    """Where the message stands: the field the rule names, else the first one that can be answered."""
    return rule.field or next((component.name for component in form.walk() if component.holds_answer), "")
