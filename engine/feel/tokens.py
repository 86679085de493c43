"""Text to tokens. One regular expression, linear; every wrong character is refused with its position."""

from __future__ import annotations

import re
from typing import Any, NamedTuple, NoReturn

from engine.feel import numbers
from engine.feel.errors import refuse

LONGEST_TEXT = 20_000
KEYWORDS = frozenset(
    {"and", "or", "if", "then", "else", "in", "for", "return", "some", "every", "satisfies", "true", "false", "null",
     "between", "instance", "of", "function"}
)  # fmt: skip
_MASTER = re.compile(
    r"""(?P<space>\s+|//[^\n]*|/\*.*?\*/)
      | (?P<number>(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)
      | (?P<string>"(?:[^"\\]|\\.)*")
      | (?P<name>(?:[^\W\d]|[\U00010000-\U000effff])(?:[\w\u00b7\u200c\u200d]|[\U00010000-\U000effff])*|\?)
      | (?P<op>\.\.|<=|>=|!=|\*\*|->|[-+*/()\[\]{},.:<>=@])""",
    re.VERBOSE | re.DOTALL,
)
_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|U([0-9a-fA-F]{6})|(.))", re.DOTALL)
_PLAIN_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "'": "'", "\\": "\\"}
_FULL_WIDTH = {
    "，": ",", "（": "(", "）": ")", "【": "[", "】": "]", "｛": "{", "｝": "}", "：": ":", "“": '"', "”": '"',
    "＝": "=", "＞": ">", "＜": "<", "＋": "+", "－": "-", "×": "*", "÷": "/", "。": ".", "；": ",", "＂": '"',
}  # fmt: skip
_FOREIGN = {"=": "=", "&": "and", "|": "or", "!": "not(…)", "'": '"', "%": "modulo(a, b)", "^": "**"}
_LARGEST_EXPONENT = 6000


class Token(NamedTuple):
    """One token; ``value`` is set for numbers and strings, ``kind`` is number, string, name, op or end."""

    kind: str
    text: str
    position: int
    end: int
    value: Any = None


def tokenize(text: str, start: int = 0) -> list[Token]:
    """The tokens of ``text`` from ``start``, the last of kind ``end``; raises :class:`FeelSyntaxError`."""
    if len(text) > LONGEST_TEXT:
        refuse(text, LONGEST_TEXT, f"longer than {LONGEST_TEXT} characters", f"长度超过 {LONGEST_TEXT} 个字符")
    position, tokens = start, []
    while position < len(text):
        match = _MASTER.match(text, position)
        if match is None:
            _refuse_character(text, position)
        kind, end = match.lastgroup or "", match.end()
        if kind in ("number", "string"):
            value = _number(text, match) if kind == "number" else _unescape(match.group())
            tokens.append(Token(kind, match.group(), position, end, value))
        elif kind != "space":
            tokens.append(Token(kind, match.group(), position, end))
        position = end
    tokens.append(Token("end", "", len(text), len(text)))
    return tokens


def _number(text: str, match: re.Match[str]) -> Any:
    literal = match.group()
    if literal.isdigit() and len(literal) <= 34:
        return int(literal)
    if len(literal) > 100 or abs(int(re.split("[eE]", literal + "e0")[1])) > _LARGEST_EXPONENT:
        refuse(text, match.start(), "number too large", "数字过大")
    return numbers.CONTEXT.create_decimal(literal)


def _unescape(literal: str) -> str:
    body = literal[1:-1]
    if "\\" not in body:
        return body
    # Two \u escapes may be the halves of one character outside the basic plane.
    return _ESCAPE.sub(_escaped, body).encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _escaped(match: re.Match[str]) -> str:
    four, six, single = match.groups()
    if four or six:
        code = int(four or six, 16)
        return chr(code) if code <= 0x10FFFF else "\ufffd"
    # An unknown escape stays as it is: regular expressions are full of them.
    return _PLAIN_ESCAPES.get(single, "\\" + single)


def _refuse_character(text: str, position: int) -> NoReturn:
    character = text[position]
    if character == '"':
        refuse(text, position, "this quotation mark is never closed", "引号没有闭合")
    if character in _FULL_WIDTH:
        plain = _FULL_WIDTH[character]
        refuse(text, position, f"full-width {character}; write {plain}", f"全角字符 {character}，请改用半角 {plain}")
    if character in _FOREIGN:
        plain = _FOREIGN[character]
        refuse(
            text, position, f"{character} is no FEEL operator; write {plain}", f"FEEL 没有 {character}，请写 {plain}"
        )
    refuse(text, position, f"unexpected character {character!r}", f"无法识别的字符 {character!r}")
