"""Where names are looked up while an expression runs: anything with ``get``, innermost first."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


class Frame:
    """Names that an expression introduces (iterators, parameters, context entries) in front of ``parent``."""

    __slots__ = ("parent", "values")

    def __init__(self, values: dict[str, Any], parent: Scope) -> None:
        self.values = values
        self.parent = parent

    def get(self, name: str, default: Any = None, /) -> Any:
        """The value of ``name``, else ``default``."""
        return self.values[name] if name in self.values else self.parent.get(name, default)


class ItemFrame:
    """The element a filter looks at: ``item``, and the element's own entries if it is a context."""

    __slots__ = ("item", "parent")

    def __init__(self, item: Any, parent: Scope) -> None:
        self.item = item
        self.parent = parent

    def get(self, name: str, default: Any = None, /) -> Any:
        """The value of ``name``, else ``default``."""
        if type(self.item) is dict and name in self.item:
            return self.item[name]
        return self.item if name == "item" else self.parent.get(name, default)


Scope = Mapping[str, Any] | Frame | ItemFrame
