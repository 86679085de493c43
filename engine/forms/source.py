"""From form-js JSON to a ``Form``. The shape is checked here; what it means is checked in ``checks``."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from engine.forms.model import CONTAINER_TYPES, INPUT_TYPES, Component, Form, FormSourceInvalid

MAX_SOURCE_BYTES = 1_000_000
MAX_COMPONENTS = 500
MAX_DEPTH = 8


def parse_form(source: bytes | str | Mapping[str, Any], *, file: str = "") -> Form:
    """Read a form.

    ``file`` is only used to name the form in messages. Raises ``FormSourceInvalid`` listing every problem of shape.
    """
    data = source if isinstance(source, Mapping) else _decode(source, file)
    reader = _Reader()
    key = data.get("id")
    if not isinstance(key, str) or not key.strip():
        reader.problem("", "缺少表单标识 id", "the form has no id")
    if data.get("type", "default") != "default":
        reader.problem("", "type 必须是 default", "type must be default")
    components = reader.components(data.get("components"), (), 1, "")
    if reader.problems:
        raise _invalid(file or str(key or ""), reader.problems)
    return Form(key=str(key), source=data, components=components, file=file)


def _decode(source: bytes | str, file: str) -> Mapping[str, Any]:
    if len(source) > MAX_SOURCE_BYTES:
        raise _invalid(file, [_said("", "文件超过 1 MB", "the file is larger than 1 MB")])
    try:
        data = json.loads(source)
    except (ValueError, RecursionError):
        raise _invalid(file, [_said("", "不是有效的 JSON", "it is not valid JSON")]) from None
    if not isinstance(data, dict):
        raise _invalid(file, [_said("", "不是表单对象", "it is not a form object")])
    return data


def _said(component: str, zh: str, en: str) -> dict[str, str]:
    return {"component": component, "zh": zh, "en": en}


def _invalid(file: str, problems: list[dict[str, str]]) -> FormSourceInvalid:
    return FormSourceInvalid(file=file, reason_zh=problems[0]["zh"], reason_en=problems[0]["en"], problems=problems)


class _Reader:
    def __init__(self) -> None:
        self.problems: list[dict[str, str]] = []
        self.count = 0

    def problem(self, component: str, zh: str, en: str) -> None:
        self.problems.append(_said(component, zh, en))

    def components(self, source: Any, prefix: tuple[str, ...], depth: int, inside: str) -> tuple[Component, ...]:
        if not isinstance(source, list):
            self.problem(inside, "components 必须是列表", "components must be a list")
            return ()
        if depth > MAX_DEPTH:
            self.problem(inside, f"嵌套超过 {MAX_DEPTH} 层", f"nested deeper than {MAX_DEPTH} levels")
            return ()
        read = (self.component(item, prefix, depth, inside) for item in source)
        return tuple(component for component in read if component is not None)

    def component(self, source: Any, prefix: tuple[str, ...], depth: int, inside: str) -> Component | None:
        self.count += 1
        if self.count > MAX_COMPONENTS:
            if self.count == MAX_COMPONENTS + 1:
                self.problem("", f"组件超过 {MAX_COMPONENTS} 个", f"more than {MAX_COMPONENTS} components")
            return None
        if not isinstance(source, dict) or not isinstance(source.get("type"), str):
            self.problem(inside, "组件没有类型", "a component has no type")
            return None
        kind, identity = source["type"], str(source.get("id") or source.get("key") or f"component_{self.count}")
        path = self._path(kind, source, prefix, identity)
        if kind not in CONTAINER_TYPES:
            return Component(kind, identity, path, source)
        inner_prefix = () if kind == "dynamiclist" else path
        inner = self.components(source.get("components", []), inner_prefix, depth + 1, identity)
        return Component(kind, identity, path, source, inner)

    def _path(self, kind: str, source: Mapping[str, Any], prefix: tuple[str, ...], identity: str) -> tuple[str, ...]:
        own = source.get("path") if kind in CONTAINER_TYPES else source.get("key")
        if kind == "group" and not own:
            return prefix
        if kind not in INPUT_TYPES | CONTAINER_TYPES | {"expression"}:
            return ()
        if not isinstance(own, str) or not all(own.split(".")):
            self.problem(identity, "组件缺少键 key 或路径 path", "the component has no key or path")
            return ()
        return (*prefix, *own.split("."))
