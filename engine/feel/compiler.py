"""The tree of an expression becomes closures: parsed once, run as often as wanted, no ``eval``.

A compiled node is a function of a scope and the runtime. Only loops, calls and values that grow spend the budget: the
rest is bounded by the length of the text.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from engine.feel import syntax
from engine.feel.comparison import any_true, equal, includes, satisfies
from engine.feel.errors import refuse
from engine.feel.functions import BUILTINS
from engine.feel.operators import COMPARISONS, arithmetic, comparison, junction, range_from_operator, range_literal
from engine.feel.scopes import Frame, Scope
from engine.feel.types import conforms
from engine.feel.values import Range, Runtime

Compiled = Callable[[Scope, Runtime], Any]
_DEEPEST = 120
_NODES_PER_STEP = 16


class CompilerBase:
    """What compiling collects: the free variables, the functions called, the size of what was compiled so far."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.variables: set[str] = set()
        self.functions: set[str] = set()
        self.nodes = 0
        self._depth = 0
        self._bound: list[dict[str, bool]] = []  # per name whether it was read
        self._handlers: dict[type[syntax.Node], Callable[[Any], Compiled]] = {}

    def compile(self, node: syntax.Node) -> Compiled:
        """The closure for ``node``; raises :class:`FeelSyntaxError` for what can be seen to be wrong."""
        self.nodes += 1
        self._depth += 1
        if self._depth > _DEEPEST:
            refuse(self.text, node.position, "nested too deeply", "嵌套过深")
        compiled = self._handlers[type(node)](node)
        self._depth -= 1
        return compiled

    def cost_since(self, nodes: int) -> int:
        """What one run of everything compiled since there were ``nodes`` costs, in steps."""
        return 1 + (self.nodes - nodes) // _NODES_PER_STEP

    @contextmanager
    def binding(self, *names: str) -> Iterator[dict[str, bool]]:
        """Names that are no free variables while the block compiles; afterwards each tells whether it was read."""
        bound = dict.fromkeys(names, False)
        self._bound.append(bound)
        try:
            yield bound
        finally:
            self._bound.pop()

    def is_bound(self, name: str) -> bool:
        """Whether the expression itself introduces ``name`` here."""
        return any(name in names for names in self._bound)

    def read(self, name: str) -> None:
        """Note that ``name`` is read."""
        for names in reversed(self._bound):
            if name in names:
                names[name] = True
                return
        self.variables.add(name)


class OperatorCompiler(CompilerBase):
    """Constants, names, operators and literals."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self._handlers |= {
            syntax.Literal: self._literal,
            syntax.Name: self._name,
            syntax.Conditional: self._conditional,
            syntax.ListLiteral: self._list,
            syntax.ContextLiteral: self._context,
            syntax.RangeLiteral: self._range,
            syntax.Negation: self._negation,
            syntax.Arithmetic: self._arithmetic,
            syntax.Comparison: self._comparison,
            syntax.Between: self._between,
            syntax.In: self._in,
            syntax.OperatorTest: self._operator_test,
            syntax.Junction: self._junction,
            syntax.InstanceOf: self._instance_of,
        }

    def _literal(self, node: syntax.Literal) -> Compiled:
        value = node.value
        return lambda scope, runtime: value

    def _name(self, node: syntax.Name) -> Compiled:
        name = node.name
        self.read(name)
        function = BUILTINS.get(name)
        if function is not None and not self.is_bound(name):
            return lambda scope, runtime: scope.get(name, function)
        return lambda scope, runtime: scope.get(name)

    def _conditional(self, node: syntax.Conditional) -> Compiled:
        condition, then, otherwise = map(self.compile, (node.condition, node.then, node.otherwise))
        return lambda scope, runtime: (
            then(scope, runtime) if condition(scope, runtime) is True else otherwise(scope, runtime)
        )

    def _list(self, node: syntax.ListLiteral) -> Compiled:
        items = [self.compile(item) for item in node.items]
        return lambda scope, runtime: [item(scope, runtime) for item in items]

    def _context(self, node: syntax.ContextLiteral) -> Compiled:
        entries: list[tuple[str, Compiled]] = []
        with self.binding() as bound:
            for key, value in node.entries:
                entries.append((key, self.compile(value)))
                bound[key] = False

        def context(scope: Scope, runtime: Runtime) -> dict[str, Any]:
            result: dict[str, Any] = {}
            frame = Frame(result, scope)
            for key, value in entries:
                result[key] = value(frame, runtime)
            return result

        return context

    def _range(self, node: syntax.RangeLiteral) -> Compiled:
        return range_literal(self.compile(node.start), self.compile(node.end), node.start_included, node.end_included)

    def _negation(self, node: syntax.Negation) -> Compiled:
        return arithmetic("-", None, self.compile(node.operand))

    def _arithmetic(self, node: syntax.Arithmetic) -> Compiled:
        return arithmetic(node.operator, self.compile(node.left), self.compile(node.right))

    def _comparison(self, node: syntax.Comparison) -> Compiled:
        left, right = self.compile(node.left), self.compile(node.right)
        constant = node.right.value if isinstance(node.right, syntax.Literal) else None
        return comparison(node.operator, left, right, constant)

    def _between(self, node: syntax.Between) -> Compiled:
        operand, low, high = map(self.compile, (node.operand, node.low, node.high))

        def between(scope: Scope, runtime: Runtime) -> bool | None:
            value = operand(scope, runtime)
            above = COMPARISONS[">="](value, low(scope, runtime), runtime)
            if above is False:
                return False
            below = COMPARISONS["<="](value, high(scope, runtime), runtime)
            return None if above is None and below is not False else below

        return between

    def _in(self, node: syntax.In) -> Compiled:
        operand = self.compile(node.operand)
        tests = [self.compile_test(test) for test in node.tests]

        def contained(scope: Scope, runtime: Runtime) -> bool | None:
            value = operand(scope, runtime)
            return any_true([test(value, scope, runtime) for test in tests])

        return contained

    def compile_test(self, node: syntax.Node) -> Callable[[Any, Scope, Runtime], bool | None]:
        """One test of ``in`` or of a decision table's cell, as a function of the value tested."""
        if isinstance(node, syntax.OperatorTest) and node.operator in ("=", "!="):
            endpoint, wanted = self.compile(node.endpoint), node.operator == "="

            def equality(value: Any, scope: Scope, runtime: Runtime) -> bool | None:
                answer = equal(value, endpoint(scope, runtime), runtime)
                return None if answer is None else answer is wanted

            return equality
        compiled = self.compile(node)
        if isinstance(node, syntax.RangeLiteral | syntax.OperatorTest):
            return lambda value, scope, runtime: _within(value, compiled(scope, runtime), runtime)
        return lambda value, scope, runtime: satisfies(value, compiled(scope, runtime), runtime)

    def _operator_test(self, node: syntax.OperatorTest) -> Compiled:
        if node.operator == "!=":
            refuse(self.text, node.position, "unexpected !=", "此处不应出现 !=")
        return range_from_operator(node.operator, self.compile(node.endpoint))

    def _junction(self, node: syntax.Junction) -> Compiled:
        return junction([self.compile(operand) for operand in node.operands], decisive=not node.conjunction)

    def _instance_of(self, node: syntax.InstanceOf) -> Compiled:
        operand, wanted = self.compile(node.operand), node.type
        return lambda scope, runtime: conforms(operand(scope, runtime), wanted, runtime)


def _within(value: Any, interval: Range | None, runtime: Runtime) -> bool | None:
    return None if interval is None else includes(interval, value, runtime)


def localize(variables: Scope, names: frozenset[str], runtime: Runtime) -> Scope:
    """The variables with every aware moment among ``names`` shown in the organisation's zone."""
    moved: dict[str, Any] = {}
    for name in names:
        value = variables.get(name)
        if type(value) is datetime and value.tzinfo is not None:
            moved[name] = value.astimezone(runtime.context.zone)
    return Frame(moved, variables) if moved else variables
