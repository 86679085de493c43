"""Small steps through a DMN tree, whatever version its namespace names."""

from __future__ import annotations

from lxml import etree

from engine.decisions.model import Cell, Label
from engine.xml import CAMUNDA

_PROPERTY = f"{{{CAMUNDA}}}properties/{{{CAMUNDA}}}property"


def children(node: etree._Element, tag: str) -> list[etree._Element]:
    """The direct children called ``tag`` in the namespace of ``node``."""
    return node.findall(f"{{{etree.QName(node).namespace}}}{tag}")


def child(node: etree._Element, tag: str) -> etree._Element | None:
    """The first direct child called ``tag``."""
    return node.find(f"{{{etree.QName(node).namespace}}}{tag}")


def text_of(node: etree._Element, *path: str) -> str:
    """The text at the end of a path of children, empty if there is none."""
    found: etree._Element | None = node
    for tag in path:
        found = child(found, tag) if found is not None else None
    return (found.text or "").strip() if found is not None else ""


def cell_of(node: etree._Element | None, holder_id: str) -> Cell:
    """The expression in ``node``; one that is not there is an empty cell of its holder."""
    return Cell(holder_id, "") if node is None else Cell(node.get("id", "") or holder_id, text_of(node, "text"))


def properties(node: etree._Element) -> dict[str, str]:
    """Our extension properties."""
    holder = child(node, "extensionElements")
    found = holder.findall(_PROPERTY) if holder is not None else []
    return {one.get("name", ""): one.get("value", "") for one in found}


def label_of(node: etree._Element, attribute: str, otherwise: str) -> Label:
    """The label in ``attribute`` and its English in the property ``en``."""
    return Label(" ".join(node.get(attribute, "").split()) or otherwise, properties(node).get("en", ""))
