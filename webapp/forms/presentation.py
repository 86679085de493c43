"""Components that only show something: Markdown with values, HTML reduced to text, tables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Any

from markupsafe import Markup, escape

from engine.errors import Language
from engine.forms import Component, Place, Settled, is_expression
from engine.forms.model import fill_template
from engine.forms.showing import shown
from webapp.forms.markdown import escape_markdown

_MAX_TABLE_ROWS = 200
_SILENT_TAGS = frozenset({"script", "style", "template", "iframe", "object", "title"})
_BLOCK_TAGS = frozenset({"p", "div", "br", "li", "tr", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "table"})


@dataclass(frozen=True)
class TableView:
    columns: list[str]
    rows: list[list[str]]


def fill_markdown(settled: Settled, place: Place, source: str) -> str:
    """An author's Markdown with values filled in; a value cannot bring Markdown of its own."""
    if is_expression(source):
        return settled.text(source, place)
    return fill_template(source, lambda inner: escape_markdown(settled.text(f"={inner}", place)))


def html_text(source: str) -> Markup:
    """The text of an author's HTML, lines kept: no markup of theirs reaches the page."""
    stripper = _Stripper()
    stripper.feed(source)
    stripper.close()
    lines = [" ".join(line.split()) for line in "".join(stripper.parts).split("\n")]
    return Markup("<br>").join(escape(line) for line in lines if line)


def table_view(settled: Settled, component: Component, place: Place, language: Language) -> TableView:
    """The table's columns and cells as text; a source that is not a list of rows is an empty table."""
    source = component.source.get("dataSource")
    data = settled.value_of(source, place)
    if isinstance(source, str) and not is_expression(source):
        data = settled.evaluate(source, place)
    columns = settled.value_of(component.source.get("columnsExpression"), place) or component.source.get("columns")
    known = [column for column in columns if isinstance(column, Mapping)] if isinstance(columns, list) else []
    keys = [str((column.get("key_en") if language == "en" else None) or column.get("key") or "") for column in known]
    labels = [_column_label(column, language) for column in known]
    rows = [row for row in data if isinstance(row, Mapping)][:_MAX_TABLE_ROWS] if isinstance(data, list) else []
    return TableView(labels, [[shown(row.get(key), settled.context) for key in keys] for row in rows])


def _column_label(column: Mapping[str, Any], language: Language) -> str:
    return str((column.get("label_en") if language == "en" else None) or column.get("label") or column.get("key") or "")


class _Stripper(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _SILENT_TAGS:
            self.silent += 1
        elif tag in _BLOCK_TAGS:
            self.parts.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in _SILENT_TAGS:
            self.silent = max(0, self.silent - 1)
        elif tag in _BLOCK_TAGS:
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        if not self.silent:
            self.parts.append(data)
