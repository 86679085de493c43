"""Whether a value is an instance of a type (DMN 1.4, chapter 10.3.2.9)."""

from __future__ import annotations

from typing import Any

from engine.feel.syntax import Type
from engine.feel.values import Runtime, kind


def conforms(value: Any, wanted: Type, runtime: Runtime) -> bool:
    """Whether ``value`` is of the type ``wanted``; null is of the type Null and no other."""
    if wanted.name in ("Any", "Null"):
        return (value is None) is (wanted.name == "Null")
    name = kind(value)
    if name != wanted.name:
        return False
    if name == "context":
        return all(key in value and conforms(value[key], part, runtime) for key, part in wanted.parts)
    if name in ("list", "range") and wanted.parts:
        inner = value if name == "list" else [end for end in (value.start, value.end) if end is not None]
        runtime.tick(1 + len(inner))
        return all(conforms(element, wanted.parts[0][1], runtime) for element in inner)
    return True
