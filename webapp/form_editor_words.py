"""The words of the form editor. form-js speaks English only; what it writes is translated in the page by this table."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flask_babel import force_locale, gettext

from webapp.context import current_language

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


def _(text: str) -> str:
    """Marks a text for the catalogue; it is translated when somebody reads it."""
    return text


# What form-js writes, as it writes it; {} stands for a part that varies.
EDITOR_TEXTS = (
    _("Components"),
    _("Search components"),
    _("Clear content"),
    _("No components found."),
    _("Input"),
    _("Selection"),
    _("Presentation"),
    _("Containers"),
    _("Text field"),
    _("Text area"),
    _("Number"),
    _("Date time"),
    _("Expression"),
    _("File picker"),
    _("Checkbox"),
    _("Checkbox group"),
    _("Radio group"),
    _("Select"),
    _("Tag list"),
    _("Text view"),
    _("Image view"),
    _("Table"),
    _("HTML view"),
    _("Spacer"),
    _("Separator"),
    _("Dynamic list"),
    _("Button"),
    _("iFrame"),
    _("Document preview"),
    _("Form"),
    _("Create a {} element"),
    _("Create an {} element"),
    _("Remove {}"),
    _("Build your form"),
    _("Drag and drop components here to start designing."),
    _("Use the preview window to test your form."),
    _("Drag and drop components here."),
    _("Select a form field to edit its properties."),
    _("Multiple form fields are selected. Select a single form field to edit its properties."),
    _("Toggle section"),
    _("Section contains edits"),
    _("Section contains an error"),
    _("Toggle list item"),
    _("Create new list item"),
    _("Delete item"),
    _("Create"),
    _("List contains {} item"),
    _("List contains {} items"),
    _("Opened in editor"),
    _("Opened in popup"),
    _("Open pop-up editor"),
    _("Close popup"),
    _("Open documentation"),
    _("FEEL expression"),
    _("FEEL expression is mandatory"),
    _("General"),
    _("Field label"),
    _("Field description"),
    _("Group label"),
    _("Table label"),
    _("Binds to a form variable"),
    _("Default value"),
    _("Disabled"),
    _("Read only"),
    _("Required"),
    _("Condition"),
    _("Hide if"),
    _("Condition under which the field is hidden"),
    _("Deactivate if"),
    _("Condition under which the field is deactivated"),
    _("Layout"),
    _("Columns"),
    _("Auto"),
    _("Appearance"),
    _("Prefix"),
    _("Suffix"),
    _("Validation"),
    _("Validation pattern"),
    _("Custom"),
    _("Email"),
    _("Phone"),
    _("Minimum length"),
    _("Maximum length"),
    _("Minimum"),
    _("Maximum"),
    _("Custom regular expression"),
    _("Custom error message"),
    _("Custom properties"),
    _("Value"),
    _("Label"),
    _("Decimal digits"),
    _("Increment"),
    _("Serialization"),
    _("Output as string"),
    _("Allows arbitrary precision values"),
    _("Date label"),
    _("Time label"),
    _("Subtype"),
    _("Date"),
    _("Time"),
    _("Date & Time"),
    _("Constraints"),
    _("Disallow past dates"),
    _("Use 24h"),
    _("Time format"),
    _("UTC offset"),
    _("UTC normalized"),
    _("No timezone"),
    _("Time interval"),
    _("Target value"),
    _("Define an expression to calculate the value of this field"),
    _("Compute on"),
    _("Value changes"),
    _("Form submission"),
    _("Supported file formats"),
    _("A comma-separated list of"),
    _("file type specifiers"),
    _("Upload multiple files"),
    _("Checked"),
    _("Not checked"),
    _("Options source"),
    _("Type"),
    _("Static"),
    _("Input data"),
    _("Static options"),
    _("Dynamic options"),
    _("Options expression"),
    _("Define an expression to populate the options from"),
    _("Input values key"),
    _("Define which input property to populate the values from"),
    _("<none>"),
    _("Searchable"),
    _("Text"),
    _("Content"),
    _("Supports markdown and templating."),
    _("Supports HTML, styling, and templating. Styles are automatically scoped to the HTML component."),
    _("Learn more"),
    _("Image source"),
    _("Expression or static value (link/data URI)"),
    _("Alternative text"),
    _("Link referring to a hosted image, or use a data URI directly to embed image data into the form."),
    _("Descriptive text for screen reader accessibility."),
    _("Data source"),
    _("Specify the source from which to populate the table"),
    _("Pagination"),
    _("Number of rows per page"),
    _("Headers source"),
    _("List of items"),
    _("Header items"),
    _("Specify an expression to populate column items"),
    _("Height"),
    _("Path"),
    _("Where the child variables of this component are pathed to."),
    _("Routes the children of this component into a form variable."),
    _("Routes the children of this component into a form variable, may be left empty to route at the root level."),
    _("Show outline"),
    _("Vertical alignment"),
    _("Top"),
    _("Center"),
    _("Bottom"),
    _("Default number of items"),
    _("Allow add/delete items"),
    _("Disable collapse"),
    _("Number of non-collapsing items"),
    _(
        'Use a unique "key" to link the form element and the related input/output data. When dealing with '
        "nested data, break it down in the user task's input mapping before using it."
    ),
    _(
        "Disable this field when it should not be interactive for end-users. Its data will not be submitted. "
        "This setting takes precedence over read-only."
    ),
    _(
        "Make this field read-only when it cannot be edited by the end-user, but its content is important for"
        " them to see. Its data will still be submitted."
    ),
    _(
        "Add properties directly to the form schema, useful to configure functionality in custom-built task "
        "applications and form renderers."
    ),
    _(
        '"Static" defines a constant, predefined set of form options. "Input data" defines options that are '
        "populated dynamically, adjusting based on variable data for flexible responses to different "
        'conditions or inputs. "Expression" defines options that are populated from a FEEL expression.'
    ),
    _("The input property may be an array of simple values or alternatively follow this schema:"),
    _("The expression may result in an array of simple values or alternatively follow this schema:"),
    _(
        "Enter a form input variable that contains the data for the table or define an expression to populate"
        " the data dynamically."
    ),
    _(
        '"List of items" defines a constant, predefined set of form options. "Expression" defines options '
        "that are populated from a FEEL expression."
    ),
    _("Must be a valid QName."),
    _("Must be a variable or a dot separated path."),
    _("Must be number"),
    _("Must be unique."),
    _("Must not be a prohibited path."),
    _("Must not be empty"),
    _("Must not be empty."),
    _("Must not cause two binding paths to collide"),
    _("Must not contain numerical path segments."),
    _("Must not contain prefix."),
    _("Must not contain spaces."),
    _("Should be a valid number"),
    _("Should be a valid number."),
    _("Should be an integer."),
    _("Should be greater than or equal to zero."),
    _("Should be greater than zero."),
    _("Value must be a number."),
    _("Expression is empty"),
    _("Text view is empty"),
    _("Html view is empty"),
    _("Browse"),
    _("No files selected"),
    _("Repeatable"),
    _("Click to set a dynamic value with FEEL expression"),
    _("Click to remove dynamic value with FEEL expression"),
)
# Texts that mean something else where our own pages use them.
OTHER_MEANINGS = {"Group": _("Group of fields"), "Key": _("Field name")}


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
