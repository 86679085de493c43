"""A Pratt parser for FEEL (DMN 1.4, chapter 10.3.1): tokens to a tree.

Binding powers follow the grammar's precedence: or, and, comparison, sums, products, powers, negation,
``instance of``, then paths, filters and calls.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from engine.feel import syntax
from engine.feel.errors import FeelSyntaxError, refuse
from engine.feel.names import KnownNames
from engine.feel.operands import CONSTANTS, NEGATION_POWER, RANGE_END_POWER, OperandParser
from engine.feel.syntax import Node
from engine.feel.tokens import KEYWORDS, Token, tokenize

_DEEPEST = 60
_COMPARISON = RANGE_END_POWER
_SUM, _PRODUCT, _POWER = 4, 5, 6
_INSTANCE, _POSTFIX = NEGATION_POWER + 1, NEGATION_POWER + 2
_POWERS = {
    "or": 1, "and": 2, "=": _COMPARISON, "!=": _COMPARISON, "<": _COMPARISON, "<=": _COMPARISON, ">": _COMPARISON,
    ">=": _COMPARISON, "between": _COMPARISON, "in": _COMPARISON, "+": _SUM, "-": _SUM, "*": _PRODUCT, "/": _PRODUCT,
    "**": _POWER, "instance": _INSTANCE, ".": _POSTFIX, "[": _POSTFIX, "(": _POSTFIX,
}  # fmt: skip
_TEST_OPERATORS = frozenset({"<", "<=", ">", ">=", "=", "!="})
_MULTIWORD_PROPERTIES = ("time offset", "start included", "end included")


def expression_start(text: str) -> int:
    """Where an expression begins: behind a leading ``=``, as forms have it."""
    bare = text.lstrip()
    return len(text) - len(bare) + 1 if bare.startswith("=") else 0


class Parser(OperandParser):
    """Parses one text from ``start``; ``names`` are the names with spaces or signs that its variables may have."""

    def __init__(self, text: str, names: Iterable[str] = (), start: int = 0) -> None:
        super().__init__(text, tokenize(text, start), KnownNames((*names, *_MULTIWORD_PROPERTIES)))
        self._depth = 0
        self._infixes: dict[str, Callable[[Node, Token], Node]] = {
            "and": self._junction,
            "or": self._junction,
            "between": self._between,
            "in": self._in,
            "instance": self._instance_of,
            ".": self._path,
            "[": self._filter,
            "(": self._call,
        }

    def expression(self) -> Node:
        """The whole text as one expression."""
        node = self._parse(0)
        self._expect_end()
        return node

    def unary_tests(self) -> tuple[bool, tuple[Node, ...]]:
        """The whole text as unary tests: whether they are negated, and the tests (none for ``-``)."""
        if self._peek() == "-" and self._tokens[self._index + 1].kind == "end":
            return False, ()
        if self._peek() == "not" and self._tokens[self._index + 1].text == "(":
            start = self._index
            try:
                self._index += 2
                tests = self._tests()
                self._expect(")")
                self._expect_end()
                return True, tests
            except FeelSyntaxError:
                self._index, self._depth = start, 0
        tests = self._tests()
        self._expect_end()
        return False, tests

    def _tests(self) -> tuple[Node, ...]:
        tests = [self._test()]
        while self._take(","):
            tests.append(self._test())
        return tuple(tests)

    def _test(self) -> Node:
        token = self._current()
        if token.kind == "op" and token.text in _TEST_OPERATORS:
            self._index += 1
            return syntax.OperatorTest(token.position, token.text, self._parse(_COMPARISON))
        return self._parse(0)

    def _expect_end(self) -> None:
        if self._current().kind != "end":
            self._unexpected()

    # Pratt's loop

    def _parse(self, power: int) -> Node:
        self._depth += 1
        if self._depth > _DEEPEST:
            refuse(self._text, self._current().position, "nested too deeply", "嵌套过深")
        left = self._prefix()
        while True:
            token = self._current()
            if token.kind not in ("op", "name") or (binding := _POWERS.get(token.text, 0)) <= power:
                break
            if token.text == "[" and not self._begins_operand(self._index + 1):
                break  # the open end of a range: [1..5[
            left = self._infix(left, token, binding)
        self._depth -= 1
        return left

    def _begins_operand(self, index: int) -> bool:
        token = self._tokens[index]
        if token.kind == "name":
            return token.text not in KEYWORDS or token.text in self._prefixes or token.text in CONSTANTS
        return token.kind in ("number", "string") or token.text in ("(", "[", "{", "-", "@")

    # What may follow a complete operand

    def _infix(self, left: Node, token: Token, binding: int) -> Node:
        self._index += 1
        if token.text in self._infixes:
            return self._infixes[token.text](left, token)
        right = self._parse(binding)
        if token.text in _TEST_OPERATORS:
            return syntax.Comparison(token.position, token.text, left, right)
        return syntax.Arithmetic(token.position, token.text, left, right)

    def _junction(self, left: Node, token: Token) -> Node:
        conjunction = token.text == "and"
        right = self._parse(_POWERS[token.text])
        if isinstance(left, syntax.Junction) and left.conjunction == conjunction:
            return syntax.Junction(left.position, conjunction, (*left.operands, right))
        return syntax.Junction(token.position, conjunction, (left, right))

    def _between(self, left: Node, token: Token) -> Node:
        low = self._parse(_COMPARISON)
        self._expect("and")
        return syntax.Between(token.position, left, low, self._parse(_COMPARISON))

    def _in(self, left: Node, token: Token) -> Node:
        return syntax.In(token.position, left, self._in_tests())

    def _instance_of(self, left: Node, token: Token) -> Node:
        self._expect("of")
        return syntax.InstanceOf(token.position, left, self._type())

    def _filter(self, left: Node, token: Token) -> Node:
        condition = self._parse(0)
        self._expect("]")
        return syntax.Filter(token.position, left, condition)

    def _path(self, left: Node, dot: Token) -> Node:
        token = self._current()
        if token.kind != "name":
            refuse(self._text, token.position, "a name must follow the dot", "点号后面应是名称")
        name, count = self._known.longest(self._tokens, self._index) or (token.text, 1)
        self._index += count
        return syntax.Path(dot.position, left, name)

    def _in_tests(self) -> tuple[Node, ...]:
        if self._peek() != "(":
            token = self._current()
            if token.text in _TEST_OPERATORS:
                return (self._test(),)
            return (self._parse(_COMPARISON),)
        parenthesis = self._current()
        self._index += 1
        first = self._test()
        if self._peek() == "..":
            return (self._range(parenthesis, first, start_included=False),)
        tests = [first]
        while self._take(","):
            tests.append(self._test())
        self._expect(")")
        return tuple(tests)

    def _call(self, callee: Node, parenthesis: Token) -> Node:
        position = callee.position if isinstance(callee, syntax.Name) else parenthesis.position
        positional: list[Node] = []
        named: list[tuple[str, Node]] = []
        if self._take(")"):
            return syntax.Call(position, callee, ())
        while True:
            name = self._argument_name()
            if name is not None:
                named.append((name, self._parse(0)))
            else:
                positional.append(self._parse(0))
            if not self._take(","):
                break
        self._expect(")")
        if named and positional:
            refuse(
                self._text, position, "arguments are either all named or all not", "参数要么全部命名，要么全部不命名"
            )
        if len({name for name, _ in named}) < len(named):
            refuse(self._text, position, "an argument is given twice", "同一参数出现两次")
        return syntax.Call(position, callee, tuple(positional), tuple(named))

    def _argument_name(self) -> str | None:
        index = self._index
        while self._tokens[index].kind == "name":
            index += 1
        if index == self._index or self._tokens[index].text != ":":
            return None
        words = self._tokens[self._index : index]
        self._index = index + 1
        return " ".join(word.text for word in words)
