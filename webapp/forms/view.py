"""A form as the template draws it: every decision is taken here, the template only writes HTML.

``FormView`` is made for one response: from the data as typed, the errors of a refused submission, and the context. It
never raises on what people typed, and what they typed comes back exactly as it was.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from engine.errors import Language
from engine.forms import (
    ROW_ORIGIN,
    Component,
    Form,
    FormContext,
    Place,
    Settled,
    accepted_types,
    is_own_address,
    lookup,
    option_label,
    prefill,
    same_value,
    value_text,
)
from webapp.forms.blocks import Block, OptionView, ProblemView, RowView, all_blocks
from webapp.forms.markdown import render_markdown
from webapp.forms.post import FILE_SUFFIX, option_token
from webapp.forms.presentation import fill_markdown, html_text, table_view
from webapp.forms.texts import text

_KINDS = {
    "textfield": "input",
    "number": "input",
    "datetime": "input",
    "textarea": "textarea",
    "select": "select",
    "radio": "choices",
    "checklist": "choices",
    "taglist": "choices",
    "checkbox": "checkbox",
    "filepicker": "files",
    "expression": "output",
}
_MOMENT_INPUTS = {"date": "date", "time": "time", "datetime": "datetime-local"}
_GRID_COLUMNS = 16
# Spelled out, since the stylesheet keeps only classes that are written somewhere. Below two columns nothing fits.
_WIDTHS = (
    *("col-md-2", "col-md-2", "col-md-2", "col-md-3", "col-md-4", "col-md-5", "col-md-6"),
    *("col-md-7", "col-md-8", "col-md-9", "col-md-10", "col-md-11", "col-md-12"),
)


class FormView:
    """What ``form_fields(view)`` and ``whole_form(view)`` draw.

    ``data`` is the raw data (of ``read_post`` or a draft); None shows the form untouched. ``errors`` is
    ``FormInvalid.details["fields"]``. ``action`` is the URL the form posts to; ``upload_url`` takes single uploads
    (empty: files travel with the form). ``draft_key`` names the backup in the browser and must differ per person and
    form; empty switches drafts off. ``saves_drafts`` says whether the URL answers ``_do=draft``.
    """

    def __init__(
        self,
        form: Form,
        data: Mapping[str, Any] | None = None,
        *,
        context: FormContext,
        initial: Mapping[str, Any] | None = None,
        errors: Mapping[str, list[str]] | None = None,
        action: str = "",
        id: str = "form",
        csrf_token: str = "",
        upload_url: str = "",
        draft_key: str = "",
        saves_drafts: bool = False,
        restored: bool = False,
    ) -> None:
        self.form, self.context, self.id, self.action = form, context, id, action
        self.csrf_token, self.upload_url = csrf_token, upload_url
        self.draft_key, self.saves_drafts, self.restored = draft_key, saves_drafts, restored
        self.errors = dict(errors or {})
        self.language: Language = context.language
        initial = initial or {}
        self.settled = Settled(form, prefill(form, initial, context) if data is None else data, initial, context)
        self.problems: list[ProblemView] = []
        self.blocks = self._grid(form.components, self.settled.root, "", "")
        self._add_unplaced_problems()
        self.is_live = any(True for component in form.walk() if self._is_live(component))

    def t(self, code: str, *values: object) -> str:
        """A sentence of the form itself in the reader's language."""
        return text(code, self.language, *values)

    @property
    def title(self) -> str:
        return self.form.title(self.language)

    @property
    def takes_files(self) -> bool:
        return any(component.type == "filepicker" for component in self.form.walk())

    @property
    def has_required(self) -> bool:
        return any(component.required for component in self.form.walk())

    def _grid(self, components: tuple[Component, ...], place: Place, prefix: str, where: str) -> list[list[Block]]:
        """Lines of blocks: components of one form-js layout row stand side by side on wide screens."""
        lines: list[list[Block]] = []
        last_row: object = None
        for component in components:
            if component in place.hidden:
                continue
            block = self._block(component, place, prefix, where)
            if block is None:
                continue
            layout = component.source.get("layout")
            layout = layout if isinstance(layout, Mapping) else {}
            row = layout.get("row")
            block.width = _width(layout.get("columns"), row)
            if row is not None and row == last_row:
                lines[-1].append(block)
            else:
                lines.append([block])
            last_row = row
        for line in lines:
            if len(line) == 1:
                line[0].width = "col-12"
        return lines

    def _block(self, component: Component, place: Place, prefix: str, where: str) -> Block | None:
        if component.type == "group":
            label = self.settled.label(component, place, self.language)
            blocks = self._grid(component.components, place, prefix, where)
            return Block("group", label=label, blocks=blocks) if blocks else None
        if component.is_list:
            return self._list(component, place, prefix, where)
        if component.type in _KINDS:
            return self._field(component, place, prefix, where)
        return self._presentation(component, place)

    def _presentation(self, component: Component, place: Place) -> Block | None:
        settled, language = self.settled, self.language
        if component.type == "text":
            markdown = fill_markdown(settled, place, component.wording("text", language))
            return Block("text", content=render_markdown(markdown))
        if component.type == "html":
            return Block("text", content=html_text(settled.text(component.wording("content", language), place)))
        if component.type == "image":
            source = settled.text(str(component.source.get("source") or ""), place)
            label = settled.text(component.wording("alt", language), place)
            return Block("image", value=source, label=label) if is_own_address(source) else None
        if component.type == "table":
            content = table_view(settled, component, place, language)
            return Block("table", label=settled.label(component, place, language), content=content)
        return Block(component.type) if component.type in ("separator", "spacer") else None

    def _list(self, component: Component, place: Place, prefix: str, where: str) -> Block:
        settled, name = self.settled, prefix + component.name
        block = Block("list", id=self._id(name), name=name, label=settled.label(component, place, self.language))
        block.errors = self.errors.get(name, [])
        self._note(block, where)
        for index, row in enumerate(place.rows[component]):
            origin = row.given.get(ROW_ORIGIN)
            inside = f"{where}{block.label} {index + 1} · "
            block.rows.append(
                RowView(
                    number=index + 1,
                    prefix=f"{name}.{index}",
                    origin=origin if isinstance(origin, int) and origin >= 0 else None,
                    blocks=self._grid(component.components, row, f"{name}.{index}.", inside),
                    remove_action=f"del:{name}:{index}" if component.allows_rows else "",
                )
            )
        block.add_action = f"add:{name}" if component.allows_rows else ""
        return block

    def _field(self, component: Component, place: Place, prefix: str, where: str) -> Block | None:
        settled, name = self.settled, prefix + component.name
        label = settled.label(component, place, self.language)
        if component.type == "expression" and not label:
            return None
        locked = component in place.locked or component.disabled
        block = Block(
            _KINDS[component.type],
            id=self._id(name),
            name=name,
            label=label or component.name,
            hint=settled.text(component.wording("description", self.language), place),
            required=component.required and not locked,
            disabled=locked,
            live=self._is_live(component),
            errors=self.errors.get(name, []),
            prefix=settled.text(component.adorner("prefixAdorner", self.language), place),
            suffix=settled.text(component.adorner("suffixAdorner", self.language), place),
            style=str(component.properties.get("display") or component.type),
        )
        typed = place.value(component) if locked else lookup(place.given, component.path, None)
        self._fill(block, component, place, typed)
        self._note(block, where)
        return block

    def _fill(self, block: Block, component: Component, place: Place, typed: Any) -> None:
        if block.kind == "output":
            block.value = value_text(self.settled, place, component, place.value(component), self.language)
        elif block.kind in ("select", "choices"):
            block.multiple = component.type in ("checklist", "taglist")
            block.options = list(self._options(block, component, place, typed))
        elif block.kind == "checkbox":
            block.value = "on" if typed is True else ""
        elif block.kind == "files":
            self._fill_files(block, component, place, typed)
        else:
            block.value = self._typed_text(component, typed)
            block.attributes = dict(self._input_attributes(component))

    def _fill_files(self, block: Block, component: Component, place: Place, typed: Any) -> None:
        ids = typed if isinstance(typed, list) else []
        known = self.context.files
        block.files = [known[one] for one in ids if isinstance(one, str) and one in known]
        block.multiple = self.settled.value_of(component.source.get("multiple"), place) is True
        block.attributes = {"accept": ",".join(accepted_types(component, self.settled, place))}
        block.hint = block.hint or (self.t("files_hint") if block.multiple else "")
        block.add_action = block.name + FILE_SUFFIX

    def _options(self, block: Block, component: Component, place: Place, typed: Any) -> Iterator[OptionView]:
        chosen = typed if isinstance(typed, list) else [typed]
        for number, option in enumerate(self.settled.options(component, place)):
            value = option["value"]
            is_chosen = any(same_value(value, one) for one in chosen)
            label = option_label(option, self.language)
            # The first choice carries the field's own id, so that the error summary leads to it.
            identity = block.id if number == 0 and block.kind == "choices" else f"{block.id}-{number}"
            yield OptionView(identity, option_token(value), label, is_chosen)

    def _typed_text(self, component: Component, typed: Any) -> str:
        if typed is None or isinstance(typed, (list, dict, bool)):
            return ""
        value = str(typed)
        return self._local_moment(component.subtype, value) if component.type == "datetime" else value

    def _local_moment(self, subtype: str, value: str) -> str:
        """A stored moment as the browser's picker wants it: local, without zone or seconds."""
        context = self.context
        if subtype == "time":
            # Shown as a moment of today; a stored time has no day.
            value = f"{context.now.astimezone(context.zone).date()}T{value}"
        try:
            moment = datetime.fromisoformat(value.replace("Z", "+00:00"))
            local = moment.astimezone(context.zone) if moment.tzinfo else moment
        except (ValueError, OverflowError):
            return value
        if subtype == "date":
            return local.date().isoformat()
        return local.strftime("%H:%M" if subtype == "time" else "%Y-%m-%dT%H:%M")

    def _input_attributes(self, component: Component) -> Iterator[tuple[str, str]]:
        if component.type == "number":
            lowest = component.rules.get("min")
            # Phone number pads lack a minus sign.
            if not (isinstance(lowest, (int, float)) and lowest < 0):
                yield "inputmode", "numeric" if component.source.get("decimalDigits") == 0 else "decimal"
        if component.type == "textfield":
            yield "type", {"email": "email", "phone": "tel"}.get(str(component.rules.get("validationType")), "text")
        elif component.type == "datetime":
            yield "type", _MOMENT_INPUTS.get(component.subtype, "date")
            interval = component.source.get("timeInterval")
            if component.subtype != "date" and isinstance(interval, int) and interval > 0:
                yield "step", str(interval * int(timedelta(minutes=1).total_seconds()))
            if component.source.get("disallowPassedDates") is True and component.subtype != "time":
                today = self.context.now.astimezone(self.context.zone).date().isoformat()
                yield "min", today if component.subtype == "date" else f"{today}T00:00"

    def _is_live(self, component: Component) -> bool:
        return not self.form.mentioned_names.isdisjoint(component.path)

    def _id(self, name: str) -> str:
        return f"{self.id}-{name.replace('.', '-')}"

    def _note(self, block: Block, where: str) -> None:
        for message in block.errors:
            self.problems.append(ProblemView(block.id, where + block.label, message))

    def _add_unplaced_problems(self) -> None:
        """Errors at fields that are not drawn (they may have become hidden) are still said."""
        placed = {block.name for block in all_blocks(self.blocks)}
        labels = {component.name: component.label(self.language) for component in self.form.walk()}
        for name, messages in self.errors.items():
            if name not in placed:
                self.problems += [ProblemView("", labels.get(name) or name, message) for message in messages]


def _width(columns: Any, row: Any) -> str:
    """form-js lays out in 16 columns, the page in 12; without a number the block takes its share of the line."""
    if row is None:
        return "col-12"
    if not isinstance(columns, int) or not 1 <= columns <= _GRID_COLUMNS:
        return "col-12 col-md"
    return f"col-12 {_WIDTHS[round(columns * 12 / _GRID_COLUMNS)]}"
