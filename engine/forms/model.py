"""What a form is: its components, the context it is filled in, and the errors about either.

The source is form-js JSON (schema version 19 and earlier). Two additions are ours, both inside places form-js leaves
to the author: ``properties`` carries the English texts and display hints, options may carry ``label_en``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property, lru_cache
from typing import Any, ClassVar, Literal
from zoneinfo import ZoneInfo

from engine.errors import Invalid, Language

INPUT_TYPES = frozenset(
    {
        "textfield",
        "textarea",
        "number",
        "select",
        "radio",
        "checkbox",
        "checklist",
        "taglist",
        "datetime",
        "filepicker",
    }
)
CONTAINER_TYPES = frozenset({"group", "dynamiclist"})
PRESENTATION_TYPES = frozenset({"text", "html", "separator", "spacer", "image", "table", "button"})
KNOWN_TYPES = INPUT_TYPES | CONTAINER_TYPES | PRESENTATION_TYPES | {"expression"}
CHOICE_TYPES = frozenset({"select", "radio", "checklist", "taglist"})
MANY_TYPES = frozenset({"checklist", "taglist", "filepicker"})

LIMITS = ("min", "max", "minLength", "maxLength")
_BEHAVIOUR = ("expression", "valuesExpression", "readonly", "multiple", "dataSource", "columnsExpression")
_WORDING = ("label", "dateLabel", "timeLabel", "description", "text", "content", "source", "alt")
_TEMPLATE = re.compile(r"\{\{(.*?)\}\}", re.DOTALL)
_STRING = re.compile(r'"(?:[^"\\]|\\.)*"')
_NAME = re.compile(r"[^\W\d]\w*")


@dataclass(frozen=True)
class FileInfo:
    """An uploaded file: ``id`` is what answers hold, the rest is for people."""

    id: str
    name: str
    size_bytes: int
    content_type: str


@dataclass(frozen=True)
class FormContext:
    """Everything a form may know besides the answers.

    ``now`` is aware; ``zone`` is the zone of the person filling in (local dates and times are meant in it);
    ``functions`` are the FEEL functions beyond the built-in ones; ``variables`` is the data of the process instance
    that expressions may read; ``files`` are the uploads of this submission by id.
    """

    language: Language
    now: datetime
    zone: ZoneInfo
    functions: Mapping[str, Callable[..., Any]] = field(default_factory=dict)
    variables: Mapping[str, Any] = field(default_factory=dict)
    files: Mapping[str, FileInfo] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Component:
    """One component of the source.

    ``path`` is where the answer lies inside its scope (the form, or one row of a dynamic list): the paths of the
    groups around it and its own key, split at dots. It is empty for components that hold no answer.
    """

    type: str
    id: str
    path: tuple[str, ...]
    source: Mapping[str, Any]
    components: tuple[Component, ...] = ()

    @cached_property
    def name(self) -> str:
        """The path with dots, as errors and posted fields use it."""
        return ".".join(self.path)

    @cached_property
    def is_list(self) -> bool:
        return self.type == "dynamiclist"

    @cached_property
    def holds_answer(self) -> bool:
        """True for inputs, computed fields and lists: whatever becomes data."""
        return self.type in INPUT_TYPES or self.type == "expression" or self.is_list

    @cached_property
    def rules(self) -> Mapping[str, Any]:
        """The designer's ``validate`` block."""
        return _mapping(self.source.get("validate"))

    @property
    def required(self) -> bool:
        return self.rules.get("required") is True

    @property
    def disabled(self) -> bool:
        return self.source.get("disabled") is True

    @property
    def always_readonly(self) -> bool:
        return self.source.get("readonly") is True

    @cached_property
    def hide_condition(self) -> str | None:
        hide = _mapping(self.source.get("conditional")).get("hide")
        return hide if is_expression(hide) else None

    @property
    def properties(self) -> Mapping[str, Any]:
        return _mapping(self.source.get("properties"))

    @property
    def subtype(self) -> str:
        """``date``, ``time`` or ``datetime`` of a datetime component."""
        return str(self.source.get("subtype") or "date")

    @property
    def allows_rows(self) -> bool:
        """Whether people may add and remove rows (form-js: yes, unless the author says no)."""
        return self.source.get("allowAddRemove") is not False

    @property
    def default_rows(self) -> int:
        count = self.source.get("defaultRepetitions", 1)
        return count if isinstance(count, int) and 0 <= count <= 50 else 1

    def label(self, language: Language) -> str:
        """The author's label; in English ``properties.en``, else the Chinese one."""
        own = self.source.get("label") or self.source.get("dateLabel") or self.source.get("timeLabel")
        chinese = str(own or self.properties.get("zh") or "")
        return str(self.properties.get("en") or chinese) if language == "en" else chinese

    def wording(self, name: str, language: Language) -> str:
        """Another text of the component (``description``, ``text``, …); English in ``properties.en_<name>``."""
        chinese = str(self.source.get(name) or "")
        return str(self.properties.get(f"en_{name}") or chinese) if language == "en" else chinese

    def adorner(self, name: str, language: Language) -> str:
        """``prefixAdorner`` or ``suffixAdorner``, such as a unit; English in ``properties.en_<name>``."""
        chinese = str(_mapping(self.source.get("appearance")).get(name) or "")
        return str(self.properties.get(f"en_{name}") or chinese) if language == "en" else chinese

    def expressions(self) -> Iterator[tuple[str, str]]:
        """Every FEEL expression in the component as (property, text without the leading ``=``)."""
        if self.hide_condition:
            yield "conditional.hide", self.hide_condition[1:]
        for limit in LIMITS:
            if is_expression(self.rules.get(limit)):
                yield f"validate.{limit}", self.rules[limit][1:]
        for name in _BEHAVIOUR:
            if is_expression(self.source.get(name)):
                yield name, self.source[name][1:]
        for name, text in self._texts():
            if is_expression(text):
                yield name, text[1:]
            else:
                yield from ((name, found) for found in template_parts(text))

    def _texts(self) -> Iterator[tuple[str, str]]:
        for name in _WORDING:
            yield name, str(self.source.get(name) or "")
        for name, value in self.properties.items():
            if name == "en" or name.startswith("en_"):
                yield f"properties.{name}", str(value)
        for name, value in _mapping(self.source.get("appearance")).items():
            yield f"appearance.{name}", str(value)


@dataclass(frozen=True)
class Form:
    """A parsed form: ``key`` is what ``formRef`` in a diagram names."""

    key: str
    source: Mapping[str, Any]
    components: tuple[Component, ...]
    file: str = ""

    def title(self, language: Language) -> str:
        """The form's name; in English ``properties.en``, else the Chinese one, else the key."""
        chinese = str(self.source.get("name") or self.key)
        return str(_mapping(self.source.get("properties")).get("en") or chinese) if language == "en" else chinese

    def walk(self) -> Iterator[Component]:
        """Every component, containers before their contents, in document order."""
        yield from walk(self.components)

    @cached_property
    def has_expressions(self) -> bool:
        return any(True for component in self.walk() for _ in component.expressions())

    @cached_property
    def mentioned_names(self) -> frozenset[str]:
        """All names in any expression of the form: a field among them changes something when it changes."""
        texts = (_STRING.sub("", text) for component in self.walk() for _, text in component.expressions())
        return frozenset(name for text in texts for name in _NAME.findall(text))


@dataclass(frozen=True)
class FormProblem:
    """Something a form author should mend; ``level`` ``warning`` does not stop publishing."""

    code: str
    component: str
    zh: str
    en: str
    level: Literal["error", "warning"] = "error"


class FormSourceInvalid(Invalid):
    """The file is not a form at all; ``details['problems']`` lists ``{component, zh, en}``."""

    code: ClassVar[str] = "form_source_invalid"
    zh: ClassVar[str] = "表单 {file} 无法读取：{reason_zh}"
    en: ClassVar[str] = "The form {file} cannot be read: {reason_en}"


class FormInvalid(Invalid):
    """Answers that cannot be accepted; ``details['fields']`` maps a path such as ``items.0.part`` to its messages."""

    code: ClassVar[str] = "form_invalid"
    zh: ClassVar[str] = "有 {count} 处需要修改"
    en: ClassVar[str] = "Please correct {count} field(s)"


def walk(components: tuple[Component, ...]) -> Iterator[Component]:
    """Every component below, containers before their contents."""
    for component in components:
        yield component
        yield from walk(component.components)


@lru_cache(maxsize=2048)
def scope_fields(components: tuple[Component, ...]) -> tuple[Component, ...]:
    """The components that hold answers of one scope: groups are looked through, lists are not."""
    found: list[Component] = []
    for component in components:
        if component.holds_answer:
            found.append(component)
        elif component.type == "group":
            found.extend(scope_fields(component.components))
    return tuple(found)


def is_expression(value: Any) -> bool:
    """form-js marks FEEL by a leading equals sign."""
    return isinstance(value, str) and value.startswith("=")


def template_parts(text: str) -> list[str]:
    """The FEEL expressions inside ``{{ … }}`` of a text."""
    return [found.strip() for found in _TEMPLATE.findall(text)]


def fill_template(text: str, show: Callable[[str], str]) -> str:
    """``text`` with every ``{{ expression }}`` replaced by what ``show`` makes of it."""
    return _TEMPLATE.sub(lambda match: show(match[1].strip()), text)


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
