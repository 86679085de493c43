"""What is different in a form or a decision table, in words: what an aspect is called, and what was said of it."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext, lazy_gettext

from engine.decisions.model import Label
from engine.process_library.differences import Aspect
from webapp.context import current_language

FIELD_KINDS = {
    "textfield": lazy_gettext("Text"),
    "textarea": lazy_gettext("Long text"),
    "number": lazy_gettext("Number"),
    "select": lazy_gettext("Choice"),
    "radio": lazy_gettext("Choice"),
    "checkbox": lazy_gettext("Yes or no"),
    "checklist": lazy_gettext("Several choices"),
    "taglist": lazy_gettext("Several choices"),
    "datetime": lazy_gettext("Date or time"),
    "filepicker": lazy_gettext("Files"),
    "dynamiclist": lazy_gettext("List"),
    "expression": lazy_gettext("Computed"),
    "group": lazy_gettext("Group of fields"),
    "text": lazy_gettext("Explanation"),
    "html": lazy_gettext("Explanation"),
    "table": lazy_gettext("Table"),
    "image": lazy_gettext("Picture"),
    "separator": lazy_gettext("Separator"),
    "spacer": lazy_gettext("Space"),
    "button": lazy_gettext("Button"),
}
_THINGS = {
    "form": lazy_gettext("The form itself"),
    "field": lazy_gettext("Field"),
    "decision": lazy_gettext("Decision"),
    "input": lazy_gettext("Column: input"),
    "output": lazy_gettext("Column: output"),
}
_ASPECTS = {
    "type": lazy_gettext("Kind"),
    "key": lazy_gettext("Key"),
    "name": lazy_gettext("Chinese name"),
    "name_zh": lazy_gettext("Chinese name"),
    "name_en": lazy_gettext("English name"),
    "label": lazy_gettext("Chinese label"),
    "dateLabel": lazy_gettext("Chinese label"),
    "timeLabel": lazy_gettext("Chinese label"),
    "properties.zh": lazy_gettext("Chinese label"),
    "properties.en": lazy_gettext("English label"),
    "description": lazy_gettext("Hint (Chinese)"),
    "properties.en_description": lazy_gettext("Hint (English)"),
    "text": lazy_gettext("Text (Chinese)"),
    "properties.en_text": lazy_gettext("Text (English)"),
    "properties.display": lazy_gettext("How it is shown"),
    "validate.required": lazy_gettext("Required"),
    "validate.minLength": lazy_gettext("Fewest characters"),
    "validate.maxLength": lazy_gettext("Most characters"),
    "validate.min": lazy_gettext("Minimum"),
    "validate.max": lazy_gettext("Maximum"),
    "validate.pattern": lazy_gettext("Pattern"),
    "validate.patternErrorMessage": lazy_gettext("What is said when the pattern is not met"),
    "validate.validationType": lazy_gettext("Form of the text"),
    "conditional.hide": lazy_gettext("Hidden if"),
    "values": lazy_gettext("Option"),
    "values.order": lazy_gettext("Options in their order"),
    "valuesExpression": lazy_gettext("Options from"),
    "valuesKey": lazy_gettext("Options from"),
    "columns": lazy_gettext("Column"),
    "columns.order": lazy_gettext("Columns in their order"),
    "dataSource": lazy_gettext("Rows from"),
    "expression": lazy_gettext("Expression"),
    "defaultValue": lazy_gettext("Default value"),
    "default": lazy_gettext("Default value"),
    "defaultRepetitions": lazy_gettext("Rows at the beginning"),
    "allowAddRemove": lazy_gettext("Rows can be added and removed"),
    "isRepeating": lazy_gettext("Has several rows"),
    "disabled": lazy_gettext("Switched off"),
    "readonly": lazy_gettext("Read only"),
    "multiple": lazy_gettext("Several files"),
    "accept": lazy_gettext("Accepted files"),
    "subtype": lazy_gettext("Date, time or both"),
    "disallowPassedDates": lazy_gettext("No past days"),
    "decimalDigits": lazy_gettext("Decimal places"),
    "appearance.suffixAdorner": lazy_gettext("Unit behind it"),
    "appearance.prefixAdorner": lazy_gettext("Unit before it"),
    "inside": lazy_gettext("Stands in"),
    "place": lazy_gettext("Stands after"),
    "variable": lazy_gettext("Name of the result"),
    "requires": lazy_gettext("Built on"),
    "hit_policy": lazy_gettext("Hit policy"),
    "allowed": lazy_gettext("Possible values"),
    "words": lazy_gettext("What the values are called"),
    "names_groups": lazy_gettext("The values are groups"),
    "number": lazy_gettext("Place in the table"),
}
# Of these, nothing said says something as well.
_EMPTY = {
    "inside": lazy_gettext("the form itself"),
    "place": lazy_gettext("the beginning"),
    "cell": lazy_gettext("any"),
}
_SWITCHES = frozenset(
    {"validate.required", "isRepeating", "disabled", "readonly", "multiple", "disallowPassedDates", "names_groups"}
)


def thing_name(kind: str) -> str:
    """What a form, a field, a column … is; a rule of a table is named by its number alone."""
    return str(_THINGS.get(kind, ""))


def aspect_name(aspect: Aspect) -> str:
    """What an aspect is called, with the option or the column it is about."""
    subject = aspect.subject.text(current_language())
    if aspect.name in ("cell", "answer"):
        return subject
    known = str(_ASPECTS.get(aspect.name, aspect.name))
    return f"{known} “{subject}”" if subject else known


def aspect_value(value: Any, aspect: Aspect) -> str:
    """What was said of an aspect, for people; '' for nothing."""
    if isinstance(value, Label):
        value = value.text(current_language())
    if value is None and aspect.name in _SWITCHES:
        value = False
    if value is None and aspect.name == "allowAddRemove":
        value = True
    if isinstance(value, bool):
        return gettext("Yes") if value else gettext("No")
    if aspect.name == "type":
        return str(FIELD_KINDS.get(value, value or ""))
    return str(value) if value not in (None, "") else str(_EMPTY.get(aspect.name, ""))
