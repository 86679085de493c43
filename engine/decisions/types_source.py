"""Type references: FEEL's own types and those that the file defines from them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from lxml import etree

from engine.decisions.model import ValueType
from engine.decisions.tree import child, children, text_of
from engine.decisions.values import TYPE_KINDS, WHOLE_TYPES

TypeReader = Callable[[str], ValueType]


def read_types(root: etree._Element) -> TypeReader:
    """A function from a ``typeRef`` to the type; one that is not known has an empty kind."""
    defined = {node.get("name", ""): node for node in children(root, "itemDefinition")}

    def read(reference: str, seen: frozenset[str] = frozenset()) -> ValueType:
        name = reference.strip()
        name = name if name in defined else name.rpartition(":")[2]
        node = defined.get(name)
        if node is None or name in seen:
            return ValueType(name, TYPE_KINDS.get(name.lower(), ""), name.lower() in WHOLE_TYPES)
        if child(node, "itemComponent") is not None:
            base = ValueType(name, "context")
        else:
            base = replace(read(text_of(node, "typeRef"), seen | {name}), name=name)
        allowed = text_of(node, "allowedValues", "text") or base.allowed
        is_list = base.is_list or node.get("isCollection") == "true"
        return replace(base, allowed=allowed, is_list=is_list)

    return read
