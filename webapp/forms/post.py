"""What a browser posts, as data. Field names are paths such as ``items.0.part``; nothing is judged here."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, BinaryIO, Protocol
from zoneinfo import ZoneInfo

from werkzeug.datastructures import FileStorage, MultiDict

from engine.forms import ROW_ORIGIN, Component, FileInfo, Form, FormContext, lookup
from engine.forms.model import MANY_TYPES, scope_fields
from engine.forms.places import MAX_ROWS, put, starting_data

FILE_SUFFIX = "._file"
_JSON_MARK = "json:"
_MAX_DEPTH = 20
_Tree = dict[str, Any]


class FileStore(Protocol):
    """Where uploads go; the page decides how and whose they are."""

    def save(self, stream: BinaryIO, name: str, content_type: str) -> FileInfo:
        """Keep the file and return what names it. May raise ``Invalid`` (too large, not allowed)."""


def option_token(value: Any) -> str:
    """The text an option's value is posted as: strings as they are, other JSON values marked as such."""
    if isinstance(value, str) and not value.startswith(_JSON_MARK):
        return value
    return _JSON_MARK + json.dumps(value, ensure_ascii=False, sort_keys=True)


def read_post(form: Form, post: MultiDict[str, str], zone: ZoneInfo) -> dict[str, Any]:
    """The raw data of a posted form: options and checkboxes typed, everything else as typed by the person.

    A local date and time gets the offset of ``zone``. Fields the form does not have are dropped.
    """
    return _read_scope(form.components, _tree(post), zone)


def apply_row_action(form: Form, data: Mapping[str, Any], action: str, context: FormContext) -> dict[str, Any]:
    """Do what a button inside the form asks: ``add:<list>``, ``del:<list>:<index>`` or ``drop:<files>:<id>``.

    Paths are those of the field names (``items``, ``items.0.parts``). An action that fits nothing changes nothing.
    """
    changed = copy.deepcopy(dict(data))
    verb, _, rest = action.partition(":")
    path, _, argument = rest.partition(":")
    found = _find(form.components, changed, path.split("."))
    if found is None:
        return changed
    component, holder = found
    value = lookup(holder, component.path, None)
    items = list(value) if isinstance(value, list) else []
    if verb == "drop" and component.type == "filepicker":
        put(holder, component.path, [item for item in items if item != argument])
    elif component.is_list and component.allows_rows:
        put(holder, component.path, _changed_rows(component, items, verb, argument, context))
    return changed


def attach_files(
    form: Form, data: Mapping[str, Any], files: MultiDict[str, FileStorage], store: FileStore
) -> dict[str, Any]:
    """Keep the files that were posted with the form itself (a browser without JavaScript) and note their ids."""
    changed = copy.deepcopy(dict(data))
    for name, upload in files.items(multi=True):
        if not upload.filename or not name.endswith(FILE_SUFFIX):
            continue
        found = _find(form.components, changed, name.removesuffix(FILE_SUFFIX).split("."))
        if found is None or found[0].type != "filepicker":
            continue
        component, holder = found
        info = store.save(upload.stream, upload.filename, upload.mimetype or "application/octet-stream")
        before = lookup(holder, component.path, None)
        kept = before if isinstance(before, list) and component.source.get("multiple") else []
        put(holder, component.path, [*kept, info.id])
    return changed


def _changed_rows(component: Component, rows: list[Any], verb: str, argument: str, context: FormContext) -> list[Any]:
    if verb == "add" and len(rows) < MAX_ROWS:
        # No earlier row stands behind a new one, so its mark fits none.
        return [*rows, {**starting_data(component.components, {}, context), ROW_ORIGIN: -1}]
    if verb == "del" and argument.isdecimal() and int(argument) < len(rows):
        return rows[: int(argument)] + rows[int(argument) + 1 :]
    return rows


def _find(components: tuple[Component, ...], holder: Any, path: list[str]) -> tuple[Component, dict[str, Any]] | None:
    """The component at a dotted path and the mapping of the scope its answer lies in."""
    for component in scope_fields(components):
        own = list(component.path)
        if path == own:
            return (component, holder) if isinstance(holder, dict) else None
        if component.is_list and path[: len(own)] == own and len(path) > len(own) + 1:
            rows, index = lookup(holder, component.path, None), path[len(own)]
            if isinstance(rows, list) and index.isdecimal() and int(index) < len(rows):
                return _find(component.components, rows[int(index)], path[len(own) + 1 :])
    return None


def _tree(post: MultiDict[str, str]) -> _Tree:
    """Posted names as nested dicts, values as lists under the empty name."""
    tree: _Tree = {}
    for name, values in post.lists():
        parts = name.split(".", _MAX_DEPTH + 1)
        if len(parts) > _MAX_DEPTH:
            continue
        branch = tree
        for part in parts:
            branch = branch.setdefault(part, {})
        branch[""] = list(values)
    return tree


def _branch(tree: _Tree, path: tuple[str, ...]) -> _Tree:
    found = lookup(tree, path, {})
    return found if isinstance(found, dict) else {}


def _read_scope(components: tuple[Component, ...], tree: _Tree, zone: ZoneInfo) -> dict[str, Any]:
    data: dict[str, Any] = {}
    for component in scope_fields(components):
        branch = _branch(tree, component.path)
        if component.is_list:
            rows = [branch[index] for index in _row_indexes(branch)]
            put(data, component.path, [_read_row(component, row, zone) for row in rows])
        elif component.type != "expression":
            put(data, component.path, _read_field(component, branch.get("", []), zone))
    return data


def _row_indexes(branch: _Tree) -> list[str]:
    found = (index for index in branch if index.isascii() and index.isdecimal() and len(index) <= 6)
    return sorted(found, key=int)[: MAX_ROWS + 1]


def _read_row(component: Component, tree: _Tree, zone: ZoneInfo) -> dict[str, Any]:
    row = _read_scope(component.components, tree, zone)
    mark = next(iter(_branch(tree, (ROW_ORIGIN,)).get("", [])), "")
    row[ROW_ORIGIN] = int(mark) if mark.isascii() and mark.isdecimal() and len(mark) <= 6 else -1
    return row


def _read_field(component: Component, values: list[str], zone: ZoneInfo) -> Any:
    if component.type == "checkbox":
        return bool(values)
    if component.type in MANY_TYPES:
        chosen = [value for value in values if value]
        return chosen if component.type == "filepicker" else [_option_value(component, value) for value in chosen]
    value = values[-1] if values else ""
    if component.type in ("textfield", "textarea"):
        return value.replace("\r\n", "\n")
    return _read_single(component, value, zone) if value else None


def _read_single(component: Component, value: str, zone: ZoneInfo) -> Any:
    if component.type in ("select", "radio"):
        return _option_value(component, value)
    if component.type == "datetime" and component.subtype == "datetime":
        return _with_offset(value, zone)
    return value


def _option_value(component: Component, token: str) -> Any:
    if token.startswith(_JSON_MARK):
        try:
            return json.loads(token.removeprefix(_JSON_MARK))
        except (ValueError, RecursionError):
            return token
    for value in _static_values(component):
        # A client that posts the plain text of a number (score=5) means the option, not the text.
        if not isinstance(value, str) and json.dumps(value) == token:
            return value
    return token


def _static_values(component: Component) -> Iterator[Any]:
    values = component.source.get("values")
    for option in values if isinstance(values, list) else []:
        yield option.get("value") if isinstance(option, Mapping) else option


def _with_offset(value: str, zone: ZoneInfo) -> str:
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        return value
    return value if moment.tzinfo else moment.replace(tzinfo=zone).isoformat(timespec="minutes")
