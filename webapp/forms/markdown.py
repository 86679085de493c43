"""A small, safe Markdown for text components: headings, emphasis, lists, links, code, line breaks.

Everything is escaped first, so no HTML of an author or of a value reaches the page; links lead to http(s), mailto or
this host only.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from markupsafe import Markup, escape

_HEADING = re.compile(r"(#{1,6})\s+(.*)")
_BULLET = re.compile(r"[-*+]\s+(.*)")
_NUMBER = re.compile(r"\d+[.)]\s+(.*)")
_RULE = re.compile(r"(?:-{3,}|\*{3,}|_{3,})")
_ESCAPED = re.compile(r"\\([\\`*_{}\[\]()#+.!<>|~-])")
_CODE = re.compile(r"`([^`\n]+)`")
_LINK = re.compile(r"\[([^\[\]\n]+)\]\(([^()\s]+)\)")
_STRONG = re.compile(r"\*\*([^*\n]+)\*\*")
_EMPHASIS = re.compile(r"(?<![\w*])[*_]([^*_\n]+)[*_](?![\w*])")
_ADDRESS = re.compile(r"(?:https?://|mailto:)[^\s]+|/(?![/\\])[^\s\\]*", re.IGNORECASE)
_HELD = re.compile("\ue000(\\d+)\ue001")
_PRIVATE = re.compile("[\ue000\ue001]")
_SPECIAL = re.compile(r"([\\`*_{}\[\]()#+.!<>|~-])")


def render_markdown(source: str) -> Markup:
    """The text as HTML."""
    lines = _PRIVATE.sub("", source).replace("\r\n", "\n").split("\n")
    return Markup("\n".join(_blocks(lines)))  # noqa: S704  (every part was escaped on the way)


def escape_markdown(value: str) -> str:
    """A value for use inside Markdown: its characters mean only themselves."""
    return _SPECIAL.sub(r"\\\1", value)


def _blocks(lines: list[str]) -> Iterator[str]:
    paragraph: list[str] = []
    items: list[str] = []
    tag = ""

    def flush() -> Iterator[str]:
        if paragraph:
            yield "<p>" + "<br>".join(_inline(line) for line in paragraph) + "</p>"
        if items:
            yield f"<{tag}>" + "".join(f"<li>{_inline(item)}</li>" for item in items) + f"</{tag}>"
        paragraph.clear()
        items.clear()

    for raw in lines:
        line = raw.strip()
        heading, wanted, item = _HEADING.fullmatch(line), *_list_item(line)
        if item is not None:
            if paragraph or wanted != tag:
                yield from flush()
            tag = wanted
            items.append(item)
        elif not line or heading or _RULE.fullmatch(line):
            yield from flush()
            if heading:
                # The page has the h1 and the card the h2: an author's headings start below.
                level = min(len(heading[1]) + 2, 6)
                yield f"<h{level}>{_inline(heading[2])}</h{level}>"
            elif line:
                yield "<hr>"
        else:
            if items:
                yield from flush()
            paragraph.append(line)
    yield from flush()


def _list_item(line: str) -> tuple[str, str | None]:
    bullet, number = _BULLET.fullmatch(line), _NUMBER.fullmatch(line)
    if bullet:
        return "ul", bullet[1]
    return ("ol", number[1]) if number else ("", None)


def _inline(text: str) -> str:
    held: list[str] = []

    def hold(html: str) -> str:
        held.append(html)
        return f"\ue000{len(held) - 1}\ue001"

    text = _ESCAPED.sub(lambda match: hold(str(escape(match[1]))), text)
    text = _CODE.sub(lambda match: hold(f"<code>{escape(match[1])}</code>"), text)
    text = _LINK.sub(lambda match: hold(_link(match[1], match[2])), text)
    html = str(escape(text))
    html = _STRONG.sub(r"<strong>\1</strong>", html)
    html = _EMPHASIS.sub(r"<em>\1</em>", html)
    # What was held may itself hold an escaped character.
    while _HELD.search(html):
        html = _HELD.sub(lambda match: held[int(match[1])], html)
    return html


def _link(label: str, address: str) -> str:
    if not _ADDRESS.fullmatch(address):
        return str(escape(label))
    return f'<a href="{escape(address)}" rel="noopener noreferrer">{escape(label)}</a>'
