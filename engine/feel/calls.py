"""Closures for paths, calls and function definitions: the last of the compiler."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from time import thread_time
from typing import Any

from engine.errors import EngineError
from engine.feel import syntax
from engine.feel.arithmetic import read_property
from engine.feel.compiler import Compiled
from engine.feel.errors import FeelBudgetExceeded, FeelEvaluationError, refuse
from engine.feel.functions import BUILTINS, Builtin
from engine.feel.functions.patterns import pattern_fault
from engine.feel.iteration import IterationCompiler
from engine.feel.scopes import Frame, Scope
from engine.feel.types import conforms
from engine.feel.values import FeelFunction, Runtime

_PATTERN_FUNCTIONS = {"matches": "pattern", "replace": "pattern", "split": "delimiter"}


class DefinedFunction(FeelFunction):
    """A function that the expression defines, with the scope it was defined in."""

    def __init__(
        self, parameters: tuple[tuple[str, syntax.Type | None], ...], body: Compiled, cost: int, scope: Scope
    ) -> None:
        self._parameters = parameters
        self._body = body
        self._cost = cost
        self._scope = scope

    def call(self, arguments: Sequence[Any], runtime: Runtime) -> Any:
        """The result; null for another number of arguments or arguments of other types."""
        if len(arguments) != len(self._parameters):
            return None
        for (_, wanted), argument in zip(self._parameters, arguments, strict=True):
            if wanted is not None and not conforms(argument, wanted, runtime):
                return None
        runtime.tick(self._cost)
        runtime.enter_call()
        values = {name: argument for (name, _), argument in zip(self._parameters, arguments, strict=True)}
        result = self._body(Frame(values, self._scope), runtime)
        runtime.calls -= 1
        return result

    def call_named(self, arguments: dict[str, Any], runtime: Runtime) -> Any:
        """The result for named ``arguments``."""
        names = [name for name, _ in self._parameters]
        return self.call([arguments[name] for name in names], runtime) if set(names) == arguments.keys() else None


class Compiler(IterationCompiler):
    """The whole compiler."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self._handlers |= {
            syntax.Path: self._path,
            syntax.Call: self._call,
            syntax.FunctionDefinition: self._function,
        }

    def _path(self, node: syntax.Path) -> Compiled:
        target, name = self.compile(node.target), node.name

        def path(scope: Scope, runtime: Runtime) -> Any:
            value = target(scope, runtime)
            return value.get(name) if type(value) is dict else read_property(value, name, runtime)

        return path

    def _function(self, node: syntax.FunctionDefinition) -> Compiled:
        before = self.nodes
        with self.binding(*(name for name, _ in node.parameters)):
            body = self.compile(node.body)
        cost = self.cost_since(before)
        return lambda scope, runtime: DefinedFunction(node.parameters, body, cost, scope)

    def _call(self, node: syntax.Call) -> Compiled:
        positional = [self.compile(argument) for argument in node.positional]
        named = {name: self.compile(argument) for name, argument in node.named}
        callee = node.callee
        if not isinstance(callee, syntax.Name) or self.is_bound(callee.name):
            return _call_value(self.compile(callee), positional, named)
        self.functions.add(callee.name)
        builtin = BUILTINS.get(callee.name)
        if builtin is None:
            return _call_host(callee.name, self.text, positional, named)
        self._check_call(node, builtin)
        return _call_builtin(builtin, positional, named)

    def _check_call(self, node: syntax.Call, builtin: Builtin) -> None:
        names = [name for name, _ in node.named]
        if not any(
            signature.accepts_names(names) if names else signature.accepts_count(len(node.positional))
            for signature in builtin.signatures
        ):
            usage = builtin.usage()
            refuse(self.text, node.position, f"it is called as {usage}", f"正确的调用方式是 {usage}")
        wanted = _PATTERN_FUNCTIONS.get(builtin.name)
        if wanted is None:
            return
        pattern = dict(node.named)[wanted] if names else node.positional[1]
        if (
            isinstance(pattern, syntax.Literal)
            and isinstance(pattern.value, str)
            and (fault := pattern_fault(pattern.value))
        ):
            refuse(self.text, pattern.position, *fault)


def _call_builtin(builtin: Builtin, positional: list[Compiled], named: dict[str, Compiled]) -> Compiled:
    if named:
        return lambda scope, runtime: builtin.call_named(
            {name: argument(scope, runtime) for name, argument in named.items()}, runtime
        )
    return lambda scope, runtime: builtin.call([argument(scope, runtime) for argument in positional], runtime)


def _call_value(callee: Compiled, positional: list[Compiled], named: dict[str, Compiled]) -> Compiled:
    def call(scope: Scope, runtime: Runtime) -> Any:
        function = callee(scope, runtime)
        if not isinstance(function, FeelFunction):
            return None
        if named:
            return function.call_named({name: argument(scope, runtime) for name, argument in named.items()}, runtime)
        return function.call([argument(scope, runtime) for argument in positional], runtime)

    return call


def _call_host(name: str, text: str, positional: list[Compiled], named: dict[str, Compiled]) -> Compiled:
    """A function of the host, or one that a context at hand holds under ``name``."""
    held = _call_value(lambda scope, runtime: scope.get(name), positional, named)

    def call(scope: Scope, runtime: Runtime) -> Any:
        function = runtime.context.functions.get(name)
        if function is None:
            if isinstance(scope.get(name), FeelFunction):
                return held(scope, runtime)
            raise FeelEvaluationError(
                text=text, function=name, reason=f"there is no function {name}", reason_zh=f"没有名为 {name} 的函数"
            )
        runtime.tick()
        arguments = [argument(scope, runtime) for argument in positional]
        keywords = {key.replace(" ", "_"): argument(scope, runtime) for key, argument in named.items()}
        return _run_host(lambda: function(*arguments, **keywords), name, text, runtime)

    return call


def _run_host(call: Callable[[], Any], name: str, text: str, runtime: Runtime) -> Any:
    began = thread_time()
    try:
        result = call()
    except EngineError:
        raise
    except Exception as error:
        raise FeelEvaluationError(
            text=text, function=name, reason=f"{name} failed: {error}", reason_zh=f"函数 {name} 出错：{error}"
        ) from error
    runtime.host_seconds_left -= thread_time() - began
    if runtime.host_seconds_left < 0:
        raise FeelBudgetExceeded(text=text, reason=f"{name} takes too long", reason_zh=f"函数 {name} 耗时过长")
    return result
