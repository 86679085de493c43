"""The half of the parser that reads operands: everything an expression may begin with."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable

from engine.feel import syntax
from engine.feel.errors import refuse
from engine.feel.functions import BUILTINS
from engine.feel.names import KnownNames, normalize
from engine.feel.numbers import is_number, negate
from engine.feel.syntax import Node
from engine.feel.temporal import parse_temporal
from engine.feel.tokens import KEYWORDS, Token
from engine.feel.typenames import TypeParser

NEGATION_POWER = 7
RANGE_END_POWER = 3
CONSTANTS = {"true": True, "false": False, "null": None}
# “of” follows only “instance”, so it may be the second word of a function's name: “manager of(…)”.
_NEVER_IN_FUNCTION_NAMES = KEYWORDS - {"of"}
_MULTIWORD_FUNCTIONS = KnownNames(name for name in BUILTINS if " " in name)


class OperandParser(TypeParser):
    """Reads operands; the binding of operators is the subclass's."""

    def __init__(self, text: str, tokens: list[Token], known: KnownNames) -> None:
        super().__init__(text, tokens)
        self._known = known
        self._prefixes: dict[str, Callable[[Token], Node]] = {
            "if": self._conditional,
            "for": self._for,
            "some": self._quantified,
            "every": self._quantified,
            "function": self._function,
            "(": self._parenthesis,
            "[": self._list_or_range,
            "]": self._open_range,
            "{": self._context,
            "-": self._negation,
            "@": self._at_literal,
        }

    @abstractmethod
    def _parse(self, power: int) -> Node:
        """An expression whose operators bind tighter than ``power``."""

    @abstractmethod
    def _test(self) -> Node:
        """An expression, or a test that begins with a comparison."""

    def _prefix(self) -> Node:
        token = self._current()
        if token.kind in ("number", "string"):
            self._index += 1
            return syntax.Literal(token.position, token.value)
        if token.kind == "name" and (known := self._known_name()):
            self._index += known[1]
            return syntax.Name(token.position, known[0])
        if token.text in self._prefixes:
            self._index += 1
            return self._prefixes[token.text](token)
        if token.text in CONSTANTS:
            self._index += 1
            return syntax.Literal(token.position, CONSTANTS[token.text])
        if token.kind == "name" and token.text not in KEYWORDS:
            return self._name(token)
        self._unexpected()

    def _known_name(self) -> tuple[str, int] | None:
        known = self._known.longest(self._tokens, self._index)
        if known is None:
            return None
        following = self._tokens[self._index + known[1]]
        # A further word makes it the beginning of a function's name: “working hours” in “working hours after(…)”.
        return None if following.kind == "name" and following.text not in KEYWORDS else known

    def _name(self, token: Token) -> Node:
        count = self._function_name_length()
        words = self._tokens[self._index : self._index + count]
        self._index += count
        return syntax.Name(token.position, " ".join(word.text for word in words))

    def _function_name_length(self) -> int:
        """How many tokens from here name a function: several words in a row right before a parenthesis do."""
        known = _MULTIWORD_FUNCTIONS.longest(self._tokens, self._index)
        # Without a parenthesis it is the function as a value, unless “date and time” is two variables.
        if known and (self._tokens[self._index + known[1]].text == "(" or " and " not in known[0]):
            return known[1]
        second = self._tokens[self._index + 1]
        if second.kind != "name" or second.text in _NEVER_IN_FUNCTION_NAMES:
            return 1
        end = self._index + 2
        while self._tokens[end].kind == "name":
            end += 1
        return end - self._index if self._tokens[end].text == "(" else 1

    def _negation(self, token: Token) -> Node:
        operand = self._parse(NEGATION_POWER)
        if isinstance(operand, syntax.Literal) and is_number(operand.value):
            return syntax.Literal(token.position, negate(operand.value))
        return syntax.Negation(token.position, operand)

    def _at_literal(self, token: Token) -> Node:
        literal = self._current()
        value = parse_temporal(literal.value) if literal.kind == "string" else None
        if value is None:
            refuse(self._text, literal.position, "no date, time or duration follows @", "@ 后面不是日期、时间或时长")
        self._index += 1
        return syntax.Literal(token.position, value)

    def _parenthesis(self, token: Token) -> Node:
        inner = self._test()
        if self._peek() == "..":
            return self._range(token, inner, start_included=False)
        self._expect(")")
        return inner

    def _list_or_range(self, token: Token) -> Node:
        items: list[Node] = []
        while self._peek() != "]":
            items.append(self._test())
            if len(items) == 1 and self._peek() == "..":
                return self._range(token, items[0], start_included=True)
            if not self._take(","):
                break
        self._expect("]")
        return syntax.ListLiteral(token.position, tuple(items))

    def _open_range(self, token: Token) -> Node:
        start = self._parse(0)
        if self._peek() != "..":
            refuse(self._text, token.position, "unexpected ]", "此处不应出现 ]")
        return self._range(token, start, start_included=False)

    def _range(self, token: Token, start: Node, *, start_included: bool) -> Node:
        self._expect("..")
        end = self._parse(RANGE_END_POWER)
        closing = self._peek()
        if closing not in ("]", ")", "["):
            self._unexpected()
        self._index += 1
        return syntax.RangeLiteral(token.position, start, end, start_included, closing == "]")

    def _context(self, token: Token) -> Node:
        entries: list[tuple[str, Node]] = []
        while self._peek() != "}":
            key = self._key()
            if any(key == known for known, _ in entries):
                refuse(self._text, self._current().position, f"the key {key} appears twice", f"键 {key} 重复")
            entries.append((key, self._parse(0)))
            if not self._take(","):
                break
        self._expect("}")
        return syntax.ContextLiteral(token.position, tuple(entries))

    def _key(self) -> str:
        token = self._current()
        if token.kind == "string":
            self._index += 1
            self._expect(":")
            key = str(token.value)
            self._known.add(key)
            return key
        return self._new_name(":")

    def _new_name(self, *ends: str) -> str:
        """A name being introduced here, of any words and signs up to one of ``ends``; it is known from here on."""
        start = self._current()
        if start.kind != "name" or start.text in ends:
            self._unexpected()
        while self._peek() not in ends:
            if self._current().kind == "end" or self._peek() in (",", "(", ")", "[", "]", "{", "}"):
                self._unexpected()
            self._index += 1
        name = normalize(self._text[start.position : self._tokens[self._index - 1].end])
        self._index += 1
        self._known.add(name)
        return name

    def _conditional(self, token: Token) -> Node:
        condition = self._parse(0)
        self._expect("then")
        then = self._parse(0)
        self._expect("else")
        return syntax.Conditional(token.position, condition, then, self._parse(0))

    def _for(self, token: Token) -> Node:
        iterators = self._iterators()
        self._expect("return")
        return syntax.For(token.position, iterators, self._parse(0))

    def _quantified(self, token: Token) -> Node:
        iterators = self._iterators()
        self._expect("satisfies")
        return syntax.Quantified(token.position, token.text == "every", iterators, self._parse(0))

    def _iterators(self) -> tuple[syntax.Iterator, ...]:
        iterators = []
        while True:
            position = self._current().position
            name = self._new_name("in")
            source = self._parse(0)
            end = self._parse(0) if self._take("..") else None
            iterators.append(syntax.Iterator(position, name, source, end))
            if not self._take(","):
                return tuple(iterators)

    def _function(self, token: Token) -> Node:
        self._expect("(")
        parameters: list[tuple[str, syntax.Type | None]] = []
        while self._peek() != ")":
            parameters.append(self._parameter())
            if not self._take(","):
                break
        self._expect(")")
        if self._peek() == "external":
            refuse(self._text, self._current().position, "external functions are not offered", "不支持外部函数")
        return syntax.FunctionDefinition(token.position, tuple(parameters), self._parse(0))

    def _parameter(self) -> tuple[str, syntax.Type | None]:
        start = self._current()
        if start.kind != "name":
            self._unexpected()
        while self._current().kind == "name":
            self._index += 1
        name = normalize(self._text[start.position : self._tokens[self._index - 1].end])
        self._known.add(name)
        return name, self._type() if self._take(":") else None
