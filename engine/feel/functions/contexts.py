"""Context functions (DMN 1.4, table 78)."""

from __future__ import annotations

from typing import Any

from engine.feel.functions.registry import builtin
from engine.feel.values import Runtime


@builtin("get value", "m: context", "key: string")
def get_value(context: dict[str, Any], key: str) -> Any:
    """The entry of that key, else null."""
    return context.get(key)


@builtin("get value", "m: context", "keys: list")
def get_value_at(context: dict[str, Any], keys: list[Any]) -> Any:
    """The entry at the end of a path of keys, else null."""
    value: Any = context
    for key in keys:
        value = value.get(key) if type(value) is dict and type(key) is str else None
    return value if keys else None


@builtin("get entries", "m: context")
def get_entries(runtime: Runtime, context: dict[str, Any]) -> list[dict[str, Any]]:
    """Every entry as ``{key: …, value: …}``."""
    runtime.tick(1 + len(context))
    return [{"key": key, "value": value} for key, value in context.items()]


@builtin("context", "entries: list")
def to_context(runtime: Runtime, entries: list[Any]) -> dict[str, Any] | None:
    """A context from entries ``{key: …, value: …}``; null for a wrong entry or a key given twice."""
    runtime.tick(1 + len(entries))
    result: dict[str, Any] = {}
    for entry in entries:
        if type(entry) is not dict or "value" not in entry:
            return None
        key = entry.get("key")
        if type(key) is not str or key in result:
            return None
        result[key] = entry["value"]
    return result


@builtin("context put", "context: context", "key: string", "value: any")
def context_put(runtime: Runtime, context: dict[str, Any], key: str, value: Any) -> dict[str, Any]:
    """With the entry ``key`` set to ``value``."""
    runtime.tick_size(len(context))
    return {**context, key: value}


@builtin("context put", "context: context", "keys: list", "value: any")
def context_put_at(runtime: Runtime, context: dict[str, Any], keys: list[Any], value: Any) -> dict[str, Any] | None:
    """With the entry at the end of a path of keys set to ``value``; null if the path leaves the contexts."""
    runtime.tick_size(len(context))
    if not keys or type(keys[0]) is not str:
        return None
    key, *rest = keys
    if not rest:
        return {**context, key: value}
    inner = context.get(key)
    changed = context_put_at(runtime, inner, rest, value) if type(inner) is dict else None
    return None if changed is None else {**context, key: changed}


@builtin("context merge", "contexts: list")
def context_merge(runtime: Runtime, contexts: list[Any]) -> dict[str, Any] | None:
    """All entries; the last context that has a key decides."""
    result: dict[str, Any] = {}
    for context in contexts:
        if type(context) is not dict:
            return None
        runtime.tick_size(len(context))
        result |= context
    return result
