"""Templates become Word files. A template is an upload: it may show data, repeat rows and choose, nothing else."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from functools import lru_cache
from types import CodeType
from typing import Any

from docx.opc.exceptions import OpcError
from docxtpl import DocxTemplate
from jinja2 import StrictUndefined, Template, TemplateSyntaxError, UndefinedError, nodes
from jinja2.exceptions import SecurityError, TemplateRuntimeError
from jinja2.sandbox import ImmutableSandboxedEnvironment
from lxml import etree

from engine.documents.kind import as_text
from engine.errors import Invalid

ROW_LIMIT = 20_000
FILTERS = ("default", "d", "first", "join", "last", "length", "lower", "round", "trim", "upper")
_ALLOWED = (
    nodes.Template,
    nodes.Output,
    nodes.TemplateData,
    nodes.Name,
    nodes.Getattr,
    nodes.Getitem,
    nodes.Const,
    nodes.If,
    nodes.For,
    nodes.CondExpr,
    nodes.Compare,
    nodes.Operand,
    nodes.And,
    nodes.Or,
    nodes.Not,
    nodes.Filter,
    nodes.Test,
    nodes.Concat,
)
_FAILURES = (TemplateSyntaxError, UndefinedError, TemplateRuntimeError, OpcError, etree.XMLSyntaxError)


class TemplateInvalid(Invalid):
    """A template that cannot be used, and why."""

    code = "template_invalid"
    zh = "模板不能使用：{zh}"
    en = "The template cannot be used: {en}"


class _Rows(list[Any]):
    """A list of the data whose rows are counted as a template walks over them."""

    def __init__(self, items: list[Any], budget: _Budget) -> None:
        super().__init__(items)
        self._budget = budget

    def __iter__(self) -> Iterator[Any]:
        for item in super().__iter__():
            self._budget.spend()
            yield item


class _Budget:
    def __init__(self) -> None:
        self._left = ROW_LIMIT

    def spend(self) -> None:
        self._left -= 1
        if self._left < 0:
            raise TemplateInvalid(zh=f"循环超过 {ROW_LIMIT} 行", en=f"its loops have more than {ROW_LIMIT} rows")


class _Environment(ImmutableSandboxedEnvironment):
    """Jinja's sandbox, further reduced: no calls, no assignments, no arithmetic, a handful of filters."""

    def __init__(self) -> None:
        super().__init__(autoescape=True, undefined=StrictUndefined)
        self.globals.clear()
        self.filters = {name: self.filters[name] for name in FILTERS}

    def from_string(self, source: str | nodes.Template, *given: Any, **more: Any) -> Template:
        """The template of a text. Compiling takes most of the time of a document: what was compiled is kept."""
        if isinstance(source, str):
            return self.template_class.from_code(self, _compiled(source), self.make_globals(None))
        return super().from_string(source, *given, **more)

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        tree = super()._parse(source, name, filename)
        for node in tree.find_all(nodes.Node):
            _check(node)
        return tree


@lru_cache(maxsize=128)
def _compiled(source: str) -> CodeType:
    return _Environment().compile(source)


def render(template: bytes, data: Mapping[str, Any], about: Mapping[str, Any]) -> bytes:
    """The Word file a template makes of ``data``; ``about`` is what it finds as ``document``.

    Raises ``TemplateInvalid`` with what is wrong.
    """
    budget = _Budget()
    context = {**_counted(as_text(data), budget), "document": dict(about)}
    target = io.BytesIO()
    try:
        word = DocxTemplate(io.BytesIO(template))
        word.render(context, _Environment(), autoescape=True)
        word.save(target)
    except SecurityError as refused:
        raise TemplateInvalid(
            zh=f"不允许的内容：{refused}", en=f"it does what templates may not: {refused}"
        ) from refused
    except _FAILURES as failed:
        where = f" (line {failed.lineno})" if isinstance(failed, TemplateSyntaxError) else ""
        raise TemplateInvalid(zh=f"{failed}{where}", en=f"{failed}{where}") from failed
    except (KeyError, ValueError, TypeError) as failed:
        raise TemplateInvalid(
            zh=f"不是完整的 Word 文件：{failed}", en=f"it is no complete Word file: {failed}"
        ) from failed
    return target.getvalue()


def _check(node: nodes.Node) -> None:
    if not isinstance(node, _ALLOWED):
        what = type(node).__name__
        raise TemplateInvalid(zh=f"模板中不能使用 {what}", en=f"{what} may not be used in a template")
    if isinstance(node, nodes.For) and (node.recursive or not isinstance(node.iter, (nodes.Name, nodes.Getattr))):
        raise TemplateInvalid(zh="循环只能用于数据中的列表", en="a loop may only go over a list of the data")
    if isinstance(node, (nodes.Getattr, nodes.Getitem)):
        key = node.attr if isinstance(node, nodes.Getattr) else getattr(node.arg, "value", "_")
        if str(key).startswith("_"):
            raise TemplateInvalid(zh=f"不能读取“{key}”", en=f"“{key}” may not be read")
    if isinstance(node, nodes.Filter) and node.name not in FILTERS:
        raise TemplateInvalid(zh=f"不能使用过滤器 {node.name}", en=f"the filter {node.name} may not be used")


def _counted(data: Any, budget: _Budget) -> Any:
    if isinstance(data, Mapping):
        return {key: _counted(value, budget) for key, value in data.items()}
    if isinstance(data, list):
        return _Rows([_counted(value, budget) for value in data], budget)
    return data
