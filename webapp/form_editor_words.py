"""The words of the form editor, in the language of whoever reads it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flask_babel import force_locale, gettext

from webapp.context import current_language
from webapp.form_editor_texts import EDITOR_TEXTS, OTHER_MEANINGS

# The components our renderer draws; the page has its own buttons.
OFFERED_TYPES = (
    *("textfield", "textarea", "number", "datetime", "expression", "filepicker"),
    *("checkbox", "checklist", "radio", "select", "taglist"),
    *("text", "html", "image", "table", "separator", "spacer"),
    *("group", "dynamiclist"),
)
_LABELLED = {
    "textfield": "Text field",
    "textarea": "Text area",
    "number": "Number",
    "filepicker": "File picker",
    "checkbox": "Checkbox",
    "checklist": "Checkbox group",
    "radio": "Radio group",
    "select": "Select",
    "taglist": "Tag list",
    "table": "Table",
    "group": "Group",
    "dynamiclist": "Dynamic list",
}
_CHOICES = ("checklist", "radio", "select", "taglist")


def words() -> dict[str, Any]:
    """All words of the editor's scripts in the reader's language; for English readers form-js speaks for itself."""
    translates = current_language() != "en"
    return {
        "types": OFFERED_TYPES,
        "beginnings": _beginnings(),
        "editor": {text: gettext(message) for text, message in _messages()} if translates else {},
        "panel": {
            "form": gettext("Form"),
            "english": gettext("English texts"),
            "title_zh": gettext("Title (Chinese)"),
            "title_en": gettext("Title (English)"),
            "label_zh": gettext("Label (Chinese)"),
            "label_en": gettext("Label (English)"),
            "description_en": gettext("Hint (English)"),
            "text_en": gettext("Text (English)"),
            "alt_en": gettext("Alternative text (English)"),
            "pattern_message_en": gettext("Message for a wrong pattern (English)"),
            "prefix_en": gettext("Before the field (English)"),
            "suffix_en": gettext("After the field (English)"),
            "option_en": gettext("Option “{name}” (English)"),
            "column_en": gettext("Column “{name}” (English)"),
        },
    }


def _beginnings() -> dict[str, dict[str, Any]]:
    """What a new component says in both languages until its author says something better."""
    with force_locale("zh"):
        chinese = {name: gettext(message) for name, message in _messages()}
        option, column = gettext("Option %(number)s", number="{}"), gettext("Column %(number)s", number="{}")
    found: dict[str, dict[str, Any]] = {
        kind: {"label": chinese[name], "properties": {"en": name}} for kind, name in _LABELLED.items()
    }
    for kind in _CHOICES:
        found[kind]["values"] = [
            {"value": f"option_{number}", "label": option.format(number), "label_en": f"Option {number}"}
            for number in (1, 2)
        ]
    found["table"]["columns"] = [
        {"key": f"column_{number}", "label": column.format(number), "label_en": f"Column {number}"} for number in (1, 2)
    ]
    found["datetime"] = {"dateLabel": chinese["Date"], "properties": {"en": "Date"}}
    found["text"] = {"text": chinese["Text"], "properties": {"en_text": "Text"}}
    return found


def _messages() -> Iterator[tuple[str, str]]:
    yield from ((text, text) for text in EDITOR_TEXTS)
    yield from OTHER_MEANINGS.items()
