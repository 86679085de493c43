"""Numbers: decimal arithmetic with 34 digits (IEEE 754 decimal128), integers as long as they suffice."""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Context, Decimal, DivisionByZero, InvalidOperation, Overflow
from typing import Any

CONTEXT = Context(
    prec=34,
    rounding=ROUND_HALF_EVEN,
    Emin=-6143,
    Emax=6144,
    capitals=1,
    clamp=0,
    flags=[],
    traps=[InvalidOperation, DivisionByZero, Overflow],
)
_EXACT = 10**34
_LONGEST_INTEGER_EXPONENT = 6144

Number = int | float | Decimal


def is_number(value: Any) -> bool:
    """Whether ``value`` is a FEEL number (a boolean is not)."""
    kind = type(value)
    return kind is int or kind is Decimal or kind is float


def to_decimal(value: Number) -> Decimal | None:
    """``value`` in decimal, a float by its shortest text (so that 0.1 is 0.1); ``None`` if it is not finite."""
    result = Decimal(repr(value)) if type(value) is float else Decimal(value)
    return result if result.is_finite() else None


def to_integer(value: Any) -> int | None:
    """``value`` as an ``int`` if it is a whole number, else ``None``."""
    if type(value) is int:
        return value
    if not is_number(value):
        return None
    number = to_decimal(value)
    if number is None or number.adjusted() > _LONGEST_INTEGER_EXPONENT or number != number.to_integral_value():
        return None
    return int(number)


def comparable(left: Number, right: Number) -> tuple[Any, Any] | None:
    """The two numbers in a form that Python compares exactly; ``None`` if one is not finite."""
    if type(left) is type(right) or (type(left) is not Decimal and type(right) is not Decimal):
        return left, right
    first, second = to_decimal(left), to_decimal(right)
    return None if first is None or second is None else (first, second)


def add(left: Number, right: Number) -> Number | None:
    """left + right."""
    if type(left) is int and type(right) is int and -_EXACT < (total := left + right) < _EXACT:
        return total
    first, second = to_decimal(left), to_decimal(right)
    return None if first is None or second is None else CONTEXT.add(first, second)


def subtract(left: Number, right: Number) -> Number | None:
    """left - right."""
    if type(left) is int and type(right) is int and -_EXACT < (difference := left - right) < _EXACT:
        return difference
    first, second = to_decimal(left), to_decimal(right)
    return None if first is None or second is None else CONTEXT.subtract(first, second)


def multiply(left: Number, right: Number) -> Number | None:
    """left * right."""
    if type(left) is int and type(right) is int and -_EXACT < (product := left * right) < _EXACT:
        return product
    first, second = to_decimal(left), to_decimal(right)
    return None if first is None or second is None else CONTEXT.multiply(first, second)


def divide(left: Number, right: Number) -> Number | None:
    """left / right; ``None`` for a division by zero."""
    if right == 0:
        return None
    if type(left) is int and type(right) is int and abs(left) < _EXACT and left % right == 0:
        return left // right
    first, second = to_decimal(left), to_decimal(right)
    return None if first is None or second is None else CONTEXT.divide(first, second)


def power(base: Number, exponent: Number) -> Number | None:
    """base ** exponent."""
    first, second = to_decimal(base), to_decimal(exponent)
    if first is None or second is None:
        return None
    return 1 if second == 0 else CONTEXT.power(first, second)


def negate(value: Number) -> Number | None:
    """-value."""
    return -value if type(value) is int else subtract(0, value)


def number_text(value: Number) -> str:
    """``value`` as FEEL writes it: no exponent, no trailing zeros."""
    number = to_decimal(value)
    if number is None:
        return "null"
    text = format(number, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in ("", "-0") else text
