"""Forms: form-js JSON in, checked answers out. No HTML here: ``webapp.forms`` renders what this room decides.

``parse_form`` reads a form, ``check_form`` judges it at publish, ``prefill`` starts it, ``settle`` follows the answers
while somebody types, ``load`` accepts or refuses a submission, ``summary`` shows it to readers.
"""

from engine.forms.answers import AnswerLine, option_label, summary, value_text
from engine.forms.checks import check_form, is_own_address
from engine.forms.model import (
    Component,
    FileInfo,
    Form,
    FormContext,
    FormInvalid,
    FormProblem,
    FormSourceInvalid,
    is_expression,
)
from engine.forms.places import ROW_ORIGIN, Place, lookup
from engine.forms.rules import accepted_types, same_value
from engine.forms.settling import Settled
from engine.forms.source import parse_form
from engine.forms.validation import load, prefill, settle

__all__ = [
    "ROW_ORIGIN",
    "AnswerLine",
    "Component",
    "FileInfo",
    "Form",
    "FormContext",
    "FormInvalid",
    "FormProblem",
    "FormSourceInvalid",
    "Place",
    "Settled",
    "accepted_types",
    "check_form",
    "is_expression",
    "is_own_address",
    "load",
    "lookup",
    "option_label",
    "parse_form",
    "prefill",
    "same_value",
    "settle",
    "summary",
    "value_text",
]
