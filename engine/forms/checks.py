"""What must be right before a form is published. Each finding names the component and says it in both languages."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from engine.feel import FeelSyntaxError, compile_expression, known_functions
from engine.forms.model import (
    CHOICE_TYPES,
    INPUT_TYPES,
    KNOWN_TYPES,
    LIMITS,
    Component,
    Form,
    FormProblem,
    is_expression,
    scope_fields,
    walk,
)
from engine.forms.patterns import PatternRefused, compiled_pattern
from engine.forms.places import MAX_ROWS

# Words of expressions, and names that as a field would hide a property of the browser's form element.
_RESERVED_NAMES = frozenset(
    {
        "csrf_token",
        "this",
        "parent",
        "i",
        "id",
        "attributes",
        "children",
        "elements",
        "tagName",
        "nodeName",
        "parentNode",
    }
)
_PATTERN_TEXTS = {
    "invalid": ("不是有效的正则表达式", "is not a valid regular expression"),
    "unsupported": ("使用了不支持的正则写法", "uses a notation that is not supported"),
    "dangerous": ("含有嵌套重复，校验可能极慢", "repeats a group that itself repeats, which can take forever"),
}


def check_form(form: Form, functions: Collection[str]) -> list[FormProblem]:
    """Everything an author should mend before publishing, in document order.

    ``functions`` are the names of the FEEL functions that will exist beyond the built-in ones when the form is filled
    in. Problems of level ``warning`` do not stop publishing.
    """
    found = list(_check_paths(form.components))
    for component in form.walk():
        for check in _COMPONENT_CHECKS:
            found.extend(check(component))
        found.extend(_check_expressions(component, functions))
    return found


def _problem(component: Component, code: str, zh: str, en: str) -> FormProblem:
    return FormProblem(code, component.id, f"组件 {component.id}：{zh}", f"Component {component.id}: {en}")


def _check_paths(components: tuple[Component, ...]) -> Iterator[FormProblem]:
    """Within one scope no two answers may share a path, nor may one lie inside another."""
    taken: dict[tuple[str, ...], Component] = {}
    for component in scope_fields(components):
        clash = next((other for path, other in taken.items() if _overlap(path, component.path)), None)
        if clash is not None:
            name = component.name
            yield _problem(component, "duplicate_key", f"键“{name}”重复", f"the key “{name}” is used twice")
        taken[component.path] = component
    for component in walk(components):
        if component.is_list:
            yield from _check_paths(component.components)


def _overlap(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    shorter = min(len(one), len(other))
    return one[:shorter] == other[:shorter]


def _check_type(component: Component) -> Iterator[FormProblem]:
    if component.type not in KNOWN_TYPES:
        kind = component.type
        yield _problem(
            component, "component_unknown", f"不支持的组件类型 {kind}", f"components of type {kind} are not supported"
        )


def _check_key(component: Component) -> Iterator[FormProblem]:
    for part in component.path:
        if part.startswith("_") or part in _RESERVED_NAMES or not part.replace("_", "a").isalnum() or part.isdigit():
            yield _problem(component, "key_not_usable", f"键“{part}”不可用", f"the key “{part}” cannot be used")


def _check_options(component: Component) -> Iterator[FormProblem]:
    if component.type not in CHOICE_TYPES:
        return
    source = component.source
    if source.get("valuesKey") or source.get("valuesExpression"):
        return
    values = source.get("values")
    if not isinstance(values, list) or not values:
        yield _problem(component, "options_missing", "没有选项", "it has no options")
        return
    seen: list[Any] = []
    for option in values:
        value = option.get("value") if isinstance(option, Mapping) else option
        if any(str(value) == str(other) for other in seen):
            yield _problem(
                component, "option_duplicate", f"选项值“{value}”重复", f"the option value “{value}” is used twice"
            )
        seen.append(value)


def _check_pattern(component: Component) -> Iterator[FormProblem]:
    pattern = component.rules.get("pattern")
    if not pattern:
        return
    try:
        compiled_pattern(str(pattern))
    except PatternRefused as refused:
        zh, en = _PATTERN_TEXTS[refused.reason]
        yield _problem(component, f"pattern_{refused.reason}", f"校验规则{zh}", f"the pattern {en}")


def _check_numbers(component: Component) -> Iterator[FormProblem]:
    settings = {name: component.rules.get(name) for name in LIMITS}
    settings["increment"] = component.source.get("increment")
    for name, value in settings.items():
        if value in (None, "") or is_expression(value):
            continue
        try:
            usable = not isinstance(value, bool) and Decimal(str(value)).is_finite()
        except InvalidOperation:
            usable = False
        if not usable or (name == "increment" and Decimal(str(value)) <= 0):
            yield _problem(component, "number_setting", f"设置 {name} 不是数字", f"the setting {name} is not a number")
    rows = component.source.get("defaultRepetitions")
    if component.is_list and isinstance(rows, int) and rows > MAX_ROWS:
        yield _problem(component, "number_setting", f"默认行数超过 {MAX_ROWS}", f"more than {MAX_ROWS} default rows")


def _check_image(component: Component) -> Iterator[FormProblem]:
    source = str(component.source.get("source") or "")
    if component.type == "image" and not is_own_address(source):
        yield _problem(
            component,
            "image_foreign",
            "图片地址必须以 / 开头，位于本系统内",
            "the image must lie on this host (its address starts with /)",
        )


def _check_label(component: Component) -> Iterator[FormProblem]:
    if component.type not in INPUT_TYPES and not component.is_list:
        return
    if not component.label("zh"):
        yield _problem(component, "label_missing", "没有标签", "it has no label")
    elif not component.properties.get("en"):
        yield FormProblem(
            "label_untranslated",
            component.id,
            f"组件 {component.id}：没有英文标签（properties.en）",
            f"Component {component.id}: no English label (properties.en)",
            "warning",
        )


def _check_expressions(component: Component, functions: Collection[str]) -> Iterator[FormProblem]:
    if component.type == "expression" and not is_expression(component.source.get("expression")):
        yield _problem(component, "expression_missing", "没有以 = 开头的表达式", "it has no expression starting with =")
    for name, text in component.expressions():
        if text.startswith(("#", "/")):
            yield _problem(
                component, "template_block", f"{name} 中不支持 {{{{#…}}}} 块", f"{name}: no {{{{#…}}}} blocks"
            )
            continue
        try:
            unknown = sorted(compile_expression(text).functions - known_functions() - set(functions))
        except FeelSyntaxError as error:
            zh, en = error.message("zh"), error.message("en")
            yield _problem(component, "expression_syntax", f"{name}：{zh}", f"{name}: {en}")
            continue
        for function in unknown:
            yield _problem(
                component,
                "function_unknown",
                f"{name} 调用了未知函数 {function}()",
                f"{name} calls the unknown function {function}()",
            )


def is_own_address(address: str) -> bool:
    """A path on this host: not another host's address in any spelling browsers accept."""
    return address.startswith("/") and not address.startswith(("//", "/\\")) and "\\" not in address


_COMPONENT_CHECKS: tuple[Callable[[Component], Iterator[FormProblem]], ...] = (
    _check_type,
    _check_key,
    _check_options,
    _check_pattern,
    _check_numbers,
    _check_image,
    _check_label,
)
