"""The diagram a new process begins with: a start and an end, nothing between them yet."""

from __future__ import annotations

from pathlib import Path
from string import Template
from xml.sax.saxutils import quoteattr

_TEMPLATE = Template(Path(__file__).with_suffix(".bpmn").read_text(encoding="utf-8"))


def diagram(key: str, name_zh: str, name_en: str, area: str) -> bytes:
    """The BPMN file of a process that has no steps yet; ``key`` is a valid process key."""
    text = _TEMPLATE.substitute(key=key, zh=quoteattr(name_zh), en=quoteattr(name_en), area=quoteattr(area))
    return text.encode()
